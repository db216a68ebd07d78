//! The Joonto HTTP API: typed requests and responses, tokens, rate limit, retries.
//!
//! Knows nothing of Terraform. [`Client`] knows no operation; each thing of the API has a file,
//! which adds the client's methods for it. `session` makes every request by the same rules;
//! `classify` decides, in one table, what a response proves; `purchase` turns the response to a
//! purchase into its final meaning. [`InventoryCache`] is on top: it reads many numbers in
//! few requests.
//!
//! Two rules hold everywhere. A request that costs money is sent once, unless it certainly had no
//! effect. And a field of a response is never an error: one that is absent or odd counts as *absent*.

mod account_lists;
mod accounts;
mod activation_code;
mod api_error;
mod availability;
mod base_url;
mod batcher;
mod classify;
mod client;
mod data_usage;
mod device;
mod e911;
mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod inventory;
mod inventory_cache;
mod jwt;
mod lenient_json;
mod number;
mod operation;
mod order;
mod pages;
mod paid;
mod patch;
mod port_in;
mod proxy;
mod purchase;
mod rate_limit;
mod refusal;
mod retry;
mod routes;
mod secret;
mod session;
mod sim;
mod single_flight;
mod status;
mod subscriber;
mod token;
mod transport;
mod types;
mod update;
mod webhooks;

#[cfg(test)]
mod testing;

pub use accounts::Account;
pub use activation_code::{ActivationCode, activation_code};
pub use api_error::VendorMessage;
pub use availability::{Area, Availability, AvailabilityRequest};
pub use base_url::BaseUrl;
pub use batcher::FULL;
pub use classify::{Delivery, Effect, QUICK, Retry, Safety};
pub use client::{AccountFingerprint, Client, Credentials, ReadyToken, Settings};
pub use data_usage::{
    DataLimit, DataSetting, DataUsage, Renewal, ReturnedLimit, bytes, unit_bytes,
};
pub use device::Device;
pub use e911::{E911Address, E911Record};
pub use error::Error;
pub use inventory::{Inventory, InventoryPage};
pub use inventory_cache::{
    Found, InventoryCache, LimitFound, ListedIn, Presence, Source, StatusChanged, Subject,
    TooManyMissing, Unlisted,
};
pub use lenient_json::Field;
pub use number::{Lookup, NumberRecord};
pub use operation::Operation;
pub use order::{Order, OrderEnd, OrderPoll};
pub use paid::{Admission, PaidCall, PaidOutcome};
pub use patch::Patch;
pub use port_in::{Eligibility, PortInFields, PortInReceipt, PortInState};
pub use proxy::{Proxy, ProxyError, VARIABLES as PROXY_VARIABLES};
pub use purchase::{ProvisionRequest, Purchase, Receipt};
pub use refusal::Refusal;
pub use routes::{
    Column, Format, MessageRoute, ROUTE_TABLES, ReturnedBy, Route, RouteKind, RouteList,
    RoutePatch, RouteTable, RouteValue, ValueKind, VoiceRoute,
};
pub use secret::Secret;
pub use sim::{SimResponse, SimStatus};
pub use single_flight::Age;
pub use status::{StatusChange, StatusOutcome, StatusResponse};
pub use subscriber::{NewSubscriber, Subscriber, SubscriberChange, SubscriberList};
pub use types::{
    AccountId, Classification, E164, Iccid, MessageType, NumberClass, NumberType, OrderClass,
    OrderId, RouteId, WebhookId,
};
pub use update::{UpdateRequest, UpdateResponse};
pub use webhooks::{Webhook, WebhookAuthentication, WebhookSettings};
