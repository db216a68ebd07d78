//! What is done while a switch is on.

use std::sync::Arc;
use std::time::Duration;

use joonto_sandbox::{Fault, FaultKind, NumberStatus, Options};
use serde_json::{Value as Json, json};
use terraform_provider_joonto::terraform::Value;

use super::{Play, Row, Seen};
use crate::clock::FastClock;
use crate::life::is_failed;
use crate::scene::{Created, Provider, Scene, number};

const PROVISION: &str = "/v1.0/numbers/provision";
const TOKENS: &str = "/v1.0/OAuth2/tokens";
pub(super) const SIM: &str = "8901260862291477118";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How much faster than the world's the provider's clock runs: many rows share the processors.
const SPEED: u32 = 40;

/// How many numbers a list is made of.
const FLEET: usize = 7;

/// A row that is being played.
struct Stage {
    scene: Scene,
    row: Row,
    seen: Seen,
}

/// Plays a row, and tells what came of it.
pub(super) async fn play(row: Row) -> Seen {
    let fleet = match row.play {
        Play::List => FLEET,
        _ => 0,
    };
    let options = Options {
        fleet,
        ..Options::default()
    };
    let mut scene = Scene::with(options).await;
    scene.clock = Arc::new(FastClock::times(SPEED));
    let mut stage = Stage {
        scene,
        seen: Seen {
            codes: Vec::new(),
            fails: false,
            drifts: false,
            ledger: (0, 0, 0),
        },
        row,
    };
    stage.prepare().await;
    if !stage.row.is_late {
        stage.turn_on();
    }
    match stage.row.play.clone() {
        Play::Life | Play::Aged => stage.life().await,
        Play::Buy | Play::WrongSecret | Play::ReadyToken => {
            stage.buy().await;
        }
        Play::Twice => {
            let provider = stage.scene.provider().await;
            for _ in 0..2 {
                stage.buy_by(&provider).await;
            }
        }
        Play::Lost => {
            let cut = Fault::on(PROVISION).after_commit(FaultKind::Drop);
            stage.scene.sandbox.fault(cut);
            stage.buy().await;
        }
        Play::LastSecond => stage.last_second().await,
        Play::Update(arguments) => stage.update(arguments).await,
        Play::Replace => stage.replace().await,
        Play::EndedElsewhere => stage.ended_elsewhere().await,
        Play::List => stage.list().await,
        Play::Areas => stage.areas().await,
        Play::Route => stage.route(false).await,
        Play::RouteInUse => stage.route(true).await,
        Play::Webhook => stage.webhook().await,
    }
    stage.seen.judge(&stage.scene)
}

impl Stage {
    /// What is there before the switch is turned on.
    async fn prepare(&mut self) {
        if self.row.has_neighbour {
            let key = self.scene.sandbox.credentials().account_key;
            let bought = self.scene.sandbox.buy_elsewhere_with(&key, |number| {
                number.bought -= 30 * DAY;
                number.iccid = Some(SIM.to_owned());
            });
            bought.expect("the sandbox has numbers");
        }
        match self.row.play {
            Play::WrongSecret => self.scene.env("JOONTO_ACCOUNT_SECRET", "wrong"),
            Play::ReadyToken => {
                let token = self.purchase_token().await;
                self.scene.env("JOONTO_ACCOUNT_KEY", "");
                self.scene.env("JOONTO_ACCOUNT_SECRET", "");
                self.scene.env("JOONTO_TOKEN", &token);
            }
            _ => {}
        }
    }

    /// A token that opens nothing but purchases.
    async fn purchase_token(&self) -> String {
        let base = self.scene.sandbox.base_url();
        let own = self.scene.sandbox.credentials();
        let request = json!({
            "AccountKey": own.account_key,
            "AccountSecret": own.account_secret,
            "ApiEndpoint": format!("{base}{PROVISION}"),
        });
        let client = reqwest::Client::builder().no_proxy().build();
        let call = client
            .expect("a client")
            .post(format!("{base}{TOKENS}"))
            .json(&request);
        let response = call.send().await.expect("a response").json::<Json>().await;
        let token = response.expect("JSON")["token"].as_str().map(str::to_owned);
        token.expect("a token")
    }

    /// Turns the switch on. It may name the number that is there.
    fn turn_on(&self) {
        let owned = self.scene.owned();
        let number = owned.first().map_or("", String::as_str);
        let sandbox = &self.scene.sandbox;
        sandbox.switch(|switches| (self.row.set)(switches, number));
    }

    fn arguments(&self) -> Json {
        number(("mvno", "a2p"), (true, false), self.row.arguments.clone())
    }

    async fn buy(&mut self) -> Option<Created> {
        let provider = self.scene.provider().await;
        self.buy_by(&provider).await
    }

    async fn buy_by(&mut self, provider: &Provider) -> Option<Created> {
        let created = provider.create(&self.arguments()).await;
        let codes = created.codes();
        self.seen.codes.extend(codes.into_iter().map(str::to_owned));
        let bought = created.state.is_some().then_some(created);
        if bought.is_some() && self.row.is_late {
            self.turn_on();
        }
        bought
    }

    /// A later command reads what is in state, if it is there.
    async fn read(&mut self, provider: &Provider, stored: &Created) -> Option<Created> {
        provider.plan_over(stored).await;
        let read = provider.read(stored).await;
        self.seen.fails |= !read.errors.is_empty();
        (read.errors.is_empty() && read.state.is_some()).then_some(read)
    }

    async fn life(&mut self) {
        let Some(bought) = self.buy().await else {
            return;
        };
        if matches!(self.row.play, Play::Aged) {
            self.scene.sandbox.clock().advance(DAY);
        }
        let planning = self.scene.provider().await;
        let Some(read) = self.read(&planning, &bought).await else {
            return;
        };
        self.seen.drifts = !planning.is_settled(&read, &self.arguments()).await;
        self.destroy(&read).await;
    }

