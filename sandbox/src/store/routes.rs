//! Message and voice routes. They are kept as the wire has them: the sandbox does not act on them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::accounts::Distributor;
use crate::reply::Refusal;
use crate::switches::NullInUpdate;

/// The message route the seed's request names.
pub(crate) const SEED_MESSAGE_ROUTE: &str = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a";
/// The voice route the seed's request names; its last group really is a digit short.
pub(crate) const SEED_VOICE_ROUTE: &str = "CRID-4dec6beb-3985-444b-8c06-8baa70dc145";

/// Which of the two kinds of routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RouteKind {
    Message,
    Voice,
}

/// A message route or a voice route.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Route {
    pub(crate) id: String,
    pub(crate) account_key: String,
    pub(crate) account_id: String,
    /// The fields as requests name them.
    pub(crate) fields: Map<String, Value>,
}

impl Route {
    /// A field's value; null where it was never set.
    pub(crate) fn field(&self, name: &str) -> Value {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    /// Takes over what an update sent; what null does is for the switch to say.
    pub(crate) fn update(
        &mut self,
        sent: Map<String, Value>,
        nulls: NullInUpdate,
    ) -> Result<(), Refusal> {
        let null = sent.iter().find(|(_, value)| value.is_null());
        if let (NullInUpdate::Refused, Some((name, _))) = (nulls, null) {
            return Err(Refusal::bad(format!("{name} must not be null")));
        }
        for (name, value) in sent {
            match value {
                Value::Null if nulls == NullInUpdate::Ignored => {}
                Value::Null => drop(self.fields.remove(&name)),
                value => drop(self.fields.insert(name, value)),
            }
        }
        Ok(())
    }
}

pub(super) fn seed_message_route(owner: &Distributor) -> BTreeMap<String, Route> {
    let fields = [
        ("RouteName", json!("inbound")),
        ("MessageUrl", json!("https://example.com/sms")),
        ("MessageUrlMethod", json!("POST")),
        ("MessageRouteEnabled", json!(true)),
    ];
    seed(owner, SEED_MESSAGE_ROUTE, fields)
}

pub(super) fn seed_voice_route(owner: &Distributor) -> BTreeMap<String, Route> {
    let fields = [
        ("RouteName", json!("trunk")),
        ("RouteType", json!("Trunk")),
        ("TrunkIp1", json!("192.0.2.1")),
        ("TrunkPort1", json!("5060")),
        ("TrunkTransport1", json!("UDP")),
        ("TrunkEnabled1", json!(true)),
        ("RouteEnabled", json!(true)),
    ];
    seed(owner, SEED_VOICE_ROUTE, fields)
}

fn seed<const N: usize>(
    owner: &Distributor,
    id: &str,
    fields: [(&str, Value); N],
) -> BTreeMap<String, Route> {
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    let route = Route {
        id: id.to_owned(),
        account_key: owner.key().to_owned(),
        account_id: owner.credentials.account_id.clone(),
        fields: Map::from_iter(fields),
    };
    BTreeMap::from([(route.id.clone(), route)])
}
