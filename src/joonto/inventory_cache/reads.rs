//! One number at a time, answered together.

use std::pin::pin;
use std::time::{Duration, Instant};

use super::super::error::Error;
use super::super::ids::{AccountId, E164};
use super::super::number::NumberRecord;
use super::super::operation::{DETAILS, INVENTORY};
use super::fetch_policy::Demand;
use super::pages::{End, Pages, Say};
use super::{Found, GATHER, Shared, Source, State, given_up};
use crate::wait::Waits;

/// After so long without a read, the next one belongs to a new run. Within a run, a break as long
/// costs the pages anew; a process that serves several runs sees in each what is there by then.
const RUN_ENDS_AFTER: Duration = Duration::from_secs(15);

/// However busy the run, pages are read anew so long after the last of them came. Counted from
/// the last: at 50 requests a minute, the first of 500 is ten minutes old by then.
const PAGES_END_AFTER: Duration = Duration::from_secs(600);

/// The reads of one run of Terraform, and what they brought.
pub(super) struct Run {
    demand: Demand,
    pages: Pages,
    /// Whether somebody reads the next page just now.
    is_page_under_way: bool,
    under_way: usize,
    quiet_since: Instant,
    /// Pages that proved nothing were read a second time.
    is_renewed: bool,
}

impl Run {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            demand: Demand::default(),
            pages: Pages::default(),
            is_page_under_way: false,
            under_way: 0,
            quiet_since: now,
            is_renewed: false,
        }
    }

    pub(super) fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Settles that the pages are read to their end.
    pub(super) fn walk(&mut self) {
        self.demand.walk();
    }
}

/// What the inventory says of one number.
pub(super) enum Listing {
    /// It lists it.
    Record(Box<NumberRecord>),
    /// It is whole, and does not.
    Absent {
        /// Whose inventory it is.
        account_id: Option<AccountId>,
        /// Whether it shows any number that has not ended.
        has_live: bool,
    },
    /// Its pages do not make a whole.
    NotWhole,
    /// A page cannot be read.
    Unreadable(Option<Error>),
}

/// What one who waits does next.
pub(super) enum Step {
    /// Has the number's record.
    Answer(Box<NumberRecord>),
    /// Asks for details.
    Details,
    /// Reads this page, for all; it counts as asked for at this state of writes.
    Page(u32, u64),
    /// Waits until something changes.
    Wait,
    /// The same, but not for longer than this.
    WaitFor(Duration),
}

impl State {
    /// A read begins. The first after a pause finds nothing of what was before.
    fn begin(&mut self, now: Instant) {
        let run = &mut self.run;
        let is_new =
            run.under_way == 0 && now.saturating_duration_since(run.quiet_since) >= RUN_ENDS_AFTER;
        let is_old = |came: Instant| now.saturating_duration_since(came) >= PAGES_END_AFTER;
        if is_new {
            *run = Run::new(now);
        } else if !run.is_page_under_way && run.pages.last_came().is_some_and(is_old) {
            run.pages = Pages::default();
            run.demand = Demand::default();
        }
        run.under_way += 1;
    }

    fn end(&mut self, now: Instant) {
        self.run.under_way -= 1;
        self.run.quiet_since = now;
    }

    /// Counts a read that pages could answer.
    fn ask(&mut self, number: &E164) {
        if !self.is_beyond_pages(number) {
            self.run.demand.ask();
        }
    }

    /// Whether `number` was written after the walk had begun, so that only details will do.
    fn is_beyond_pages(&self, number: &E164) -> bool {
        let pages = &self.run.pages;
        pages.count() > 0 && self.writes.last(number) > pages.asked_at()
    }

    /// What a read of `number`, begun at `began`, does next.
    fn step(&mut self, number: &E164, began: Instant, now: Instant) -> Step {
        let Run { demand, pages, .. } = &self.run;
        // One that is perhaps gone is treated like one not seen: the other pages tell, or details.
        if let Say::Record(record) = pages.say(number, self.writes.last(number)) {
            return Step::Answer(Box::new(record.clone()));
        }
        if pages.end() != End::NotYet || self.is_beyond_pages(number) {
            return Step::Details;
        }
        let is_begun = pages.count() > 0;
        let is_worth_it = if is_begun {
            demand.is_worth_the_walk(pages.unread())
        } else {
            demand.is_worth_a_page()
        };
        if is_worth_it {
            if is_begun {
                self.run.demand.walk();
            }
            return self.next_page();
        }
        if !is_begun && self.run.is_page_under_way {
            return Step::Wait;
        }
        // More may be coming, and with them the pages would pay.
        let waited = now.saturating_duration_since(began);
        if waited < GATHER {
            return Step::WaitFor(GATHER - waited);
        }
        self.run.demand.single();
        Step::Details
    }

