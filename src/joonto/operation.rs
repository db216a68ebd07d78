//! The operations of the API, and how each may be treated.

use std::fmt;
use std::time::Duration;

use reqwest::Method;

use super::classify::Safety;
use super::rate_limit::Priority;
use OperationKind::{Once, Purchase, Read, Urgent, Write};

/// One operation of the API.
#[derive(Debug, Eq, PartialEq)]
pub struct Operation {
    doing: &'static str,
    method: Method,
    /// Below the API's version.
    path: &'static str,
    kind: OperationKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum OperationKind {
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

pub(super) static TOKEN: Operation = Operation::post(Urgent, "/OAuth2/tokens", "fetching a token");
pub(super) static PROVISION: Operation =
    Operation::post(Purchase, "/numbers/provision", "buying a number");
pub(super) static ORDER: Operation = Operation::get(Urgent, "/numbers/order", "reading an order");
pub(super) static DETAILS: Operation = Operation::get(Read, "/numbers", "reading a number");
pub(super) static INVENTORY: Operation =
    Operation::get(Read, "/numbers/inventory", "reading the inventory");
pub(super) static AVAILABILITY: Operation =
    Operation::post(Read, "/numbers/availability", "listing available numbers");
pub(super) static UPDATE: Operation =
    Operation::post(Write, "/numbers/update", "updating a number");
pub(super) static STATUS: Operation =
    Operation::post(Once, "/numbers/status", "changing a number's status");
pub(super) static REACTIVATE: Operation =
    Operation::post(Once, "/numbers/reactivate", "reactivating a number");
pub(super) static DATA_LIMIT: Operation =
    Operation::post(Write, "/numbers/data-usage", "setting data limits");
pub(super) static DATA_LIMITS: Operation =
    Operation::post(Read, "/numbers/data-usage/settings", "reading data limits");
pub(super) static DATA_USAGE: Operation =
    Operation::post(Read, "/numbers/data-usage/info", "reading data usage");
pub(super) static DATA_RENEWAL: Operation = Operation::post(
    Write,
    "/numbers/data-usage/update-renewal-info",
    "setting the renewal of data",
);
pub(super) static DATA_RESET: Operation = Operation::post(
    Once,
    "/numbers/data-usage/update-renewal-info",
    "resetting data usage",
);
pub(super) static SIM_STATUS: Operation =
    Operation::post(Write, "/sims/update-status", "setting a SIM's status");
pub(super) static E911_GET: Operation =
    Operation::get(Read, "/numbers/e911address", "reading an E911 address");
pub(super) static E911_SET: Operation = Operation::post(
    Write,
    "/numbers/e911address/update",
    "setting an E911 address",
);
pub(super) static DEVICE: Operation =
    Operation::post(Read, "/numbers/device-details", "reading a device");
pub(super) static NNID: Operation =
    Operation::post(Write, "/numbers/refresh-nnid", "refreshing an NNID");
pub(super) static ACCOUNTS: Operation =
    Operation::get(Read, "/distributor/accounts", "listing the accounts");
pub(super) static PORT_IN_ELIGIBILITY: Operation = Operation::post(
    Read,
    "/numbers/portin/eligibility",
    "checking whether a number can be ported in",
);
pub(super) static PORT_IN: Operation =
    Operation::post(Purchase, "/numbers/portin", "submitting a port-in");
pub(super) static PORT_IN_UPDATE: Operation =
    Operation::post(Write, "/numbers/portin/update", "updating a port-in");
pub(super) static PORT_IN_CANCEL: Operation =
    Operation::post(Write, "/numbers/portin/cancel", "cancelling a port-in");
pub(super) static MESSAGE_ROUTE_CREATE: Operation =
    Operation::post(Once, "/message/routes", "creating a message route");
pub(super) static MESSAGE_ROUTE_GET: Operation =
    Operation::get(Read, "/message/routes", "reading a message route");
pub(super) static MESSAGE_ROUTE_UPDATE: Operation =
    Operation::post(Write, "/message/routes/update", "updating a message route");
pub(super) static MESSAGE_ROUTE_DELETE: Operation =
    Operation::post(Write, "/message/routes/delete", "deleting a message route");
pub(super) static MESSAGE_ROUTE_LIST: Operation = Operation::get(
    Read,
    "/account/message/routes",
    "listing the message routes",
);
pub(super) static VOICE_ROUTE_CREATE: Operation =
    Operation::post(Once, "/voice/routes", "creating a voice route");
pub(super) static VOICE_ROUTE_GET: Operation =
    Operation::get(Read, "/voice/routes", "reading a voice route");
pub(super) static VOICE_ROUTE_UPDATE: Operation =
    Operation::post(Write, "/voice/routes/update", "updating a voice route");
pub(super) static VOICE_ROUTE_DELETE: Operation =
    Operation::post(Write, "/voice/routes/delete", "deleting a voice route");
pub(super) static VOICE_ROUTE_LIST: Operation =
    Operation::get(Read, "/account/voice/routes", "listing the voice routes");
pub(super) static WEBHOOK_CREATE: Operation =
    Operation::post(Once, "/webhook/create", "creating a webhook");
pub(super) static WEBHOOK_GET: Operation = Operation::get(Read, "/webhook", "reading a webhook");
pub(super) static WEBHOOK_UPDATE: Operation =
    Operation::post(Write, "/webhook/update", "updating a webhook");
pub(super) static WEBHOOK_DELETE: Operation =
    Operation::post(Write, "/webhook/delete", "deleting a webhook");
pub(super) static WEBHOOK_LIST: Operation =
    Operation::get(Read, "/account/webhooks", "listing the webhooks");
pub(super) static SUBSCRIBER_CREATE: Operation =
    Operation::post(Once, "/subscribers/create", "creating a subscriber");
pub(super) static SUBSCRIBER_GET: Operation =
    Operation::get(Read, "/subscribers/get", "reading a subscriber");
pub(super) static SUBSCRIBER_UPDATE: Operation =
    Operation::post(Write, "/subscribers/update", "updating a subscriber");
pub(super) static SUBSCRIBER_TRANSFER: Operation =
    Operation::post(Once, "/subscribers/transfer", "transferring a subscriber");
pub(super) static SUBSCRIBER_LIST: Operation =
    Operation::get(Read, "/distributor/subscribers", "listing the subscribers");

impl Operation {
    const fn get(kind: OperationKind, path: &'static str, doing: &'static str) -> Self {
        Self::new(Method::GET, kind, path, doing)
    }

    const fn post(kind: OperationKind, path: &'static str, doing: &'static str) -> Self {
        Self::new(Method::POST, kind, path, doing)
    }

    const fn new(
        method: Method,
        kind: OperationKind,
        path: &'static str,
        doing: &'static str,
    ) -> Self {
        Self {
            doing,
            method,
            path,
            kind,
        }
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path, which begins with `/v1.0/`.
    pub fn path(&self) -> String {
        format!("/v1.0{}", self.path)
    }

    /// Whether it may be sent again after a response that leaves its effect open.
    pub(super) fn is_repeatable(&self) -> bool {
        matches!(
            self.kind,
            OperationKind::Read | OperationKind::Urgent | OperationKind::Write
        )
    }

    /// What sending it twice can do.
    pub(super) fn safety(&self) -> Safety {
        match self.kind {
            OperationKind::Purchase => Safety::Purchase,
            _ => Safety::Other,
        }
    }

    /// Whether, once sent, it is awaited to its response even if someone asks to stop; and is sent
    /// on a connection of its own, which cannot have gone stale.
    pub(super) fn is_write(&self) -> bool {
        !matches!(self.kind, OperationKind::Read | OperationKind::Urgent)
    }

    pub(super) fn priority(&self) -> Priority {
        match self.kind {
            OperationKind::Read => Priority::Refresh,
            _ => Priority::Ahead,
        }
    }

    /// How long it may take from connecting to the last byte of its response.
    pub(super) fn time_limit(&self) -> Duration {
        match self.kind {
            OperationKind::Purchase => Duration::from_secs(120),
            _ => Duration::from_secs(30),
        }
    }

    /// How many bytes of a response are read at most.
    pub(super) fn size_limit(&self) -> usize {
        match self.kind {
            OperationKind::Purchase => 1 << 20,
            _ => 16 << 20,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.doing, self.method, self.path())
    }
}
