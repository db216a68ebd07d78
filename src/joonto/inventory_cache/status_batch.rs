//! Changes of status, several numbers to a request.
//!
//! A change can cost a fee, so nothing is sent twice lightly: what a joint response leaves open is
//! decided by a read before it is sent again.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use super::super::client::Client;
use super::super::error::{Error, Problem, given_up};
use super::super::number::{Lookup, NumberRecord};
use super::super::operation::STATUS;
use super::super::status::{StatusChange, StatusResponse};
use super::super::types::{E164, NumberClass, OrderClass};
use super::write_versions::Writes;
use crate::context::{Canceller, Clock, Context};
use crate::sync::locked;

/// What Terraform has under way at once, unless `-parallelism` says otherwise. A batch of so many is
/// complete, if the last one was no larger.
const PARALLELISM: usize = 10;

/// Any other batch as large as the last one is complete when nobody has joined it for so long.
const QUIET: Duration = Duration::from_millis(50);

/// Or so long after it might have gone, even if others are still coming.
const AT_MOST: Duration = Duration::from_millis(200);

/// A smaller one waits for so long after the last has joined: Terraform comes back with as many as
/// were answered last, but it writes its state for each of them first, one after another. With many
/// numbers in state, each write takes a while.
const RETURN: Duration = Duration::from_millis(500);

/// Numbers in one request at most.
const FULL: usize = 50;

/// So many joint requests are refused, without one that was not, until the API is believed to
/// take one number each.
const REFUSALS: u32 = 2;

/// How a change of status is known to have gone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StatusChanged {
    /// The API responded for this number. That its order failed is not an error here.
    Response(StatusResponse),
    /// The API responded for others; a read shows that this number has changed too.
    Seen(Box<NumberRecord>),
}

/// What a joint request brought to one of its numbers.
#[derive(Clone, Debug)]
enum BatchReply {
    Response(StatusResponse),
    /// Nothing was changed; perhaps because of another number.
    Refused,
    /// The response does not speak of it.
    LeftOut,
    Failed(Error),
}

/// Joins changes of status into requests.
pub(super) struct StatusBatch {
    client: Client,
    writes: Arc<Writes>,
    queues: Mutex<HashMap<StatusChange, Arc<Queue>>>,
    experience: Mutex<Experience>,
}

/// Those who want the same change.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// Notified of everyone who joins.
    joined: Notify,
    /// Held while a request is gathered and under way: who comes meanwhile shares the next. Says
    /// how many shared the last one, since Terraform comes back with about as many.
    turn: tokio::sync::Mutex<usize>,
}

#[derive(Default)]
struct Waiting {
    line: Vec<Waiter>,
    /// How many places there have been.
    places: u64,
}

struct Waiter {
    place: u64,
    number: E164,
    joined_at: Instant,
    context: Context,
    reply: oneshot::Sender<BatchReply>,
}

/// What joint requests have come to.
#[derive(Default)]
struct Experience {
    has_worked: bool,
    refused: u32,
    is_bad: bool,
}

impl StatusBatch {
    pub(super) fn new(client: Client, writes: Arc<Writes>) -> Self {
        Self {
            client,
            writes,
            queues: Mutex::default(),
            experience: Mutex::default(),
        }
    }

    /// Changes the status of `number`.
    pub(super) async fn change(
        self: &Arc<Self>,
        change: &StatusChange,
        number: &E164,
        context: &Context,
    ) -> Result<StatusChanged, Error> {
        context.check().map_err(given_up(&STATUS))?;
        // Swapping SIMs uses up something that comes back to nobody, and each number has its own.
        let is_joint = !matches!(change, StatusChange::SwapSim { .. });
        if !is_joint || locked(&self.experience).is_bad {
            return self.alone(change, number, context).await;
        }
        match self.join(change, number, context).await? {
            Some(BatchReply::Response(response)) => Ok(StatusChanged::Response(response)),
            Some(BatchReply::Failed(error)) => Err(error),
            Some(BatchReply::Refused) => self.alone(change, number, context).await,
            Some(BatchReply::LeftOut) => {
                let lookup = Lookup::Number(number.clone());
                match self.client.details(&lookup, context).await {
                    Ok(Some(record)) if is_reached(change, &record) => {
                        Ok(StatusChanged::Seen(Box::new(record)))
                    }
                    // Not to be found says nothing: only its own record shows that a number has
                    // ended.
                    Ok(_) => self.alone(change, number, context).await,
                    Err(error) => Err(error.unconfirmed()),
                }
            }
            None => {
                let cause = "the request ended without a result".to_owned();
                Err(Error::new(&STATUS, Problem::NoResponse(cause)).unconfirmed())
            }
        }
    }

