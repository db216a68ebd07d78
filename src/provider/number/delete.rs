//! Ending a number, as its deletion policy says.

use std::time::Duration;

use super::NumberResource;
use super::object::DeletionPolicy;
use super::read::{refuse_moved_sim, refuse_older_number};
use super::update::Incomplete;
use super::{plan, update};
use crate::joonto::{E164, Error, Lookup, NumberClass, OrderClass, StatusChange, StatusChanged};
use crate::provider::account::{Account, Connection};
use crate::provider::diagnostics::purchase as texts;
use crate::provider::explain;
use crate::terraform::resource::{Call, Failure, Stored};
use crate::wait::Waits;

/// How often the request is sent at most. It is only sent again when the number was read in
/// between and shows no effect of it.
const ATTEMPTS: u32 = 3;

/// The wait before it is sent again; it grows with each.
const PAUSE: Duration = Duration::from_secs(2);

/// Ends the number.
pub(super) async fn delete(
    account: &Account,
    prior: Stored<NumberResource>,
    call: &Call<NumberResource>,
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
    let connection = account.connection()?;
    explain::same_account(&number, &connection)?;
    let waits = call.waits().within(number.delete_timeout());
    let number = match update::completed(&connection, number, call, &waits).await {
        Ok(number) => number,
        // What was never bought need not be ended.
        Err(Incomplete::NotBought(_)) => return Ok(()),
        Err(Incomplete::Unclear(diagnostic)) => return Err(diagnostic.into()),
    };
    let e164 = number
        .phone_number_assigned
        .as_str()
        .and_then(|text| E164::parse(text).ok());
    let e164 = e164.ok_or_else(explain::nothing_to_ask_by)?;
    if connection.purchases.is_held_twice(&e164) {
        return Err(texts::held_twice_refused(e164.as_str()).into());
    }
    if private.bought_at.is_some() {
        // No read has agreed yet that this is the number that was bought.
        let lookup = Lookup::Number(e164.clone());
        let read = connection.client.urgent().details(&lookup, &waits).await;
        let read = read.map_err(|error| explain::cannot_read(e164.as_str(), &error))?;
        if let Some(record) = read {
            refuse_older_number(&private, &record, e164.as_str())?;
        }
    }

    match end(&connection, &change, &e164, &waits).await {
        Ok(Ended::Done) => {
            let is_cancelled = change == StatusChange::Cancel;
            connection.purchases.note_deleted(&e164, is_cancelled).await;
            Ok(())
        }
        Ok(Ended::Missing) => {
            explain::recorded_account(&number, &connection)?;
            let sim = number.iccid.as_str().or(private.sim.as_deref());
            refuse_moved_sim(&connection, sim, e164.as_str(), &waits).await
        }
        Err(problem) => Err(explain::cannot_end(&e164, &change, &problem).into()),
    }
}

/// How a number ended.
enum Ended {
    /// As it was to.
    Done,
    /// The account has no such number.
    Missing,
}

/// Sends the change until the number shows it.
///
/// Each change can cost a fee, so one whose answer is lost is not repeated before the number
/// itself was asked. The error says what stands in the way.
async fn end(
    connection: &Connection,
    change: &StatusChange,
    number: &E164,
    waits: &Waits,
) -> Result<Ended, String> {
    let mut attempt = 1;
    loop {
        let changed = connection.fleet.change_status(change, number, waits).await;
        let (problem, is_open) = match changed {
            Ok(StatusChanged::Answered(answer)) if answer.order_class() == OrderClass::Failed => {
                let message = answer.error_message.as_deref();
                let message = message.unwrap_or("no reason was given");
                (format!("the API refused: {message}"), false)
            }
            Ok(StatusChanged::Seen(None)) => return Ok(Ended::Missing),
            Ok(_) => return Ok(Ended::Done),
            Err(error) if error.is_not_found() => return Ok(Ended::Missing),
            Err(error) => (error.to_string(), error.is_in_doubt()),
        };
        // The change may have been made all the same: the number itself knows.
        match state_of(connection, change, number, waits).await {
            Ok(State::Reached) => return Ok(Ended::Done),
            Ok(State::Missing) => return Ok(Ended::Missing),
            Ok(State::NotReached) if is_open && attempt < ATTEMPTS => {
                if waits.sleep(PAUSE * attempt).await.is_err() {
                    return Err(problem);
                }
                attempt += 1;
            }
            Ok(State::NotReached) => return Err(problem),
            Err(error) => {
                return Err(format!(
                    "{problem}; whether it took effect could not be read: {error}"
                ));
            }
        }
    }
}

enum State {
    Reached,
    NotReached,
    Missing,
}

async fn state_of(
    connection: &Connection,
    change: &StatusChange,
    number: &E164,
    waits: &Waits,
) -> Result<State, Error> {
    let lookup = Lookup::Number(number.clone());
    let record = connection.client.details(&lookup, waits).await?;
    Ok(match record.map(|record| record.class()) {
        None => State::Missing,
        Some(NumberClass::Gone) => State::Reached,
        Some(NumberClass::Held) if *change == StatusChange::Park => State::Reached,
        Some(_) => State::NotReached,
    })
}
