//! What other processes wrote: earlier ones, and some that still live.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use super::entry::{Contents, Entry, Line, Receipt, Standing};
use super::file::{self, Held};
use super::{FRESH, Journal, KEPT, LAG, Scope, Ticket, locked, seconds};
use crate::joonto::E164;
use crate::provider::purchase::Owned;
use crate::provider::purchase::evidence::Wanted;
use crate::provider::purchase::reconcile::Doubt;

/// A file that another process wrote, as last read.
#[derive(Debug)]
pub(super) struct Past {
    path: PathBuf,
    contents: Contents,
}

/// What earlier processes left to say about a purchase like the one at hand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::provider::purchase) struct Leftover {
    /// A number that was bought and that Terraform never got to store.
    pub(in crate::provider::purchase) claim: Option<Receipt>,
    /// What was bought, given to Terraform, and not seen in state since, and where it is written.
    pub(in crate::provider::purchase) unseen: Vec<(String, PathBuf)>,
    /// Things the user should know.
    pub(in crate::provider::purchase) reports: Vec<String>,
}

/// What a process that seems to live has to do with a purchase like the one at hand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::provider::purchase) enum Lively {
    /// It waits for the answer to one.
    UnderWay(PathBuf),
    /// It has had the answer to one. Perhaps it is about to end, or was just being looked at.
    Answered(PathBuf),
}

impl Journal {
    /// A number, or its order, is in state: whatever earlier processes wrote of its purchase is
    /// done with.
    pub(in crate::provider::purchase) fn seen(&self, number: Option<&str>, order: Option<&str>) {
        let mut past = self.past();
        for past in past.iter_mut().flatten() {
            let is_it = |receipt: &Receipt| {
                (number.is_some() && receipt.number.as_deref() == number)
                    || (order.is_some() && receipt.order_id.as_deref() == order)
            };
            let mut lines: Vec<Line> = past
                .contents
                .entries
                .iter()
                .filter(|(_, entry)| match &entry.standing {
                    Standing::Unseen(receipt) => is_it(receipt),
                    _ => false,
                })
                .map(|(id, _)| Line::Settled { id: *id })
                .collect();
            // What is new and in state is explained, for purchases that are still in doubt.
            if let Some(number) = number
                && past.contents.has_open()
                && !past.contents.known.contains(number)
            {
                lines.push(Line::Known {
                    number: number.to_owned(),
                });
            }
            past.mark(lines);
        }
    }

    /// Whether a process that seems to live has sent a purchase like this one.
    pub(in crate::provider::purchase) fn lively(
        &self,
        scope: &Scope,
        wanted: &Wanted,
    ) -> Option<Lively> {
        let key = scope.key(wanted);
        let fresh = self.now() - seconds(FRESH);
        let mut answered = None;
        for path in self.others() {
            // One that cannot be read while it is locked has nothing to say yet.
            let Ok(contents) = self.0.others.peek(&path) else {
                continue;
            };
            let mut standings = contents
                .entries
                .values()
                .filter(|entry| entry.key == key && entry.at >= fresh)
                .map(|entry| &entry.standing);
            let is_open = standings.clone().any(|one| *one == Standing::Open);
            let is_answered = standings.any(|one| matches!(one, Standing::Unseen(_)));
            if !(is_open || is_answered) || !file::is_locked(&path) {
                continue;
            }
            if is_open {
                return Some(Lively::UnderWay(path));
            }
            if !locked(&self.0.tried).alive.contains(&path) {
                answered = Some(Lively::Answered(path));
            }
        }
        answered
    }

    /// The process that writes this file lives: there is no point in waiting for its end.
    pub(in crate::provider::purchase) fn note_alive(&self, path: PathBuf) {
        locked(&self.0.tried).alive.insert(path);
    }

    /// Purchases that an earlier process left in doubt: such as are like this one, and others
    /// once, so that what they brought is explained before more is bought.
    pub(in crate::provider::purchase) fn left_in_doubt(
        &self,
        scope: &Scope,
        wanted: &Wanted,
    ) -> Option<LeftInDoubt> {
        let key = scope.key(wanted);
        let fresh = self.now() - seconds(FRESH);
        let mut past = self.past();
        for file in past.iter_mut().flatten() {
            let was_tried = locked(&self.0.tried).settled.contains(&file.path);
            let is_it = |entry: &Entry| {
                entry.standing == Standing::Open
                    && entry.at >= fresh
                    && entry.scope == scope.0
                    && (entry.key == key || !was_tried)
            };
            if !file.contents.entries.values().any(is_it) {
                continue;
            }
            let Ok(Some(held)) = Held::open(&file.path) else {
                continue;
            };
            file.contents = held.contents.clone();
            if file.contents.entries.values().any(is_it) {
                locked(&self.0.tried).settled.insert(file.path.clone());
                return Some(LeftInDoubt {
                    held,
                    scope: scope.clone(),
                    fresh,
                    path: file.path.clone(),
                });
            }
        }
        None
    }

