//! What the tests here run against: a scripted API without a network, on a clock that moves on
//! when everyone sleeps.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::macros::datetime;

use super::super::inventory::InventoryPage;

use super::super::number::NumberRecord;

use super::super::api_error::VendorMessage;
use super::super::error::Error;
use super::super::ids::{AccountId, E164, OrderId};
use super::super::inventory::Inventory;
use super::super::operation::{DETAILS, INVENTORY, Operation, STATUS};
use super::super::status::StatusChange;
use super::super::status::{StatusAnswer, StatusOutcome};
use super::Fleet;
use super::api::{Answering, Api};
use crate::wait::{BoxFuture, Clock, Stopper, Waits};

/// How long each request takes.
pub(super) const TRIP: Duration = Duration::from_millis(100);

pub(super) fn e164(n: u32) -> E164 {
    E164::parse(&format!("+1201{:07}", 5_550_000 + n)).expect("valid")
}

pub(super) fn record(n: u32) -> NumberRecord {
    NumberRecord {
        number: Some(e164(n)),
        status: Some("Active".to_owned()),
        ..NumberRecord::default()
    }
}

pub(super) fn page(numbers: Range<u32>, total: u64) -> InventoryPage {
    InventoryPage {
        account_id: AccountId::parse("AID-1").ok(),
        total_results: Some(total),
        page_number: None,
        numbers: numbers.map(record).collect(),
    }
}

pub(super) fn refused(operation: &'static Operation, status: u16) -> Error {
    Error::Refused {
        operation,
        status,
        message: VendorMessage::read(None, &[]),
    }
}

pub(super) fn unavailable() -> Error {
    Error::Unavailable {
        operation: &INVENTORY,
        status: 503,
        message: VendorMessage::read(None, &[]),
    }
}

/// A clock on which time passes as soon as nobody has anything else to do. For runtimes with one
/// thread: what can run has run after a few rounds of giving way.
#[derive(Clone, Debug, Default)]
pub(super) struct IdleClock(Arc<Mutex<Sleepers>>);

#[derive(Debug)]
struct Sleepers {
    started: Instant,
    elapsed: Duration,
    until: BTreeSet<(Duration, u64)>,
    count: u64,
}

impl Default for Sleepers {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            elapsed: Duration::ZERO,
            until: BTreeSet::new(),
            count: 0,
        }
    }
}

impl IdleClock {
    fn lock(&self) -> MutexGuard<'_, Sleepers> {
        self.0.lock().expect("clock")
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.lock().elapsed
    }
}

impl Clock for IdleClock {
    fn now(&self) -> Instant {
        let clock = self.lock();
        clock.started + clock.elapsed
    }

    fn utc(&self) -> OffsetDateTime {
        datetime!(2026-11-23 04:00 UTC) + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        Box::pin(async move {
            let me = {
                let mut sleepers = clock.lock();
                sleepers.count += 1;
                let me = (sleepers.elapsed + duration, sleepers.count);
                sleepers.until.insert(me);
                me
            };
            let _awake = Awake(&clock, me);
            let mut idle = 0;
            let mut seen = clock.elapsed();
            while seen < me.0 {
                tokio::task::yield_now().await;
                let mut sleepers = clock.lock();
                idle = if sleepers.elapsed == seen {
                    idle + 1
                } else {
                    0
                };
                if idle > 30 && sleepers.until.first() == Some(&me) {
                    sleepers.elapsed = me.0;
                }
                seen = sleepers.elapsed;
            }
        })
    }
}

struct Awake<'a>(&'a IdleClock, (Duration, u64));

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.lock().until.remove(&self.1);
    }
}

/// What a request was for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    Details(E164),
    Page(u32),
    Status(&'static str, Vec<E164>),
}

/// A fault: what is answered instead, or nothing for the usual answer.
pub(super) type Fault<T> = Box<dyn FnMut(&Asked, &mut T) -> Option<Error> + Send>;

/// The account behind the API.
pub(super) struct Account {
    /// In the order of the inventory, each with its record as of now.
    pub(super) records: Vec<NumberRecord>,
    pub(super) per_page: usize,
    /// Those that the inventory does not list.
    pub(super) unlisted: BTreeSet<E164>,
    /// What is wrong with answers from the inventory.
    pub(super) page_fault: Fault<InventoryPage>,
    pub(super) details_fault: Fault<Option<NumberRecord>>,
    pub(super) status_fault: Fault<StatusAnswer>,
    pub(super) asked: Vec<Asked>,
    /// How often the status of each number was changed.
    pub(super) changes: BTreeMap<E164, u32>,
}

/// An API that does as its account says.
pub(super) struct Script {
    pub(super) account: Mutex<Account>,
    pub(super) clock: IdleClock,
}

impl Script {
    /// An account of `total` numbers.
    pub(super) fn new(total: u32, per_page: usize) -> Arc<Self> {
        Arc::new(Self {
            account: Mutex::new(Account {
                records: (0..total).map(record).collect(),
                per_page,
                unlisted: BTreeSet::new(),
                page_fault: Box::new(|_, _| None),
                details_fault: Box::new(|_, _| None),
                status_fault: Box::new(|_, _| None),
                asked: Vec::new(),
                changes: BTreeMap::new(),
            }),
            clock: IdleClock::default(),
        })
    }

    pub(super) fn fleet(self: &Arc<Self>) -> Fleet {
        Fleet::over(self.clone(), Arc::new(self.clock.clone()), false)
    }

