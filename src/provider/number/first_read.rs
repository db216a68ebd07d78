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

/// Whether a record is that of the same number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sameness {
    /// It is, or nothing says otherwise.
    Same,
    /// Its id is another one, and the record does not say when it was bought.
    NeedsDate,
    /// It is somebody else's.
    Another,
}

impl FirstRead {
    /// Compares a record that was read at `source`. `named_at` is when the number's order named
    /// it: the day it was bought, where no read has told that yet.
    pub(super) fn compare(
        &self,
        record: &NumberRecord,
        source: Source,
        named_at: Option<OffsetDateTime>,
    ) -> Sameness {
        match (self.id(source), id_of(record)) {
            (Some(first), Some(now)) if first != now => self.compare_date(record, named_at),
            _ => Sameness::Same,
        }
    }

    /// Compares the purchase date alone, of a number whose id is another one.
    pub(super) fn compare_date(
        &self,
        record: &NumberRecord,
        named_at: Option<OffsetDateTime>,
    ) -> Sameness {
        let Some(now) = purchase_date(record).map(days) else {
            return Sameness::NeedsDate;
        };
        let is_same = match (self.purchased, named_at) {
            (Some(first), _) => first == now,
            // The API tells a day in an unknown time zone.
            (None, Some(at)) => (days(at.date()) - now).abs() <= 1,
            (None, None) => true,
        };
        match is_same {
            true => Sameness::Same,
            false => Sameness::Another,
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
        use Sameness::{Another, NeedsDate, Same};
        use Source::{Details, Inventory};
        let (old, new) = (Some("02/05/2025"), Some("11/20/2026"));
        let bought = Some(datetime!(2026-11-19 23:30 UTC));
        for (first, now, source, named_at, expected) in [
            (
                first(Details, "TNID-1", old),
                record("TNID-2", new),
                Details,
                None,
                Another,
            ),
            (
                first(Details, "TNID-1", old),
                record("TNID-2", old),
                Details,
                None,
                Same,
            ),
            (
                first(Details, "TNID-1", old),
                record("TNID-1", new),
                Details,
                None,
                Same,
            ),
            (
                first(Details, "TNID-1", old),
                record("TNID-2", None),
                Details,
                None,
                NeedsDate,
            ),
            (
                first(Details, "TNID-1", None),
                record("TNID-2", new),
                Details,
                None,
                Same,
            ),
            (
                first(Details, "TNID-1", None),
                record("TNID-2", old),
                Details,
                bought,
                Another,
            ),
            (
                first(Details, "TNID-1", None),
                record("TNID-2", new),
                Details,
                bought,
                Same,
            ),
            (
                first(Details, "TNID-1", old),
                record("TNID-2", new),
                Inventory,
                None,
                Same,
            ),
            (
                first(Inventory, "7-1", old),
                record("7-2", new),
                Inventory,
                None,
                Another,
            ),
            (
                first(Details, "NID-1", old),
                record("TNID-2", new),
                Details,
                None,
                Same,
            ),
            (
                first(Details, "TNID-1", old),
                record("NID-2", new),
                Details,
                None,
                Same,
            ),
            (
                FirstRead::default(),
                record("TNID-2", new),
                Details,
                bought,
                Same,
            ),
        ] {
            let compared = first.compare(&now, source, named_at);
            assert_eq!(compared, expected, "{first:?}, then {now:?}");
        }
    }

    #[test]
    fn only_the_first_read_is_kept() {
        let mut kept = first(Source::Details, "TNID-1", None);
        kept.learn(&record("TNID-2", Some("02/05/2025")), Source::Details);
        kept.learn(&record("7-1", Some("02/06/2025")), Source::Inventory);
        let compared = kept.compare(&record("TNID-1", None), Source::Details, None);
        assert_eq!(compared, Sameness::Same);
        assert_eq!(kept.inventory_id.as_deref(), Some("7-1"));
        assert_eq!(kept, {
            let mut same = first(Source::Details, "TNID-1", Some("2025-02-05"));
            same.inventory_id = Some("7-1".into());
            same
        });
    }
}
