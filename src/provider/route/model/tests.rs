//! What is made of a route's columns, without Terraform and without the API.

use super::*;
use crate::joonto::{AccountId, MessageRoute, RouteId, RouteKind, VoiceRoute};
use crate::provider::keyed::KeyedResource as _;
use crate::terraform::Diagnostic;
use crate::terraform::schema::Model;

const TOKEN: &str = "voice_password_token";
const WRITE_ONLY: &str = "voice_password_token_wo";
const VERSION: &str = "voice_password_token_wo_version";

type Attributes<'a> = &'a [(&'a str, Value)];

fn route<K: ManagedRoute>(attributes: Attributes<'_>) -> RouteModel<K> {
    let mut route = RouteModel::default();
    for (name, value) in attributes {
        route.set(name, value.clone());
    }
    route
}

fn text(text: &str) -> RouteValue {
    RouteValue::Text(text.to_owned())
}

fn list(elements: &[&str]) -> Value {
    Value::List(elements.iter().map(|element| (*element).into()).collect())
}

fn addresses(elements: &[&str]) -> RouteValue {
    RouteValue::Addresses(
        elements
            .iter()
            .map(|element| (*element).to_owned())
            .collect(),
    )
}

/// A read that returns these values.
fn read(settings: &[(&'static str, Field<RouteValue>)]) -> Route {
    Route {
        id: RouteId::parse("CRID-1").ok(),
        account_id: AccountId::parse("AID-1").ok(),
        settings: settings.iter().cloned().collect(),
    }
}

/// Each value of a kind, as it is stored and as it is sent.
fn samples(column: &Column) -> Vec<(Value, RouteValue)> {
    let texts = |texts: [&str; 2]| match column.is_sensitive {
        true => texts.map(|it| (it.into(), RouteValue::Secret(Secret::new(it)))),
        false => texts.map(|it| (it.into(), text(it))),
    };
    match column.kind {
        ValueKind::Text => texts(["one", "two"]).into(),
        ValueKind::Flag => [true, false]
            .map(|is_on| (is_on.into(), RouteValue::Flag(is_on)))
            .into(),
        ValueKind::Number | ValueKind::Port => [10, 5060]
            .map(|number| (number.into(), RouteValue::Number(number)))
            .into(),
        ValueKind::Addresses => [&["192.0.2.1", "192.0.2.2"][..], &["192.0.2.3"]]
            .map(|it| (list(it), addresses(it)))
            .into(),
    }
}

/// Every column is sent when it is set or changes, taken away when it is removed, and not sent
/// otherwise.
fn expands_each_column<K: ManagedRoute>() {
    for column in K::TABLE.columns {
        let with = |value: &Value| route::<K>(&[(column.name, value.clone())]);
        let none = RouteModel::default();
        let samples = samples(column);
        let [(one, sent_one), (two, sent_two)] = &samples[..] else {
            panic!("two samples");
        };
        let unset = match column.kind {
            ValueKind::Text => "".into(),
            _ => Value::Null,
        };
        for (prior, planned, expected) in [
            (&Value::Null, one, Some(Patch::Set(sent_one.clone()))),
            (one, two, Some(Patch::Set(sent_two.clone()))),
            (one, one, None),
            (one, &Value::Null, Some(Patch::Clear)),
            (one, &unset, Some(Patch::Clear)),
            (&Value::Null, &unset, None),
            (one, &Value::Unknown, None),
        ] {
            let patch = with(planned).expand(&with(prior), &none);
            let expected = expected.map(|change| (column.name, change));
            assert_eq!(patch, expected.into_iter().collect(), "{}", column.name);
        }
    }
}

#[test]
fn every_column_is_expanded() {
    expands_each_column::<MessageRoute>();
    expands_each_column::<VoiceRoute>();
}

/// Every column that is returned replaces another value, fills an unset one after an import, and
/// leaves it alone otherwise; what is not returned changes nothing.
fn flattens_each_column<K: ManagedRoute>() {
    for column in K::TABLE.columns {
        for (value, returned) in samples(column) {
            let (other, _) = samples(column)
                .into_iter()
                .find(|(it, _)| *it != value)
                .expect("one");
            let returned = read(&[(column.name, Field::Value(returned))]);
            let after = |kept: &Value, returned: &Route, unset| {
                let mut route = route::<K>(&[(column.name, kept.clone())]);
                route.flatten(returned, unset);
                route.get(column.name).clone()
            };
            let filled = if column.stays { &value } else { &Value::Null };
            for (kept, unset, expected) in [
                (&other, UnsetFields::Leave, &value),
                (&Value::Null, UnsetFields::Leave, filled),
                (&Value::Null, UnsetFields::Fill, &value),
            ] {
                let after = after(kept, &returned, unset);
                assert_eq!(&after, expected, "{} {unset:?}", column.name);
            }
            assert_eq!(after(&other, &read(&[]), UnsetFields::Fill), other);
        }
    }
}

#[test]
fn every_column_is_flattened() {
    flattens_each_column::<MessageRoute>();
    flattens_each_column::<VoiceRoute>();
}

#[test]
fn what_is_returned_as_empty_is_no_difference_but_for_a_callback_authentication() {
    let callback = "callback_message_authentication_type";
    for (name, kept, expected) in [
        (
            "message_url",
            "https://example.com",
            "https://example.com".into(),
        ),
        ("message_authentication_type", "Basic", "Basic".into()),
        (callback, "Basic", Value::Null),
        (callback, "None", "None".into()),
        (callback, "", "".into()),
    ] {
        let mut route = route::<MessageRoute>(&[(name, kept.into())]);
        let column = MessageRoute::TABLE.column(name).expect("a column");
        route.flatten(&read(&[(column.name, Field::Null)]), UnsetFields::Leave);
        assert_eq!(route.get(name), &expected, "{name} {kept}");
    }
}

#[test]
fn an_empty_white_list_is_as_good_as_none() {
    let returned = read(&[("ip_whitelist", Field::Value(addresses(&[])))]);
    for (kept, expected) in [
        (Value::Null, Value::Null),
        // Emptied elsewhere.
        (list(&["192.0.2.1"]), list(&[])),
    ] {
        let mut route = route::<VoiceRoute>(&[("ip_whitelist", kept)]);
        route.flatten(&returned, UnsetFields::Fill);
        assert_eq!(route.get("ip_whitelist"), &expected);
    }
    // The order of a set means nothing.
    let kept = list(&["192.0.2.2", "192.0.2.1"]);
    let mut route = route::<VoiceRoute>(&[("ip_whitelist", kept.clone())]);
    let same = addresses(&["192.0.2.1", "192.0.2.2"]);
    route.flatten(
        &read(&[("ip_whitelist", Field::Value(same))]),
        UnsetFields::Leave,
    );
    assert_eq!(route.get("ip_whitelist"), &kept);
}

#[test]
fn a_read_names_the_account_only_where_none_is_named() {
    for (kept, expected) in [
        (Value::Null, "AID-1"),
        ("AID-2".into(), "AID-2"),
        ("".into(), ""),
    ] {
        let mut route = route::<VoiceRoute>(&[("account_id", kept)]);
        route.flatten(&read(&[]), UnsetFields::Leave);
        assert_eq!(route.text("account_id"), Some(expected));
    }
}

#[test]
fn a_secret_is_sent_when_it_or_its_version_differs() {
    let (none, old, new) = (Value::Null, Value::from("old"), Value::from("new"));
    let (unset, first, second) = (Value::Null, Value::from(1), Value::from(2));
    let set = |text: &str| Some(Patch::Set(RouteValue::Secret(Secret::new(text))));
    let rows = [
        // Stored ones.
        ((&none, &none), (&unset, &unset), &none, None),
        ((&none, &old), (&unset, &unset), &none, set("old")),
        ((&old, &old), (&unset, &unset), &none, None),
        ((&old, &new), (&unset, &unset), &none, set("new")),
        ((&old, &none), (&unset, &unset), &none, Some(Patch::Clear)),
        // Write-only ones.
        ((&none, &none), (&unset, &first), &new, set("new")),
        ((&none, &none), (&first, &first), &new, None),
        ((&none, &none), (&first, &second), &new, set("new")),
        ((&none, &none), (&first, &unset), &none, Some(Patch::Clear)),
        // From one to the other.
        ((&old, &none), (&unset, &first), &new, set("new")),
        ((&none, &new), (&first, &unset), &none, set("new")),
    ];
    for (number, (stored, version, write_only, expected)) in rows.into_iter().enumerate() {
        let with = |stored: &Value, version: &Value| {
            route::<VoiceRoute>(&[(TOKEN, stored.clone()), (VERSION, version.clone())])
        };
        let config = route(&[(WRITE_ONLY, write_only.clone())]);
        let patch = with(stored.1, version.1).expand(&with(stored.0, version.0), &config);
        assert_eq!(patch.get(TOKEN).cloned(), expected, "row {number}");
        assert!(!format!("{patch:?}").contains("new"), "row {number}");
    }
}

#[test]
fn a_set_that_is_partly_unknown_is_not_sent() {
    let partly = Value::List(vec!["192.0.2.1".into(), Value::Unknown]);
    let planned = route::<VoiceRoute>(&[("ip_whitelist", partly)]);
    let patch = planned.expand(&RouteModel::default(), &RouteModel::default());
    assert_eq!(patch, RoutePatch::new());
}

#[test]
fn what_is_still_there_was_not_taken_away() {
    let patch = RoutePatch::from([
        ("voice_url", Patch::Clear),
        ("trunk_ip1", Patch::Clear),
        ("symmetric_rtp", Patch::Clear),
        ("cnam_lookup", Patch::Clear),
        ("ip_whitelist", Patch::Clear),
        ("wss_uri", Patch::Set(text("wss://example.com"))),
    ]);
    let left = read(&[
        ("voice_url", Field::Value(text("https://example.com"))),
        ("trunk_ip1", Field::Null),
        ("symmetric_rtp", Field::Value(RouteValue::Flag(false))),
        ("cnam_lookup", Field::Value(RouteValue::Flag(true))),
        ("ip_whitelist", Field::Value(addresses(&[]))),
        ("wss_uri", Field::Value(text("wss://example.net"))),
    ]);
    let left = RouteModel::<VoiceRoute>::not_cleared(&patch, &left);
    assert_eq!(left, ["cnam_lookup", "voice_url"]);
}

#[test]
fn a_new_route_is_recognized_by_what_is_returned_of_its_key() {
    let planned: Attributes<'_> = &[
        ("route_name", "trunk".into()),
        ("route_type", "Trunk".into()),
        ("voice_url", "".into()),
    ];
    let value = |it| Field::Value(text(it));
    let same = [
        ("route_name", value("trunk")),
        ("route_type", value("Trunk")),
    ];
    for (more, expected) in [
        (vec![], true),
        (vec![("voice_url", Field::Null)], true),
        (vec![("trunk_ip1", value("192.0.2.1"))], true),
        (vec![("voice_url", value("https://example.com"))], false),
        (vec![("route_type", value("URL"))], false),
        (vec![("route_name", Field::Null)], false),
    ] {
        let returned = read(&[&same[..], &more].concat());
        let is_it = route::<VoiceRoute>(planned).is_created_as(&returned);
        assert_eq!(is_it, expected, "{more:?}");
    }
}

/// The codes of what is wrong with a configuration.
fn problems<K: ManagedRoute>(attributes: Attributes<'_>) -> Vec<&'static str> {
    let mut diagnostics = Diagnostics::new();
    route::<K>(attributes).validate(&mut diagnostics);
    diagnostics.iter().filter_map(Diagnostic::code).collect()
}

#[test]
fn attributes_that_do_not_go_together_are_errors() {
    let secret = || (WRITE_ONLY, Value::from("a"));
    let version = || (VERSION, Value::from(1));
    let url = |url: Value| [("route_type", "URL".into()), ("voice_url", url)];
    for (attributes, codes) in [
        (&[secret(), version()][..], &[][..]),
        (&[secret()], &["JN502"]),
        (&[secret(), version(), (TOKEN, "a".into())], &["JN501"]),
        (
            &[(WRITE_ONLY, Value::Unknown), (TOKEN, Value::Unknown)],
            &["JN502"],
        ),
        (&[version(), (TOKEN, "a".into())], &[]),
        (&url(Value::Null), &["JN503"]),
        (&url("".into()), &["JN503"]),
        (&url(Value::Unknown), &[]),
        (&url("https://example.com".into()), &[]),
        (&[("route_type", "Trunk".into())], &[]),
    ] {
        assert_eq!(problems::<VoiceRoute>(attributes), codes, "{attributes:?}");
    }
}

#[test]
fn a_switch_that_is_left_out_is_off_or_unset() {
    let planned = |prior: Value, configured: Value| {
        let mut planned = route::<VoiceRoute>(&[("cnam_lookup", prior.clone())]);
        if !configured.is_null() {
            planned.set("cnam_lookup", configured.clone());
        }
        let prior = route(&[("cnam_lookup", prior)]);
        planned.plan_switches(&route(&[("cnam_lookup", configured)]), Some(&prior));
        planned.get("cnam_lookup").clone()
    };
    assert_eq!(planned(false.into(), Value::Null), false.into());
    assert_eq!(planned(true.into(), Value::Null), Value::Null);
    assert_eq!(planned(Value::Null, Value::Null), Value::Null);
    assert_eq!(planned(false.into(), true.into()), true.into());
    assert_eq!(planned(true.into(), Value::Unknown), Value::Unknown);

    let mut proposed = RouteModel::<VoiceRoute>::default();
    proposed.set("cnam_lookup", Value::Unknown);
    proposed.set("enabled", Value::Unknown);
    proposed.plan_switches(&RouteModel::default(), None);
    assert!(proposed.get("cnam_lookup").is_null());
    assert!(proposed.get("enabled").is_unknown(), "the API decides");
}

/// A name that is no attribute would be found by nobody: it stands in text.
#[test]
fn the_code_of_a_kind_names_its_attributes_alone() {
    fn check<K: ManagedRoute>(code: &str) {
        let block = RouteModel::<K>::block();
        let names: Vec<_> = block.attributes().iter().map(Attribute::name).collect();
        let types = [K::TYPE_NAME, K::LIST_TYPE_NAME];
        let is_name = |text: &&str| {
            let mut bytes = text.bytes();
            !text.is_empty() && bytes.all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        let texts: Vec<_> = code.split('"').skip(1).step_by(2).filter(is_name).collect();
        assert!(texts.len() > 4, "{texts:?}");
        for text in texts {
            assert!(names.contains(&text) || types.contains(&text), "{text}");
        }
    }
    check::<MessageRoute>(include_str!("../message.rs"));
    check::<VoiceRoute>(include_str!("../voice.rs"));
}
