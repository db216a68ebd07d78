//! Changing a number in place.

use super::NumberResource;
use super::object::{Number, Private};
use super::order::{self, Outcome};
use super::read;
use super::refresh::{Unset, refresh};
use super::rules;
use crate::joonto::{
    Change, E164, Iccid, Lookup, MessageType, NumberType, OrderClass, OrderId, UpdateRequest,
};
use crate::provider::account::{Account, Connection};
use crate::provider::explain;
use crate::terraform::resource::{Call, Reading, Stored, Updated};
use crate::terraform::{Attr, Diagnostic, Diagnostics};
use crate::wait::Waits;

/// Brings the number from `prior` to `planned`.
pub(super) async fn update(
    account: &Account,
    prior: Number,
    planned: Number,
    call: &Call<NumberResource>,
) -> Updated<NumberResource> {
    if !is_sent(&prior, &planned) {
        return Updated::Done(stored(planned));
    }
    let connection = match account.connection() {
        Ok(connection) => connection,
        Err(failure) => return Updated::Not(failure),
    };
    let mut refused = Diagnostics::new();
    rules::refuse_impossible(&planned, &mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Updated::Not(refused.into());
    }
    let waits = call.waits().within(planned.update_timeout());
    let prior = match completed(&connection, prior, call, &waits).await {
        Ok(prior) => prior,
        Err(diagnostic) => return Updated::Not(diagnostic.into()),
    };
    match send(&connection, &prior, &planned, &waits).await {
        Ok(()) => {
            let mut number = carry_over(&prior, planned);
            if number.qr_code.is_unknown() {
                read_qr_code(&connection, &mut number, call, &waits).await;
            }
            Updated::Done(stored(number))
        }
        Err(diagnostic) => after_failure(&connection, prior, &waits, diagnostic).await,
    }
}

/// Whether the difference between the two is anything to tell the API.
pub(super) fn is_sent(prior: &Number, planned: &Number) -> bool {
    prior.number_type != planned.number_type
        || prior.message_type != planned.message_type
        || prior.message_enabled != planned.message_enabled
        || prior.voice_enabled != planned.voice_enabled
        || reroutes(&prior.message_route_id, &planned.message_route_id)
        || reroutes(&prior.voice_route_id, &planned.voice_route_id)
        || prior.iccid != planned.iccid
        || prior.product_type != planned.product_type
        || prior.assigned_subscriber_id != planned.assigned_subscriber_id
}

/// Exactly what changes.
fn request(number: E164, prior: &Number, planned: &Number) -> UpdateRequest {
    fn changed<T: Clone + PartialEq>(prior: &Attr<T>, planned: &Attr<T>) -> Option<T> {
        (prior != planned)
            .then(|| planned.known().cloned())
            .flatten()
    }
    UpdateRequest {
        message_enabled: changed(&prior.message_enabled, &planned.message_enabled),
        voice_enabled: changed(&prior.voice_enabled, &planned.voice_enabled),
        message_type: changed(&prior.message_type, &planned.message_type)
            .and_then(|word| MessageType::parse(&word)),
        classification: changed(&prior.number_type, &planned.number_type)
            .and_then(|word| NumberType::parse(&word)?.classification()),
        message_route_id: route_change(&prior.message_route_id, &planned.message_route_id),
        voice_route_id: route_change(&prior.voice_route_id, &planned.voice_route_id),
        assigned_subscriber_id: changed(
            &prior.assigned_subscriber_id,
            &planned.assigned_subscriber_id,
        ),
        iccid: changed(&prior.iccid, &planned.iccid).and_then(|text| Iccid::parse(&text).ok()),
        product_type: changed(&prior.product_type, &planned.product_type),
        ..UpdateRequest::new(number)
    }
}

/// `""` takes a number off its route; where there is none already, there is nothing to do.
fn route_change(prior: &Attr<String>, planned: &Attr<String>) -> Change<String> {
    let prior = prior.as_str().unwrap_or_default();
    match planned {
        Attr::Known(route) if route == prior => Change::Keep,
        Attr::Known(route) if route.is_empty() => Change::Clear,
        Attr::Known(route) => Change::Set(route.clone()),
        Attr::Null | Attr::Unknown => Change::Keep,
    }
}

/// Whether the number is to take another route, as far as is known.
fn reroutes(prior: &Attr<String>, planned: &Attr<String>) -> bool {
    planned.is_unknown() || route_change(prior, planned) != Change::Keep
}

