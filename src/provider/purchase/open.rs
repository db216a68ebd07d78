//! What other runs left open: loaded once, closed on evidence, handed out to creates.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::candidates;
use super::choices::{self, Choices};
use super::core::Core;
use super::journal::{OpenPurchase, PlaceError, RecordName};
use super::outcome::{NotBought, Obstacle};
use super::run::RunId;
use crate::context::Context;
use crate::joonto::{E164, NumberClass, NumberRecord, ProvisionRequest};

/// How long plans leave out a purchase that was returned: the state normally holds it.
const RETURNED_LATELY: time::Duration = time::Duration::hours(1);

/// The open purchases of other runs.
#[derive(Debug, Default)]
pub(super) struct OpenRecords {
    items: Vec<Item>,
    /// Numbers of the user's lines that no record names, still to be stored.
    unassigned: BTreeMap<RunId, Vec<E164>>,
    /// What details show of those.
    shown: BTreeMap<E164, Option<NumberRecord>>,
    /// What one read of the inventory shows, for plans.
    found: Choices,
    warned: bool,
}

#[derive(Debug)]
struct Item {
    open: OpenPurchase,
    /// A create that equals it has come.
    handled: bool,
    /// A create that does not equal it was held back for it.
    held_back: bool,
    /// What the user's line says of it.
    word: Word,
}

/// Open purchases, for a plan to warn of.
#[derive(Clone, Debug)]
pub(in crate::provider) struct OpenWarning {
    /// Those of this state, each in a few words.
    pub(in crate::provider) ours: Vec<String>,
    /// How many there are of other states.
    pub(in crate::provider) others: usize,
    /// What the user can paste for the runs that left them.
    pub(in crate::provider) choices: Choices,
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
    /// The line holds more numbers than its run can have bought: this one fits nothing.
    Surplus(E164),
}

/// What a create meets.
pub(super) enum Next {
    /// Nothing: it may buy.
    Nothing,
    /// An open purchase of the same request, and what the user says of it.
    Equal(OpenPurchase, Word),
    /// An open purchase of another request, which holds this create back.
    HeldBack(OpenPurchase),
}

impl OpenRecords {
    /// Reads what other runs left open, and closes what evidence or the user's line says.
    pub(super) async fn read(core: &Core) -> Result<Self, PlaceError> {
        core.journal.convert_version_1().await?;
        let mut records = Self::default();
        let others: Vec<OpenPurchase> = core.journal.others().await?;
        let run = core.journal.run().id();
        // Purchases of one command never concern each other.
        for open in others.into_iter().filter(|open| open.name.run() != run) {
            records.items.push(Item {
                open,
                handled: false,
                held_back: false,
                word: Word::Unsaid,
            });
        }
        if !records.items.is_empty() {
            records.close_stored(core).await;
            records.apply_resolution(core).await;
        }
        Ok(records)
    }

    /// Closes what the local state file holds. It never recovers anything.
    async fn close_stored(&mut self, core: &Core) {
        for stored in core.stored().unwrap_or_default() {
            let number = stored.number.as_deref();
            let number = number.and_then(|number| E164::parse(number).ok());
            let order = stored.order.as_deref();
            // A command that began before it was returned may yet overwrite the file.
            self.close_held(core, number.as_ref(), order, true).await;
        }
    }

    /// Closes the purchases that brought this number or this order: a state holds them.
    pub(super) async fn close_held(
        &mut self,
        core: &Core,
        number: Option<&E164>,
        order: Option<&str>,
        later_only: bool,
    ) {
        let run = core.journal.run();
        let is_held = |open: &OpenPurchase| {
            let is_it = (number.is_some() && open.number() == number)
                || (order.is_some() && open.order().map(|id| id.as_str()) == order);
            let is_other_run = open.last_written().is_some_and(|(at, by)| {
                by != run.id().as_str() && (!later_only || run.began_after(at))
            });
            is_it && is_other_run
        };
        self.close_where(core, |item| is_held(&item.open)).await;
    }

