//! Ids and words, good and bad.

use super::*;

#[test]
fn numbers_gain_a_missing_plus() {
    for text in ["+18016025346", "18016025346", " +1 (801) 602-5346 "] {
        assert_eq!(E164::parse(text).expect(text).as_str(), "+18016025346");
    }
    for text in [
        "",
        "+",
        "123456",
        "+0123456789",
        "1234567890123456",
        "+1x8016025346",
        "١٢٣٤٥٦٧٨",
    ] {
        assert_eq!(
            E164::parse(text),
            Err("not a phone number in the form +18016025346"),
            "{text}"
        );
    }
}

#[test]
fn an_iccid_is_its_digits() {
    let iccid = |text| Iccid::parse(text).expect("valid");
    assert_eq!(
        iccid("8901240397190557414F").digits(),
        "8901240397190557414"
    );
    for text in [
        "",
        "89",
        "8801240397190195850",
        "89012403971901958",
        "890124039719019585000",
        "8901240397190195850FF",
        "89012403971901F5850",
    ] {
        assert_eq!(
            Iccid::parse(text),
            Err("not an ICCID: 18 to 20 digits beginning with 89"),
            "{text}"
        );
    }
    assert!(iccid("8901240397190557414F").same_sim(&iccid("8901240397190557414")));
    assert!(iccid("890124039719055741").same_sim(&iccid("8901240397190557414")));
    assert!(iccid("890124039719055741").same_sim(&iccid("89012403971905574140")));
    assert!(!iccid("890124039719055741").same_sim(&iccid("89012403971905574240")));
    assert!(!iccid("8901240397190557415").same_sim(&iccid("8901240397190557414")));
}

#[test]
fn check_digits() {
    let fits = |text| Iccid::parse(text).expect("valid").check_digit_fits();
    assert!(fits("8901240397190195850"), "the seed's own");
    assert!(!fits("8901240397190195851"));
    assert!(fits("890124039719019585"), "18 digits: maybe none there");
    assert!(
        fits("89012403971901958505"),
        "a filler digit behind the check digit"
    );
}

#[test]
fn opaque_ids_are_taken_as_they_are() {
    assert_eq!(OrderId::parse(" x-1 ").expect("valid").as_str(), "x-1");
    assert_eq!(OrderId::parse(" "), Err("not an order id"));
    assert_eq!(AccountId::parse("a\nb"), Err("not an account id"));
}

#[test]
fn words_in_requests() {
    for word in NumberType::ALL {
        assert_eq!(NumberType::parse(word.as_str()), Some(word));
        assert_eq!(serde_json::json!(word), word.as_str());
    }
    for word in MessageType::ALL {
        assert_eq!(MessageType::parse(word.as_str()), Some(word));
        assert_eq!(serde_json::json!(word), word.as_str());
    }
    assert_eq!(NumberType::parse("MVNO"), None);
    assert_eq!(serde_json::json!(NumberType::Iot.classification()), "IoT");
    assert_eq!(serde_json::json!(NumberType::Mvno.classification()), "MVNO");
    assert_eq!(NumberType::Voip.classification(), None);
}

#[test]
fn order_words() {
    for word in [
        "Complete",
        "COMPLETED",
        "updated",
        "Success",
        " successful ",
    ] {
        assert_eq!(OrderClass::of(Some(word)), OrderClass::Done, "{word}");
    }
    for word in [
        "Error",
        "Failed",
        "failure",
        "Rejected",
        "Cancelled",
        "canceled",
    ] {
        assert_eq!(OrderClass::of(Some(word)), OrderClass::Failed, "{word}");
    }
    for word in [
        "Pending",
        "Submitted",
        "Pending Carrier Approval",
        "InProgress",
        "",
        "incomplete",
    ] {
        assert_eq!(OrderClass::of(Some(word)), OrderClass::GoingOn, "{word}");
    }
    assert_eq!(OrderClass::of(None), OrderClass::GoingOn);
}

#[test]
fn number_words() {
    let cases = [
        (NumberClass::Live, &["Active", "ACTIVE "][..]),
        (
            NumberClass::Held,
            &["Parked", "park", "Inactive", "Suspended", "Disabled"],
        ),
        (
            NumberClass::InWork,
            &[
                "Pending",
                "In Progress",
                "in-progress",
                "IN_PROGRESS",
                "Provisioning",
                "Scheduled",
            ],
        ),
        (
            NumberClass::Gone,
            &[
                "Cancelled",
                "canceled",
                "Terminated",
                "Ported Out",
                "PortedOut",
                "Deleted",
                "Released",
            ],
        ),
        (
            NumberClass::Unclear,
            &["", "Gone fishing", "null", "actived"],
        ),
    ];
    for (class, words) in cases {
        for word in words {
            assert_eq!(NumberClass::of(Some(word)), class, "{word}");
        }
    }
    assert_eq!(NumberClass::of(None), NumberClass::Unclear);
}
