//! No live number is replaced or cancelled unless a known difference asks for it, and `prevent`
//! wins wherever it stands: every argument, every kind of value, every policy. What Terraform does
//! with the plans is played by [`Row::play`]; the sandbox's ledger judges.

use std::fmt;

use joonto_sandbox::{Ledger, NumberStatus, Options, Sandbox};
use terraform_provider_joonto::terraform::path::Name;
use terraform_provider_joonto::terraform::value::Value;

use crate::session::{ARGUMENTS, Planned, Session};

const PROVISION: &str = "/v1.0/numbers/provision";
const STATUS: &str = "/v1.0/numbers/status";

/// Two values of an argument: the first is never a reason to replace the number, the second may be.
fn values(argument: &str, account: &str) -> [Value; 2] {
    match argument {
        "number_type" => ["mvno".into(), "voip".into()],
        "message_type" => ["a2p".into(), "p2p".into()],
        "message_enabled" | "voice_enabled" | "data_enabled" => [true.into(), false.into()],
        "message_route_id" => ["MRID-1".into(), "MRID-2".into()],
        "voice_route_id" => ["CRID-1".into(), "CRID-2".into()],
        "area_code" => ["201".into(), "801".into()],
        "zip_code" => ["84043".into(), "84603".into()],
        "iccid" => ["8901240397190195850".into(), "8901240397190195868".into()],
        "product_type" => ["Sms-Only".into(), "Data-Only".into()],
        "account_id" => ["AID-1".into(), account.into()],
        "assigned_subscriber_id" => ["TSUID-1".into(), "TSUID-2".into()],
        "caller_name" => ["Ada", ""]
            .map(|first| Value::object([("first_name", first.into()), ("last_name", Value::Null)])),
        _ => panic!("{argument} has a dimension of its own"),
    }
}

/// The arguments of which a known change needs a new number.
const REPLACING: [&str; 5] = [
    "number_type",
    "data_enabled",
    "area_code",
    "zip_code",
    "account_id",
];

const REQUIRED: [&str; 4] = [
    "number_type",
    "message_type",
    "message_enabled",
    "voice_enabled",
];

/// What the configuration says of an argument while planning, and while applying.
#[derive(Clone)]
struct Said {
    planning: Value,
    applying: Value,
}

impl Said {
    fn known(value: &Value) -> Self {
        Self {
            planning: value.clone(),
            applying: value.clone(),
        }
    }

    fn later(value: &Value) -> Self {
        Self {
            planning: Value::Unknown,
            applying: value.clone(),
        }
    }
}

/// How Terraform is asked to act.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Request {
    /// `plan`, `apply`.
    Plain,
    /// `-replace`, or a `replace_triggered_by` that fires: Terraform tells a provider the same.
    Replace,
    /// The number is tainted.
    Tainted,
    /// `destroy`, or a block that was removed.
    Destroy,
}

/// A live number, a configuration, and what is asked of Terraform.
struct Row {
    argument: &'static str,
    in_state: Value,
    said: Said,
    state_policy: &'static str,
    policy: Said,
    request: Request,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    /// An error of the provider, or of Terraform's own, before anything was applied.
    Refused,
    /// The number is the same.
    Kept,
    /// Another number was bought, or none.
    Gone,
}

/// Values as they are: their own `Debug` keeps them to itself.
impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Value| match value.as_str() {
            Some(text) => format!("{text:?}"),
            None => format!("{value:?}"),
        };
        let said = |said: &Said| format!("{}, then {}", text(&said.planning), text(&said.applying));
        write!(
            f,
            "{:?} of {}: {} in state, {} configured; deletion_policy {:?} in state, {} configured",
            self.request,
            self.argument,
            text(&self.in_state),
            said(&self.said),
            self.state_policy,
            said(&self.policy),
        )
    }
}

