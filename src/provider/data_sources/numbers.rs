//! `data "joonto_numbers"`: the numbers of the account.

use std::collections::{BTreeSet, HashSet};

use super::{DataSourceCall, DataSourceModel};
use crate::context::Context;
use crate::joonto::{Age, E164, Field, Inventory, MessageType, NumberRecord, NumberType};
use crate::provider::diagnostics::lists;
use crate::provider::provider_data::ProviderData;
use crate::provider::validators::given;
use crate::provider::{number, validators};
use crate::terraform::resource::Failure;
use crate::terraform::{Attr, Diagnostic};

crate::model! {
    /// The phone numbers of the account, managed by Terraform or not, sorted by their
    /// digits. Each argument is a filter. `""` is no filter, except for routes. The list is whole,
    /// or it is an error: an inventory that ends early fails, and so does a record that cannot be
    /// read. A read takes one request for each page of the inventory, and two if there is one page.
    pub(crate) struct FoundNumbers {
        /// Status of the numbers, such as `Active`. If no number has it, a warning lists the
        /// statuses that numbers have.
        status: String => optional();
        /// Kind of the numbers: `mvno`, `iot` or `voip`.
        number_type: String => optional(), validator(validators::unset_or(validators::number_type));
        /// Message type of the numbers: `a2p` or `p2p`.
        message_type: String => optional(), validator(validators::unset_or(validators::message_type));
        /// Message route (`MRID-...`) of the numbers; `""` for numbers without one.
        message_route_id: String => optional(), validator(validators::message_route_id);
        /// Voice route (`CRID-...`) of the numbers; `""` for numbers without one.
        voice_route_id: String => optional(), validator(validators::voice_route_id);
        /// Product of the numbers, such as `Sms+Data`.
        product_type: String => optional();

        /// Numbers in international form (E.164), sorted.
        phone_numbers: Vec<Attr<String>> => computed();
        /// Numbers with what the inventory returns for each, in the same order.
        numbers: Vec<Attr<ListedNumber>> => computed();
    }
    blocks {}
}

crate::model! {
    /// A number of the inventory.
    pub(crate) struct ListedNumber {
        /// Number in E.164 form.
        phone_number: String => computed();
        /// Kind of number: `mvno`, `iot` or `voip`. Null if the API does not return it.
        number_type: String => computed();
        /// Message type: `a2p` (application to person) or `p2p` (person to person).
        message_type: String => computed();
        /// Whether the number sends and receives text messages (SMS, short message service) and
        /// MMS (multimedia messaging service).
        message_enabled: bool => computed();
        /// Whether the number makes and takes voice calls.
        voice_enabled: bool => computed();
        /// Message route of the number.
        message_route_id: String => computed();
        /// Voice route of the number.
        voice_route_id: String => computed();
        /// Product of the number.
        product_type: String => computed();
        /// Subscriber that the number is assigned to.
        assigned_subscriber_id: String => computed();
        /// ICCID (integrated circuit card identifier) of the SIM (subscriber identity module).
        iccid: String => computed();
        /// Status of the number, such as `Active`.
        status: String => computed();
    }
    blocks {}
}

impl DataSourceModel for FoundNumbers {
    const TYPE_NAME: &'static str = "joonto_numbers";

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let records = whole_inventory(&call.data, &call.context).await?;
        self.decides(&records)?;
        for warning in self.unknown_words(&records) {
            call.warn_with(warning);
        }
        let numbers: Vec<_> = self
            .asked_for(records)
            .into_iter()
            .map(|(number, record)| listed(&number, &record))
            .collect();
        Ok(Self {
            phone_numbers: Attr::Known(numbers.iter().map(|n| n.phone_number.clone()).collect()),
            numbers: Attr::Known(numbers.into_iter().map(Attr::Known).collect()),
            ..self
        })
    }
}

fn listed(number: &E164, record: &NumberRecord) -> ListedNumber {
    ListedNumber {
        phone_number: number.as_str().into(),
        ..number::of_record(record)
    }
}

