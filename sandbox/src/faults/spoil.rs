//! What a fault does to a response: to its content here, to its bytes on the socket through a [`Script`].

use serde_json::{Value, json};

use super::wire::{End, Script, WireStep};
use super::{EmptyIds, ErrorShape, FaultKind};
use crate::reply::Reply;

/// Keys that name something. The spellings are the responses' own.
const ID_KEYS: [&str; 12] = [
    "OrderId",
    "PhoneNumberAssigned",
    "PhoneNumberId",
    "SubscriberId",
    "TNID",
    "Tnid",
    "UpdateOrderId",
    "MessageRouteId",
    "CallRouteId",
    "QRCode",
    "ICCID",
    "Number",
];

/// What is sent in the end.
#[derive(Debug)]
pub(crate) struct Spoilt {
    /// The response; none where not a byte is sent.
    pub(crate) reply: Option<Reply>,
    /// What the socket does instead of sending the response as it is.
    pub(crate) script: Option<Script>,
}

/// Applies a fault to a response. Waiting (`Delay`, `Hold`, ...) is the server's part.
pub(crate) fn spoil(reply: Reply, kind: &FaultKind, own_url: &str) -> Spoilt {
    let silent = |end| Spoilt {
        reply: None,
        script: Some(Script::new(vec![WireStep::End(end)])),
    };
    match kind {
        FaultKind::Late { kind, .. } | FaultKind::Held(kind) => spoil(reply, kind, own_url),
        FaultKind::Drop | FaultKind::CommitLate(_) => silent(End::Close),
        FaultKind::Reset => silent(End::Reset),
        FaultKind::HalfClose => silent(End::HalfClose),
        FaultKind::Hang => silent(End::Hang),
        FaultKind::Delay(_) | FaultKind::Hold | FaultKind::ExpireToken => as_it_is(reply),
        FaultKind::Status {
            status,
            retry_after,
            shape,
        } => {
            let mut reply = error(*status, *shape);
            if let Some(retry_after) = retry_after {
                reply = reply.with_header("retry-after", retry_after);
            }
            if *status >= 200 {
                return as_it_is(reply);
            }
            // No HTTP server ends an exchange with one of these; a broken gateway may.
            let head = reply.head(Some(reply.body.len()));
            broken_off(head, reply.body.clone(), reply)
        }
        FaultKind::RedirectToSelf { status } => as_it_is(
            Reply::bytes(*status, "text/plain", Vec::new()).with_header("location", own_url),
        ),
        FaultKind::Truncate => {
            let half = reply.body[..reply.body.len() / 2].to_vec();
            broken_off(reply.head(Some(reply.body.len())), half, reply)
        }
        FaultKind::ChunkedWithoutEnd => {
            let size = format!("{:x}\r\n", reply.body.len());
            let chunk = [size.as_bytes(), &reply.body, b"\r\n"].concat();
            broken_off(reply.head(None), chunk, reply)
        }
        FaultKind::Drip(every) => {
            let head = reply.head(Some(reply.body.len())).into_bytes();
            let body = WireStep::Drip(reply.body.clone(), *every);
            scripted(
                reply,
                vec![WireStep::Send(head), body, WireStep::End(End::Close)],
            )
        }
        FaultKind::HeadersOnly => {
            let head = reply.head(Some(reply.body.len().max(1))).into_bytes();
            scripted(reply, vec![WireStep::Send(head), WireStep::End(End::Hang)])
        }
        FaultKind::Oversized(megabytes) => {
            let blanks = vec![b' '; megabytes * 1024 * 1024];
            with_body([reply.body.as_slice(), &blanks].concat(), reply)
        }
        FaultKind::Body {
            status,
            content_type,
            text,
        } => as_it_is(Reply::bytes(
            *status,
            content_type,
            text.clone().into_bytes(),
        )),
        FaultKind::NullBody => with_body(b"null".to_vec(), reply),
        FaultKind::WrongTypes => edited(reply, wrong_types),
        FaultKind::EmptyIds(how) => edited(reply, |value| empty_ids(value, *how)),
        FaultKind::Edit { set, remove } => edited(reply, |mut value| {
            if let Some(fields) = value.as_object_mut() {
                fields.retain(|key, _| !remove.contains(key));
                fields.extend(set.clone());
            }
            value
        }),
        FaultKind::ByteOrderMark => {
            with_body([b"\xef\xbb\xbf".as_slice(), &reply.body].concat(), reply)
        }
        FaultKind::InvalidUtf8 => with_body(invalid_utf8(&reply.body), reply),
        FaultKind::StaleConnection => Spoilt {
            reply: Some(reply),
            script: Some(Script::stale()),
        },
    }
}

