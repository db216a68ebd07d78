//! What other runs left open: loaded once, closed on evidence, handed out to creates.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use time::OffsetDateTime;

use super::journal::{Content, OpenRecord, PlaceError, RecordName, Status};
use super::run::RunId;
use super::stop::{self, Candidate, Choices, RunChoices};
use super::{Inner, OpenWarning};
use crate::joonto::{E164, ProvisionRequest};
use crate::wait::Waits;

/// How long plans leave out a purchase that was returned: the state normally holds it.
const RETURNED_LATELY: time::Duration = time::Duration::hours(1);

/// The open purchases of other runs.
#[derive(Debug, Default)]
pub(super) struct OpenRecords {
    items: Vec<Item>,
    /// Numbers of the user's line that no record names, still to be stored.
    unassigned: BTreeMap<RunId, Vec<E164>>,
    /// What one read of the inventory shows, for plans.
    candidates: Vec<Candidate>,
    problem: Option<String>,
    warned: bool,
}

#[derive(Debug)]
struct Item {
    open: OpenRecord,
    /// A create that equals it has come.
    handled: bool,
    /// A create that does not equal it was held back for it.
    held_back: bool,
    /// What the user's line says of it.
    word: Word,
}

/// What the user's line says of one open purchase.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Word {
    /// Nothing: its run is not named.
    Unsaid,
    /// Its number is to be stored.
    Store(E164),
    /// One of the run's other numbers may be what it bought.
    Open,
    /// It bought nothing.
    Close,
}

/// What a create meets.
pub(super) enum Next {
    /// Nothing: it may buy.
    Nothing,
    /// A record of this state that cannot be read.
    Unreadable(RecordName, String),
    /// An open purchase of the same request, and what the user says of it.
    Equal(OpenRecord, Word),
    /// An open purchase of another request, which holds this create back.
    HeldBack(OpenRecord),
}

impl OpenRecords {
    async fn read(inner: &Inner) -> Result<Self, PlaceError> {
        inner.journal.convert_version_1(&inner.account).await?;
        let mut records = Self::default();
        for open in inner.journal.others().await? {
            records.items.push(Item {
                open,
                handled: false,
                held_back: false,
                word: Word::Unsaid,
            });
        }
        if !records.items.is_empty() {
            records.close_stored(inner).await;
            records.apply_resolution(inner).await;
        }
        Ok(records)
    }

    /// Closes what the local state file holds. It never recovers anything.
    async fn close_stored(&mut self, inner: &Inner) {
        for stored in inner.journal.stored().unwrap_or_default() {
            let number = stored.number.and_then(|number| E164::parse(&number).ok());
            let order = stored.order.as_deref();
            // A command that began before it was returned may yet overwrite the file.
            self.close_held(inner, number.as_ref(), order, true).await;
        }
    }

    /// Closes the purchases that brought this number or this order: a state holds them.
    async fn close_held(
        &mut self,
        inner: &Inner,
        number: Option<&E164>,
        order: Option<&str>,
        later_only: bool,
    ) {
        let run = inner.journal.run();
        let is_held = |open: &OpenRecord| {
            let is_it = (number.is_some() && open.number() == number)
                || (order.is_some() && open.order().map(|id| id.as_str()) == order);
            let is_other_run = open.last_written().is_some_and(|(at, by)| {
                by != run.id().as_str() && (!later_only || run.began_after(at))
            });
            is_it && is_other_run
        };
        let mut kept = Vec::new();
        for item in std::mem::take(&mut self.items) {
            match is_held(&item.open) {
                true => inner.journal.close(&item.open).await,
                false => kept.push(item),
            }
        }
        self.items = kept;
    }

