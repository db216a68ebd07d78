//! `POST /v1.0/voice/routes/update`: unsent fields stay as they are. Authentication cannot be switched off here.

use serde_json::Value;

use super::super::{Call, Operation, Outcome};
use super::{METHODS, ROUTE_TYPES, TRANSPORTS};
use crate::contract::{AddressItem, Field, Format, Given, Request, request};
use crate::reply::Reply;

request! {
    /// A voice route's new values.
    VoiceRouteUpdateRequest {
        id: String = Field::named("CallRouteId");
        route_name: Given<String> = Field::named("RouteName");
        route_type: Given<String> = Field::named("RouteType").words(ROUTE_TYPES);
        voice_url: Given<String> = Field::named("VoiceUrl").format(Format::Uri).nullable();
        voice_url_method: Given<String> = Field::named("VoiceUrlMethod").words(METHODS).nullable();
        authentication: Given<String> =
            Field::named("VoiceAuthenticationType").words(&["Basic", "Bearer"]).nullable();
        username: Given<String> = Field::named("VoiceUsername").nullable();
        password: Given<String> = Field::named("VoicePasswordToken").nullable();
        callback_url: Given<String> =
            Field::named("CallbackVoiceUrl").format(Format::Uri).nullable();
        callback_method: Given<String> =
            Field::named("CallbackVoiceUrlMethod").words(METHODS).nullable();
        trunk_ip1: Given<String> = Field::named("TrunkIp1").nullable();
        trunk_ip2: Given<String> = Field::named("TrunkIp2").nullable();
        trunk_uri1: Given<String> = Field::named("TrunkUri1").format(Format::Uri).nullable();
        trunk_uri2: Given<String> = Field::named("TrunkUri2").format(Format::Uri).nullable();
        trunk_port1: Given<String> = Field::named("TrunkPort1").nullable();
        trunk_port2: Given<String> = Field::named("TrunkPort2").nullable();
        trunk_transport1: Given<String> =
            Field::named("TrunkTransport1").words(TRANSPORTS).nullable();
        trunk_transport2: Given<String> =
            Field::named("TrunkTransport2").words(TRANSPORTS).nullable();
        trunk_enabled1: Given<bool> = Field::named("TrunkEnabled1").nullable();
        trunk_enabled2: Given<bool> = Field::named("TrunkEnabled2").nullable();
        trunk1_priority: Given<i64> = Field::named("Trunk1Priortiy").nullable();
        trunk2_priority: Given<i64> = Field::named("Trunk2Priortiy").nullable();
        trunk1_weight: Given<i64> = Field::named("Trunk1Weight").nullable();
        trunk2_weight: Given<i64> = Field::named("Trunk2Weight").nullable();
        header_manipulation: Given<String> = Field::named("HeaderManipulation").nullable();
        transfer_caller_id: Given<String> =
            Field::named("TransferCallerId").words(&["Transferee", "Transferor", "Transferee/Transferor"]).nullable();
        sip_refer: Given<bool> = Field::named("EnableSipRefer").nullable();
        symmetric_rtp: Given<bool> = Field::named("SymmetricRtp").nullable();
        secure_trunk: Given<bool> = Field::named("EnableTrpSecureTrunk").nullable();
        pstn_transfer: Given<bool> = Field::named("EnablePstnTransfer").nullable();
        cnam_lookup: Given<bool> = Field::named("CnamLookup").nullable();
        call_streaming: Given<bool> = Field::named("EnableCallStreaming").nullable();
        ip_whitelist: Given<Vec<AddressItem>> = Field::named("IpWhitelist").nullable();
        termination_subdomain: Given<String> = Field::named("TerminationUriSubdomain").nullable();
        wss_uri: Given<String> = Field::named("WssUri").format(Format::Uri).nullable();
        enabled: Given<bool> = Field::named("RouteEnabled").nullable();
        intelligent: Given<bool> = Field::named("IntelligentRouteEnabled").nullable();
    }
}

pub(in super::super) struct VoiceRouteUpdate;

impl Operation for VoiceRouteUpdate {
    const NAME: &'static str = "voice route update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/voice/routes/update";
    type Request = VoiceRouteUpdateRequest;

    fn run(call: &mut Call<'_>, request: VoiceRouteUpdateRequest) -> Outcome {
        let id = request.id.clone();
        let mut sent = request.into_fields();
        sent.remove("CallRouteId");
        let nulls = call.world.switches.null_in_update;
        let route = super::own(call, &id)?;
        route.update(sent, nulls)?;
        let answer = super::view(route);
        call.world.ledger.change(call.request, Self::NAME, &id);
        Ok(Reply::json(200, &Value::Object(answer)))
    }
}
