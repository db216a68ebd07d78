//! The store of open purchases: what survives the process.
//!
//! One small record for each purchase that was sent and is not closed. A record is durable
//! before the first byte of its purchase, and is deleted on evidence only. The journal knows
//! places, records and claims, and no rule: those are in `meet`.

mod directory;
mod record;
mod store;
#[cfg(test)]
mod tests;
mod version_1;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use super::run::Run;
use super::state::StateId;
use crate::joonto::{E164, Iccid, ProvisionRequest, Receipt};
use crate::wait::Clock;

use directory::Directory;
use record::FileKind;
use store::{Object, Store};

pub(super) use directory::create_private;
pub(in crate::provider) use record::{Claim, Content, OpenRecord, Record, RecordName, Status};
pub(super) use version_1::Account;

/// How long a process may act on a purchase that it sent: the time of the request, and some for
/// what follows.
pub(super) const ACTS_FOR: Duration = Duration::from_secs(140);

/// Where this run records its purchases, and where it looks for those of others.
#[derive(Debug)]
pub(in crate::provider) struct Journal {
    /// Where records are written, and then every other place that counts. The last is the
    /// default directory.
    places: Vec<Place>,
    account: String,
    run: Run,
    clock: Arc<dyn Clock>,
    next: AtomicU64,
    own: Mutex<BTreeMap<RecordName, Named>>,
}

/// A place of records, and this state's name in it.
#[derive(Debug)]
struct Place {
    store: Arc<dyn Store>,
    state: StateId,
    /// Where the place can hold a journal of version 1.
    directory: Option<PathBuf>,
}

/// What an own record, or one that this process recovers, names.
#[derive(Clone, Debug, Default)]
struct Named {
    number: Option<E164>,
    iccid: Option<Iccid>,
}

/// A place that cannot be used.
#[derive(Clone, Debug)]
pub(in crate::provider) struct PlaceError {
    /// Which.
    pub(in crate::provider) place: String,
    /// What the system says.
    pub(in crate::provider) cause: String,
}

/// Where records are kept.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The default directory, and the state's name there.
    pub(super) default: (PathBuf, StateId),
    /// The place that `purchase_journal` names, and the state's name there.
    pub(super) shared: Option<(PathBuf, StateId)>,
}

impl Journal {
    /// The journal of `account` for `run`. Reads and writes nothing yet.
    pub(super) fn new(places: Places, account: String, run: Run, clock: Arc<dyn Clock>) -> Self {
        let (path, state) = places.default;
        let default = Place {
            store: Arc::new(Directory::private(path.clone())),
            state,
            directory: Some(path),
        };
        let shared = places.shared.map(|(path, state)| Place {
            store: Arc::new(Directory::shared(path)),
            state,
            directory: None,
        });
        let places = shared.into_iter().chain([default]).collect();
        Self::over(places, account, run, clock)
    }

    fn over(places: Vec<Place>, account: String, run: Run, clock: Arc<dyn Clock>) -> Self {
        Self {
            places,
            account,
            run,
            clock,
            next: AtomicU64::new(1),
            own: Mutex::default(),
        }
    }

    /// The run that this journal is written by.
    pub(super) fn run(&self) -> &Run {
        &self.run
    }

    /// Records a purchase that is about to be sent. Durable once this returns.
    pub(super) async fn open(
        self: &Arc<Self>,
        request: &ProvisionRequest,
        sim_before: Option<E164>,
        now: OffsetDateTime,
    ) -> Result<OpenPurchase, PlaceError> {
        let place = self.places.first().ok_or_else(PlaceError::none)?;
        let sequence = self.next.fetch_add(1, Ordering::Relaxed);
        let name = RecordName {
            sequence: format!("{sequence:05}"),
            ..self.own_name(place)
        };
        let record = Record::sending(
            request.clone(),
            sim_before,
            now,
            now + ACTS_FOR,
            self.run.now(self.clock.utc()),
        );
        let put = place.store.put(name.path(), record.bytes()).await;
        put.map_err(|error| place.error(&error))?;
        let named = Named {
            number: None,
            iccid: request.iccid.clone(),
        };
        self.own().insert(name.clone(), named);
        Ok(OpenPurchase {
            journal: Arc::clone(self),
            name,
            record,
            place: 0,
        })
    }

