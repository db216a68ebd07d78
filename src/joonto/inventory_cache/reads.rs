//! One number at a time, answered together; and all numbers at once.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio::sync::Notify;

use super::super::client::Client;
use super::super::error::{Error, given_up};
use super::super::inventory::Inventory;
use super::super::number::{Lookup, NumberRecord};
use super::super::operation::{DETAILS, INVENTORY};
use super::super::pages::{End, Pages, Say};
use super::super::single_flight::{Age, Fetched, SingleFlight};
use super::super::types::{AccountId, E164};
use super::fetch_policy::FetchPolicy;
use super::write_versions::Writes;
use crate::context::{Clock, Context};
use crate::sync::{locked, until};

/// How long a read waits for others to come before it is taken to be alone. Terraform begins its
/// reads all at once; a page that serves many costs less than the first of them being early.
const GATHER: Duration = Duration::from_millis(10);

/// After so long without a read, the next one belongs to a new run. Within a run, a break as long
/// costs the pages again; a process that serves several runs sees in each what is there by then.
const RUN_ENDS_AFTER: Duration = Duration::from_secs(15);

/// However busy the run, pages are read again so long after the last of them came. Counted from
/// the last: at 50 requests a minute, the first of 500 is ten minutes old by then.
const PAGES_END_AFTER: Duration = Duration::from_secs(600);

/// What a read of a number found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// It is there, if only as one that is gone by its status.
    Record(Box<NumberRecord>, Source),
    /// Details respond that there is no such number. Alone, this never means that it is gone.
    Missing,
}

/// Where a record is from. Each tells what the other does not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// From the number's details: no product type; the voice route perhaps by an older name.
    Details,
    /// From the inventory: the voice route as it was configured, and the product type.
    Inventory,
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
    Unreadable(Error),
}

/// The reads of one run of Terraform, and what they brought.
struct RunReads {
    policy: FetchPolicy,
    pages: Pages,
    /// Whether somebody reads the next page just now.
    is_page_under_way: bool,
    under_way: usize,
    quiet_since: Instant,
    /// Pages that proved nothing were read a second time.
    is_renewed: bool,
}

/// What one who wants a single number does next, if not waiting for a page.
enum NextRead {
    /// Has its record.
    FromResponse(Box<NumberRecord>),
    /// Asks for details.
    Details,
    /// Waits for so long: more may be coming, and with them the pages would pay.
    Gather(Duration),
}

impl RunReads {
    fn new(now: Instant) -> Self {
        Self {
            policy: FetchPolicy::default(),
            pages: Pages::default(),
            is_page_under_way: false,
            under_way: 0,
            quiet_since: now,
            is_renewed: false,
        }
    }

    /// A read begins. The first after a pause finds nothing of what was before.
    fn begin(&mut self, now: Instant) {
        let is_new = self.under_way == 0
            && now.saturating_duration_since(self.quiet_since) >= RUN_ENDS_AFTER;
        let is_old = |came: Instant| now.saturating_duration_since(came) >= PAGES_END_AFTER;
        if is_new {
            *self = Self::new(now);
        } else if !self.is_page_under_way && self.pages.last_came.is_some_and(is_old) {
            self.pages = Pages::default();
            self.policy = FetchPolicy::default();
        }
        self.under_way += 1;
    }

    fn end(&mut self, now: Instant) {
        self.under_way -= 1;
        self.quiet_since = now;
    }

    /// Whether a number was written, at `written_at`, after the walk had begun, so that only
    /// details will do.
    fn is_beyond_pages(&self, written_at: u64) -> bool {
        self.pages.count > 0 && written_at > self.pages.asked_at
    }

    /// What a read of `number`, begun at `began`, does next. Nothing: it wants the next page.
    fn step(
        &mut self,
        number: &E164,
        written_at: u64,
        began: Instant,
        now: Instant,
    ) -> Option<NextRead> {
        // One that is perhaps gone is treated like one not seen: the other pages tell, or details.
        if let Say::Record(record) = self.pages.say(number, written_at) {
            return Some(NextRead::FromResponse(Box::new(record.clone())));
        }
        if self.pages.end != End::NotYet || self.is_beyond_pages(written_at) {
            return Some(NextRead::Details);
        }
        let is_begun = self.pages.count > 0;
        let is_wanted = match is_begun {
            true => self.policy.is_worth_the_walk(self.pages.unread()),
            false => self.policy.is_worth_a_page() || self.is_page_under_way,
        };
        if is_wanted {
            if is_begun {
                self.policy.walk();
            }
            return None;
        }
        let waited = now.saturating_duration_since(began);
        if waited < GATHER {
            return Some(NextRead::Gather(GATHER - waited));
        }
        self.policy.count_details();
        Some(NextRead::Details)
    }

