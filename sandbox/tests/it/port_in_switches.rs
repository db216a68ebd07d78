//! What nobody knows of port-ins: each switch, seen.

use std::time::Duration;

use joonto_sandbox::{Lag, PortInState, PortInWords};
use serde_json::{Value, json};

use crate::client::*;
use crate::port_in::*;

#[tokio::test]
async fn states_have_three_vocabularies_and_unknown_words() {
    let (sandbox, client) = fresh().await;
    for (words, states) in [
        (
            PortInWords::Notes,
            ["Pending", "InProgress", "ResolutionRequired", "Complete"],
        ),
        (
            PortInWords::Guides,
            [
                "Pending Carrier Approval",
                "Scheduled",
                "Rejected",
                "Completed",
            ],
        ),
        (
            PortInWords::Description,
            ["Pending", "Pending", "Error", "Complete"],
        ),
    ] {
        sandbox.switch(|s| s.port_in_words = words);
        let (_, response) = client.post(SUBMIT, port_in()).await;
        let id = response["OrderId"].as_str().unwrap();
        let first = match words {
            PortInWords::Guides => "Submitted",
            _ => "Pending",
        };
        assert_eq!(response["Status"], first);
        assert_eq!(word(&client, id).await, first);
        client.post(CHANGE, of(id)).await;
        let control = sandbox.port_in(id);
        let mut seen = vec![word(&client, id).await];
        control.schedule();
        seen.push(word(&client, id).await);
        control.refuse(CODE);
        seen.push(word(&client, id).await);
        control.complete();
        seen.push(word(&client, id).await);
        assert_eq!(seen, states);
        assert!(sandbox.vanish(NUMBER));
    }
    sandbox.switch(|s| s.port_in_open_word = Some("Processing by carrier".into()));
    let id = submitted(&client).await;
    assert_eq!(word(&client, &id).await, "Processing by carrier");
    sandbox.port_in(&id).refuse(CODE);
    assert_eq!(word(&client, &id).await, "Error");
    sandbox.port_in(&id).cancel();
    assert_eq!(word(&client, &id).await, "Cancelled");
}

#[tokio::test]
async fn port_ins_move_by_reads_or_by_time_if_a_switch_says_so() {
    let (sandbox, client) = fresh().await;
    let seen = async |id: &str, reads: usize| {
        let mut seen = Vec::new();
        for _ in 0..reads {
            seen.push(word(&client, id).await);
        }
        seen
    };
    sandbox.switch(|s| s.port_in_step = Some(Lag::Reads(2)));
    let id = submitted(&client).await;
    let states = ["Pending", "Pending", "InProgress", "InProgress", "Complete"];
    assert_eq!(seen(&id, 5).await, states);
    assert!(sandbox.vanish(NUMBER));

    sandbox.switch(|s| s.port_in_step = Some(Lag::Time(DAY)));
    submitted(&client).await;
    let state = || sandbox.port_in(NUMBER).state().unwrap();
    sandbox.clock().advance(DAY - Duration::from_secs(60));
    assert_eq!(state(), PortInState::Pending);
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(state(), PortInState::InProgress);
    sandbox.clock().advance(DAY);
    assert_eq!(state(), PortInState::Complete);
    assert!(sandbox.vanish(NUMBER));

    // Both steps at once, and the number is as old as its order.
    client.forget_tokens();
    submitted(&client).await;
    let done = sandbox.clock().now() + 2 * DAY;
    sandbox.clock().advance(10 * DAY);
    assert_eq!(state(), PortInState::Complete);
    let late = sandbox.number(NUMBER).unwrap().bought - done;
    assert!(late.abs() < time::Duration::seconds(60), "{late}");
    assert!(sandbox.vanish(NUMBER));

    client.forget_tokens();
    sandbox.switch(|s| s.port_in_refusal = Some("1P-Other".into()));
    submitted(&client).await;
    sandbox.clock().advance(30 * DAY);
    assert_eq!(state(), PortInState::refused("1P-Other"));
}

