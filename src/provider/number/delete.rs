//! Destroying a number, as its deletion policy says.
//!
//! A number has ended only when its own record says so, or the finished status order does. That
//! it is not visible proves nothing: the request is sent, and what the API says of it decides.

use std::time::Duration;

use super::deletion_policy::DeletionPolicy;
use super::lookup::refuse_moved_sim;
use super::private::NumberPrivate;
use super::read::{KnownNumber, same_account, subject};
use super::resource::NumberResource;
use super::update::Incomplete;
use super::{plan, update};
use crate::context::{Context, Interrupted};
use crate::joonto::{
    E164, Error, Found, Lookup, NumberClass, OrderClass, OrderEnd, Presence, StatusChange,
    StatusChanged, StatusResponse, Subject,
};
use crate::provider::diagnostics::{destroys, purchase as texts, reads};
use crate::provider::provider_data::{ProviderData, ProviderHandle};
use crate::terraform::Diagnostic;
use crate::terraform::resource::{Failure, ResourceInvocation, Stored};

/// How often the request is sent at most. It is only sent again when the number was read in
/// between and shows no effect of it.
const ATTEMPTS: u32 = 3;

/// The wait before it is sent again; it grows with each.
const PAUSE: Duration = Duration::from_secs(2);

/// The first wait between two reads of a number whose change has no order to poll, and the
/// longest.
const POLL: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// Destroys the number.
pub(super) async fn delete(
    handle: &ProviderHandle,
    prior: Stored<NumberResource>,
    call: &ResourceInvocation<NumberResource>,
) -> Result<(), Failure> {
    let Stored {
        object: number,
        private,
    } = prior;
    let change = match number.policy() {
        // Only a tainted number comes this far: its replacement is planned without it.
        DeletionPolicy::Prevent => return Err(plan::prevented(&number.name()).into()),
        DeletionPolicy::Abandon => return Ok(()),
        DeletionPolicy::Cancel => StatusChange::Cancel,
        DeletionPolicy::Park => StatusChange::Park,
    };
    let data = handle.data()?;
    same_account(&number, &data)?;
    let context = call.context().within(number.delete_timeout());
    let completed = update::completed(&data, number, private, call, &context).await;
    let (number, private) = match completed {
        Ok(completed) => completed,
        // What was never bought need not be cancelled.
        Err(Incomplete::NotBought(_)) => return Ok(()),
        Err(Incomplete::Unclear(diagnostic)) => return Err(diagnostic.into()),
    };
    let e164 = number.e164().ok_or_else(reads::nothing_to_ask_by)?;
    if data.purchases.is_held_twice(&e164) {
        return Err(texts::held_twice_refused(e164.as_str()).into());
    }
    refuse_another(&data, &private, &e164, &context).await?;

    let destroy = Destroy {
        data: &data,
        change: &change,
        number: &e164,
        subject: subject(&number, &private, e164.clone(), &data),
        context: &context,
    };
    match destroy.run().await {
        Ok(()) => {
            let is_cancelled = change == StatusChange::Cancel;
            let purchases = &data.purchases;
            let run = private.run.as_deref();
            purchases.note_deleted(&e164, run, is_cancelled).await;
            Ok(())
        }
        Err(NotEnded::Said(diagnostic)) => Err(diagnostic.into()),
        Err(NotEnded::NotVisible) => {
            // Its SIM may lead to the number that took its place.
            let sim = number.iccid.as_str().or(private.sim.as_deref());
            refuse_moved_sim(&data, sim, e164.as_str(), &context).await?;
            Err(destroys::not_visible(&e164, &change).into())
        }
    }
}

/// Asks whether the digits still lead to the number that was bought, unless a refresh of this
/// command has. A number that is not visible is destroyed regardless.
async fn refuse_another(
    data: &ProviderData,
    private: &NumberPrivate,
    number: &E164,
    context: &Context,
) -> Result<(), Failure> {
    let known = KnownNumber::new(private, data, context);
    if known.is_empty() || data.purchases.was_seen(number) {
        return Ok(());
    }
    match data.cache.number(number, context).await {
        Ok(Found::Record(record, source)) => {
            known.refuse_another(&record, source, number.as_str()).await
        }
        Ok(Found::Missing) => Ok(()),
        Err(error) => Err(reads::unreadable(number.as_str(), &error).into()),
    }
}

/// Why a number has not ended, as far as is known.
enum NotEnded {
    /// For this reason.
    Said(Diagnostic),
    /// The API responds that it does not know the number.
    NotVisible,
}