/// Sends the change and sees it through.
async fn send(
    connection: &Connection,
    prior: &Number,
    planned: &Number,
    waits: &Waits,
) -> Result<(), Diagnostic> {
    let e164 = number_of(prior)?;
    let request = request(e164.clone(), prior, planned);
    if request.is_empty() {
        return Ok(());
    }
    let answer = connection
        .client
        .update(&request, waits)
        .await
        .map_err(|error| explain::cannot_update(&e164, &error))?;
    let failed = |message: Option<&str>| explain::update_failed(&e164, message);
    match (answer.order_class(), answer.order_id) {
        (OrderClass::Done, _) => Ok(()),
        (OrderClass::Failed, _) => Err(failed(answer.error_message.as_deref())),
        (OrderClass::GoingOn, Some(id)) => {
            match order::follow(&connection.client, &id, waits).await {
                Outcome::Done(_) => Ok(()),
                Outcome::Failed(order) => Err(failed(order.status_message.as_deref())),
                Outcome::Open { status, why } => {
                    Err(explain::update_pending(&e164, &id, status.as_deref(), why))
                }
            }
        }
        (OrderClass::GoingOn, None) => match answer.error_message {
            Some(message) => Err(failed(Some(&message))),
            None => Ok(()),
        },
    }
}

/// A number bought with an order that is still pending is first seen through.
pub(super) async fn completed(
    connection: &Connection,
    number: Number,
    call: &Call<NumberResource>,
    waits: &Waits,
) -> Result<Number, Diagnostic> {
    if number.phone_number_assigned.is_known() {
        return Ok(number);
    }
    let name = number.name();
    let id = number
        .order_id
        .as_str()
        .and_then(|id| OrderId::parse(id).ok());
    let Some(id) = id else {
        return Err(explain::nothing_to_ask_by());
    };
    match order::follow(&connection.client, &id, waits).await {
        Outcome::Open { status, why } => Err(explain::still_pending(&id, status.as_deref(), why)),
        Outcome::Failed(order) => Err(explain::order_failed(
            Some(&id),
            order.status_message.as_deref(),
        )),
        Outcome::Done(_) => {
            let stored = Stored {
                object: number,
                private: Private::default(),
            };
            match read::read(connection, stored, call).await {
                Ok(Reading::Present(stored)) if stored.object.phone_number_assigned.is_known() => {
                    Ok(stored.object)
                }
                Ok(_) => Err(explain::still_pending(&id, None, "no number is named yet")),
                Err(failure) => Err(explain::cannot_complete(
                    &name,
                    failure.into_diagnostic().detail(),
                )),
            }
        }
    }
}

/// The planned number with what only the completed one knows.
fn carry_over(prior: &Number, mut planned: Number) -> Number {
    for (prior, planned) in [
        (&prior.id, &mut planned.id),
        (
            &prior.phone_number_assigned,
            &mut planned.phone_number_assigned,
        ),
        (&prior.phone_number_id, &mut planned.phone_number_id),
        (&prior.subscriber_id, &mut planned.subscriber_id),
        (&prior.order_status, &mut planned.order_status),
        (&prior.status, &mut planned.status),
    ] {
        if planned.is_unknown() {
            planned.clone_from(prior);
        }
    }
    if prior.iccid == planned.iccid && planned.qr_code.is_unknown() {
        planned.qr_code.clone_from(&prior.qr_code);
        planned.activation_code.clone_from(&prior.activation_code);
    }
    planned
}

/// Another SIM has another QR link, which only a read tells.
async fn read_qr_code(
    connection: &Connection,
    number: &mut Number,
    call: &Call<NumberResource>,
    waits: &Waits,
) {
    number.qr_code = Attr::Null;
    number.activation_code = Attr::Null;
    let Ok(e164) = number_of(number) else { return };
    match connection
        .client
        .details(&Lookup::Number(e164), waits)
        .await
    {
        Ok(record) => {
            if let Some(link) = record.and_then(|record| record.qr_code) {
                super::refresh::refresh_qr_code(number, link.expose());
            }
        }
        Err(error) => call.warn(
            format!("The QR code of {} could not be read", number.name()),
            format!(
                "The SIM of {} was changed, but its new QR code could not be read: {error}. The \
                 next refresh reads it.",
                number.name()
            ),
        ),
    }
}

/// After a failed change the state is to hold what the API has now.
async fn after_failure(
    connection: &Connection,
    prior: Number,
    waits: &Waits,
    diagnostic: Diagnostic,
) -> Updated<NumberResource> {
    let Ok(e164) = number_of(&prior) else {
        return Updated::Not(diagnostic.into());
    };
    let mut now = prior.clone();
    if let Ok(Some(record)) = connection
        .client
        .details(&Lookup::Number(e164), waits)
        .await
    {
        refresh(&mut now, &record, Unset::Leave);
    }
    match now == prior {
        true => Updated::Not(diagnostic.into()),
        false => Updated::Partly(stored(now), diagnostic),
    }
}

fn number_of(number: &Number) -> Result<E164, Diagnostic> {
    let e164 = number
        .phone_number_assigned
        .as_str()
        .and_then(|text| E164::parse(text).ok());
    e164.ok_or_else(explain::nothing_to_ask_by)
}

fn stored(number: Number) -> Stored<NumberResource> {
    let private = Private::of(&number);
    Stored {
        object: number,
        private,
    }
}
