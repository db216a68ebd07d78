//! What a SIM proves about a purchase whose response was lost. Pure: no calls, no clock.
//!
//! A SIM carries one number. Nothing else proves a purchase: a new number in the account may be
//! anybody's.

use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use super::journal::{Record, RecordedPurchase};
use crate::joonto::{E164, NumberClass, NumberRecord};

/// What the SIM says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Proof {
    /// The purchase bought this number.
    Bought(E164),
    /// The SIM carries no new number yet.
    NotYet,
    /// The SIM carries a number that does not prove the purchase, for this reason.
    NotProved(E164, &'static str),
}

/// Decides what the number that the SIM carries now proves of a purchase, which this run sent if
/// `is_own`.
///
/// `date` is the day it was bought, from details or inventory; `has_rival` says whether another
/// purchase for the SIM is open, `is_named` whether a record or this command's plan names a number.
pub(super) fn decide(
    purchase: &Record<RecordedPurchase>,
    is_own: bool,
    carried: &NumberRecord,
    date: Option<Date>,
    has_rival: bool,
    is_named: impl Fn(&E164) -> bool,
) -> Proof {
    let Some(number) = carried.number.clone() else {
        return Proof::NotYet;
    };
    if carried.class() == NumberClass::Gone || purchase.what.sim_before.as_ref() == Some(&number) {
        return Proof::NotYet;
    }
    let reason = if has_rival {
        "another purchase for the same SIM is open"
    } else if is_named(&number) {
        "a record or a resource in state names it already"
    } else if !purchase.what.request.admits(carried) {
        "it is not what was asked for"
    } else {
        match date {
            Some(date) if date >= day_before(purchase.sent_at()) => return Proof::Bought(number),
            Some(_) => "it was bought before the purchase was sent",
            // Without a date anywhere, only the run that sent it adopts.
            None if is_own => return Proof::Bought(number),
            None => return Proof::NotYet,
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
    use crate::joonto::{Iccid, MessageType, NumberType, ProvisionRequest};
    use crate::provider::purchase::run::Moment;

    const SENT: OffsetDateTime = datetime!(2026-11-26 10:00 UTC);

    fn purchase(sim_before: Option<E164>) -> Record<RecordedPurchase> {
        let request = ProvisionRequest {
            iccid: Iccid::parse("8901240397190195850").ok(),
            ..ProvisionRequest::new(NumberType::Iot, MessageType::P2p, false, false)
        };
        let what = RecordedPurchase::new(request, sim_before);
        Record::sending(what, SENT, Moment::default())
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
        change: impl FnOnce(&mut NumberRecord),
        date: Option<Date>,
        named: bool,
        has_rival: bool,
    ) -> Proof {
        let mut record = record();
        change(&mut record);
        decide(&purchase(None), false, &record, date, has_rival, |_| named)
    }

    #[test]
    fn a_new_number_on_the_sim_proves_the_purchase() {
        let today = Some(date!(2026 - 11 - 26));
        let yesterday = Some(date!(2026 - 11 - 25));
        for date in [today, yesterday] {
            let proof = decided(|_| {}, date, false, false);
            assert_eq!(proof, Proof::Bought(number()));
        }
        let own = decide(&purchase(None), true, &record(), None, false, |_| false);
        assert_eq!(own, Proof::Bought(number()));
    }

    #[test]
    fn anything_else_proves_nothing() {
        let today = Some(date!(2026 - 11 - 26));
        let old = Some(date!(2026 - 11 - 24));
        let same = |_: &mut NumberRecord| {};
        let other = |record: &mut NumberRecord| {
            record.classification = Some("MVNO".into());
        };
        for proof in [
            decided(same, today, true, false),
            decided(same, today, false, true),
            decided(same, old, false, false),
            decided(other, today, false, false),
        ] {
            assert!(matches!(proof, Proof::NotProved(..)), "{proof:?}");
        }
        let ended = |record: &mut NumberRecord| {
            record.status = Some("Cancelled".into());
        };
        let unread = |record: &mut NumberRecord| record.number = None;
        for proof in [
            decided(same, None, false, false),
            decided(ended, today, false, false),
            decided(unread, today, false, false),
        ] {
            assert_eq!(proof, Proof::NotYet);
        }
        let had = purchase(Some(number()));
        let proof = decide(&had, true, &record(), today, false, |_| false);
        assert_eq!(proof, Proof::NotYet);
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