impl Row {
    /// Whether somebody asks for another number, or none: a known difference, or a request.
    fn asks(&self) -> bool {
        let is_set = |value: &Value| !value.is_null() && *value != Value::from("");
        let values = [&self.in_state, &self.said.planning];
        let differs = values
            .iter()
            .all(|value| is_set(value) && !value.is_unknown())
            && values[0] != values[1];
        match self.argument {
            _ if self.request != Request::Plain => true,
            "number_type" => differs && values.contains(&&Value::from("voip")),
            argument => differs && REPLACING.contains(&argument),
        }
    }

    /// Whether `prevent` stands where the provider is shown it.
    fn is_prevented(&self) -> bool {
        let may_be = |value: &Value| value.is_unknown() || *value == Value::from("prevent");
        let in_config = match self.request {
            Request::Plain | Request::Replace => may_be(&self.policy.planning),
            // Terraform shows no configuration, or no number.
            Request::Tainted | Request::Destroy => false,
        };
        in_config || self.state_policy == "prevent"
    }
}

/// Plays Terraform's core between a provider and a sandbox.
struct Stage {
    session: Session,
    sandbox: Sandbox,
    account: String,
    number: String,
}

impl Stage {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
        let credentials = sandbox.credentials();
        let session = Session::configured(&[
            ("base_url", sandbox.base_url().into()),
            ("account_key", credentials.account_key.clone().into()),
            ("account_secret", credentials.account_secret.into()),
            ("max_requests_per_minute", 0.into()),
        ])
        .await;
        let mut stage = Self {
            session,
            sandbox,
            account: credentials.account_id,
            number: String::new(),
        };
        stage.renew();
        stage
    }

    /// The next row has a live number, too.
    fn renew(&mut self) {
        let key = self.sandbox.credentials().account_key;
        let bought = self.sandbox.buy_elsewhere(&key).expect("a number");
        self.number = bought.number;
    }

    fn base(&self) -> [(&'static str, Value); 3] {
        [
            ("message_type", "a2p".into()),
            ("area_code", "201".into()),
            ("message_route_id", Value::Null),
        ]
    }

    fn live(&self, row: &Row) -> Value {
        let mut set = self.base().to_vec();
        set.extend([
            ("id", self.number.clone().into()),
            ("phone_number_assigned", self.number.clone().into()),
            ("deletion_policy", row.state_policy.into()),
            (row.argument, row.in_state.clone()),
        ]);
        self.session.live(&set)
    }

    fn config(&self, row: &Row, applying: bool) -> Value {
        let pick = |said: &Said| match applying {
            true => said.applying.clone(),
            false => said.planning.clone(),
        };
        let mut set = self.base().to_vec();
        set.extend([
            ("deletion_policy", pick(&row.policy)),
            (row.argument, pick(&row.said)),
        ]);
        self.session.config(&set)
    }

    /// Validates, plans and applies as Terraform's core does.
    async fn play(&self, row: &Row) -> End {
        let session = &self.session;
        let (live, config) = (self.live(row), self.config(row, false));
        if row.request == Request::Destroy {
            let planned = session.plan(&live, &Value::Null, b"").await;
            return self.end(row, &live, &planned, None).await;
        }
        if is_refused(&session.validate(&config).await) {
            return End::Refused;
        }
        // Terraform plans a tainted number as if there were none.
        let prior = match row.request {
            Request::Tainted => Value::Null,
            _ => live.clone(),
        };
        let first = session.plan(&prior, &config, b"").await;
        if is_refused(&first.diagnostics) {
            return End::Refused;
        }
        let is_replacement = match row.request {
            Request::Plain => !first.replaces.is_empty(),
            _ => true,
        };
        if is_replacement {
            let second = match row.request {
                Request::Tainted => first.clone(),
                _ => session.plan(&Value::Null, &config, &first.private).await,
            };
            if is_refused(&second.diagnostics) {
                return End::Refused;
            }
            if row.request == Request::Plain {
                let warned = first.diagnostics.iter().any(|diagnostic| {
                    diagnostic.code() == "JN203" && diagnostic.summary.contains(&self.number)
                });
                assert!(warned, "{row:?}: {:?}", first.diagnostics);
            }
            let gone = Planned {
                state: Value::Null,
                ..first
            };
            return self.end(row, &live, &gone, Some(&second)).await;
        }
        if first.state == live {
            return End::Kept;
        }
        // Terraform plans again, now that everything is known, and holds the plans together.
        let last = session.plan(&live, &self.config(row, true), b"").await;
        let changed = |(name, value): (&Name, &Value)| {
            !value.is_unknown() && last.state.get(name) != Some(value)
        };
        let planned = first.state.as_map().expect("an object");
        let is_inconsistent = !last.replaces.is_empty() || planned.iter().any(changed);
        if is_refused(&last.diagnostics) || is_inconsistent {
            return End::Refused;
        }
        session.apply(&live, &last).await;
        End::Kept
    }

    /// Ends the number, then buys its successor.
    async fn end(
        &self,
        row: &Row,
        live: &Value,
        gone: &Planned,
        successor: Option<&Planned>,
    ) -> End {
        if is_refused(&gone.diagnostics) {
            return End::Refused;
        }
        if row.request == Request::Destroy {
            let diagnostic = &gone.diagnostics[0];
            assert_eq!(diagnostic.code(), "JN202", "{row:?}");
            assert!(diagnostic.summary.contains(&self.number), "{row:?}");
        }
        let ended = self.session.apply(live, gone).await;
        if is_refused(&ended.diagnostics) {
            return End::Refused;
        }
        if let Some(successor) = successor {
            let config = self.config(row, true);
            let last = self.session.plan(&Value::Null, &config, b"").await;
            if is_refused(&last.diagnostics) {
                return End::Gone;
            }
            assert_eq!(successor.replaces, [""; 0]);
            self.session.apply(&Value::Null, &last).await;
        }
        End::Gone
    }

    /// Plays a row, and judges by the ledger.
    async fn judge(&mut self, row: &Row) -> End {
        let before = sent(&self.sandbox.ledger());
        let end = self.play(row).await;
        if end == End::Refused && before == sent(&self.sandbox.ledger()) {
            // An error that somebody has to see: not where nothing asks for one.
            let may_be = row.asks() || row.said.planning.is_unknown() || is_padded(&row.said);
            assert!(may_be || row.argument == "number_type", "{row:?}");
        }
        let after = sent(&self.sandbox.ledger());
        let status = self
            .sandbox
            .number(&self.number)
            .map(|number| number.status);
        let is_live = status == Some(NumberStatus::Active);
        if end == End::Gone {
            assert!(row.asks() && !row.is_prevented(), "{row:?}");
            let policy = row.state_policy;
            assert_eq!(is_live, policy == "abandon", "{row:?}: {status:?}");
            let ended = usize::from(policy != "abandon");
            let bought = usize::from(row.request != Request::Destroy);
            assert_eq!(after, (before.0 + bought, before.1 + ended), "{row:?}");
            self.renew();
        } else {
            assert_eq!(before, after, "{row:?}");
            assert!(is_live, "{row:?}: {status:?}");
            assert!(
                !row.asks() || row.is_prevented() || end == End::Refused,
                "{row:?}"
            );
        }
        if end == End::Kept {
            assert!(!row.asks(), "{row:?}");
        }
        end
    }
}

