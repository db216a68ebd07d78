//! What an update sends.

use super::*;

fn port_in() -> PortInModel {
    PortInModel {
        phone_number: "+12025550177".into(),
        current_carrier_name: "Example Mobile".into(),
        current_account_number_wo_version: Attr::Known(Number::from(1_i64)),
        current_account_password_wo_version: Attr::Known(Number::from(1_i64)),
        billing_address: Attr::Known(BillingAddress {
            street1: "1 Example Way".into(),
            street2: "Suite 2".into(),
            city: "Lehi".into(),
            state: "UT".into(),
            zip: "84043".into(),
        }),
        ..PortInModel::default()
    }
}

fn config() -> PortInModel {
    PortInModel {
        current_account_number_wo: "canary".into(),
        current_account_password_wo: "canary".into(),
        ..port_in()
    }
}

/// What is sent after a change, as JSON; none while something is unknown.
fn sent(change: impl FnOnce(&mut PortInModel)) -> Option<serde_json::Value> {
    let mut planned = port_in();
    change(&mut planned);
    let fields = planned.changed(Some(&port_in()), &config())?;
    Some(fields.as_json())
}

#[test]
fn an_update_sends_what_differs() {
    use serde_json::json;
    assert_eq!(sent(|_| {}), Some(json!({})));
    // `""` and null are the same, and neither is sent.
    assert_eq!(
        sent(|model| model.subscriber_name = "".into()),
        Some(json!({}))
    );
    let carrier = sent(|model| model.current_carrier_name = "Other".into());
    assert_eq!(carrier, Some(json!({"CurrentCarrierName": "Other"})));
    let two = || Attr::Known(Number::from(2_i64));
    let secret = sent(|model| model.current_account_number_wo_version = two());
    assert_eq!(secret, Some(json!({"CurrentAccountNumber": "canary"})));
    assert_eq!(
        sent(|model| model.current_account_number_wo_version = Attr::Null),
        Some(json!({}))
    );
    // A line of the address that is gone is sent as blank, with the rest.
    let street2 = sent(|model| {
        if let Attr::Known(address) = &mut model.billing_address {
            address.street2 = Attr::Null;
        }
    });
    assert_eq!(
        street2,
        Some(json!({"CurrentBillingAddress": {
            "Street1": "1 Example Way", "Street2": "", "City": "Lehi", "State": "UT", "Zip": "84043",
        }}))
    );
}

#[test]
fn what_is_unknown_leaves_it_open() {
    assert_eq!(
        sent(|model| model.current_carrier_name = Attr::Unknown),
        None
    );
    assert_eq!(sent(|model| model.iccid = Attr::Unknown), None);
    assert_eq!(sent(|model| model.port_in_date = Attr::Unknown), None);
    let unknown_city = sent(|model| {
        if let Attr::Known(address) = &mut model.billing_address {
            address.city = Attr::Unknown;
        }
    });
    assert_eq!(unknown_city, None);
}

#[test]
fn what_was_not_sent_is_sent_as_a_whole() {
    let mut prior = port_in();
    assert!(prior.sent().is_some());
    prior.resolution_required = format!("{UNSENT} Correct it.").as_str().into();
    assert!(prior.sent().is_none());
    let fields = port_in().changed(prior.sent(), &config());
    assert!(fields.is_some_and(|fields| !fields.is_empty()));
}

/// States hold it: a release that words it otherwise would take unsent arguments for sent.
#[test]
fn the_note_of_what_was_not_sent_never_changes() {
    assert_eq!(
        UNSENT,
        "Not all arguments were sent to the API. Apply to send them again."
    );
}
