//! Changing numbers: behaviours 25 to 30.

use std::time::Duration;

use joonto_sandbox::{NullInUpdate, StatusKeys};
use serde_json::{Value, json};

use crate::client::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[tokio::test]
async fn b25_update_changes_what_it_is_sent() {
    let (sandbox, client) = fresh().await;
    let (_, bought) = client.post(PROVISION, seed_request()).await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    let (_, before) = client.details(number).await;
    let (status, response) = client
        .post(
            UPDATE,
            json!({ "Number": number, "VoiceEnabled": true, "CnamFirstName": "Ada" }),
        )
        .await;
    assert_eq!(status, 200);
    let expected = [
        "Classification",
        "CnamFirstName",
        "CnamLastName",
        "Iccid",
        "MessageEnabled",
        "MessageRouteId",
        "MessageType",
        "Number",
        "ProductType",
        "Tnid",
        "UpdateOrderDate",
        "UpdateOrderId",
        "UpdateOrderStatus",
        "VoiceEnabled",
        "VoiceRouteId",
    ];
    assert_eq!(keys(&response), expected);
    assert_eq!(
        (&response["VoiceEnabled"], &response["UpdateOrderStatus"]),
        (&json!(true), &json!("Complete"))
    );
    let (_, after) = client.details(number).await;
    for (key, value) in before.as_object().unwrap() {
        let expected = match key.as_str() {
            "VoiceEnabled" => &json!(true),
            "Cnam" => &json!("Ada"),
            _ => value,
        };
        assert_eq!(&after[key], expected, "{key}");
    }

    let clear = json!({ "Number": number, "VoiceRouteId": null });
    sandbox.switch(|switches| switches.null_in_update = NullInUpdate::Refused);
    client.refused(UPDATE, clear.clone(), 400).await;
    sandbox.switch(|switches| switches.null_in_update = NullInUpdate::Ignored);
    assert!(client.post(UPDATE, clear.clone()).await.1["VoiceRouteId"].is_string());
    sandbox.switch(|switches| switches.null_in_update = NullInUpdate::Clears);
    assert_eq!(
        client.post(UPDATE, clear).await.1["VoiceRouteId"],
        Value::Null
    );
    assert_eq!(client.details(number).await.1["VoiceRouteId"], Value::Null);
    assert_eq!(sandbox.ledger().changes_of("update").len(), 3);
}

#[tokio::test]
async fn b27_park_and_activate() {
    let (sandbox, client) = fresh().await;
    let bought = client.buy().await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    let (_, before) = client.details(number).await;
    let (_, response) = client.change("park", number, &day(&sandbox, 0)).await;
    assert_eq!(
        keys(&response),
        [
            "ChangeType",
            "EffectiveDate",
            "Numbers",
            "OrderDate",
            "OrderId",
            "OrderStatus"
        ]
    );
    let (_, parked) = client.details(number).await;
    assert_eq!(
        (&parked["Status"], &parked["Iccid"]),
        (&json!("Parked"), &before["Iccid"])
    );
    sandbox.switch(|switches| switches.parked_word = "Suspended".into());
    assert_eq!(client.details(number).await.1["Status"], "Suspended");
    let (_, response) = client.change("activate", number, &day(&sandbox, 0)).await;
    assert_eq!(
        response["Numbers"],
        json!([{ "Number": number, "QrCode": bought["QRCode"] }])
    );
    assert_eq!(client.details(number).await.1["Status"], "Active");
}

