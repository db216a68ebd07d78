//! The table of message routes.

use super::super::operation;
use super::table::Format::{HttpUrl, OneOf};
use super::table::{RouteTable, flag, secret, text};
use super::{AUTHENTICATION, METHODS, RouteKind};

/// Message routes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageRoute;

impl RouteKind for MessageRoute {
    const TABLE: &'static RouteTable = &RouteTable {
        noun: "message route",
        prefix: "MRID-",
        id: "MessageRouteId",
        id_in_query: "MessageRouteId",
        create: &operation::MESSAGE_ROUTE_CREATE,
        get: &operation::MESSAGE_ROUTE_GET,
        update: &operation::MESSAGE_ROUTE_UPDATE,
        delete: &operation::MESSAGE_ROUTE_DELETE,
        list: &operation::MESSAGE_ROUTE_LIST,
        columns: &[
            text("route_name", "RouteName")
                .required()
                .doc("Name of the route."),
            text("message_url", "MessageUrl")
                .required()
                .format(HttpUrl)
                .doc("URL that the API sends incoming messages to."),
            text("message_url_method", "MessageUrlMethod")
                .required()
                .format(OneOf(METHODS))
                .doc("HTTP method of `message_url`."),
            flag("enabled", "MessageRouteEnabled")
                .stays()
                .doc("Whether the route is in service.")
                .note("If unset, it stays as it is; a new route is in service."),
            text("message_authentication_type", "MessageAuthenticationType")
                .format(OneOf(AUTHENTICATION))
                .doc("Authentication that the API uses when it calls `message_url`."),
            text("message_username", "MessageUsername")
                .sensitive()
                .doc("User name that the API sends to `message_url`."),
            secret(
                [
                    "message_password_token",
                    "message_password_token_wo",
                    "message_password_token_wo_version",
                ],
                "MessagePasswordToken",
            )
            .doc("Password (`Basic`) or token (`Bearer`) that the API sends to `message_url`."),
            text("callback_message_url", "CallbackMessageUrl")
                .format(HttpUrl)
                .doc("URL that the API sends delivery receipts to."),
            text("callback_message_url_method", "CallbackMessageUrlMethod")
                .format(OneOf(METHODS))
                .doc("HTTP method of `callback_message_url`."),
            text(
                "callback_message_authentication_type",
                "CallbackMessageAuthenticationType",
            )
            .format(OneOf(AUTHENTICATION))
            .doc("Authentication that the API uses when it calls `callback_message_url`."),
            text("callback_message_username", "CallbackMessageUsername")
                .sensitive()
                .doc("User name that the API sends to `callback_message_url`."),
            secret(
                [
                    "callback_message_password_token",
                    "callback_message_password_token_wo",
                    "callback_message_password_token_wo_version",
                ],
                "CallbackMessagePasswordToken",
            )
            .doc(
                "Password (`Basic`) or token (`Bearer`) that the API sends to \
                 `callback_message_url`.",
            ),
            flag("inbound_bypass", "InboundBypass")
                .returned_by(&[])
                .doc("Whether incoming messages bypass the filter of the API."),
            flag("outbound_bypass", "OutboundBypass")
                .returned_by(&[])
                .doc("Whether outgoing messages bypass the filter of the API."),
            flag("intelligent_route_enabled", "IntelligentRouteEnabled")
                .returned_by(&[])
                .doc("Value of `IntelligentRouteEnabled` in the API."),
        ],
    };
}
