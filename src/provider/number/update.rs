//! Changing a number in place.

use std::fmt::Display;

use super::columns::{self, differences, store_record};
use super::config_validators;
use super::model::NumberModel;
use super::private::NumberPrivate;
use super::read;
use super::resource::{NumberCall, NumberResource};
use super::stale_reads::{StaleReads, UnshownName};
use crate::joonto::{
    E164, Error, Field, Lookup, NumberRecord, OrderClass, OrderEnd, Patch, UpdateRequest,
};
use crate::provider::diagnostics::{destroys, reads, updates};
use crate::provider::flatten::UnsetFields;
use crate::terraform::resource::{Failure, ReadResult, ResourceInvocation, Stored};
use crate::terraform::{Attr, Diagnostic};

/// Brings the number from `prior` to `planned`.
pub(super) async fn update(
    resource: &NumberResource,
    prior: NumberModel,
    planned: Stored<NumberResource>,
    invocation: &ResourceInvocation<NumberResource>,
) -> Result<Stored<NumberResource>, Failure> {
    let Stored {
        object: planned,
        private,
    } = planned;
    if columns::sent(&prior, &planned).is_empty() {
        return Ok(stored(planned, private));
    }
    let call = NumberCall::new(resource, planned.update_timeout(), invocation)?;
    if let Some(refused) = config_validators::refuse_impossible(&planned) {
        return Err(refused.into());
    }
    read::same_account(&prior, &call.data)?;
    let prior = Stored {
        object: prior,
        private,
    };
    let prior = match completed(prior, &call).await {
        Ok(completed) => completed,
        Err(Incomplete::NotBought(diagnostic) | Incomplete::Unclear(diagnostic)) => {
            return Err(diagnostic.into());
        }
    };
    let e164 = prior.object.e164().ok_or_else(reads::nothing_to_ask_by)?;
    let mut request = UpdateRequest::new(e164.clone());
    columns::change(&prior.object, &planned, &mut request);
    let update = NumberUpdate {
        call: &call,
        prior: prior.object,
        planned,
        private: prior.private,
        e164,
        request,
    };
    match update.send().await {
        Ok(record) => Ok(update.done(record.as_ref()).await),
        Err(problem) => update.failed(problem).await,
    }
}

/// An update under way.
struct NumberUpdate<'a> {
    call: &'a NumberCall<'a>,
    prior: NumberModel,
    planned: NumberModel,
    private: NumberPrivate,
    e164: E164,
    request: UpdateRequest,
}

/// Why an update did not end as planned.
struct UpdateProblem {
    diagnostic: Diagnostic,
    /// It may have been made nevertheless.
    is_open: bool,
}

impl From<Diagnostic> for UpdateProblem {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic,
            is_open: false,
        }
    }
}

