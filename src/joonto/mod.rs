//! The Joonto HTTP API: typed requests and answers, tokens, pacing, retries.
//!
//! Knows nothing of Terraform. Reads from the top: [`Client`] has one method for each operation;
//! `call` makes every request by the same rules; `classify` decides, in one table, what a response
//! proves; `purchase` turns the response to a purchase into its final meaning.
//!
//! Two rules hold everywhere. A request that costs money is sent once, unless it certainly had no
//! effect. And a field of an answer is never an error: what is absent or odd is *not told*.

mod activation_code;
mod admits;
mod answers;
mod availability;
mod backoff;
mod base_url;
mod call;
mod classify;
mod client;
mod details;
mod error;
mod fields;
mod fleet;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod ids;
mod inventory;
mod json;
mod jwt;
mod operation;
mod order_poll;
mod pacing;
mod proxy;
mod purchase;
mod requests;
mod routes;
mod secret;
mod token;
mod transport;
mod vendor_message;
mod words;

#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod token_tests;

pub use activation_code::{ActivationCode, ActivationCodeError, activation_code};
pub use answers::{
    InventoryPage, NumberRecord, Order, ReactivateAnswer, StatusAnswer, StatusOutcome, UpdateAnswer,
};
pub use availability::{Area, Availability, AvailabilityRequest};
pub use base_url::{BaseUrl, BaseUrlError};
pub use classify::{Delivery, Effect, QUICK, Retry, Safety};
pub use client::{AccountFingerprint, Client, Credentials, ReadyToken, Settings};
pub use details::Lookup;
pub use error::Error;
pub use fields::Told;
pub use fleet::{
    Age, Fleet, Found, ListedIn, Presence, Source, StatusChanged, Subject, TooManyMissing, Unlisted,
};
pub use ids::{AccountId, E164, Iccid, InvalidId, OrderId, RouteId};
pub use inventory::Inventory;
pub use operation::Operation;
pub use order_poll::{OrderEnd, OrderPoll};
pub use proxy::{Proxy, ProxyError, VARIABLES as PROXY_VARIABLES};
pub use purchase::{Admission, Attempt, NumberOrder, Purchase, Receipt};
pub use requests::{Change, ProvisionRequest, StatusChange, UpdateRequest};
pub use routes::{
    Column, Format, MessageRoute, ROUTE_TABLES, Response, Route, RouteKind, RouteList, RoutePatch,
    RouteTable, RouteValue, ValueKind, VoiceRoute,
};
pub use secret::Secret;
pub use vendor_message::VendorMessage;
pub use words::{Classification, MessageType, NumberClass, NumberType, OrderClass};
