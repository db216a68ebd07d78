use super::*;

fn accepts(check: fn(&str) -> Validity, good: &[&str], bad: &[&str]) {
    for text in good {
        assert_eq!(check(text), Ok(()), "{text:?}");
    }
    for text in bad {
        assert!(check(text).is_err(), "{text:?}");
    }
}

#[test]
fn enumerations_take_their_words_only_and_list_them() {
    accepts(
        number_type,
        &["mvno", "iot", "voip"],
        &["", "MVNO", "mobile"],
    );
    accepts(message_type, &["a2p", "p2p"], &["A2P", "sms"]);
    accepts(
        deletion_policy,
        &["cancel", "park", "abandon", "prevent"],
        &["delete", "Cancel"],
    );
    let problem = number_type("mobile").expect_err("not a number type");
    assert!(problem.contains(r#""mvno", "iot", "voip""#), "{problem}");
}

#[test]
fn area_codes_have_three_digits_from_200_up() {
    accepts(
        area_code,
        &["201", "999"],
        &["", "20", "2011", "101", "0201", "2a1", "２01"],
    );
}

#[test]
fn zip_codes_have_five_digits() {
    accepts(
        zip_code,
        &["84043", "00501"],
        &["", "8404", "840431", "84043-1234", "8404a"],
    );
}

#[test]
fn iccids_have_18_to_20_digits_and_perhaps_a_filler_letter() {
    accepts(
        iccid,
        &[
            "890124039719019585",
            "8901240397190195850",
            "89012403971901958501",
            "8901240397190195850F",
            "8901240397190195850f",
        ],
        &[
            "",
            "89012403971901958",
            "890124039719019585012",
            "7901240397190195850",
            "8901240397190195850FF",
            "89012403971901958F0",
            "8901-2403-9719-0195",
        ],
    );
}

#[test]
fn swapped_routes_are_noticed_and_other_shapes_are_not_judged() {
    accepts(message_route_id, &["MRID-1", "", "T9992774"], &["CRID-1"]);
    accepts(voice_route_id, &["CRID-1", "", "T9992774"], &["MRID-1"]);
}
