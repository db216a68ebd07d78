//! Which numbers of the inventory are asked for.

use crate::joonto::{E164, NumberRecord, Told};
use crate::terraform::Attr;

/// How many pages of the inventory are read at most.
pub(in crate::provider) const MAX_PAGES: u32 = 500;

/// What numbers must be like; what is null is of no matter.
#[derive(Clone, Debug, Default)]
pub(in crate::provider) struct Filter {
    pub(in crate::provider) status: Attr<String>,
    pub(in crate::provider) number_type: Attr<String>,
    pub(in crate::provider) message_type: Attr<String>,
    pub(in crate::provider) message_route_id: Attr<String>,
    pub(in crate::provider) voice_route_id: Attr<String>,
    pub(in crate::provider) product_type: Attr<String>,
}

impl Filter {
    /// Whether the number is asked for. What a record does not tell is not what is asked for.
    pub(in crate::provider) fn takes(&self, record: &NumberRecord) -> bool {
        let number_type = record.number_type().map(|word| word.as_str());
        let message_type = record.message_type().map(|word| word.as_str());
        same_word(&self.status, record.status.as_deref())
            && same_word(&self.number_type, number_type)
            && same_word(&self.message_type, message_type)
            && same_route(&self.message_route_id, &record.message_route_id)
            && same_route(&self.voice_route_id, &record.voice_route_id)
            && same_word(&self.product_type, record.product_type.as_deref())
    }

    /// The numbers asked for, in the order of their digits, whatever order they came in.
    pub(in crate::provider) fn of(&self, records: Vec<NumberRecord>) -> Vec<(E164, NumberRecord)> {
        let named = records.into_iter().filter(|record| self.takes(record));
        let mut named: Vec<_> = named
            .filter_map(|record| Some((record.number.clone()?, record)))
            .collect();
        named.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        named
    }
}

/// The API spells one word in several ways.
fn same_word(asked: &Attr<String>, told: Option<&str>) -> bool {
    match asked.as_str() {
        None => true,
        Some(asked) => told.is_some_and(|told| told.eq_ignore_ascii_case(asked)),
    }
}

/// `""` asks for numbers without a route.
fn same_route(asked: &Attr<String>, told: &Told<String>) -> bool {
    match (asked.as_str(), told) {
        (None, _) => true,
        (Some(asked), Told::Value(told)) => asked == told,
        (Some(asked), Told::Empty | Told::Nothing) => asked.is_empty(),
    }
}
