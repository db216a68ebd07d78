//! Voice routes: the five calls and what they have in common. Their id is `CallRouteId` here.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use serde_json::{Map, Value, json};

use super::Call;
use crate::reply::Refusal;
use crate::store::routes::Route;

const METHODS: &[&str] = &["GET", "POST"];
const ROUTE_TYPES: &[&str] = &["Trunk", "URL", "Forward"];
const TRANSPORTS: &[&str] = &["UDP", "TCP", "TLS"];

/// What every answer tells. Authentication and callback are told by none.
const TOLD: &[&str] = &[
    "RouteName",
    "RouteType",
    "VoiceUrlMethod",
    "TrunkIp1",
    "TrunkIp2",
    "TrunkUri1",
    "TrunkUri2",
    "TrunkPort1",
    "TrunkPort2",
    "TrunkTransport1",
    "TrunkTransport2",
    "TrunkEnabled1",
    "TrunkEnabled2",
    "Trunk1Priortiy",
    "Trunk2Priortiy",
    "Trunk1Weight",
    "Trunk2Weight",
    "HeaderManipulation",
    "TransferCallerId",
    "EnableSipRefer",
    "SymmetricRtp",
    "EnableTrpSecureTrunk",
    "EnablePstnTransfer",
    "CnamLookup",
    "EnableCallStreaming",
    "TerminationUriSubdomain",
];

/// What all four kinds of answer share, the account's key apart.
fn common(route: &Route) -> Map<String, Value> {
    let mut view = Map::new();
    view.insert("CallRouteId".into(), json!(route.id));
    view.extend(
        TOLD.iter()
            .map(|name| ((*name).to_owned(), route.field(name))),
    );
    view.insert("WssUri".into(), route.field("WssUri"));
    view
}

/// A route as get and update answer it: the white list is always empty, the switch is not there.
fn view(route: &Route) -> Map<String, Value> {
    let mut view = common(route);
    view.insert("AccountId".into(), json!(route.account_id));
    view.insert("VoiceUrl".into(), route.field("VoiceUrl"));
    view.insert("IpWhiteList".into(), json!([]));
    view
}

/// A route as the account's list shows it: the white list is filled, the URL is not there.
fn list_item(route: &Route) -> Map<String, Value> {
    let mut item = common(route);
    item.insert("CallRouteStatus".into(), json!("Active"));
    item.insert("AccountID".into(), json!(route.account_id));
    item.insert("RouteEnabled".into(), route.field("RouteEnabled"));
    let addresses = route
        .fields
        .get("IpWhitelist")
        .cloned()
        .unwrap_or_else(|| json!([]));
    item.insert("IpWhitelist".into(), addresses);
    item
}

fn own<'a>(call: &'a mut Call<'_>, id: &str) -> Result<&'a mut Route, Refusal> {
    let owner = &call.account_key;
    let route = call.world.store.voice_routes.get_mut(id);
    route
        .filter(|route| route.account_key == *owner)
        .ok_or_else(|| Refusal::not_found("Route"))
}
