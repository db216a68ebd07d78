//! Port-ins, from the submit to the number that arrives, and every way in which one can be lost.

mod ends;
mod fleet;
mod lost;

use std::fs;

use harness::{Cli, Feature, Result, Run};
use joonto_sandbox::PortInWords;
use serde_json::{Value, json};

use crate::scene::Scene;
use crate::secrets::readable;

const ADDRESS: &str = "joonto_port_in.desk";
const NUMBER: &str = "+12025550177";
const SUBMIT: &str = "/v1.0/numbers/portin";
const UPDATE: &str = "/v1.0/numbers/portin/update";
const CANCEL: &str = "/v1.0/numbers/portin/cancel";
const ORDER: &str = "/v1.0/numbers/order";

/// What a losing carrier says of a wrong account number.
const WRONG_ACCOUNT: &str = "8A-ACCOUNT_NUM_REQ_OR_INCORRECT";

/// A port-in with these arguments beside those that every one needs.
fn port_in(arguments: &str) -> String {
    with_address("1 Example Way", 1, arguments)
}

fn with_address(street: &str, version: u32, arguments: &str) -> String {
    format!(
        r#"
resource "joonto_port_in" "desk" {{
  phone_number                        = "{NUMBER}"
  current_carrier_name                = "Example Mobile"
  current_account_number_wo           = "canary-4471-{version}"
  current_account_number_wo_version   = {version}
  current_account_password_wo         = "canary-pin"
  current_account_password_wo_version = 1

  billing_address {{
    street1 = "{street}"
    city    = "Lehi"
    state   = "UT"
    zip     = "84043"
  }}
{arguments}
}}
"#
    )
}

/// What was sent to `path`, in order.
fn sent(scene: &Scene, path: &str) -> Vec<Value> {
    let ledger = scene.sandbox.ledger();
    let requests = ledger.requests_to(path).into_iter();
    requests.map(|request| request.body.clone()).collect()
}

/// The codes of a run. An apply plans twice, and says twice what the plan says.
fn codes(run: &Run) -> Vec<&str> {
    let codes = run.diagnostics.iter().map(harness::Diagnostic::code);
    let mut codes: Vec<&str> = codes.collect();
    codes.dedup();
    codes
}

async fn status(scene: &Scene) -> Result<Value> {
    Ok(scene.project.resource(ADDRESS).await?["status"].clone())
}

/// Versions without write-only arguments can follow port-ins, and not submit them.
async fn cannot_submit() -> Result<bool> {
    if Cli::find()?.offers(Feature::WriteOnlyArguments) {
        return Ok(false);
    }
    let scene = Scene::new(&port_in("")).await?;
    let refused = scene.project.plan().await?.failed()?;
    assert!(refused.says("1.11"), "{refused}");
    assert!(sent(&scene, SUBMIT).is_empty());
    scene.end().await;
    Ok(true)
}

