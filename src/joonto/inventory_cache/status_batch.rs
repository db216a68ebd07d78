//! Changes of status, several numbers to a request.
//!
//! A change can cost a fee, so nothing is sent twice lightly: what a joint response leaves open is
//! decided by a read before it is sent again.

use std::sync::{Arc, Mutex};

use super::super::batcher::{Batcher, QUIET};
use super::super::client::Client;
use super::super::error::{Error, Problem, given_up};
use super::super::number::{Lookup, NumberRecord};
use super::super::operation::STATUS;
use super::super::status::{StatusChange, StatusResponse};
use super::super::types::{E164, NumberClass, OrderClass};
use super::write_versions::Writes;
use crate::context::Context;
use crate::sync::locked;

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
    batcher: Batcher<StatusChange, BatchReply>,
    experience: Mutex<Experience>,
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
            batcher: Batcher::new(QUIET),
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
        let (batch, to) = (Arc::clone(self), change.clone());
        let send = |numbers: Vec<E164>, context: Context| async move {
            let _write = batch.writes.begin(&numbers);
            let outcome = batch.client.change_status(&to, &numbers, &context).await;
            let replies = |number: &E164| reply(&outcome, number, numbers.len());
            let replies: Vec<_> = numbers.iter().map(replies).collect();
            if numbers.len() > 1 {
                locked(&batch.experience).learn(&replies);
            }
            numbers.iter().cloned().zip(replies).collect()
        };
        let joined = self.batcher.join(change, number, &STATUS, context, send);
        joined.await
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
