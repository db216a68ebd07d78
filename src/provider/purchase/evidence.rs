//! What the inventory proves about purchases whose answer was lost. Pure: no calls, no clock.
//!
//! A number is only ever adopted when *every* number that is new since the snapshot is
//! explained. One that is not means that somebody else is buying, too, and then nothing new can
//! be told apart: the candidates are listed, and nothing is guessed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::joonto::{E164, Iccid, MessageType, NumberRecord, NumberType, ProvisionRequest};

/// What a purchase asked for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wanted {
    pub(super) number_type: String,
    pub(super) message_type: String,
    pub(super) message_enabled: bool,
    pub(super) voice_enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) data_enabled: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) message_route_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) voice_route_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) area_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) zip_code: Option<String>,
    #[serde(default, rename = "ICCID", skip_serializing_if = "Option::is_none")]
    pub(super) iccid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) product_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assigned_subscriber_id: Option<String>,
}

impl Wanted {
    /// What `request` asks for.
    pub(super) fn of(request: &ProvisionRequest) -> Self {
        let text = |text: &Option<String>| text.clone();
        Self {
            number_type: request.number_type.as_str().to_owned(),
            message_type: request.message_type.as_str().to_owned(),
            message_enabled: request.message_enabled,
            voice_enabled: request.voice_enabled,
            data_enabled: request.data_enabled,
            message_route_id: text(&request.message_route_id),
            voice_route_id: text(&request.voice_route_id),
            area_code: text(&request.area_code),
            zip_code: text(&request.zip_code),
            iccid: request
                .iccid
                .as_ref()
                .map(|iccid| iccid.digits().to_owned()),
            product_type: text(&request.product_type),
            account_id: request.account_id.as_ref().map(|id| id.as_str().to_owned()),
            assigned_subscriber_id: text(&request.assigned_subscriber_id),
        }
    }

    /// Whether the number can be what was asked for, as far as the record tells.
    pub(super) fn admits(&self, record: &NumberRecord) -> bool {
        fn agrees<T: PartialEq>(wanted: Option<T>, told: Option<T>) -> bool {
            match (wanted, told) {
                (Some(wanted), Some(told)) => wanted == told,
                _ => true,
            }
        }
        // What was not asked for is not there; what reads spell in another way says nothing.
        let routed = |wanted: &Option<String>, told: Option<&String>, prefix: &str| match told {
            Some(told) if told.starts_with(prefix) => wanted.as_ref() == Some(told),
            _ => true,
        };
        // A VoIP number's type is told in no known way.
        (self.number_type == NumberType::Voip.as_str()
            || agrees(NumberType::parse(&self.number_type), record.number_type()))
            && agrees(
                MessageType::parse(&self.message_type),
                record.message_type(),
            )
            && agrees(Some(self.message_enabled), record.message_enabled)
            && agrees(Some(self.voice_enabled), record.voice_enabled)
            && routed(
                &self.message_route_id,
                record.message_route_id.value(),
                "MRID-",
            )
            && routed(&self.voice_route_id, record.voice_route_id.value(), "CRID-")
            && match (&self.product_type, &record.product_type) {
                (Some(wanted), Some(told)) => wanted.eq_ignore_ascii_case(told),
                _ => true,
            }
            && match (self.iccid.as_deref().map(Iccid::parse), record.iccid()) {
                (Some(Ok(wanted)), Some(told)) => wanted.same_sim(&told),
                _ => true,
            }
    }

    /// Whether a number bought for one could as well be that of the other: they differ in no
    /// more than where the number should preferably come from.
    fn interchangeable(&self, other: &Self) -> bool {
        let anywhere = |wanted: &Self| Self {
            area_code: None,
            zip_code: None,
            ..wanted.clone()
        };
        anywhere(self) == anywhere(other)
    }

    /// Whether the number may come from another area than the one that was asked for.
    fn may_be_from_afar(&self) -> bool {
        self.area_code.is_none() || self.zip_code.is_some()
    }

    /// Whether the number comes from the very area that was asked for.
    fn is_from_area(&self, number: &E164) -> bool {
        let national = number.as_str().strip_prefix("+1");
        self.area_code
            .as_deref()
            .is_some_and(|area| national.is_some_and(|national| national.starts_with(area)))
    }
}

/// The number that a SIM had before one was bought for it, if it had one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct SimBefore(#[serde(with = "as_text")] pub(super) Option<E164>);

/// A number as the text that people write.
mod as_text {
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

    use crate::joonto::E164;