    /// What the pages say of `number` in the end. Nothing: the next page is to be read.
    fn listing(&mut self, number: &E164, written_at: u64) -> Option<Listing> {
        if let Say::Record(record) = self.pages.say(number, written_at) {
            return Some(Listing::Record(Box::new(record.clone())));
        }
        let is_stale = self.is_beyond_pages(written_at);
        if !is_stale {
            match self.pages.end {
                End::Reached if self.pages.is_whole() => {
                    return Some(Listing::Absent {
                        account_id: self.pages.account_id.clone(),
                        has_live: self.pages.has_live(),
                    });
                }
                End::NotYet => {
                    self.policy.walk();
                    return None;
                }
                End::Reached | End::Broken => {}
            }
        }
        if self.is_page_under_way {
            return None;
        }
        if let Some(error) = self.pages.failure() {
            return Some(Listing::Unreadable(error.clone()));
        }
        if self.is_renewed {
            return Some(Listing::NotWhole);
        }
        self.is_renewed = true;
        self.pages = Pages::default();
        self.policy.walk();
        None
    }

    /// All numbers, from at most `max_pages` that tell of the writes up to `now`. Nothing: the
    /// next page is to be read. Nothing inside: these pages cannot tell.
    fn inventory(&mut self, max_pages: u32, now: u64) -> Option<Option<Inventory>> {
        let pages = &self.pages;
        let is_begun = pages.count > 0;
        let is_stale = is_begun && pages.asked_at != now;
        if is_stale || pages.end == End::Broken {
            return Some(None);
        }
        if pages.end == End::Reached || pages.count >= max_pages {
            return Some(Some(pages.inventory()));
        }
        if is_begun && pages.announced <= max_pages {
            // All will be read in any case: single reads had better wait for it.
            self.policy.walk();
        }
        None
    }
}

/// What is read for many.
pub(super) struct Reads {
    client: Client,
    clock: Arc<dyn Clock>,
    writes: Arc<Writes>,
    run: Mutex<RunReads>,
    /// Notified of every page that came, or did not.
    changed: Notify,
    /// Each with the state of writes when it was asked for.
    details: SingleFlight<E164, (u64, Found)>,
    inventories: SingleFlight<u32, Inventory>,
}

impl Reads {
    pub(super) fn new(client: Client, writes: Arc<Writes>) -> Self {
        let clock = Arc::clone(client.clock());
        Self {
            client,
            run: Mutex::new(RunReads::new(clock.now())),
            clock,
            writes,
            changed: Notify::new(),
            details: SingleFlight::default(),
            inventories: SingleFlight::gathering(GATHER),
        }
    }

    /// The present by the API's clock.
    pub(super) fn server_time(&self) -> OffsetDateTime {
        self.client.server_time()
    }

