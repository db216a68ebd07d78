//! `POST /v1.0/subscribers/create`

use super::super::{Call, Operation, Outcome};
use super::ROLES;
use crate::contract::{Field, Format, request};
use crate::reply::{Refusal, Reply};
use crate::store::subscribers::Subscriber;

request! {
    /// A new subscriber.
    SubscriberCreateRequest {
        name: String = Field::named("Name");
        email: String = Field::named("Email").format(Format::Email);
        phone_numbers: Vec<String> = Field::named("PhoneNumbers").format(Format::E164);
        role: String = Field::named("Role").words(ROLES);
        password: String = Field::named("Password");
        account_id: String = Field::named("AccountId");
    }
}

pub(in super::super) struct SubscriberCreate;

impl Operation for SubscriberCreate {
    const NAME: &'static str = "subscriber create";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/subscribers/create";
    type Request = SubscriberCreateRequest;

    fn run(call: &mut Call<'_>, request: SubscriberCreateRequest) -> Outcome {
        if !call.distributor()?.owns(&request.account_id) {
            return Err(Refusal::bad("Invalid AccountId"));
        }
        // Unique across the whole platform, other owners included.
        let mut others = call.world.store.subscribers.values();
        if others.any(|other| other.email.eq_ignore_ascii_case(&request.email)) {
            return Err(Refusal::bad("Email already exists"));
        }
        let subscriber = Subscriber {
            id: format!("TSUID-{}", call.world.ids.uuid()),
            account_key: call.account_key.clone(),
            account_id: request.account_id,
            name: request.name,
            email: request.email,
            role: request.role,
            phone_numbers: request.phone_numbers,
        };
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