    pub(super) fn serialize<S: Serializer>(
        number: &Option<E164>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        number.as_ref().map(E164::as_str).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<E164>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| E164::parse(&text).map_err(serde::de::Error::custom))
            .transpose()
    }
}

/// What is to be believed of one purchase in doubt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Finding {
    /// It bought this number.
    Bought(E164),
    /// No number that it could have bought is there.
    NoneSeen,
    /// These numbers are there, and which of them it bought, if any, cannot be told.
    Unsure(Vec<E164>),
}

/// Accounts for every new number, or for none.
///
/// `doubts` are the purchases whose answer was lost, `pending` those that were taken and have
/// no number yet, `new` what the inventory shows beyond the snapshot and what is known.
pub(super) fn account_for(
    doubts: &[&Wanted],
    pending: &[&Wanted],
    new: &[NumberRecord],
) -> Vec<Finding> {
    let named = || new.iter().filter_map(|record| record.number.clone());
    let candidates: BTreeSet<E164> = named().collect();
    if candidates.is_empty() {
        return vec![Finding::NoneSeen; doubts.len()];
    }
    match assign(doubts, pending, new) {
        Some(assigned) => assigned
            .into_iter()
            .map(|number| number.map_or(Finding::NoneSeen, Finding::Bought))
            .collect(),
        None => {
            let listed: Vec<E164> = candidates.into_iter().collect();
            doubts
                .iter()
                .map(|wanted| {
                    let matching = new.iter().any(|record| wanted.admits(record));
                    match matching {
                        true => Finding::Unsure(listed.clone()),
                        false => Finding::NoneSeen,
                    }
                })
                .collect()
        }
    }
}

/// Which number belongs to which purchase in doubt; `None` if that cannot be told.
///
/// Every number must have been brought by one of the purchases, and each of them brought one at
/// the most. Where that leaves several explanations, they must agree on the kind of purchase that
/// brought each number: among purchases of one kind, numbers may be shared out.
fn assign(
    doubts: &[&Wanted],
    pending: &[&Wanted],
    new: &[NumberRecord],
) -> Option<Vec<Option<E164>>> {
    let is_pending = |record| pending.iter().any(|wanted| wanted.admits(record));
    if new.iter().any(is_pending) {
        return None;
    }
    let kinds = kinds(doubts);
    let brought_by = sole_explanation(doubts, &kinds, new)?;
    let mut assigned = vec![None; doubts.len()];
    for kind in kinds.iter().copied().collect::<BTreeSet<usize>>() {
        let numbers: Vec<E164> = new
            .iter()
            .zip(&brought_by)
            .filter(|(_, by)| **by == kind)
            .map(|(record, _)| record.number.clone())
            .collect::<Option<_>>()?;
        let members: Vec<usize> = (0..doubts.len())
            .filter(|at| kinds.get(*at) == Some(&kind))
            .collect();
        share_out(doubts, &members, numbers, &mut assigned)?;
    }
    Some(assigned)
}

/// The kind of each purchase: the first that could be exchanged for it.
fn kinds(doubts: &[&Wanted]) -> Vec<usize> {
    let first = |wanted: &&Wanted| doubts.iter().position(|one| one.interchangeable(wanted));
    doubts
        .iter()
        .enumerate()
        .map(|(at, wanted)| first(wanted).unwrap_or(at))
        .collect()
}

/// The kind of purchase that brought each number, if there is no other way to explain them all.
fn sole_explanation(
    doubts: &[&Wanted],
    kinds: &[usize],
    new: &[NumberRecord],
) -> Option<Vec<usize>> {
    let admitting: Vec<Vec<usize>> = new
        .iter()
        .map(|record| {
            let admits = |at: &usize| doubts.get(*at).is_some_and(|wanted| wanted.admits(record));
            (0..doubts.len()).filter(admits).collect()
        })
        .collect();
    let kind_of = |doubt: usize| kinds.get(doubt).copied().unwrap_or(doubt);
    let explanation: Vec<usize> = explain_all(&admitting, doubts.len())?
        .into_iter()
        .map(kind_of)
        .collect();
    for (record, kind) in explanation.iter().enumerate() {
        let others: BTreeSet<usize> = admitting
            .get(record)?
            .iter()
            .map(|doubt| kind_of(*doubt))
            .filter(|other| other != kind)
            .collect();
        for other in others {
            let mut changed = admitting.clone();
            changed
                .get_mut(record)?
                .retain(|doubt| kind_of(*doubt) == other);
            if explain_all(&changed, doubts.len()).is_some() {
                return None;
            }
        }
    }
    Some(explanation)
}

