//! Port-ins: the life of an order, and what refuses it.

use std::time::Duration;

use joonto_sandbox::{Fault, FaultKind, NumberKind, PortInState, Sandbox};
use serde_json::{Value, json};

use crate::client::*;

const ELIGIBILITY: &str = "/v1.0/numbers/portin/eligibility";
pub(super) const SUBMIT: &str = "/v1.0/numbers/portin";
pub(super) const CHANGE: &str = "/v1.0/numbers/portin/update";
pub(super) const CANCEL: &str = "/v1.0/numbers/portin/cancel";
pub(super) const NUMBER: &str = "+12025550177";
const SIM: &str = "8901240397190195850";
pub(super) const CODE: &str = "8A-ACCOUNT_NUM_REQ_OR_INCORRECT";
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);

pub(super) fn port_in() -> Value {
    json!({
        "PortInNumber": NUMBER, "CurrentCarrierName": "Example Mobile", "CurrentAccountNumber": "canary-number",
        "CurrentAccountPassword": "canary-password", "TargetPortinClassification": "mvno",
        "SubscriberName": "Ada Example",
        "CurrentBillingAddress": { "Street1": "1 Example Way", "City": "Lehi", "State": "UT", "Zip": "84043" },
    })
}

/// Submits one and returns its order id.
pub(super) async fn submitted(client: &Client) -> String {
    let (status, response) = client.post(SUBMIT, port_in()).await;
    assert_eq!(status, 200, "{response}");
    response["OrderId"].as_str().unwrap().to_owned()
}

pub(super) fn of(order: &str) -> Value {
    json!({ "OrderId": order })
}

pub(super) async fn read(client: &Client, order: &str) -> (Value, Value) {
    let (status, read) = client.get(ORDER, &[("OrderId", order)]).await;
    assert_eq!(status, 200, "{read}");
    (
        read["OrderStatus"].clone(),
        read["OrderStatusMessage"].clone(),
    )
}

pub(super) async fn word(client: &Client, order: &str) -> Value {
    read(client, order).await.0
}

async fn total(client: &Client) -> Value {
    client.get(INVENTORY, &[]).await.1["TotalResults"].clone()
}

#[tokio::test]
async fn a_number_is_here_once_its_order_is_complete() {
    let (sandbox, client) = fresh().await;
    let body = with(port_in(), "ICCID", SIM);
    let body = with(body, "TargetPortinClassification", "iot");
    let (status, response) = client.post(SUBMIT, body).await;
    assert_eq!(status, 200, "{response}");
    let expected = ["ICCID", "OrderDate", "OrderId", "PhoneNumber", "Status"];
    assert_eq!(keys(&response), expected);
    assert_eq!(response["Status"], "Pending");
    assert_eq!(response["PhoneNumber"], NUMBER);
    assert_eq!(response["ICCID"], SIM);
    let id = response["OrderId"].as_str().unwrap();
    assert!(id.starts_with("JNUOID-"), "{id}");

    sandbox.port_in(NUMBER).schedule();
    let (_, order) = client.get(ORDER, &[("OrderId", id)]).await;
    assert_eq!(order["OrderStatus"], "InProgress");
    assert_eq!(order["OrderStatusMessage"], Value::Null);
    assert_eq!(order["OrderType"], "portin");
    assert_eq!(order["PhoneNumbersOrdered"], json!([{ "Number": NUMBER }]));
    assert_envelope(&client.details(NUMBER).await, 404);
    assert_eq!(total(&client).await, 0);

    sandbox.clock().advance(3 * DAY);
    client.forget_tokens();
    sandbox.port_in(id).complete();
    assert_eq!(word(&client, id).await, "Complete");
    let (_, details) = client.details(NUMBER).await;
    assert_eq!(details["Classification"], "IoT");
    assert_eq!(details["Iccid"], format!("{SIM}F"));
    for empty in [
        "MessageRouteId",
        "VoiceRouteId",
        "AssignedSubscriberId",
        "QrActivationLink",
    ] {
        assert_eq!(details[empty], Value::Null, "{empty}");
    }
    let (_, inventory) = client.get(INVENTORY, &[]).await;
    let listed = &inventory["PhoneNumbers"][0];
    assert_eq!(listed["Number"], NUMBER);
    assert_eq!(listed["OriginalDatePurchased"], day(&sandbox, 0));
    let ledger = sandbox.ledger();
    assert_eq!(ledger.owned(client.key()), [NUMBER]);
    assert!(ledger.orders.is_empty(), "a port-in is no purchase");
    ledger.assert_within_contract();
}

