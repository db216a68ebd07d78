//! Functions: what can be worked out without asking anybody.

use super::diagnostics::Diagnostic;
use super::offered::{Erased, Offered};
use super::schema::{AttrType, Attribute, Model};
use super::texts;
use super::value::{Value, decode, encode};
use crate::proto::tfplugin6::call_function::{Request, Response};
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
    /// Works it out. The provider need not be configured.
    ///
    /// # Errors
    ///
    /// When the request is none. That there is no result for its arguments is in the response.
    fn call(&self, request: Request) -> Result<Response, Diagnostic>;
}

/// Hides the types of a function.
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
                r#type: F::Output::ty().to_json().into(),
            }),
            summary: F::SUMMARY.to_owned(),
            description: parameters.description,
            description_kind: StringKind::Markdown.into(),
            ..wire::Function::default()
        }
    }

    fn call(&self, request: Request) -> Result<Response, Diagnostic> {
        let parameters = self.schema().block().attributes();
        let (expected, found) = (parameters.len(), request.arguments.len());
        if expected != found {
            return Err(texts::wrong_count(F::NAME, expected, found));
        }
        let arguments = parameters.iter().zip(&request.arguments);
        let arguments = arguments
            .map(|(parameter, sent)| decode(Some(sent), parameter.ty(), "argument", F::NAME))
            .collect::<Result<_, _>>()?;
        Ok(match self.try_call(arguments) {
            Ok(output) => Response {
                result: Some(encode(&output.into_value(), &F::Output::ty(), "result")?),
                error: None,
            },
            Err(problem) => Response {
                result: None,
                error: Some(self.diagnosed(problem)),
            },
        })
    }
}
