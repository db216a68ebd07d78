//! The while after a change in which reads may still tell how the number was before.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::model::{Number, given};
use crate::joonto::Iccid;
use crate::terraform::Attr;

/// How long a change may take to show: the vendor gives voice routes a cycle of ten minutes.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// A change that reads may not show yet.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Settling {
    /// From here on (in seconds since 1970) reads are believed.
    until: i64,
    /// What was changed, with the values from before.
    was: BTreeMap<String, Option<String>>,
}

impl Settling {
    /// The number was changed at `now` from `prior` to `planned`.
    pub(super) fn new(prior: &Number, planned: &Number, now: OffsetDateTime) -> Option<Self> {
        let changed = differences(prior, planned);
        let was: BTreeMap<_, _> = comparable(prior)
            .into_iter()
            .filter(|(name, _)| changed.contains(name))
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        (!was.is_empty()).then(|| Self {
            until: (now + LONGEST).unix_timestamp(),
            was,
        })
    }

    /// Puts right a `number` that was just read and was `kept` before: what reads as it was
    /// before the change has not settled. Returns what is left to settle.
    pub(super) fn settle(
        mut self,
        kept: &Number,
        number: &mut Number,
        now: OffsetDateTime,
    ) -> Option<Self> {
        if now.unix_timestamp() >= self.until {
            return None;
        }
        for (name, read) in comparable(number) {
            match self.was.get(name) {
                Some(was) if *was == read => restore(name, kept, number),
                // It shows, or it was changed again elsewhere.
                Some(_) => drop(self.was.remove(name)),
                None => {}
            }
        }
        (!self.was.is_empty()).then_some(self)
    }
}

/// Every attribute an update can change, in a form that can be compared.
fn comparable(number: &Number) -> [(&'static str, Option<String>); 9] {
    let text = |attr: &Attr<String>| given(attr).map(str::to_owned);
    let flag = |attr: &Attr<bool>| attr.known().map(bool::to_string);
    let sim = |attr: &Attr<String>| {
        let iccid = attr.as_str().and_then(|text| Iccid::parse(text).ok());
        iccid.map(|iccid| iccid.digits().to_owned())
    };
    [
        ("number_type", text(&number.number_type)),
        ("message_type", text(&number.message_type)),
        ("message_enabled", flag(&number.message_enabled)),
        ("voice_enabled", flag(&number.voice_enabled)),
        ("message_route_id", text(&number.message_route_id)),
        ("voice_route_id", text(&number.voice_route_id)),
        ("iccid", sim(&number.iccid)),
        (
            "product_type",
            text(&number.product_type).map(|product| product.to_lowercase()),
        ),
        (
            "assigned_subscriber_id",
            text(&number.assigned_subscriber_id),
        ),
    ]
}

/// The attributes an update can change that differ between the two.
pub(super) fn differences(a: &Number, b: &Number) -> BTreeSet<&'static str> {
    comparable(a)
        .into_iter()
        .zip(comparable(b))
        .filter(|(a, b)| a != b)
        .map(|((name, _), _)| name)
        .collect()
}

/// Takes these attributes from one number over to another.
pub(super) fn take_over<'a>(
    names: impl IntoIterator<Item = &'a str>,
    from: &Number,
    to: &mut Number,
) {
    for name in names {
        restore(name, from, to);
    }
}

fn restore(name: &str, from: &Number, to: &mut Number) {
    match name {
        "number_type" => to.number_type.clone_from(&from.number_type),
        "message_type" => to.message_type.clone_from(&from.message_type),
        "message_enabled" => to.message_enabled.clone_from(&from.message_enabled),
        "voice_enabled" => to.voice_enabled.clone_from(&from.voice_enabled),
        "message_route_id" => to.message_route_id.clone_from(&from.message_route_id),
        "voice_route_id" => to.voice_route_id.clone_from(&from.voice_route_id),
        "iccid" => to.iccid.clone_from(&from.iccid),
        "product_type" => to.product_type.clone_from(&from.product_type),
        "assigned_subscriber_id" => to
            .assigned_subscriber_id
            .clone_from(&from.assigned_subscriber_id),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

    fn number(message_type: &str, route: &str) -> Number {
        Number {
            message_type: message_type.into(),
            message_route_id: route.into(),
            voice_enabled: Attr::Known(false),
            ..Number::default()
        }
    }

    #[test]
    fn what_reads_as_before_the_change_is_kept_for_a_while() {
        let (prior, sent) = (number("a2p", "MRID-1"), number("p2p", ""));
        let settling = Settling::new(&prior, &sent, NOW).expect("a change");

        let mut read = prior.clone();
        let left = settling.clone().settle(&sent, &mut read, NOW);
        assert_eq!(read, sent);
        assert_eq!(left, Some(settling.clone()));

        let mut read = prior.clone();
        let later = NOW + LONGEST;
        assert_eq!(settling.settle(&sent, &mut read, later), None);
        assert_eq!(read, prior, "then it is drift");
    }

    #[test]
    fn what_shows_or_is_changed_elsewhere_is_settled() {
        let (prior, sent) = (number("a2p", "MRID-1"), number("p2p", "MRID-2"));
        let settling = Settling::new(&prior, &sent, NOW).expect("a change");
        let mut read = number("p2p", "MRID-3");
        read.voice_enabled = Attr::Known(true);
        let told = read.clone();
        assert_eq!(settling.settle(&sent, &mut read, NOW), None);
        assert_eq!(read, told);
    }

    #[test]
    fn other_spellings_of_the_same_are_no_change() {
        let sim = |text: &str| Number {
            iccid: text.into(),
            ..number("a2p", "")
        };
        let (a, b) = (sim("8901240397190195850"), sim("8901240397190195850F"));
        assert_eq!(Settling::new(&a, &b, NOW), None);
    }
}
