//! The store of open purchases: what survives the process.
//!
//! One small record for each purchase that was sent and is not closed. A record is durable
//! before the first byte of its purchase, and is deleted on evidence only. The journal knows
//! places, records and claims, and no rule: those are in `meet`.

mod bucket;
mod directory;
mod listing;
mod name;
mod own;
mod place;
mod port_in;
mod record;
mod store;
#[cfg(test)]
mod tests;
mod version_1;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::run::Run;
use super::state::StateId;
use crate::context::Clock;
use crate::joonto::{E164, Iccid, ProvisionRequest, Receipt};
use crate::sync::locked;

use directory::Directory;
use listing::StoredObjects;
use own::Own;
use place::Place;
use store::Store;

pub(in crate::provider) use bucket::is_variable as is_bucket_variable;
pub(in crate::provider) use name::RecordName;
pub(in crate::provider) use place::{PlaceError, SharedPlace};
pub(in crate::provider) use port_in::OpenPortIn;
pub(in crate::provider) use record::{Claim, OpenRecord, Record, Status};
pub(super) use version_1::Scope;

/// How long a process may act on a purchase that it sent: the time of the request, and some for
/// what follows.
pub(super) const ACTS_FOR: Duration = Duration::from_secs(140);

/// How long a record may take to be written: its deadline counts from before.
const WRITTEN_WITHIN: Duration = Duration::from_secs(8);

/// Where this run records its purchases, and where it looks for those of others.
#[derive(Debug)]
pub(in crate::provider) struct Journal {
    default: Arc<Place>,
    /// The place that `purchase_journal` names. Records are written there then.
    shared: Option<Arc<Place>>,
    /// Where version 1 kept its journals: the default directory.
    directory: PathBuf,
    /// How version 1 named this account and workspace.
    version_1: Scope,
    account: String,
    run: Run,
    /// This process: by its id, which another process of the command may get, and the time.
    process: String,
    clock: Arc<dyn Clock>,
    next: AtomicU64,
    own: Mutex<Own>,
}

/// Where records are kept.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The default directory, and the state's name there.
    pub(super) default: (PathBuf, StateId),
    /// The place that `purchase_journal` names, and the state's name there.
    pub(super) shared: Option<(SharedPlace, StateId)>,
}

impl Journal {
    /// The journal of `account` for `run`. Reads and writes nothing yet.
    pub(super) fn new(
        places: Places,
        account: String,
        version_1: Scope,
        run: Run,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (directory, state) = places.default;
        let store = Arc::new(Directory::private(directory.clone()));
        let shared = places.shared.map(|(shared, state)| {
            let store = shared.into_store();
            Arc::new(Place { store, state })
        });
        let now = clock.utc().unix_timestamp_nanos();
        Self {
            process: format!("{}-{now}", std::process::id()),
            default: Arc::new(Place { store, state }),
            shared,
            directory,
            version_1,
            account,
            run,
            clock,
            next: AtomicU64::new(1),
            own: Mutex::default(),
        }
    }

    /// Every place that counts; records are written to the first.
    fn places(&self) -> impl Iterator<Item = &Arc<Place>> {
        self.shared.iter().chain([&self.default])
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
        let (place, name) = self.new_record();
        let record = Record::sending(
            request.clone(),
            sim_before,
            now,
            now + ACTS_FOR,
            self.run.now(self.clock.utc()),
        );
        if let Err(error) = self.put_new(place, name.path(), record.bytes()).await {
            // It may have been written, and nothing was sent.
            place.delete(&name).await;
            return Err(error);
        }
        locked(&self.own).insert(&name, request.iccid.clone());
        Ok(OpenPurchase {
            journal: Arc::clone(self),
            name,
            record,
            place: Arc::clone(place),
        })
    }

    /// Where the next record of this process is written, and its name there.
    fn new_record(&self) -> (&Arc<Place>, RecordName) {
        let place = self.shared.as_ref().unwrap_or(&self.default);
        let sequence = self.next.fetch_add(1, Ordering::Relaxed);
        let name = RecordName {
            sequence: format!("{sequence:05}"),
            ..self.own_name(place)
        };
        (place, name)
    }

    /// Writes a record, without which nothing is sent: it may not take too long.
    async fn put_new(&self, place: &Place, path: String, bytes: Vec<u8>) -> Result<(), PlaceError> {
        // Disks and networks know no other time than the real one.
        let began = Instant::now();
        let put = place.store.put(path, bytes).await;
        let took = began.elapsed();
        let put = put.and_then(|()| match took > WRITTEN_WITHIN {
            true => Err(io::Error::other(format!(
                "a record took {} s to write",
                took.as_secs()
            ))),
            false => Ok(()),
        });
        put.map_err(|error| place.error(&error))
    }

    /// The open purchases that other processes wrote, in every place.
    ///
    /// # Errors
    ///
    /// A place cannot be read, so open purchases in it cannot be seen.
    pub(super) async fn others(&self) -> Result<Vec<OpenRecord>, PlaceError> {
        self.list(true).await
    }

