//! What Terraform keeps of a message route.

use crate::joonto::{self, Change, MessageRouteSettings, NumberRecord, Route, Told};
use crate::provider::account::Connection;
use crate::provider::route::{self, Common, RouteObject, RouteResource, Unset, arguments};
use crate::terraform::identity::Identity;
use crate::terraform::resource::Call;
use crate::terraform::value::Number;
use crate::terraform::{Attr, Diagnostics};
use crate::wait::Waits;

crate::model! {
    /// A message route: where incoming messages of the numbers on it are sent, and where delivery
    /// receipts go.
    ///
    /// A change acts at once on every number of the route. Destroying a route is permanent: numbers
    /// left on it lose their routing, and are named. With `create_before_destroy` in the route's
    /// `lifecycle`, Terraform moves numbers off it before it deletes it, and not after.
    pub(crate) struct MessageRoute {
        /// The route's name.
        route_name: String => required(), check(route::not_empty);
        /// The URL incoming messages are sent to.
        message_url: String => required(), check(route::required(route::http_url));
        /// How `message_url` is called: `GET` or `POST`.
        message_url_method: String => required(), check(route::required(route::method));
        /// Whether the route is in service. Left out, it stays as it is; a new route is.
        enabled: bool => optional_computed();
        /// How the API proves who it is at `message_url`: `None`, `Basic` or `Bearer`.
        message_authentication_type: String => optional(), check(route::authentication);
        /// The user name the API gives at `message_url`. Never compared with what the API tells.
        message_username: String => optional(), sensitive();
        /// The password (`Basic`) or token (`Bearer`) the API gives at `message_url`. Never
        /// compared with what the API tells.
        message_password_token: String => optional(), sensitive();
        /// The same as `message_password_token`, but never stored in plan or state. Needs
        /// `message_password_token_wo_version`, and Terraform 1.11 or later.
        message_password_token_wo: String => optional(), sensitive(), write_only();
        /// The version of `message_password_token_wo`: another number sends it again.
        message_password_token_wo_version: Number => optional(), check(route::whole_number);
        /// The URL delivery receipts are sent to.
        callback_message_url: String => optional(), check(route::http_url);
        /// How `callback_message_url` is called: `GET` or `POST`.
        callback_message_url_method: String => optional(), check(route::method);
        /// How the API proves who it is at `callback_message_url`: `None`, `Basic` or `Bearer`.
        callback_message_authentication_type: String => optional(), check(route::authentication);
        /// The user name the API gives at `callback_message_url`. Never compared with what the API
        /// tells.
        callback_message_username: String => optional(), sensitive();
        /// The password (`Basic`) or token (`Bearer`) the API gives at `callback_message_url`.
        /// Never compared with what the API tells.
        callback_message_password_token: String => optional(), sensitive();
        /// The same as `callback_message_password_token`, but never stored in plan or state. Needs
        /// `callback_message_password_token_wo_version`, and Terraform 1.11 or later.
        callback_message_password_token_wo: String => optional(), sensitive(), write_only();
        /// The version of `callback_message_password_token_wo`: another number sends it again.
        callback_message_password_token_wo_version: Number => optional(), check(route::whole_number);
        /// The API's `InboundBypass`: whether incoming messages pass its filter by. The API does
        /// not tell it.
        inbound_bypass: bool => optional();
        /// The API's `OutboundBypass`: whether outgoing messages pass its filter by. The API does
        /// not tell it.
        outbound_bypass: bool => optional();
        /// The API's `IntelligentRouteEnabled`. The API does not tell it.
        intelligent_route_enabled: bool => optional();
        /// The account (`AID-...`) the route belongs to, needed by distributors with several
        /// accounts. Defaults to the provider's `account_id`. A change needs a new route.
        account_id: String => optional_computed();

        /// The route's id, `MRID-...`, as `route_id`.
        id: String => computed();
        /// The route's id, `MRID-...`: the `message_route_id` of numbers.
        route_id: String => computed();
        /// A short hash of the API's host and the account key: whose route this is.
        account_fingerprint: String => computed();
    }
    blocks {}
}

impl RouteObject for MessageRoute {
    const TYPE_NAME: &'static str = "joonto_message_route";
    const NOUN: &'static str = "message route";
    const PREFIX: &'static str = "MRID-";
    const IDENTITY: Identity = Identity {
        attribute: "route_id",
        description: "The route's id, `MRID-...`.",
    };
    const OTHER: (&'static str, &'static str) = ("CRID-", "voice route");

    arguments! {
        joonto::MessageRoute, MessageRouteSettings;
        told: route_name, message_url, message_url_method, message_authentication_type,
            callback_message_url, callback_message_url_method,
            callback_message_authentication_type;
        switches: ;
        untold: message_username, callback_message_username, inbound_bypass, outbound_bypass,
            intelligent_route_enabled;
        secrets: message_password_token or message_password_token_wo
                of message_password_token_wo_version,
            callback_message_password_token or callback_message_password_token_wo
                of callback_message_password_token_wo_version;
    }

    fn is_made_as(&self, told: &joonto::MessageRoute) -> bool {
        route::agrees(&self.route_name, &told.route_name)
            && route::agrees(&self.message_url, &told.message_url)
    }

    fn route_of(number: &NumberRecord) -> &Told<String> {
        &number.message_route_id
    }

    /// The API's own sample of a creation asks for a route in service and is answered that it is
    /// not. What a read says counts; one update puts it right, and after that it is believed.
    async fn settle(
        &mut self,
        made: &joonto::MessageRoute,
        connection: &Connection,
        call: &Call<RouteResource<Self>>,
        waits: &Waits,
    ) {
        let wanted = self.enabled.known().copied();
        let (Told::Value(answered), Some(id)) = (&made.enabled, made.id()) else {
            return;
        };
        if *answered == wanted.unwrap_or(true) {
            return;
        }
        let client = &connection.client;
        let now = match joonto::MessageRoute::get(client, id, waits).await {
            Ok(now) => Ok(now.and_then(|route| route.enabled.value().copied())),
            Err(error) => Err(error),
        };
        let problem = match (now, wanted) {
            (Ok(now), None) => {
                self.enabled = now.into();
                None
            }
            (Ok(now), Some(wanted)) if now == Some(wanted) => None,
            (Ok(_), Some(wanted)) => {
                let settings = MessageRouteSettings {
                    enabled: Change::Set(wanted),
                    ..MessageRouteSettings::default()
                };
                let updated = joonto::MessageRoute::update(client, id, &settings, waits).await;
                updated.err()
            }
            (Err(error), _) => Some(error),
        };
        if let Some(error) = problem {
            call.warn(
                format!("{id} may not be in service as configured"),
                format!(
                    "The API answered the creation with enabled = {answered}. Whether that is so \
                     could not be read or put right: {error}. The next plan shows what is left to \
                     do."
                ),
            );
        }
    }
}

impl MessageRoute {
    fn validate_more(&self, _: &mut Diagnostics) {}

    /// An unset callback authentication is told as null, at times with the user name still there.
    fn refresh_more(&mut self, told: &joonto::MessageRoute) {
        let kept = &mut self.callback_message_authentication_type;
        let is_set = kept
            .as_str()
            .is_some_and(|kept| !["", "None"].contains(&kept));
        if is_set && told.callback_message_authentication_type == Told::Empty {
            *kept = Attr::Null;
        }
    }
}