/// What one request came to.
enum Sent {
    Done,
    /// It failed, for this reason, unless the number itself shows otherwise.
    Failed(Diagnostic),
    /// It may have taken effect.
    Open(Diagnostic),
    NotVisible,
}

/// A change of status that ends a number.
struct Destroy<'a> {
    data: &'a ProviderData,
    change: &'a StatusChange,
    number: &'a E164,
    subject: Subject,
    context: &'a Context,
}

impl Destroy<'_> {
    /// Sends the change until the number shows it, and follows it to its end.
    ///
    /// Each change can cost a fee, so one whose response is lost is not repeated before the
    /// number itself was asked.
    async fn run(&self) -> Result<(), NotEnded> {
        let mut attempt = 1;
        loop {
            let (problem, is_open) = match self.send().await {
                Sent::Done => return Ok(()),
                Sent::NotVisible => return Err(NotEnded::NotVisible),
                Sent::Failed(problem) => (problem, false),
                Sent::Open(problem) => (problem, true),
            };
            // The change may have been made nevertheless: the number itself knows.
            match self.is_reached().await {
                Ok(Some(true)) => return Ok(()),
                Ok(None) if is_open && self.is_gone().await => return Ok(()),
                Ok(Some(false)) if is_open && attempt < ATTEMPTS => {
                    if self.context.sleep(PAUSE * attempt).await.is_err() {
                        return Err(NotEnded::Said(problem));
                    }
                    attempt += 1;
                }
                Ok(_) | Err(_) => return Err(NotEnded::Said(problem)),
            }
        }
    }

    async fn send(&self) -> Sent {
        let cache = &self.data.cache;
        let changed = cache.change_status(self.change, self.number, self.context);
        match changed.await {
            Ok(StatusChanged::Seen(_)) => Sent::Done,
            Ok(StatusChanged::Response(response)) => self.follow(&response).await,
            Err(error) if error.is_not_found() => Sent::NotVisible,
            Err(error) => {
                let problem = destroys::not_ended(self.number, self.change, &error.to_string());
                match error.is_unconfirmed() {
                    true => Sent::Open(problem),
                    false => Sent::Failed(problem),
                }
            }
        }
    }

    /// Follows a change that the API took to its end.
    async fn follow(&self, response: &StatusResponse) -> Sent {
        let order = response.order_id.as_ref();
        let failed = |message: Option<&str>| {
            let diagnostic = destroys::change_failed(self.number, self.change, order, message);
            Sent::Failed(diagnostic)
        };
        let item = response.outcome_of(self.number);
        if let Some(item) = item.filter(|item| item.is_failed()) {
            return failed(
                item.message
                    .as_deref()
                    .or(response.error_message.as_deref()),
            );
        }
        let (status, why) = match (response.order_class(), order) {
            (OrderClass::Done, _) => return Sent::Done,
            (OrderClass::Failed, _) => return failed(response.error_message.as_deref()),
            (OrderClass::GoingOn, Some(id)) => {
                match self.data.client.poll_order(id, self.context).await {
                    OrderEnd::Complete(_) => return Sent::Done,
                    OrderEnd::Failed(order) => return failed(order.status_message.as_deref()),
                    OrderEnd::Pending { status, why } => (status, why),
                }
            }
            (OrderClass::GoingOn, None) => match self.becomes_reached().await {
                Ok(()) => return Sent::Done,
                Err(why) => (response.order_status.clone(), why),
            },
        };
        let status = status.as_deref();
        Sent::Failed(destroys::change_pending(self.number, order, status, why))
    }

    /// Reads the number until it shows the change, or the wait is over.
    async fn becomes_reached(&self) -> Result<(), Interrupted> {
        let (mut pause, longest) = POLL;
        loop {
            match self.is_reached().await {
                Ok(Some(true)) => return Ok(()),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(number = %self.number, %error, "the number could not be read");
                }
            }
            self.context.sleep(pause).await?;
            pause = (pause * 3 / 2).min(longest);
        }
    }

    /// Whether it is proved that the account no longer has the number.
    async fn is_gone(&self) -> bool {
        let presence = self.data.cache.presence(&self.subject, self.context);
        matches!(presence.await, Ok(Presence::Gone | Presence::Ended(_)))
    }

    /// Whether the number shows the change. Nothing: it is not visible, which proves nothing.
    async fn is_reached(&self) -> Result<Option<bool>, Error> {
        let lookup = Lookup::Number(self.number.clone());
        let record = self.data.client.details(&lookup, self.context).await?;
        Ok(record.map(|record| match record.class() {
            NumberClass::Gone => true,
            NumberClass::Held => *self.change == StatusChange::Park,
            _ => false,
        }))
    }
}