    /// Closes the purchases of this state that brought the number, which Terraform let go of.
    pub(super) async fn close_deleted(&mut self, core: &Core, number: &E164) {
        let is_it = |item: &Item| item.open.is_ours && item.open.number() == Some(number);
        self.close_where(core, is_it).await;
    }

    /// Closes the purchases that `is_closed` says.
    async fn close_where(&mut self, core: &Core, is_closed: impl Fn(&Item) -> bool) {
        for item in self.items.iter().filter(|item| is_closed(item)) {
            core.journal.close(&item.open).await;
        }
        self.items.retain(|item| !is_closed(item));
    }

    /// A purchase ended well: it is no longer open.
    pub(super) fn forget(&mut self, name: &RecordName) {
        self.items.retain(|item| item.open.name != *name);
    }

    /// Closes what the user says bought nothing, and assigns what is to be stored.
    ///
    /// Both names of a run fill one list: nobody can tell which of its numbers an order brought
    /// that is still pending, and which a purchase whose response was lost.
    async fn apply_resolution(&mut self, core: &Core) {
        let Ok(resolution) = &core.resolution else {
            return;
        };
        let ours = self.items.iter_mut().filter(|item| item.open.is_ours);
        for item in ours {
            let run = item.open.name.run();
            let names = [run.clone(), run.unconfirmed()];
            let named: Vec<E164> = names
                .iter()
                .filter_map(|name| resolution.of(name))
                .flatten()
                .cloned()
                .collect();
            let number = item.open.number().cloned();
            let left = self.unassigned.entry(run.clone());
            let left = left.or_insert_with(|| named.clone());
            item.word = match number {
                Some(number) if named.contains(&number) => {
                    left.retain(|other| *other != number);
                    Word::Store(number)
                }
                _ if resolution.of(&item.open.line_name()).is_none() => Word::Unsaid,
                Some(_) => Word::Close,
                None => Word::Open,
            };
        }
        self.find_surplus(core);
        self.close_resolved(core).await;
    }

    /// A number too many may be mistyped: then nothing of its run is closed.
    fn find_surplus(&mut self, core: &Core) {
        for (run, left) in &mut self.unassigned {
            // What the run bought and the state holds already was stored by an earlier apply.
            left.retain(|number| !core.handed.was_bought_by(number, run));
            let items = self.items.iter_mut();
            let mut said: Vec<&mut Item> = items
                .filter(|item| item.open.is_ours && item.open.name.run() == run)
                .filter(|item| matches!(item.word, Word::Open | Word::Close))
                .collect();
            let places = said.iter().filter(|item| item.word == Word::Open).count();
            if let Some(number) = left.get(places).cloned() {
                for item in &mut said {
                    item.word = Word::Surplus(number.clone());
                }
            }
        }
    }

    /// Closes the purchases that bought nothing, by the user's word: those that the line leaves
    /// no number for. After its last number is stored, that is what is left.
    pub(super) async fn close_resolved(&mut self, core: &Core) {
        let unassigned = std::mem::take(&mut self.unassigned);
        let is_closed = |item: &Item| match item.word {
            Word::Close => true,
            Word::Open => {
                let left = unassigned.get(item.open.name.run());
                !item.handled && left.is_none_or(Vec::is_empty)
            }
            Word::Store(_) | Word::Unsaid | Word::Surplus(_) => false,
        };
        self.close_where(core, is_closed).await;
        self.unassigned = unassigned;
    }