    /// One request for one number.
    async fn alone(
        &self,
        change: &StatusChange,
        number: &E164,
        context: &Context,
    ) -> Result<StatusChanged, Error> {
        let numbers = std::slice::from_ref(number);
        let _write = self.writes.begin(numbers);
        let response = self.client.change_status(change, numbers, context).await?;
        Ok(StatusChanged::Response(response))
    }

    /// Waits for what a joint request brings. Nothing when its task has failed.
    async fn join(
        self: &Arc<Self>,
        change: &StatusChange,
        number: &E164,
        context: &Context,
    ) -> Result<Option<BatchReply>, Error> {
        let queue = Arc::clone(locked(&self.queues).entry(change.clone()).or_default());
        let (place, mut reply) = queue.join(number, context);
        // A task of its own: one who is stopped must not take the request of the others along.
        // One for each who joins, so that none waits for a task that has ended.
        tokio::spawn(Arc::clone(self).send(change.clone(), Arc::clone(&queue)));
        match context.wait_for(&mut reply).await {
            Ok(reply) => Ok(reply.ok()),
            // Not sent yet: it is not. Sent: there is a response to wait for.
            Err(reason) if queue.leave(place) => Err(given_up(&STATUS)(reason)),
            Err(_) => Ok(reply.await.ok()),
        }
    }

    /// Sends one request for those who wait, when it is their turn and nobody else joins.
    async fn send(self: Arc<Self>, change: StatusChange, queue: Arc<Queue>) {
        let mut last = queue.turn.lock().await;
        let clock = self.client.clock();
        queue.gather(*last, &**clock).await;
        let mut waiters = queue.take();
        if waiters.is_empty() {
            return;
        }
        *last = waiters.len();
        let numbers: BTreeSet<E164> = waiters.iter().map(|one| one.number.clone()).collect();
        let numbers: Vec<E164> = numbers.into_iter().collect();
        let canceller = Canceller::new();
        let context = Context::new(Arc::clone(clock), canceller.signal());
        let outcome = {
            let _write = self.writes.begin(&numbers);
            let mut request = pin!(self.client.change_status(&change, &numbers, &context));
            tokio::select! {
                outcome = &mut request => outcome,
                () = unwanted(&mut waiters) => {
                    canceller.stop();
                    request.await
                }
            }
        };
        let reply = |number: &E164| reply(&outcome, number, numbers.len());
        if numbers.len() > 1 {
            let replies: Vec<_> = numbers.iter().map(reply).collect();
            locked(&self.experience).learn(&replies);
        }
        for waiter in waiters {
            // One who has gone does not want to know.
            let _ = waiter.reply.send(reply(&waiter.number));
        }
    }
}

impl Queue {
    /// Adds a number, and returns its place and what its reply comes by.
    fn join(&self, number: &E164, context: &Context) -> (u64, oneshot::Receiver<BatchReply>) {
        let (reply, receiver) = oneshot::channel();
        let mut waiting = self.waiting();
        waiting.places += 1;
        let place = waiting.places;
        waiting.line.push(Waiter {
            place,
            number: number.clone(),
            joined_at: context.clock().now(),
            context: context.clone(),
            reply,
        });
        drop(waiting);
        self.joined.notify_waiters();
        (place, receiver)
    }

    /// Gives a place up. Returns whether the number was not sent, and will not be.
    fn leave(&self, place: u64) -> bool {
        let line = &mut self.waiting().line;
        let at = line.iter().position(|waiter| waiter.place == place);
        at.map(|at| line.remove(at)).is_some()
    }

