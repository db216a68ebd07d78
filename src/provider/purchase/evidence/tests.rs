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
