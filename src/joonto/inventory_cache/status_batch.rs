//! Changes of status, several numbers to a request.
//!
//! A change can cost a fee, so nothing is sent twice lightly: what a joint answer leaves open is
//! settled by a read before it is asked for again.

mod batcher;

use std::pin::pin;
use std::sync::Arc;

use super::super::number::NumberRecord;

use super::super::error::Error;
use super::super::ids::E164;
use super::super::operation::STATUS;
use super::super::status::StatusAnswer;
use super::super::status::StatusChange;
use super::super::words::{NumberClass, OrderClass};
use super::{Shared, given_up};
use crate::wait::{Stopper, Waits};

pub(super) use self::batcher::Desk;
use self::batcher::{Group, Kind};

/// How a change of status is known to have gone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StatusChanged {
    /// The API answered for this number. That its order failed is not an error here.
    Answered(StatusAnswer),
    /// The API answered for others; a read shows that this number has changed too.
    Seen(Box<NumberRecord>),
}

/// What a joint request brought to one of its numbers.
#[derive(Clone, Debug)]
enum Fate {
    Answered(StatusAnswer),
    /// Nothing was changed; perhaps because of another number.
    Refused,
    /// The answer does not speak of it.
    LeftOut,
    Failed(Error),
}

/// Changes the status of `number`.
pub(super) async fn change(
    shared: &Arc<Shared>,
    change: &StatusChange,
    number: &E164,
    waits: &Waits,
) -> Result<StatusChanged, Error> {
    waits.check().map_err(given_up(&STATUS))?;
    let kind = Kind::of(change).filter(|_| shared.desk.takes_several());
    let Some(kind) = kind else {
        return alone(shared, change, number, waits).await;
    };
    let (mut seat, group) = shared.desk.join(kind, number, shared.clock.now());
    if let Some(group) = group {
        tokio::spawn(send(Arc::clone(shared), group));
    }
    let fate = match waits.wait_for(seat.fate()).await {
        Ok(fate) => fate,
        // Not sent yet: it is not. Sent: there is an answer to wait for.
        Err(reason) if seat.leave() => return Err(given_up(&STATUS)(reason)),
        Err(_) => seat.fate().await,
    };
    drop(seat);
    let in_doubt = |cause| Error::InDoubt {
        cause: Box::new(cause),
        sent_at: shared.clock.utc(),
    };
    match fate {
        Some(Fate::Answered(answer)) => Ok(StatusChanged::Answered(answer)),
        Some(Fate::Failed(error)) => Err(error),
        Some(Fate::Refused) => alone(shared, change, number, waits).await,
        Some(Fate::LeftOut) => match shared.api.details(number, waits).await {
            Ok(Some(record)) if is_reached(change, &record) => {
                Ok(StatusChanged::Seen(Box::new(record)))
            }
            // Not to be found says nothing: only its own record shows that a number has ended.
            Ok(_) => alone(shared, change, number, waits).await,
            Err(error) => Err(in_doubt(error)),
        },
        None => Err(in_doubt(Error::NoAnswer {
            operation: &STATUS,
            cause: "the request ended without a result".to_owned(),
        })),
    }
}

/// One request for one number.
async fn alone(
    shared: &Shared,
    change: &StatusChange,
    number: &E164,
    waits: &Waits,
) -> Result<StatusChanged, Error> {
    let numbers = std::slice::from_ref(number);
    let _writing = Writing::begin(shared, numbers);
    let answer = shared.api.change_status(change, numbers, waits).await?;
    Ok(StatusChanged::Answered(answer))
}

/// Sends the request of a group, when it is its turn and nobody else joins. A task of its own:
/// one who gives up must not take the request of the others along.
async fn send(shared: Arc<Shared>, group: Group) {
    // One request of a kind at a time: who comes meanwhile shares the next.
    let _turn = group.kind().turn(&shared.desk).lock().await;
    loop {
        // Listening begins before looking, so that nobody joins in between.
        let mut joined = pin!(shared.desk.joined());
        joined.as_mut().enable();
        let Some(time) = shared.desk.gathers(&group, shared.clock.now()) else {
            break;
        };
        tokio::select! {
            () = joined => {}
            () = shared.clock.sleep(time) => {}
        }
    }
    let stopper = Stopper::new();
    let waits = Waits::new(Arc::clone(&shared.clock), stopper.signal());
    let Some(members) = shared.desk.close(&group, stopper) else {
        return;
    };
    let change = group.kind().change();
    let numbers = members.numbers();
    let outcome = {
        let _writing = Writing::begin(&shared, &numbers);
        shared.api.change_status(&change, &numbers, &waits).await
    };
    let fate_of = |number: &E164| fate(&outcome, number, numbers.len());
    if numbers.len() > 1 {
        let fates: Vec<_> = numbers.iter().map(fate_of).collect();
        shared.desk.learn(&fates);
    }
    members.tell(fate_of);
}

/// What the outcome of a request for `count` numbers means for one of them.
fn fate(outcome: &Result<StatusAnswer, Error>, number: &E164, count: usize) -> Fate {
    let answer = match outcome {
        Ok(answer) if count == 1 => return Fate::Answered(answer.clone()),
        Ok(answer) => answer,
        Err(Error::Refused { .. }) if count > 1 => return Fate::Refused,
        Err(error) => return Fate::Failed(error.clone()),
    };
    let is_it = |told: &Option<E164>| told.as_ref() == Some(number);
    let outcome = answer.numbers.iter().find(|told| is_it(&told.number));
    // An order on its way may list its numbers later; to send it again would be a second one.
    let is_listed_later = answer.numbers.is_empty()
        && answer.order_class() == OrderClass::GoingOn
        && is_order(answer);
    if answer.order_class() == OrderClass::Failed || (outcome.is_none() && !is_listed_later) {
        return Fate::LeftOut;
    }
    Fate::Answered(StatusAnswer {
        numbers: outcome.cloned().into_iter().collect(),
        ..answer.clone()
    })
}

fn is_order(answer: &StatusAnswer) -> bool {
    answer.order_id.is_some() || answer.order_status.is_some()
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

/// A write under way: reads are told when it begins and when it ends, however it does.
struct Writing<'a> {
    shared: &'a Shared,
    numbers: &'a [E164],
}

impl<'a> Writing<'a> {
    fn begin(shared: &'a Shared, numbers: &'a [E164]) -> Self {
        numbers.iter().for_each(|number| shared.wrote(number));
        Self { shared, numbers }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.numbers
            .iter()
            .for_each(|number| self.shared.wrote(number));
    }
}
