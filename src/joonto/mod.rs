//! The Joonto HTTP API: typed requests and answers, tokens, pacing, retries.
//!
//! Knows nothing of Terraform. Reads from the top: [`Client`] has one method for each operation;
//! `call` makes every request by the same rules; `outcome` decides, in one table, what may be
//! sent again; `reading` says what the answer to a purchase means.
//!
//! Two rules hold everywhere. A request that costs money is sent once, unless it certainly had no
//! effect. And a field of an answer is never an error: what is absent or odd is *not told*.

mod activation_code;
mod answers;
mod availability;
mod backoff;
mod base_url;
mod call;
mod client;
mod details;
mod error;
mod fields;
mod fleet;
#[doc(hidden)]
pub mod fuzzing;
mod ids;
mod inventory;
mod json;
mod jwt;
mod operation;
mod outcome;
mod pacing;
mod reading;
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
mod purchase_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod token_tests;

pub use activation_code::{ActivationCode, ActivationCodeError, activation_code};
pub use answers::{
    InventoryPage, NumberRecord, Order, ProvisionAnswer, ReactivateAnswer, StatusAnswer,
    StatusOutcome, UpdateAnswer,
};
pub use availability::{Area, Availability, AvailabilityRequest};
pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{AccountFingerprint, Client, Credentials, Settings};
pub use details::Lookup;
pub use error::{Error, PurchaseError};
pub use fields::Told;
pub use fleet::{Age, Fleet, Found, Source, StatusChanged};
pub use ids::{AccountId, E164, Iccid, InvalidId, OrderId, RouteId};
pub use inventory::Inventory;
pub use operation::Operation;
pub use outcome::{Outcome, Resend, Verdict, judge, may_pass};
pub use reading::{Otherwise, PurchaseReading, read_purchase};
pub use requests::{Change, ProvisionRequest, StatusChange, UpdateRequest};
pub use routes::{
    Addresses, MessageRoute, MessageRouteSettings, Port, Route, VoiceRoute, VoiceRouteSettings,
};
pub use secret::Secret;
pub use vendor_message::VendorMessage;
pub use words::{Classification, MessageType, NumberClass, NumberType, OrderClass};
