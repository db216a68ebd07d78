//! Changing a number in place.

use super::columns::{self, differences, store_record};
use super::config_validators;
use super::model::NumberModel;
use super::private::NumberPrivate;
use super::read;
use super::resource::NumberResource;
use super::stale_reads::{StaleReads, UnshownName};
use crate::context::Context;
use crate::joonto::{
    E164, Error, Field, Lookup, NumberRecord, OrderClass, OrderEnd, Patch, UpdateRequest,
};
use crate::provider::diagnostics::{destroys, reads, updates};
use crate::provider::flatten::UnsetFields;
use crate::provider::provider_data::{ProviderData, ProviderHandle};
use crate::terraform::resource::{Failure, ReadResult, ResourceInvocation, Stored};
use crate::terraform::{Attr, Diagnostic, Diagnostics};

/// Brings the number from `prior` to `planned`.
pub(super) async fn update(
    handle: &ProviderHandle,
    prior: NumberModel,
    planned: Stored<NumberResource>,
    call: &ResourceInvocation<NumberResource>,
) -> Result<Stored<NumberResource>, Failure> {
    let Stored {
        object: planned,
        private,
    } = planned;
    if columns::sent(&prior, &planned).is_empty() {
        return Ok(stored(planned, private));
    }
    let data = handle.data()?;
    let mut refused = Diagnostics::new();
    config_validators::refuse_impossible(&planned, &mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Err(refused.into());
    }
    read::same_account(&prior, &data)?;
    let context = call.context().within(planned.update_timeout());
    let completed = completed(&data, prior, private, call, &context).await;
    let (prior, private) = match completed {
        Ok(completed) => completed,
        Err(Incomplete::NotBought(diagnostic) | Incomplete::Unclear(diagnostic)) => {
            return Err(diagnostic.into());
        }
    };
    let update = NumberUpdate::new(data, prior, planned, private, context)?;
    match update.send().await {
        Ok(record) => Ok(update.done(record.as_ref(), call).await),
        Err(problem) => update.failed(problem, call).await,
    }
}

/// An update under way.
struct NumberUpdate {
    data: ProviderData,
    prior: NumberModel,
    planned: NumberModel,
    private: NumberPrivate,
    context: Context,
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

impl NumberUpdate {
    fn new(
        data: ProviderData,
        prior: NumberModel,
        planned: NumberModel,
        private: NumberPrivate,
        context: Context,
    ) -> Result<Self, Diagnostic> {
        let e164 = number_of(&prior)?;
        let mut request = UpdateRequest::new(e164.clone());
        columns::change(&prior, &planned, &mut request);
        Ok(Self {
            data,
            prior,
            planned,
            private,
            context,
            e164,
            request,
        })
    }

