//! Message routes: `/v1.0/message/routes`.

use super::{AUTHENTICATIONS, METHODS, RouteTable, text, typed, uri, word};
use crate::contract::FieldKind;
use crate::store::routes::RouteKind;

/// No response has the bypass and intelligence flags.
pub(in super::super) static MESSAGE: RouteTable = RouteTable {
    kind: RouteKind::Message,
    word: "message",
    prefix: "MRID",
    id: "MessageRouteId",
    read_by: &["MessageRouteId", "MessageRouteID"],
    deleted: ["MessageRouteStatus", "MRID"],
    enabled: "MessageRouteEnabled",
    account_in_update: true,
    columns: &[
        text("RouteName").required(),
        uri("MessageUrl").required(),
        word("MessageUrlMethod", METHODS).required(),
        typed("MessageRouteEnabled", FieldKind::Bool).never_null(),
        word("MessageAuthenticationType", AUTHENTICATIONS),
        text("MessageUsername"),
        text("MessagePasswordToken"),
        uri("CallbackMessageUrl"),
        word("CallbackMessageUrlMethod", METHODS),
        word("CallbackMessageAuthenticationType", AUTHENTICATIONS),
        text("CallbackMessageUsername"),
        text("CallbackMessagePasswordToken"),
        typed("InboundBypass", FieldKind::Bool).returned_by(&[]),
        typed("OutboundBypass", FieldKind::Bool).returned_by(&[]),
        typed("IntelligentRouteEnabled", FieldKind::Bool).returned_by(&[]),
    ],
    add_constants: |_, _| {},
};
