//! Data limits, many numbers to a request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::batcher::{Batcher, FULL, QUIET};
use super::super::client::Client;
use super::super::data_usage::{DataSetting, ReturnedLimit};
use super::super::error::{Error, Problem};
use super::super::number::NumberRecord;
use super::super::operation::DATA_LIMITS;
use super::super::types::{E164, NumberClass};
use super::reads::Reads;
use super::write_versions::Writes;
use crate::context::Context;
use crate::sync::locked;

/// When the first limits that are set are complete: nobody waits for a limit, and with many of them
/// the first request is to be full already.
const FIRST: Duration = Duration::from_millis(300);

/// What was read for a number that nobody had asked for is used for so long.
const KEPT_FOR: Duration = Duration::from_secs(600);

/// The limits of one number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LimitFound {
    /// What the API returns for it.
    Limit(ReturnedLimit),
    /// The API returns nothing for it: why, if it says so.
    Nothing(Option<String>),
}

/// What a joint request brought to its numbers. For one that is not here nothing was done, perhaps
/// because of another number: one request for this number alone tells.
type LimitReplies<T> = HashMap<E164, Result<T, Error>>;

/// Sets and reads data limits.
pub(super) struct LimitBatch {
    client: Client,
    reads: Arc<Reads>,
    settings: Batcher<DataSetting, Result<(), Error>>,
    limits: Batcher<(), Result<LimitFound, Error>>,
    /// Which limits this process has set.
    writes: Writes,
    spare: Mutex<HashMap<E164, Spare>>,
    requests: AtomicU32,
    /// Whether requests may ask for numbers that nobody has asked for.
    is_filling: AtomicBool,
}

/// What a request brought for a number. It is used once.
struct Spare {
    /// Nothing where its own read has it, or had it already.
    found: Option<LimitFound>,
    asked_at: u64,
    came: Instant,
}

impl LimitBatch {
    pub(super) fn new(client: Client, reads: Arc<Reads>) -> Self {
        Self {
            client,
            reads,
            settings: Batcher::new(FIRST),
            limits: Batcher::new(QUIET),
            writes: Writes::default(),
            spare: Mutex::default(),
            requests: AtomicU32::new(0),
            is_filling: AtomicBool::new(true),
        }
    }

    /// Sets limits or renewal of `number`, in one request with others that get the same.
    pub(super) async fn set(
        self: &Arc<Self>,
        setting: &DataSetting,
        number: &E164,
        context: &Context,
    ) -> Result<(), Error> {
        let (batch, to) = (Arc::clone(self), setting.clone());
        let send = |numbers: Vec<E164>, context: Context| async move {
            batch.send_setting(&to, &numbers, &context).await
        };
        let operation = setting.operation();
        let joined = self
            .settings
            .join(setting, number, operation, context, send);
        let reply = match joined.await? {
            Some(reply) => Some(reply),
            // It sets absolute values: to repeat it does no harm.
            None => {
                let numbers = std::slice::from_ref(number);
                let mut replies = self.send_setting(setting, numbers, context).await;
                replies.remove(number)
            }
        };
        reply.unwrap_or_else(|| {
            let message = format!("the response leaves {number} out");
            Err(Error::reported(operation, &message))
        })
    }

    async fn send_setting(
        &self,
        setting: &DataSetting,
        numbers: &[E164],
        context: &Context,
    ) -> LimitReplies<()> {
        let written = {
            let _write = self.writes.begin(numbers);
            self.client.set_data(setting, numbers, context).await
        };
        let refusal = |why: &String| Error::reported(setting.operation(), why);
        let reply = |number: &E164| match &written {
            Err(error) => failed(error, numbers.len()),
            Ok(written) => Some(written.get(number)?.as_ref().copied().map_err(refusal)),
        };
        let replies = numbers.iter();
        let replies = replies.filter_map(|number| Some((number.clone(), reply(number)?)));
        replies.collect()
    }

    /// Reads the limits of `number`, in one request with other reads under way. Where there is
    /// room, the request asks for numbers of the inventory too, whose reads are still to come.
    pub(super) async fn limit(
        self: &Arc<Self>,
        number: &E164,
        context: &Context,
    ) -> Result<LimitFound, Error> {
        if let Some(found) = self.take_spare(number) {
            return Ok(found);
        }
        let batch = Arc::clone(self);
        let send = |numbers: Vec<E164>, context: Context| async move {
            batch.read(&numbers, &context).await
        };
        let joined = self.limits.join(&(), number, &DATA_LIMITS, context, send);
        let read = match joined.await? {
            Some(read) => read,
            None => {
                let numbers = std::slice::from_ref(number);
                let limits = self.client.data_limits(numbers, context).await;
                limits.map(|mut limits| found(limits.remove(number)))
            }
        };
        match read {
            // To the API, a number that is gone is one that never was.
            Err(error) if error.is_not_found() => {
                Ok(LimitFound::Nothing(error.message().map(str::to_owned)))
            }
            read => read,
        }
    }

