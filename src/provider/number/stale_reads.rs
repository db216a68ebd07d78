//! The while after a change in which reads may still tell how the number was before.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::columns;
use super::model::NumberModel;

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

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::terraform::Attr;

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
