//! The control side as a program sees it.

use std::time::Duration;

use joonto_sandbox::{PortInState, Sandbox, Switches};
use serde_json::{Value, json};

use crate::client::*;
use crate::port_in::{NUMBER, submitted};

struct Control {
    http: reqwest::Client,
    base: String,
}

impl Control {
    fn new(sandbox: &Sandbox) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        Self {
            http,
            base: sandbox.control_url(),
        }
    }

    async fn get(&self, path: &str) -> Value {
        self.http
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// The page, as a person's browser gets it.
    async fn page(&self) -> String {
        let page = self.http.get(&self.base).send().await.unwrap();
        page.text().await.unwrap()
    }

    /// What a browser does when a button in a number's row is pressed; what it shows of the number then.
    async fn click(&self, number: &str, button: &str) -> String {
        let row = |page: String| {
            let mut rows = page.split("<tr>");
            let row = rows.find(|row| row.starts_with(&format!("<td class=id>{number}<")));
            row.unwrap_or_else(|| panic!("no {number} in {page}"))
                .to_owned()
        };
        let before = row(self.page().await);
        let mut actions = before.split("<form method=post action=\"").skip(1);
        let action = actions.find_map(|form| {
            let (action, rest) = form.split_once('"')?;
            rest.starts_with(&format!("><button>{button}</button>"))
                .then_some(action)
        });
        let action = action.unwrap_or_else(|| panic!("no button {button} in {before}"));
        let press = self.http.post(format!("{}{action}", self.base));
        let press = press
            .header("accept", "text/html")
            .header("origin", &self.base);
        row(press.send().await.unwrap().text().await.unwrap())
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        finish(
            self.http
                .post(format!("{}{path}", self.base))
                .json(&body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }
}

#[tokio::test]
async fn everything_can_be_steered_from_outside() {
    let (sandbox, client) = fresh().await;
    let control = Control::new(&sandbox);

    assert_eq!(control.get("/switches").await["page_size"], 100);
    let (status, all) = control
        .post("/switches", json!({ "page_size": 3, "profile": "current" }))
        .await;
    assert_eq!(
        (status, &all["page_size"], &all["profile"]),
        (200, &json!(3), &json!("current"))
    );
    assert_eq!(
        control
            .post("/switches", json!({ "colour": "blue" }))
            .await
            .0,
        400
    );
    assert_eq!(
        control
            .post("/switches", json!({ "page_size": "3" }))
            .await
            .0,
        400
    );
    assert_eq!(sandbox.switch(|switches| switches.page_size), 3);
    control
        .post(
            "/switches",
            json!({ "profile": "seed", "inventory_lag": { "reads": 1 } }),
        )
        .await;
    control
        .post(
            "/switches",
            json!({ "inventory_lag": null, "token_life": 60_000 }),
        )
        .await;

    let fault =
        json!({ "path": PROVISION, "placement": "after", "kind": { "status": { "status": 503 } } });
    assert_eq!(control.post("/faults", fault).await.0, 200);
    assert_eq!(control.get("/faults").await.as_array().unwrap().len(), 1);
    client.refused(PROVISION, ordinary(), 503).await;
    control
        .post(
            "/faults",
            json!({ "placement": "before", "kind": "drop", "times": null }),
        )
        .await;
    control.post("/faults/clear", json!({})).await;
    let chaos = json!({ "seed": 1, "path": "*", "percent": 100, "kinds": [["before", { "status": { "status": 500 } }]] });
    client.token(INVENTORY).await;
    assert_eq!(control.post("/chaos", chaos).await.0, 200);
    assert_envelope(&client.get(INVENTORY, &[]).await, 500);
    control.post("/chaos", Value::Null).await;
    assert_eq!(client.get(INVENTORY, &[]).await.0, 200);

    let number = sandbox.ledger().owned(client.key())[0].clone();
    let path = format!("/numbers/{}", number.replace('+', "%2B"));
    assert_eq!(control.get(&path).await["number"], number.as_str());
    assert!(control.get(&path).await.get("port_out_pin").is_none());
    assert_eq!(
        control
            .post(
                &path,
                json!({ "voice_enabled": true, "status": { "other": "Odd" } })
            )
            .await
            .0,
        200
    );
    assert_eq!(client.details(&number).await.1["Status"], "Odd");
    assert_eq!(control.post(&path, json!({ "number": "+1" })).await.0, 400);
    assert_eq!(
        control.post(&path, json!({ "voice_enabled": 1 })).await.0,
        400
    );
    for (action, status) in [
        ("park", "Parked"),
        ("activate", "Active"),
        ("cancel", "Cancelled"),
    ] {
        assert_eq!(
            control.post(&format!("{path}/{action}"), json!({})).await.0,
            200
        );
        assert_eq!(client.details(&number).await.1["Status"], status);
    }
    control.post(&format!("{path}/steal"), json!({})).await;
    assert_envelope(&client.details(&number).await, 404);
    assert_eq!(Client::other(&sandbox).details(&number).await.0, 200);
    assert_eq!(
        control.post(&format!("{path}/vanish"), json!({})).await.0,
        200
    );
    assert_eq!(
        control.post(&format!("{path}/vanish"), json!({})).await.0,
        404
    );
    assert_eq!(
        control.post(&format!("{path}/dance"), json!({})).await.0,
        404
    );

    let (_, seeded) = control.post("/numbers", json!({ "count": 4 })).await;
    assert_eq!(seeded.as_array().unwrap().len(), 4);
    assert_eq!(control.get("/numbers").await.as_array().unwrap().len(), 4);
    assert_eq!(
        control
            .post("/numbers", json!({ "account_key": "DID-nobody" }))
            .await
            .0,
        409
    );

    control
        .post("/switches", json!({ "pending_forever": true }))
        .await;
    for (action, word) in [("complete", "Complete"), ("fail", "Error")] {
        let order = client.buy().await["OrderId"].as_str().unwrap().to_owned();
        assert_eq!(
            control
                .post(&format!("/orders/{order}/{action}"), json!({}))
                .await
                .0,
            200
        );
        assert_eq!(
            client.get(ORDER, &[("OrderId", &order)]).await.1["OrderStatus"],
            word
        );
    }

    let before = control.get("/clock").await["now"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, after) = control
        .post("/clock", json!({ "advance_ms": 86_400_000 }))
        .await;
    assert!(after["now"].as_str().unwrap() > before.as_str());
    let (_, set) = control
        .post("/clock", json!({ "set_unix": 1_800_000_000 }))
        .await;
    assert!(
        set["now"]
            .as_str()
            .unwrap()
            .starts_with("2027-01-15T08:00:0")
    );
    let (_, stopped) = control.post("/clock", json!({ "stop": true })).await;
    assert_eq!(control.get("/clock").await, stopped);
    control.post("/clock", json!({ "stop": false })).await;
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_ne!(control.get("/clock").await, stopped);

    control
        .post("/stock", json!({ "area_code": "202", "remaining": 0 }))
        .await;
    client.forget_tokens();
    assert_eq!(client.buy().await["OrderStatus"], "Error");
    let ledger = control.get("/ledger").await;
    assert!(ledger["requests"].as_array().unwrap().len() > 10);
    assert_eq!(ledger, serde_json::to_value(sandbox.ledger()).unwrap());
    assert_eq!(
        control.get("/credentials").await["default"]["account_key"],
        client.key()
    );
    assert_eq!(control.get("/contract").await, joonto_sandbox::contract());
    control.post("/listening", json!({ "open": false })).await;
    let address = client.url("").strip_prefix("http://").unwrap().to_owned();
    tokio::time::timeout(Duration::from_secs(5), async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_settings_and_faults_hold_is_json() {
    let (sandbox, client) = fresh().await;
    let control = Control::new(&sandbox);
    let settings = json!({
        "details_lag": { "time": 20_000 }, "sim_lag": { "reads": 1 }, "merge_equal_orders": 10_000,
        "order_names_first_order": true, "names_number": "+12025550199", "pending_time": 5_000,
        "page_shift": { "before": 3, "buy": true, "times": null }, "total_counts_page": true,
        "hidden_numbers": ["+12025550198"], "failed_items": { "+12025550197": "Carrier refused" },
        "status_pending": { "reads": 2 }, "status_ends_in_error": "no", "status_lag": { "time": 1_000 },
    });
    let (status, all) = control.post("/switches", settings.clone()).await;
    assert_eq!(status, 200, "{all}");
    for (key, value) in settings.as_object().unwrap() {
        let value = match key.as_str() {
            "page_shift" => &json!({ "before": 3, "purge": true, "buy": true, "times": null }),
            _ => value,
        };
        assert_eq!(&all[key], value, "{key}");
    }
    sandbox.switch(|switches| *switches = Switches::default());

    let held = json!({ "held": { "status": { "status": 502 } } });
    for kind in [held, json!({ "late": { "after": 10, "kind": "drop" } })] {
        let fault = json!({ "path": PROVISION, "placement": "before", "kind": kind });
        assert_eq!(control.post("/faults", fault).await.0, 200);
    }
    let page = control.http.get(&control.base).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("held status 502") && page.contains("late Drop"));

    let order = json!({ "area_code": "646", "fields": { "kind": "iot", "undated": true } });
    let (_, bought) = control.post("/numbers", order).await;
    let number = bought[0].as_str().unwrap();
    assert!(number.starts_with("+1646"));
    assert_eq!(client.details(number).await.1["Classification"], "IoT");
    let wrong = json!({ "fields": { "colour": "blue" } });
    assert_eq!(control.post("/numbers", wrong).await.0, 400);
    assert_eq!(sandbox.ledger().owned(client.key()).len(), 1);
    assert_eq!(sandbox.ledger().purchases().len(), 1);
    let path = format!("/numbers/{}", number.replace('+', "%2B"));
    for (action, status) in [("hide", 404), ("show", 200)] {
        control.post(&format!("{path}/{action}"), json!({})).await;
        assert_eq!(client.details(number).await.0, status);
    }
}

#[tokio::test]
async fn other_pages_are_kept_out() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!(
        "{}/numbers/{}/cancel",
        sandbox.control_url(),
        number.replace('+', "%2B")
    );
    let from = |name: &str, value: &str| http.post(&url).header(name, value).send();
    assert_eq!(
        from("origin", "http://example.com").await.unwrap().status(),
        403
    );
    assert_eq!(from("origin", "null").await.unwrap().status(), 403);
    assert_eq!(
        from("host", "rebound.example.com").await.unwrap().status(),
        403
    );
    assert!(sandbox.ledger().changes_of("cancel").is_empty());
    assert_eq!(
        from("origin", &sandbox.control_url())
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(sandbox.ledger().changes_of("cancel").len(), 1);
}

#[tokio::test]
async fn a_person_sees_and_steers_numbers_on_the_page() {
    let (sandbox, client) = fresh().await;
    let control = Control::new(&sandbox);
    assert!(control.page().await.contains("Numbers (0)"));
    let (one, two) = (client.buy_number().await, client.buy_number().await);
    let three = client.buy_number().await;
    let page = control.page().await;
    for text in [
        "Joonto sandbox",
        "Numbers (3)",
        &one,
        &two,
        &three,
        PROVISION,
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }

    assert!(control.click(&one, "cancel").await.contains("cancelled"));
    assert_eq!(client.details(&one).await.1["Status"], "Cancelled");
    assert!(control.click(&two, "park").await.contains("parked"));
    assert_eq!(client.details(&two).await.1["Status"], "Parked");
    assert!(control.click(&three, "steal").await.contains("another"));
    assert_envelope(&client.details(&three).await, 404);
    assert_eq!(sandbox.ledger().owned(client.key()), [two]);
}

#[tokio::test]
async fn a_person_and_a_program_play_the_losing_carrier() {
    let (sandbox, client) = fresh().await;
    let control = Control::new(&sandbox);
    let id = submitted(&client).await;
    for (button, shown) in [
        ("schedule", "accepted"),
        ("refuse", "refused: 8A-ACCOUNT_NUM_REQ_OR_INCORRECT"),
        ("wait", "waiting"),
        ("complete", "complete"),
    ] {
        let row = control.click(&id, button).await;
        assert!(row.contains(shown), "{row}");
    }
    assert_eq!(sandbox.ledger().owned(client.key()), [NUMBER]);
    assert!(sandbox.vanish(NUMBER));

    let id = submitted(&client).await;
    let act = async |of: &str, action: &str| {
        let path = format!("/orders/{of}/{action}");
        control.post(&path, json!({})).await.0
    };
    let number = NUMBER.replace('+', "%2B");
    assert_eq!(act(&number, "refuse?message=6B").await, 200);
    let refused = PortInState::refused("6B");
    assert_eq!(sandbox.port_in(&id).state(), Some(refused));
    assert_eq!(act(&id, "dance").await, 404);
    assert_eq!(act(&id, "cancel").await, 200);
    assert_eq!(act(&number, "complete").await, 404, "it is final");
    assert_eq!(
        control.get("/ledger").await["port_ins"][1]["state"],
        "cancelled"
    );
}

#[tokio::test]
async fn the_page_escapes_what_clients_sent() {
    let (sandbox, client) = fresh().await;
    client
        .get(INVENTORY, &[("Filter", "All"), ("<script>", "\"")])
        .await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let raw = client.url("/v1.0/numbers?x=<b>&y=\"");
    let _ = http.get(raw).send().await;
    let page = Control::new(&sandbox).page().await;
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    assert!(
        !page.contains("src=") && !page.contains("href="),
        "no resources from anywhere"
    );
    assert!(page.contains("http-equiv=\"refresh\""));
}
