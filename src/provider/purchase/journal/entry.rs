//! The lines of a journal, and what they amount to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::joonto::E164;
use crate::provider::purchase::Owned;
use crate::provider::purchase::evidence::Wanted;

/// What the API answered to a purchase, as far as it is no secret.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(in crate::provider) struct Receipt {
    pub(in crate::provider) order_id: Option<String>,
    pub(in crate::provider) order_date: Option<String>,
    pub(in crate::provider) order_status: Option<String>,
    pub(in crate::provider) number: Option<String>,
    pub(in crate::provider) phone_number_id: Option<String>,
    pub(in crate::provider) subscriber_id: Option<String>,
    pub(in crate::provider) assigned_zip_code: Option<String>,
}

/// One line of a journal.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Line {
    /// The numbers an account owned before the process bought any.
    Snapshot {
        scope: String,
        #[serde(default)]
        account: Option<String>,
        numbers: Vec<String>,
    },
    /// A purchase is about to be sent.
    Intent {
        id: u64,
        scope: String,
        key: String,
        at: i64,
        wanted: Wanted,
    },
    /// It was answered, and Terraform was given the answer.
    Answered { id: u64, receipt: Receipt },
    /// A later process found that it bought a number. Terraform knows nothing of it yet.
    Found { id: u64, number: String },
    /// It bought nothing.
    Nothing { id: u64 },
    /// A later process saw its number in state, took it up, or told the user of it.
    Settled { id: u64 },
    /// A number that was seen in state since the snapshot.
    Known { number: String },
    /// The process ended in good order: Terraform has every answer.
    Ended,
}

/// How a purchase stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Standing {
    /// It was sent, or was about to be, and no answer is known.
    Open,
    /// It was answered, and the number was not seen in state since.
    Unseen(Receipt),
    /// Nothing is left to do about it.
    Settled(Option<Receipt>),
}

/// A purchase in a journal.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) scope: String,
    pub(super) key: String,
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) wanted: Wanted,
    pub(super) standing: Standing,
    /// Whether the snapshot was written down before it.
    pub(super) is_after_snapshot: bool,
    /// Whether the answer was given to Terraform by the process that sent the purchase.
    pub(super) was_handed_over: bool,
}

/// What a journal says.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    pub(super) entries: BTreeMap<u64, Entry>,
    pub(super) snapshots: BTreeMap<String, Owned>,
    pub(super) known: BTreeSet<String>,
    pub(super) ended: bool,
}

impl Contents {
    /// Reads a journal. A line that cannot be read (the last may be torn) says nothing.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut contents = Self::default();
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(line) = serde_json::from_slice(line) {
                contents.apply(line);
            }
        }
        contents
    }

    /// Adds what one more line says.
    pub(super) fn apply(&mut self, line: Line) {
        match line {
            Line::Snapshot {
                scope,
                account,
                numbers,
            } => {
                let numbers = numbers.iter().map(|number| E164::parse(number));
                // A snapshot of which anything cannot be read is none.
                if let Ok(numbers) = numbers.collect::<Result<_, _>>() {
                    let owned = Owned { account, numbers };
                    self.snapshots.entry(scope).or_insert(owned);
                }
            }
            Line::Intent {
                id,
                scope,
                key,
                at,
                wanted,
            } => {
                let entry = Entry {
                    is_after_snapshot: self.snapshots.contains_key(&scope),
                    scope,
                    key,
                    at,
                    wanted,
                    standing: Standing::Open,
                    was_handed_over: false,
                };
                self.entries.insert(id, entry);
            }
            Line::Answered { id, receipt } => {
                self.stand(id, |_| Standing::Unseen(receipt));
                if let Some(entry) = self.entries.get_mut(&id) {
                    entry.was_handed_over = true;
                }
            }
            Line::Found { id, number } => self.stand(id, |_| {
                Standing::Unseen(Receipt {
                    number: Some(number),
                    ..Receipt::default()
                })
            }),
            Line::Nothing { id } => self.stand(id, |_| Standing::Settled(None)),
            Line::Settled { id } => self.stand(id, |standing| match standing {
                Standing::Unseen(receipt) => Standing::Settled(Some(receipt)),
                _ => Standing::Settled(None),
            }),
            Line::Known { number } => {
                self.known.insert(number);
            }
            Line::Ended => self.ended = true,
        }
    }

    fn stand(&mut self, id: u64, change: impl FnOnce(Standing) -> Standing) {
        if let Some(entry) = self.entries.get_mut(&id) {
            let standing = std::mem::replace(&mut entry.standing, Standing::Open);
            entry.standing = change(standing);
        }
    }

    /// Whether any purchase is open.
    pub(super) fn has_open(&self) -> bool {
        self.entries
            .values()
            .any(|entry| entry.standing == Standing::Open)
    }

    /// Whether nothing is left to do about any purchase.
    pub(super) fn is_settled(&self) -> bool {
        self.entries
            .values()
            .all(|entry| matches!(entry.standing, Standing::Settled(_)))
    }

    /// Every number that is told of: bought, or seen in state.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &String> {
        let bought = self
            .entries
            .values()
            .filter_map(|entry| match &entry.standing {
                Standing::Unseen(receipt) | Standing::Settled(Some(receipt)) => {
                    receipt.number.as_ref()
                }
                _ => None,
            });
        bought.chain(&self.known)
    }
}
