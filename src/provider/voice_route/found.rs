//! Voice routes that are looked up.

use crate::joonto;
use crate::provider::route;
use crate::terraform::Attr;
use crate::terraform::attr::Set;
use crate::terraform::value::Number;

route::found! {
    /// A voice route of the account, whether or not Terraform manages it. Its authentication and
    /// its callback are not returned.
    FoundVoiceRoute = "joonto_voice_route", "voice route", of joonto::VoiceRoute;
    /// The voice routes of an account, whether or not Terraform manages them.
    VoiceRoutes = "joonto_voice_routes", "the voice routes", of ListedVoiceRoute;
    alone {
        /// The URL incoming calls are announced at.
        voice_url: String;
    }
    both {
        /// The route's name.
        route_name: String;
        /// What the route leads to: `Trunk`, `URL` or `Forward`.
        route_type: String;
        /// Whether the route is in service.
        enabled: bool;
        /// How the URL is called: `GET` or `POST`.
        voice_url_method: String;
        /// The IP address of the first trunk.
        trunk_ip1: String;
        /// The IP address of the second trunk.
        trunk_ip2: String;
        /// The URI of the first trunk.
        trunk_uri1: String;
        /// The URI of the second trunk.
        trunk_uri2: String;
        /// The port of the first trunk.
        trunk_port1: Number;
        /// The port of the second trunk.
        trunk_port2: Number;
        /// The transport of the first trunk.
        trunk_transport1: String;
        /// The transport of the second trunk.
        trunk_transport2: String;
        /// Whether the first trunk is in service.
        trunk_enabled1: bool;
        /// Whether the second trunk is in service.
        trunk_enabled2: bool;
        /// The priority of the first trunk; the lower one wins.
        trunk1_priority: Number;
        /// The priority of the second trunk; the lower one wins.
        trunk2_priority: Number;
        /// The weight of the first trunk among equal priorities.
        trunk1_weight: Number;
        /// The weight of the second trunk among equal priorities.
        trunk2_weight: Number;
        /// The id of a set of header manipulations.
        header_manipulation: String;
        /// Whose number is shown after a transfer.
        transfer_caller_id: String;
        /// Whether SIP REFER is taken.
        enable_sip_refer: bool;
        /// Whether media are sent back to where they come from.
        symmetric_rtp: bool;
        /// Whether the trunk is secured.
        enable_trp_secure_trunk: bool;
        /// Whether calls may be transferred to the telephone network.
        enable_pstn_transfer: bool;
        /// Whether callers' names are looked up.
        cnam_lookup: bool;
        /// Whether calls are streamed to `wss_uri`.
        enable_call_streaming: bool;
        /// The IP addresses calls are taken from.
        ip_whitelist: Set<String>;
        /// The subdomain of the termination URI.
        termination_uri_subdomain: String;
        /// The web socket calls are streamed to.
        wss_uri: String;
    }
}
