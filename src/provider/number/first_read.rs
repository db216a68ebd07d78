//! What the first reads of a number returned, by which it is known again.
//!
//! Digits are given out again. A number whose id and purchase date are both others than before
//! belongs to somebody else, whatever its digits say. One of the two alone proves nothing: the
//! API writes ids in several ways, and a date can be put right.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::joonto::{NumberRecord, Source};
use crate::provider::purchase::purchase_date;

/// Prefixes of ids that purchases and updates return. They are never those of reads.
const OF_WRITES: [&str; 2] = ["NID-", "JNUOID-"];

/// What the first reads returned.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct FirstRead {
    /// The number's id, as details return it.
    #[serde(skip_serializing_if = "Option::is_none")]
    details_id: Option<String>,
    /// The number's id, as the inventory returns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    inventory_id: Option<String>,
    /// The day it was bought, in days since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    purchased: Option<i64>,
}

/// Whether records are those of the same number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sameness {
    /// They are, or nothing says otherwise.
    Same,
    /// Only the record of the other endpoint can tell.
    NeedsOther,
    /// The number is somebody else's.
    Another,
}

impl FirstRead {
    /// Compares a record that was read at `source`, and that of the `other` endpoint if it was
    /// asked. `named_at` is when the number's order named it: the day it was bought, where no
    /// read has shown that yet.
    pub(super) fn compare(
        &self,
        record: (&NumberRecord, Source),
        other: Option<(&NumberRecord, Source)>,
        named_at: Option<OffsetDateTime>,
    ) -> Sameness {
        let records = [Some(record), other];
        let records = || records.into_iter().flatten();
        let id = all_same(records().map(|(record, source)| self.is_same_id(record, source)));
        let date = all_same(records().map(|(record, _)| self.is_same_date(record, named_at)));
        match (id, date) {
            (Some(false), Some(false)) => Sameness::Another,
            (Some(true), _) | (_, Some(true)) => Sameness::Same,
            // One differs and the other is not known, or only the other endpoint's id is kept.
            (Some(false), None) | (None, Some(false)) if other.is_none() => Sameness::NeedsOther,
            (None, None) if other.is_none() && !self.is_empty() => Sameness::NeedsOther,
            _ => Sameness::Same,
        }
    }

    /// Nothing: the id cannot be compared.
    fn is_same_id(&self, record: &NumberRecord, source: Source) -> Option<bool> {
        Some(self.id(source)? == id_of(record)?)
    }

    /// Nothing: the date cannot be compared.
    fn is_same_date(
        &self,
        record: &NumberRecord,
        named_at: Option<OffsetDateTime>,
    ) -> Option<bool> {
        let now = days(purchase_date(record)?);
        match (self.purchased, named_at) {
            (Some(first), _) => Some(first == now),
            // The API tells a day in an unknown time zone.
            (None, Some(at)) => Some((days(at.date()) - now).abs() <= 1),
            (None, None) => None,
        }
    }

    /// Keeps what the record is the first to return.
    pub(super) fn learn(&mut self, record: &NumberRecord, source: Source) {
        let kept = match source {
            Source::Details => &mut self.details_id,
            Source::Inventory => &mut self.inventory_id,
        };
        if kept.is_none() {
            *kept = id_of(record).map(str::to_owned);
        }
        if self.purchased.is_none() {
            self.purchased = purchase_date(record).map(days);
        }
    }

    /// Whether there is anything to compare with.
    pub(super) fn is_empty(&self) -> bool {
        self.details_id.is_none() && self.inventory_id.is_none()
    }

    fn id(&self, source: Source) -> Option<&str> {
        match source {
            Source::Details => self.details_id.as_deref(),
            Source::Inventory => self.inventory_id.as_deref(),
        }
    }
}

/// Whether everything that can be compared is the same. Nothing: nothing can.
fn all_same(compared: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    compared.flatten().reduce(|all, one| all && one)
}

fn id_of(record: &NumberRecord) -> Option<&str> {
    let id = record.number_id.as_deref()?;
    let is_of_write = OF_WRITES.iter().any(|prefix| id.starts_with(prefix));
    (!is_of_write).then_some(id)
}

