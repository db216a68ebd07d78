//! What can go wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::switches::millis;

/// How an error body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorShape {
    /// The API's envelope.
    #[default]
    Envelope,
    /// A problem document, as the vendor's framework makes by default.
    Problem,
    /// A sentence.
    PlainText,
    /// The envelope, labelled `text/plain`.
    EnvelopeAsText,
    /// A page, as gateways send.
    Html,
    /// Nothing.
    Empty,
}

/// What a purchase's response tells of the number.
const PURCHASE_KEYS: [&str; 5] = [
    "PhoneNumberAssigned",
    "PhoneNumberId",
    "QRCode",
    "SubscriberId",
    "ZipCode",
];

/// How ids go missing from a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyIds {
    /// They are `""`.
    Blank,
    /// Their keys are not there.
    Missing,
    /// Every key is there, and null.
    Null,
}

/// What happens. Kinds that spoil a response, placed before the commit, spoil a 503 that changed nothing.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The connection is closed without a byte.
    Drop,
    /// The connection is reset without a byte.
    Reset,
    /// The sending side is closed without a byte; the connection stays.
    HalfClose,
    /// Nothing is returned, and nothing closed, until the client gives up.
    Hang,
    /// The response waits for so long (real time). Before commit, the operation waits too, and is never done if the
    /// client leaves.
    Delay(#[serde(with = "millis")] Duration),
    /// The connection is closed at once without a byte, and the request is carried out so much later (real time);
    /// zero: just before.
    CommitLate(#[serde(with = "millis")] Duration),
    /// The response waits until [`Sandbox::release`](crate::Sandbox::release).
    Hold,
    /// Another kind strikes, so much later (real time). After commit, the change is made at once.
    Late {
        /// How long the request waits first, in milliseconds.
        #[serde(with = "millis")]
        after: Duration,
        /// What happens then.
        kind: Box<FaultKind>,
    },
    /// Another kind strikes, once [`Sandbox::release`](crate::Sandbox::release) is called. After commit, the change is
    /// made at once. Before commit, a client that leaves meanwhile has bought nothing.
    Held(Box<FaultKind>),
    /// Another status is returned.
    Status {
        /// 100 to 599.
        status: u16,
        /// The `Retry-After` header, verbatim.
        #[serde(default)]
        retry_after: Option<String>,
        /// How the body is written.
        #[serde(default)]
        shape: ErrorShape,
    },
    /// A redirect to the very same address.
    RedirectToSelf {
        /// 307 or 308.
        status: u16,
    },
    /// The response stops in the middle of its body; the header promises all of it.
    Truncate,
    /// The response is chunked and stops without the last chunk.
    ChunkedWithoutEnd,
    /// The response comes a byte at a time.
    Drip(#[serde(with = "millis")] Duration),
    /// The header comes at once, the body never.
    HeadersOnly,
    /// The body is padded by so many megabytes of blanks.
    Oversized(usize),
    /// Another body, with any status.
    Body {
        /// The status.
        status: u16,
        /// The label.
        content_type: String,
        /// The body.
        text: String,
    },
    /// The body is `null`.
    NullBody,
    /// Every value has another JSON type than it should.
    WrongTypes,
    /// The ids of the response are lost.
    EmptyIds(EmptyIds),
    /// Top-level keys of the response are set and removed.
    Edit {
        /// Keys to set.
        #[serde(default)]
        set: Map<String, Value>,
        /// Keys to remove.
        #[serde(default)]
        remove: Vec<String>,
    },
    /// The body begins with a byte-order mark.
    ByteOrderMark,
    /// The body holds bytes that are no UTF-8.
    InvalidUtf8,
    /// The token that came with the request has expired on the way.
    ExpireToken,
    /// This response is right; the next request on its connection finds the connection dead.
    StaleConnection,
}

impl FaultKind {
    /// Another status, in the API's envelope and without `Retry-After`.
    pub fn status(status: u16) -> Self {
        Self::Status {
            status,
            retry_after: None,
            shape: ErrorShape::Envelope,
        }
    }

    /// Another status, with a `Retry-After` header.
    pub fn status_retry_after(status: u16, retry_after: impl Into<String>) -> Self {
        Self::Status {
            status,
            retry_after: Some(retry_after.into()),
            shape: ErrorShape::Envelope,
        }
    }

    /// Another status, its body written in some other shape.
    pub fn status_as(status: u16, shape: ErrorShape) -> Self {
        Self::Status {
            status,
            retry_after: None,
            shape,
        }
    }

    /// A kind that strikes so much later.
    pub fn late(after: Duration, kind: Self) -> Self {
        Self::Late {
            after,
            kind: Box::new(kind),
        }
    }

    /// A kind that strikes once it is released.
    pub fn held(kind: Self) -> Self {
        Self::Held(Box::new(kind))
    }

    /// A purchase's response of 200 that tells nothing but an error: every other key is null. Before commit nothing is
    /// bought; after commit the number is there.
    pub fn only_error(message: &str) -> Self {
        let keys = PURCHASE_KEYS
            .iter()
            .chain(&["OrderDate", "OrderId", "OrderStatus"]);
        let mut body: Map<String, Value> = keys.map(|key| ((*key).into(), Value::Null)).collect();
        body.insert("ErrorMessage".into(), message.into());
        Self::Body {
            status: 200,
            content_type: "application/json; charset=utf-8".into(),
            text: Value::Object(body).to_string(),
        }
    }

    /// A purchase's response of 200 that says with this word, such as `Error`, that the order failed, and names the
    /// order. Place it after the commit: the order itself goes its own way.
    pub fn failed_order(word: &str, message: &str) -> Self {
        let mut set: Map<String, Value> = PURCHASE_KEYS
            .iter()
            .map(|key| ((*key).into(), Value::Null))
            .collect();
        set.insert("OrderStatus".into(), word.into());
        set.insert("ErrorMessage".into(), message.into());
        Self::Edit {
            set,
            remove: Vec::new(),
        }
    }

    /// A key of the response set to another value.
    pub fn set(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::Edit {
            set: Map::from_iter([(key.into(), value.into())]),
            remove: Vec::new(),
        }
    }

    /// Whether a request struck before its commit is served after all.
    pub(crate) fn lets_through(&self) -> bool {
        matches!(
            self.in_the_end(),
            Self::Delay(_) | Self::Hold | Self::ExpireToken | Self::StaleConnection
        )
    }

    /// The kind that strikes when all waiting is over.
    pub(crate) fn in_the_end(&self) -> &Self {
        match self {
            Self::Late { kind, .. } | Self::Held(kind) => kind.in_the_end(),
            other => other,
        }
    }

    /// The name the ledger shows.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Late { kind, .. } => format!("late {}", kind.name()),
            Self::Held(kind) => format!("held {}", kind.name()),
            Self::Status { status, .. }
            | Self::RedirectToSelf { status }
            | Self::Body { status, .. } => {
                format!("status {status}")
            }
            Self::EmptyIds(how) => format!("empty ids ({how:?})"),
            other => {
                let name = format!("{other:?}");
                name.split(['(', ' ', '{'])
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            }
        }
    }
}
