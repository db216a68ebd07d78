//! `POST /v1.0/message/routes`

use super::super::{Call, Operation, Outcome};
use super::{AUTHENTICATIONS, METHODS};
use crate::contract::{Field, Format, Given, Request, request};
use crate::reply::Reply;
use crate::store::routes::Route;

request! {
    /// A new message route.
    MessageRouteCreateRequest {
        route_name: String = Field::named("RouteName");
        message_url: String = Field::named("MessageUrl").format(Format::Uri);
        message_url_method: String = Field::named("MessageUrlMethod").words(METHODS);
        enabled: Given<bool> = Field::named("MessageRouteEnabled");
        authentication: Given<String> = Field::named("MessageAuthenticationType").words(AUTHENTICATIONS);
        username: Given<String> = Field::named("MessageUsername");
        password: Given<String> = Field::named("MessagePasswordToken");
        callback_url: Given<String> = Field::named("CallbackMessageUrl").format(Format::Uri);
        callback_method: Given<String> = Field::named("CallbackMessageUrlMethod").words(METHODS);
        callback_authentication: Given<String> =
            Field::named("CallbackMessageAuthenticationType").words(AUTHENTICATIONS);
        callback_username: Given<String> = Field::named("CallbackMessageUsername");
        callback_password: Given<String> = Field::named("CallbackMessagePasswordToken");
        inbound_bypass: Given<bool> = Field::named("InboundBypass");
        outbound_bypass: Given<bool> = Field::named("OutboundBypass");
        intelligent: Given<bool> = Field::named("IntelligentRouteEnabled");
        account_id: Given<String> = Field::named("AccountId");
    }
}

pub(in super::super) struct MessageRouteCreate;

impl Operation for MessageRouteCreate {
    const NAME: &'static str = "message route create";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/message/routes";
    type Request = MessageRouteCreateRequest;

    fn run(call: &mut Call<'_>, request: MessageRouteCreateRequest) -> Outcome {
        let account_id = call.route_account(request.account_id.value())?;
        let mut fields = request.into_fields();
        fields.remove("AccountId");
        let enabled = fields.entry("MessageRouteEnabled").or_insert(true.into());
        if call.world.switches.new_message_route_disabled {
            *enabled = false.into();
        }
        let id = format!("MRID-{}", call.world.ids.uuid());
        let route = Route {
            id,
            account_key: call.account_key.clone(),
            account_id,
            fields,
        };
        call.world
            .ledger
            .change(call.request, Self::NAME, &route.id);
        let answer = super::view(&route, "AccountId");
        call.world
            .store
            .message_routes
            .insert(route.id.clone(), route);
        Ok(Reply::json(200, &answer))
    }
}
