//! All numbers at once.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use super::super::error::Error;
use super::super::inventory::Inventory;
use super::super::operation::INVENTORY;
use super::pages::End;
use super::reads::Step;
use super::{Age, GATHER, Shared, given_up};
use crate::wait::Waits;

/// Who asks while a round is under way shares the next one: its pages are all asked for later.
#[derive(Default)]
pub(super) struct Rounds {
    asked: AtomicU64,
    last: Mutex<Option<Round>>,
}

struct Round {
    /// Whoever had asked by then, up to this one, is answered by it.
    answers: u64,
    max_pages: u32,
    outcome: Result<Inventory, Error>,
}

impl Round {
    fn is_for(&self, ticket: u64, max_pages: u32) -> bool {
        let is_enough = match &self.outcome {
            Ok(inventory) => inventory.is_complete || max_pages <= self.max_pages,
            Err(_) => true,
        };
        self.answers >= ticket && is_enough
    }
}

impl Shared {
    pub(super) async fn inventory(
        &self,
        age: Age,
        max_pages: u32,
        waits: &Waits,
    ) -> Result<Inventory, Error> {
        if age == Age::Recent
            && let Some(inventory) = self.walked(max_pages, waits).await?
        {
            return Ok(inventory);
        }
        self.read_anew(max_pages, waits).await
    }

    /// From the pages that single reads are answered from, reading on where they end. Nothing
    /// when these pages cannot tell.
    async fn walked(&self, max_pages: u32, waits: &Waits) -> Result<Option<Inventory>, Error> {
        let _visit = self.visit();
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let step = {
                let mut state = self.lock();
                let pages = state.run.pages();
                let is_begun = pages.count() > 0;
                let is_stale = is_begun && pages.asked_at() != state.writes.now();
                if is_stale || pages.end() == End::Broken {
                    return Ok(None);
                }
                if pages.end() == End::Reached || pages.count() >= max_pages {
                    return Ok(Some(pages.inventory()));
                }
                if is_begun && pages.announced() <= max_pages {
                    // All will be read in any case: single reads had better wait for it.
                    state.run.walk();
                }
                state.next_page()
            };
            match step {
                Step::Page(page, asked_at) => {
                    if !self.read_page(page, asked_at, waits).await? {
                        return Ok(None);
                    }
                }
                _ => waits
                    .wait_for(changed)
                    .await
                    .map_err(given_up(&INVENTORY))?,
            }
        }
    }

    /// From the first page on, once for all who have asked so far.
    async fn read_anew(&self, max_pages: u32, waits: &Waits) -> Result<Inventory, Error> {
        let rounds = &self.rounds;
        let ticket = rounds.asked.fetch_add(1, Ordering::AcqRel) + 1;
        let last = waits.wait_for(rounds.last.lock()).await;
        let mut last = last.map_err(given_up(&INVENTORY))?;
        if let Some(round) = last
            .as_ref()
            .filter(|round| round.is_for(ticket, max_pages))
        {
            return round.outcome.clone();
        }
        waits.sleep(GATHER).await.map_err(given_up(&INVENTORY))?;
        let answers = rounds.asked.load(Ordering::Acquire);
        let outcome = self.api.inventory(max_pages, waits).await;
        // One who was told to stop leaves it to the next in line.
        let is_mine = matches!(&outcome, Err(error) if error.interrupted().is_some());
        if !is_mine {
            *last = Some(Round {
                answers,
                max_pages,
                outcome: outcome.clone(),
            });
        }
        outcome
    }
}
