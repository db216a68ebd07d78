//! Message and voice routes: behaviours 36 and 37.

use serde_json::{Value, json};

use crate::client::*;

const MESSAGE: &str = "/v1.0/message/routes";
const VOICE: &str = "/v1.0/voice/routes";

fn message_route() -> Value {
    json!({
        "RouteName": "inbound", "MessageUrl": "https://example.com/sms", "MessageUrlMethod": "POST",
        "MessageAuthenticationType": "Basic", "MessageUsername": "hook", "MessagePasswordToken": "canary",
        "CallbackMessageUrl": "https://example.com/receipts", "InboundBypass": true,
    })
}

fn voice_route() -> Value {
    json!({
        "RouteName": "trunk", "RouteType": "Trunk", "VoiceUrl": "https://example.com/voice", "TrunkIp1": "192.0.2.1",
        "TrunkPort1": "5061", "Trunk1Priortiy": 10, "VoiceAuthenticationType": "Basic", "VoicePasswordToken": "canary",
        "IpWhitelist": [{ "IpAddress": "192.0.2.10" }], "RouteEnabled": true, "IntelligentRouteEnabled": false,
    })
}

async fn delete(client: &Client, path: &str, key: &str, id: &Value) -> (u16, Value) {
    client
        .post(&format!("{path}/delete"), json!({ key: id }))
        .await
}