/// A purchase of its own for each number, from those that admit it; `None` if there is none.
fn explain_all(admitting: &[Vec<usize>], doubts: usize) -> Option<Vec<usize>> {
    fn place(
        record: usize,
        admitting: &[Vec<usize>],
        holders: &mut [Option<usize>],
        tried: &mut BTreeSet<usize>,
    ) -> bool {
        for &doubt in admitting.get(record).into_iter().flatten() {
            if !tried.insert(doubt) {
                continue;
            }
            let holder = holders.get(doubt).copied().flatten();
            if holder.is_none_or(|holder| place(holder, admitting, holders, tried)) {
                if let Some(held) = holders.get_mut(doubt) {
                    *held = Some(record);
                }
                return true;
            }
        }
        false
    }
    let mut holders = vec![None; doubts];
    for record in 0..admitting.len() {
        if !place(record, admitting, &mut holders, &mut BTreeSet::new()) {
            return None;
        }
    }
    (0..admitting.len())
        .map(|record| holders.iter().position(|held| *held == Some(record)))
        .collect()
}

/// Gives numbers to purchases of one kind: first where area codes tell which is which, then what
/// is left over. `None` if it matters who goes without and that cannot be told.
fn share_out(
    doubts: &[&Wanted],
    members: &[usize],
    numbers: Vec<E164>,
    assigned: &mut [Option<E164>],
) -> Option<()> {
    let is_short = numbers.len() < members.len();
    let mut left = Vec::new();
    for number in numbers {
        let asked_for_its_area = |at: &&usize| {
            assigned.get(**at).is_some_and(Option::is_none)
                && doubts
                    .get(**at)
                    .is_some_and(|wanted| wanted.is_from_area(&number))
        };
        match members.iter().find(asked_for_its_area) {
            Some(at) => *assigned.get_mut(*at)? = Some(number),
            None => left.push(number),
        }
    }
    for number in left {
        let free: Vec<usize> = members
            .iter()
            .copied()
            .filter(|at| assigned.get(*at).is_some_and(Option::is_none))
            .collect();
        // An area code is only left for the sake of a zip code.
        let for_sure: Vec<usize> = free
            .iter()
            .copied()
            .filter(|at| {
                doubts
                    .get(*at)
                    .is_some_and(|wanted| wanted.may_be_from_afar())
            })
            .collect();
        let free = if for_sure.is_empty() { free } else { for_sure };
        let first = *free.first()?;
        // With as many numbers as purchases each has one, wherever it comes from; with fewer,
        // which of them went without must not matter.
        let are_same = free.iter().all(|at| doubts.get(*at) == doubts.get(first));
        if is_short && !are_same {
            return None;
        }
        *assigned.get_mut(first)? = Some(number);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(area: &str) -> Wanted {
        Wanted {
            number_type: "mvno".into(),
            message_type: "a2p".into(),
            message_enabled: true,
            voice_enabled: false,
            data_enabled: None,
            message_route_id: None,
            voice_route_id: None,
            area_code: (!area.is_empty()).then(|| area.to_owned()),
            zip_code: None,
            iccid: None,
            product_type: None,
            account_id: None,
            assigned_subscriber_id: None,
        }
    }

    fn e164(digits: &str) -> E164 {
        E164::parse(digits).expect("a number")
    }

    fn record(digits: &str) -> NumberRecord {
        NumberRecord {
            number: Some(e164(digits)),
            classification: Some("MVNO".into()),
            message_type_word: Some("A2P".into()),
            message_enabled: Some(true),
            voice_enabled: Some(false),
            ..NumberRecord::default()
        }
    }

    fn bought(digits: &str) -> Finding {
        Finding::Bought(e164(digits))
    }

    const A: &str = "+18015550100";
    const B: &str = "+13855550101";

    #[test]
    fn one_new_number_for_one_purchase_is_its_number() {
        assert_eq!(account_for(&[&wanted("")], &[], &[record(A)]), [bought(A)]);
    }

    #[test]
    fn nothing_new_means_that_nothing_was_seen() {
        assert_eq!(account_for(&[&wanted("")], &[], &[]), [Finding::NoneSeen]);
    }

    #[test]
    fn twins_are_listed_and_none_is_adopted() {
        let found = account_for(&[&wanted("")], &[], &[record(A), record(B)]);
        assert_eq!(found, [Finding::Unsure(vec![e164(B), e164(A)])]);
    }

    #[test]
    fn one_unexplained_number_spoils_all() {
        let foreign = NumberRecord {
            voice_enabled: Some(true),
            ..record(B)
        };
        let found = account_for(&[&wanted("")], &[], &[record(A), foreign]);
        assert!(matches!(&found[..], [Finding::Unsure(listed)] if listed.len() == 2));
    }

    #[test]
    fn identical_purchases_share_out_what_was_bought() {
        let one = wanted("");
        assert_eq!(
            account_for(&[&one, &one, &one], &[], &[record(A), record(B)]),
            [bought(A), bought(B), Finding::NoneSeen]
        );
    }

    #[test]
    fn area_codes_tell_which_is_which() {
        let (a, b) = (wanted("801"), wanted("385"));
        assert_eq!(
            account_for(&[&b, &a], &[], &[record(A), record(B)]),
            [bought(B), bought(A)]
        );
        assert_eq!(
            account_for(&[&b, &a], &[], &[record(A)]),
            [Finding::NoneSeen, bought(A)]
        );
    }

    #[test]
    fn a_number_from_elsewhere_goes_to_nobody_while_it_matters_who_went_without() {
        let (a, b) = (wanted("801"), wanted("385"));
        let elsewhere = "+14355550102";
        let found = account_for(&[&a, &b], &[], &[record(elsewhere)]);
        assert!(
            found
                .iter()
                .all(|finding| matches!(finding, Finding::Unsure(_)))
        );
        let found = account_for(&[&a, &b], &[], &[record(elsewhere), record(B)]);
        assert_eq!(found, [bought(elsewhere), bought(B)]);
    }

    #[test]
    fn a_number_from_elsewhere_is_that_of_the_purchase_that_named_a_zip_code() {
        let with_zip = Wanted {
            zip_code: Some("84043".into()),
            ..wanted("201")
        };
        let found = account_for(&[&wanted("385"), &with_zip], &[], &[record(A)]);
        assert_eq!(found, [Finding::NoneSeen, bought(A)]);
    }

    #[test]
    fn different_purchases_that_records_cannot_tell_apart_are_not_guessed() {
        let with_data = Wanted {
            data_enabled: Some(true),
            ..wanted("")
        };
        let found = account_for(&[&wanted(""), &with_data], &[], &[record(A), record(B)]);
        assert!(
            found
                .iter()
                .all(|finding| matches!(finding, Finding::Unsure(_)))
        );
    }

    #[test]
    fn different_purchases_that_records_tell_apart_are_sorted_out() {
        let voice = Wanted {
            voice_enabled: true,
            ..wanted("")
        };
        let with_voice = NumberRecord {
            voice_enabled: Some(true),
            ..record(B)
        };
        let found = account_for(&[&voice, &wanted("")], &[], &[record(A), with_voice]);
        assert_eq!(found, [bought(B), bought(A)]);
    }

    #[test]
    fn what_only_one_purchase_can_have_brought_tells_of_the_others_too() {
        // Reads tell no VoIP number apart for sure, so a VoIP purchase admits any record.
        let voip = Wanted {
            number_type: "voip".into(),
            ..wanted("")
        };
        let voip_record = NumberRecord {
            classification: None,
            number_type_word: Some("voip".into()),
            ..record(B)
        };
        let found = account_for(
            &[&voip, &wanted("")],
            &[],
            &[record(A), voip_record.clone()],
        );
        assert_eq!(found, [bought(B), bought(A)]);
        // Seen alone, the other one could be either's.
        let found = account_for(&[&voip, &wanted("")], &[], &[record(A)]);
        assert!(
            found
                .iter()
                .all(|finding| matches!(finding, Finding::Unsure(_)))
        );
        let found = account_for(&[&voip, &wanted("")], &[], &[voip_record]);
        assert_eq!(found, [bought(B), Finding::NoneSeen]);
    }

    #[test]
    fn one_number_more_than_purchases_of_its_kind_is_somebody_elses() {
        let voice = Wanted {
            voice_enabled: true,
            ..wanted("")
        };
        let found = account_for(&[&wanted(""), &voice], &[], &[record(A), record(B)]);
        assert!(matches!(
            &found[..],
            [Finding::Unsure(_), Finding::NoneSeen]
        ));
    }

    #[test]
    fn a_number_that_a_pending_order_may_bring_is_not_adopted() {
        let found = account_for(&[&wanted("")], &[&wanted("")], &[record(A)]);
        assert!(matches!(&found[..], [Finding::Unsure(_)]));
    }

    #[test]
    fn what_a_record_does_not_tell_proves_nothing() {
        let silent = NumberRecord {
            number: Some(e164(A)),
            ..NumberRecord::default()
        };
        assert!(wanted("").admits(&silent));
        let other = NumberRecord {
            classification: Some("IoT".into()),
            ..record(A)
        };
        assert!(!wanted("").admits(&other));
    }
}