    /// Closes what the user says bought nothing, and assigns what is to be stored.
    async fn apply_resolution(&mut self, inner: &Inner) {
        let Ok(resolution) = &inner.resolution else {
            return;
        };
        let mut kept = Vec::new();
        for item in &self.items {
            if item.open.is_ours
                && let Some(numbers) = resolution.of(item.open.name.run())
            {
                self.unassigned
                    .entry(item.open.name.run().clone())
                    .or_insert_with(|| numbers.to_vec());
            }
        }
        for mut item in std::mem::take(&mut self.items) {
            let left = self.unassigned.get_mut(item.open.name.run());
            if let (true, Some(left)) = (item.open.is_ours, left) {
                item.word = match item.open.number().cloned() {
                    Some(number) if left.contains(&number) => {
                        left.retain(|other| *other != number);
                        Word::Store(number)
                    }
                    Some(_) => Word::Close,
                    None => Word::Open,
                };
            }
            kept.push(item);
        }
        for mut item in kept {
            let left = self.unassigned.get(item.open.name.run());
            if item.word == Word::Open && left.is_none_or(Vec::is_empty) {
                item.word = Word::Close;
            }
            match item.word {
                Word::Close => inner.journal.close(&item.open).await,
                _ => self.items.push(item),
            }
        }
    }

    /// What a create with this request meets next.
    pub(super) fn next(&mut self, request: &ProvisionRequest) -> Next {
        let unreadable = self.items.iter().find_map(|item| match &item.open.content {
            Content::Unreadable(why) if item.open.is_ours && item.word == Word::Unsaid => {
                Some((&item.open.name, why))
            }
            _ => None,
        });
        if let Some((name, why)) = unreadable {
            return Next::Unreadable(name.clone(), why.clone());
        }
        let equal = self
            .items
            .iter_mut()
            .filter(|item| {
                // A number that the user names for a record that cannot be read is offered to
                // the first create.
                let asked = item.open.record().map(|record| &record.request);
                item.open.is_ours && !item.handled && asked.is_none_or(|asked| asked == request)
            })
            .min_by_key(|item| rank(item));
        if let Some(item) = equal {
            item.handled = true;
            let run = item.open.name.run().clone();
            let word = match &item.word {
                Word::Open => match self.unassigned.get_mut(&run) {
                    Some(left) if !left.is_empty() => Word::Store(left.remove(0)),
                    _ => Word::Close,
                },
                word => word.clone(),
            };
            return Next::Equal(item.open.clone(), word);
        }
        let holds_back = |item: &&mut Item| {
            let sim = item
                .open
                .record()
                .map(|record| record.request.iccid.is_some());
            item.open.is_ours
                && sim == Some(false)
                && !item.open.was_returned()
                && !item.handled
                && !item.held_back
                && item.word == Word::Unsaid
        };
        match self.items.iter_mut().find(holds_back) {
            Some(item) => {
                item.held_back = true;
                Next::HeldBack(item.open.clone())
            }
            None => Next::Nothing,
        }
    }

    /// Every open purchase of this state, for a full text.
    pub(super) fn ours(&self) -> Vec<OpenRecord> {
        let ours = self.items.iter().filter(|item| item.open.is_ours);
        ours.map(|item| item.open.clone()).collect()
    }

    /// The last number of the user's line is stored: what is left of the run bought nothing.
    pub(super) async fn close_rest(&mut self, inner: &Inner, run: &RunId) {
        if self.unassigned.get(run).is_none_or(|left| !left.is_empty()) {
            return;
        }
        let mut kept = Vec::new();
        for item in std::mem::take(&mut self.items) {
            let is_rest = item.open.name.run() == run && item.word == Word::Open && !item.handled;
            match is_rest {
                true => inner.journal.close(&item.open).await,
                false => kept.push(item),
            }
        }
        self.items = kept;
    }

    /// The open purchases that a plan should warn of, once.
    fn warning(&mut self, inner: &Inner) -> Option<OpenWarning> {
        if std::mem::replace(&mut self.warned, true) || self.items.is_empty() {
            return None;
        }
        let now = inner.client.server_time();
        let ours: Vec<OpenRecord> = self
            .items
            .iter()
            .map(|item| &item.open)
            .filter(|open| open.is_ours && is_worth_a_warning(inner, open, now))
            .cloned()
            .collect();
        let others = self.items.iter().filter(|item| !item.open.is_ours).count();
        let unsaid: Vec<OpenRecord> = ours
            .iter()
            .filter(|open| self.word_of(open) == Some(&Word::Unsaid))
            .cloned()
            .collect();
        (!ours.is_empty() || others > 0).then(|| OpenWarning {
            ours: ours.iter().map(|open| self.described(open)).collect(),
            others,
            choices: Choices {
                runs: RunChoices::of(&unsaid, &self.candidates),
                candidates: self.candidates.clone(),
                problem: self.problem.clone(),
            },
        })
    }

