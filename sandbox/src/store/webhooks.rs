//! Webhooks: where the service reports events. They are kept as the wire has them: the sandbox reports nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::accounts::Distributor;

/// The webhook that the default account starts with.
pub(crate) const SEED_WEBHOOK: &str = "WID-2c9f4b7a-61d8-4e35-9a0c-8b7d6e5f4a31";

/// A webhook.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) account_key: String,
    pub(crate) account_id: String,
    /// The fields as requests name them, and `Active`.
    pub(crate) fields: Map<String, Value>,
}

pub(super) fn seed(owner: &Distributor) -> BTreeMap<String, Webhook> {
    let fields = [
        ("WebhookUrl", json!("https://hooks.example.com/orders")),
        ("Method", json!("POST")),
        ("DataFormat", json!("json")),
        ("AuthenticationType", json!("None")),
        ("SubscribedEvents", json!("Order_Update")),
        ("Active", json!(true)),
    ];
    let webhook = Webhook {
        id: SEED_WEBHOOK.to_owned(),
        account_key: owner.key().to_owned(),
        account_id: owner.credentials.account_id.clone(),
        fields: fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    };
    BTreeMap::from([(webhook.id.clone(), webhook)])
}
