//! `CallFunction`: works something out. The provider need not be configured.

use crate::proto::tfplugin6::call_function::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::server::Shared;
use crate::terraform::texts;
use crate::terraform::value::{Value, decode, encode};

pub(in crate::terraform) async fn respond(
    shared: &Shared,
    request: Request,
) -> Result<Response, Diagnostic> {
    let function = shared.function(&request.name)?;
    let parameters = function.parameters();
    if parameters.len() != request.arguments.len() {
        let (expected, found) = (parameters.len(), request.arguments.len());
        return Err(texts::wrong_count(&request.name, expected, found));
    }
    let arguments: Vec<Value> = parameters
        .iter()
        .zip(&request.arguments)
        .map(|(ty, argument)| decode(Some(argument), ty, "argument", &request.name))
        .collect::<Result<_, _>>()?;
    Ok(match function.call(arguments) {
        Ok(answer) => Response {
            result: Some(encode(&answer, &function.answer(), "answer")?),
            error: None,
        },
        Err(error) => Response {
            result: None,
            error: Some(error),
        },
    })
}