fn is_refused(diagnostic: &[crate::session::TestDiagnostic]) -> bool {
    diagnostic.iter().any(|diagnostic| diagnostic.is_error)
}

fn is_padded(said: &Said) -> bool {
    let text = said.planning.as_str();
    text.is_some_and(|text| text.starts_with(' '))
}

/// How many purchases and changes of status were sent.
fn sent(ledger: &Ledger) -> (usize, usize) {
    let count = |path| ledger.requests_to(path).len();
    (count(PROVISION), count(STATUS))
}

/// What a configuration can say of an argument.
fn sayings(argument: &str, [a, b]: &[Value; 2]) -> Vec<Said> {
    let mut said = vec![
        Said::known(a),
        Said::known(b),
        Said::later(a),
        Said::later(b),
    ];
    if !REQUIRED.contains(&argument) {
        said.extend([Said::known(&Value::Null), Said::later(&Value::Null)]);
    }
    if let Some(text) = a.as_str() {
        said.push(Said::known(&format!(" {text}").into()));
        if !REQUIRED.contains(&argument) {
            said.extend([Said::known(&"".into()), Said::later(&"".into())]);
        }
    }
    said
}

/// Policies in the state and in the configuration.
fn policies() -> Vec<(&'static str, Said)> {
    let known = |state, config: &str| (state, Said::known(&config.into()));
    vec![
        known("cancel", "cancel"),
        known("cancel", "prevent"),
        known("prevent", "prevent"),
        known("prevent", "cancel"),
        known("park", "park"),
        known("abandon", "abandon"),
        ("cancel", Said::later(&"cancel".into())),
        ("cancel", Said::known(&Value::Null)),
    ]
}