    /// Which number of the user's line an open purchase bought, or that it bought none.
    ///
    /// A number goes to a purchase whose request admits it, first to one that no other admits.
    ///
    /// # Errors
    ///
    /// A number of the line fits no purchase of its run.
    pub(super) async fn assign(
        &mut self,
        core: &Core,
        open: &OpenPurchase,
        context: &Context,
    ) -> Result<Word, NotBought> {
        let run = open.name.run().clone();
        let mut left = self.unassigned.remove(&run).unwrap_or_default();
        for number in &left {
            if self.shown.contains_key(number) {
                continue;
            }
            match core.read_number(number, context).await {
                Ok(record) => drop(self.shown.insert(number.clone(), record)),
                Err(error) => {
                    let unread = NotBought::unread(&error)
                        .unwrap_or_else(|| self.refused(open, number.clone(), Obstacle::Unread));
                    self.unassigned.insert(run, left);
                    return Err(unread);
                }
            }
        }
        // Those whose creates failed for another reason are still rivals.
        let rivals: Vec<&OpenPurchase> = self
            .items
            .iter()
            .filter(|item| item.word == Word::Open && item.open.name != open.name)
            .map(|item| &item.open)
            .filter(|rival| *rival.name.run() == run)
            .collect();
        let obstacle = |number: &E164, open: &OpenPurchase| {
            let record = self.shown.get(number).and_then(Option::as_ref);
            let sim = record.and_then(NumberRecord::iccid);
            let is_of_a_rival = open.iccid().is_none()
                && sim.is_some_and(|sim| rivals.iter().any(|rival| rival.is_for(&sim)));
            match obstacle(core, number, record, open) {
                None if is_of_a_rival => Some(Obstacle::Unlike),
                obstacle => obstacle,
            }
        };
        let fits = |number: &E164| {
            let fitting = rivals
                .iter()
                .filter(|rival| obstacle(number, rival).is_none());
            fitting.count()
        };
        let own = left
            .iter()
            .filter(|number| obstacle(number, open).is_none());
        let word = match own.min_by_key(|number| fits(number)).cloned() {
            Some(number) => Ok(Word::Store(number)),
            None => match left.iter().find(|number| fits(number) == 0) {
                Some(number) => {
                    let obstacle = obstacle(number, open).unwrap_or(Obstacle::Unlike);
                    Err((number.clone(), obstacle))
                }
                None => Ok(Word::Close),
            },
        };
        if let Ok(Word::Store(number)) = &word {
            left.retain(|other| other != number);
        }
        self.unassigned.insert(run, left);
        word.map_err(|(number, obstacle)| self.refused(open, number, obstacle))
    }

    /// A number of the user's line that cannot be stored for `open`.
    pub(super) fn refused(
        &self,
        open: &OpenPurchase,
        number: E164,
        obstacle: Obstacle,
    ) -> NotBought {
        let mut choices = self.choices_of(open.name.run());
        // What is not shown at the moment may be stored by the same line later.
        if !matches!(obstacle, Obstacle::NotShown | Obstacle::Unread) {
            choices.forget(Some(&number));
        }
        NotBought::LineRefused {
            choices: Box::new(choices),
            number,
            obstacle,
        }
    }

    /// A record of this state that cannot be read.
    pub(super) fn unreadable(&self, name: &RecordName, why: &str) -> NotBought {
        NotBought::RecordUnreadable {
            choices: Box::new(self.choices_of(name.run())),
            name: name.to_string(),
            why: why.to_owned(),
        }
    }

    /// What is known of a run's open purchases without a search.
    pub(super) fn choices_of(&self, run: &RunId) -> Choices {
        let mut open = self.ours();
        open.retain(|open| open.name.run() == run);
        self.found.for_runs_of(&open)
    }