    /// How many purchases of this run are unconfirmed, or may yet be.
    pub(super) async fn count_unconfirmed(&self) -> usize {
        let run = self.list(false).await.unwrap_or_default();
        let is_it =
            |open: &&OpenRecord| open.is_ours && open.name.run == *self.run.id() && open.is_lost();
        run.iter().filter(is_it).count()
    }

    async fn list(&self, only_others: bool) -> Result<Vec<OpenRecord>, PlaceError> {
        let mut open = Vec::new();
        for place in self.places() {
            let own = self.own_name(place).folder();
            let except = if only_others { own } else { String::new() };
            let objects = place.store.list(except).await;
            let objects = objects.map_err(|error| place.error(&error))?;
            let is_listed = |open: &OpenRecord| !only_others || open.name.process != self.process;
            let listed = StoredObjects::of(objects).purchases(place);
            let listed = listed.into_iter().filter(is_listed);
            open.extend(listed.map(|open| OpenRecord {
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
            process: self.process.clone(),
            sequence: String::new(),
        }
    }

    fn is_ours(&self, place: &Place, name: &RecordName) -> bool {
        let is = |account: &str, state: &str| name.account == account && name.state == state;
        is(&self.account, place.state.as_str())
            || is(&self.version_1.account, &self.version_1.workspace)
    }

    /// Reads one record of another run again; `None` if it was closed.
    pub(super) async fn reread(&self, open: &OpenRecord) -> Option<OpenRecord> {
        let store = &open.place.store;
        let record = store.read(open.name.path()).await.transpose()?;
        let claim = store.read(open.name.claim_path()).await.transpose();
        let mut record = Record::read(record);
        // The number that this process has read from its order since.
        if let Ok(record) = &mut record
            && record.status != Status::Sending
            && record.receipt.number.is_none()
        {
            record.receipt.number = locked(&self.own).number_of(&open.name).cloned();
        }
        Some(OpenRecord {
            record,
            claim: claim.map(Claim::read),
            ..open.clone()
        })
    }

    /// Whether the process that wrote the record has certainly ended.
    pub(super) async fn writer_has_ended(&self, open: &OpenRecord) -> bool {
        open.place.store.writer_has_ended(open.name.path()).await
    }

    /// Claims the purchase of another run for this one. False if another recovery was first.
    pub(super) async fn claim(
        &self,
        open: &OpenRecord,
        receipt: &Receipt,
    ) -> Result<bool, PlaceError> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        let claim = Claim {
            run: self.run.id().to_string(),
            claimant: format!("{}-{nth}", self.process),
            written: self.run.now(self.clock.utc()),
            number: receipt.number.clone(),
            order_id: receipt.order_id.clone(),
        };
        let (store, path) = (&open.place.store, open.name.claim_path());
        let claimed = match open.is_claimed() {
            // The user's line says so.
            true => store.put(path, claim.bytes()).await.map(|()| true),
            false => store.create(path, claim.bytes()).await,
        };
        claimed.map_err(|error| open.place.error(&error))
    }

    /// Takes a claim of this run back: the purchase is as `open` says again.
    pub(super) async fn withdraw(&self, open: &OpenRecord) {
        let (store, path) = (&open.place.store, open.name.claim_path());
        let withdrawn = match &open.claim {
            Some(former) => store.put(path, former.bytes()).await,
            None => store.delete(vec![path]).await,
        };
        if let Err(error) = withdrawn {
            tracing::warn!(record = %open.name, %error, "the claim could not be taken back");
        }
    }

    /// Closes the purchase of another run: its record and its claim are deleted.
    pub(super) async fn close(&self, open: &OpenRecord) {
        open.place.delete(&open.name).await;
    }

    /// Closes the purchase whose record has that path, wherever it is. Not one of this run: what
    /// it was handed proves nothing about its own purchases.
    pub(super) async fn close_path(&self, path: &str) {
        if let Some(name) = RecordName::of_path(path)
            && name.run != *self.run.id()
        {
            for place in self.places() {
                place.delete(&name).await;
            }
        }
    }

    /// Closes the purchases of this run that bought the number, which Terraform let go of. Those of
    /// its other processes are only looked for if `run` bought the number and is this one, or unknown.
    pub(super) async fn close_deleted(&self, number: &E164, run: Option<&str>) {
        let mut names: Vec<_> = locked(&self.own).naming(number).cloned().collect();
        if names.is_empty() && run.is_none_or(|run| run == self.run.id().as_str()) {
            let listed = self.list(false).await.unwrap_or_default().into_iter();
            let bought = listed.filter(|open| open.is_ours && open.number() == Some(number));
            names.extend(bought.map(|open| open.name));
        }
        for name in names {
            locked(&self.own).remove(&name);
            for place in self.places() {
                place.delete(&name).await;
            }
        }
    }

    /// Whether an own record other than `except` names the number.
    pub(super) fn names(&self, number: &E164, except: Option<&RecordName>) -> bool {
        locked(&self.own)
            .naming(number)
            .any(|name| Some(name) != except)
    }

    /// Has the purchase `name` name the number, unless another purchase of this process does. Of
    /// several that ask at once, one gets it.
    pub(super) fn reserve(&self, name: &RecordName, number: &E164) -> bool {
        let mut own = locked(&self.own);
        let is_taken = own.naming(number).any(|other| other != name);
        if !is_taken {
            own.name(name, number.clone());
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
        locked(&self.own).bought_for(iccid, except)
    }

    /// What the local state file holds, where it can be read.
    pub(super) fn stored(&self) -> Option<Vec<super::state::StateNumber>> {
        self.default.state.stored()
    }

    /// The names of the places.
    pub(super) fn place_names(&self) -> Vec<String> {
        self.places().map(|place| place.store.name()).collect()
    }

    /// The files of version 1 in the default directory become open records, once.
    pub(super) async fn convert_version_1(&self) -> Result<(), PlaceError> {
        let (store, scope) = (&*self.default.store, &self.version_1);
        let converted = version_1::convert(store, &self.directory, scope, &self.run).await;
        converted.map_err(|error| self.default.error(&error))
    }
}

/// An own purchase that is recorded and not closed.
#[derive(Clone, Debug)]
pub(super) struct OpenPurchase {
    journal: Arc<Journal>,
    name: RecordName,
    record: Record,
    place: Arc<Place>,
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

    /// Notes what the order returned, and that this process acts on it from `now` on. The purchase
    /// stays unconfirmed while the status is `Sending`: nothing vouches for the order then.
    pub(super) async fn note_order(
        &mut self,
        status: Status,
        receipt: &Receipt,
        now: OffsetDateTime,
    ) {
        self.record.set_deadline(now + ACTS_FOR);
        self.update(status, receipt);
        // In place of what it says: an order may be polled for hours.
        let put = self.place.store.put(self.name.path(), self.record.bytes());
        if let Err(error) = put.await {
            tracing::warn!(record = %self.name, %error, "the record could not be updated");
        }
    }

    /// When this process has to renew its deadline.
    pub(super) fn deadline(&self) -> OffsetDateTime {
        self.record.deadline()
    }

    /// Notes that the response to Terraform is about to leave. Durable once this returns.
    pub(super) async fn returned(&mut self, receipt: &Receipt) -> io::Result<()> {
        self.update(Status::Returned, receipt);
        let store = &self.place.store;
        store.append(self.name.path(), self.record.bytes()).await
    }

    /// Writes the record to the default directory, for when its own place fails.
    pub(super) async fn move_to_default(&mut self, receipt: &Receipt) -> io::Result<()> {
        self.place = Arc::clone(&self.journal.default);
        let former = self.name.clone();
        self.name.state = self.place.state.as_str().to_owned();
        locked(&self.journal.own).copy(&former, &self.name);
        self.returned(receipt).await
    }

    /// Closes the purchase: nothing was bought.
    pub(super) async fn close(self) {
        locked(&self.journal.own).remove(&self.name);
        self.place.delete(&self.name).await;
    }

    fn update(&mut self, status: Status, receipt: &Receipt) {
        self.record.status = status;
        self.record.receipt = receipt.clone();
        self.record.written = self.journal.run.now(self.journal.clock.utc());
    }
}

/// The open purchases and port-ins in a place, for `--purchases`.
pub(in crate::provider) async fn list(
    place: SharedPlace,
) -> io::Result<(Vec<OpenRecord>, Vec<OpenPortIn>)> {
    let list = async |place: SharedPlace| match place {
        SharedPlace::Directory(path) => {
            let store = Directory::private(path);
            let objects = store.list_now("", false)?;
            io::Result::Ok((Arc::new(store) as Arc<dyn Store>, objects))
        }
        SharedPlace::Bucket(bucket) => {
            let objects = bucket.list(String::new()).await?;
            Ok((Arc::new(bucket) as Arc<dyn Store>, objects))
        }
    };
    let (store, objects) = list(place).await?;
    let state = StateId::named("", "");
    let place = Arc::new(Place { store, state });
    let mut objects = StoredObjects::of(objects);
    Ok((objects.purchases(&place), objects.port_ins(&place)))
}

/// Reads a record as if it stood in a journal, for `fuzz/` alone. What can be read is written and
/// read again: the same has to come of it.
#[cfg(feature = "fuzzing")]
pub(in crate::provider) fn reread(bytes: &[u8]) -> usize {
    match Record::read(Ok(bytes.to_vec())) {
        Ok(record) => {
            assert_eq!(Record::read(Ok(record.bytes())).as_ref(), Ok(&record));
            1
        }
        Err(why) => {
            assert!(!why.is_empty());
            version_1::count(bytes)
        }
    }
}
