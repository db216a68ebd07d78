//! What Terraform keeps of a voice route.

use crate::joonto::{self, NumberRecord, Told, VoiceRouteSettings};
use crate::provider::diagnostics::values;
use crate::provider::route::{self, Common, RouteObject, Unset, arguments};
use crate::terraform::attr::Set;
use crate::terraform::identity::Identity;
use crate::terraform::value::Number;
use crate::terraform::{Attr, Diagnostics};

crate::model! {
    /// A voice route: where incoming calls of the numbers on it go, to a SIP trunk or to a URL that
    /// decides.
    ///
    /// A change acts at once on every number of the route. Destroying a route is permanent: numbers
    /// left on it lose their routing, and are named. With `create_before_destroy` in the route's
    /// `lifecycle`, Terraform moves numbers off it before it deletes it, and not after.
    pub(crate) struct VoiceRoute {
        /// The route's name.
        route_name: String => required(), check(route::not_empty);
        /// What the route leads to: `Trunk`, `URL` (needs `voice_url`) or `Forward` (for which the
        /// API has no field that names a destination).
        route_type: String => required(), check(|text: &str| {
            route::one_of(&["Trunk", "URL", "Forward"], text)
        });
        /// Whether the route is in service. Left out, it stays as it is; a new route is.
        enabled: bool => optional_computed();
        /// The URL incoming calls are announced at.
        voice_url: String => optional(), check(route::http_url);
        /// How `voice_url` is called: `GET` or `POST`.
        voice_url_method: String => optional(), check(route::method);
        /// How the API proves who it is at `voice_url`: `None`, `Basic` or `Bearer`. The API does
        /// not tell it, and may refuse to go back to `None`.
        voice_authentication_type: String => optional(), check(route::authentication);
        /// The user name the API gives at `voice_url`. The API does not tell it.
        voice_username: String => optional(), sensitive();
        /// The password (`Basic`) or token (`Bearer`) the API gives at `voice_url`. The API does
        /// not tell it.
        voice_password_token: String => optional(), sensitive();
        /// The same as `voice_password_token`, but never stored in plan or state. Needs
        /// `voice_password_token_wo_version`, and Terraform 1.11 or later.
        voice_password_token_wo: String => optional(), sensitive(), write_only();
        /// The version of `voice_password_token_wo`: another number sends it again.
        voice_password_token_wo_version: Number => optional(), check(route::whole_number);
        /// URL that receives the states of calls. The API does not return it.
        callback_voice_url: String => optional(), check(route::http_url);
        /// How `callback_voice_url` is called: `GET` or `POST`. The API does not tell it.
        callback_voice_url_method: String => optional(), check(route::method);
        /// The IP address of the first trunk.
        trunk_ip1: String => optional();
        /// The IP address of the second trunk.
        trunk_ip2: String => optional();
        /// The URI of the first trunk.
        trunk_uri1: String => optional(), check(route::uri);
        /// The URI of the second trunk.
        trunk_uri2: String => optional(), check(route::uri);
        /// The port of the first trunk, 1 to 65535.
        trunk_port1: Number => optional(), check(route::port);
        /// The port of the second trunk, 1 to 65535.
        trunk_port2: Number => optional(), check(route::port);
        /// The transport of the first trunk: `UDP`, `TCP` or `TLS`.
        trunk_transport1: String => optional(), check(transport);
        /// The transport of the second trunk: `UDP`, `TCP` or `TLS`.
        trunk_transport2: String => optional(), check(transport);
        /// Whether the first trunk is in service.
        trunk_enabled1: bool => optional_computed();
        /// Whether the second trunk is in service.
        trunk_enabled2: bool => optional_computed();
        /// The priority of the first trunk; the lower one wins.
        trunk1_priority: Number => optional(), check(route::whole_number);
        /// The priority of the second trunk; the lower one wins.
        trunk2_priority: Number => optional(), check(route::whole_number);
        /// The weight of the first trunk among equal priorities.
        trunk1_weight: Number => optional(), check(route::whole_number);
        /// The weight of the second trunk among equal priorities.
        trunk2_weight: Number => optional(), check(route::whole_number);
        /// The id of a set of header manipulations (`HMI...`).
        header_manipulation: String => optional();
        /// Whose number is shown after a transfer: `Transferee`, `Transferor` or
        /// `Transferee/Transferor`.
        transfer_caller_id: String => optional(), check(|text: &str| {
            let allowed = ["Transferee", "Transferor", "Transferee/Transferor"];
            route::optional(text, |text| route::one_of(&allowed, text))
        });
        /// Whether SIP REFER is taken.
        enable_sip_refer: bool => optional_computed();
        /// Whether media are sent back to where they come from.
        symmetric_rtp: bool => optional_computed();
        /// The API's `EnableTrpSecureTrunk`: whether the trunk is secured.
        enable_trp_secure_trunk: bool => optional_computed();
        /// Whether calls may be transferred to the telephone network.
        enable_pstn_transfer: bool => optional_computed();
        /// Whether callers' names are looked up.
        cnam_lookup: bool => optional_computed();
        /// Whether calls are streamed to `wss_uri`.
        enable_call_streaming: bool => optional_computed();
        /// The IP addresses calls are taken from. Their order means nothing.
        ip_whitelist: Set<String> => optional();
        /// The subdomain of the termination URI.
        termination_uri_subdomain: String => optional();
        /// The web socket calls are streamed to, such as `wss://example.com/calls`.
        wss_uri: String => optional(), check(route::uri);
        /// The API's `IntelligentRouteEnabled`. The API does not tell it.
        intelligent_route_enabled: bool => optional();
        /// The account (`AID-...`) the route belongs to, needed by distributors with several
        /// accounts. Defaults to the provider's `account_id`. A change needs a new route.
        account_id: String => optional_computed();

        /// The route's id, `CRID-...`, as `route_id`.
        id: String => computed();
        /// The route's id, `CRID-...`: the `voice_route_id` of numbers.
        route_id: String => computed();
        /// A short hash of the API's host and the account key: whose route this is.
        account_fingerprint: String => computed();
    }
    blocks {}
}