    /// The open purchases that other processes wrote, in every place.
    ///
    /// # Errors
    ///
    /// A place cannot be read, so open purchases in it cannot be seen.
    pub(super) async fn others(&self) -> Result<Vec<OpenRecord>, PlaceError> {
        self.list(true).await
    }

    async fn list(&self, only_others: bool) -> Result<Vec<OpenRecord>, PlaceError> {
        let mut open = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            let own = self.own_name(place).folder();
            let except = if only_others { own } else { String::new() };
            let objects = place.store.list(except).await;
            let objects = objects.map_err(|error| place.error(&error))?;
            open.extend(open_records(objects, at).map(|open| OpenRecord {
                is_ours: self.is_ours(place, &open.name),
                ..open
            }));
        }
        // A shared place that is also the default directory is one place.
        open.sort_by(|a, b| (&a.name, !a.is_ours).cmp(&(&b.name, !b.is_ours)));
        open.dedup_by(|a, b| a.name == b.name);
        Ok(open)
    }

    /// The name of this process' records in a place, but for their sequence.
    fn own_name(&self, place: &Place) -> RecordName {
        RecordName {
            account: self.account.clone(),
            state: place.state.as_str().to_owned(),
            run: self.run.id().clone(),
            process: std::process::id().to_string(),
            sequence: String::new(),
        }
    }

    fn is_ours(&self, place: &Place, name: &RecordName) -> bool {
        name.account == self.account && name.state == place.state.as_str()
    }

    /// Reads one record of another run again; `None` if it was closed.
    pub(super) async fn reread(&self, open: &OpenRecord) -> Option<OpenRecord> {
        let place = self.places.get(open.place)?;
        let content = place.store.read(open.name.path()).await;
        let content = match content {
            Ok(None) => return None,
            Ok(Some(content)) => Ok(content),
            Err(error) => Err(error),
        };
        let claim = place.store.read(open.name.claim_path()).await;
        let claim = match claim {
            Ok(None) => None,
            Ok(Some(claim)) => Some(serde_json::from_slice(&claim).ok()),
            Err(_) => Some(None),
        };
        Some(OpenRecord {
            content: content_of(content, claim),
            ..open.clone()
        })
    }

    /// Whether the process that wrote the record has certainly ended.
    pub(super) async fn writer_has_ended(&self, open: &OpenRecord) -> bool {
        match self.places.get(open.place) {
            Some(place) => place.store.writer_has_ended(open.name.path()).await,
            None => true,
        }
    }

    /// Claims the purchase of another run for this one. False if another recovery was first.
    pub(super) async fn claim(
        &self,
        open: &OpenRecord,
        receipt: &Receipt,
    ) -> Result<bool, PlaceError> {
        let place = self.places.get(open.place).ok_or_else(PlaceError::none)?;
        let claim = Claim {
            run: self.run.id().to_string(),
            written: self.run.now(self.clock.utc()),
            number: receipt.number.clone(),
            order_id: receipt.order_id.clone(),
        };
        let bytes = serde_json::to_vec_pretty(&claim).unwrap_or_default();
        let path = open.name.claim_path();
        let claimed = match open.is_claimed() {
            // The user's line says so.
            true => place.store.put(path, bytes).await.map(|()| true),
            false => place.store.create(path, bytes).await,
        };
        claimed.map_err(|error| place.error(&error))
    }

    /// Closes the purchase of another run: its record and its claim are deleted.
    pub(super) async fn close(&self, open: &OpenRecord) {
        if let Some(place) = self.places.get(open.place) {
            place.delete(&open.name).await;
        }
    }

    /// Closes the purchase whose record has that path, wherever it is. Not one of this run: what
    /// it was handed proves nothing about its own purchases.
    pub(super) async fn close_path(&self, path: &str) {
        if let Some(name) = RecordName::of_path(path)
            && name.run != *self.run.id()
        {
            for place in &self.places {
                place.delete(&name).await;
            }
        }
    }

    /// Closes every purchase of this state that bought the number, which Terraform let go of.
    pub(super) async fn close_deleted(&self, number: &E164) {
        for open in self.list(false).await.unwrap_or_default() {
            if open.is_ours && open.number() == Some(number) {
                self.own().remove(&open.name);
                self.close(&open).await;
            }
        }
    }

    /// Whether an own record other than `except` names the number.
    pub(super) fn names(&self, number: &E164, except: Option<&RecordName>) -> bool {
        self.own()
            .iter()
            .any(|(name, named)| Some(name) != except && named.number.as_ref() == Some(number))
    }

    /// Has the purchase `name` name the number, unless another purchase of this process does. Of
    /// several that ask at once, one gets it.
    pub(super) fn reserve(&self, name: &RecordName, number: &E164) -> bool {
        let mut own = self.own();
        let mut others = own.iter().filter(|(other, _)| *other != name);
        let is_taken = others.any(|(_, named)| named.number.as_ref() == Some(number));
        if !is_taken {
            let named = own.entry(name.clone()).or_default();
            named.number = Some(number.clone());
        }
        !is_taken
    }

    /// What an own purchase other than `except` bought for that SIM, as far as it is known;
    /// nothing if there is no such purchase.
    pub(super) fn bought_for(
        &self,
        iccid: &Iccid,
        except: Option<&RecordName>,
    ) -> Option<Option<E164>> {
        let own = self.own();
        let mut others = own.iter().filter(|(name, _)| Some(*name) != except);
        let is_for = |named: &Named| named.iccid.as_ref().is_some_and(|own| own.same_sim(iccid));
        let (_, named) = others.find(|(_, named)| is_for(named))?;
        Some(named.number.clone())
    }

    /// What the local state file holds, where it can be read.
    pub(super) fn stored(&self) -> Option<Vec<super::state::Stored>> {
        self.places.last()?.state.stored()
    }

    /// The names of the places.
    pub(super) fn place_names(&self) -> Vec<String> {
        self.places.iter().map(|place| place.store.name()).collect()
    }

    /// The files of version 1 in the default directory become open records, once.
    pub(super) async fn convert_version_1(&self, account: &Account) -> Result<(), PlaceError> {
        let Some(place) = self.places.last() else {
            return Ok(());
        };
        let Some(directory) = place.directory.clone() else {
            return Ok(());
        };
        version_1::convert(place, directory, &self.account, account, &self.run)
            .await
            .map_err(|error| place.error(&error))
    }

    fn own(&self) -> MutexGuard<'_, BTreeMap<RecordName, Named>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn content_of(content: io::Result<Vec<u8>>, claim: Option<Option<Claim>>) -> Content {
    let record = content
        .map_err(|error| format!("it cannot be read: {error}"))
        .and_then(|bytes| Record::read(&bytes));
    match record {
        Ok(record) => Content::Record(Box::new(record), claim),
        Err(why) => Content::Unreadable(why),
    }
}

