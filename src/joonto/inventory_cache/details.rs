//! One number by its details: once for all who ask.

use tokio::sync::watch;

use super::super::error::Error;
use super::super::ids::E164;
use super::super::operation::DETAILS;
use super::{Found, Shared, Source, given_up};
use crate::wait::Waits;

type Outcome = Option<Result<Found, Error>>;

/// A read of details under way.
pub(super) struct Flight {
    id: u64,
    /// The state of writes when it was begun.
    asked_at: u64,
    outcome: watch::Receiver<Outcome>,
}

/// How a read takes part.
enum Part<'a> {
    /// It asks.
    Lead(Lead<'a>, watch::Sender<Outcome>),
    /// It waits for the one who asks.
    Follow(watch::Receiver<Outcome>),
}

impl Shared {
    /// Reads details, or waits for the same read under way.
    pub(super) async fn details(&self, number: &E164, waits: &Waits) -> Result<Found, Error> {
        loop {
            match self.part(number) {
                Part::Lead(lead, sender) => {
                    let outcome = self.ask(number, waits).await;
                    let is_mine = matches!(&outcome, Err(error) if error.interrupted().is_some());
                    if !is_mine {
                        sender.send_replace(Some(outcome.clone()));
                    }
                    drop(lead);
                    return outcome;
                }
                Part::Follow(mut receiver) => {
                    let told = waits.wait_for(receiver.wait_for(Option::is_some)).await;
                    if let Ok(outcome) = told.map_err(given_up(&DETAILS))?
                        && let Some(outcome) = outcome.clone()
                    {
                        return outcome;
                    }
                    // The one who asked gave up: somebody else asks.
                }
            }
        }
    }

    fn part(&self, number: &E164) -> Part<'_> {
        let mut state = self.lock();
        let written_at = state.writes.last(number);
        if let Some(flight) = state.flights.get(number)
            && flight.asked_at >= written_at
        {
            return Part::Follow(flight.outcome.clone());
        }
        state.flights_begun += 1;
        let id = state.flights_begun;
        let (sender, receiver) = watch::channel(None);
        let flight = Flight {
            id,
            asked_at: state.writes.now(),
            outcome: receiver,
        };
        state.flights.insert(number.clone(), flight);
        let lead = Lead {
            shared: self,
            number: number.clone(),
            id,
        };
        Part::Lead(lead, sender)
    }

    async fn ask(&self, number: &E164, waits: &Waits) -> Result<Found, Error> {
        let record = self.api.details(number, waits).await?;
        Ok(record.map_or(Found::Missing, |record| {
            Found::Record(Box::new(record), Source::Details)
        }))
    }
}

/// The part of the one who asks; who comes after it is dropped asks anew.
struct Lead<'a> {
    shared: &'a Shared,
    number: E164,
    id: u64,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if state.flights.get(&self.number).map(|flight| flight.id) == Some(self.id) {
            state.flights.remove(&self.number);
        }
    }
}
