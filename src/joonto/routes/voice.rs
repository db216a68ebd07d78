//! The table of voice routes. Their id is `CallRouteId` here, and `VoiceRouteId` on numbers.

use super::super::operation;
use super::table::Format::{HttpUrl, OneOf, Uri};
use super::table::ReturnedBy::{List, Read};
use super::table::{RouteTable, addresses, flag, number, port, secret, text};
use super::{AUTHENTICATION, METHODS, RouteKind};

/// Voice routes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceRoute;

const CALLER_IDS: &[&str] = &["Transferee", "Transferor", "Transferee/Transferor"];
const TRANSPORTS: &[&str] = &["UDP", "TCP", "TLS"];

impl RouteKind for VoiceRoute {
    const TABLE: &'static RouteTable = &RouteTable {
        noun: "voice route",
        prefix: "CRID-",
        id: "CallRouteId",
        id_in_query: "CallRouteID",
        create: &operation::VOICE_ROUTE_CREATE,
        get: &operation::VOICE_ROUTE_GET,
        update: &operation::VOICE_ROUTE_UPDATE,
        delete: &operation::VOICE_ROUTE_DELETE,
        list: &operation::VOICE_ROUTE_LIST,
        columns: &[
            text("route_name", "RouteName")
                .required()
                .doc("Name of the route."),
            text("route_type", "RouteType")
                .required()
                .format(OneOf(&["Trunk", "URL", "Forward"]))
                .doc("Destination of the route.")
                .note(
                    "`URL` needs `voice_url`; for `Forward` the API has no field that names one.",
                ),
            flag("enabled", "RouteEnabled")
                .stays()
                .returned_by(&[List])
                .doc("Whether the route is in service.")
                .note("If unset, it stays as it is; a new route is in service."),
            text("voice_url", "VoiceUrl")
                .format(HttpUrl)
                .returned_by(&[Read])
                .doc("URL that the API calls for each incoming call."),
            text("voice_url_method", "VoiceUrlMethod")
                .format(OneOf(METHODS))
                .doc("HTTP method of `voice_url`."),
            text("voice_authentication_type", "VoiceAuthenticationType")
                .format(OneOf(AUTHENTICATION))
                .returned_by(&[])
                .doc("Authentication that the API uses when it calls `voice_url`.")
                .note("The API may refuse to go back to `None`."),
            text("voice_username", "VoiceUsername")
                .sensitive()
                .doc("User name that the API sends to `voice_url`."),
            secret(
                [
                    "voice_password_token",
                    "voice_password_token_wo",
                    "voice_password_token_wo_version",
                ],
                "VoicePasswordToken",
            )
            .doc("Password (`Basic`) or token (`Bearer`) that the API sends to `voice_url`."),
            text("callback_voice_url", "CallbackVoiceUrl")
                .format(HttpUrl)
                .returned_by(&[])
                .doc("URL that the API sends the status of calls to."),
            text("callback_voice_url_method", "CallbackVoiceUrlMethod")
                .format(OneOf(METHODS))
                .returned_by(&[])
                .doc("HTTP method of `callback_voice_url`."),
            text("trunk_ip1", "TrunkIp1").doc("IP address of the first trunk."),
            text("trunk_ip2", "TrunkIp2").doc("IP address of the second trunk."),
            text("trunk_uri1", "TrunkUri1")
                .format(Uri)
                .doc("URI of the first trunk."),
            text("trunk_uri2", "TrunkUri2")
                .format(Uri)
                .doc("URI of the second trunk."),
            port("trunk_port1", "TrunkPort1").doc("Port of the first trunk."),
            port("trunk_port2", "TrunkPort2").doc("Port of the second trunk."),
            text("trunk_transport1", "TrunkTransport1")
                .format(OneOf(TRANSPORTS))
                .doc("Transport of the first trunk."),
            text("trunk_transport2", "TrunkTransport2")
                .format(OneOf(TRANSPORTS))
                .doc("Transport of the second trunk."),
            flag("trunk_enabled1", "TrunkEnabled1").doc("Whether the first trunk is in service."),
            flag("trunk_enabled2", "TrunkEnabled2").doc("Whether the second trunk is in service."),
            // The API misspells the priorities.
            number("trunk1_priority", "Trunk1Priortiy")
                .also("Trunk1Priority")
                .doc("Priority of the first trunk. The lower one wins."),
            number("trunk2_priority", "Trunk2Priortiy")
                .also("Trunk2Priority")
                .doc("Priority of the second trunk. The lower one wins."),
            number("trunk1_weight", "Trunk1Weight")
                .doc("Weight of the first trunk among equal priorities."),
            number("trunk2_weight", "Trunk2Weight")
                .doc("Weight of the second trunk among equal priorities."),
            text("header_manipulation", "HeaderManipulation")
                .doc("Id of a set of header manipulations (`HMI...`)."),
            text("transfer_caller_id", "TransferCallerId")
                .format(OneOf(CALLER_IDS))
                .doc("Caller id that is shown after a transfer."),
            flag("enable_sip_refer", "EnableSipRefer").doc(
                "Whether the API accepts SIP (Session Initiation Protocol) transfers by REFER.",
            ),
            flag("symmetric_rtp", "SymmetricRtp")
                .doc("Whether the API sends media back to where they come from."),
            flag("enable_trp_secure_trunk", "EnableTrpSecureTrunk")
                .doc("Whether the trunk is secured: `EnableTrpSecureTrunk` of the API."),
            flag("enable_pstn_transfer", "EnablePstnTransfer")
                .doc("Whether calls can be transferred to the public telephone network."),
            flag("cnam_lookup", "CnamLookup").doc("Whether the API looks up the names of callers."),
            flag("enable_call_streaming", "EnableCallStreaming")
                .doc("Whether the API streams calls to `wss_uri`."),
            // A response about one route has an empty list, whatever the route has.
            addresses("ip_whitelist", "IpWhitelist")
                .returned_by(&[List])
                .doc("IP addresses that the API accepts calls from.")
                .note("Their order means nothing."),
            text("termination_uri_subdomain", "TerminationUriSubdomain")
                .doc("Subdomain of the termination URI."),
            text("wss_uri", "WssUri")
                .format(Uri)
                .doc("Web socket that the API streams calls to.")
                .note("For example `wss://example.com/calls`."),
            flag("intelligent_route_enabled", "IntelligentRouteEnabled")
                .returned_by(&[])
                .doc("Value of `IntelligentRouteEnabled` in the API."),
        ],
    };
}