impl Place {
    fn error(&self, error: &io::Error) -> PlaceError {
        PlaceError {
            place: self.store.name(),
            cause: error.to_string(),
        }
    }

    async fn delete(&self, name: &RecordName) {
        // The record first: a claim without a record says nothing.
        for path in [name.path(), name.claim_path()] {
            if let Err(error) = self.store.delete(path).await {
                tracing::warn!(record = %name, %error, "the record could not be deleted");
            }
        }
    }
}

impl PlaceError {
    fn none() -> Self {
        Self {
            place: "no place".to_owned(),
            cause: "there is no place for records".to_owned(),
        }
    }
}

/// An own purchase that is recorded and not closed.
#[derive(Clone, Debug)]
pub(super) struct OpenPurchase {
    journal: Arc<Journal>,
    name: RecordName,
    record: Record,
    place: usize,
}

impl OpenPurchase {
    /// The name of its record.
    pub(super) fn name(&self) -> &RecordName {
        &self.name
    }

    /// What the order returned so far.
    pub(super) fn receipt(&self) -> &Receipt {
        &self.record.receipt
    }

    /// What was asked for.
    pub(super) fn request(&self) -> &ProvisionRequest {
        &self.record.request
    }

    /// When it was sent, by the API's clock.
    pub(super) fn sent_at(&self) -> OffsetDateTime {
        self.record.sent_at()
    }