#[tokio::test]
async fn order_reads_lag() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|s| s.order_missing_polls = 1);
    let id = submitted(&client).await;
    assert_envelope(&client.get(ORDER, &[("OrderId", &id)]).await, 404);
    sandbox.switch(|s| s.port_in_lag = Some(Lag::Reads(1)));
    sandbox.port_in(&id).refuse(CODE);
    assert_eq!(read(&client, &id).await, (json!("Pending"), Value::Null));
    assert_eq!(word(&client, &id).await, "ResolutionRequired");
    client.post(CHANGE, of(&id)).await;
    let refused = (json!("ResolutionRequired"), json!(CODE));
    assert_eq!(read(&client, &id).await, refused);
    assert_eq!(word(&client, &id).await, "Pending");
}

#[tokio::test]
async fn refusals_have_switches() {
    let (sandbox, client) = fresh().await;
    sandbox.switch(|s| {
        s.port_in_jnoid = true;
        s.port_in_stuck = true;
    });
    let id = submitted(&client).await;
    assert!(id.starts_with("JNOID-"), "{id}");
    for path in [CHANGE, CANCEL] {
        let response = client.post(path, of(&id)).await;
        assert_envelope(&response, 400);
        assert_eq!(response.1["Message"], "GENS-0041");
    }
    sandbox.switch(|s| s.port_in_refused_is_200 = true);
    for path in [CHANGE, CANCEL] {
        let (status, response) = client.post(path, of(&id)).await;
        assert_eq!(status, 200);
        assert_eq!(response["Status"], "Failed");
        assert_eq!(response["Message"], "GENS-0041");
    }
    assert_eq!(sandbox.ledger().open_port_ins(NUMBER), 1);

    sandbox.switch(|s| {
        s.port_in_stuck = false;
        s.port_in_us_dates = true;
    });
    let dated = |date: &str| with(of(&id), "PortInDate", date);
    let response = client.post(CHANGE, dated("2030-01-31")).await;
    assert_envelope(&response, 400);
    assert_eq!(response.1["Message"], "PortInDate must be MM/DD/YYYY");
    assert_eq!(client.post(CHANGE, dated("01/31/2030")).await.0, 200);
    sandbox.ledger().assert_within_contract();

    sandbox.switch(|s| {
        s.port_in_cancel_word = Some("Closing".into());
        s.port_in_fee_returned = true;
    });
    assert_eq!(sandbox.ledger().port_in_fees(NUMBER), 1);
    let (_, response) = client.post(CANCEL, of(&id)).await;
    assert_eq!(response["Status"], "Closing");
    assert_eq!(sandbox.ledger().port_in_fees(NUMBER), 0);
    sandbox.switch(|s| {
        s.port_in_cancel_word = None;
        s.port_in_account = Some("AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d".into());
    });
    let id = submitted(&client).await;
    assert_eq!(client.post(CANCEL, of(&id)).await, (200, of(&id)));
    submitted(&client).await;
    sandbox.port_in(NUMBER).complete();
    let account = sandbox.number(NUMBER).unwrap().account_id;
    assert_ne!(account, sandbox.credentials().account_id);
}

#[tokio::test]
async fn secrets_come_back_only_by_a_switch_and_are_written_down_nowhere() {
    let (sandbox, client) = fresh().await;
    let id = submitted(&client).await;
    let messages = async || {
        let mut update = of(&id);
        update["CurrentAccountPassword"] = json!("canary-new");
        let mut all = vec![client.post(SUBMIT, port_in()).await.1];
        all.push(client.get(ORDER, &[("OrderId", &id)]).await.1);
        sandbox.switch(|s| s.port_in_stuck = true);
        all.push(client.post(CHANGE, update).await.1);
        all.push(client.post(CANCEL, of(&id)).await.1);
        sandbox.switch(|s| s.port_in_stuck = false);
        all
    };
    sandbox.port_in(&id).refuse(CODE);
    let none = format!("{:?}", messages().await);
    assert!(!none.contains("canary"), "{none}");
    sandbox.switch(|s| s.port_in_echoes_secrets = true);
    for (place, message) in messages().await.iter().enumerate() {
        let message = message.to_string();
        let password = ["canary-password", "canary-new"][usize::from(place == 2)];
        assert!(message.contains("canary-number") && message.contains(password));
    }
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/", "/ledger", "/numbers"] {
        let url = format!("{}{path}", sandbox.control_url());
        let text = http.get(url).send().await.unwrap().text().await.unwrap();
        assert!(!text.contains("canary"), "{path}: {text}");
    }
    assert!(!format!("{:?}", sandbox.ledger()).contains("canary"));
}
