//! Voice routes. Their id is `CallRouteId` here, and `VoiceRouteId` on numbers.

use std::sync::Arc;

use super::super::client::Client;
use super::super::error::Error;
use super::super::ids::{AccountId, RouteId};
use super::super::lenient_json::{Fields, Told};
use super::super::operation;
use super::super::patch::Change;
use super::super::secret::Secret;
use super::super::single_flight::Age;
use super::lists::Lists;
use super::words::{Addresses, FromWire, Port};
use super::{FromAnswer, Names, Route, route};
use crate::wait::Waits;

route! {
    /// What can be set of a voice route. Only what is to change is set.
    VoiceRouteSettings
    /// A voice route, as the API tells it.
    VoiceRoute
    told {
        /// Its name.
        route_name: String = "RouteName";
        /// `Trunk`, `URL` or `Forward`.
        route_type: String = "RouteType";
        /// Where incoming calls are announced.
        voice_url: String = "VoiceUrl";
        /// `GET` or `POST`.
        voice_url_method: String = "VoiceUrlMethod";
        /// The address of the first trunk.
        trunk_ip1: String = "TrunkIp1";
        /// The address of the second trunk.
        trunk_ip2: String = "TrunkIp2";
        /// The URI of the first trunk.
        trunk_uri1: String = "TrunkUri1";
        /// The URI of the second trunk.
        trunk_uri2: String = "TrunkUri2";
        /// The port of the first trunk.
        trunk_port1: Port = "TrunkPort1";
        /// The port of the second trunk.
        trunk_port2: Port = "TrunkPort2";
        /// `UDP`, `TCP` or `TLS`.
        trunk_transport1: String = "TrunkTransport1";
        /// `UDP`, `TCP` or `TLS`.
        trunk_transport2: String = "TrunkTransport2";
        /// Whether the first trunk is in service.
        trunk_enabled1: bool = "TrunkEnabled1";
        /// Whether the second trunk is in service.
        trunk_enabled2: bool = "TrunkEnabled2";
        /// The first trunk's priority; the wire misspells it.
        trunk1_priority: i64 = "Trunk1Priortiy" or "Trunk1Priority";
        /// The second trunk's priority; the wire misspells it.
        trunk2_priority: i64 = "Trunk2Priortiy" or "Trunk2Priority";
        /// The first trunk's share among equal priorities.
        trunk1_weight: i64 = "Trunk1Weight";
        /// The second trunk's share among equal priorities.
        trunk2_weight: i64 = "Trunk2Weight";
        /// A set of header manipulations: `HMI…`.
        header_manipulation: String = "HeaderManipulation";
        /// Whose number is shown after a transfer.
        transfer_caller_id: String = "TransferCallerId";
        /// Whether SIP REFER is taken.
        enable_sip_refer: bool = "EnableSipRefer";
        /// Whether media go back where they come from.
        symmetric_rtp: bool = "SymmetricRtp";
        /// Whether the trunk is secured; the name is the wire's.
        enable_trp_secure_trunk: bool = "EnableTrpSecureTrunk";
        /// Whether calls are transferred to the telephone network.
        enable_pstn_transfer: bool = "EnablePstnTransfer";
        /// Whether callers' names are looked up.
        cnam_lookup: bool = "CnamLookup";
        /// Whether calls are streamed.
        enable_call_streaming: bool = "EnableCallStreaming";
        /// The subdomain of the termination URI.
        termination_uri_subdomain: String = "TerminationUriSubdomain";
        /// Where calls are streamed to.
        wss_uri: String = "WssUri";
        /// The addresses calls are taken from. The account's list alone tells it.
        ip_whitelist: Addresses = "IpWhitelist";
        /// Whether it is in service. Creation and the account's list alone tell it.
        enabled: bool = "RouteEnabled";
    }
    untold {
        /// `None`, `Basic` or `Bearer`.
        voice_authentication_type: String = "VoiceAuthenticationType";
        /// Where the states of calls are told.
        callback_voice_url: String = "CallbackVoiceUrl";
        /// `GET` or `POST`.
        callback_voice_url_method: String = "CallbackVoiceUrlMethod";
        /// Whether the route is an intelligent one.
        intelligent_route_enabled: bool = "IntelligentRouteEnabled";
    }
    secret {
        /// Who the API says it is at the URL.
        voice_username = "VoiceUsername";
        /// The password, or the token.
        voice_password_token = "VoicePasswordToken";
    }
}

