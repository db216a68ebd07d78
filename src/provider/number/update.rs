//! Changing a number in place.

use super::NumberResource;
use super::object::{Number, Private, given};
use super::read;
use super::refresh::{Unset, refresh};
use super::rules;
use super::settling::{Settling, differences, take_over};
use crate::joonto::{
    Change, E164, Error, Iccid, Lookup, MessageType, NumberRecord, NumberType, OrderClass,
    OrderEnd, OrderId, Told, UpdateRequest,
};
use crate::provider::account::{Account, Connection};
use crate::provider::diagnostics::{destroys, reads, updates};
use crate::terraform::resource::{Call, Reading, Stored, Updated};
use crate::terraform::{Attr, Diagnostic, Diagnostics};
use crate::wait::Waits;

/// Brings the number from `prior` to `planned`.
pub(super) async fn update(
    account: &Account,
    prior: Number,
    planned: Stored<NumberResource>,
    call: &Call<NumberResource>,
) -> Updated<NumberResource> {
    let Stored {
        object: planned,
        private,
    } = planned;
    if !is_sent(&prior, &planned) {
        return Updated::Done(stored(planned, private));
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
    if let Err(foreign) = read::same_account(&prior, &connection) {
        return Updated::Not(foreign.into());
    }
    let waits = call.waits().within(planned.update_timeout());
    let completed = completed(&connection, prior, private, call, &waits).await;
    let (prior, private) = match completed {
        Ok(completed) => completed,
        Err(Incomplete::NotBought(diagnostic) | Incomplete::Unclear(diagnostic)) => {
            return Updated::Not(diagnostic.into());
        }
    };
    let update = match Update::new(connection, prior, planned, private, waits) {
        Ok(update) => update,
        Err(diagnostic) => return Updated::Not(diagnostic.into()),
    };
    match update.send().await {
        Ok(echo) => update.done(echo.as_ref(), call).await,
        Err(problem) => update.failed(problem, call).await,
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
        || changes(&prior.iccid, &planned.iccid)
        || changes(&prior.product_type, &planned.product_type)
        || changes(
            &prior.assigned_subscriber_id,
            &planned.assigned_subscriber_id,
        )
}

/// Whether a text takes another value, as far as is known. What is unset stays as it is.
pub(super) fn changes(prior: &Attr<String>, planned: &Attr<String>) -> bool {
    planned.is_unknown() || (given(planned).is_some() && prior != planned)
}

/// Exactly what changes.
fn request(number: E164, prior: &Number, planned: &Number) -> UpdateRequest {
    fn changed<T: Clone + PartialEq>(prior: &Attr<T>, planned: &Attr<T>) -> Option<T> {
        (prior != planned)
            .then(|| planned.known().cloned())
            .flatten()
    }
    let text = |prior, planned| changed(prior, planned).filter(|text: &String| !text.is_empty());
    UpdateRequest {
        message_enabled: changed(&prior.message_enabled, &planned.message_enabled),
        voice_enabled: changed(&prior.voice_enabled, &planned.voice_enabled),
        message_type: changed(&prior.message_type, &planned.message_type)
            .and_then(|word| MessageType::parse(&word)),
        classification: changed(&prior.number_type, &planned.number_type)
            .and_then(|word| NumberType::parse(&word)?.classification()),
        message_route_id: route_change(&prior.message_route_id, &planned.message_route_id),
        voice_route_id: route_change(&prior.voice_route_id, &planned.voice_route_id),
        assigned_subscriber_id: text(
            &prior.assigned_subscriber_id,
            &planned.assigned_subscriber_id,
        ),
        iccid: text(&prior.iccid, &planned.iccid).and_then(|text| Iccid::parse(&text).ok()),
        product_type: text(&prior.product_type, &planned.product_type),
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

/// An update under way.
struct Update {
    connection: Connection,
    prior: Number,
    planned: Number,
    private: Private,
    waits: Waits,
    e164: E164,
    request: UpdateRequest,
}

/// Why an update did not end as planned.
struct Problem {
    diagnostic: Diagnostic,
    /// It may have been made all the same.
    is_open: bool,
}

impl From<Diagnostic> for Problem {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic,
            is_open: false,
        }
    }
}

impl Update {
    fn new(
        connection: Connection,
        prior: Number,
        planned: Number,
        private: Private,
        waits: Waits,
    ) -> Result<Self, Diagnostic> {
        let e164 = number_of(&prior)?;
        let request = request(e164.clone(), &prior, &planned);
        Ok(Self {
            connection,
            prior,
            planned,
            private,
            waits,
            e164,
            request,
        })
    }

    /// Sends the change and sees it through. Hands over what the answer told of the number.
    async fn send(&self) -> Result<Option<NumberRecord>, Problem> {
        if self.request.is_empty() {
            return Ok(None);
        }
        let (client, e164) = (&self.connection.client, &self.e164);
        self.connection.fleet.wrote(e164);
        let answer = client.update(&self.request, &self.waits).await;
        self.connection.fleet.wrote(e164);
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Err(self.refused(&error)),
        };
        let failed = |message: Option<&str>| updates::failed(e164, message);
        match (answer.order_class(), answer.order_id) {
            (OrderClass::Done, _) => {}
            (OrderClass::Failed, _) => return Err(failed(answer.error_message.as_deref()).into()),
            (OrderClass::GoingOn, Some(id)) => match client.poll_order(&id, &self.waits).await {
                OrderEnd::Complete(_) => {}
                OrderEnd::Failed(order) => {
                    return Err(failed(order.status_message.as_deref()).into());
                }
                OrderEnd::Pending { status, why } => {
                    let pending = updates::pending(e164, &id, status.as_deref(), why);
                    return Err(pending.into());
                }
            },
            (OrderClass::GoingOn, None) => {
                if let Some(message) = answer.error_message {
                    return Err(failed(Some(&message)).into());
                }
            }
        }
        self.check_cleared(&answer.echo).await?;
        Ok(Some(answer.echo))
    }

    fn refused(&self, error: &Error) -> Problem {
        let cleared = cleared(&self.request);
        let diagnostic = match error.status() {
            Some(400) if !cleared.is_empty() => {
                updates::cannot_unset(&self.e164, &cleared, &format!("the API refused: {error}"))
            }
            _ => updates::refused(&self.e164, error),
        };
        Problem {
            diagnostic,
            is_open: error.may_pass(),
        }
    }

    /// Nobody knows whether the API lets go of a route: it is asked.
    async fn check_cleared(&self, echo: &NumberRecord) -> Result<(), Diagnostic> {
        let is_told = |told: &Told<String>| matches!(told, Told::Empty);
        let mut cleared = cleared(&self.request);
        cleared.retain(|(_, route)| !is_told(route(echo)));
        if cleared.is_empty() {
            return Ok(());
        }
        let lookup = Lookup::Number(self.e164.clone());
        let details = self.connection.client.details(&lookup, &self.waits).await;
        // What cannot be read is for the next refresh to judge.
        if let Ok(Some(record)) = details {
            cleared.retain(|(_, route)| matches!(route(&record), Told::Value(_)));
        } else {
            cleared.clear();
        }
        match cleared.is_empty() {
            true => Ok(()),
            false => Err(updates::cannot_unset(
                &self.e164,
                &cleared,
                "the API took the change and kept the route",
            )),
        }
    }

    /// The change was made.
    async fn done(
        self,
        echo: Option<&NumberRecord>,
        call: &Call<NumberResource>,
    ) -> Updated<NumberResource> {
        if let Some(echo) = echo {
            self.warn_of_what_moved(echo, call);
        }
        let settling = Settling::new(&self.prior, &self.planned, self.waits.clock().utc());
        let mut number = carry_over(&self.prior, self.planned);
        if number.qr_code.is_unknown() {
            read_qr_code(&self.connection, &mut number, call, &self.waits).await;
        }
        let private = Private {
            settling: settling.or(self.private.settling),
            ..self.private
        };
        Updated::Done(stored(number, private))
    }

    /// An update is to leave alone what it is not sent, which the API does not promise.
    fn warn_of_what_moved(&self, echo: &NumberRecord, call: &Call<NumberResource>) {
        let mut told = self.prior.clone();
        refresh(&mut told, echo, Unset::Leave);
        let sent = differences(&self.prior, &self.planned);
        let moved: Vec<_> = differences(&self.prior, &told)
            .into_iter()
            .filter(|name| !sent.contains(name))
            .collect();
        if !moved.is_empty() {
            call.warn(
                format!("More of {} has changed than was sent", self.e164),
                format!(
                    "The answer to the change of {} shows other values than the state for what was \
                     not part of the change: {}. Either the API changed it along, or it had been \
                     changed elsewhere before. The next plan shows it.",
                    self.e164,
                    moved.join(", ")
                ),
            );
        }
    }

    /// After a failed change the state is to hold what the API has now.
    async fn failed(
        self,
        problem: Problem,
        call: &Call<NumberResource>,
    ) -> Updated<NumberResource> {
        let lookup = Lookup::Number(self.e164.clone());
        let mut now = self.prior.clone();
        if let Ok(Some(record)) = self.connection.client.details(&lookup, &self.waits).await {
            refresh(&mut now, &record, Unset::Leave);
            // What was to get its first value is looked at as well.
            let mut told = self.prior.clone();
            refresh(&mut told, &record, Unset::Fill);
            take_over(differences(&self.prior, &self.planned), &told, &mut now);
        }
        if problem.is_open && differences(&now, &self.planned).is_empty() {
            return self.done(None, call).await;
        }
        match now == self.prior {
            true => Updated::Not(problem.diagnostic.into()),
            false => Updated::Partly(stored(now, self.private), problem.diagnostic),
        }
    }
}

/// A route of a record.
pub(in crate::provider) type RouteOf = fn(&NumberRecord) -> &Told<String>;

/// The routes that are taken away.
fn cleared(request: &UpdateRequest) -> Vec<(&'static str, RouteOf)> {
    let routes: [(_, _, RouteOf); 2] = [
        ("message_route_id", &request.message_route_id, |record| {
            &record.message_route_id
        }),
        ("voice_route_id", &request.voice_route_id, |record| {
            &record.voice_route_id
        }),
    ];
    routes
        .into_iter()
        .filter(|(_, change, _)| **change == Change::Clear)
        .map(|(name, _, route)| (name, route))
        .collect()
}

/// Why a number cannot be worked on yet.
pub(super) enum Incomplete {
    /// Its order failed: there is no number.
    NotBought(Diagnostic),
    /// It is not known yet whether there is a number.
    Unclear(Diagnostic),
}

/// A number bought with an order that is still pending is first seen through.
pub(super) async fn completed(
    connection: &Connection,
    number: Number,
    private: Private,
    call: &Call<NumberResource>,
    waits: &Waits,
) -> Result<(Number, Private), Incomplete> {
    if number.phone_number_assigned.is_known() {
        return Ok((number, private));
    }
    let name = number.name();
    let id = number
        .order_id
        .as_str()
        .and_then(|id| OrderId::parse(id).ok());
    let Some(id) = id else {
        return Err(Incomplete::Unclear(reads::nothing_to_ask_by()));
    };
    match connection.client.poll_order(&id, waits).await {
        OrderEnd::Pending { status, why } => Err(Incomplete::Unclear(destroys::order_pending(
            &id,
            status.as_deref(),
            why,
        ))),
        OrderEnd::Failed(order) => Err(Incomplete::NotBought(destroys::order_failed(
            &id,
            order.status_message.as_deref(),
        ))),
        OrderEnd::Complete(_) => {
            let stored = Stored {
                object: number,
                private,
            };
            match read::read(connection, stored, call).await {
                Ok(Reading::Present(stored)) if stored.object.phone_number_assigned.is_known() => {
                    Ok((stored.object, stored.private))
                }
                Ok(_) => Err(Incomplete::Unclear(destroys::order_pending(
                    &id,
                    None,
                    "no number is named yet",
                ))),
                Err(failure) => Err(Incomplete::Unclear(destroys::not_completed(
                    &name,
                    failure.into_diagnostic().detail(),
                ))),
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
    if !changes(&prior.iccid, &planned.iccid) && planned.qr_code.is_unknown() {
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

fn number_of(number: &Number) -> Result<E164, Diagnostic> {
    let e164 = number
        .phone_number_assigned
        .as_str()
        .and_then(|text| E164::parse(text).ok());
    e164.ok_or_else(reads::nothing_to_ask_by)
}

fn stored(number: Number, private: Private) -> Stored<NumberResource> {
    let private = private.renewed(&number);
    Stored {
        object: number,
        private,
    }
}