/// How many pages of the inventory are read at most.
pub(in crate::provider) const MAX_PAGES: u32 = 500;

/// The whole inventory. One that changed while it was read is read again, once.
async fn whole_inventory(
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

/// A word that may be asked for, and where records tell theirs.
struct FilterWord {
    argument: &'static str,
    asked: fn(&FoundNumbers) -> &Attr<String>,
    /// The word as a filter has it, and as the record tells it: of a kind that a purchase does not
    /// know, only the latter.
    returned: fn(&NumberRecord) -> (Option<&str>, Option<&str>),
    /// Whether a number without it is none that is asked for.
    may_be_missing: bool,
}

const WORDS: [FilterWord; 4] = [
    FilterWord {
        argument: "status",
        asked: |filter| &filter.status,
        returned: |record| (record.status.as_deref(), record.status.as_deref()),
        may_be_missing: false,
    },
    FilterWord {
        argument: "number_type",
        asked: |filter| &filter.number_type,
        returned: |record| {
            let known = record.number_type().map(NumberType::as_str);
            let returned = record.classification.as_deref();
            (
                known,
                known.or(returned).or(record.number_type_word.as_deref()),
            )
        },
        may_be_missing: false,
    },
    FilterWord {
        argument: "message_type",
        asked: |filter| &filter.message_type,
        returned: |record| {
            let known = record.message_type().map(MessageType::as_str);
            (known, known.or(record.message_type_word.as_deref()))
        },
        may_be_missing: false,
    },
    FilterWord {
        argument: "product_type",
        asked: |filter| &filter.product_type,
        returned: |record| {
            (
                record.product_type.as_deref(),
                record.product_type.as_deref(),
            )
        },
        may_be_missing: true,
    },
];

/// The arguments are a filter. What is null, or empty, is of no matter.
impl FoundNumbers {
    /// The words that are asked for.
    fn words(&self) -> impl Iterator<Item = (FilterWord, &str)> {
        WORDS.into_iter().filter_map(|word| {
            let asked = given((word.asked)(self))?;
            Some((word, asked))
        })
    }

    /// Whether the number is asked for.
    pub(in crate::provider) fn takes(&self, record: &NumberRecord) -> bool {
        let is_asked = |(word, asked): (FilterWord, &str)| {
            let (returned, _) = (word.returned)(record);
            returned.is_some_and(|returned| returned.eq_ignore_ascii_case(asked))
        };
        self.words().all(is_asked)
            && same_route(&self.message_route_id, &record.message_route_id)
            && same_route(&self.voice_route_id, &record.voice_route_id)
    }

    /// Refuses records that lack what a filter compares: they may belong to the list.
    pub(in crate::provider) fn decides(&self, records: &[NumberRecord]) -> Result<(), Diagnostic> {
        for (word, _) in self.words().filter(|(word, _)| !word.may_be_missing) {
            let is_unnamed = |record: &&NumberRecord| (word.returned)(record).1.is_none();
            let unnamed = records.iter().filter(is_unnamed).count();
            if unnamed > 0 {
                return Err(lists::undecided(word.argument, unnamed, records.len()));
            }
        }
        Ok(())
    }

    /// Warnings about words that no number has: the API spells some in several ways.
    fn unknown_words(&self, records: &[NumberRecord]) -> Vec<Diagnostic> {
        // The types have few words, which are checked.
        let words = self.words();
        let free = words.filter(|(word, _)| ["status", "product_type"].contains(&word.argument));
        let unknown = free.filter_map(|(word, asked)| {
            let returned = records
                .iter()
                .filter_map(|record| (word.returned)(record).0);
            let seen = BTreeSet::from_iter(returned);
            let is_known = seen.iter().any(|word| word.eq_ignore_ascii_case(asked));
            (!is_known).then(|| lists::word_unknown(word.argument, asked, seen.into_iter()))
        });
        unknown.collect()
    }

    /// The numbers asked for, in the order of their digits, whatever order they came in.
    fn asked_for(&self, records: Vec<NumberRecord>) -> Vec<(E164, NumberRecord)> {
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
