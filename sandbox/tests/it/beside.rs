//! What is beside numbers: addresses for emergency calls, devices, routing ids, the list of accounts.

use joonto_sandbox::{AccountList, Device, NoDevice};
use serde_json::{Value, json};

use crate::client::*;

const E911: &str = "/v1.0/numbers/e911address";
const E911_UPDATE: &str = "/v1.0/numbers/e911address/update";
const DEVICE: &str = "/v1.0/numbers/device-details";
const NNID: &str = "/v1.0/numbers/refresh-nnid";
const ACCOUNTS: &str = "/v1.0/distributor/accounts";

#[tokio::test]
async fn an_address_is_set_flat_and_read_nested() {
    let (sandbox, client) = fresh().await;
    let number = sandbox.buy_elsewhere(client.key()).unwrap().number;
    assert_eq!(client.get(E911, &[("PhoneNumber", &number)]).await.0, 404);
    sandbox.switch(|switches| switches.e911_missing_is_200 = true);
    let (status, none) = client.get(E911, &[("PhoneNumber", &number)]).await;
    assert_eq!((status, &none["E911Address"]["Zip"]), (200, &Value::Null));

    let mut address = json!({
        "PhoneNumber": number, "Street1": "1 Sample Way", "Street2": "", "City": "Lehi", "State": "UT", "Zip": "84043",
    });
    let (status, set) = client.post(E911_UPDATE, address.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(
        set,
        json!({ "PhoneNumber": number, "Status": "Success", "StatusMessage": "" })
    );
    let (_, read) = client.get(E911, &[("PhoneNumber", &number)]).await;
    assert_eq!(
        read["E911Address"],
        json!({
            "Street1": "1 SAMPLE WAY", "Street2": null, "City": "LEHI", "State": "UT", "Zip": "84043-0001",
        })
    );
    assert_eq!(read["AccountId"], json!(sandbox.credentials().account_id));

    address["Street1"] = json!("1 Nowhere Way");
    client.refused(E911_UPDATE, address.clone(), 400).await;
    sandbox.switch(|switches| switches.e911_refusal_is_200 = true);
    assert_eq!(
        client.post(E911_UPDATE, address.clone()).await.1["Status"],
        "Failed"
    );
    address["Zip"] = json!("8404");
    client.refused(E911_UPDATE, address, 400).await;
    let other = Client::other(&sandbox);
    assert_eq!(other.get(E911, &[("PhoneNumber", &number)]).await.0, 404);
}

#[tokio::test]
async fn a_number_without_a_device_is_one_of_three_responses() {
    let (sandbox, client) = fresh().await;
    let number = sandbox.buy_elsewhere(client.key()).unwrap().number;
    let asked = json!({ "PhoneNumber": number });
    assert_eq!(client.post(DEVICE, asked.clone()).await.0, 404);
    for (none, word) in [(NoDevice::Nulls, "Success"), (NoDevice::Status, "NoDevice")] {
        sandbox.switch(|switches| switches.no_device = none);
        let (_, response) = client.post(DEVICE, asked.clone()).await;
        assert_eq!(response["IMEI"], Value::Null);
        assert_eq!(response["Status"], word);
    }
    sandbox.edit(&number, |number| {
        number.device = Some(Device {
            imei: "490154203237518".into(),
            model: "Example".into(),
            name: "Tracker 2".into(),
        });
    });
    let (_, response) = client.post(DEVICE, asked.clone()).await;
    assert_eq!(response["TAC"], "49015420");

    let (_, refreshed) = client.post(NNID, asked.clone()).await;
    assert_eq!(refreshed["Successful"], true);
    sandbox.switch(|switches| switches.nnid_refresh_fails = true);
    assert_eq!(client.post(NNID, asked).await.1["Successful"], false);
}

#[tokio::test]
async fn the_list_of_accounts_has_three_shapes() {
    let (sandbox, client) = fresh().await;
    let own = json!(sandbox.credentials().account_id);
    let (_, list) = client.get(ACCOUNTS, &[]).await;
    assert_eq!(list[0]["AccountId"], own);
    sandbox.switch(|switches| switches.account_list = AccountList::One);
    assert_eq!(client.get(ACCOUNTS, &[]).await.1["AccountId"], own);
    sandbox.switch(|switches| switches.account_list = AccountList::Results);
    let (_, list) = client.get(ACCOUNTS, &[]).await;
    assert_eq!(list["Results"].as_array().map(Vec::len), Some(2));
    sandbox.switch(|switches| switches.account_list = AccountList::Refused);
    assert_eq!(client.get(ACCOUNTS, &[]).await.0, 403);
}
