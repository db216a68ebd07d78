//! `POST /v1.0/voice/routes`

use serde_json::{Value, json};

use super::super::{Call, Operation, Outcome};
use super::{METHODS, ROUTE_TYPES, TRANSPORTS};
use crate::contract::{AddressItem, Field, Format, Given, Request, request};
use crate::reply::Reply;
use crate::store::routes::Route;

request! {
    /// A new voice route. Two names are misspelt on the wire.
    VoiceRouteCreateRequest {
        route_name: String = Field::named("RouteName");
        route_type: String = Field::named("RouteType").words(ROUTE_TYPES);
        voice_url: Given<String> = Field::named("VoiceUrl").format(Format::Uri);
        voice_url_method: Given<String> = Field::named("VoiceUrlMethod").words(METHODS);
        authentication: Given<String> =
            Field::named("VoiceAuthenticationType").words(&["None", "Basic", "Bearer"]);
        username: Given<String> = Field::named("VoiceUsername");
        password: Given<String> = Field::named("VoicePasswordToken");
        callback_url: Given<String> = Field::named("CallbackVoiceUrl").format(Format::Uri);
        callback_method: Given<String> = Field::named("CallbackVoiceUrlMethod").words(METHODS);
        trunk_ip1: Given<String> = Field::named("TrunkIp1");
        trunk_ip2: Given<String> = Field::named("TrunkIp2");
        trunk_uri1: Given<String> = Field::named("TrunkUri1").format(Format::Uri);
        trunk_uri2: Given<String> = Field::named("TrunkUri2").format(Format::Uri);
        trunk_port1: Given<String> = Field::named("TrunkPort1");
        trunk_port2: Given<String> = Field::named("TrunkPort2");
        trunk_transport1: Given<String> = Field::named("TrunkTransport1").words(TRANSPORTS);
        trunk_transport2: Given<String> = Field::named("TrunkTransport2").words(TRANSPORTS);
        trunk_enabled1: Given<bool> = Field::named("TrunkEnabled1");
        trunk_enabled2: Given<bool> = Field::named("TrunkEnabled2");
        trunk1_priority: Given<i64> = Field::named("Trunk1Priortiy");
        trunk2_priority: Given<i64> = Field::named("Trunk2Priortiy");
        trunk1_weight: Given<i64> = Field::named("Trunk1Weight");
        trunk2_weight: Given<i64> = Field::named("Trunk2Weight");
        header_manipulation: Given<String> = Field::named("HeaderManipulation");
        transfer_caller_id: Given<String> = Field::named("TransferCallerId");
        sip_refer: Given<bool> = Field::named("EnableSipRefer");
        symmetric_rtp: Given<bool> = Field::named("SymmetricRtp");
        secure_trunk: Given<bool> = Field::named("EnableTrpSecureTrunk");
        pstn_transfer: Given<bool> = Field::named("EnablePstnTransfer");
        cnam_lookup: Given<bool> = Field::named("CnamLookup");
        call_streaming: Given<bool> = Field::named("EnableCallStreaming");
        ip_whitelist: Given<Vec<AddressItem>> = Field::named("IpWhitelist");
        termination_subdomain: Given<String> = Field::named("TerminationUriSubdomain");
        wss_uri: Given<String> = Field::named("WssUri").format(Format::Uri);
        enabled: Given<bool> = Field::named("RouteEnabled");
        intelligent: Given<bool> = Field::named("IntelligentRouteEnabled");
        account_id: Given<String> = Field::named("AccountId");
    }
}

pub(in super::super) struct VoiceRouteCreate;

impl Operation for VoiceRouteCreate {
    const NAME: &'static str = "voice route create";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/voice/routes";
    type Request = VoiceRouteCreateRequest;

    fn run(call: &mut Call<'_>, request: VoiceRouteCreateRequest) -> Outcome {
        let account_id = call.route_account(request.account_id.value())?;
        let mut fields = request.into_fields();
        fields.remove("AccountId");
        fields.entry("RouteEnabled").or_insert(true.into());
        let id = format!("CRID-{}", call.world.ids.uuid());
        let route = Route {
            id,
            account_key: call.account_key.clone(),
            account_id,
            fields,
        };
        call.world
            .ledger
            .change(call.request, Self::NAME, &route.id);
        let mut answer = super::view(&route);
        answer.insert("RouteEnabled".into(), route.field("RouteEnabled"));
        answer.insert(
            "IntelligentRouteEnabled".into(),
            json!(route.field("IntelligentRouteEnabled")),
        );
        call.world
            .store
            .voice_routes
            .insert(route.id.clone(), route);
        Ok(Reply::json(200, &Value::Object(answer)))
    }
}
