//! What a SIM proves about a purchase whose response was lost. Pure: no calls, no clock.
//!
//! A SIM carries one number. Nothing else proves a purchase: a new number in the account may be
//! anybody's.

use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use crate::joonto::{E164, NumberClass, NumberRecord, ProvisionRequest};

/// A purchase for a SIM whose outcome is unknown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purchase<'a> {
    /// What was asked for.
    pub(super) request: &'a ProvisionRequest,
    /// The ended number that the SIM carried before.
    pub(super) before: Option<&'a E164>,
    /// When it was sent.
    pub(super) sent_at: OffsetDateTime,
    /// Whether this run sent it.
    pub(super) is_own: bool,
    /// Whether another purchase for the SIM is open.
    pub(super) has_rival: bool,
}

/// What the SIM says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Proof {
    /// The purchase bought this number.
    Bought(E164),
    /// The SIM carries no new number yet.
    NotYet,
    /// The number's date decides, and this record does not tell it.
    NeedsDate(E164),
    /// The SIM carries a number that does not prove the purchase, for this reason.
    NotProved(E164, &'static str),
}

/// Decides what the number that the SIM carries now proves.
///
/// `date` is the day it was bought, from details or inventory; `is_named` says whether a record
/// or this command's plan names a number.
pub(super) fn decide(
    purchase: Purchase<'_>,
    carried: Option<&NumberRecord>,
    date: Option<Date>,
    is_named: impl Fn(&E164) -> bool,
) -> Proof {
    let live = carried.filter(|record| record.class() != NumberClass::Gone);
    let Some((record, number)) = live.and_then(|r| Some((r, r.number.clone()?))) else {
        return Proof::NotYet;
    };
    if purchase.before == Some(&number) {
        return Proof::NotYet;
    }
    let reason = if purchase.has_rival {
        "another purchase for the same SIM is open"
    } else if is_named(&number) {
        "a record or a resource in state names it already"
    } else if !purchase.request.admits(record) {
        "it is not what was asked for"
    } else {
        match date {
            Some(date) if date >= day_before(purchase.sent_at) => return Proof::Bought(number),
            Some(_) => "it was bought before the purchase was sent",
            None if purchase.is_own => return Proof::Bought(number),
            None => return Proof::NeedsDate(number),
        }
    };
    Proof::NotProved(number, reason)
}

/// The day before: the API tells a day in an unknown time zone.
pub(in crate::provider) fn day_before(at: OffsetDateTime) -> Date {
    let at = at.to_offset(time::UtcOffset::UTC);
    at.checked_sub(Duration::days(1)).unwrap_or(at).date()
}

/// The day a number was bought, as the API writes it: `02/05/2023`, or a date that begins
/// `2023-02-05`.
pub(in crate::provider) fn purchase_date(record: &NumberRecord) -> Option<Date> {
    let text = record.original_date_purchased.as_deref()?.trim();
    Date::parse(text, format_description!("[month]/[day]/[year]"))
        .or_else(|_| {
            let day = text.get(..10).unwrap_or(text);
            Date::parse(day, format_description!("[year]-[month]-[day]"))
        })
        .ok()
}

/// Whether a number may be what a purchase bought, by its date. A number without a date may.
pub(super) fn is_late_enough(record: &NumberRecord, sent_at: OffsetDateTime) -> bool {
    purchase_date(record).is_none_or(|date| date >= day_before(sent_at))
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;
    use crate::joonto::{Iccid, MessageType, NumberType};

    const SENT: OffsetDateTime = datetime!(2026-11-26 10:00 UTC);

    fn request() -> ProvisionRequest {
        ProvisionRequest {
            iccid: Iccid::parse("8901240397190195850").ok(),
            ..ProvisionRequest::new(NumberType::Iot, MessageType::P2p, false, false)
        }
    }

    fn number() -> E164 {
        E164::parse("+18015550100").expect("a number")
    }

    fn record() -> NumberRecord {
        NumberRecord {
            number: Some(number()),
            classification: Some("IoT".into()),
            message_type_word: Some("P2P".into()),
            status: Some("Active".into()),
            ..NumberRecord::default()
        }
    }

    fn decided(
        change: impl FnOnce(&mut Purchase<'_>, &mut NumberRecord),
        date: Option<Date>,
        named: bool,
    ) -> Proof {
        let request = request();
        let mut record = record();
        let mut purchase = Purchase {
            request: &request,
            before: None,
            sent_at: SENT,
            is_own: false,
            has_rival: false,
        };
        change(&mut purchase, &mut record);
        decide(purchase, Some(&record), date, |_| named)
    }

    #[test]
    fn a_new_number_on_the_sim_proves_the_purchase() {
        let today = Some(date!(2026 - 11 - 26));
        let yesterday = Some(date!(2026 - 11 - 25));
        for date in [today, yesterday] {
            assert_eq!(decided(|_, _| {}, date, false), Proof::Bought(number()));
        }
        let own = |purchase: &mut Purchase<'_>, _: &mut NumberRecord| purchase.is_own = true;
        assert_eq!(decided(own, None, false), Proof::Bought(number()));
    }

    #[test]
    fn anything_else_proves_nothing() {
        let today = Some(date!(2026 - 11 - 26));
        let is_not_proved = |proof: Proof| matches!(proof, Proof::NotProved(..));
        assert!(is_not_proved(decided(|_, _| {}, today, true)));
        assert!(is_not_proved(decided(
            |_, _| {},
            Some(date!(2026 - 11 - 24)),
            false
        )));
        assert!(is_not_proved(decided(
            |p, _| p.has_rival = true,
            today,
            false
        )));
        let other = |_: &mut Purchase<'_>, r: &mut NumberRecord| {
            r.classification = Some("MVNO".into());
        };
        assert!(is_not_proved(decided(other, today, false)));
        assert_eq!(decided(|_, _| {}, None, false), Proof::NeedsDate(number()));
        let ended =
            |_: &mut Purchase<'_>, r: &mut NumberRecord| r.status = Some("Cancelled".into());
        assert_eq!(decided(ended, today, false), Proof::NotYet);
        let had = number();
        let request = request();
        let purchase = Purchase {
            request: &request,
            before: Some(&had),
            sent_at: SENT,
            is_own: true,
            has_rival: false,
        };
        assert_eq!(
            decide(purchase, Some(&record()), today, |_| false),
            Proof::NotYet
        );
        assert_eq!(decide(purchase, None, None, |_| false), Proof::NotYet);
    }

    #[test]
    fn dates_are_read_in_both_of_the_apis_forms() {
        let read = |text: &str| {
            purchase_date(&NumberRecord {
                original_date_purchased: Some(text.into()),
                ..NumberRecord::default()
            })
        };
        assert_eq!(read("02/05/2023"), Some(date!(2023 - 02 - 05)));
        assert_eq!(read("2023-02-05T12:00:00Z"), Some(date!(2023 - 02 - 05)));
        assert_eq!(read("soon"), None);
    }
}