fn as_it_is(reply: Reply) -> Spoilt {
    Spoilt {
        reply: Some(reply),
        script: None,
    }
}

fn scripted(reply: Reply, steps: Vec<WireStep>) -> Spoilt {
    Spoilt {
        reply: Some(reply),
        script: Some(Script::new(steps)),
    }
}

/// Sends this much of a response, and closes the connection.
fn broken_off(head: String, rest: Vec<u8>, reply: Reply) -> Spoilt {
    let steps = vec![
        WireStep::Send(head.into_bytes()),
        WireStep::Send(rest),
        WireStep::End(End::Close),
    ];
    scripted(reply, steps)
}

fn with_body(body: Vec<u8>, reply: Reply) -> Spoilt {
    as_it_is(Reply { body, ..reply })
}

fn edited(reply: Reply, edit: impl FnOnce(Value) -> Value) -> Spoilt {
    match serde_json::from_slice(&reply.body) {
        Ok(value) => with_body(edit(value).to_string().into_bytes(), reply),
        Err(_) => as_it_is(reply),
    }
}

fn error(status: u16, shape: ErrorShape) -> Reply {
    let text = format!("A fault of the sandbox: status {status}");
    match shape {
        ErrorShape::Envelope => Reply::envelope(status, &text),
        ErrorShape::Problem => {
            let problem = json!({
                "Type": "about:blank", "Title": "One or more validation errors occurred.", "Status": status,
                "Detail": text, "TraceId": "00-0", "Errors": { "$.NumberType": [text] },
            });
            Reply {
                content_type: "application/problem+json".into(),
                ..Reply::json(status, &problem)
            }
        }
        ErrorShape::PlainText => Reply::bytes(status, "text/plain", text.into_bytes()),
        ErrorShape::EnvelopeAsText => Reply {
            content_type: "text/plain".into(),
            ..Reply::envelope(status, &text)
        },
        ErrorShape::Html => {
            let page = format!(
                "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>{text}</h1></body></html>"
            );
            Reply::bytes(status, "text/html", page.into_bytes())
        }
        ErrorShape::Empty => Reply::bytes(status, "application/json", Vec::new()),
    }
}

/// Turns every value into one of another type: numbers become objects, ids ints, bools strings, lists objects.
fn wrong_types(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| {
                let wrong = match value {
                    Value::Bool(on) => json!(on.to_string()),
                    Value::Number(number) => json!([number]),
                    Value::Array(items) => json!({ "0": items }),
                    Value::String(text) if key.ends_with("Id") || key.ends_with("ID") => {
                        json!(text.len())
                    }
                    Value::String(text) => json!({ "Value": text }),
                    other => other,
                };
                (key, wrong)
            })
            .collect(),
        other => other,
    }
}

fn empty_ids(mut value: Value, how: EmptyIds) -> Value {
    if let Some(fields) = value.as_object_mut() {
        match how {
            EmptyIds::Null => fields.values_mut().for_each(|value| *value = Value::Null),
            EmptyIds::Missing => fields.retain(|key, _| !ID_KEYS.contains(&key.as_str())),
            EmptyIds::Blank => {
                for (_, value) in fields
                    .iter_mut()
                    .filter(|(key, _)| ID_KEYS.contains(&key.as_str()))
                {
                    *value = json!("");
                }
            }
        }
    }
    value
}

/// Puts two bytes that are no UTF-8 into the last text of the body.
fn invalid_utf8(body: &[u8]) -> Vec<u8> {
    let mut spoilt = body.to_vec();
    if let Some(quote) = body.iter().rposition(|byte| *byte == b'"') {
        spoilt.splice(quote..quote, [0xff, 0xfe]);
    }
    spoilt
}
