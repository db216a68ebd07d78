//! Voice routes: `/v1.0/voice/routes`. Their id is `CallRouteId`; a read knows it by its capital D only.

use serde_json::{Map, Value, json};

use super::{AUTHENTICATIONS, METHODS, RouteTable, View, text, typed, uri, word};
use crate::contract::FieldKind;
use crate::store::routes::RouteKind;

const ROUTE_TYPES: &[&str] = &["Trunk", "URL", "Forward"];
const TRANSPORTS: &[&str] = &["UDP", "TCP", "TLS"];
const CALLER_IDS: &[&str] = &["Transferee", "Transferor", "Transferee/Transferor"];

/// Two names are misspelt on the wire. No response has authentication and callback, and an update cannot switch
/// authentication off.
pub(in super::super) static VOICE: RouteTable = RouteTable {
    kind: RouteKind::Voice,
    word: "voice",
    prefix: "CRID",
    id: "CallRouteId",
    read_by: &["CallRouteID"],
    deleted: ["CallRouteStatus", "CallRouteId"],
    enabled: "RouteEnabled",
    account_in_update: false,
    columns: &[
        text("RouteName").required(),
        word("RouteType", ROUTE_TYPES).required(),
        uri("VoiceUrl").returned_by(&[View::Create, View::Read]),
        word("VoiceUrlMethod", METHODS),
        word("VoiceAuthenticationType", AUTHENTICATIONS)
            .words_in_update(&["Basic", "Bearer"])
            .returned_by(&[]),
        text("VoiceUsername").returned_by(&[]),
        text("VoicePasswordToken").returned_by(&[]),
        uri("CallbackVoiceUrl").returned_by(&[]),
        word("CallbackVoiceUrlMethod", METHODS).returned_by(&[]),
        text("TrunkIp1"),
        text("TrunkIp2"),
        uri("TrunkUri1"),
        uri("TrunkUri2"),
        text("TrunkPort1"),
        text("TrunkPort2"),
        word("TrunkTransport1", TRANSPORTS),
        word("TrunkTransport2", TRANSPORTS),
        typed("TrunkEnabled1", FieldKind::Bool),
        typed("TrunkEnabled2", FieldKind::Bool),
        typed("Trunk1Priortiy", FieldKind::Integer),
        typed("Trunk2Priortiy", FieldKind::Integer),
        typed("Trunk1Weight", FieldKind::Integer),
        typed("Trunk2Weight", FieldKind::Integer),
        text("HeaderManipulation"),
        text("TransferCallerId").words_in_update(CALLER_IDS),
        typed("EnableSipRefer", FieldKind::Bool),
        typed("SymmetricRtp", FieldKind::Bool),
        typed("EnableTrpSecureTrunk", FieldKind::Bool),
        typed("EnablePstnTransfer", FieldKind::Bool),
        typed("CnamLookup", FieldKind::Bool),
        typed("EnableCallStreaming", FieldKind::Bool),
        typed("IpWhitelist", FieldKind::AddressList).returned_by(&[View::List]),
        text("TerminationUriSubdomain"),
        uri("WssUri"),
        typed("RouteEnabled", FieldKind::Bool).returned_by(&[View::Create, View::List]),
        typed("IntelligentRouteEnabled", FieldKind::Bool).returned_by(&[View::Create]),
    ],
    add_constants,
};

/// Only a list fills the white list; everything else returns an empty one, in another spelling.
fn add_constants(shown: &mut Map<String, Value>, view: View) {
    if view != View::List {
        shown.insert("IpWhiteList".into(), json!([]));
        return;
    }
    shown.insert("CallRouteStatus".into(), json!("Active"));
    let addresses = shown.entry("IpWhitelist").or_insert(json!([]));
    if addresses.is_null() {
        *addresses = json!([]);
    }
}
