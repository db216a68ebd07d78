//! What is in state after a purchase and a refresh is what an import of the number stores: the
//! check that HashiCorp calls `ImportStateVerify`.

use std::collections::BTreeMap;

use joonto_sandbox::{Options, Profile, Sandbox, Switches};
use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::terraform::value::Value;

use crate::session::{Answered, NUMBER, Session, read_diagnostics};

const SIM: &str = "8901240397190195850";

async fn start(switch: impl FnOnce(&mut Switches)) -> (Sandbox, Session) {
    let sandbox = Sandbox::start(Options::default()).await.expect("a sandbox");
    sandbox.switch(switch);
    let session = with_credentials(&sandbox).await;
    (sandbox, session)
}

async fn with_credentials(sandbox: &Sandbox) -> Session {
    let credentials = sandbox.credentials();
    Session::configured(&[
        ("base_url", sandbox.base_url().into()),
        ("account_key", credentials.account_key.into()),
        ("account_secret", credentials.account_secret.into()),
        ("max_requests_per_minute", 0.into()),
    ])
    .await
}

async fn buy(session: &Session, config: &Value) -> Answered {
    let planned = session.plan_create(config).await;
    let bought = session.apply(&Value::Null, &planned).await;
    assert_eq!(bought.diagnostics, []);
    bought
}

async fn import(session: &Session, id: &str) -> Answered {
    let request = wire::import_resource_state::Request {
        type_name: NUMBER.to_owned(),
        id: id.to_owned(),
        ..Default::default()
    };
    let response = session.client().import_resource_state(request).await;
    let response = response.expect("a response").into_inner();
    assert_eq!(read_diagnostics(response.diagnostics), []);
    let imported = &response.imported_resources[0];
    let object = session.read_back(imported.state.as_ref());
    session.read(&object, &imported.private, false).await
}

/// The usual arguments, as the sandbox can serve them, with some changes.
fn config(session: &Session, changes: &[(&'static str, Value)]) -> Value {
    let base = [
        ("product_type", "Sms-Only".into()),
        ("area_code", "801".into()),
        (
            "message_route_id",
            "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a".into(),
        ),
    ];
    session.config(&[&base[..], changes].concat())
}

/// The attributes that have to agree, with values that can be printed.
fn verified(number: &Value) -> BTreeMap<&str, String> {
    let attributes = number.as_map().expect("an object").iter();
    attributes
        .filter(|(name, _)| !harness::NOT_VERIFIED.contains(&&***name))
        .map(|(name, value)| {
            let text = value.as_str().map(str::to_owned);
            (&**name, text.unwrap_or_else(|| format!("{value:?}")))
        })
        .collect()
}

type Case = (&'static str, fn(&mut Switches));

const CASES: [Case; 5] = [
    ("as the seed", |_| {}),
    ("as today", |switches| switches.profile = Profile::Current),
    ("no filler", |switches| switches.iccid_filler = false),
    ("voice routes as digits", |switches| {
        switches.voice_route_as_digits = true;
    }),
    ("another subscriber", |switches| {
        switches.responses_other_subscriber = true;
    }),
];

#[tokio::test]
async fn a_number_that_was_bought_and_read_is_what_an_import_stores() {
    for (case, switch) in CASES {
        let (_sandbox, session) = start(switch).await;
        for changes in [
            vec![],
            vec![("iccid", Value::from(SIM))],
            vec![
                ("number_type", "iot".into()),
                ("message_route_id", Value::Null),
                ("message_enabled", false.into()),
            ],
        ] {
            let config = config(&session, &changes);
            let bought = buy(&session, &config).await;
            // No further request: what the response does not have comes with the next refresh.
            let has_sim = bought.state.get("iccid").is_some_and(|sim| !sim.is_null());
            let asked = config.get("iccid").is_some_and(|sim| !sim.is_null());
            assert_eq!(has_sim, asked || case == "as today", "{case}");

            let read = session.read(&bought.state, &bought.private, false).await;
            assert_eq!(read.diagnostics, [], "{case}");
            assert!(read.state.get("iccid").is_some_and(|sim| !sim.is_null()));
            let number = read
                .state
                .get("id")
                .and_then(Value::as_str)
                .expect("a number");
            let sim = read
                .state
                .get("iccid")
                .and_then(Value::as_str)
                .expect("a SIM");
            for id in [number.to_owned(), format!("iccid:{sim}")] {
                let imported = import(&session, &id).await;
                assert_eq!(verified(&read.state), verified(&imported.state), "{case}");
            }
            // What is not configured is stored, and no difference.
            let planned = session.plan(&read.state, &config, &read.private).await;
            assert_eq!((planned.state, planned.diagnostics), (read.state, vec![]));
        }
    }
}

/// The inventory serves many, and spells some subscribers in an older way.
#[tokio::test]
async fn numbers_that_are_read_together_are_what_an_import_stores() {
    let (sandbox, session) = start(|_| {}).await;
    let config = config(&session, &[]);
    let mut bought = Vec::new();
    for _ in 0..4 {
        bought.push(buy(&session, &config).await);
    }
    let read = |at: usize| session.read(&bought[at].state, &bought[at].private, false);
    let (a, b, c, d) = tokio::join!(read(0), read(1), read(2), read(3));
    assert!(
        !sandbox
            .ledger()
            .requests_to("/v1.0/numbers/inventory")
            .is_empty()
    );
    for read in [a, b, c, d] {
        assert_eq!(read.diagnostics, []);
        // An import is a command of its own.
        let other = with_credentials(&sandbox).await;
        let number = read.state.get("id").and_then(Value::as_str);
        let imported = import(&other, number.expect("a number")).await;
        assert_eq!(verified(&read.state), verified(&imported.state));
    }
}
