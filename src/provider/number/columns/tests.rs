//! Purchases, changes and reads as columns make them, without Terraform.

use super::*;
use crate::joonto::{AccountId, E164, Field, Iccid, MessageType, NumberType, OrderId, Patch};
use crate::provider::number::caller_name::CallerName;
use crate::terraform::Attr;

type Edit = fn(&mut NumberModel);

fn named(first: Attr<String>, last: Attr<String>) -> Attr<CallerName> {
    Attr::Known(CallerName {
        first_name: first,
        last_name: last,
    })
}

fn number(edit: Edit) -> NumberModel {
    let mut number = NumberModel {
        number_type: "mvno".into(),
        message_type: "a2p".into(),
        message_enabled: Attr::Known(true),
        voice_enabled: Attr::Known(false),
        ..NumberModel::default()
    };
    edit(&mut number);
    number
}

fn bare() -> ProvisionRequest {
    ProvisionRequest::new(NumberType::Mvno, MessageType::A2p, true, false)
}

fn change_of(prior: Edit, planned: Edit) -> UpdateRequest {
    let mut request = UpdateRequest::new(E164::parse("+18015550100").expect("a number"));
    change(&number(prior), &number(planned), &mut request);
    request
}

#[test]
fn an_order_has_exactly_what_is_set() {
    let full = number(|n| {
        n.data_enabled = Attr::Known(false);
        n.message_route_id = "MRID-1".into();
        n.voice_route_id = "CRID-1".into();
        n.area_code = "801".into();
        n.zip_code = "84043".into();
        n.iccid = "8901240397190195850F".into();
        n.product_type = "Sms-Only".into();
        n.account_id = "AID-1".into();
        n.assigned_subscriber_id = "TSUID-1".into();
    });
    let mut request = bare();
    order(&full, &mut request);
    let expected = ProvisionRequest {
        data_enabled: Some(false),
        message_route_id: Some("MRID-1".into()),
        voice_route_id: Some("CRID-1".into()),
        area_code: Some("801".into()),
        zip_code: Some("84043".into()),
        iccid: Iccid::parse("8901240397190195850").ok(),
        product_type: Some("Sms-Only".into()),
        account_id: AccountId::parse("AID-1").ok(),
        assigned_subscriber_id: Some("TSUID-1".into()),
        ..bare()
    };
    assert_eq!(request, expected);
    for unset in [Attr::Null, Attr::Unknown, Attr::Known(String::new())] {
        let mut request = bare();
        let mut number = number(|n| n.data_enabled = Attr::Unknown);
        for text in [
            &mut number.message_route_id,
            &mut number.area_code,
            &mut number.iccid,
            &mut number.product_type,
            &mut number.account_id,
        ] {
            text.clone_from(&unset);
        }
        order(&number, &mut request);
        assert_eq!(request, bare(), "{unset:?}");
    }
}

