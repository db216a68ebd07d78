//! SIMs, subscribers and the account: behaviours 35 and 39.

use serde_json::{Value, json};

use crate::client::*;

const SIM: &str = "/v1.0/sims/update-status";
const CREATE: &str = "/v1.0/subscribers/create";

#[tokio::test]
async fn b35_sims() {
    let (sandbox, client) = fresh().await;
    let (_, bought) = client.post(PROVISION, seed_request()).await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    let iccid = "8901240397190195850";
    for status in ["Suspended", "Active"] {
        let (_, response) = client
            .post(SIM, json!({ "ICCID": iccid, "SimStatus": status }))
            .await;
        assert_eq!(
            response,
            json!({ "ICCID": iccid, "SimStatus": status, "Successful": true })
        );
        assert_eq!(sandbox.sim_status(iccid).as_deref(), Some(status));
        assert!(
            client.details(number).await.1["Iccid"].is_string(),
            "the tie is kept"
        );
    }
    let empty = json!({ "ICCID": iccid, "SimStatus": "Empty" });
    assert_eq!(client.post(SIM, empty).await.1["Successful"], true);
    assert_eq!(client.details(number).await.1["Iccid"], Value::Null);
    let bind = json!({ "ICCID": iccid, "SimStatus": "Active", "MSISDN": number });
    assert_eq!(client.post(SIM, bind).await.1["Successful"], true);
    assert_eq!(
        client.get(DETAILS, &[("ICCID", iccid)]).await.1["Number"],
        number
    );
    client
        .refused(SIM, json!({ "ICCID": iccid, "SimStatus": "active" }), 400)
        .await;

    let unknown = json!({ "ICCID": "8901240000000000000" });
    assert_eq!(
        client.post(SIM, unknown.clone()).await.1["Successful"],
        false
    );
    sandbox.switch(|switches| switches.unknown_sim_is_404 = true);
    assert_envelope(&client.post(SIM, unknown).await, 404);
    sandbox.switch(|switches| switches.unknown_sim_is_404 = false);
    let other = Client::other(&sandbox);
    let theirs = json!({ "ICCID": iccid });
    assert_eq!(other.post(SIM, theirs).await.1["Successful"], false);
}

#[tokio::test]
async fn b39_subscribers_and_the_account() {
    let (sandbox, client) = fresh().await;
    let account_id = sandbox.credentials().account_id;
    let ada = json!({
        "Name": "Ada Example", "Email": "ada@example.com", "PhoneNumbers": [], "Role": "Account Admin",
        "Password": "canary", "AccountId": account_id,
    });
    let (status, created) = client.post(CREATE, ada.clone()).await;
    assert_eq!(status, 200, "{created}");
    assert_eq!(
        keys(&created),
        [
            "Account",
            "Email",
            "Name",
            "PhoneNumbers",
            "Role",
            "SubscriberId"
        ]
    );
    assert_eq!(
        created["Account"],
        json!({ "AccountId": account_id, "CompanyName": "Example Account" })
    );
    let again = client.post(CREATE, ada.clone()).await;
    assert_envelope(&again, 400);
    assert_eq!(again.1["Message"], "Email already exists");
    let elsewhere = with(
        ada.clone(),
        "AccountId",
        sandbox.second_account().account_id,
    );
    Client::other(&sandbox)
        .refused(CREATE, elsewhere.clone(), 400)
        .await;
    client.refused(CREATE, elsewhere, 400).await;
    client
        .refused(CREATE, with(ada.clone(), "Role", "AccountAdmin"), 400)
        .await;
    client
        .refused(CREATE, with(ada, "PhoneNumbers", Value::Null), 400)
        .await;

    let id = created["SubscriberId"].as_str().unwrap();
    let change = json!({ "SubscriberId": id, "Name": "Ada L.", "PhoneNumbers": ["+12025550143"] });
    let (_, updated) = client.post("/v1.0/subscribers/update", change).await;
    assert_eq!(
        (&updated["Name"], &updated["Email"]),
        (&json!("Ada L."), &json!("ada@example.com"))
    );
    assert_eq!(
        client
            .get("/v1.0/subscribers/get", &[("SubscriberId", id)])
            .await
            .1,
        updated
    );
    client
        .refused(
            "/v1.0/subscribers/delete",
            json!({ "SubscriberId": id }),
            404,
        )
        .await;
    let other = Client::other(&sandbox);
    assert_envelope(
        &other
            .get("/v1.0/subscribers/get", &[("SubscriberId", id)])
            .await,
        404,
    );

    let (_, account) = client
        .get("/v1.0/account", &[("AccountId", &account_id)])
        .await;
    assert_eq!(
        keys(&account),
        [
            "AccountId",
            "AccountName",
            "BillingAddress",
            "MailingAddress",
            "TotalSubscribers"
        ]
    );
    assert_eq!(
        (
            &account["TotalSubscribers"],
            &account["BillingAddress"]["Street2"]
        ),
        (&json!(1), &json!("NULL"))
    );
    assert_envelope(
        &other
            .get("/v1.0/account", &[("AccountId", &account_id)])
            .await,
        404,
    );
    assert_envelope(&client.get("/v1.0/account", &[]).await, 400);
}
