//! The operations of the API, and how each may be treated.

use std::fmt;
use std::time::Duration;

use reqwest::Method;

use super::classify::Safety;
use super::rate_limit::Priority;

/// One operation of the API.
#[derive(Debug, Eq, PartialEq)]
pub struct Operation {
    doing: &'static str,
    method: Method,
    path: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Changes nothing.
    Read,
    /// Changes nothing, and something that matters more than a refresh waits for it.
    Urgent,
    /// Sets absolute values: doing it twice is doing it once.
    Write,
    /// Takes effect each time.
    Once,
    /// Takes effect each time, and costs money each time.
    Purchase,
}

pub(super) static TOKEN: Operation = Operation::new(
    "fetching a token",
    Method::POST,
    "/v1.0/OAuth2/tokens",
    Kind::Urgent,
);
pub(super) static PROVISION: Operation = Operation::new(
    "buying a number",
    Method::POST,
    "/v1.0/numbers/provision",
    Kind::Purchase,
);
pub(super) static ORDER: Operation = Operation::new(
    "reading an order",
    Method::GET,
    "/v1.0/numbers/order",
    Kind::Urgent,
);
pub(super) static DETAILS: Operation =
    Operation::new("reading a number", Method::GET, "/v1.0/numbers", Kind::Read);
pub(super) static INVENTORY: Operation = Operation::new(
    "reading the inventory",
    Method::GET,
    "/v1.0/numbers/inventory",
    Kind::Read,
);
pub(super) static AVAILABILITY: Operation = Operation::new(
    "asking what numbers there are to be had",
    Method::POST,
    "/v1.0/numbers/availability",
    Kind::Read,
);
pub(super) static UPDATE: Operation = Operation::new(
    "updating a number",
    Method::POST,
    "/v1.0/numbers/update",
    Kind::Write,
);
pub(super) static STATUS: Operation = Operation::new(
    "changing a number's status",
    Method::POST,
    "/v1.0/numbers/status",
    Kind::Once,
);
pub(super) static REACTIVATE: Operation = Operation::new(
    "reactivating a number",
    Method::POST,
    "/v1.0/numbers/reactivate",
    Kind::Once,
);
pub(super) static MESSAGE_ROUTE_CREATE: Operation = Operation::new(
    "creating a message route",
    Method::POST,
    "/v1.0/message/routes",
    Kind::Once,
);
pub(super) static MESSAGE_ROUTE_GET: Operation = Operation::new(
    "reading a message route",
    Method::GET,
    "/v1.0/message/routes",
    Kind::Read,
);
pub(super) static MESSAGE_ROUTE_UPDATE: Operation = Operation::new(
    "updating a message route",
    Method::POST,
    "/v1.0/message/routes/update",
    Kind::Write,
);
pub(super) static MESSAGE_ROUTE_DELETE: Operation = Operation::new(
    "deleting a message route",
    Method::POST,
    "/v1.0/message/routes/delete",
    Kind::Write,
);
pub(super) static MESSAGE_ROUTE_LIST: Operation = Operation::new(
    "listing the message routes",
    Method::GET,
    "/v1.0/account/message/routes",
    Kind::Read,
);
pub(super) static VOICE_ROUTE_CREATE: Operation = Operation::new(
    "creating a voice route",
    Method::POST,
    "/v1.0/voice/routes",
    Kind::Once,
);
pub(super) static VOICE_ROUTE_GET: Operation = Operation::new(
    "reading a voice route",
    Method::GET,
    "/v1.0/voice/routes",
    Kind::Read,
);
pub(super) static VOICE_ROUTE_UPDATE: Operation = Operation::new(
    "updating a voice route",
    Method::POST,
    "/v1.0/voice/routes/update",
    Kind::Write,
);
pub(super) static VOICE_ROUTE_DELETE: Operation = Operation::new(
    "deleting a voice route",
    Method::POST,
    "/v1.0/voice/routes/delete",
    Kind::Write,
);
pub(super) static VOICE_ROUTE_LIST: Operation = Operation::new(
    "listing the voice routes",
    Method::GET,
    "/v1.0/account/voice/routes",
    Kind::Read,
);

impl Operation {
    const fn new(doing: &'static str, method: Method, path: &'static str, kind: Kind) -> Self {
        Self {
            doing,
            method,
            path,
            kind,
        }
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path, which begins with `/v1.0/`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Whether it may be sent again after an answer that leaves its effect open.
    pub(super) fn is_repeatable(&self) -> bool {
        matches!(self.kind, Kind::Read | Kind::Urgent | Kind::Write)
    }

    /// What sending it twice can do.
    pub(super) fn safety(&self) -> Safety {
        match self.kind {
            Kind::Purchase => Safety::Purchase,
            _ => Safety::Other,
        }
    }

    /// Whether, once sent, it is awaited to its answer whoever asks to stop; and is sent on a
    /// connection of its own, which cannot have gone stale.
    pub(super) fn is_write(&self) -> bool {
        !matches!(self.kind, Kind::Read | Kind::Urgent)
    }

    pub(super) fn priority(&self) -> Priority {
        match self.kind {
            Kind::Read => Priority::Refresh,
            _ => Priority::Ahead,
        }
    }

    /// How long it may take from connecting to the last byte of its answer.
    pub(super) fn time_limit(&self) -> Duration {
        match self.kind {
            Kind::Purchase => Duration::from_secs(120),
            _ => Duration::from_secs(30),
        }
    }

    /// How many bytes of an answer are read at most.
    pub(super) fn size_limit(&self) -> usize {
        match self.kind {
            Kind::Purchase => 1 << 20,
            _ => 16 << 20,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.doing, self.method, self.path)
    }
}
