//! The pages of the inventory that were read, and what they prove.
//!
//! They prove that a number is there. That one is not, they prove only as a whole, and never alone.

use std::collections::HashMap;
use std::time::Instant;

use super::client::Client;
use super::error::Error;
use super::inventory::{Inventory, InventoryPage};
use super::number::NumberRecord;
use super::types::{AccountId, E164, NumberClass};
use crate::context::Context;

/// How many pages more than page 1 announced are read before a shared walk is given up.
const SPARE_PAGES: u32 = 3;

/// So many pages fail in passing until the walk is given up. Each was tried several times then,
/// but the way through a large fleet number by number is long.
const FAILURES: u32 = 3;

/// Pages from the first on.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// How many were read.
    pub(super) count: u32,
    kept: Vec<Kept>,
    by_number: HashMap<E164, usize>,
    /// Whose numbers these are.
    pub(super) account_id: Option<AccountId>,
    total: Option<u64>,
    per_page: u64,
    /// Pages there are, by what page 1 said.
    pub(super) announced: u32,
    /// Whether the pages disagree on the account, the total or their order: a number that came or
    /// went between two pages shifts all behind it.
    disagree: bool,
    /// How far the walk has come.
    pub(super) end: End,
    failures: u32,
    /// Why the last page that failed could not be read.
    error: Option<Error>,
    /// The state of writes when the first page was asked for.
    pub(super) asked_at: u64,
    /// When the last page came.
    pub(super) last_came: Option<Instant>,
}

#[derive(Debug)]
struct Kept {
    record: NumberRecord,
    asked_at: u64,
}

/// How far the walk has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum End {
    /// There are more pages.
    #[default]
    NotYet,
    /// As many numbers came as were announced.
    Reached,
    /// The pages make no sense, or cannot be read.
    Broken,
}

/// What the pages say about one number.
pub(super) enum Say<'a> {
    /// This.
    Record(&'a NumberRecord),
    /// That it is gone; but a later page may hold a live number of that name.
    PerhapsGone,
    /// Nothing.
    Nothing,
}

impl Pages {
    /// How many are still to be read, as far as is known.
    pub(super) fn unread(&self) -> u64 {
        let missing = self
            .total
            .unwrap_or_default()
            .saturating_sub(self.counted());
        missing.div_ceil(self.per_page.max(1)).max(1)
    }

    /// Takes the next page in; it was asked for when writes were at `asked_at`.
    ///
    /// The last one is that which brings the count to the total, or an empty one where none
    /// is. After one that brings nothing new the walk makes no sense: a server that ignores the
    /// page number would go on for ever.
    pub(super) fn take_in(&mut self, page: InventoryPage, asked_at: u64, now: Instant) {
        self.count += 1;
        self.last_came = Some(now);
        let came = count_of(page.numbers.len());
        if self.count == 1 {
            self.asked_at = asked_at;
            self.account_id = page.account_id;
            let announced = page.total_results.unwrap_or_default().div_ceil(came.max(1));
            self.announced = u32::try_from(announced).unwrap_or(u32::MAX);
        } else {
            self.disagree |= self.account_id != page.account_id;
            self.disagree |= self.total != page.total_results;
        }
        let is_another = |returned| returned != u64::from(self.count);
        self.disagree |= page.page_number.is_some_and(is_another);
        self.total = page.total_results;
        self.per_page = self.per_page.max(came);
        let brings_new = self.keep(page.numbers, asked_at);
        let is_last = self
            .total
            .map_or(came == 0, |total| self.counted() >= total);
        self.end = match (is_last, brings_new) {
            (true, _) => End::Reached,
            (false, true) => End::NotYet,
            (false, false) => End::Broken,
        };
    }

    /// The same for a walk that many wait for. It needs an end in sight: without a total there is
    /// no telling what it costs, nor when it is over.
    pub(super) fn take_in_bounded(&mut self, page: InventoryPage, asked_at: u64, now: Instant) {
        self.take_in(page, asked_at, now);
        let is_too_long = self.count >= self.announced.saturating_add(SPARE_PAGES);
        if self.total.is_none() || (self.end == End::NotYet && is_too_long) {
            self.end = End::Broken;
        }
    }

    /// The next page could not be read. If the error may pass it is tried again, a few times;
    /// else the walk is given up. What was read stays good.
    pub(super) fn fail(&mut self, error: Error) {
        self.failures += 1;
        if !error.is_transient() || self.failures >= FAILURES {
            self.end = End::Broken;
        }
        self.error = Some(error);
    }

    /// Why the last page that failed could not be read, if the walk was given up for that.
    pub(super) fn failure(&self) -> Option<&Error> {
        self.error.as_ref().filter(|_| self.end == End::Broken)
    }

    /// Whether any number is listed that has not ended.
    pub(super) fn has_live(&self) -> bool {
        let lives =
            |record: &NumberRecord| record.number.is_some() && record.class() != NumberClass::Gone;
        self.kept.iter().any(|kept| lives(&kept.record))
    }

    /// What the pages say about `number`, last written at `written_at`.
    pub(super) fn say(&self, number: &E164, written_at: u64) -> Say<'_> {
        let Some(kept) = self.by_number.get(number).map(|place| &self.kept[*place]) else {
            return Say::Nothing;
        };
        if kept.asked_at < written_at {
            return Say::Nothing;
        }
        // A number cancelled and bought again may be listed twice.
        if kept.record.class() == NumberClass::Gone && !self.is_whole() {
            return Say::PerhapsGone;
        }
        Say::Record(&kept.record)
    }

    /// All that was read.
    pub(super) fn inventory(&self) -> Inventory {
        Inventory {
            account_id: self.account_id.clone(),
            numbers: self.kept.iter().map(|kept| kept.record.clone()).collect(),
            total: self.total,
            pages: self.count,
            is_complete: self.is_whole(),
        }
    }

    /// Whether these are all numbers, as far as the pages themselves can tell.
    pub(super) fn is_whole(&self) -> bool {
        let is_all = self.total.is_none_or(|total| self.counted() == total);
        self.end == End::Reached && !self.disagree && is_all
    }

    /// Numbers once each, and records that could not be read.
    fn counted(&self) -> u64 {
        count_of(self.kept.len())
    }

    /// Returns whether a number was not seen before.
    fn keep(&mut self, records: Vec<NumberRecord>, asked_at: u64) -> bool {
        let mut brings_new = false;
        for record in records {
            let kept = Kept { record, asked_at };
            let Some(number) = &kept.record.number else {
                self.kept.push(kept);
                continue;
            };
            match self.by_number.get(number) {
                None => {
                    brings_new = true;
                    self.by_number.insert(number.clone(), self.kept.len());
                    self.kept.push(kept);
                }
                // Of two records the later counts, but a live number before one that is gone.
                Some(place) => {
                    if kept.record.class() != NumberClass::Gone {
                        self.kept[*place] = kept;
                    }
                }
            }
        }
        brings_new
    }
}

fn count_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Client {
    /// Reads the inventory from its first page on, at most `max_pages` of it.
    ///
    /// # Errors
    ///
    /// When a page could not be read.
    pub async fn inventory(&self, max_pages: u32, context: &Context) -> Result<Inventory, Error> {
        let mut pages = Pages::default();
        while pages.end == End::NotYet && pages.count < max_pages {
            let page = self.inventory_page(pages.count + 1, context).await?;
            pages.take_in(page, 0, self.clock().now());
        }
        Ok(pages.inventory())
    }
}

#[cfg(test)]
mod tests;
