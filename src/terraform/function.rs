//! Functions: what can be worked out without asking anybody.

use super::diagnostics::Diagnostic;
use super::offered::{Erased, Offered};
use super::schema::{AttrType, Attribute, Model};
use super::value::{Type, Value};
use crate::proto::tfplugin6::{self as wire, StringKind, function};

/// A function, written against typed objects.
///
/// The same arguments always give the same result: Terraform calls again while applying and
/// refuses a result that differs.
pub trait Function: Send + Sync + 'static {
    /// The parameters, in order, each an attribute with its description and checks. The
    /// description of the whole is that of the function.
    type Parameters: Model;

    /// What it returns: an object.
    type Output: Model;

    /// The name.
    const NAME: &'static str;

    /// What it does, in a few words.
    const SUMMARY: &'static str;

    /// Works it out.
    ///
    /// # Errors
    ///
    /// When there is no result for these arguments: at the parameter it is about, and without its
    /// argument, which may be a secret.
    fn call(&self, parameters: Self::Parameters) -> Result<Self::Output, Diagnostic>;
}

/// A [`Function`] without its types. Made by [`erase`]. Its schema is that of its parameters, in
/// order.
pub trait AnyFunction: Offered {
    /// The function as the wire describes it.
    fn definition(&self) -> wire::Function;
    /// The type of what it returns.
    fn output(&self) -> Type;
    /// Works it out.
    ///
    /// # Errors
    ///
    /// When there is no result for these arguments.
    fn call(&self, arguments: Vec<Value>) -> Result<Value, wire::FunctionError>;
}

/// Hides the types of a function.
#[must_use]
pub fn erase<F: Function>(function: F) -> Box<dyn AnyFunction> {
    Box::new(Erased::new::<F::Parameters>(F::NAME, 0, function))
}

impl<F: Function> Erased<F> {
    fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.schema()
            .block()
            .attributes()
            .iter()
            .map(Attribute::name)
    }

    fn try_call(&self, arguments: Vec<Value>) -> Result<F::Output, Diagnostic> {
        let arguments = Value::object(self.parameters().zip(arguments));
        let checked = self.checked(arguments.clone(), |_, _: &F::Parameters, _| {});
        if let Some(problem) = checked.into_iter().next() {
            return Err(problem);
        }
        self.inner.call(self.known_config(arguments)?)
    }

    /// A problem as the wire has it: at the parameter it is about.
    fn diagnosed(&self, problem: Diagnostic) -> wire::FunctionError {
        let path = problem.attribute().map(ToString::to_string);
        let position = path.and_then(|path| self.parameters().position(|name| name == path));
        wire::FunctionError {
            // Terraform adds a full stop.
            text: wire::Diagnostic::from(problem)
                .detail
                .trim_end_matches('.')
                .to_owned(),
            function_argument: position.and_then(|position| i64::try_from(position).ok()),
        }
    }
}

impl<F: Function> AnyFunction for Erased<F> {
    fn definition(&self) -> wire::Function {
        let parameters = wire::schema::Block::from(self.schema().block());
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
                r#type: self.output().to_json().into(),
            }),
            summary: F::SUMMARY.to_owned(),
            description: parameters.description,
            description_kind: StringKind::Markdown.into(),
            ..wire::Function::default()
        }
    }

    fn output(&self) -> Type {
        F::Output::ty()
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, wire::FunctionError> {
        let output = self.try_call(arguments);
        output
            .map(F::Output::into_value)
            .map_err(|problem| self.diagnosed(problem))
    }
}
