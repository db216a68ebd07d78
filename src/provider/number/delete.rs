//! Destroying a number, as its deletion policy says.
//!
//! A number has ended only when its own record says so, or the finished status order does. That
//! it is not visible proves nothing: the request is sent, and what the API says of it decides.

use std::time::Duration;

use super::deletion_policy::DeletionPolicy;
use super::lookup::refuse_moved_sim;
use super::private::StatusOrder;
use super::read::{refuse_another, same_account, subject};
use super::resource::{NumberCall, NumberResource};
use super::update::Incomplete;
use super::{plan, update};
use crate::context::Interrupted;
use crate::joonto::{
    E164, Error, Found, Lookup, NumberClass, OrderClass, OrderEnd, OrderId, OrderPoll, Presence,
    StatusChange, StatusChanged, StatusResponse, Subject,
};
use crate::provider::diagnostics::{destroys, purchase as texts, reads};
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
    resource: &NumberResource,
    prior: Stored<NumberResource>,
    invocation: &ResourceInvocation<NumberResource>,
) -> Result<(), Failure> {
    let change = match prior.object.policy() {
        // Only a tainted number comes this far: its replacement is planned without it.
        DeletionPolicy::Prevent => return Err(plan::prevented(&prior.object.name()).into()),
        DeletionPolicy::Abandon => return Ok(()),
        DeletionPolicy::Cancel => StatusChange::Cancel,
        DeletionPolicy::Park => StatusChange::Park,
    };
    let call = NumberCall::new(resource, prior.object.delete_timeout(), invocation)?;
    same_account(&prior.object, &call.data)?;
    let number = match update::completed(prior, &call).await {
        Ok(completed) => completed,
        // What was never bought need not be cancelled.
        Err(Incomplete::NotBought(_)) => return Ok(()),
        Err(Incomplete::Unclear(diagnostic)) => return Err(diagnostic.into()),
    };
    let e164 = number.object.e164().ok_or_else(reads::nothing_to_ask_by)?;
    let purchases = &call.data.purchases;
    if purchases.handed().is_held_twice(&e164) {
        return Err(texts::held_twice_refused(e164.as_str()).into());
    }
    let shown = look(&number, &e164, &call).await?;

    let destroy = Destroy {
        call: &call,
        change: &change,
        number: &e164,
        subject: subject(&number, e164.clone(), &call.data),
    };
    let earlier = number.private.status_order.as_ref();
    let earlier = earlier.filter(|order| order.change == change.as_str());
    match destroy.run(shown, earlier.map(|order| &order.id)).await {
        Ok(()) => {
            let is_cancelled = change == StatusChange::Cancel;
            let run = number.private.run.as_deref();
            purchases.note_deleted(&e164, run, is_cancelled).await;
            Ok(())
        }
        Err(NotEnded::Failed(diagnostic) | NotEnded::Open(diagnostic)) => Err(diagnostic.into()),
        Err(NotEnded::Pending(order, diagnostic)) => {
            let mut kept = number;
            kept.private.status_order = order.map(|id| StatusOrder {
                id,
                change: change.as_str().to_owned(),
            });
            invocation.keep(kept);
            Err(diagnostic.into())
        }
        Err(NotEnded::NotVisible) => {
            // Its SIM may lead to the number that took its place.
            refuse_moved_sim(&number, e164.as_str(), &call).await?;
            Err(destroys::not_visible(&e164, &change).into())
        }
    }
}

/// Asks whether the digits still lead to the number that was bought, unless a refresh of this
/// command has. Returns what was seen of it; a number that is not visible is destroyed regardless.
async fn look(
    number: &Stored<NumberResource>,
    e164: &E164,
    call: &NumberCall<'_>,
) -> Result<Option<NumberClass>, Diagnostic> {
    if call.data.purchases.handed().was_seen(e164) {
        return Ok(Some(NumberClass::of(number.object.status.as_str())));
    }
    if !number.private.is_recognizable() {
        return Ok(None);
    }
    let name = e164.as_str();
    match call.data.cache.number(e164, &call.context).await {
        Ok(Found::Record(record, source)) => {
            refuse_another(&number.private, &record, source, name, call).await?;
            Ok(Some(record.class()))
        }
        Ok(Found::Missing) => Ok(None),
        Err(error) => Err(reads::unreadable(name, &error)),
    }
}