    async fn read(&self, numbers: &[E164], context: &Context) -> LimitReplies<LimitFound> {
        let mut asked = numbers.to_vec();
        asked.extend(self.candidates(numbers, context).await);
        let mut asked_at = self.writes.now();
        let mut limits = self.client.data_limits(&asked, context).await;
        if asked.len() > numbers.len() && limits.as_ref().is_err_and(is_refused) {
            // Perhaps for a number that nobody wants.
            self.is_filling.store(false, Ordering::Relaxed);
            asked.truncate(numbers.len());
            asked_at = self.writes.now();
            limits = self.client.data_limits(&asked, context).await;
        }
        let reply = |number: &E164| match &limits {
            Err(error) => failed(error, asked.len()),
            Ok(limits) => match limits.get(number) {
                None if asked.len() > 1 => None,
                limit => Some(Ok(found(limit.cloned()))),
            },
        };
        let came = self.client.clock().now();
        let spare = |(at, number): (usize, &E164)| {
            let limit = limits.as_ref().ok()?.get(number)?;
            let found = (at >= numbers.len()).then(|| found(Some(limit.clone())));
            let spare = Spare {
                found,
                asked_at,
                came,
            };
            Some((number.clone(), spare))
        };
        let spare = asked.iter().enumerate().filter_map(spare);
        locked(&self.spare).extend(spare);
        let replies = numbers.iter();
        let replies = replies.filter_map(|number| Some((number.clone(), reply(number)?)));
        replies.collect()
    }

    /// Numbers of the inventory that may have limits, and that no request has asked for: as many as
    /// there is room for beside `numbers`.
    ///
    /// The first request may be the only one. Later ones look at no more pages of the inventory
    /// than there were requests, so that it cannot cost more than it saves.
    async fn candidates(&self, numbers: &[E164], context: &Context) -> Vec<E164> {
        let pages = self.requests.fetch_add(1, Ordering::Relaxed);
        let room = FULL.saturating_sub(numbers.len());
        if pages == 0 || room == 0 || !self.is_filling.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let Some(inventory) = self.reads.shared_pages(pages, context).await else {
            return Vec::new();
        };
        let now = self.client.clock().now();
        let mut spare = locked(&self.spare);
        spare.retain(|_, one| now.saturating_duration_since(one.came) < KEPT_FOR);
        let may_have_data = |record: &&NumberRecord| {
            let product = record.product_type.as_deref().unwrap_or_default();
            record.class() == NumberClass::Live && !product.eq_ignore_ascii_case("sms-only")
        };
        let records = inventory.numbers.iter().filter(may_have_data);
        let candidates = records.filter_map(|record| record.number.clone());
        let is_unread = |number: &E164| !spare.contains_key(number) && !numbers.contains(number);
        candidates.filter(is_unread).take(room).collect()
    }

    /// What another request brought for the number, unless this process has set its limits since.
    fn take_spare(&self, number: &E164) -> Option<LimitFound> {
        let now = self.client.clock().now();
        let mut spare = locked(&self.spare);
        let one = spare.get_mut(number)?;
        let is_good = one.asked_at >= self.writes.last(number)
            && now.saturating_duration_since(one.came) < KEPT_FOR;
        one.found.take().filter(|_| is_good)
    }
}

/// What a response says of a number, or that it says nothing.
fn found(limit: Option<Result<ReturnedLimit, String>>) -> LimitFound {
    match limit {
        Some(Ok(limit)) => LimitFound::Limit(limit),
        Some(Err(why)) => LimitFound::Nothing(Some(why)),
        None => LimitFound::Nothing(None),
    }
}

/// What the error of a request for `count` numbers means for one of them.
fn failed<T>(error: &Error, count: usize) -> Option<Result<T, Error>> {
    (count == 1 || !is_refused(error)).then(|| Err(error.clone()))
}

fn is_refused(error: &Error) -> bool {
    matches!(error.problem(), Problem::Refused(_))
}