#[tokio::test]
async fn a_port_in_is_followed_from_submit_to_the_managed_number() -> Result<()> {
    if cannot_submit().await? {
        return Ok(());
    }
    let mut scene = Scene::new("").await?;
    let log = scene.project.path().join("trace.log");
    scene
        .project
        .env("TF_LOG", "trace")
        .env("TF_LOG_PATH", &log);

    // What is missing is said before anything is sent.
    let bare = port_in("").replace("current_account_number_wo ", "# ");
    scene.project.main(&bare)?;
    assert_eq!(codes(&scene.project.plan().await?.failed()?), ["JN875"]);
    let (before, after) = bare.split_once("  billing_address {").expect("a block");
    let rest = after.split_once('}').expect("its end").1;
    scene.project.main(&format!("{before}{rest}"))?;
    let run = scene.project.plan().await?.failed()?;
    assert!(codes(&run).contains(&"JN875"), "{run}");

    scene.project.main(&port_in(""))?;
    scene.project.plan().await?.quiet()?;
    scene.project.apply_plan().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(status(&scene).await?, "Pending");
    let control = scene.sandbox.port_in(NUMBER);
    assert!(control.has_account_number("canary-4471-1"));
    assert!(control.has_account_password("canary-pin"));

    // Every state, in each vocabulary; an unknown word is an open order.
    for words in [
        PortInWords::Notes,
        PortInWords::Guides,
        PortInWords::Description,
    ] {
        scene
            .sandbox
            .switch(|switches| switches.port_in_words = words);
        control.refuse(WRONG_ACCOUNT);
        let run = scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
        assert_eq!(codes(&run).first(), Some(&"JN871"), "{run}");
        let found = scene.project.resource(ADDRESS).await?;
        assert_eq!(found["status"], "ResolutionRequired", "{words:?}");
        assert_eq!(
            found["status_message"],
            WRONG_ACCOUNT.replace(['-', '_'], " ")
        );
        let what = found["resolution_required"].as_str().unwrap_or_default();
        assert!(what.contains("current_account_number_wo_version"), "{what}");
        control.schedule();
        scene
            .project
            .apply_with(&["-refresh-only"])
            .await?
            .quiet()?;
        let expected = match words {
            PortInWords::Description => "Pending",
            _ => "InProgress",
        };
        let found = scene.project.resource(ADDRESS).await?;
        assert_eq!(found["status"], expected, "{words:?}");
        assert_eq!(found["resolution_required"], Value::Null);
    }
    scene.sandbox.switch(|switches| {
        switches.port_in_words = PortInWords::Notes;
        switches.port_in_open_word = Some("Processing by carrier".to_owned());
    });
    scene
        .project
        .apply_with(&["-refresh-only"])
        .await?
        .quiet()?;
    assert_eq!(status(&scene).await?, "Processing by carrier");
    scene
        .sandbox
        .switch(|switches| switches.port_in_open_word = None);

    // The account number is corrected: it alone is sent.
    control.refuse(WRONG_ACCOUNT);
    scene.project.main(&with_address("1 Example Way", 2, ""))?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"], "{}", plan.run);
    scene.project.apply_plan().await?.ok()?;
    assert_eq!(status(&scene).await?, "Pending");
    assert!(control.has_account_number("canary-4471-2"));
    scene.project.assert_empty_plan().await?.quiet()?;
    // So is an address, and what was added.
    let more = "  subscriber_name = \"Ada Example\"\n  target_number_type = \"iot\"\n  \
                iccid = \"8901240397190195850\"";
    scene
        .project
        .main(&with_address("2 Example Way", 2, more))?;
    scene.project.apply().await?.quiet()?;
    let order = scene.project.resource(ADDRESS).await?["order_id"].clone();
    assert_eq!(
        sent(&scene, UPDATE).pop(),
        Some(json!({
            "OrderId": order, "SubscriberName": "Ada Example", "ICCID": "8901240397190195850",
            "TargetPortinClassification": "iot",
            "CurrentBillingAddress": {
                "Street1": "2 Example Way", "City": "Lehi", "State": "UT", "Zip": "84043",
            },
        }))
    );

    // What is gone is not taken back, and says so.
    let less = more.replace("  subscriber_name = \"Ada Example\"\n", "");
    scene
        .project
        .main(&with_address("2 Example Way", 2, &less))?;
    assert_eq!(codes(&scene.project.apply().await?.ok()?), ["JN874"]);
    scene
        .project
        .main(&with_address("2 Example Way", 2, more))?;
    scene.project.apply().await?.quiet()?;

    // It is done: a plan costs nothing, changes are recorded alone, and the number can be managed,
    // with a route in the same apply.
    control.complete();
    scene
        .project
        .apply_with(&["-refresh-only"])
        .await?
        .quiet()?;
    assert_eq!(status(&scene).await?, "Complete");
    let reads = sent(&scene, ORDER).len();
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(sent(&scene, ORDER).len(), reads);
    let updates = sent(&scene, UPDATE).len();
    scene
        .project
        .main(&with_address("3 Example Way", 3, more))?;
    assert_eq!(codes(&scene.project.apply().await?.ok()?), ["JN874"]);
    assert_eq!(sent(&scene, UPDATE).len(), updates);
    scene.project.assert_empty_plan().await?.quiet()?;
    let managed = format!(
        r#"{}
import {{
  to = joonto_number.desk
  id = "{NUMBER}"
}}

resource "joonto_message_route" "inbox" {{
  route_name         = "inbox"
  message_url        = "https://example.com/inbox"
  message_url_method = "POST"
}}

resource "joonto_number" "desk" {{
  number_type            = "iot"
  message_type           = "p2p"
  message_enabled        = true
  voice_enabled          = false
  iccid                  = "8901240397190195850"
  message_route_id       = joonto_message_route.inbox.route_id
  assigned_subscriber_id = "TSUID-ac59a1f8-36b6-42cc-b124-c2aa29f7e3d2"
}}
"#,
        with_address("3 Example Way", 3, more)
    );
    scene.project.main(&managed)?;
    scene.project.apply().await?.ok()?;
    scene.project.assert_empty_plan().await?;
    assert_eq!(scene.purchase_requests(), 0);

    // A destroy of the port-in leaves the number.
    scene
        .project
        .run(["state", "rm", "joonto_number.desk"])
        .await?
        .ok()?;
    let run = scene.project.destroy().await?.ok()?;
    assert!(codes(&run).contains(&"JN812"), "{run}");
    assert_eq!(sent(&scene, CANCEL).len(), 0);
    assert_eq!(scene.owned(), [NUMBER]);
    assert_eq!(scene.sandbox.ledger().port_ins_of(NUMBER).len(), 1);
    for (place, text) in readable(&scene.project)? {
        assert!(!text.contains("canary-"), "a secret stands in {place}");
    }
    let log = fs::read_to_string(log)?;
    assert!(log.contains("joonto_port_in"));
    assert!(!log.contains("canary-"));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn whether_a_number_can_come_along_is_asked_first() -> Result<()> {
    let ask = |word: &str| {
        format!(
            "data \"joonto_port_in_eligibility\" \"desk\" {{\n  phone_number = \"{NUMBER}\"\n  \
             target_classification = \"{word}\"\n}}\n"
        )
    };
    let scene = Scene::new(&ask("mvno")).await?;
    scene.project.apply().await?.quiet()?;
    let address = "data.joonto_port_in_eligibility.desk";
    let found = scene.project.resource(address).await?;
    assert_eq!(found["eligible"], true, "{found}");
    assert!(found["current_carrier"].is_string(), "{found}");
    scene
        .sandbox
        .switch(|switches| switches.port_in_eligible_absent = true);
    scene.project.main(&ask("satellite"))?;
    let run = scene.project.apply().await?.ok()?;
    assert!(codes(&run).contains(&"JN813"), "{run}");
    let found = scene.project.resource(address).await?;
    assert_eq!(found["eligible"], Value::Null, "{found}");
    scene.end().await;
    Ok(())
}