#[tokio::test]
async fn a_number_without_sim_and_type_is_a_mobile_number_without_sim() {
    let (sandbox, client) = fresh().await;
    let body = with(port_in(), "TargetPortinClassification", Value::Null);
    let (_, response) = client.post(SUBMIT, body).await;
    assert_eq!(response["ICCID"], Value::Null);
    sandbox.port_in(NUMBER).complete();
    let number = sandbox.number(NUMBER).unwrap();
    assert_eq!((number.kind, number.iccid), (NumberKind::Mvno, None));
    assert_eq!(number.account_id, sandbox.credentials().account_id);
}

#[tokio::test]
async fn an_update_is_merged_and_asks_again() {
    let (sandbox, client) = fresh().await;
    let id = submitted(&client).await;
    sandbox.port_in(NUMBER).refuse(CODE);
    let refused = (json!("ResolutionRequired"), json!(CODE));
    assert_eq!(read(&client, &id).await, refused);

    let mut update = of(&id);
    update["CurrentAccountNumber"] = json!("canary-2");
    update["CurrentBillingAddress"] = json!({ "Street2": "", "Zip": "84044" });
    update["PortInDate"] = json!("2030-01-31");
    update["TargetPortinClassification"] = json!("Landline");
    let (status, response) = client.post(CHANGE, update.clone()).await;
    let expected = json!({ "OrderId": id, "Status": "Updated", "Message": null });
    assert_eq!((status, response), (200, expected));
    assert_eq!(read(&client, &id).await, (json!("Pending"), Value::Null));

    let held = sandbox.port_in(&id);
    let fields = held.fields().unwrap();
    assert_eq!(fields["CurrentCarrierName"], "Example Mobile");
    let address = json!({
        "Street1": "1 Example Way", "Street2": "", "City": "Lehi", "State": "UT", "Zip": "84044",
    });
    assert_eq!(fields["CurrentBillingAddress"], address);
    assert!(held.has_account_number("canary-2") && !held.has_account_number("canary-number"));
    assert!(held.has_account_password("canary-password") && !held.has_account_password(""));
    assert_eq!(held.updates(), [with(update, "OrderId", Value::Null)]);
    let ledger = sandbox.ledger();
    assert_eq!(ledger.count_of("port-in submit", NUMBER), 1);
    assert_eq!(ledger.count_of("port-in update", NUMBER), 1);
    ledger.assert_within_contract();
}