impl NumberUpdate<'_> {
    /// Sends the change and sees it through. Returns what the response says of the number.
    async fn send(&self) -> Result<Option<NumberRecord>, UpdateProblem> {
        if self.request.is_empty() {
            return Ok(None);
        }
        let (data, context, e164) = (&self.call.data, &self.call.context, &self.e164);
        data.cache.wrote(e164);
        let response = data.client.update(&self.request, context).await;
        data.cache.wrote(e164);
        let response = match response {
            Ok(response) => response,
            Err(error) => return Err(self.refused(&error)),
        };
        let failed = |message: Option<&str>| updates::failed(e164, message);
        match (response.order_class(), response.order_id) {
            (OrderClass::Done, _) => {}
            (OrderClass::Failed, _) => return Err(failed(response.error_message.as_deref()).into()),
            (OrderClass::GoingOn, Some(id)) => match data.client.poll_order(&id, context).await {
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
                if let Some(message) = response.error_message {
                    return Err(failed(Some(&message)).into());
                }
            }
        }
        let keeps =
            |part: &Patch<String>, returned: &Option<String>| part.is_clear() && returned.is_some();
        let [first, last] = &response.cnam;
        if keeps(&self.request.cnam_first_name, first) || keeps(&self.request.cnam_last_name, last)
        {
            let why = "the API took the change and kept the name";
            return Err(updates::cannot_unset(e164, &["caller_name"], why).into());
        }
        self.check_cleared(&response.record).await?;
        Ok(Some(response.record))
    }

    fn refused(&self, error: &Error) -> UpdateProblem {
        let mut cleared = cleared(&self.request);
        let names = [&self.request.cnam_first_name, &self.request.cnam_last_name];
        if names.iter().any(|part| part.is_clear()) {
            cleared.push("caller_name");
        }
        let diagnostic = match error.status() {
            Some(400) if !cleared.is_empty() => {
                updates::cannot_unset(&self.e164, &cleared, &format!("the API refused: {error}"))
            }
            _ => updates::refused(&self.e164, error),
        };
        UpdateProblem {
            diagnostic,
            is_open: error.is_transient(),
        }
    }

    /// Nobody knows whether the API lets go of a route: it is asked.
    async fn check_cleared(&self, record: &NumberRecord) -> Result<(), Diagnostic> {
        let is_null = |returned: &Field<String>| matches!(returned, Field::Null);
        let mut cleared = cleared(&self.request);
        cleared.retain(|name| !is_null(returned_route(record, name)));
        if cleared.is_empty() {
            return Ok(());
        }
        // What cannot be read is for the next refresh to judge.
        let Ok(Some(record)) = self.details().await else {
            return Ok(());
        };
        cleared.retain(|name| matches!(returned_route(&record, name), Field::Value(_)));
        if cleared.is_empty() {
            return Ok(());
        }
        let why = "the API took the change and kept the route";
        Err(updates::cannot_unset(&self.e164, &cleared, why))
    }

    /// The number as the API has it now.
    async fn details(&self) -> Result<Option<NumberRecord>, Error> {
        let lookup = Lookup::Number(self.e164.clone());
        let client = &self.call.data.client;
        client.details(&lookup, &self.call.context).await
    }

    /// The change was made.
    async fn done(self, record: Option<&NumberRecord>) -> Stored<NumberResource> {
        if let Some(record) = record {
            self.warn_of_what_moved(record);
        }
        let now = self.call.context.clock().utc();
        let sent = columns::sent(&self.prior, &self.planned);
        let mut number = self.planned.clone();
        columns::carry_over(&self.prior, &mut number);
        if sent.contains("iccid") {
            self.read_qr_code(&mut number).await;
        }
        let stale_reads = StaleReads::new(&self.prior, &self.planned, now);
        let is_named = sent.contains("caller_name");
        let unshown_name = is_named.then(|| UnshownName::sent(now));
        let private = NumberPrivate {
            stale_reads: stale_reads.or(self.private.stale_reads),
            unshown_name: unshown_name.or(self.private.unshown_name),
            ..self.private
        };
        stored(number, private)
    }

    /// Another SIM has another QR link, which only a read tells.
    async fn read_qr_code(&self, number: &mut NumberModel) {
        number.qr_code = Attr::Null;
        number.activation_code = Attr::Null;
        match self.details().await {
            Ok(record) => {
                if let Some(link) = record.and_then(|record| record.qr_code) {
                    columns::store_qr_link(number, &link);
                }
            }
            Err(error) => {
                let warning = updates::qr_code_unread(self.e164.as_str(), &error);
                self.call.warn_with(warning);
            }
        }
    }

    /// An update is to leave alone what it is not sent, which the API does not promise.
    fn warn_of_what_moved(&self, record: &NumberRecord) {
        let mut returned = self.prior.clone();
        store_record(&mut returned, record, UnsetFields::Leave);
        let sent = differences(&self.prior, &self.planned);
        let moved: Vec<_> = differences(&self.prior, &returned)
            .into_iter()
            .filter(|name| !sent.contains(name))
            .collect();
        if !moved.is_empty() {
            self.call
                .warn_with(updates::more_changed(&self.e164, &moved));
        }
    }

    /// After a failed change the state is to hold what the API has now.
    async fn failed(self, problem: UpdateProblem) -> Result<Stored<NumberResource>, Failure> {
        let mut now = self.prior.clone();
        if let Ok(Some(record)) = self.details().await {
            store_record(&mut now, &record, UnsetFields::Leave);
            // What was to get its first value is looked at as well.
            let mut returned = self.prior.clone();
            store_record(&mut returned, &record, UnsetFields::Fill);
            columns::copy(differences(&self.prior, &self.planned), &returned, &mut now);
        }
        if problem.is_open && differences(&now, &self.planned).is_empty() {
            return Ok(self.done(None).await);
        }
        if now != self.prior {
            self.call.invocation.keep(stored(now, self.private));
        }
        Err(problem.diagnostic.into())
    }
}

/// The arguments whose routes are taken away.
fn cleared(request: &UpdateRequest) -> Vec<&'static str> {
    let routes = [
        ("message_route_id", &request.message_route_id),
        ("voice_route_id", &request.voice_route_id),
    ];
    let cleared = routes.into_iter().filter(|(_, change)| change.is_clear());
    cleared.map(|(name, _)| name).collect()
}

/// The route that a record returns for an argument.
fn returned_route<'a>(record: &'a NumberRecord, name: &str) -> &'a Field<String> {
    match name {
        "message_route_id" => &record.message_route_id,
        _ => &record.voice_route_id,
    }
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
    number: Stored<NumberResource>,
    call: &NumberCall<'_>,
) -> Result<Stored<NumberResource>, Incomplete> {
    if number.object.phone_number_assigned.is_known() {
        return Ok(number);
    }
    let name = number.object.name();
    let Some(id) = number.object.order() else {
        return Err(Incomplete::Unclear(reads::nothing_to_ask_by()));
    };
    let unclear = |status: Option<&str>, why: &dyn Display| {
        Err(Incomplete::Unclear(destroys::order_pending(
            &id, status, why,
        )))
    };
    match call.data.client.poll_order(&id, &call.context).await {
        OrderEnd::Pending { status, why } => unclear(status.as_deref(), &why),
        OrderEnd::Failed(order) => Err(Incomplete::NotBought(destroys::order_failed(
            &id,
            order.status_message.as_deref(),
        ))),
        OrderEnd::Complete(_) => {
            let limit = number.object.read_timeout();
            match read::read(number, &call.within(limit)).await {
                Ok(ReadResult::Present(stored))
                    if stored.object.phone_number_assigned.is_known() =>
                {
                    Ok(stored)
                }
                Ok(_) => unclear(None, &"no number is named yet"),
                Err(failure) => Err(Incomplete::Unclear(destroys::not_completed(
                    &name,
                    failure.into_diagnostic().detail(),
                ))),
            }
        }
    }
}

fn stored(number: NumberModel, private: NumberPrivate) -> Stored<NumberResource> {
    let private = private.renewed(&number);
    Stored {
        object: number,
        private,
    }
}
