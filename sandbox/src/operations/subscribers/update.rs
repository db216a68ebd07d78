//! `POST /v1.0/subscribers/update`: neither e-mail nor account can change.

use super::super::{Call, Operation, Outcome};
use super::ROLES;
use crate::contract::{Field, Format, Given, request};
use crate::reply::Reply;

request! {
    /// A subscriber's new values.
    SubscriberUpdateRequest {
        id: String = Field::named("SubscriberId");
        name: Given<String> = Field::named("Name");
        phone_numbers: Given<Vec<String>> = Field::named("PhoneNumbers").format(Format::E164);
        role: Given<String> = Field::named("Role").words(ROLES);
        password: Given<String> = Field::named("Password");
    }
}

pub(in super::super) struct SubscriberUpdate;

impl Operation for SubscriberUpdate {
    const NAME: &'static str = "subscriber update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/subscribers/update";
    type Request = SubscriberUpdateRequest;

    fn run(call: &mut Call<'_>, request: SubscriberUpdateRequest) -> Outcome {
        let mut subscriber = super::own(call, &request.id)?;
        if let Some(name) = request.name.into_value() {
            subscriber.name = name;
        }
        if let Some(numbers) = request.phone_numbers.into_value() {
            subscriber.phone_numbers = numbers;
        }
        if let Some(role) = request.role.into_value() {
            subscriber.role = role;
        }
        call.world
            .ledger
            .change(call.request, Self::NAME, &subscriber.id);
        let answer = super::view(call, &subscriber);
        call.world
            .store
            .subscribers
            .insert(subscriber.id.clone(), subscriber);
        Ok(Reply::json(200, &answer))
    }
}