#[tokio::test]
async fn b28_cancel() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    assert_eq!(
        client.change("cancel", &number, &day(&sandbox, 0)).await.0,
        200
    );
    let (_, details) = client.details(&number).await;
    assert_eq!(
        (&details["Status"], &details["Iccid"]),
        (&json!("Cancelled"), &Value::Null)
    );
    assert!(sandbox.ledger().owned(client.key()).is_empty());
    assert_envelope(
        &client.change("cancel", &number, &day(&sandbox, 0)).await,
        400,
    );
    assert_eq!(sandbox.ledger().changes_of("cancel").len(), 1);
    sandbox.switch(|switches| switches.cancelled_word = "Terminated".into());
    assert_eq!(client.details(&number).await.1["Status"], "Terminated");
    sandbox.switch(|switches| switches.cancelled_is_gone = true);
    assert_envelope(&client.details(&number).await, 404);
    assert_envelope(
        &client.change("cancel", &number, &day(&sandbox, 0)).await,
        404,
    );
}

#[tokio::test]
async fn b29_effective_dates() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let missing = json!({ "StatusChange": "park", "PhoneNumbers": [{ "Number": number }] });
    client.refused(STATUS, missing, 400).await;
    for wrong in ["2026-05-13", "13/13/2026", "05/13/26", ""] {
        assert_envelope(&client.change("park", &number, wrong).await, 400);
    }
    assert_eq!(client.details(&number).await.1["Status"], "Active");
    assert_eq!(
        client.change("park", &number, "5/1/2020").await.0,
        200,
        "unpadded and past: at once"
    );
    assert_eq!(client.details(&number).await.1["Status"], "Parked");
    sandbox.switch(|switches| switches.past_dates_refused = true);
    assert_envelope(
        &client.change("activate", &number, &day(&sandbox, -1)).await,
        400,
    );
    assert_eq!(
        client
            .change("activate", &number, &day(&sandbox, 0))
            .await
            .0,
        200
    );

    let (_, later) = client.change("cancel", &number, &day(&sandbox, 3)).await;
    assert_eq!(later["OrderStatus"], "Complete");
    assert_eq!(client.details(&number).await.1["Status"], "Active");
    sandbox.clock().advance(2 * DAY);
    client.forget_tokens();
    assert_eq!(client.details(&number).await.1["Status"], "Active");
    sandbox.clock().advance(DAY);
    client.forget_tokens();
    assert_eq!(client.details(&number).await.1["Status"], "Cancelled");
}

#[tokio::test]
async fn b30_reactivate_within_thirty_days() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let today = day(&sandbox, 0);
    let reactivate = async || {
        client
            .post(REACTIVATE, json!({ "PhoneNumber": number }))
            .await
    };
    assert_envelope(&reactivate().await, 400);
    client.change("cancel", &number, &today).await;
    sandbox.clock().advance(29 * DAY);
    client.forget_tokens();
    let (status, response) = reactivate().await;
    assert_eq!(status, 200, "{response}");
    assert_eq!(
        keys(&response),
        ["AccountId", "PhoneNumber", "Status", "StatusMessage"]
    );
    let (_, details) = client.details(&number).await;
    assert_eq!(
        (&details["Status"], &details["Iccid"]),
        (&json!("Active"), &Value::Null)
    );
    client.change("cancel", &number, &today).await;
    sandbox.clock().advance(30 * DAY);
    client.forget_tokens();
    assert_envelope(&reactivate().await, 404);
    assert_envelope(&client.details(&number).await, 404);
    assert_eq!(
        client.get(INVENTORY, &[("Filter", "All")]).await.1["TotalResults"],
        0
    );
    assert_eq!(client.buy_number().await, number, "it may be sold again");
}

