//! The store of open purchases: what survives the process.
//!
//! One small record for each purchase that was sent and is not closed. A record is durable
//! before the first byte of its purchase, and is deleted on evidence only. The journal knows
//! places, records and claims, and no rule: those are in `meet`.

mod bucket;
mod directory;
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
use crate::context::{Clock, Context};
use crate::joonto::{E164, Iccid, OrderId};
use crate::sync::locked;

use directory::Directory;
use name::FileKind;
use own::Own;
use place::Place;
use store::Store;

pub(in crate::provider) use bucket::is_variable as is_bucket_variable;
pub(in crate::provider) use name::RecordName;
pub(in crate::provider) use place::{PlaceError, SharedPlace};
pub(in crate::provider) use port_in::{OpenPortIn, RecordedPortIn};
pub(super) use record::ACTS_FOR;
pub(in crate::provider) use record::{
    Claim, OpenPurchase, OpenRecord, Record, Recorded, RecordedPurchase, Status,
};
pub(super) use version_1::Scope;

/// How long a record may take to be written: its deadline counts from before.
const WRITTEN_WITHIN: Duration = Duration::from_secs(8);

/// How often, and how far apart, a record that cannot be updated is written again: a minute.
const RETURN_ATTEMPTS: u32 = 30;
const RETURN_PAUSE: Duration = Duration::from_secs(2);

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