    /// A command of its own, which reads first.
    async fn destroy(&mut self, stored: &Created) {
        let destroying = self.scene.provider().await;
        if let Some(read) = self.read(&destroying, stored).await {
            let destroyed = destroying.destroy(&read).await;
            self.seen.fails |= !destroyed.errors.is_empty();
        }
    }

    /// The limit lets one request through in each minute. The purchase comes in the last second of one.
    async fn last_second(&mut self) {
        let clock = self.scene.sandbox.clock();
        clock.stop();
        clock.set(clock.now().replace_second(59).expect("a second"));
        let provider = self.scene.provider().await;
        let arguments = self.arguments();
        let creating = tokio::spawn(async move { provider.create(&arguments).await });
        let is_refused = |scene: &Scene| {
            let ledger = scene.sandbox.ledger();
            let posts = ledger.requests_to(PROVISION);
            posts.iter().any(|post| post.status == Some(429))
        };
        while !is_refused(&self.scene) && !creating.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        clock.advance(Duration::from_secs(1));
        let created = creating.await.expect("no panic");
        let codes = created.codes();
        self.seen.codes.extend(codes.into_iter().map(str::to_owned));
    }

    async fn update(&mut self, change: Json) {
        let bought = self.buy().await.expect("it is in state");
        let mut arguments = self.arguments();
        let change = change.as_object().expect("arguments").clone();
        arguments.as_object_mut().expect("arguments").extend(change);
        let updating = self.scene.provider().await;
        let Some(read) = self.read(&updating, &bought).await else {
            return;
        };
        let updated = updating.update(&read, &arguments).await;
        self.seen.fails |= !updated.errors.is_empty();
        let planning = self.scene.provider().await;
        let Some(read) = self.read(&planning, &updated).await else {
            return;
        };
        self.seen.drifts = !planning.is_settled(&read, &arguments).await;
        self.destroy(&read).await;
    }

    async fn replace(&mut self) {
        let bought = self.buy().await.expect("it is in state");
        let replacing = self.scene.provider().await;
        if let Some(read) = self.read(&replacing, &bought).await {
            let destroyed = replacing.destroy(&read).await;
            self.seen.fails |= !destroyed.errors.is_empty();
            self.buy_by(&replacing).await;
        }
    }

    async fn ended_elsewhere(&mut self) {
        let bought = self.buy().await.expect("it is in state");
        self.scene.sandbox.clock().advance(DAY);
        let at = self.scene.sandbox.clock().now();
        let number = bought.number().expect("a number");
        assert!(self.scene.sandbox.edit(&number, |number| {
            number.status = NumberStatus::Cancelled { at };
        }));
        let planning = self.scene.provider().await;
        let read = self.read(&planning, &bought).await;
        // What is gone is bought again.
        self.seen.drifts = read.is_none();
    }

    async fn list(&mut self) {
        let provider = self.scene.provider().await;
        let found = provider.look_up("joonto_numbers", &json!({})).await;
        self.seen.fails |= found.is_none();
        // What is missing from a list is destroyed by a `for_each` over it.
        self.seen.drifts = found.is_some_and(|found| {
            let numbers = found.get("phone_numbers").and_then(Value::as_list);
            let mut listed: Vec<&str> = numbers
                .into_iter()
                .flatten()
                .flat_map(Value::as_str)
                .collect();
            listed.sort_unstable();
            listed != self.scene.owned()
        });
    }

    async fn areas(&mut self) {
        let provider = self.scene.provider().await;
        let asked = number(("mvno", "a2p"), (true, false), json!({}));
        let found = provider.look_up("joonto_number_availability", &asked).await;
        self.seen.fails |= found.is_none();
        let areas = found
            .as_ref()
            .and_then(|found| found.get("areas")?.as_list());
        assert!(areas.is_none_or(|areas| areas.len() > 1), "{found:?}");
    }

    async fn webhook(&mut self) {
        let provider = self.scene.provider().await;
        let arguments = json!({
            "url": "https://hooks.example.com/joonto",
            "events": ["New_Sms"],
            "authentication": {
                "type": "token", "token_wo": "secret", "token_wo_version": 1,
                "username": null, "password_wo": null, "password_wo_version": null,
            },
        });
        let made = provider.make("joonto_webhook", &arguments).await;
        let unmade = provider.unmake("joonto_webhook", &made).await;
        self.seen.fails |= is_failed(&made.diagnostics) || is_failed(&unmade.diagnostics);
        let changes = self.scene.sandbox.ledger().changes;
        let changes: Vec<_> = changes.iter().map(|change| &*change.what).collect();
        assert_eq!(changes, ["webhook create", "webhook delete"]);
    }

    async fn route(&mut self, is_used: bool) {
        let provider = self.scene.provider().await;
        let arguments = json!({
            "route_name": "support",
            "message_url": "https://hooks.example.com/sms",
            "message_url_method": "POST",
            "enabled": true,
        });
        let made = provider.make("joonto_message_route", &arguments).await;
        self.seen.fails |= is_failed(&made.diagnostics);
        if is_used {
            let changes = self.scene.sandbox.ledger().changes;
            let route = changes.last().expect("a route").subject.clone();
            self.row.arguments["message_route_id"] = route.into();
            self.buy().await;
        }
        let unmade = provider.unmake("joonto_message_route", &made).await;
        self.seen.fails |= is_failed(&unmade.diagnostics);
        assert_eq!(unmade.state.is_some(), is_failed(&unmade.diagnostics));
    }
}