#[tokio::test]
async fn b26_update_changes_type_and_sim() {
    let (_sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let new_sim = "8901240397190195850";
    let change = json!({ "Number": number, "Classification": "IoT", "Iccid": new_sim });
    let (_, response) = client.post(UPDATE, change).await;
    assert_eq!(
        (&response["Classification"], &response["Iccid"]),
        (&json!("IoT"), &json!(format!("{new_sim}F")))
    );
    assert_eq!(client.details(&number).await.1["Classification"], "IoT");
    assert_eq!(
        client.get(DETAILS, &[("ICCID", new_sim)]).await.1["Number"],
        number
    );
    client
        .refused(
            UPDATE,
            json!({ "Number": number, "MessageType": "a2p" }),
            400,
        )
        .await;

    let both = json!({ "Number": number, "MessageType": "a2p", "Classification": "MVNO" });
    assert_eq!(client.post(UPDATE, both).await.0, 200);
    client
        .refused(
            UPDATE,
            json!({ "Number": number, "Classification": "IoT" }),
            400,
        )
        .await;
    for wrong in ["iot", "IOT", "mvno"] {
        let response = client
            .post(UPDATE, json!({ "Number": number, "Classification": wrong }))
            .await;
        assert_envelope(&response, 400);
    }
}

#[tokio::test]
async fn b31_swap_and_replace() {
    let (sandbox, client) = fresh().await;
    let old = client.buy_number().await;
    let today = day(&sandbox, 0);
    let (_, before) = client.details(&old).await;
    let (_, response) = client.change("swap", &old, &today).await;
    let item = &response["Numbers"][0];
    assert_eq!(item["OriginalNumber"], old);
    let new = item["NewNumber"].as_str().unwrap();
    assert!(new.starts_with("+1202") && new != old, "the same area");
    assert_envelope(&client.details(&old).await, 404);
    let (_, after) = client.details(new).await;
    assert_eq!(after["Iccid"], before["Iccid"]);
    assert_eq!(
        (&before["SwapsRemaining"], &after["SwapsRemaining"]),
        (&json!(2), &json!(1))
    );

    let replace = json!({
        "StatusChange": "replace", "EffectiveDate": today, "PhoneNumbers": [{ "Number": new }], "AreaCode": "303",
    });
    let (_, response) = client.post(STATUS, replace).await;
    let newest = response["Numbers"][0]["NewNumber"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(newest.starts_with("+1303"), "any area");
    assert_envelope(&client.change("replace", &newest, &today).await, 400);
    assert_eq!(sandbox.ledger().owned(client.key()), [newest]);
    assert_eq!(sandbox.ledger().purchases().len(), 1, "a swap buys nothing");
}

#[tokio::test]
async fn b32_swap_sim() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let today = day(&sandbox, 0);
    let (_, before) = client.details(&number).await;
    let (_, response) = client.change("swap-sim", &number, &today).await;
    let (_, after) = client.details(&number).await;
    assert_eq!(after["Number"], number);
    assert_ne!(after["Iccid"], before["Iccid"]);
    assert_ne!(after["QrActivationLink"], before["QrActivationLink"]);
    assert_eq!(response["Numbers"][0]["QrCode"], after["QrActivationLink"]);
    assert_eq!(after["SwapsRemaining"], 1);
    let given = "8901240397190195850";
    let body = json!({
        "StatusChange": "swap-sim", "EffectiveDate": today, "PhoneNumbers": [{ "Number": number, "ICCID": given }],
    });
    assert_eq!(client.post(STATUS, body).await.0, 200);
    assert_eq!(
        client.details(&number).await.1["Iccid"],
        format!("{given}F")
    );
    assert_envelope(&client.change("swap-sim", &number, &today).await, 400);
}

#[tokio::test]
async fn b33_the_older_list_keys() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    sandbox.switch(|switches| switches.status_keys = StatusKeys::Older);
    let today = day(&sandbox, 0);
    let (_, park) = client.change("park", &number, &today).await;
    assert_eq!(
        park["NumbersChanged"],
        json!([{ "Number": number, "ChangeFee": 1.0 }])
    );
    let (_, cancel) = client.change("cancel", &number, &today).await;
    assert_eq!(
        cancel["NumbersChange"],
        json!([{ "Number": number, "ChargeFee": 2.25 }])
    );
    assert!(park.get("Numbers").is_none() && cancel.get("Numbers").is_none());
    let (_, swap) = client
        .change("swap", &client.buy_number().await, &today)
        .await;
    assert_eq!(
        keys(&swap["NumbersChange"][0]),
        ["ChargeFee", "NewNumber", "OriginalNumber"]
    );
}