#[tokio::test]
async fn one_port_in_of_a_number_is_open_at_a_time() {
    let (sandbox, client) = fresh().await;
    let first = submitted(&client).await;
    for state in ["schedule", "refuse"] {
        client.refused(SUBMIT, port_in(), 400).await;
        match state {
            "schedule" => sandbox.port_in(NUMBER).schedule(),
            _ => sandbox.port_in(NUMBER).refuse("6B"),
        }
    }
    sandbox.switch(|s| s.port_in_second_is_409 = true);
    client.refused(SUBMIT, port_in(), 409).await;
    Client::other(&sandbox)
        .refused(SUBMIT, port_in(), 409)
        .await;

    let (status, response) = client.post(CANCEL, of(&first)).await;
    let expected = json!({ "OrderId": first, "Status": "Cancelled" });
    assert_eq!((status, response), (200, expected));
    client.refused(CANCEL, of(&first), 400).await;
    client.refused(CHANGE, of(&first), 400).await;
    assert!(!sandbox.port_in(&first).set(PortInState::Complete));
    assert_eq!(word(&client, &first).await, "Cancelled");

    let second = submitted(&client).await;
    assert_ne!(first, second);
    let control = sandbox.port_in(NUMBER);
    assert_eq!(control.order_id(), Some(second.clone()), "the last one");
    control.complete();
    client.refused(CANCEL, of(&second), 400).await;
    client.refused(CHANGE, of(&second), 400).await;
    // The number is in the account.
    client.refused(SUBMIT, port_in(), 400).await;

    let ledger = sandbox.ledger();
    let orders: Vec<_> = ledger
        .port_ins_of(NUMBER)
        .iter()
        .map(|order| (order.order_id.as_str(), order.state.clone()))
        .collect();
    let expected = [
        (&*first, PortInState::Cancelled),
        (&*second, PortInState::Complete),
    ];
    assert_eq!(orders, expected);
    assert_eq!(ledger.open_port_ins(NUMBER), 0);
    assert_eq!(ledger.count_of("port-in submit", NUMBER), 2);
    assert_eq!(ledger.count_of("port-in cancel", NUMBER), 1);
    assert_eq!(ledger.port_in_fees(NUMBER), 2);
}

#[tokio::test]
async fn orders_belong_to_their_owner_and_are_port_ins() {
    let (sandbox, client) = fresh().await;
    let id = submitted(&client).await;
    let other = Client::other(&sandbox);
    let bought = client.buy().await["OrderId"].as_str().unwrap().to_owned();
    for path in [CHANGE, CANCEL] {
        other.refused(path, of(&id), 404).await;
        client.refused(path, of(&bought), 404).await;
        client.refused(path, of("JNUOID-1"), 404).await;
    }
    assert_envelope(&other.get(ORDER, &[("OrderId", &id)]).await, 404);
    let elsewhere = sandbox.port_in_elsewhere(
        &sandbox.credentials(),
        "+12025550178",
        with(port_in(), "CurrentAccountNumber", "theirs"),
    );
    assert_eq!(word(&client, &elsewhere).await, "Pending");
    assert!(sandbox.port_in(&elsewhere).has_account_number("theirs"));
    let ledger = sandbox.ledger();
    assert_eq!(ledger.count_of("port-in submit", "+12025550178"), 0);
    assert_eq!(ledger.open_port_ins("+12025550178"), 1);
}