impl Journal {
    /// The journal of `account` for `run`, with the default directory and the place that
    /// `purchase_journal` names, each with the state's name there. Reads and writes nothing yet.
    pub(super) fn new(
        (directory, state): (PathBuf, StateId),
        shared: Option<(SharedPlace, StateId)>,
        account: String,
        version_1: Scope,
        run: Run,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let store = Arc::new(Directory::private(directory.clone()));
        let shared = shared.map(|(shared, state)| {
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

    /// Records what is about to be sent. Durable once this returns.
    ///
    /// # Errors
    ///
    /// It could not be recorded, so it must not be sent.
    pub(super) async fn open<R: Recorded>(
        &self,
        what: R,
        now: OffsetDateTime,
    ) -> Result<OpenRecord<R>, PlaceError> {
        let place = self.shared.as_ref().unwrap_or(&self.default);
        let sequence = self.next.fetch_add(1, Ordering::Relaxed);
        let open = OpenRecord {
            name: RecordName {
                sequence: format!("{sequence:05}"),
                ..self.own_name(place)
            },
            record: Ok(Record::sending(what, now, self.run.now(self.clock.utc()))),
            claim: None,
            is_ours: true,
            place: Arc::clone(place),
        };
        if let Err(error) = put_new(&open).await {
            // It may have been written, and nothing was sent.
            self.close(&open).await;
            return Err(place.error(&error));
        }
        locked(&self.own).insert(&open.name, open.iccid().cloned());
        Ok(open)
    }

    /// The open purchases, or port-ins, that other processes wrote, in every place.
    ///
    /// # Errors
    ///
    /// A place cannot be read, so what is open in it cannot be seen.
    pub(super) async fn others<R: Recorded>(&self) -> Result<Vec<OpenRecord<R>>, PlaceError> {
        self.list(true).await
    }

    /// How many purchases of this run are unconfirmed, or may yet be.
    pub(super) async fn count_unconfirmed(&self) -> usize {
        let run: Vec<OpenPurchase> = self.list(false).await.unwrap_or_default();
        let is_it = |open: &&OpenPurchase| {
            open.is_ours && open.name.run == *self.run.id() && open.is_lost()
        };
        run.iter().filter(is_it).count()
    }

    async fn list<R: Recorded>(&self, only_others: bool) -> Result<Vec<OpenRecord<R>>, PlaceError> {
        let mut open = Vec::new();
        for place in self.places() {
            let own = self.own_name(place).folder();
            let except = if only_others { own } else { String::new() };
            let objects = place.store.list(except).await;
            let objects = objects.map_err(|error| place.error(&error))?;
            let listed = OpenRecord::listed(&objects, place).into_iter();
            open.extend(listed.map(|open| OpenRecord {
                is_ours: self.is_ours(place, &open.name),
                ..open
            }));
        }
        open.retain(|open| !only_others || open.name.process != self.process);
        // One may stand in two places: where they are the same, or where its own could not be
        // written. The one that knows more counts.
        let knows = |open: &OpenRecord<R>| {
            let is_unnamed = open.number().is_none() && open.order().is_none();
            (is_unnamed, !open.was_returned(), !open.is_ours)
        };
        open.sort_by(|a, b| (a.name.key(), knows(a)).cmp(&(b.name.key(), knows(b))));
        open.dedup_by(|a, b| a.name.key() == b.name.key());
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

    /// Reads a record again; `None` if it was closed.
    pub(super) async fn reread<R: Recorded>(&self, open: &OpenRecord<R>) -> Option<OpenRecord<R>> {
        let store = &open.place.store;
        let record = store.read(open.path()).await.transpose()?;
        let claim = store.read(open.name.path(FileKind::Claim)).await;
        let mut record = Record::<R>::read(&record);
        // The number that this process has read from its order since.
        if let Ok(record) = &mut record
            && record.status != Status::Sending
            && record.what.number().is_none()
            && let Some(number) = locked(&self.own).number_of(&open.name)
        {
            record.what.set_number(number);
        }
        Some(OpenRecord {
            record,
            claim: claim.transpose().map(|claim| Claim::read(&claim)),
            ..open.clone()
        })
    }

    /// Notes what the API returned, and that this process acts on it from `now` on. A purchase
    /// stays unconfirmed while the status is `Sending`: nothing vouches for its order then.
    pub(super) async fn note<R: Recorded>(
        &self,
        open: &mut OpenRecord<R>,
        status: Status,
        response: &R::Response,
        now: OffsetDateTime,
    ) {
        self.update(open, status, response);
        if let Ok(record) = &mut open.record {
            record.renew(now);
        }
        // In place of what it says: an order may be polled for hours.
        let put = open.place.store.put(open.path(), open.bytes());
        if let Err(error) = put.await {
            tracing::warn!(record = %open.path(), %error, "the record could not be updated");
        }
    }

    /// Notes that the response to Terraform is about to leave. Durable once this returns: in its
    /// own place, where that is tried for a minute, or else in the default directory.
    ///
    /// # Errors
    ///
    /// Its own place could not be written.
    pub(super) async fn returned<R: Recorded>(
        &self,
        open: &mut OpenRecord<R>,
        response: &R::Response,
        context: &Context,
    ) -> Result<(), PlaceError> {
        self.update(open, Status::Returned, response);
        let mut written = open.append().await;
        for _ in 0..RETURN_ATTEMPTS {
            if written.is_ok() || context.sleep(RETURN_PAUSE).await.is_err() {
                break;
            }
            self.update(open, Status::Returned, response);
            written = open.append().await;
        }
        let written = written.map_err(|error| open.place.error(&error));
        if written.is_err() {
            open.place = Arc::clone(&self.default);
            open.name = open.name.in_state(open.place.state.as_str());
            let _ = open.append().await;
        }
        written
    }

    fn update<R: Recorded>(
        &self,
        open: &mut OpenRecord<R>,
        status: Status,
        response: &R::Response,
    ) {
        if let Ok(record) = &mut open.record {
            record.status = status;
            record.what.note(response);
            record.written = self.run.now(self.clock.utc());
        }
    }

    /// Claims what another run left for this one. Nothing if another recovery was first, unless
    /// this one `replaces` its claim.
    pub(super) async fn claim<R: Recorded>(
        &self,
        open: &OpenRecord<R>,
        number: Option<&E164>,
        order: Option<&OrderId>,
        replaces: bool,
    ) -> Result<Option<Claim>, PlaceError> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        let claim = Claim {
            run: self.run.id().to_string(),
            claimant: format!("{}-{nth}", self.process),
            written: self.run.now(self.clock.utc()),
            number: number.cloned(),
            order_id: order.cloned(),
        };
        let (store, path) = (&open.place.store, open.name.path(FileKind::Claim));
        let claimed = match replaces {
            true => store.put(path, claim.bytes()).await.map(|()| true),
            false => store.create(path, claim.bytes()).await,
        };
        let claimed = claimed.map_err(|error| open.place.error(&error))?;
        Ok(claimed.then_some(claim))
    }

    /// Takes a claim of this run back: the purchase is as `open` says again.
    pub(super) async fn withdraw(&self, open: &OpenPurchase) {
        let (store, path) = (&open.place.store, open.name.path(FileKind::Claim));
        let withdrawn = match &open.claim {
            Some(former) => store.put(path, former.bytes()).await,
            None => store.delete(vec![path]).await,
        };
        if let Err(error) = withdrawn {
            tracing::warn!(record = %open.name, %error, "the claim could not be taken back");
        }
    }

    /// Closes a purchase or a port-in: its record and its claim are deleted.
    pub(super) async fn close<R: Recorded>(&self, open: &OpenRecord<R>) {
        self.delete(&open.name, R::KIND).await;
    }

    /// Closes the purchase whose record has that path, wherever it is. Not one of this run: what
    /// it was handed proves nothing about its own purchases.
    pub(super) async fn close_path(&self, path: &str) {
        if let Some(name) = RecordName::of_path(path)
            && name.run != *self.run.id()
        {
            self.delete(&name, FileKind::Purchase).await;
        }
    }

    /// Closes the purchases of this run that bought the number, which Terraform let go of. Those of
    /// its other processes are only looked for if `run` bought the number and is this one, or unknown.
    pub(super) async fn close_deleted(&self, number: &E164, run: Option<&str>) {
        let mut names: Vec<_> = locked(&self.own).naming(number).cloned().collect();
        if names.is_empty() && run.is_none_or(|run| run == self.run.id().as_str()) {
            let listed: Vec<OpenPurchase> = self.list(false).await.unwrap_or_default();
            let is_it = |open: &OpenPurchase| open.is_ours && open.number() == Some(number);
            names.extend(listed.into_iter().filter(is_it).map(|open| open.name));
        }
        for name in names {
            self.delete(&name, FileKind::Purchase).await;
        }
    }

    /// Deletes a record and its claim in every place where they may have been written.
    async fn delete(&self, name: &RecordName, kind: FileKind) {
        locked(&self.own).remove(name);
        for place in self.places() {
            let mut names = vec![name.clone(), name.in_state(place.state.as_str())];
            names.dedup();
            // The record first, and the claim only after it: a record without its claim would be
            // open again, and a claim without a record says nothing.
            let files = [kind, FileKind::Claim].into_iter();
            let paths = files.flat_map(|kind| names.iter().map(move |name| name.path(kind)));
            if let Err(error) = place.store.delete(paths.collect()).await {
                tracing::warn!(record = %name.path(kind), %error, "the record could not be deleted");
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

/// Writes a record, without which nothing is sent: it may not take too long.
async fn put_new<R: Recorded>(open: &OpenRecord<R>) -> io::Result<()> {
    // Disks and networks know no other time than the real one.
    let began = Instant::now();
    open.place.store.put(open.path(), open.bytes()).await?;
    let took = began.elapsed();
    match took > WRITTEN_WITHIN {
        true => Err(io::Error::other(format!(
            "a record took {} s to write",
            took.as_secs()
        ))),
        false => Ok(()),
    }
}

/// The open purchases and port-ins in a place, for `--purchases`.
pub(in crate::provider) async fn list(
    place: SharedPlace,
) -> io::Result<(Vec<OpenPurchase>, Vec<OpenPortIn>)> {
    let (store, objects): (Arc<dyn Store>, _) = match place {
        SharedPlace::Directory(path) => {
            let store = Directory::private(path);
            let objects = store.list_now("", false)?;
            (Arc::new(store), objects)
        }
        SharedPlace::Bucket(bucket) => {
            let objects = bucket.list(String::new()).await?;
            (Arc::new(bucket), objects)
        }
    };
    let state = StateId::named("", "");
    let place = Arc::new(Place { store, state });
    let purchases = OpenPurchase::listed(&objects, &place);
    Ok((purchases, OpenPortIn::listed(&objects, &place)))
}

/// Reads a record as if it stood in a journal, for `fuzz/` alone. What can be read is written and
/// read again: the same has to come of it.
#[cfg(feature = "fuzzing")]
pub(in crate::provider) fn reread(bytes: &[u8]) -> usize {
    match reread_as::<RecordedPurchase>(bytes) | reread_as::<RecordedPortIn>(bytes) {
        true => 1,
        false => version_1::count(bytes),
    }
}

#[cfg(feature = "fuzzing")]
fn reread_as<R: Recorded + std::fmt::Debug + PartialEq>(bytes: &[u8]) -> bool {
    let record = Record::<R>::read(&Ok(bytes.to_vec()));
    match &record {
        Ok(record) => assert_eq!(Record::read(&Ok(record.bytes())).as_ref(), Ok(record)),
        Err(why) => assert!(!why.is_empty()),
    }
    record.is_ok()
}