#[tokio::test]
async fn b36_message_routes() {
    let (sandbox, client) = fresh().await;
    let (status, created) = client.post(MESSAGE, message_route()).await;
    assert_eq!(status, 200, "{created}");
    let expected = [
        "AccountId",
        "CallbackMessageAuthenticationType",
        "CallbackMessagePasswordToken",
        "CallbackMessageUrl",
        "CallbackMessageUrlMethod",
        "CallbackMessageUsername",
        "MessageAuthenticationType",
        "MessagePasswordToken",
        "MessageRouteEnabled",
        "MessageRouteId",
        "MessageUrl",
        "MessageUrlMethod",
        "MessageUsername",
        "RouteName",
    ];
    assert_eq!(keys(&created), expected, "14 keys, no bypass flags");
    assert_eq!(created["MessageRouteEnabled"], true);
    let id = &created["MessageRouteId"];
    let get = async || {
        client
            .get(MESSAGE, &[("MessageRouteId", id.as_str().unwrap())])
            .await
    };
    assert_eq!(get().await.1, created);

    let change =
        json!({ "MessageRouteId": id, "RouteName": "renamed", "CallbackMessageUrl": null });
    let (_, updated) = client.post("/v1.0/message/routes/update", change).await;
    assert_eq!(
        (&updated["RouteName"], &updated["CallbackMessageUrl"]),
        (&json!("renamed"), &Value::Null)
    );
    assert_eq!(
        updated["MessageUrl"], created["MessageUrl"],
        "what is not sent stays"
    );
    assert_eq!(get().await.1, updated);

    let (_, list) = client.get("/v1.0/account/message/routes", &[]).await;
    assert_eq!(keys(&list), ["AccountID", "Results", "TotalRoutes"]);
    assert_eq!(list["TotalRoutes"], 2, "the seed's route and this one");
    let item = list["Results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| &item["MessageRouteId"] == id)
        .unwrap();
    assert!(item.get("AccountID").is_some() && item.get("AccountId").is_none());

    let other = Client::other(&sandbox);
    assert_envelope(&delete(&other, MESSAGE, "MessageRouteId", id).await, 404);
    assert_eq!(
        other.get("/v1.0/account/message/routes", &[]).await.1["TotalRoutes"],
        0
    );
    client
        .refused(
            MESSAGE,
            with(
                message_route(),
                "AccountId",
                sandbox.second_account().account_id,
            ),
            400,
        )
        .await;

    let (_, bought) = client
        .post(PROVISION, with(ordinary(), "MessageRouteId", id.clone()))
        .await;
    sandbox.switch(|switches| switches.route_in_use_refused = true);
    assert_envelope(&delete(&client, MESSAGE, "MessageRouteId", id).await, 400);
    sandbox.switch(|switches| switches.route_in_use_refused = false);
    let (_, deleted) = delete(&client, MESSAGE, "MessageRouteId", id).await;
    assert_eq!(
        deleted,
        json!({ "MessageRouteStatus": "Deleted", "MRID": id })
    );
    assert_envelope(&delete(&client, MESSAGE, "MessageRouteId", id).await, 404);
    assert_envelope(&get().await, 404);
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    assert_eq!(
        &client.details(number).await.1["MessageRouteId"],
        id,
        "the number keeps the dead id"
    );

    sandbox.switch(|switches| switches.new_message_route_disabled = true);
    let enabled = with(message_route(), "MessageRouteEnabled", true);
    assert_eq!(
        client.post(MESSAGE, enabled).await.1["MessageRouteEnabled"],
        false
    );
    for (key, value) in [
        ("MessageUrl", json!("example.com")),
        ("MessageUrlMethod", json!("post")),
        ("RouteName", json!(1)),
    ] {
        client
            .refused(MESSAGE, with(message_route(), key, value), 400)
            .await;
    }
}

#[tokio::test]
async fn b36_voice_routes() {
    let (_sandbox, client) = fresh().await;
    let (status, created) = client.post(VOICE, voice_route()).await;
    assert_eq!(status, 200, "{created}");
    let id = &created["CallRouteId"];
    let told_nowhere = [
        "VoiceAuthenticationType",
        "VoiceUsername",
        "VoicePasswordToken",
        "CallbackVoiceUrl",
        "CallbackVoiceUrlMethod",
    ];
    let (_, got) = client
        .get(VOICE, &[("CallRouteID", id.as_str().unwrap())])
        .await;
    let (_, updated) = client
        .post(
            "/v1.0/voice/routes/update",
            json!({ "CallRouteId": id, "TrunkIp1": null, "Trunk1Weight": 5 }),
        )
        .await;
    let (_, list) = client.get("/v1.0/account/voice/routes", &[]).await;
    let item = list["Results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| &item["CallRouteId"] == id)
        .unwrap();
    for response in [&created, &got, &updated, item] {
        assert!(
            told_nowhere.iter().all(|key| response.get(key).is_none()),
            "{response}"
        );
        assert_eq!(
            (&response["Trunk1Priortiy"], &response["TrunkPort1"]),
            (&json!(10), &json!("5061"))
        );
    }
    for response in [&created, &got, &updated] {
        assert_eq!(response["IpWhiteList"], json!([]));
        assert!(response.get("AccountId").is_some() && response.get("VoiceUrl").is_some());
    }
    assert_eq!(
        (
            &created["RouteEnabled"],
            &created["IntelligentRouteEnabled"]
        ),
        (&json!(true), &json!(false))
    );
    for response in [&got, &updated] {
        assert!(
            response.get("RouteEnabled").is_none()
                && response.get("IntelligentRouteEnabled").is_none()
        );
    }
    assert_eq!(
        (&updated["TrunkIp1"], &updated["Trunk1Weight"]),
        (&Value::Null, &json!(5))
    );
    assert_eq!(item["IpWhitelist"], json!([{ "IpAddress": "192.0.2.10" }]));
    assert_eq!(
        (&item["RouteEnabled"], &item["CallRouteStatus"]),
        (&json!(true), &json!("Active"))
    );
    assert!(item.get("VoiceUrl").is_none() && item.get("AccountID").is_some());

    for (key, value) in [
        ("RouteType", json!("Webhook")),
        ("TrunkPort1", json!(5061)),
        ("Trunk1Priortiy", json!("10")),
        ("TrunkTransport1", json!("udp")),
        ("IpWhitelist", json!(["192.0.2.10"])),
    ] {
        client
            .refused(VOICE, with(voice_route(), key, value), 400)
            .await;
    }
    let off = json!({ "CallRouteId": id, "VoiceAuthenticationType": "None" });
    client.refused("/v1.0/voice/routes/update", off, 400).await;
    let (_, deleted) = delete(&client, VOICE, "CallRouteId", id).await;
    assert_eq!(
        deleted,
        json!({ "CallRouteStatus": "Deleted", "CallRouteId": id })
    );
    assert_envelope(&delete(&client, VOICE, "CallRouteId", id).await, 404);
}

#[tokio::test]
async fn b37_query_spellings() {
    let (_sandbox, client) = fresh().await;
    let id = client.post(MESSAGE, message_route()).await.1["MessageRouteId"]
        .as_str()
        .unwrap()
        .to_owned();
    for (key, expected) in [
        ("MessageRouteId", 200),
        ("MessageRouteID", 200),
        ("messageRouteId", 400),
        ("MRID", 400),
    ] {
        assert_eq!(
            client.get(MESSAGE, &[(key, &id)]).await.0,
            expected,
            "{key}"
        );
    }
    let id = client.post(VOICE, voice_route()).await.1["CallRouteId"]
        .as_str()
        .unwrap()
        .to_owned();
    for (key, expected) in [
        ("CallRouteID", 200),
        ("CallRouteId", 400),
        ("VoiceRouteId", 400),
    ] {
        assert_eq!(client.get(VOICE, &[(key, &id)]).await.0, expected, "{key}");
    }
    let number = client.buy_number().await;
    assert_envelope(&client.get(DETAILS, &[("number", &number)]).await, 400);
    assert_eq!(
        client.get(INVENTORY, &[("pageNumber", "2")]).await.1["PageNumber"],
        1
    );
}