impl FromAnswer for VoiceRoute {
    const NAMES: Names = Names {
        create: &operation::VOICE_ROUTE_CREATE,
        get: &operation::VOICE_ROUTE_GET,
        update: &operation::VOICE_ROUTE_UPDATE,
        delete: &operation::VOICE_ROUTE_DELETE,
        list: &operation::VOICE_ROUTE_LIST,
        id: "CallRouteId",
        id_in_query: "CallRouteID",
    };

    /// The white list of such an answer is always empty, whatever the route's is.
    fn of(fields: Fields<'_>) -> Self {
        Self {
            ip_whitelist: Told::Nothing,
            ..Self::of_list(fields)
        }
    }

    fn of_list(fields: Fields<'_>) -> Self {
        Self::told_by(fields, Self::NAMES.id)
    }

    /// The white list and the switch stand in the account's list alone.
    async fn completed(mut self, client: &Client, waits: &Waits) -> Result<Self, Error> {
        self.enabled = Told::Nothing;
        match Self::list(client, self.account_id(), Age::Recent, waits).await {
            Ok(listed) => {
                if let Some(listed) = listed.readable().iter().find(|other| other.id == self.id) {
                    self.enabled = listed.enabled.clone();
                    self.ip_whitelist = listed.ip_whitelist.clone();
                }
            }
            // A ready-made token is good for one endpoint: then these two are not told.
            Err(error) if client.ready_token().is_some() && error.is_unauthorized() => {}
            Err(error) => return Err(error),
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::lenient_json::Json;
    use super::*;

    #[test]
    fn requests_misspell_as_the_wire_does_and_ports_are_texts() {
        let addresses = ["192.0.2.11", "192.0.2.10"].map(str::to_owned);
        let settings = VoiceRouteSettings {
            trunk_port1: Change::Set(Port(5061)),
            trunk1_priority: Change::Set(10),
            trunk2_priority: Change::Clear,
            ip_whitelist: Change::Set(Addresses(addresses.into())),
            enable_trp_secure_trunk: Change::Set(true),
            ..VoiceRouteSettings::default()
        };
        assert_eq!(
            json!(settings),
            json!({
                "TrunkPort1": "5061", "Trunk1Priortiy": 10, "Trunk2Priortiy": null,
                "EnableTrpSecureTrunk": true,
                "IpWhitelist": [{"IpAddress": "192.0.2.10"}, {"IpAddress": "192.0.2.11"}]
            })
        );
    }

    #[test]
    fn either_spelling_is_read_and_the_white_list_from_the_list_alone() {
        let text = br#"{"CallRouteId": "CRID-1", "Trunk1Priority": 10, "Trunk2Priortiy": "20",
            "TrunkPort1": 5061, "TrunkPort2": "none", "IpWhiteList": []}"#;
        let json = Json::read(text).expect("JSON");
        let fields = Fields::of(&json).expect("an object");
        let route = VoiceRoute::of(fields);
        assert_eq!(route.trunk1_priority, Told::Value(10));
        assert_eq!(route.trunk2_priority, Told::Value(20));
        assert_eq!(route.trunk_port1, Told::Value(Port(5061)));
        assert_eq!(route.trunk_port2, Told::Nothing);
        assert_eq!(route.ip_whitelist, Told::Nothing);
        assert_eq!(
            VoiceRoute::of_list(fields).ip_whitelist,
            Told::Value(Addresses::default())
        );
    }
}