/// Every row of these arguments; returns how often each end came about.
async fn every_row(
    arguments: impl Iterator<Item = &'static str>,
    policies: &[(&'static str, Said)],
) -> [usize; 3] {
    let mut stage = Stage::new().await;
    let mut ends = Vec::new();
    for argument in arguments {
        let values = values(argument, &stage.account);
        let mut states = values.to_vec();
        if !REQUIRED.contains(&argument) {
            states.push(Value::Null);
            states.extend(values[0].as_str().map(|_| "".into()));
        }
        for in_state in states {
            for said in sayings(argument, &values) {
                for (state_policy, policy) in policies {
                    let row = Row {
                        argument,
                        in_state: in_state.clone(),
                        said: said.clone(),
                        state_policy,
                        policy: policy.clone(),
                        request: Request::Plain,
                    };
                    ends.push(stage.judge(&row).await);
                }
            }
        }
    }
    [End::Gone, End::Refused, End::Kept].map(|end| ends.iter().filter(|one| **one == end).count())
}

#[tokio::test]
async fn a_live_number_goes_only_where_a_known_difference_asks_for_it() {
    let [gone, refused, kept] = every_row(REPLACING.into_iter(), &policies()).await;
    // Each end came about, and most rows keep the number.
    assert!(gone >= 20 && refused >= 20, "{gone}, {refused}, {kept}");
    assert!(kept > gone + refused, "{gone}, {refused}, {kept}");
}

#[tokio::test]
async fn no_other_argument_is_a_reason() {
    let others = ARGUMENTS
        .into_iter()
        .filter(|argument| *argument != "deletion_policy" && !REPLACING.contains(argument));
    let [gone, refused, kept] = every_row(others, &policies()[..2]).await;
    assert_eq!(gone, 0);
    assert!(kept > refused, "{refused}, {kept}");
}

#[tokio::test]
async fn what_is_asked_for_by_command_is_refused_wherever_prevent_shows() {
    let mut stage = Stage::new().await;
    for request in [Request::Replace, Request::Tainted, Request::Destroy] {
        for argument in ["area_code", "account_id", "data_enabled", "product_type"] {
            let values = values(argument, &stage.account);
            for said in [Said::known(&values[0]), Said::later(&values[1])] {
                for (state_policy, policy) in policies() {
                    let row = Row {
                        argument,
                        in_state: values[0].clone(),
                        said: said.clone(),
                        state_policy,
                        policy,
                        request,
                    };
                    let end = stage.judge(&row).await;
                    let expected = match row.is_prevented() {
                        true => End::Refused,
                        false => End::Gone,
                    };
                    assert_eq!(end, expected, "{row:?}");
                }
            }
        }
    }
}