    /// Sends the change and sees it through. Returns what the response says of the number.
    async fn send(&self) -> Result<Option<NumberRecord>, UpdateProblem> {
        if self.request.is_empty() {
            return Ok(None);
        }
        let (client, e164) = (&self.data.client, &self.e164);
        self.data.cache.wrote(e164);
        let response = client.update(&self.request, &self.context).await;
        self.data.cache.wrote(e164);
        let response = match response {
            Ok(response) => response,
            Err(error) => return Err(self.refused(&error)),
        };
        let failed = |message: Option<&str>| updates::failed(e164, message);
        match (response.order_class(), response.order_id) {
            (OrderClass::Done, _) => {}
            (OrderClass::Failed, _) => return Err(failed(response.error_message.as_deref()).into()),
            (OrderClass::GoingOn, Some(id)) => match client.poll_order(&id, &self.context).await {
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
        let lookup = Lookup::Number(self.e164.clone());
        let details = self.data.client.details(&lookup, &self.context).await;
        // What cannot be read is for the next refresh to judge.
        if let Ok(Some(record)) = details {
            cleared.retain(|name| matches!(returned_route(&record, name), Field::Value(_)));
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
        record: Option<&NumberRecord>,
        call: &ResourceInvocation<NumberResource>,
    ) -> Stored<NumberResource> {
        if let Some(record) = record {
            self.warn_of_what_moved(record, call);
        }
        let now = self.context.clock().utc();
        let stale_reads = StaleReads::new(&self.prior, &self.planned, now);
        let is_named = columns::sent(&self.prior, &self.planned).contains("caller_name");
        let unshown_name = is_named.then(|| UnshownName::sent(now));
        let mut number = carry_over(&self.prior, self.planned);
        if number.qr_code.is_unknown() {
            read_qr_code(&self.data, &mut number, call, &self.context).await;
        }
        let private = NumberPrivate {
            stale_reads: stale_reads.or(self.private.stale_reads),
            unshown_name: unshown_name.or(self.private.unshown_name),
            ..self.private
        };
        stored(number, private)
    }

    /// An update is to leave alone what it is not sent, which the API does not promise.
    fn warn_of_what_moved(&self, record: &NumberRecord, call: &ResourceInvocation<NumberResource>) {
        let mut returned = self.prior.clone();
        store_record(&mut returned, record, UnsetFields::Leave);
        let sent = differences(&self.prior, &self.planned);
        let moved: Vec<_> = differences(&self.prior, &returned)
            .into_iter()
            .filter(|name| !sent.contains(name))
            .collect();
        if !moved.is_empty() {
            call.warn_with(updates::more_changed(&self.e164, &moved));
        }
    }

    /// After a failed change the state is to hold what the API has now.
    async fn failed(
        self,
        problem: UpdateProblem,
        call: &ResourceInvocation<NumberResource>,
    ) -> Result<Stored<NumberResource>, Failure> {
        let lookup = Lookup::Number(self.e164.clone());
        let mut now = self.prior.clone();
        if let Ok(Some(record)) = self.data.client.details(&lookup, &self.context).await {
            store_record(&mut now, &record, UnsetFields::Leave);
            // What was to get its first value is looked at as well.
            let mut returned = self.prior.clone();
            store_record(&mut returned, &record, UnsetFields::Fill);
            columns::copy(differences(&self.prior, &self.planned), &returned, &mut now);
        }
        if problem.is_open && differences(&now, &self.planned).is_empty() {
            return Ok(self.done(None, call).await);
        }
        if now != self.prior {
            call.keep(stored(now, self.private));
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
    data: &ProviderData,
    number: NumberModel,
    private: NumberPrivate,
    call: &ResourceInvocation<NumberResource>,
    context: &Context,
) -> Result<(NumberModel, NumberPrivate), Incomplete> {
    if number.phone_number_assigned.is_known() {
        return Ok((number, private));
    }
    let name = number.name();
    let Some(id) = number.order() else {
        return Err(Incomplete::Unclear(reads::nothing_to_ask_by()));
    };
    match data.client.poll_order(&id, context).await {
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
            match read::read(data, stored, call).await {
                Ok(ReadResult::Present(stored))
                    if stored.object.phone_number_assigned.is_known() =>
                {
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
fn carry_over(prior: &NumberModel, mut planned: NumberModel) -> NumberModel {
    columns::carry_over(prior, &mut planned);
    if !columns::sent(prior, &planned).contains("iccid") && planned.qr_code.is_unknown() {
        planned.qr_code.clone_from(&prior.qr_code);
        planned.activation_code.clone_from(&prior.activation_code);
    }
    planned
}

/// Another SIM has another QR link, which only a read tells.
async fn read_qr_code(
    data: &ProviderData,
    number: &mut NumberModel,
    call: &ResourceInvocation<NumberResource>,
    context: &Context,
) {
    number.qr_code = Attr::Null;
    number.activation_code = Attr::Null;
    let Ok(e164) = number_of(number) else { return };
    match data.client.details(&Lookup::Number(e164), context).await {
        Ok(record) => {
            if let Some(link) = record.and_then(|record| record.qr_code) {
                columns::store_qr_link(number, &link);
            }
        }
        Err(error) => call.warn_with(updates::qr_code_unread(&number.name(), &error)),
    }
}

fn number_of(number: &NumberModel) -> Result<E164, Diagnostic> {
    number.e164().ok_or_else(reads::nothing_to_ask_by)
}

fn stored(number: NumberModel, private: NumberPrivate) -> Stored<NumberResource> {
    let private = private.renewed(&number);
    Stored {
        object: number,
        private,
    }
}