    fn word_of(&self, open: &OpenRecord) -> Option<&Word> {
        let item = self.items.iter().find(|item| item.open.name == open.name);
        item.map(|item| &item.word)
    }

    fn described(&self, open: &OpenRecord) -> String {
        let what = stop::describe(open);
        match self.word_of(open) {
            Some(Word::Store(number)) => {
                format!("{what} (JOONTO_PURCHASE_RESOLVED stores {number} for it)")
            }
            Some(Word::Open) => format!("{what} (JOONTO_PURCHASE_RESOLVED names its run)"),
            _ => what,
        }
    }
}

/// A returned purchase is normally in state: it is worth a warning where that is known not to be
/// so, an hour later.
fn is_worth_a_warning(inner: &Inner, open: &OpenRecord, now: OffsetDateTime) -> bool {
    let Some(record) = open.record() else {
        return true;
    };
    if !open.was_returned() {
        return true;
    }
    if now - record.sent_at() < RETURNED_LATELY {
        return false;
    }
    // The state file was read already, and does not hold it.
    inner.journal.stored().is_some()
        || open
            .number()
            .is_some_and(|number| inner.handed.was_missed(number, record.sent_at()))
}

/// Of equal open purchases, those come first that lead to a number.
fn rank(item: &Item) -> u8 {
    match (&item.word, item.open.was_returned()) {
        (Word::Store(_), _) => 0,
        (Word::Open, _) => 1,
        (_, false) if !item.open.is_unconfirmed() => 2,
        (_, true) => 3,
        (_, false) => 4,
    }
}

/// Loads the open purchases for a plan, if that has not been done, with the candidates that one
/// read of the inventory shows. A place that cannot be read is for the create to report.
pub(super) async fn load(inner: &Inner, waits: &Waits) {
    let mut open = inner.open.lock().await;
    if open.is_none() {
        *open = OpenRecords::read(inner).await.ok();
    }
    if let Some(open) = open.as_mut().filter(|open| !open.warned) {
        let unknown = stop::unknown(&open.ours());
        if !unknown.is_empty() && open.candidates.is_empty() && open.problem.is_none() {
            (open.candidates, open.problem) = stop::look(inner, &unknown, waits).await;
            open.problem
                .get_or_insert_with(|| "it was read once".to_owned());
        }
        // Unless another process of this command has said it.
        if !inner.handed.has_warned()
            && let Some(warning) = open.warning(inner)
        {
            inner.handed.note_warned();
            let mut pending = inner.warning.lock().unwrap_or_else(PoisonError::into_inner);
            *pending = Some(warning);
        }
    }
}

/// Runs `work` on the open purchases, which are loaded first.
pub(super) async fn with<T>(
    inner: &Inner,
    work: impl AsyncFnOnce(&mut OpenRecords) -> T,
) -> Result<T, PlaceError> {
    let mut open = inner.open.lock().await;
    if open.is_none() {
        *open = Some(OpenRecords::read(inner).await?);
    }
    match open.as_mut() {
        Some(open) => Ok(work(open).await),
        None => Ok(work(&mut OpenRecords::default()).await),
    }
}

/// A state holds this number, or this order: its purchase is closed.
pub(super) async fn note_held(inner: &Inner, number: Option<&E164>, order: Option<&str>) {
    let closing = with(inner, async |open| {
        if !open.items.is_empty() {
            open.close_held(inner, number, order, false).await;
        }
    });
    // A place that cannot be read is for the create to report.
    let _ = closing.await;
}

/// Whether the process of an open purchase may still act on it.
pub(super) fn may_act(open: &OpenRecord, now: OffsetDateTime) -> bool {
    open.record().is_some_and(|record| {
        !open.is_claimed() && record.status != Status::Returned && now < record.deadline()
    })
}