#[tokio::test]
async fn requests_are_checked_by_the_letter() {
    let (sandbox, client) = fresh().await;
    let address = |address: Value| with(port_in(), "CurrentBillingAddress", address);
    for key in [
        "PortInNumber",
        "CurrentCarrierName",
        "CurrentAccountNumber",
        "CurrentAccountPassword",
        "CurrentBillingAddress",
    ] {
        let body = with(port_in(), key, Value::Null);
        client.refused(SUBMIT, body, 400).await;
    }
    for (key, value) in [
        ("PortInNumber", json!("2025550177")),
        ("TargetPortinClassification", json!("Mobile")),
        ("ICCID", json!("")),
        ("SubscriberName", json!("")),
        ("PortInDate", json!("2030-01-31")),
        ("AccountId", json!("AID-1")),
    ] {
        client
            .refused(SUBMIT, with(port_in(), key, value), 400)
            .await;
    }
    let full = port_in()["CurrentBillingAddress"].clone();
    for key in ["Street1", "City", "State", "Zip"] {
        let body = address(with(full.clone(), key, Value::Null));
        client.refused(SUBMIT, body, 400).await;
    }
    for (key, value) in [("Street2", ""), ("Country", "US")] {
        let body = address(with(full.clone(), key, value));
        client.refused(SUBMIT, body, 400).await;
    }
    client.refused(SUBMIT, address(json!("Lehi")), 400).await;
    assert!(sandbox.ledger().changes.is_empty());

    let id = submitted(&client).await;
    for (key, value) in [
        ("PortInNumber", json!(NUMBER)),
        ("PortInDate", json!("01/31/2030")),
        ("PortInDate", json!("tomorrow")),
        ("CurrentBillingAddress", json!({ "Country": "US" })),
        ("SubscriberName", Value::Null),
    ] {
        let mut body = of(&id);
        body[key] = value;
        client.refused(CHANGE, body, 400).await;
    }
    let ledger = sandbox.ledger();
    assert_eq!(ledger.count_of("port-in update", NUMBER), 0);
    let violations = ledger.requests_to(CHANGE).into_iter();
    let violations: Vec<_> = violations.map(|r| !r.violations.is_empty()).collect();
    // Nobody knows which form of a date the service takes.
    assert_eq!(violations, [true, false, true, true, true]);

    // The wide edition asks for less.
    sandbox.switch(|s| s.edition = joonto_sandbox::Edition::Wide);
    let bare = json!({ "PortInNumber": "+12025550179", "TargetPortinClassification": "Mobile" });
    assert_eq!(client.post(SUBMIT, bare).await.0, 200);
    client.refused(SUBMIT, json!({}), 400).await;
}

#[tokio::test]
async fn eligibility_is_a_result() {
    let (sandbox, client) = fresh().await;
    let ask = async |number: &str| {
        let body = json!({ "PhoneNumber": number, "TargetClassification": "mvno" });
        let (status, response) = client.post(ELIGIBILITY, body).await;
        assert_eq!(status, 200, "{response}");
        response
    };
    let expected = [
        "CurrentCarrier",
        "Eligible",
        "Message",
        "NumberType",
        "PhoneNumber",
    ];
    let response = ask(NUMBER).await;
    assert_eq!(keys(&response), expected);
    assert_eq!(response["Eligible"], true);
    assert_eq!(ask("+18005550100").await["Eligible"], false);
    let own = client.buy_number().await;
    assert_eq!(ask(&own).await["Eligible"], false);
    for number in ["+18005550100", &own] {
        let body = with(port_in(), "PortInNumber", number);
        client.refused(SUBMIT, body, 400).await;
    }
    sandbox.switch(|s| s.port_in_eligible_absent = true);
    assert_eq!(ask(NUMBER).await.get("Eligible"), None);
    client
        .refused(ELIGIBILITY, json!({ "PhoneNumber": NUMBER }), 400)
        .await;
}

#[tokio::test]
async fn faults_strike_port_ins_as_everything_else() {
    let (sandbox, client) = fresh().await;
    sandbox.fault(Fault::on(SUBMIT).before_commit(FaultKind::Drop));
    assert!(client.try_post(SUBMIT, port_in()).await.is_err());
    assert_eq!(sandbox.ledger().port_ins_of(NUMBER).len(), 0);
    sandbox.fault(Fault::on(SUBMIT).after_commit(FaultKind::Drop));
    assert!(client.try_post(SUBMIT, port_in()).await.is_err());
    assert_eq!(sandbox.ledger().open_port_ins(NUMBER), 1);
    let id = sandbox.port_in(NUMBER).order_id().unwrap();
    for path in [CHANGE, CANCEL] {
        sandbox.fault(Fault::on(path).before_commit(FaultKind::status(503)));
        client.refused(path, of(&id), 503).await;
        sandbox.fault(Fault::on(path).after_commit(FaultKind::status(503)));
        client.refused(path, of(&id), 503).await;
    }
    let ledger = sandbox.ledger();
    assert_eq!(ledger.count_of("port-in update", NUMBER), 1);
    assert_eq!(ledger.count_of("port-in cancel", NUMBER), 1);
    let [submit] = ledger.changes_of("port-in submit")[..] else {
        panic!("{:?}", ledger.changes)
    };
    assert_eq!(submit.request, ledger.port_ins[0].request);
}

