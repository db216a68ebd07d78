//! What is sent of a data limit, and what a read makes of it.

use super::*;
use crate::joonto::Field;
use crate::terraform::Diagnostic;
use crate::terraform::value::Number;

fn number(value: u32) -> Attr<Number> {
    Attr::Known(i64::from(value).into())
}

fn limit(unit: &str, notify: Option<u32>, limit: u32) -> DataLimitModel {
    DataLimitModel {
        phone_number: "+18015550100".into(),
        value_unit: unit.into(),
        notify_value: notify.map(|value| i64::from(value).into()).into(),
        limit_value: number(limit),
        ..DataLimitModel::default()
    }
}

fn field(value: Option<u32>) -> Field<u32> {
    value.map_or(Field::Null, Field::Value)
}

fn returned(unit: &str, notify: Option<u32>, limit: Option<u32>) -> ReturnedLimit {
    ReturnedLimit {
        value_unit: Some(unit.to_owned()),
        notify_value: field(notify),
        limit_value: field(limit),
        ..ReturnedLimit::default()
    }
}

#[test]
fn values_are_sent_in_megabytes_where_that_is_exact() {
    for (model, sent) in [
        (limit("MB", Some(400), 500), ("MB", Some(400), 500)),
        (limit("GB", Some(1), 2), ("MB", Some(1024), 2048)),
        (limit("gb", None, 2), ("MB", None, 2048)),
        (limit("KB", None, 2048), ("MB", None, 2)),
        (limit("KB", Some(512), 2048), ("KB", Some(512), 2048)),
        (limit("TB", None, 4096), ("TB", None, 4096)),
        (limit("PB", None, 1), ("PB", None, 1)),
        (limit("", None, 7), ("MB", None, 7)),
    ] {
        let request = model.expand();
        let (unit, notify, limit) = sent;
        assert_eq!(request.value_unit.as_deref(), Some(unit), "{sent:?}");
        assert_eq!(request.notify_value, notify, "{sent:?}");
        assert_eq!(request.limit_value, Some(limit), "{sent:?}");
    }
}

#[test]
fn equal_amounts_are_no_difference_and_others_are_shown_in_the_same_unit() {
    for (kept, read, shown) in [
        // As much, in another unit.
        (
            limit("GB", Some(1), 2),
            returned("MB", Some(1024), Some(2048)),
            limit("GB", Some(1), 2),
        ),
        // What is not configured is not looked at.
        (
            limit("MB", None, 500),
            returned("MB", Some(400), Some(500)),
            limit("MB", None, 500),
        ),
        (
            limit("GB", None, 2),
            returned("MB", None, Some(1024)),
            limit("GB", None, 1),
        ),
        // 20 MB are no whole gigabytes.
        (
            limit("GB", Some(1), 2),
            returned("MB", Some(10), Some(20)),
            limit("MB", Some(10), 20),
        ),
    ] {
        let flat = kept.clone().flatten(&read, false);
        assert!(flat == shown, "{:?} of {:?}", flat.limit_value, read);
        let again = flat.clone().flatten(&read, false);
        assert!(again == flat, "a second read changes {read:?}");
    }
    // What a response leaves out is no difference, and without a unit it has that of the request.
    let bare = ReturnedLimit {
        limit_value: Field::Value(2048),
        ..ReturnedLimit::default()
    };
    let kept = limit("GB", Some(1), 2);
    assert!(kept.clone().flatten(&bare, false) == kept);
    assert!(kept.clone().flatten(&ReturnedLimit::default(), false) == kept);
    let gone = limit("MB", None, 500).flatten(&returned("MB", None, None), false);
    assert!(gone.limit_value.is_null());
}

#[test]
fn an_import_takes_everything_that_is_returned() {
    let named = DataLimitModel {
        phone_number: "+18015550100".into(),
        ..DataLimitModel::default()
    };
    let read = ReturnedLimit {
        throttle_value: Field::Value(450),
        throttle_speed: Field::Value("thr1024kbps".to_owned()),
        ..returned("MB", Some(400), Some(500))
    };
    let imported = named.flatten(&read, true);
    assert_eq!(imported.notify_value, number(400));
    assert_eq!(imported.throttle_value, number(450));
    assert_eq!(imported.throttle_speed.as_str(), Some("1-mbps"));
    assert_eq!(
        imported.throttle_speed_reported.as_str(),
        Some("thr1024kbps")
    );
    assert_eq!(imported.value_unit.as_str(), Some("MB"));
}

#[test]
fn speeds_are_compared_whatever_they_are_called() {
    for (kept, returned, shown) in [
        ("1-mbps", "thr1024kbps", "1-mbps"),
        ("1-mbps", "thr1000kbps", "1-mbps"),
        ("64-kbps", "THR64KBPS", "64-kbps"),
        ("5-mbps", "thr1024kbps", "1-mbps"),
        ("5-mbps", "thr333kbps", "thr333kbps"),
        ("5-mbps", "unlimited", "5-mbps"),
        ("odd", "odd", "odd"),
    ] {
        let read = ReturnedLimit {
            throttle_speed: Field::Value(returned.to_owned()),
            ..ReturnedLimit::default()
        };
        let model = DataLimitModel {
            throttle_speed: kept.into(),
            ..DataLimitModel::default()
        };
        let flat = model.flatten(&read, false);
        assert_eq!(flat.throttle_speed.as_str(), Some(shown), "{kept}");
    }
}

#[test]
fn values_ascend_as_far_as_they_are_known() {
    let codes = |object: &DataLimitModel| {
        let mut diagnostics = Diagnostics::new();
        object.validate(&mut diagnostics);
        let codes = diagnostics.iter().filter_map(Diagnostic::code);
        codes.map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(codes(&limit("MB", Some(400), 500)).is_empty());
    assert_eq!(codes(&limit("MB", Some(500), 500)), ["JN820"]);
    let later = DataLimitModel {
        throttle_value: Attr::Unknown,
        ..limit("MB", Some(400), 500)
    };
    assert!(codes(&later).is_empty());
    let unordered = DataLimitModel {
        throttle_value: number(100),
        ..limit("MB", Some(400), 50)
    };
    assert_eq!(codes(&unordered), ["JN820", "JN820"]);
    let renewal = |period: &str, day| DataLimitModel {
        renewal: Attr::Known(RenewalModel {
            auto_renew: Attr::Known(true),
            period_type: period.into(),
            renewal_day: number(day),
            period_value: Attr::Null,
        }),
        ..limit("MB", None, 50)
    };
    assert!(codes(&renewal("M", 31)).is_empty());
    assert_eq!(codes(&renewal("W", 8)), ["JN821"]);
}
