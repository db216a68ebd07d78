//! Message routes.

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
use super::words::FromWire;
use super::{FromAnswer, Names, Route, route};
use crate::wait::Waits;

route! {
    /// What can be set of a message route. Only what is to change is set.
    MessageRouteSettings
    /// A message route, as the API tells it.
    MessageRoute
    told {
        /// Its name.
        route_name: String = "RouteName";
        /// Where incoming messages go.
        message_url: String = "MessageUrl";
        /// `GET` or `POST`.
        message_url_method: String = "MessageUrlMethod";
        /// Whether it is in service.
        enabled: bool = "MessageRouteEnabled";
        /// `None`, `Basic` or `Bearer`.
        message_authentication_type: String = "MessageAuthenticationType";
        /// Where delivery receipts go.
        callback_message_url: String = "CallbackMessageUrl";
        /// `GET` or `POST`.
        callback_message_url_method: String = "CallbackMessageUrlMethod";
        /// `None`, `Basic` or `Bearer`.
        callback_message_authentication_type: String = "CallbackMessageAuthenticationType";
    }
    untold {
        /// Whether incoming messages are passed by.
        inbound_bypass: bool = "InboundBypass";
        /// Whether outgoing messages are passed by.
        outbound_bypass: bool = "OutboundBypass";
        /// Whether the route is an intelligent one.
        intelligent_route_enabled: bool = "IntelligentRouteEnabled";
    }
    secret {
        /// Who the API says it is at the URL.
        message_username = "MessageUsername";
        /// The password, or the token.
        message_password_token = "MessagePasswordToken";
        /// Who the API says it is at the callback URL.
        callback_message_username = "CallbackMessageUsername";
        /// The password, or the token, there.
        callback_message_password_token = "CallbackMessagePasswordToken";
    }
}

impl FromAnswer for MessageRoute {
    const NAMES: Names = Names {
        create: &operation::MESSAGE_ROUTE_CREATE,
        get: &operation::MESSAGE_ROUTE_GET,
        update: &operation::MESSAGE_ROUTE_UPDATE,
        delete: &operation::MESSAGE_ROUTE_DELETE,
        list: &operation::MESSAGE_ROUTE_LIST,
        id: "MessageRouteId",
        id_in_query: "MessageRouteId",
    };

    fn of(fields: Fields<'_>) -> Self {
        Self::told_by(fields, Self::NAMES.id)
    }

    fn of_list(fields: Fields<'_>) -> Self {
        Self::of(fields)
    }

    async fn completed(self, _: &Client, _: &Waits) -> Result<Self, Error> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::lenient_json::Json;
    use super::*;

    #[test]
    fn a_request_holds_what_is_set_and_null_for_what_is_taken_away() {
        let settings = MessageRouteSettings {
            route_name: Change::Set("inbound".to_owned()),
            enabled: Change::Set(true),
            callback_message_url: Change::Clear,
            message_password_token: Change::Set(Secret::new("canary")),
            inbound_bypass: Change::Clear,
            ..MessageRouteSettings::default()
        };
        assert_eq!(
            json!(settings),
            json!({
                "RouteName": "inbound", "MessageRouteEnabled": true, "CallbackMessageUrl": null,
                "MessagePasswordToken": "canary", "InboundBypass": null
            })
        );
        assert_eq!(
            settings.cleared(),
            ["callback_message_url", "inbound_bypass"]
        );
        assert!(!format!("{settings:?}").contains("canary"));
        assert_eq!(json!(MessageRouteSettings::default()), json!({}));
    }

    #[test]
    fn answers_are_read_in_any_case_and_secrets_are_left_where_they_are() {
        let text = br#"{"messagerouteid": "MRID-1", "AccountID": "AID-1", "ROUTENAME": "inbound",
            "MessageRouteEnabled": "True", "CallbackMessageAuthenticationType": null,
            "MessageUrlMethod": "", "MessagePasswordToken": "canary"}"#;
        let json = Json::read(text).expect("JSON");
        let route = MessageRoute::of(Fields::of(&json).expect("an object"));
        assert_eq!(route.id().map(RouteId::as_str), Some("MRID-1"));
        assert_eq!(route.account_id().map(AccountId::as_str), Some("AID-1"));
        assert_eq!(route.route_name, Told::Value("inbound".to_owned()));
        assert_eq!(route.enabled, Told::Value(true));
        assert_eq!(route.callback_message_authentication_type, Told::Empty);
        assert_eq!(route.message_url_method, Told::Empty);
        assert_eq!(route.message_url, Told::Nothing);
        assert!(!format!("{route:?}").contains("canary"));
    }
}
