//! What reads do not show yet.

use std::time::Duration;

use joonto_sandbox::Lag;
use serde_json::json;

use crate::client::*;

const SIM: &str = "8901240397190195850";

async fn by_sim(client: &Client) -> (u16, serde_json::Value) {
    client.get(DETAILS, &[("ICCID", SIM)]).await
}

async fn total(client: &Client) -> serde_json::Value {
    client.get(INVENTORY, &[]).await.1["TotalResults"].clone()
}

#[tokio::test]
async fn details_alone_lag() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.details_lag = Some(Lag::Reads(2)));
    let number = client.buy_number().await;
    assert_eq!(total(&client).await, 1, "the inventory knows it at once");
    assert_envelope(&client.details(&number).await, 404);
    assert_envelope(&client.details(&number).await, 404);
    assert_eq!(client.details(&number).await.0, 200);

    sandbox.switch(|switches| switches.details_lag = Some(Lag::Time(Duration::from_secs(50))));
    let number = client.buy_number().await;
    assert_envelope(&client.details(&number).await, 404);
    sandbox.clock().advance(Duration::from_secs(49));
    assert_envelope(&client.details(&number).await, 404);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(client.details(&number).await.0, 200);
}

#[tokio::test]
async fn a_sim_shows_no_number_for_a_while() {
    let (sandbox, client) = fresh().await;
    let order = with(ordinary(), "ICCID", SIM);
    let first = client.post(PROVISION, order.clone()).await.1["PhoneNumberAssigned"].clone();
    sandbox.switch(|switches| switches.sim_lag = Some(Lag::Reads(1)));
    let second = client.post(PROVISION, order.clone()).await.1["PhoneNumberAssigned"].clone();
    assert_eq!(client.details(second.as_str().unwrap()).await.0, 200);
    assert_eq!(by_sim(&client).await.1["Number"], first, "the older one");
    assert_eq!(by_sim(&client).await.1["Number"], second);

    for number in [&first, &second] {
        sandbox.vanish(number.as_str().unwrap());
    }
    sandbox.switch(|switches| switches.sim_lag = Some(Lag::Time(Duration::from_secs(25))));
    client.post(PROVISION, order).await;
    assert_envelope(&by_sim(&client).await, 404);
    sandbox.clock().advance(Duration::from_secs(25));
    assert_eq!(by_sim(&client).await.0, 200);
}

#[tokio::test]
async fn every_read_lags() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|switches| switches.lag_reads(Lag::Time(Duration::from_secs(20))));
    let order = with(ordinary(), "ICCID", SIM);
    let (_, bought) = client.post(PROVISION, order).await;
    let number = bought["PhoneNumberAssigned"].as_str().unwrap();
    let reads = async || {
        let (details, sim) = (client.details(number).await.0, by_sim(&client).await.0);
        (details, sim, total(&client).await)
    };
    assert_eq!(reads().await, (404, 404, json!(0)));
    sandbox.clock().advance(Duration::from_secs(20));
    assert_eq!(reads().await, (200, 200, json!(1)));

    // A pending order: the lag begins when it completes. A change is possible meanwhile, unless it is to lag as well.
    sandbox.switch(|switches| switches.pending_forever = true);
    let order = client.buy().await["OrderId"].as_str().unwrap().to_owned();
    sandbox.clock().advance(Duration::from_secs(60));
    sandbox.complete_order(&order);
    let (_, read) = client.get(ORDER, &[("OrderId", &order)]).await;
    let number = read["PhoneNumbersOrdered"][0]["Number"].as_str().unwrap();
    assert_envelope(&client.details(number).await, 404);
    assert_eq!(client.change("park", number, "01/01/2020").await.0, 200);
    sandbox.switch(|switches| switches.changes_lag = true);
    assert_envelope(&client.change("cancel", number, "01/01/2020").await, 404);
    client
        .refused(UPDATE, json!({ "Number": number }), 404)
        .await;
    sandbox.clock().advance(Duration::from_secs(20));
    assert_eq!(client.change("cancel", number, "01/01/2020").await.0, 200);

    sandbox.switch(|switches| {
        switches.lag_reads(None);
        switches.pending_forever = false;
    });
    assert_eq!(client.details(&client.buy_number().await).await.0, 200);
}