    /// Takes part in the run until dropped.
    pub(super) fn visit(&self) -> Visit<'_> {
        locked(&self.run).begin(self.clock.now());
        Visit(self)
    }

    pub(super) async fn number(&self, number: &E164, context: &Context) -> Result<Found, Error> {
        let _visit = self.visit();
        match self.record_in_pages(number, context).await? {
            Some(record) => Ok(Found::Record(record, Source::Inventory)),
            None => self.details(number, context).await,
        }
    }

    /// The number's record from pages that many share. Nothing: details are to be asked.
    pub(super) async fn record_in_pages(
        &self,
        number: &E164,
        context: &Context,
    ) -> Result<Option<Box<NumberRecord>>, Error> {
        let began = self.clock.now();
        {
            let run = &mut *locked(&self.run);
            if !run.is_beyond_pages(self.writes.last(number)) {
                run.policy.count_read();
            }
        }
        loop {
            let step = |run: &mut RunReads| {
                run.step(number, self.writes.last(number), began, self.clock.now())
            };
            match self.walk(step, || Some(NextRead::Details), context).await? {
                NextRead::FromResponse(record) => return Ok(Some(record)),
                NextRead::Details => return Ok(None),
                NextRead::Gather(time) => context.sleep(time).await.map_err(given_up(&DETAILS))?,
            }
        }
    }

    /// What the whole inventory says of `number`. Pages that make no whole, because numbers came
    /// or went meanwhile, are read a second time once a run.
    pub(super) async fn listing(&self, number: &E164, context: &Context) -> Result<Listing, Error> {
        let listing = |run: &mut RunReads| run.listing(number, self.writes.last(number));
        // A page that cannot be read is tried again, as often as the pages allow.
        self.walk(listing, || None, context).await
    }

    /// Reads all numbers, at most `max_pages` of them if they have to be read.
    pub(super) async fn inventory(
        &self,
        age: Age,
        max_pages: u32,
        context: &Context,
    ) -> Result<Inventory, Error> {
        if age == Age::Recent
            && let Some(inventory) = self.shared(max_pages, context).await?
        {
            return Ok(inventory);
        }
        let will_do = |last: Fetched<'_, Inventory>| last.is_later;
        let fetch = async { self.client.urgent().inventory(max_pages, context).await };
        self.inventories
            .get(&max_pages, &INVENTORY, context, will_do, fetch)
            .await
    }

    /// The first pages of the inventory, as far as the pages that all share can tell.
    pub(super) async fn shared_pages(
        &self,
        max_pages: u32,
        context: &Context,
    ) -> Option<Inventory> {
        self.shared(max_pages, context).await.ok().flatten()
    }

    async fn shared(&self, max_pages: u32, context: &Context) -> Result<Option<Inventory>, Error> {
        let _visit = self.visit();
        let inventory = |run: &mut RunReads| run.inventory(max_pages, self.writes.now());
        self.walk(inventory, || Some(None), context).await
    }

    /// Reads details, or waits for the same read under way.
    pub(super) async fn details(&self, number: &E164, context: &Context) -> Result<Found, Error> {
        let written_at = self.writes.last(number);
        let will_do = |last: Fetched<'_, (u64, Found)>| {
            let is_recent = |(asked_at, _): &(u64, Found)| *asked_at >= written_at;
            // An error says nothing of what was written while its read was under way.
            let is_unwritten = || last.is_later || written_at == 0;
            last.is_shared
                && last
                    .result
                    .as_ref()
                    .map_or_else(|_| is_unwritten(), is_recent)
        };
        let fetch = async {
            let asked_at = self.writes.now();
            let lookup = Lookup::Number(number.clone());
            let record = self.client.details(&lookup, context).await?;
            let found = record.map_or(Found::Missing, |record| {
                Found::Record(Box::new(record), Source::Details)
            });
            Ok((asked_at, found))
        };
        let (_, found) = self
            .details
            .get(number, &DETAILS, context, will_do, fetch)
            .await?;
        Ok(found)
    }

    /// Reads page after page, one caller for all, until `look` finds something in them. `failed`
    /// may end it for the caller whose page could not be read.
    async fn walk<T>(
        &self,
        mut look: impl FnMut(&mut RunReads) -> Option<T>,
        failed: impl Fn() -> Option<T>,
        context: &Context,
    ) -> Result<T, Error> {
        loop {
            let next = || {
                let run = &mut *locked(&self.run);
                match look(run) {
                    Some(found) => Some(Ok(found)),
                    None if run.is_page_under_way => None,
                    None => {
                        run.is_page_under_way = true;
                        Some(Err(PageTurn(self)))
                    }
                }
            };
            let next = context.wait_for(until(&self.changed, next)).await;
            match next.map_err(given_up(&INVENTORY))? {
                Ok(found) => return Ok(found),
                Err(turn) => {
                    let came = self.read_page(context).await;
                    drop(turn);
                    if !came? && let Some(found) = failed() {
                        return Ok(found);
                    }
                }
            }
        }
    }

    /// Reads the next page for everyone. Returns whether it came.
    async fn read_page(&self, context: &Context) -> Result<bool, Error> {
        let page = locked(&self.run).pages.count + 1;
        let asked_at = self.writes.now();
        match self.client.inventory_page(page, context).await {
            Ok(came) => {
                let now = self.clock.now();
                let pages = &mut locked(&self.run).pages;
                pages.take_in_bounded(came, asked_at, now);
                tracing::debug!(page, of = pages.announced, "a page of the inventory came");
                Ok(true)
            }
            Err(error) if error.interrupted().is_some() => Err(error),
            Err(error) => {
                tracing::warn!(page, %error, "a page of the inventory could not be read");
                locked(&self.run).pages.fail(error);
                Ok(false)
            }
        }
    }
}

/// The part of one read in a run.
pub(super) struct Visit<'a>(&'a Reads);

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let now = self.0.clock.now();
        locked(&self.0.run).end(now);
    }
}

/// The turn of the one who reads a page; when it is over, the next in line takes it.
struct PageTurn<'a>(&'a Reads);

impl Drop for PageTurn<'_> {
    fn drop(&mut self) {
        locked(&self.0.run).is_page_under_way = false;
        self.0.changed.notify_waiters();
    }
}