    /// Waits until nobody else is expected to join; `last` joined the time before.
    async fn gather(&self, last: usize, clock: &dyn Clock) {
        let ready_at = clock.now();
        loop {
            // Listening begins before looking, so that nobody joins in between.
            let mut joined = pin!(self.joined.notified());
            joined.as_mut().enable();
            let Some(until) = self.waiting().complete_at(ready_at, last) else {
                return;
            };
            let now = clock.now();
            if until <= now {
                return;
            }
            tokio::select! {
                () = joined => {}
                () = clock.sleep(until - now) => {}
            }
        }
    }

    /// Takes those whose request is sent now.
    fn take(&self) -> Vec<Waiter> {
        let line = &mut self.waiting().line;
        line.drain(..line.len().min(FULL)).collect()
    }

    /// Those who wait, without those who were dropped.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        let mut waiting = locked(&self.waiting);
        waiting.line.retain(|waiter| !waiter.reply.is_closed());
        waiting
    }
}

impl Waiting {
    /// When a batch is complete that might go since `ready_at`. Nothing: it is already.
    fn complete_at(&self, ready_at: Instant, last: usize) -> Option<Instant> {
        let size = self.line.len();
        let last_joined = self.line.last()?.joined_at;
        if size >= FULL || (size == PARALLELISM && size >= last) {
            return None;
        }
        let quiet_since = last_joined.max(ready_at);
        Some(match size < last {
            true => quiet_since + RETURN,
            false => (quiet_since + QUIET).min(ready_at + AT_MOST),
        })
    }
}

impl Experience {
    /// Learns from the replies to a joint request.
    fn learn(&mut self, replies: &[BatchReply]) {
        let all = |is: fn(&BatchReply) -> bool| replies.iter().all(is);
        if all(|reply| matches!(reply, BatchReply::Response(_))) {
            self.has_worked = true;
        } else if all(|reply| matches!(reply, BatchReply::Refused | BatchReply::LeftOut)) {
            // Perhaps for a reason of its own: one of the numbers, say.
            self.refused += 1;
            self.is_bad |= !self.has_worked && self.refused >= REFUSALS;
        } else if replies
            .iter()
            .any(|reply| matches!(reply, BatchReply::LeftOut))
        {
            self.is_bad = true;
        }
    }
}

/// Completes when none of `waiters` wants the request any more.
async fn unwanted(waiters: &mut [Waiter]) {
    for Waiter { context, reply, .. } in waiters {
        let _ = context.wait_for(reply.closed()).await;
    }
}

/// What the outcome of a request for `count` numbers means for one of them.
fn reply(outcome: &Result<StatusResponse, Error>, number: &E164, count: usize) -> BatchReply {
    let response = match outcome {
        Ok(response) if count == 1 => return BatchReply::Response(response.clone()),
        Ok(response) => response,
        Err(error) if count > 1 && matches!(error.problem(), Problem::Refused(_)) => {
            return BatchReply::Refused;
        }
        Err(error) => return BatchReply::Failed(error.clone()),
    };
    let is_it = |returned: &Option<E164>| returned.as_ref() == Some(number);
    let outcome = response
        .numbers
        .iter()
        .find(|returned| is_it(&returned.number));
    // An order on its way may list its numbers later; to send it again would be a second one.
    let is_order = response.order_id.is_some() || response.order_status.is_some();
    let is_listed_later =
        response.numbers.is_empty() && response.order_class() == OrderClass::GoingOn && is_order;
    if response.order_class() == OrderClass::Failed || (outcome.is_none() && !is_listed_later) {
        return BatchReply::LeftOut;
    }
    BatchReply::Response(StatusResponse {
        numbers: outcome.cloned().into_iter().collect(),
        ..response.clone()
    })
}

/// Whether the number is as `change` would have it.
fn is_reached(change: &StatusChange, record: &NumberRecord) -> bool {
    match change {
        StatusChange::Cancel => record.class() == NumberClass::Gone,
        StatusChange::Park => record.class() == NumberClass::Held,
        StatusChange::Activate => record.class() == NumberClass::Live,
        StatusChange::SwapSim { .. } => false,
    }
}