/// What a port-in should be after each event, in the words of the reference's section about it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Model {
    None,
    Waiting,
    Accepted,
    Refused,
    Done,
    Ended,
}

impl Model {
    fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Accepted | Self::Refused)
    }

    /// After an event, and whether the event is taken.
    fn after(self, event: &str) -> (Self, bool) {
        let moved = match event {
            "submit" if matches!(self, Self::None | Self::Ended) => Self::Waiting,
            "submit" => return (self, false),
            _ if !self.is_open() => return (self, false),
            "update" => Self::Waiting,
            "schedule" => Self::Accepted,
            "refuse" => Self::Refused,
            "complete" => Self::Done,
            _ => Self::Ended,
        };
        (moved, true)
    }

    fn seen(self) -> Option<PortInState> {
        Some(match self {
            Self::None => return None,
            Self::Waiting => PortInState::Pending,
            Self::Accepted => PortInState::InProgress,
            Self::Refused => PortInState::refused(CODE),
            Self::Done => PortInState::Complete,
            Self::Ended => PortInState::Cancelled,
        })
    }
}

/// Does one event, and says whether it is taken.
async fn act(sandbox: &Sandbox, client: &Client, event: &str) -> bool {
    let control = sandbox.port_in(NUMBER);
    let id = control.order_id().unwrap_or_else(|| "JNUOID-none".into());
    let status = match event {
        "submit" => client.post(SUBMIT, port_in()).await.0,
        "update" => client.post(CHANGE, of(&id)).await.0,
        "cancel" => client.post(CANCEL, of(&id)).await.0,
        "schedule" => return control.set(PortInState::InProgress),
        "refuse" => return control.set(PortInState::refused(CODE)),
        "complete" => return control.set(PortInState::Complete),
        _ => return control.set(PortInState::Cancelled),
    };
    assert!([200, 400, 404].contains(&status), "{status}");
    status == 200
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "the seed of a random test is printed")]
async fn random_walks_agree_with_the_model() {
    const EVENTS: [&str; 7] = [
        "submit",
        "update",
        "cancel",
        "schedule",
        "refuse",
        "complete",
        "cancel by hand",
    ];
    let mut random = std::env::var("SANDBOX_WALK_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.unwrap().as_nanos() as u64
        });
    println!("replay with SANDBOX_WALK_SEED={random}");
    for _ in 0..20 {
        let (sandbox, client) = fresh().await;
        let mut model = Model::None;
        let mut submits = 0;
        let mut walk = Vec::new();
        for _ in 0..25 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            // Completion is rare: nothing follows it.
            let pick = (random >> 33) as usize % 26;
            let event = EVENTS[if pick == 25 {
                5
            } else {
                [0, 1, 2, 3, 4, 6][pick % 6]
            }];
            walk.push(event);
            let (next, is_taken) = model.after(event);
            submits += usize::from(event == "submit" && is_taken);
            assert_eq!(act(&sandbox, &client, event).await, is_taken, "{walk:?}");
            model = next;
            assert_eq!(sandbox.port_in(NUMBER).state(), model.seen(), "{walk:?}");
            let ledger = sandbox.ledger();
            let open = usize::from(model.is_open());
            assert_eq!(ledger.open_port_ins(NUMBER), open, "{walk:?}");
            assert_eq!(ledger.count_of("port-in submit", NUMBER), submits);
            let owned = usize::from(model == Model::Done);
            assert_eq!(ledger.owned(client.key()).len(), owned, "{walk:?}");
            let found = client.details(NUMBER).await.0 == 200;
            assert_eq!((total(&client).await, found), (json!(owned), owned == 1));
        }
    }
}