    /// What the pages say of `number` in the end. Nothing: the next page is to be read.
    fn look_up(&mut self, number: &E164) -> Option<Listing> {
        let written_at = self.writes.last(number);
        let pages = &self.run.pages;
        if let Say::Record(record) = pages.say(number, written_at) {
            return Some(Listing::Record(Box::new(record.clone())));
        }
        let is_stale = pages.count() > 0 && pages.asked_at() < written_at;
        let problem = match pages.end() {
            End::NotYet if !is_stale => {
                self.run.demand.walk();
                return None;
            }
            End::Reached if !is_stale && pages.is_whole() => {
                return Some(Listing::Absent {
                    account_id: pages.account_id(),
                    has_live: pages.has_live(),
                });
            }
            End::Broken if pages.has_failed() => Listing::Unreadable(pages.error()),
            _ => Listing::NotWhole,
        };
        let is_over = self.run.is_renewed || pages.has_failed();
        if is_over && !self.run.is_page_under_way {
            return Some(problem);
        }
        if !self.run.is_page_under_way {
            self.run.is_renewed = true;
            self.run.pages = Pages::default();
            self.run.demand.walk();
        }
        None
    }

    /// Reads the next page, unless somebody else does so already.
    pub(super) fn next_page(&mut self) -> Step {
        if self.run.is_page_under_way {
            return Step::Wait;
        }
        self.run.is_page_under_way = true;
        Step::Page(self.run.pages.count() + 1, self.writes.now())
    }
}

impl Shared {
    pub(super) async fn number(&self, number: &E164, waits: &Waits) -> Result<Found, Error> {
        let _visit = self.visit();
        match self.record_in_pages(number, waits).await? {
            Some(record) => Ok(Found::Record(record, Source::Inventory)),
            None => self.details(number, waits).await,
        }
    }

    /// The number's record from pages that many share. Nothing: details are to be asked.
    pub(super) async fn record_in_pages(
        &self,
        number: &E164,
        waits: &Waits,
    ) -> Result<Option<Box<NumberRecord>>, Error> {
        let began = self.clock.now();
        self.lock().ask(number);
        loop {
            // Listening begins before looking, so that no change falls in between.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let step = self.lock().step(number, began, self.clock.now());
            match step {
                Step::Answer(record) => return Ok(Some(record)),
                Step::Details => return Ok(None),
                Step::Page(page, asked_at) => {
                    if !self.read_page(page, asked_at, waits).await? {
                        return Ok(None);
                    }
                }
                Step::Wait => waits.wait_for(changed).await.map_err(given_up(&DETAILS))?,
                Step::WaitFor(time) => {
                    let either = async {
                        tokio::select! {
                            () = changed => {}
                            () = self.clock.sleep(time) => {}
                        }
                    };
                    waits.wait_for(either).await.map_err(given_up(&DETAILS))?;
                }
            }
        }
    }

    /// What the whole inventory says of `number`. Pages that make no whole, because numbers came
    /// or went meanwhile, are read a second time once a run.
    pub(super) async fn listing(&self, number: &E164, waits: &Waits) -> Result<Listing, Error> {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let step = {
                let mut state = self.lock();
                match state.look_up(number) {
                    Some(listing) => return Ok(listing),
                    None => state.next_page(),
                }
            };
            match step {
                // One that cannot be read is tried again, as often as the pages allow.
                Step::Page(page, asked_at) => {
                    self.read_page(page, asked_at, waits).await?;
                }
                _ => waits
                    .wait_for(changed)
                    .await
                    .map_err(given_up(&INVENTORY))?,
            }
        }
    }

    /// Reads a page for everyone. Returns whether it came; when it did not, there are details.
    pub(super) async fn read_page(
        &self,
        page: u32,
        asked_at: u64,
        waits: &Waits,
    ) -> Result<bool, Error> {
        let _seat = Seat(self);
        waits.check().map_err(given_up(&INVENTORY))?;
        let came = self.api.page(page, waits).await;
        match came {
            Ok(came) => {
                let now = self.clock.now();
                let mut state = self.lock();
                state.run.pages.take_in(came, asked_at, now);
                let of = state.run.pages.announced();
                drop(state);
                tracing::debug!(page, of, "a page of the inventory came");
                Ok(true)
            }
            Err(error) if error.interrupted().is_some() => Err(error),
            Err(error) => {
                tracing::warn!(page, %error, "a page of the inventory could not be read");
                self.lock().run.pages.fail(error);
                Ok(false)
            }
        }
    }

    /// Takes part in the run until dropped.
    pub(super) fn visit(&self) -> Visit<'_> {
        self.lock().begin(self.clock.now());
        Visit(self)
    }
}

/// The part of one read in a run.
pub(super) struct Visit<'a>(&'a Shared);

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let now = self.0.clock.now();
        self.0.lock().end(now);
    }
}

/// The place of the one who reads a page; when it falls free, the next in line takes it.
struct Seat<'a>(&'a Shared);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.lock().run.is_page_under_way = false;
        self.0.changed.notify_waiters();
    }
}
