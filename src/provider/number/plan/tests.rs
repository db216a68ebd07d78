//! Plans of a number that exists, without Terraform.

use super::*;
use crate::provider::number::private::NumberPrivate;

fn live(change: impl FnOnce(&mut NumberModel)) -> NumberModel {
    let mut number = NumberModel {
        number_type: "mvno".into(),
        message_type: "a2p".into(),
        message_enabled: Attr::Known(true),
        voice_enabled: Attr::Known(false),
        data_enabled: Attr::Known(true),
        area_code: "201".into(),
        zip_code: "84043".into(),
        account_id: "AID-1".into(),
        iccid: "8901240397190195850".into(),
        product_type: "Sms-Only".into(),
        assigned_subscriber_id: "TSUID-1".into(),
        message_route_id: "MRID-1".into(),
        deletion_policy: "cancel".into(),
        phone_number_assigned: "+18015550100".into(),
        ..NumberModel::default()
    };
    change(&mut number);
    number
}

/// Plans the change from one number to another, as configured.
fn plan(prior: &NumberModel, config: &NumberModel) -> (NumberPlan, Vec<&'static str>) {
    let mut diagnostics = Diagnostics::new();
    let planned = update(
        PlanUpdate {
            prior: prior.clone(),
            config: config.clone(),
            proposed: config.clone(),
            private: NumberPrivate::default(),
        },
        &mut diagnostics,
    );
    let codes = diagnostics.iter().filter_map(Diagnostic::code).collect();
    (planned, codes)
}

type Edit = fn(&mut NumberModel);

#[test]
fn only_a_known_difference_replaces() {
    let rows: [(Edit, Edit, &[&str]); 16] = [
        (|_| {}, |n| n.area_code = "305".into(), &["area_code"]),
        (|_| {}, |n| n.zip_code = "10001".into(), &["zip_code"]),
        (|_| {}, |n| n.account_id = "AID-2".into(), &["account_id"]),
        (
            |_| {},
            |n| n.data_enabled = Attr::Known(false),
            &["data_enabled"],
        ),
        (|_| {}, |n| n.number_type = "voip".into(), &["number_type"]),
        (|n| n.number_type = "voip".into(), |_| {}, &["number_type"]),
        (|_| {}, |n| n.number_type = "iot".into(), &[]),
        (|_| {}, |n| n.area_code = Attr::Unknown, &[]),
        (|_| {}, |n| n.data_enabled = Attr::Unknown, &[]),
        (|_| {}, |n| n.number_type = Attr::Unknown, &[]),
        (|_| {}, |n| n.account_id = "".into(), &[]),
        (|_| {}, |n| n.zip_code = Attr::Null, &[]),
        (|n| n.account_id = "".into(), |_| {}, &[]),
        (|n| n.data_enabled = Attr::Null, |_| {}, &[]),
        (
            |n| n.area_code = "".into(),
            |n| n.area_code = Attr::Null,
            &[],
        ),
        (
            |_| {},
            |n| {
                n.area_code = "305".into();
                n.zip_code = Attr::Unknown;
                n.data_enabled = Attr::Known(false);
            },
            &["data_enabled", "area_code"],
        ),
    ];
    for (row, (prior, config, expected)) in rows.into_iter().enumerate() {
        let (planned, _) = plan(&live(prior), &live(config));
        assert_eq!(planned.requires_replace, expected, "row {row}");
    }
}

#[test]
fn an_unknown_value_keeps_the_one_in_state_and_says_so() {
    let rows: [(Edit, &[&str]); 4] = [
        (|n| n.area_code = Attr::Unknown, &["JN204"]),
        (|n| n.number_type = Attr::Unknown, &["JN204"]),
        (
            |n| {
                n.zip_code = Attr::Unknown;
                n.account_id = Attr::Unknown;
                n.data_enabled = Attr::Unknown;
            },
            &["JN204", "JN204", "JN204"],
        ),
        (|_| {}, &[]),
    ];
    let prior = live(|_| {});
    for (config, expected) in rows {
        let (planned, codes) = plan(&prior, &live(config));
        assert_eq!(codes, expected);
        assert_eq!(planned.object, prior);
    }
}

#[test]
fn unset_texts_leave_the_number_as_it_is() {
    let prior = live(|_| {});
    let config = live(|n| {
        n.iccid = "".into();
        n.product_type = "".into();
        n.assigned_subscriber_id = "".into();
    });
    let (planned, codes) = plan(&prior, &config);
    assert_eq!((planned.object, codes), (prior, vec![]));

    // Where nothing was set, it is stored as it is written, and nothing is sent.
    let bare = live(|n| {
        n.iccid = Attr::Null;
        n.product_type = Attr::Null;
        n.assigned_subscriber_id = Attr::Null;
    });
    let (planned, codes) = plan(&bare, &config);
    assert!(columns::sent(&bare, &planned.object).is_empty());
    assert_eq!((planned.object, codes), (config, vec![]));
}

#[test]
fn prevent_refuses_a_replacement_wherever_it_stands() {
    let words = ["cancel", "park", "abandon", "prevent"];
    for in_state in words {
        for configured in words
            .map(Attr::from)
            .into_iter()
            .chain([Attr::Null, Attr::Unknown])
        {
            let prior = live(|n| n.deletion_policy = in_state.into());
            let config = live(|n| {
                n.deletion_policy = configured.clone();
                n.area_code = "305".into();
                n.iccid = "8901240397190195868".into();
            });
            let expected = match (in_state, &configured) {
                ("prevent", _) => "JN201",
                (_, Attr::Known(word)) if word == "prevent" => "JN201",
                (_, Attr::Unknown) => "JN206",
                _ => "JN203",
            };
            let (planned, codes) = plan(&prior, &config);
            assert_eq!(codes, [expected], "{in_state}, {configured:?}");

            // `-replace` and `replace_triggered_by` show in the second plan alone.
            let mut diagnostics = Diagnostics::new();
            let creation = Creation {
                proposed: config.clone(),
                config,
                replaced: Some(planned.private),
            };
            create(creation, &mut diagnostics);
            let codes: Vec<_> = diagnostics.iter().filter_map(Diagnostic::code).collect();
            let refused: &[&str] = if expected == "JN203" {
                &[]
            } else {
                &[expected]
            };
            assert_eq!(codes, refused, "{in_state}, {configured:?}");
        }
    }
}

#[test]
fn a_caller_name_changes_in_place_and_a_removed_one_is_warned_of() {
    use crate::provider::number::caller_name::CallerName;
    let named = |first: Attr<String>| {
        let name = CallerName {
            first_name: first,
            last_name: Attr::Null,
        };
        live(|n| n.caller_name = Attr::Known(name))
    };
    let ada = named("Ada".into());
    for (prior, config, expected) in [
        (&ada, &named("Bob".into()), &[][..]),
        (&ada, &named("".into()), &[]),
        (&ada, &named(Attr::Unknown), &[]),
        (&live(|_| {}), &ada, &[]),
        (&ada, &live(|_| {}), &["JN205"]),
    ] {
        let (plan, codes) = plan(prior, config);
        assert_eq!(codes, expected);
        assert_eq!(plan.requires_replace, [""; 0]);
        assert!(plan.object.caller_name == config.caller_name);
    }
}