/// Why a number has not ended, as far as is known.
enum NotEnded {
    /// The request failed, for this reason.
    Failed(Diagnostic),
    /// The request may have taken effect.
    Open(Diagnostic),
    /// The API may still carry out this order, or one without an id.
    Pending(Option<OrderId>, Diagnostic),
    /// The API responds that it does not know the number.
    NotVisible,
}

/// A change of status that ends a number.
struct Destroy<'a> {
    call: &'a NumberCall<'a>,
    change: &'a StatusChange,
    number: &'a E164,
    subject: Subject,
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
        let mut poll = OrderPoll::new(&self.call.data.client, order);
        let end = loop {
            if let Some(end) = poll.step(&self.call.context).await {
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
                Ok(()) => return Ok(()),
                Err(NotEnded::NotVisible) => return Err(NotEnded::NotVisible),
                Err(problem) => {
                    let is_open = matches!(problem, NotEnded::Open(_));
                    (problem, is_open)
                }
            };
            // The change may have been made nevertheless: the number itself knows.
            match self.is_reached().await {
                Ok(Some(true)) => return Ok(()),
                Ok(None) if is_open && self.is_gone().await => return Ok(()),
                Ok(Some(false)) if is_open && attempt < ATTEMPTS => {
                    if self.call.context.sleep(PAUSE * attempt).await.is_err() {
                        return Err(problem);
                    }
                    attempt += 1;
                }
                Ok(_) | Err(_) => return Err(problem),
            }
        }
    }

    async fn send(&self) -> Result<(), NotEnded> {
        let cache = &self.call.data.cache;
        let changed = cache.change_status(self.change, self.number, &self.call.context);
        match changed.await {
            Ok(StatusChanged::Seen(_)) => Ok(()),
            Ok(StatusChanged::Response(response)) => self.follow(&response).await,
            Err(error) if error.is_not_found() => Err(NotEnded::NotVisible),
            Err(error) => {
                let problem = destroys::not_ended(self.number, self.change, &error.to_string());
                Err(match error.is_unconfirmed() {
                    true => NotEnded::Open(problem),
                    false => NotEnded::Failed(problem),
                })
            }
        }
    }

    /// Follows a change that the API took to its end.
    async fn follow(&self, response: &StatusResponse) -> Result<(), NotEnded> {
        let order = response.order_id.as_ref();
        let failed = |message: Option<&str>| {
            let diagnostic = destroys::change_failed(self.number, self.change, order, message);
            Err(NotEnded::Failed(diagnostic))
        };
        let message = response.error_message.as_deref();
        let item = response.outcome_of(self.number);
        if let Some(item) = item.filter(|item| item.is_failed()) {
            return failed(item.message.as_deref().or(message));
        }
        let (client, context) = (&self.call.data.client, &self.call.context);
        let (status, why) = match (response.order_class(), order) {
            (OrderClass::Done, _) => return Ok(()),
            (OrderClass::Failed, _) => return failed(message),
            (OrderClass::GoingOn, Some(id)) => match client.poll_order(id, context).await {
                OrderEnd::Complete(_) => return Ok(()),
                OrderEnd::Failed(order) => return failed(order.status_message.as_deref()),
                OrderEnd::Pending { status, why } => (status, why),
            },
            (OrderClass::GoingOn, None) => match self.becomes_reached().await {
                Ok(()) => return Ok(()),
                Err(why) => (response.order_status.clone(), why),
            },
        };
        let problem = destroys::change_pending(self.number, order, status.as_deref(), why);
        Err(NotEnded::Pending(order.cloned(), problem))
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
            self.call.context.sleep(pause).await?;
            pause = (pause * 3 / 2).min(longest);
        }
    }

    /// Whether it is proved that the account no longer has the number.
    async fn is_gone(&self) -> bool {
        let presence = self
            .call
            .data
            .cache
            .presence(&self.subject, &self.call.context);
        matches!(presence.await, Ok(Presence::Gone | Presence::Ended(_)))
    }

    /// Whether the number shows the change. Nothing: it is not visible, which proves nothing.
    async fn is_reached(&self) -> Result<Option<bool>, Error> {
        let lookup = Lookup::Number(self.number.clone());
        let client = &self.call.data.client;
        let record = client.details(&lookup, &self.call.context).await?;
        Ok(record.map(|record| match record.class() {
            NumberClass::Gone => true,
            NumberClass::Held => *self.change == StatusChange::Park,
            _ => false,
        }))
    }
}
