//! `CallFunction`: works something out. The provider need not be configured.

use super::Registry;
use crate::proto::tfplugin6::call_function::{Request, Response};
use crate::terraform::diagnostics::Diagnostic;
use crate::terraform::texts;
use crate::terraform::value::{decode, encode};

pub(in crate::terraform) async fn respond(
    registry: &Registry,
    request: Request,
) -> Result<Response, Diagnostic> {
    let function = registry.functions.get(&request.name)?;
    let parameters = function.schema().block().attributes();
    if parameters.len() != request.arguments.len() {
        let (expected, found) = (parameters.len(), request.arguments.len());
        return Err(texts::wrong_count(&request.name, expected, found));
    }
    let arguments = parameters.iter().zip(&request.arguments);
    let arguments = arguments
        .map(|(parameter, sent)| decode(Some(sent), parameter.ty(), "argument", &request.name))
        .collect::<Result<_, _>>()?;
    Ok(match function.call(arguments) {
        Ok(output) => Response {
            result: Some(encode(&output, &function.output(), "result")?),
            error: None,
        },
        Err(error) => Response {
            result: None,
            error: Some(error),
        },
    })
}
