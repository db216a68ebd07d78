//! Destroying a number, as its deletion policy says.
//!
//! A number has ended only when its own record says so, or the finished status order does. That
//! it is not visible proves nothing: the request is sent, and what the API says of it decides.

use std::time::Duration;

use super::deletion_policy::DeletionPolicy;
use super::lookup::refuse_moved_sim;
use super::model::NumberModel;
use super::private::{NumberPrivate, StatusOrder};
use super::read::{KnownNumber, same_account, subject};
use super::resource::NumberResource;
use super::update::Incomplete;
use super::{plan, update};
use crate::context::{Context, Interrupted};
use crate::joonto::{
    E164, Error, Found, Lookup, NumberClass, OrderClass, OrderEnd, OrderId, OrderPoll, Presence,
    StatusChange, StatusChanged, StatusResponse, Subject,
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
    let shown = refuse_another(&data, &number, &private, &e164, &context).await?;

    let destroy = Destroy {
        data: &data,
        change: &change,
        number: &e164,
        subject: subject(&number, &private, e164.clone(), &data),
        context: &context,
    };
    let earlier = private.status_order.as_ref();
    let earlier = earlier.filter(|order| order.change == change.as_str());
    match destroy.run(shown, earlier.map(|order| &order.id)).await {
        Ok(()) => {
            let is_cancelled = change == StatusChange::Cancel;
            let purchases = &data.purchases;
            let run = private.run.as_deref();
            purchases.note_deleted(&e164, run, is_cancelled).await;
            Ok(())
        }
        Err(NotEnded::Said(diagnostic)) => Err(diagnostic.into()),
        Err(NotEnded::Pending(order, diagnostic)) => {
            let order = order.map(|id| StatusOrder {
                id,
                change: change.as_str().to_owned(),
            });
            call.keep(Stored {
                object: number,
                private: NumberPrivate {
                    status_order: order,
                    ..private
                },
            });
            Err(diagnostic.into())
        }
        Err(NotEnded::NotVisible) => {
            // Its SIM may lead to the number that took its place.
            let sim = number.iccid.as_str().or(private.sim.as_deref());
            refuse_moved_sim(&data, sim, e164.as_str(), &context).await?;
            Err(destroys::not_visible(&e164, &change).into())
        }
    }
}

/// Asks whether the digits still lead to the number that was bought, unless a refresh of this
/// command has. Returns what was seen of it; a number that is not visible is destroyed regardless.
async fn refuse_another(
    data: &ProviderData,
    number: &NumberModel,
    private: &NumberPrivate,
    e164: &E164,
    context: &Context,
) -> Result<Option<NumberClass>, Failure> {
    if data.purchases.was_seen(e164) {
        return Ok(Some(NumberClass::of(number.status.as_str())));
    }
    let known = KnownNumber::new(private, data, context);
    if known.is_empty() {
        return Ok(None);
    }
    match data.cache.number(e164, context).await {
        Ok(Found::Record(record, source)) => {
            let name = e164.as_str();
            known.refuse_another(&record, source, name).await?;
            Ok(Some(record.class()))
        }
        Ok(Found::Missing) => Ok(None),
        Err(error) => Err(reads::unreadable(e164.as_str(), &error).into()),
    }
}

/// Why a number has not ended, as far as is known.
enum NotEnded {
    /// For this reason.
    Said(Diagnostic),
    /// The API may still carry out this order, or one without an id.
    Pending(Option<OrderId>, Diagnostic),
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
    /// It is this order, or one without an id, which did not end in time.
    Pending(Option<OrderId>, Diagnostic),
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
    /// Makes the change, unless the number as it is `shown`, or the order of an `earlier` destroy,
    /// has made it already.
    async fn run(
        &self,
        shown: Option<NumberClass>,
        earlier: Option<&OrderId>,
    ) -> Result<(), NotEnded> {
        match shown {
            Some(NumberClass::Held) if *self.change == StatusChange::Park => return Ok(()),
            // One read does not end a young number.
            Some(NumberClass::Gone) if self.is_gone().await => return Ok(()),
            _ => {}
        }
        match earlier {
            Some(order) if self.resume(order).await? => Ok(()),
            _ => self.make().await,
        }
    }

    /// Follows the order of an earlier destroy. Returns whether the number has ended by it.
    async fn resume(&self, order: &OrderId) -> Result<bool, NotEnded> {
        let mut poll = OrderPoll::new(&self.data.client, order);
        let end = loop {
            if let Some(end) = poll.step(self.context).await {
                break end;
            }
        };
        match end {
            OrderEnd::Complete(_) if poll.status().is_some() => Ok(true),
            // It was complete before, and the number may have been reactivated since.
            OrderEnd::Complete(_) => match self.is_reached().await {
                Ok(Some(is_reached)) => Ok(is_reached),
                Ok(None) => Ok(self.is_gone().await),
                Err(error) => {
                    let why = error.to_string();
                    let problem = destroys::not_ended(self.number, self.change, &why);
                    Err(NotEnded::Pending(Some(order.clone()), problem))
                }
            },
            OrderEnd::Pending { status, why } if poll.has_responded() => {
                let (id, status) = (Some(order), status.as_deref());
                let problem = destroys::change_pending(self.number, id, status, why);
                Err(NotEnded::Pending(Some(order.clone()), problem))
            }
            // An order that cannot be read stands in no way.
            OrderEnd::Failed(_) | OrderEnd::Pending { .. } => Ok(false),
        }
    }

    /// Sends the change until the number shows it, and follows it to its end.
    ///
    /// Each change can cost a fee, so one whose response is lost is not repeated before the
    /// number itself was asked.
    async fn make(&self) -> Result<(), NotEnded> {
        let mut attempt = 1;
        loop {
            let (problem, is_open) = match self.send().await {
                Sent::Done => return Ok(()),
                Sent::NotVisible => return Err(NotEnded::NotVisible),
                Sent::Pending(order, problem) => {
                    return match self.is_reached().await {
                        Ok(Some(true)) => Ok(()),
                        Ok(_) | Err(_) => Err(NotEnded::Pending(order, problem)),
                    };
                }
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
        let problem = destroys::change_pending(self.number, order, status.as_deref(), why);
        Sent::Pending(order.cloned(), problem)
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
