//! Subscribers: people numbers are bound to. They cannot be deleted.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Subscriber {
    pub(crate) id: String,
    pub(crate) account_key: String,
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) phone_numbers: Vec<String>,
}
