//! `POST /v1.0/message/routes/update`: unsent fields stay as they are.

use super::super::{Call, Operation, Outcome};
use super::{AUTHENTICATIONS, METHODS};
use crate::contract::{Field, Format, Given, Request, request};
use crate::reply::Reply;

request! {
    /// A message route's new values.
    MessageRouteUpdateRequest {
        id: String = Field::named("MessageRouteId");
        route_name: Given<String> = Field::named("RouteName");
        message_url: Given<String> = Field::named("MessageUrl").format(Format::Uri);
        message_url_method: Given<String> = Field::named("MessageUrlMethod").words(METHODS);
        enabled: Given<bool> = Field::named("MessageRouteEnabled");
        authentication: Given<String> =
            Field::named("MessageAuthenticationType").words(AUTHENTICATIONS).nullable();
        username: Given<String> = Field::named("MessageUsername").nullable();
        password: Given<String> = Field::named("MessagePasswordToken").nullable();
        callback_url: Given<String> = Field::named("CallbackMessageUrl").format(Format::Uri).nullable();
        callback_method: Given<String> =
            Field::named("CallbackMessageUrlMethod").words(METHODS).nullable();
        callback_authentication: Given<String> =
            Field::named("CallbackMessageAuthenticationType").words(AUTHENTICATIONS).nullable();
        callback_username: Given<String> = Field::named("CallbackMessageUsername").nullable();
        callback_password: Given<String> = Field::named("CallbackMessagePasswordToken").nullable();
        inbound_bypass: Given<bool> = Field::named("InboundBypass").nullable();
        outbound_bypass: Given<bool> = Field::named("OutboundBypass").nullable();
        intelligent: Given<bool> = Field::named("IntelligentRouteEnabled").nullable();
        account_id: Given<String> = Field::named("AccountId");
    }
}

pub(in super::super) struct MessageRouteUpdate;

impl Operation for MessageRouteUpdate {
    const NAME: &'static str = "message route update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/message/routes/update";
    type Request = MessageRouteUpdateRequest;

    fn run(call: &mut Call<'_>, request: MessageRouteUpdateRequest) -> Outcome {
        call.route_account(request.account_id.value())?;
        let id = request.id.clone();
        let mut sent = request.into_fields();
        sent.remove("MessageRouteId");
        sent.remove("AccountId");
        let nulls = call.world.switches.null_in_update;
        let route = super::own(call, &id)?;
        route.update(sent, nulls)?;
        let answer = super::view(route, "AccountId");
        call.world.ledger.change(call.request, Self::NAME, &id);
        Ok(Reply::json(200, &answer))
    }
}
