//! Reading numbers: behaviours 17 to 24, and 34.

use joonto_sandbox::{DetailsKey, Options};
use serde_json::{Value, json};

use crate::client::*;

async fn page(client: &Client, page: &str, filter: &str) -> Value {
    let (status, response) = client
        .get(INVENTORY, &[("PageNumber", page), ("Filter", filter)])
        .await;
    assert_eq!(status, 200, "{response}");
    response
}

fn listed(page: &Value) -> Vec<&str> {
    page["PhoneNumbers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["Number"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn b17_one_number_many_ids() {
    let (_sandbox, client) = fresh().await;
    let bought = client.buy().await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    let (_, details) = client.details(number).await;
    let item = &page(&client, "1", "All").await["PhoneNumbers"][0];
    let (_, update) = client.post(UPDATE, json!({ "Number": number })).await;
    assert!(
        bought["PhoneNumberId"]
            .as_str()
            .unwrap()
            .starts_with("NID-")
    );
    assert!(details["TNID"].as_str().unwrap().starts_with("TNID-"));
    assert_eq!(details["TNID"], item["Tnid"]);
    assert!(details["OrderId"].as_str().unwrap().starts_with("TNOID-"));
    assert_eq!(update["Tnid"], Value::Null);
    let suffix = |id: &Value| id.as_str().unwrap().split_once('-').unwrap().1.to_owned();
    assert_ne!(suffix(&bought["PhoneNumberId"]), suffix(&details["TNID"]));
    assert_ne!(suffix(&bought["OrderId"]), suffix(&details["OrderId"]));
}

#[tokio::test]
async fn b18_what_details_tell() {
    let (sandbox, client) = fresh().await;
    let (_, bought) = client.post(PROVISION, seed_request()).await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    let (_, details) = client.details(number).await;
    let expected = [
        "AssignedSubscriberId",
        "Classification",
        "Cnam",
        "Iccid",
        "MessageEnabled",
        "MessageRouteId",
        "MessageType",
        "NextSwapResetDate",
        "Number",
        "NumberType",
        "OrderId",
        "OriginalDatePurchased",
        "QrActivationLink",
        "Status",
        "SwapsRemaining",
        "TNID",
        "VoiceEnabled",
        "VoiceRouteId",
    ];
    assert_eq!(keys(&details), expected);
    assert_eq!(
        (&details["NumberType"], &details["Classification"]),
        (&json!("Mobile"), &json!("IoT"))
    );
    assert_eq!(
        (&details["MessageType"], &details["Status"]),
        (&json!("P2P"), &json!("Active"))
    );
    assert_eq!(details["Iccid"], "8901240397190195850F");
    assert_eq!(
        details["VoiceRouteId"],
        "CRID-4dec6beb-3985-444b-8c06-8baa70dc145"
    );
    assert_eq!(details["AssignedSubscriberId"], bought["SubscriberId"]);

    sandbox.switch(|switches| {
        switches.iot_in_capitals = true;
        switches.iccid_filler = false;
        switches.voice_route_as_digits = true;
        switches.subscriber_hidden = true;
    });
    let (_, details) = client.details(number).await;
    assert_eq!(
        (&details["Classification"], &details["Iccid"]),
        (&json!("IOT"), &json!("8901240397190195850"))
    );
    let route = details["VoiceRouteId"].as_str().unwrap();
    assert!(route.len() == 8 && route.starts_with('T'), "{route}");
    assert_eq!(details["AssignedSubscriberId"], Value::Null);

    let voip = with(with(ordinary(), "NumberType", "voip"), "MessageType", "a2p");
    let (_, bought) = client.post(PROVISION, voip).await;
    let (_, details) = client
        .details(bought["PhoneNumberAssigned"].as_str().unwrap())
        .await;
    assert_eq!(
        (&details["NumberType"], &details["Classification"]),
        (&json!("voip"), &Value::Null)
    );
}

#[tokio::test]
async fn b19_three_ways_to_ask_for_a_number() {
    let (sandbox, client) = fresh().await;
    let (_, bought) = client.post(PROVISION, seed_request()).await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    let ask = async |key: &str, value: &str| client.get(DETAILS, &[(key, value)]).await;
    for (key, value) in [
        ("Number", number),
        ("PhoneNumber", number),
        ("ICCID", "8901240397190195850"),
    ] {
        assert_eq!(ask(key, value).await.1["Number"], number, "{key}");
    }
    sandbox.switch(|switches| switches.details_key = DetailsKey::Number);
    assert_eq!(ask("Number", number).await.0, 200);
    assert_envelope(&ask("PhoneNumber", number).await, 400);
    sandbox.switch(|switches| switches.details_key = DetailsKey::PhoneNumber);
    assert_eq!(ask("PhoneNumber", number).await.0, 200);
    assert_envelope(&ask("Number", number).await, 400);
    sandbox.switch(|switches| switches.details_key = DetailsKey::Both);
    let token = client.token(DETAILS).await;
    let bare = client.url(&format!("{DETAILS}?Number={number}"));
    let response = client
        .http()
        .get(bare)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_envelope(&finish(response).await, 404);
    assert_eq!(
        sandbox.ledger().violations().len(),
        1,
        "and the client's mistake is named"
    );
    assert_envelope(&client.get(DETAILS, &[]).await, 400);
    assert_envelope(&ask("ICCID", "8901240000000000000").await, 404);
}

#[tokio::test]
async fn b20_what_the_inventory_tells() {
    let (_sandbox, client) = fresh().await;
    for _ in 0..3 {
        client.buy().await;
    }
    let response = page(&client, "1", "All").await;
    assert_eq!(
        keys(&response),
        [
            "AccountId",
            "Filter",
            "PageNumber",
            "PhoneNumbers",
            "TotalResults"
        ]
    );
    let items = response["PhoneNumbers"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    for item in items {
        assert_eq!(
            (&item["NumberType"], &item["MessageType"]),
            (&json!("mobile"), &json!("p2p"))
        );
        assert_eq!(item["ProductType"], "Sms+Data");
        assert_eq!(item["PortOutPin"].as_str().unwrap().len(), 4);
        let day = item["OriginalDatePurchased"].as_str().unwrap();
        assert!(day.len() == 10 && day.matches('/').count() == 2, "{day}");
        assert!(item.get("TNID").is_none() && item["Tnid"].is_string());
    }
    assert_eq!(
        (&items[0]["MessageEnabled"], &items[1]["MessageEnabled"]),
        (&json!(true), &json!("true"))
    );
    assert_eq!(
        (&items[0]["VoiceEnabled"], &items[1]["VoiceEnabled"]),
        (&json!(false), &json!("false"))
    );
    assert!(
        items[0]["AssignedSubscriberId"]
            .as_str()
            .unwrap()
            .starts_with("TSUID-")
    );
    assert!(
        items[2]["AssignedSubscriberId"]
            .as_str()
            .unwrap()
            .starts_with("SID-")
    );
}

#[tokio::test]
async fn b21_pages() {
    let (sandbox, client) = started(Options {
        fleet: 250,
        ..Options::default()
    })
    .await;
    let mut seen = std::collections::BTreeSet::new();
    for (number, expected) in [("1", 100), ("2", 100), ("3", 50), ("4", 0)] {
        let response = page(&client, number, "All").await;
        assert_eq!(
            (&response["TotalResults"], &response["PageNumber"]),
            (&json!(250), &json!(number.parse::<u32>().unwrap()))
        );
        assert_eq!(listed(&response).len(), expected);
        seen.extend(listed(&response).into_iter().map(str::to_owned));
    }
    assert_eq!(seen.len(), 250);
    for wrong in ["0", "-1", "one", ""] {
        assert_envelope(&client.get(INVENTORY, &[("PageNumber", wrong)]).await, 400);
    }

    sandbox.switch(|switches| switches.page_size = 7);
    assert_eq!(listed(&page(&client, "1", "All").await).len(), 7);
    sandbox.switch(|switches| switches.total_off_by = 3);
    assert_eq!(page(&client, "1", "All").await["TotalResults"], 253);
    sandbox.switch(|switches| switches.page_ignored = true);
    assert_eq!(
        page(&client, "1", "All").await["PhoneNumbers"],
        page(&client, "2", "All").await["PhoneNumbers"]
    );
    sandbox.switch(|switches| {
        switches.page_ignored = false;
        switches.total_off_by = 0;
        switches.pages_shift = true;
    });
    let (first, second) = (
        page(&client, "1", "All").await,
        page(&client, "2", "All").await,
    );
    assert_eq!(
        (&first["TotalResults"], &second["TotalResults"]),
        (&json!(250), &json!(251))
    );
    assert_eq!(
        listed(&first).last(),
        listed(&second).first(),
        "the last of one page is the first of the next"
    );
}

#[tokio::test]
async fn b22_filters() {
    let (_sandbox, client) = fresh().await;
    let (kept, gone) = (client.buy_number().await, client.buy_number().await);
    client.change("cancel", &gone, "01/01/2020").await;
    assert_eq!(listed(&page(&client, "1", "All").await).len(), 2);
    assert_eq!(listed(&page(&client, "1", "Active").await), [&kept]);
    let unknown = page(&client, "1", "Whatever").await;
    assert_eq!(
        (listed(&unknown).len(), &unknown["Filter"]),
        (2, &json!("Whatever"))
    );
}

#[tokio::test]
async fn b23_another_owners_numbers_are_invisible() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let other = Client::other(&sandbox);
    assert_eq!(page(&other, "1", "All").await["TotalResults"], 0);
    assert_envelope(&other.details(&number).await, 404);
    other
        .refused(UPDATE, json!({ "Number": number }), 404)
        .await;
    assert_envelope(&other.change("cancel", &number, "01/01/2020").await, 404);
    other
        .refused(REACTIVATE, json!({ "PhoneNumber": number }), 404)
        .await;
    assert_eq!(sandbox.ledger().owned(client.key()), [number]);
}

#[tokio::test]
async fn b34_qr_links() {
    let (sandbox, client) = fresh().await;
    let bought = client.buy().await;
    let link = bought["QRCode"].as_str().unwrap();
    let rest = link
        .strip_prefix("https://quickchart.io/qr?text=LPA:1$")
        .unwrap();
    assert!(rest.ends_with("&ecLevel=H&format=png&centerImageSizeRatio=.3"));
    assert!(rest.contains("&centerImageUrl=https://"));
    let code = rest.split('&').next().unwrap();
    assert_eq!(code.matches('$').count(), 1, "{code}");
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    assert_eq!(client.details(number).await.1["QrActivationLink"], link);
    sandbox.switch(|switches| switches.qr_picture_options = false);
    assert_eq!(
        client.details(number).await.1["QrActivationLink"],
        format!("https://quickchart.io/qr?text=LPA:1${code}")
    );
    sandbox.switch(|switches| switches.qr_without_text = true);
    assert!(
        !client.details(number).await.1["QrActivationLink"]
            .as_str()
            .unwrap()
            .contains("text=")
    );
}

#[tokio::test]
async fn b24_availability() {
    let (sandbox, client) = fresh().await;
    let ask = json!({ "NumberType": "mobile", "MessageEnabled": true, "VoiceEnabled": false });
    let (status, response) = client
        .post(AVAILABILITY, with(ask.clone(), "AreaCode", "202"))
        .await;
    assert_eq!(status, 200, "{response}");
    let expected = [
        "AreaCode",
        "AvailableNumberAreas",
        "MessageEnabled",
        "NumberType",
        "PageNumber",
        "RequestDate",
        "RequestId",
        "ResultsTotal",
        "VoiceEnabled",
        "ZipCode",
    ];
    assert_eq!(keys(&response), expected);
    assert_eq!(
        (&response["AreaCode"], &response["ZipCode"]),
        (&json!("202"), &json!(""))
    );
    assert!(response["RequestId"].as_str().unwrap().starts_with("T-"));
    assert!(response["RequestDate"].as_str().unwrap().ends_with('Z'));
    let areas = response["AvailableNumberAreas"].as_array().unwrap();
    assert_eq!((areas.len(), &response["ResultsTotal"]), (2, &json!(2)));
    assert_eq!(
        (&areas[0]["AreaCode"], &areas[0]["Zipcode"]),
        (&json!(202), &json!("20001"))
    );
    assert!(areas[0]["NGP"].is_string());

    sandbox.stock("202", 1);
    client.buy().await;
    let (_, response) = client
        .post(AVAILABILITY, with(ask.clone(), "AreaCode", "202"))
        .await;
    assert_eq!(response["ResultsTotal"], 0, "buying lowers stock");
    let (_, response) = client
        .post(AVAILABILITY, with(ask.clone(), "AreaCode", "201"))
        .await;
    assert_eq!(
        response["ResultsTotal"], 0,
        "201 is sold out from the start"
    );

    let (_, all) = client.post(AVAILABILITY, ask.clone()).await;
    let total = all["ResultsTotal"].as_u64().unwrap();
    assert_eq!(
        all["AvailableNumberAreas"].as_array().unwrap().len() as u64,
        total,
        "10,000 fit on a page"
    );
    sandbox.switch(|switches| switches.availability_page_size = total as usize - 1);
    let (_, second) = client
        .post(AVAILABILITY, with(ask.clone(), "PageNumber", 2))
        .await;
    assert_eq!(second["AvailableNumberAreas"].as_array().unwrap().len(), 1);
    client
        .refused(AVAILABILITY, with(ask.clone(), "PageNumber", 0), 400)
        .await;
    client
        .refused(AVAILABILITY, with(ask, "NumberType", "mvno"), 400)
        .await;
}