fn transport(text: &str) -> Result<(), String> {
    route::optional(text, |text| route::one_of(&["UDP", "TCP", "TLS"], text))
}

impl RouteObject for VoiceRoute {
    const TYPE_NAME: &'static str = "joonto_voice_route";
    const NOUN: &'static str = "voice route";
    const PREFIX: &'static str = "CRID-";
    const IDENTITY: Identity = Identity {
        attribute: "route_id",
        description: "The route's id, `CRID-...`.",
    };
    const OTHER: (&'static str, &'static str) = ("MRID-", "message route");

    arguments! {
        joonto::VoiceRoute, VoiceRouteSettings;
        told: route_name, route_type, voice_url, voice_url_method, trunk_ip1, trunk_ip2, trunk_uri1,
            trunk_uri2, trunk_port1, trunk_port2, trunk_transport1, trunk_transport2,
            trunk1_priority, trunk2_priority, trunk1_weight, trunk2_weight, header_manipulation,
            transfer_caller_id, ip_whitelist, termination_uri_subdomain, wss_uri;
        switches: trunk_enabled1, trunk_enabled2, enable_sip_refer, symmetric_rtp,
            enable_trp_secure_trunk, enable_pstn_transfer, cnam_lookup, enable_call_streaming;
        untold: voice_authentication_type, voice_username, callback_voice_url,
            callback_voice_url_method, intelligent_route_enabled;
        secrets: voice_password_token or voice_password_token_wo
            of voice_password_token_wo_version;
    }

    fn is_made_as(&self, told: &joonto::VoiceRoute) -> bool {
        route::agrees(&self.route_name, &told.route_name)
            && route::agrees(&self.route_type, &told.route_type)
            && route::agrees(&self.voice_url, &told.voice_url)
    }

    fn route_of(number: &NumberRecord) -> &Told<String> {
        &number.voice_route_id
    }

    fn hint(settings: &VoiceRouteSettings) -> Option<&'static str> {
        let authentication = settings.voice_authentication_type.value();
        let is_switched_off = authentication.is_some_and(|word| word == "None");
        is_switched_off.then_some(
            "The API does not switch authentication off on a route that exists: the route must be \
             replaced, with `-replace` and this resource's address.",
        )
    }
}

impl VoiceRoute {
    fn validate_more(&self, diagnostics: &mut Diagnostics) {
        let without_url = match &self.voice_url {
            Attr::Null => true,
            Attr::Unknown => false,
            Attr::Known(url) => url.is_empty(),
        };
        if self.route_type.as_str() == Some("URL") && without_url {
            diagnostics.push(values::route_needs_url());
        }
    }

    fn refresh_more(&mut self, _: &joonto::VoiceRoute) {}
}