#[test]
fn a_change_has_exactly_what_differs() {
    let keep: Edit = |_| {};
    let none = || change_of(keep, keep);
    assert!(none().is_empty());
    let rows: [(Edit, Edit, UpdateRequest); 16] = [
        (
            keep,
            |n| n.number_type = "iot".into(),
            UpdateRequest {
                classification: NumberType::Iot.classification(),
                ..none()
            },
        ),
        (
            keep,
            |n| n.message_type = "p2p".into(),
            UpdateRequest {
                message_type: Some(MessageType::P2p),
                ..none()
            },
        ),
        (
            keep,
            |n| n.voice_enabled = Attr::Known(true),
            UpdateRequest {
                voice_enabled: Some(true),
                ..none()
            },
        ),
        (
            keep,
            |n| n.message_route_id = "MRID-2".into(),
            UpdateRequest {
                message_route_id: Patch::Set("MRID-2".into()),
                ..none()
            },
        ),
        (
            |n| n.voice_route_id = "CRID-1".into(),
            |n| n.voice_route_id = "".into(),
            UpdateRequest {
                voice_route_id: Patch::Clear,
                ..none()
            },
        ),
        (
            |n| n.iccid = "8901240397190195850".into(),
            |n| n.iccid = "8901240397190195868".into(),
            UpdateRequest {
                iccid: Iccid::parse("8901240397190195868").ok(),
                ..none()
            },
        ),
        (
            keep,
            |n| n.product_type = "Sms+Data".into(),
            UpdateRequest {
                product_type: Some("Sms+Data".into()),
                ..none()
            },
        ),
        (
            keep,
            |n| n.assigned_subscriber_id = "TSUID-2".into(),
            UpdateRequest {
                assigned_subscriber_id: Some("TSUID-2".into()),
                ..none()
            },
        ),
        // A name is one thing: what is set of it is sent together.
        (
            |n| n.caller_name = named("Ada".into(), "Example".into()),
            |n| n.caller_name = named("Bob".into(), "Example".into()),
            UpdateRequest {
                cnam_first_name: Patch::Set("Bob".into()),
                cnam_last_name: Patch::Set("Example".into()),
                ..none()
            },
        ),
        (
            |n| n.caller_name = named("Ada".into(), "Example".into()),
            |n| n.caller_name = named(Attr::Null, "".into()),
            UpdateRequest {
                cnam_last_name: Patch::Clear,
                ..none()
            },
        ),
        (
            |n| n.caller_name = named("Ada".into(), Attr::Null),
            keep,
            none(),
        ),
        // Nothing to detach, nothing to unset, and nothing that the API knows.
        (keep, |n| n.message_route_id = "".into(), none()),
        (
            |n| n.iccid = "8901240397190195850".into(),
            |n| n.iccid = "".into(),
            none(),
        ),
        (|n| n.message_route_id = "MRID-1".into(), keep, none()),
        (keep, |n| n.area_code = "801".into(), none()),
        (keep, |n| n.deletion_policy = "park".into(), none()),
    ];
    for (prior, planned, expected) in rows {
        let request = change_of(prior, planned);
        assert_eq!(request, expected);
        let names = sent(&number(prior), &number(planned));
        assert_eq!(names.is_empty(), expected.is_empty(), "{names:?}");
    }
    let unknown = number(|n| n.iccid = Attr::Unknown);
    assert!(sent(&number(keep), &unknown).contains("iccid"));
}

type Tell = fn(&mut NumberRecord);

#[test]
fn a_read_stores_what_is_returned_and_can_be_compared() {
    use Field::{Null, Value};
    let keep: Edit = |_| {};
    let rows: [(Edit, Tell, Edit); 20] = [
        (keep, |_| {}, keep),
        (
            keep,
            |r| r.classification = Some("IoT".into()),
            |n| n.number_type = "iot".into(),
        ),
        (
            |n| n.number_type = "voip".into(),
            |r| r.classification = Some("MVNO".into()),
            |n| n.number_type = "voip".into(),
        ),
        (
            keep,
            |r| r.voice_enabled = Some(true),
            |n| n.voice_enabled = Attr::Known(true),
        ),
        (
            keep,
            |r| r.message_route_id = Value("MRID-1".into()),
            |n| n.message_route_id = "MRID-1".into(),
        ),
        // A response that has no route at all says nothing of one.
        (
            |n| n.message_route_id = "MRID-1".into(),
            |r| r.message_route_id = Null,
            |n| n.message_route_id = "MRID-1".into(),
        ),
        (
            |n| n.message_route_id = "MRID-1".into(),
            |r| (r.message_route_id, r.voice_route_id) = (Null, Null),
            keep,
        ),
        (
            |n| n.message_route_id = "".into(),
            |r| (r.message_route_id, r.voice_route_id) = (Null, Null),
            |n| n.message_route_id = "".into(),
        ),
        (
            |n| n.voice_route_id = "CRID-1".into(),
            |r| r.voice_route_id = Value("VR-9".into()),
            |n| n.voice_route_id = "CRID-1".into(),
        ),
        (
            keep,
            |r| r.voice_route_id = Value("VR-9".into()),
            |n| n.voice_route_id = "VR-9".into(),
        ),
        (
            |n| n.voice_route_id = "VR-9".into(),
            |r| r.voice_route_id = Value("CRID-1".into()),
            |n| n.voice_route_id = "CRID-1".into(),
        ),
        (
            |n| n.iccid = "8901240397190195850F".into(),
            |r| r.iccid_text = Some("8901240397190195850".into()),
            |n| n.iccid = "8901240397190195850F".into(),
        ),
        (
            |n| n.product_type = "sms-only".into(),
            |r| r.product_type = Some("Sms-Only".into()),
            |n| n.product_type = "sms-only".into(),
        ),
        (
            keep,
            |r| r.assigned_subscriber_id = Some("SUB-1".into()),
            |n| n.subscriber_id = "SUB-1".into(),
        ),
        (
            |n| n.subscriber_id = "TSUID-0".into(),
            |r| r.assigned_subscriber_id = Some("TSUID-1".into()),
            |n| {
                n.assigned_subscriber_id = "TSUID-1".into();
                n.subscriber_id = "TSUID-0".into();
            },
        ),
        (
            |n| n.subscriber_id = "SUB-1".into(),
            |r| r.assigned_subscriber_id = Some("TSUID-1".into()),
            |n| {
                n.assigned_subscriber_id = "TSUID-1".into();
                n.subscriber_id = "TSUID-1".into();
            },
        ),
        (
            |n| n.order_id = "JNUOID-1".into(),
            |r| r.order_id = OrderId::parse("TNOID-1").ok(),
            |n| n.order_id = "JNUOID-1".into(),
        ),
        (keep, |r| r.caller_name = Some("Bob Dam".into()), keep),
        (
            |n| n.caller_name = named("Ada".into(), "Example".into()),
            |r| r.caller_name = Some("EXAMPLE ADA".into()),
            |n| n.caller_name = named("Ada".into(), "Example".into()),
        ),
        (
            |n| n.caller_name = named("Ada".into(), "Example".into()),
            |r| r.caller_name = Some("Bob Dam".into()),
            |n| n.caller_name = named("Bob".into(), "Dam".into()),
        ),
    ];
    for (index, (current, tell, expected)) in rows.into_iter().enumerate() {
        let (mut read, mut record) = (number(current), NumberRecord::default());
        tell(&mut record);
        store_record(&mut read, &record, UnsetFields::Fill);
        assert!(read == number(expected), "row {index}");
    }
}

