//! Functions: what can be worked out without asking anybody.

use super::consistency::known_whole;
use super::diagnostics::{Diagnostic, Diagnostics};
use super::schema::{AttrType, Model};
use super::schema::{Attribute, Block};
use super::texts;
use super::value::{Type, Value};
use crate::proto::tfplugin6::{self as wire, StringKind, function};

/// A function, written against typed objects.
///
/// The same arguments always give the same answer: Terraform calls again while applying and
/// refuses an answer that differs.
pub trait Function: Send + Sync + 'static {
    /// The parameters, in order, each an attribute with its description and checks. The
    /// description of the whole is that of the function.
    type Parameters: Model;

    /// What is answered: an object.
    type Answer: Model;

    /// The name.
    const NAME: &'static str;

    /// What it does, in a few words.
    const SUMMARY: &'static str;

    /// Works it out.
    ///
    /// # Errors
    ///
    /// When there is no answer to these arguments: at the parameter it is about, and without its
    /// argument, which may be a secret.
    fn call(&self, parameters: Self::Parameters) -> Result<Self::Answer, Diagnostic>;
}

/// A [`Function`] without its types. Made by [`erase`].
pub trait AnyFunction: Send + Sync {
    /// The name.
    fn name(&self) -> &'static str;
    /// The function as the wire describes it.
    fn definition(&self) -> wire::Function;
    /// The types of the parameters, in order.
    fn parameters(&self) -> Vec<Type>;
    /// The type of the answer.
    fn answer(&self) -> Type;
    /// Works it out.
    ///
    /// # Errors
    ///
    /// When there is no answer to these arguments.
    fn call(&self, arguments: Vec<Value>) -> Result<Value, wire::FunctionError>;
}

/// Hides the types of a function.
#[must_use]
pub fn erase<F: Function>(function: F) -> Box<dyn AnyFunction> {
    Box::new(Erased {
        parameters: F::Parameters::block(),
        function,
    })
}

struct Erased<F> {
    parameters: Block,
    function: F,
}

impl<F: Function> Erased<F> {
    /// The first problem that the checks of the parameters find.
    fn check(&self, arguments: &Value) -> Result<(), wire::FunctionError> {
        let mut diagnostics = Diagnostics::new();
        self.parameters.validate(arguments, &mut diagnostics);
        match diagnostics.into_iter().next() {
            Some(diagnostic) => Err(self.diagnosed(&diagnostic)),
            None => Ok(()),
        }
    }

    fn diagnosed(&self, diagnostic: &Diagnostic) -> wire::FunctionError {
        let path = diagnostic.attribute().map(ToString::to_string);
        let parameter = path.as_deref().unwrap_or_default();
        let text = wire::Diagnostic::from(diagnostic.clone()).detail;
        self.error(parameter, &text)
    }

    fn error(&self, parameter: &str, text: &str) -> wire::FunctionError {
        let mut names = self.parameters.attributes().iter().map(Attribute::name);
        let position = names.position(|name| name == parameter);
        wire::FunctionError {
            // Terraform adds a full stop.
            text: text.trim_end_matches('.').to_owned(),
            function_argument: position.and_then(|position| i64::try_from(position).ok()),
        }
    }
}

impl<F: Function> AnyFunction for Erased<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn definition(&self) -> wire::Function {
        let parameters = wire::schema::Block::from(&self.parameters);
        let parameter = |attribute: wire::schema::Attribute| function::Parameter {
            name: attribute.name,
            r#type: attribute.r#type,
            description: attribute.description,
            description_kind: attribute.description_kind,
            ..function::Parameter::default()
        };
        wire::Function {
            parameters: parameters.attributes.into_iter().map(parameter).collect(),
            r#return: Some(function::Return {
                r#type: self.answer().to_json().into(),
            }),
            summary: F::SUMMARY.to_owned(),
            description: parameters.description,
            description_kind: StringKind::Markdown.into(),
            ..wire::Function::default()
        }
    }

    fn parameters(&self) -> Vec<Type> {
        let attributes = self.parameters.attributes().iter();
        attributes.map(|a| a.ty().clone()).collect()
    }

    fn answer(&self) -> Type {
        F::Answer::block().ty()
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, wire::FunctionError> {
        let names = self.parameters.attributes().iter().map(Attribute::name);
        let arguments = Value::object(names.zip(arguments));
        self.check(&arguments)?;
        let parameters = known_whole(&arguments, F::NAME).and_then(|()| {
            F::Parameters::from_value(arguments)
                .map_err(|error| texts::unreadable("call", F::NAME, &error.path, &error))
        });
        let parameters = parameters.map_err(|problem| self.diagnosed(&problem))?;
        match self.function.call(parameters) {
            Ok(answer) => Ok(answer.into_value()),
            Err(problem) => Err(self.diagnosed(&problem)),
        }
    }
}
