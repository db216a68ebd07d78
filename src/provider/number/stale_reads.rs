//! The while after a change in which reads may still tell how the number was before.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::model::NumberModel;
use super::{caller_name, columns};
use crate::joonto::NumberRecord;
use crate::terraform::Attr;

/// How long a change may take to show: the vendor gives voice routes a cycle of ten minutes.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// A change that reads may not show yet.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct StaleReads {
    /// From here on (in seconds since 1970) reads are believed.
    until: i64,
    /// What was changed, with the values from before.
    was: BTreeMap<String, Option<String>>,
}

impl StaleReads {
    /// The number was changed at `now` from `prior` to `planned`.
    pub(super) fn new(
        prior: &NumberModel,
        planned: &NumberModel,
        now: OffsetDateTime,
    ) -> Option<Self> {
        let changed = columns::differences(prior, planned);
        let was: BTreeMap<_, _> = columns::texts(prior)
            .filter(|(name, _)| changed.contains(name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        (!was.is_empty()).then(|| Self {
            until: (now + LONGEST).unix_timestamp(),
            was,
        })
    }

    /// Puts right a `number` that was just read and was `kept` before: what reads as it was
    /// before the change is stale. Returns what may still be stale.
    pub(super) fn correct(
        mut self,
        kept: &NumberModel,
        number: &mut NumberModel,
        now: OffsetDateTime,
    ) -> Option<Self> {
        if now.unix_timestamp() >= self.until {
            return None;
        }
        for (name, read) in columns::texts(&number.clone()) {
            match self.was.get(name) {
                Some(was) if columns::is_same(name, was.as_deref(), read.as_deref()) => {
                    columns::copy([name], kept, number);
                }
                // It shows, or it was changed again elsewhere.
                Some(_) => drop(self.was.remove(name)),
                None => {}
            }
        }
        (!self.was.is_empty()).then_some(self)
    }
}

/// How long a caller name may take to show: the vendor says one to two days.
const LONGEST_FOR_NAMES: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// A caller name in the state that reads may not show yet. What the name was before is not always
/// known, so any other name counts as stale.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnshownName {
    /// The purchase could not carry it, and it was not sent since: the next read takes it out of
    /// the state, so that the plan shows it.
    Unsent,
    /// It was sent. From then on (in seconds since 1970) reads are believed.
    Until(i64),
}

impl UnshownName {
    /// A name was sent at `now`.
    pub(super) fn sent(now: OffsetDateTime) -> Self {
        Self::Until((now + LONGEST_FOR_NAMES).unix_timestamp())
    }

    /// Puts right a `number` that was just read as `record`, and was `kept` before. Returns what
    /// is left to be shown.
    pub(super) fn correct(
        self,
        kept: &NumberModel,
        number: &mut NumberModel,
        record: &NumberRecord,
        now: OffsetDateTime,
    ) -> Option<Self> {
        match self {
            Self::Unsent => {
                number.caller_name = Attr::Null;
                None
            }
            Self::Until(until) if now.unix_timestamp() >= until => None,
            Self::Until(_) => {
                number.caller_name.clone_from(&kept.caller_name);
                let name = kept.caller_name.clone().into_value();
                let returned = record.caller_name.as_deref();
                let is_shown =
                    returned.is_some_and(|name_read| caller_name::is_shown(&name, name_read));
                (!is_shown).then_some(self)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::provider::flatten::UnsetFields;
    use crate::provider::number::caller_name::CallerName;

    const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

    fn number(message_type: &str, route: &str) -> NumberModel {
        NumberModel {
            message_type: message_type.into(),
            message_route_id: route.into(),
            voice_enabled: Attr::Known(false),
            ..NumberModel::default()
        }
    }

    #[test]
    fn what_reads_as_before_the_change_is_kept_for_a_while() {
        let (prior, sent) = (number("a2p", "MRID-1"), number("p2p", ""));
        let stale = StaleReads::new(&prior, &sent, NOW).expect("a change");

        let mut read = prior.clone();
        let left = stale.clone().correct(&sent, &mut read, NOW);
        assert_eq!(read, sent);
        assert_eq!(left, Some(stale.clone()));

        let mut read = prior.clone();
        let later = NOW + LONGEST;
        assert_eq!(stale.correct(&sent, &mut read, later), None);
        assert_eq!(read, prior, "then it is drift");
    }

    #[test]
    fn what_shows_or_is_changed_elsewhere_is_settled() {
        let (prior, sent) = (number("a2p", "MRID-1"), number("p2p", "MRID-2"));
        let stale = StaleReads::new(&prior, &sent, NOW).expect("a change");
        let mut read = number("p2p", "MRID-3");
        read.voice_enabled = Attr::Known(true);
        let returned = read.clone();
        assert_eq!(stale.correct(&sent, &mut read, NOW), None);
        assert_eq!(read, returned);
    }

    fn named(first: &str, last: &str) -> NumberModel {
        NumberModel {
            caller_name: Attr::Known(CallerName {
                first_name: first.into(),
                last_name: last.into(),
            }),
            ..NumberModel::default()
        }
    }

    /// What a read at `now` makes of `kept`, and what is left to be shown.
    fn read_name(
        unshown: UnshownName,
        kept: &NumberModel,
        returned: Option<&str>,
        now: OffsetDateTime,
    ) -> (NumberModel, Option<UnshownName>) {
        let record = NumberRecord {
            caller_name: returned.map(str::to_owned),
            ..NumberRecord::default()
        };
        let mut number = kept.clone();
        columns::store_record(&mut number, &record, UnsetFields::Fill);
        let left = unshown.correct(kept, &mut number, &record, now);
        (number, left)
    }

    #[test]
    fn a_caller_name_is_awaited_for_days_and_once_shown_no_longer() {
        let (ada, sent) = (named("Ada", "Example"), UnshownName::sent(NOW));
        let later = NOW + LONGEST_FOR_NAMES;
        for returned in [None, Some("Old Name")] {
            assert_eq!(
                read_name(sent, &ada, returned, NOW),
                (ada.clone(), Some(sent))
            );
        }
        let shown = read_name(sent, &ada, Some("EXAMPLE, ADA"), NOW);
        assert_eq!(shown, (ada.clone(), None));
        let old = read_name(sent, &ada, Some("Old Name"), later);
        assert_eq!(old, (named("Old", "Name"), None), "then it is drift");
        assert_eq!(read_name(sent, &ada, None, later), (ada.clone(), None));
        let unsent = read_name(UnshownName::Unsent, &ada, Some("Ada Example"), NOW);
        assert_eq!(unsent, (NumberModel::default(), None));
    }

    #[test]
    fn other_spellings_of_the_same_are_no_change() {
        let sim = |text: &str| NumberModel {
            iccid: text.into(),
            ..number("a2p", "")
        };
        let (a, b) = (sim("8901240397190195850"), sim("8901240397190195850F"));
        assert_eq!(StaleReads::new(&a, &b, NOW), None);
    }
}