    /// What earlier processes left of purchases like this one. What is handed over is done with.
    pub(in crate::provider::purchase) fn leftover(
        &self,
        scope: &Scope,
        wanted: &Wanted,
    ) -> Leftover {
        let key = scope.key(wanted);
        let fresh = self.now() - seconds(FRESH);
        let mut leftover = Leftover::default();
        let mut past = self.past();
        for file in past.iter_mut().flatten() {
            let concerns =
                |entry: &Entry| entry.key == key && !matches!(entry.standing, Standing::Settled(_));
            if !file.contents.entries.values().any(concerns) {
                continue;
            }
            let Ok(Some(mut held)) = Held::open(&file.path) else {
                continue;
            };
            let mut lines = Vec::new();
            for (id, entry) in &held.contents.entries {
                if !concerns(entry) {
                    continue;
                }
                match &entry.standing {
                    Standing::Unseen(receipt)
                        if entry.at >= fresh && !(held.contents.ended && entry.was_handed_over) =>
                    {
                        if leftover.claim.is_none() {
                            leftover.claim = Some(receipt.clone());
                            lines.push(Line::Settled { id: *id });
                        }
                    }
                    // Terraform had the answer; whether it got to store it is not known.
                    Standing::Unseen(receipt) if entry.at >= fresh => {
                        let name = receipt.number.clone().or(receipt.order_id.clone());
                        let unseen = name.map(|name| (name, file.path.clone()));
                        leftover.unseen.extend(unseen);
                    }
                    // Too old to act upon.
                    Standing::Unseen(receipt) => {
                        leftover.reports.push(report(entry, Some(receipt)));
                        lines.push(Line::Settled { id: *id });
                    }
                    Standing::Open if entry.at < fresh => {
                        leftover.reports.push(report(entry, None));
                        lines.push(Line::Settled { id: *id });
                    }
                    Standing::Open | Standing::Settled(_) => {}
                }
            }
            if let Err(error) = held.append(lines) {
                // Not written down, it would be handed over again: then better not at all.
                tracing::error!(error = %error, "the journal of an earlier run cannot be written");
                leftover.claim = None;
            }
            file.contents = held.contents;
            if leftover.claim.is_some() {
                break;
            }
        }
        leftover
    }

    /// What all other journals of the account say: the numbers they explain, and the purchases
    /// they leave open, those in the journal at `looked_into` apart.
    pub(in crate::provider::purchase) fn elsewhere(
        &self,
        scope: &Scope,
        looked_into: Option<&Path>,
    ) -> (BTreeSet<E164>, Vec<Wanted>) {
        let fresh = self.now() - seconds(FRESH);
        let mut numbers = BTreeSet::new();
        let mut open = Vec::new();
        let mut take = |path: &Path, contents: &Contents| {
            numbers.extend(parsed(contents.numbers()));
            let is_open = |entry: &&Entry| {
                entry.standing == Standing::Open
                    && entry.at >= fresh
                    && scope.shares_account(&entry.scope)
            };
            if looked_into != Some(path) {
                let entries = contents.entries.values().filter(is_open);
                open.extend(entries.map(|entry| entry.wanted.clone()));
            }
        };
        let mut read = BTreeSet::new();
        for path in self.others() {
            if let Ok(contents) = file::peek(&path) {
                take(&path, &contents);
                read.insert(path);
            }
        }
        // Where files that are locked cannot be read, this is the next best.
        for past in self.past().iter().flatten() {
            if !read.contains(&past.path) {
                take(&past.path, &past.contents);
            }
        }
        (numbers, open)
    }

    /// The files that are not this process's own.
    fn others(&self) -> impl Iterator<Item = PathBuf> {
        let own = self.0.own.get().and_then(|own| own.as_ref().ok());
        let own = own.map(|own| own.path.clone());
        file::list(&self.0.directory)
            .into_iter()
            .filter(move |path| Some(path) != own.as_ref())
    }

    /// Reads what earlier processes left, unless that was done before.
    pub(super) fn load_past(&self) {
        drop(self.past());
    }