fn days(date: Date) -> i64 {
    (date.midnight().assume_utc() - OffsetDateTime::UNIX_EPOCH).whole_days()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn record(id: &str, date: Option<&str>) -> NumberRecord {
        NumberRecord {
            number_id: Some(id.to_owned()),
            original_date_purchased: date.map(str::to_owned),
            ..NumberRecord::default()
        }
    }

    fn first(source: Source, id: &str, date: Option<&str>) -> FirstRead {
        let mut first = FirstRead::default();
        first.learn(&record(id, date), source);
        first
    }

    // C53
    #[test]
    fn id_and_date_have_to_differ_at_one_endpoint() {
        use Sameness::{Another, NeedsOther, Same};
        use Source::{Details, Inventory};
        let (old, new) = (Some("02/05/2025"), Some("11/20/2026"));
        let bought = Some(datetime!(2026-11-19 23:30 UTC));
        let by_details = |date| first(Details, "TNID-1", date);
        let by_inventory = |date| first(Inventory, "7-1", date);
        let (t2, s2) = ("TNID-2", "7-2");
        for (first, now, source, named_at, expected) in [
            (by_details(old), record(t2, new), Details, None, Another),
            (by_details(old), record(t2, old), Details, None, Same),
            (by_details(old), record("TNID-1", new), Details, None, Same),
            (by_details(old), record(t2, None), Details, None, NeedsOther),
            (by_details(None), record(t2, new), Details, None, NeedsOther),
            (by_details(None), record(t2, old), Details, bought, Another),
            (by_details(None), record(t2, new), Details, bought, Same),
            (
                by_details(None),
                record("TNID-1", None),
                Details,
                None,
                Same,
            ),
            (
                by_details(old),
                record(s2, new),
                Inventory,
                None,
                NeedsOther,
            ),
            (by_details(old), record(s2, old), Inventory, None, Same),
            (by_inventory(old), record(s2, new), Inventory, None, Another),
            (
                by_inventory(old),
                record(t2, None),
                Details,
                None,
                NeedsOther,
            ),
            (
                FirstRead::default(),
                record(t2, None),
                Details,
                bought,
                Same,
            ),
        ] {
            let compared = first.compare((&now, source), None, named_at);
            assert_eq!(compared, expected, "{first:?}, then {now:?}");
        }
    }

    #[test]
    fn the_other_endpoint_tells_what_one_does_not() {
        use Sameness::{Another, Same};
        use Source::{Details, Inventory};
        let (old, new) = (Some("02/05/2025"), Some("11/20/2026"));
        let by_details = first(Details, "TNID-1", None);
        let by_inventory = first(Inventory, "7-1", old);
        let bought = Some(datetime!(2025-02-05 12:00 UTC));
        for (first, details, inventory, expected) in [
            (
                &by_details,
                record("TNID-2", None),
                record("7-2", new),
                Another,
            ),
            (
                &by_details,
                record("TNID-2", None),
                record("7-2", old),
                Same,
            ),
            (
                &by_details,
                record("TNID-1", None),
                record("7-2", new),
                Same,
            ),
            (
                &by_inventory,
                record("TNID-2", None),
                record("7-2", new),
                Another,
            ),
            (
                &by_inventory,
                record("TNID-2", None),
                record("7-1", new),
                Same,
            ),
            (
                &by_inventory,
                record("TNID-2", None),
                record("7-2", old),
                Same,
            ),
        ] {
            let (details, inventory) = ((&details, Details), (&inventory, Inventory));
            for (one, other) in [(details, inventory), (inventory, details)] {
                let compared = first.compare(one, Some(other), bought);
                assert_eq!(compared, expected, "{first:?}, then {one:?} and {other:?}");
            }
        }
        let nothing = FirstRead::default().compare((&record("7-2", new), Inventory), None, bought);
        assert_eq!(nothing, Sameness::NeedsOther, "only the date differs");
    }

    #[test]
    fn only_the_first_read_is_kept() {
        let mut kept = first(Source::Details, "TNID-1", None);
        kept.learn(&record("TNID-2", Some("02/05/2025")), Source::Details);
        kept.learn(&record("7-1", Some("02/06/2025")), Source::Inventory);
        let compared = kept.compare((&record("TNID-1", None), Source::Details), None, None);
        assert_eq!(compared, Sameness::Same);
        assert_eq!(kept.inventory_id.as_deref(), Some("7-1"));
        assert_eq!(kept, {
            let mut same = first(Source::Details, "TNID-1", Some("2025-02-05"));
            same.inventory_id = Some("7-1".into());
            same
        });
    }
}
