//! Numbers that want the same at the same time, in one request.
//!
//! Terraform asks for its objects one by one, some ten at a time, and waits for each. A batch is
//! sent when nobody else is expected to join it.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use super::error::{Error, given_up};
use super::operation::Operation;
use super::types::E164;
use crate::context::{Canceller, Clock, Context};
use crate::sync::locked;

/// Numbers in one request at most, wherever a request takes many.
pub const FULL: usize = 100;

/// What Terraform has under way at once, unless `-parallelism` says otherwise. A batch of so many,
/// and of as many as are expected, is complete when nobody has joined it for so long.
const PARALLELISM: (usize, Duration) = (10, Duration::from_millis(10));

/// Any other batch of as many as are expected is complete when nobody has joined it for so long.
pub(super) const QUIET: Duration = Duration::from_millis(50);

/// A smaller one waits for so long after the last has joined: Terraform comes back with as many as
/// were answered last, but it writes its state for each of them first, one after another. With many
/// numbers in state, each write takes a while, so each that is expected adds to it.
const RETURN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_millis(20));

/// Joins those who want the same, by `K`, into requests that bring each of them a `T`.
pub(super) struct Batcher<K, T> {
    /// When the first batch is complete: nobody has joined it for so long.
    first: Duration,
    queues: Mutex<HashMap<K, Arc<Queue<T>>>>,
}

/// Those who want the same.
struct Queue<T> {
    first: Duration,
    waiting: Mutex<Waiting<T>>,
    /// Notified of everyone who joins.
    joined: Notify,
    /// Held while a request is gathered and under way: who comes meanwhile shares the next. Says
    /// how many are expected: those who came meanwhile, and as many as shared the last one, since
    /// Terraform comes back with about as many.
    turn: tokio::sync::Mutex<usize>,
}

struct Waiting<T> {
    line: Vec<Waiter<T>>,
    /// How many places there have been.
    places: u64,
}

struct Waiter<T> {
    place: u64,
    number: E164,
    joined_at: Instant,
    context: Context,
    reply: oneshot::Sender<T>,
}

impl<K: Clone + Eq + Hash, T: Clone + Send + 'static> Batcher<K, T> {
    /// Waits for what a request brings for `number`. Nothing if the request's task failed, or
    /// brought nothing for it.
    ///
    /// `send` makes one request for all numbers it is given. It is called for one of those who
    /// share the request.
    ///
    /// # Errors
    ///
    /// The wait was cancelled before anything was sent.
    pub(super) async fn join<F, S>(
        &self,
        key: &K,
        number: &E164,
        operation: &'static Operation,
        context: &Context,
        send: F,
    ) -> Result<Option<T>, Error>
    where
        F: FnOnce(Vec<E164>, Context) -> S + Send + 'static,
        S: Future<Output = HashMap<E164, T>> + Send,
    {
        let first = || Arc::new(Queue::new(self.first));
        let queue = Arc::clone(
            locked(&self.queues)
                .entry(key.clone())
                .or_insert_with(first),
        );
        let (place, mut reply) = queue.join(number, context);
        // A task of its own: one who is stopped must not take the request of the others along.
        // One for each who joins, so that none waits for a task that has ended.
        tokio::spawn({
            let (queue, clock) = (Arc::clone(&queue), Arc::clone(context.clock()));
            async move { queue.send(clock, send).await }
        });
        match context.wait_for(&mut reply).await {
            Ok(reply) => Ok(reply.ok()),
            // Not sent yet: it is not. Sent: there is a response to wait for.
            Err(reason) if queue.leave(place) => Err(given_up(operation)(reason)),
            Err(_) => Ok(reply.await.ok()),
        }
    }
}

impl<K, T> Batcher<K, T> {
    /// A batcher whose first batch is complete when nobody has joined it for `first`.
    pub(super) fn new(first: Duration) -> Self {
        Self {
            first,
            queues: Mutex::default(),
        }
    }
}

impl<T> Queue<T> {
    fn new(first: Duration) -> Self {
        let waiting = Waiting {
            line: Vec::new(),
            places: 0,
        };
        Self {
            first,
            waiting: Mutex::new(waiting),
            joined: Notify::new(),
            turn: tokio::sync::Mutex::default(),
        }
    }
}

impl<T: Clone> Queue<T> {
    /// Sends one request for those who wait, when it is their turn and nobody else joins.
    async fn send<F, S>(&self, clock: Arc<dyn Clock>, send: F)
    where
        F: FnOnce(Vec<E164>, Context) -> S,
        S: Future<Output = HashMap<E164, T>>,
    {
        let mut expected = self.turn.lock().await;
        self.gather(*expected, &*clock).await;
        let mut waiters = self.take();
        if waiters.is_empty() {
            return;
        }
        let numbers: BTreeSet<E164> = waiters.iter().map(|one| one.number.clone()).collect();
        let canceller = Canceller::new();
        let context = Context::new(clock, canceller.signal());
        let replies = {
            let mut request = pin!(send(numbers.into_iter().collect(), context));
            tokio::select! {
                replies = &mut request => replies,
                () = unwanted(&mut waiters) => {
                    canceller.stop();
                    request.await
                }
            }
        };
        *expected = (waiters.len() + self.waiting().line.len()).min(FULL);
        for waiter in waiters {
            if let Some(reply) = replies.get(&waiter.number).cloned() {
                // One who has gone does not want to know.
                let _ = waiter.reply.send(reply);
            }
        }
    }

    /// Adds a number, and returns its place and what its reply comes by.
    fn join(&self, number: &E164, context: &Context) -> (u64, oneshot::Receiver<T>) {
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

    /// Waits until nobody else is expected to join.
    async fn gather(&self, expected: usize, clock: &dyn Clock) {
        let ready_at = clock.now();
        loop {
            // Listening begins before looking, so that nobody joins in between.
            let mut joined = pin!(self.joined.notified());
            joined.as_mut().enable();
            let Some(until) = self.waiting().complete_at(ready_at, expected, self.first) else {
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
    fn take(&self) -> Vec<Waiter<T>> {
        let line = &mut self.waiting().line;
        line.drain(..line.len().min(FULL)).collect()
    }

    /// Those who wait, without those who were dropped.
    fn waiting(&self) -> MutexGuard<'_, Waiting<T>> {
        let mut waiting = locked(&self.waiting);
        waiting.line.retain(|waiter| !waiter.reply.is_closed());
        waiting
    }
}

impl<T> Waiting<T> {
    /// When a batch is complete that might go since `ready_at`. Nothing: it is already.
    fn complete_at(&self, ready_at: Instant, expected: usize, first: Duration) -> Option<Instant> {
        let size = self.line.len();
        let last_joined = self.line.last()?.joined_at;
        let quiet = match size {
            _ if size >= FULL => return None,
            _ if size < expected => RETURN.0 + RETURN.1 * u32::try_from(expected).unwrap_or(0),
            _ if expected == 0 => first,
            _ if size == PARALLELISM.0 => PARALLELISM.1,
            _ => QUIET,
        };
        Some(last_joined.max(ready_at) + quiet)
    }
}

/// Completes when none of `waiters` wants the request any more.
async fn unwanted<T>(waiters: &mut [Waiter<T>]) {
    for Waiter { context, reply, .. } in waiters {
        let _ = context.wait_for(reply.closed()).await;
    }
}