    /// The ended number that its SIM carried before.
    pub(super) fn sim_before(&self) -> Option<&E164> {
        self.record.sim_before.as_ref()
    }

    /// Notes an order that nothing vouches for, and that this process acts on it from `now` on.
    /// The purchase stays unconfirmed.
    pub(super) async fn note_order(&mut self, receipt: &Receipt, now: OffsetDateTime) {
        self.record.set_deadline(now + ACTS_FOR);
        if let Err(error) = self.write(Status::Sending, receipt).await {
            tracing::warn!(record = %self.name, %error, "the record could not be updated");
        }
    }

    /// Notes that the order is pending, and that this process acts on it from `now` on.
    pub(super) async fn answered(&mut self, receipt: &Receipt, now: OffsetDateTime) {
        self.record.set_deadline(now + ACTS_FOR);
        if let Err(error) = self.write(Status::Answered, receipt).await {
            tracing::warn!(record = %self.name, %error, "the record could not be updated");
        }
    }

    /// When this process has to renew its deadline.
    pub(super) fn deadline(&self) -> OffsetDateTime {
        self.record.deadline()
    }

    /// Notes that the response to Terraform is about to leave. Durable once this returns.
    pub(super) async fn returned(&mut self, receipt: &Receipt) -> io::Result<()> {
        self.write(Status::Returned, receipt).await
    }

    /// Writes the record to the default directory, for when its own place fails.
    pub(super) async fn move_to_default(&mut self, receipt: &Receipt) -> io::Result<()> {
        self.place = self.journal.places.len().saturating_sub(1);
        if let Some(place) = self.journal.places.get(self.place) {
            let named = self.journal.own().get(&self.name).cloned();
            place.state.as_str().clone_into(&mut self.name.state);
            let named = named.unwrap_or_default();
            self.journal.own().insert(self.name.clone(), named);
        }
        self.write(Status::Returned, receipt).await
    }

    /// Closes the purchase: nothing was bought.
    pub(super) async fn close(self) {
        self.journal.own().remove(&self.name);
        if let Some(place) = self.journal.places.get(self.place) {
            place.delete(&self.name).await;
        }
    }

    async fn write(&mut self, status: Status, receipt: &Receipt) -> io::Result<()> {
        self.record.status = status;
        self.record.receipt = receipt.clone();
        self.record.written = self.journal.run.now(self.journal.clock.utc());
        let place = self.journal.places.get(self.place);
        let place = place.ok_or_else(|| io::Error::other("there is no place for records"))?;
        place.store.put(self.name.path(), self.record.bytes()).await
    }
}

/// The records among the objects of a place, each with its claim.
fn open_records(objects: Vec<Object>, place: usize) -> impl Iterator<Item = OpenRecord> {
    let mut claims = BTreeMap::new();
    let mut records = Vec::new();
    for object in objects {
        match RecordName::parse(&object.path) {
            Some((name, FileKind::Claim)) => {
                let claim = object.content.ok();
                claims.insert(name, claim.and_then(|c| serde_json::from_slice(&c).ok()));
            }
            Some((name, FileKind::Record)) => records.push((name, object.content)),
            None => {}
        }
    }
    records.into_iter().map(move |(name, content)| OpenRecord {
        is_ours: true,
        content: content_of(content, claims.remove(&name)),
        name,
        place,
    })
}

/// The open purchases in a directory, for `--purchases`.
pub(in crate::provider) fn list(directory: PathBuf) -> io::Result<Vec<OpenRecord>> {
    let objects = Directory::private(directory).list_now("", false)?;
    Ok(open_records(objects, 0).collect())
}

/// Reads a record as if it stood in a journal, for `fuzz/` alone. What can be read is written and
/// read again: the same has to come of it.
pub(in crate::provider) fn reread(bytes: &[u8]) -> usize {
    match Record::read(bytes) {
        Ok(record) => {
            assert_eq!(Record::read(&record.bytes()).as_ref(), Ok(&record));
            1
        }
        Err(why) => {
            assert!(!why.is_empty());
            version_1::count(bytes)
        }
    }
}