#[test]
fn what_the_user_does_not_manage_is_left_out_of_an_update() {
    let record = NumberRecord {
        iccid_text: Some("8901240397190195850".into()),
        product_type: Some("Sms-Only".into()),
        message_route_id: Field::Value("MRID-1".into()),
        ..NumberRecord::default()
    };
    let mut read = number(|_| {});
    store_record(&mut read, &record, UnsetFields::Leave);
    assert!(read == number(|_| {}));
}

#[test]
fn every_value_of_a_column_has_its_attribute_s_type() {
    let e164 = E164::parse("+18015550100").expect("a number");
    let record = NumberRecord {
        number: Some(e164.clone()),
        number_id: Some("TNID-1".into()),
        order_id: OrderId::parse("TNOID-1").ok(),
        classification: Some("MVNO".into()),
        message_type_word: Some("A2P".into()),
        message_enabled: Some(true),
        voice_enabled: Some(true),
        message_route_id: Field::Value("MRID-1".into()),
        voice_route_id: Field::Value("CRID-1".into()),
        status: Some("Active".into()),
        assigned_subscriber_id: Some("TSUID-1".into()),
        iccid_text: Some("8901240397190195850".into()),
        product_type: Some("Sms-Only".into()),
        ..NumberRecord::default()
    };
    let text = || Some("text".to_owned());
    let receipt = Receipt {
        order_id: OrderId::parse("JNUOID-1").ok(),
        order_date: text(),
        order_status: text(),
        number: Some(e164),
        phone_number_id: text(),
        subscriber_id: text(),
        assigned_zip_code: text(),
        iccid: record.iccid_text.clone(),
        error_message: text(),
        ..Receipt::default()
    };
    // Reads have the caller name in another form.
    let columns = COLUMNS
        .iter()
        .filter(|(_, column)| column.stores != Stores::Named);
    for (field, column) in columns {
        let returned = column.read.map(|read| read(&record).value().cloned());
        let received = column.receipt.map(|get| get(&receipt));
        for value in [returned, received].into_iter().flatten() {
            let value = value.expect(field.name);
            let mut number = NumberModel::default();
            field.set(&mut number, value.clone());
            assert!(field.get(&number) == value, "{}", field.name);
        }
    }
}