    pub(super) fn waits(&self) -> Waits {
        Waits::new(Arc::new(self.clock.clone()), Stopper::new().signal())
    }

    pub(super) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().expect("account")
    }

    /// Requests for details, pages and changes of status.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let account = self.account();
        let count = |is: fn(&&Asked) -> bool| account.asked.iter().filter(is).count();
        (
            count(|asked| matches!(asked, Asked::Details(_))),
            count(|asked| matches!(asked, Asked::Page(_))),
            count(|asked| matches!(asked, Asked::Status(..))),
        )
    }

    /// All reads, and the token each kind of them needs.
    pub(super) fn cost_of_reads(&self) -> usize {
        let (details, pages, _) = self.counts();
        details + pages + usize::from(details > 0) + usize::from(pages > 0)
    }

    /// Takes the request down; answers half-way there and back.
    async fn answer<T>(
        &self,
        asked: Asked,
        waits: &Waits,
        answer: impl FnOnce(&mut Account) -> T,
        fault: impl FnOnce(&mut Account) -> &mut Fault<T>,
    ) -> Result<T, Error> {
        let operation = match &asked {
            Asked::Details(_) => &DETAILS,
            Asked::Page(_) => &INVENTORY,
            Asked::Status(..) => &STATUS,
        };
        let interrupted = |reason| Error::Interrupted { operation, reason };
        self.account().asked.push(asked.clone());
        waits.sleep(TRIP / 2).await.map_err(interrupted)?;
        let answer = {
            let account = &mut *self.account();
            let mut answer = answer(account);
            match fault(account)(&asked, &mut answer) {
                Some(error) => Err(error),
                None => Ok(answer),
            }
        };
        if matches!(asked, Asked::Status(..)) {
            // Once sent it is awaited.
            self.clock.sleep(TRIP / 2).await;
        } else {
            waits.sleep(TRIP / 2).await.map_err(interrupted)?;
        }
        answer
    }
}

impl Account {
    pub(super) fn find(&mut self, number: &E164) -> Option<&mut NumberRecord> {
        let is_it = |record: &&mut NumberRecord| record.number.as_ref() == Some(number);
        self.records.iter_mut().find(is_it)
    }

    fn page(&self, page: u32) -> InventoryPage {
        let is_listed = |record: &&NumberRecord| {
            !record
                .number
                .as_ref()
                .is_some_and(|number| self.unlisted.contains(number))
        };
        let listed: Vec<_> = self.records.iter().filter(is_listed).collect();
        let skipped = (page as usize - 1) * self.per_page;
        InventoryPage {
            account_id: AccountId::parse("AID-1").ok(),
            total_results: Some(listed.len() as u64),
            page_number: Some(page.into()),
            numbers: listed
                .into_iter()
                .skip(skipped)
                .take(self.per_page)
                .cloned()
                .collect(),
        }
    }

    fn change_status(&mut self, change: &StatusChange, numbers: &[E164]) -> StatusAnswer {
        let word = match change {
            StatusChange::Cancel => "Cancelled",
            StatusChange::Park => "Parked",
            _ => "Active",
        };
        for number in numbers {
            *self.changes.entry(number.clone()).or_default() += 1;
            if let Some(record) = self.find(number) {
                record.status = Some(word.to_owned());
            }
        }
        StatusAnswer {
            order_id: OrderId::parse("JNUOID-1").ok(),
            order_status: Some("Complete".to_owned()),
            numbers: numbers
                .iter()
                .map(|number| StatusOutcome {
                    number: Some(number.clone()),
                    ..StatusOutcome::default()
                })
                .collect(),
            ..StatusAnswer::default()
        }
    }
}

impl Api for Script {
    fn server_time(&self) -> OffsetDateTime {
        self.clock.utc()
    }

    fn details<'a>(
        &'a self,
        number: &'a E164,
        waits: &'a Waits,
    ) -> Answering<'a, Option<NumberRecord>> {
        Box::pin(self.answer(
            Asked::Details(number.clone()),
            waits,
            |account| account.find(number).cloned(),
            |account| &mut account.details_fault,
        ))
    }

    fn page<'a>(&'a self, page: u32, waits: &'a Waits) -> Answering<'a, InventoryPage> {
        Box::pin(self.answer(
            Asked::Page(page),
            waits,
            move |account| account.page(page),
            |account| &mut account.page_fault,
        ))
    }

    fn inventory<'a>(&'a self, max_pages: u32, waits: &'a Waits) -> Answering<'a, Inventory> {
        Box::pin(async move {
            let mut inventory = Inventory::default();
            for number in 1..=max_pages {
                let page = self.page(number, waits).await?;
                inventory.numbers.extend(page.numbers);
                inventory.is_complete =
                    inventory.numbers.len() as u64 >= page.total_results.unwrap_or(0);
                if inventory.is_complete {
                    break;
                }
            }
            Ok(inventory)
        })
    }

    fn change_status<'a>(
        &'a self,
        change: &'a StatusChange,
        numbers: &'a [E164],
        waits: &'a Waits,
    ) -> Answering<'a, StatusAnswer> {
        Box::pin(self.answer(
            Asked::Status(change.as_str(), numbers.to_vec()),
            waits,
            move |account| account.change_status(change, numbers),
            |account| &mut account.status_fault,
        ))
    }
}