    fn past(&self) -> MutexGuard<'_, Option<Vec<Past>>> {
        let mut past = locked(&self.0.past);
        if past.is_none() {
            *past = Some(self.load());
        }
        past
    }

    fn load(&self) -> Vec<Past> {
        let now = self.now();
        let mut past = Vec::new();
        for path in self.others() {
            match file::peek(&path) {
                Ok(contents) => past.push(Past { path, contents }),
                Err(error) => tracing::warn!(
                    journal = %path.display(),
                    error = %error,
                    "the journal of an earlier run cannot be read"
                ),
            }
        }
        // While anything is in doubt, even settled purchases explain numbers that are new.
        let any_open = past.iter().any(|past| past.contents.has_open());
        let is_of_use = |past: &Past| {
            let newest = past.contents.entries.values().map(|entry| entry.at).max();
            let is_newer_than = |age| newest.is_some_and(|at| at >= now - seconds(age));
            match past.contents.is_settled() && !any_open {
                true => is_newer_than(LAG),
                false => is_newer_than(KEPT),
            }
        };
        past.retain(|past| {
            // A file that stays locked, or cannot be removed, is left for the next process.
            is_of_use(past) || !file::remove(&past.path)
        });
        past
    }
}

impl Past {
    /// Adds lines that need not be on disk at once: at worst they are found out again. They count
    /// here even if they cannot be written.
    fn mark(&mut self, lines: Vec<Line>) {
        if lines.is_empty() {
            return;
        }
        if let Err(error) = file::mark(&self.path, &lines) {
            tracing::warn!(
                journal = %self.path.display(),
                error = %error,
                "the journal of an earlier run cannot be written"
            );
        }
        for line in lines {
            self.contents.apply(line);
        }
    }
}

/// Purchases that an earlier process left in doubt, held against every other process.
#[derive(Debug)]
pub(in crate::provider::purchase) struct LeftInDoubt {
    held: Held,
    scope: Scope,
    fresh: i64,
    path: PathBuf,
}

impl LeftInDoubt {
    /// The purchases, and when they were sent (seconds since 1970).
    pub(in crate::provider::purchase) fn purchases(&self) -> Vec<(Doubt, i64)> {
        let is_open = |entry: &Entry| {
            entry.scope == self.scope.0
                && entry.standing == Standing::Open
                && entry.at >= self.fresh
        };
        let entries = self.held.contents.entries.iter();
        entries
            .filter(|(_, entry)| is_open(entry))
            .map(|(id, entry)| {
                let wanted = entry.wanted.clone();
                let doubt = Doubt::new(Ticket(*id), wanted, entry.is_after_snapshot);
                (doubt, entry.at)
            })
            .collect()
    }

    /// What was owned before, if that was written down.
    pub(in crate::provider::purchase) fn snapshot(&self) -> Option<Owned> {
        self.held.contents.snapshots.get(&self.scope.0).cloned()
    }

    /// Where the journal is.
    pub(in crate::provider::purchase) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down what was found out: the number a purchase brought, or that it brought none.
    pub(in crate::provider::purchase) fn settle(
        mut self,
        journal: &Journal,
        found: Vec<(Ticket, Option<E164>)>,
    ) -> Result<(), String> {
        let lines = found.into_iter().map(|(Ticket(id), number)| match number {
            Some(number) => Line::Found {
                id,
                number: number.to_string(),
            },
            None => Line::Nothing { id },
        });
        self.held
            .append(lines.collect())
            .map_err(|error| error.to_string())?;
        let mut past = journal.past();
        let mut past = past.iter_mut().flatten();
        if let Some(past) = past.find(|past| past.path == self.path) {
            past.contents = self.held.contents;
        }
        Ok(())
    }
}

fn parsed<'a>(numbers: impl Iterator<Item = &'a String>) -> BTreeSet<E164> {
    numbers
        .filter_map(|number| E164::parse(number).ok())
        .collect()
}

pub(super) fn report(entry: &Entry, receipt: Option<&Receipt>) -> String {
    let when = time::OffsetDateTime::from_unix_timestamp(entry.at)
        .map(|at| at.date().to_string())
        .unwrap_or_default();
    let number = receipt.and_then(|receipt| receipt.number.as_deref());
    let order = receipt.and_then(|receipt| receipt.order_id.as_deref());
    match (number, order) {
        (Some(number), _) => format!(
            "{number} was bought on {when} by an equal request from this directory, and has not \
             been seen in the state since."
        ),
        (None, Some(order)) => format!(
            "Order {order} was placed on {when} by an equal request from this directory, and its \
             number has not been seen in the state since."
        ),
        (None, None) => format!(
            "An equal request was sent from this directory on {when}, and what became of it was \
             never found out."
        ),
    }
}
