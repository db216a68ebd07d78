//! The numbers of an account that are asked for: all of them, or an error.

use std::collections::{BTreeSet, HashSet};

use crate::context::Context;
use crate::joonto::{Age, E164, Field, Inventory, NumberRecord};
use crate::provider::diagnostics::lists;
use crate::provider::provider_data::ProviderData;
use crate::terraform::{Attr, Diagnostic};

/// How many pages of the inventory are read at most.
pub(in crate::provider) const MAX_PAGES: u32 = 500;

/// The whole inventory. One that changed while it was read is read again, once.
pub(super) async fn whole_inventory(
    data: &ProviderData,
    context: &Context,
) -> Result<Vec<NumberRecord>, Diagnostic> {
    let mut inventory = read(data, Age::Recent, context).await?;
    if !inventory.is_complete {
        inventory = read(data, Age::Now, context).await?;
    }
    let unreadable = inventory
        .numbers
        .iter()
        .filter(|record| record.number.is_none());
    match unreadable.count() {
        _ if !inventory.is_complete => {
            Err(lists::incomplete(inventory.numbers.len(), inventory.total))
        }
        0 => Ok(inventory.numbers),
        count => Err(lists::unreadable(count, inventory.numbers.len())),
    }
}

async fn read(data: &ProviderData, age: Age, context: &Context) -> Result<Inventory, Diagnostic> {
    let read = async {
        let mut inventory = data.cache.inventory(age, MAX_PAGES, context).await?;
        // A total that counts its own page alone is reached by the first one.
        if inventory.is_complete && inventory.pages == 1 && !inventory.numbers.is_empty() {
            let known: HashSet<_> = inventory
                .numbers
                .iter()
                .map(|record| &record.number)
                .collect();
            match data.client.inventory_page(2, context).await {
                Ok(page) => {
                    let is_new = |record: &NumberRecord| !known.contains(&record.number);
                    inventory.is_complete = !page.numbers.iter().any(is_new);
                }
                // There is no such page.
                Err(error) if matches!(error.status(), Some(400 | 404)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(inventory)
    };
    read.await
        .map_err(|error| lists::cannot_look_up("the account's numbers", &error))
}

/// What numbers must be like; what is null, or empty, is of no matter.
#[derive(Clone, Debug, Default)]
pub(in crate::provider) struct Filter {
    pub(in crate::provider) status: Attr<String>,
    pub(in crate::provider) number_type: Attr<String>,
    pub(in crate::provider) message_type: Attr<String>,
    pub(in crate::provider) message_route_id: Attr<String>,
    pub(in crate::provider) voice_route_id: Attr<String>,
    pub(in crate::provider) product_type: Attr<String>,
}

/// A word that a filter asks for, and where records tell theirs.
struct FilterWord<'a> {
    argument: &'static str,
    asked: &'a str,
    /// The word as a filter has it, and as the record tells it: of a kind that a purchase does not
    /// know, only the latter.
    returned: fn(&NumberRecord) -> (Option<&str>, Option<&str>),
    /// Whether a number without it is none that is asked for.
    may_be_missing: bool,
}

impl Filter {
    fn words(&self) -> Vec<FilterWord<'_>> {
        let status: fn(&NumberRecord) -> (Option<&str>, Option<&str>) = |record| {
            let returned = record.status.as_deref();
            (returned, returned)
        };
        let words = [
            ("status", &self.status, status, false),
            (
                "number_type",
                &self.number_type,
                |record: &NumberRecord| {
                    let known = record.number_type().map(|word| word.as_str());
                    let returned = record.classification.as_deref();
                    (
                        known,
                        known.or(returned).or(record.number_type_word.as_deref()),
                    )
                },
                false,
            ),
            (
                "message_type",
                &self.message_type,
                |record: &NumberRecord| {
                    let known = record.message_type().map(|word| word.as_str());
                    (known, known.or(record.message_type_word.as_deref()))
                },
                false,
            ),
            (
                "product_type",
                &self.product_type,
                |record: &NumberRecord| {
                    let returned = record.product_type.as_deref();
                    (returned, returned)
                },
                true,
            ),
        ];
        let words = words
            .into_iter()
            .filter_map(|(argument, asked, returned, may_be_missing)| {
                let asked = asked.as_str().filter(|word| !word.is_empty())?;
                Some(FilterWord {
                    argument,
                    asked,
                    returned,
                    may_be_missing,
                })
            });
        words.collect()
    }

    /// Whether the number is asked for.
    pub(in crate::provider) fn takes(&self, record: &NumberRecord) -> bool {
        let is_asked = |word: &FilterWord<'_>| {
            let (returned, _) = (word.returned)(record);
            returned.is_some_and(|returned| returned.eq_ignore_ascii_case(word.asked))
        };
        self.words().iter().all(is_asked)
            && same_route(&self.message_route_id, &record.message_route_id)
            && same_route(&self.voice_route_id, &record.voice_route_id)
    }

    /// Refuses records that lack what a filter compares: they may belong to the list.
    pub(in crate::provider) fn decides(&self, records: &[NumberRecord]) -> Result<(), Diagnostic> {
        for word in self.words().iter().filter(|word| !word.may_be_missing) {
            let is_unnamed = |record: &&NumberRecord| (word.returned)(record).1.is_none();
            let unnamed = records.iter().filter(is_unnamed).count();
            if unnamed > 0 {
                return Err(lists::undecided(word.argument, unnamed, records.len()));
            }
        }
        Ok(())
    }

    /// Warnings about words that no number has: the API spells some in several ways.
    pub(super) fn unknown_words(&self, records: &[NumberRecord]) -> Vec<Diagnostic> {
        let words = self.words();
        // The types have few words, which are checked.
        let free = words
            .iter()
            .filter(|word| ["status", "product_type"].contains(&word.argument));
        let unknown = free.filter_map(|word| {
            let seen: BTreeSet<&str> = records
                .iter()
                .filter_map(|r| (word.returned)(r).0)
                .collect();
            let is_known = seen
                .iter()
                .any(|returned| returned.eq_ignore_ascii_case(word.asked));
            let warn = || lists::word_unknown(word.argument, word.asked, seen.iter().copied());
            (!is_known).then(warn)
        });
        unknown.collect()
    }

    /// The numbers asked for, in the order of their digits, whatever order they came in.
    pub(super) fn of(&self, records: Vec<NumberRecord>) -> Vec<(E164, NumberRecord)> {
        let named = records.into_iter().filter(|record| self.takes(record));
        let mut named: Vec<_> = named
            .filter_map(|record| Some((record.number.clone()?, record)))
            .collect();
        named.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        named
    }
}

/// `""` asks for numbers without a route.
fn same_route(asked: &Attr<String>, returned: &Field<String>) -> bool {
    match (asked.as_str(), returned) {
        (None, _) => true,
        (Some(asked), Field::Value(returned)) => asked == returned,
        (Some(asked), Field::Null | Field::Absent) => asked.is_empty(),
    }
}