    /// What a create with this request meets next.
    ///
    /// # Errors
    ///
    /// A record of this state cannot be read.
    pub(super) fn next(&mut self, request: &ProvisionRequest) -> Result<Next, NotBought> {
        let unreadable = self.items.iter().find_map(|item| match &item.open.record {
            Err(why) if item.open.is_ours && item.word == Word::Unsaid => {
                Some((&item.open.name, why))
            }
            _ => None,
        });
        if let Some((name, why)) = unreadable {
            return Err(self.unreadable(name, why));
        }
        let equal = self
            .items
            .iter_mut()
            .filter(|item| {
                // A number that the user names for a record that cannot be read is offered to
                // the first create.
                let asked = item.open.record().map(|record| &record.what.request);
                item.open.is_ours && !item.handled && asked.is_none_or(|asked| asked == request)
            })
            .min_by_key(|item| rank(item));
        if let Some(item) = equal {
            item.handled = true;
            return Ok(Next::Equal(item.open.clone(), item.word.clone()));
        }
        let holds_back = |item: &&mut Item| {
            let sim = item
                .open
                .record()
                .map(|record| record.what.request.iccid.is_some());
            item.open.is_ours
                && sim == Some(false)
                && !item.open.was_returned()
                && !item.handled
                && !item.held_back
                && item.word == Word::Unsaid
        };
        Ok(match self.items.iter_mut().find(holds_back) {
            Some(item) => {
                item.held_back = true;
                Next::HeldBack(item.open.clone())
            }
            None => Next::Nothing,
        })
    }

    /// Every open purchase of this state, for a full text.
    pub(super) fn ours(&self) -> Vec<OpenPurchase> {
        let ours = self.items.iter().filter(|item| item.open.is_ours);
        ours.map(|item| item.open.clone()).collect()
    }

    /// The open purchases that a plan should warn of, once for all processes of this command,
    /// with the candidates that one read of the inventory shows.
    pub(super) async fn plan_warning(
        &mut self,
        core: &Core,
        context: &Context,
    ) -> Option<OpenWarning> {
        let account = core.client.fingerprint();
        if self.warned || self.items.is_empty() || core.handed.has_warned(account.as_str()) {
            return None;
        }
        let unknown = choices::unknown(&self.ours());
        if !unknown.is_empty() {
            self.found = candidates::look(core, &unknown, context).await;
            let once = || "it was read once".to_owned();
            self.found.problem.get_or_insert_with(once);
        }
        self.warned = true;
        let now = core.client.server_time();
        let items = self.items.iter().filter(|item| item.open.is_ours);
        let ours: Vec<&Item> = items
            .filter(|item| is_worth_a_warning(core, &item.open, now))
            .collect();
        let others = self.items.iter().filter(|item| !item.open.is_ours).count();
        if ours.is_empty() && others == 0 {
            return None;
        }
        core.handed.note_warned(account.as_str());
        let unsaid = ours.iter().filter(|item| item.word == Word::Unsaid);
        let unsaid: Vec<_> = unsaid.map(|item| item.open.clone()).collect();
        Some(OpenWarning {
            ours: ours.iter().map(|item| item.described()).collect(),
            others,
            choices: self.found.for_runs_of(&unsaid),
        })
    }
}

impl Item {
    fn described(&self) -> String {
        let what = choices::describe(&self.open);
        match &self.word {
            Word::Store(number) => {
                format!("{what} (JOONTO_PURCHASE_RESOLVED stores {number} for it)")
            }
            Word::Open | Word::Surplus(_) => {
                format!("{what} (JOONTO_PURCHASE_RESOLVED names its run)")
            }
            Word::Unsaid | Word::Close => what,
        }
    }
}

/// A returned purchase is normally in state: it is worth a warning where that is known not to be
/// so, an hour later.
fn is_worth_a_warning(core: &Core, open: &OpenPurchase, now: OffsetDateTime) -> bool {
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
    core.stored().is_some()
        || open
            .number()
            .is_some_and(|number| core.handed.was_missed(number, record.sent_at()))
}

/// Why a number cannot be what an open purchase bought; nothing if it can.
fn obstacle(
    core: &Core,
    number: &E164,
    record: Option<&NumberRecord>,
    open: &OpenPurchase,
) -> Option<Obstacle> {
    let asked = open.record().map(|record| &record.what.request);
    match record {
        _ if core.is_in_state(number) || core.journal.names(number, Some(&open.name)) => {
            Some(Obstacle::InState)
        }
        None => Some(Obstacle::NotShown),
        Some(record) if record.class() == NumberClass::Gone => Some(Obstacle::Ended),
        Some(record) => asked
            .is_some_and(|asked| !asked.admits(record))
            .then_some(Obstacle::Unlike),
    }
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
