//! Subscribers, from their creation to what a destroy leaves of them.

use std::fs;

use harness::{Cli, Feature, Result, Run};
use joonto_sandbox::{Fault, FaultKind, SubscriberList, WrongSource};
use serde_json::{Value, json};

use crate::scene::Scene;
use crate::secrets::readable;

const ADDRESS: &str = "joonto_subscriber.ada";
const CREATE: &str = "/v1.0/subscribers/create";
const UPDATE: &str = "/v1.0/subscribers/update";
const TRANSFER: &str = "/v1.0/subscribers/transfer";
const LIST: &str = "/v1.0/distributor/subscribers";
const HOME: &str = "AID-9c1d7e30-52b4-4f6a-8e1b-0d3c5a7f9b12";
const BRANCH: &str = "AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d";
const THEIRS: &str = "TSUID-3a5c7e91-0b2d-4f68-9ace-1b3d5f7092a4";

/// A subscriber with an e-mail address and these arguments.
fn ada(arguments: &str) -> String {
    format!(
        "resource \"joonto_subscriber\" \"ada\" {{\n  email = \"ada@example.com\"\n{arguments}\n}}\n"
    )
}

/// The arguments that a creation needs.
fn full(name: &str, account_id: &str, more: &str) -> String {
    ada(&format!(
        "  name = \"{name}\"\n  role = \"Subscriber\"\n  account_id = \"{account_id}\"\n  \
         password_wo = \"canary-1\"\n  password_wo_version = 1\n{more}"
    ))
}

/// What was sent to `path`, in order.
fn sent(scene: &Scene, path: &str) -> Vec<Value> {
    let ledger = scene.sandbox.ledger();
    let requests = ledger.requests_to(path).into_iter();
    requests.map(|request| request.body.clone()).collect()
}

/// Somebody else calls the API.
async fn elsewhere(scene: &Scene, path: &str, body: Value) -> Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let call = client
        .post(format!("{}{path}", scene.sandbox.base_url()))
        .bearer_auth(scene.token(path).await?)
        .json(&body);
    call.send().await?.error_for_status()?;
    Ok(())
}

/// Versions without write-only arguments can import subscribers, and not create them.
async fn cannot_create() -> Result<bool> {
    if Cli::find()?.offers(Feature::WriteOnlyArguments) {
        return Ok(false);
    }
    let scene = Scene::new(&full("Ada", HOME, "")).await?;
    let refused = scene.project.plan().await?.failed()?;
    assert!(refused.says("1.11"), "{refused}");
    assert!(sent(&scene, CREATE).is_empty());
    scene.end().await;
    Ok(true)
}

fn error_code(run: &Run) -> &str {
    run.error().map(|error| error.code()).unwrap_or_default()
}

async fn state(scene: &Scene) -> Result<Value> {
    scene.project.resource(ADDRESS).await
}

#[tokio::test]
async fn a_subscriber_lives_from_creation_to_destroy() -> Result<()> {
    if cannot_create().await? {
        return Ok(());
    }
    let mut scene = Scene::new(&ada("")).await?;
    let log = scene.project.path().join("trace.log");
    scene
        .project
        .env("TF_LOG", "trace")
        .env("TF_LOG_PATH", &log);

    // What is missing is said before anything is sent.
    let run = scene.project.plan().await?.failed()?;
    assert_eq!(error_code(&run), "JN840", "{run}");
    for name in ["name", "role", "account_id", "password_wo"] {
        assert!(run.error()?.says(name), "{run}");
    }
    let wrong = full("Ada", HOME, "  phone_numbers = [\"2025550143\"]");
    scene.project.main(&wrong)?;
    assert_eq!(error_code(&scene.project.plan().await?.failed()?), "JN841");

    scene.project.main(&full("Ada", HOME, ""))?;
    scene.project.plan().await?.quiet()?;
    scene.project.apply_plan().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    let created = state(&scene).await?;
    let id = created["id"].clone();
    assert!(id.as_str().is_some_and(|id| id.starts_with("TSUID-")));
    assert_eq!(created["phone_numbers"], json!([]));

    // Everything that reads tell is seen when somebody else changes it.
    let numbers = json!(["+12025550143"]);
    let change = json!({
        "SubscriberId": id, "Name": "Eve", "Role": "Manager", "PhoneNumbers": numbers,
    });
    elsewhere(&scene, UPDATE, change).await?;
    let moved = json!({ "SubscriberId": id, "FromAccountId": HOME, "ToAccountId": BRANCH });
    elsewhere(&scene, TRANSFER, moved).await?;
    let plan = scene.project.plan_json().await?;
    let drift = &plan.json["resource_drift"][0]["change"]["after"];
    assert_eq!(
        (
            &drift["name"],
            &drift["role"],
            &drift["account_id"],
            &drift["phone_numbers"]
        ),
        (&json!("Eve"), &json!("Manager"), &json!(BRANCH), &numbers)
    );
    scene.project.apply_plan().await?.quiet()?;
    scene.project.assert_empty_plan().await?;
    // Numbers that are not configured stay as they are.
    assert_eq!(state(&scene).await?["phone_numbers"], numbers);
    let last = sent(&scene, UPDATE).pop();
    assert_eq!(
        last,
        Some(json!({ "SubscriberId": id, "Name": "Ada", "Role": "Subscriber" }))
    );
    assert_eq!(sent(&scene, TRANSFER).len(), 2);

    // A change in place: numbers as a whole, the password by its version, the e-mail by its case.
    let next = full("Ada L.", BRANCH, "  phone_numbers = [\"+12025550144\"]")
        .replace("ada@", "ADA@")
        .replace("canary-1", "canary-2")
        .replace("version = 1", "version = 2");
    scene.project.main(&next)?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"], "{}", plan.run);
    scene.project.apply_plan().await?.quiet()?;
    scene.project.assert_empty_plan().await?;
    assert_eq!(
        sent(&scene, UPDATE).pop(),
        Some(json!({
            "SubscriberId": id, "Name": "Ada L.", "Password": "***",
            "PhoneNumbers": ["+12025550144"],
        }))
    );
    let without = next.replace("  password_wo = \"canary-2\"\n", "");
    scene
        .project
        .main(&without.replace("version = 2", "version = 3"))?;
    assert_eq!(error_code(&scene.project.plan().await?.failed()?), "JN844");
    scene.project.main(&without)?;
    scene.project.assert_empty_plan().await?;
    for (place, text) in readable(&scene.project)? {
        assert!(!text.contains("canary-"), "the password stands in {place}");
    }

    // An import needs no more than the key: the id, or the e-mail address.
    let id = id.as_str().unwrap_or_default();
    for key in [id, "Ada@Example.com"] {
        scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;
        scene.project.main(&ada(""))?;
        scene.project.import(ADDRESS, key).await?.quiet()?;
        scene.project.assert_empty_plan().await?;
        assert_eq!(state(&scene).await?["id"], json!(id), "{key}");
    }
    for key in ["TSUID-none", "nobody@example.com"] {
        scene.project.run(["state", "rm", ADDRESS]).await?;
        let run = scene.project.import(ADDRESS, key).await?.failed()?;
        assert!(run.says("Code: JN806."), "{run}");
    }
    scene.project.import(ADDRESS, id).await?.quiet()?;

    // Another e-mail address is another subscriber; a destroy leaves the subscriber.
    let other = full("Ada L.", BRANCH, "").replace("ada@", "eve@");
    scene.project.main(&other)?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(
        plan.changes()[0].actions,
        ["delete", "create"],
        "{}",
        plan.run
    );
    scene.project.main(&ada(""))?;
    let run = scene.project.destroy().await?.ok()?;
    assert!(
        run.warnings().any(|warning| warning.code() == "JN812"),
        "{run}"
    );
    scene.project.import(ADDRESS, id).await?.quiet()?;
    assert_eq!(sent(&scene, CREATE).len(), 1);
    let log = fs::read_to_string(log)?;
    assert!(log.contains("joonto_subscriber"));
    assert!(!log.contains("canary-"));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_creation_whose_response_is_lost_makes_one_subscriber_or_says_what_to_do() -> Result<()> {
    if cannot_create().await? {
        return Ok(());
    }
    let scene = Scene::new(&full("Ada", HOME, "")).await?;
    let forget = async || scene.project.run(["state", "rm", ADDRESS]).await?.ok();
    let codes = async || -> Result<Vec<String>> {
        let run = scene.project.apply().await?;
        let codes = run.diagnostics.iter();
        assert!(!run.says("canary-"), "{run}");
        Ok(codes.map(|one| one.code().to_owned()).collect())
    };
    let lost = || Fault::on(CREATE).after_commit(FaultKind::Drop);

    // It was not created: nothing shows it, and the next apply creates it. Placeholders fill pages.
    scene
        .sandbox
        .switch(|switches| switches.subscriber_page_limit = Some(2));
    for index in 0..3 {
        let id = format!("TSUID-0{index}");
        scene
            .sandbox
            .subscribe_elsewhere(&id, "", &format!("{index}@example.com"));
    }
    scene
        .sandbox
        .fault(Fault::on(CREATE).before_commit(FaultKind::Drop));
    assert_eq!(codes().await?, ["JN802"]);
    assert_eq!(sent(&scene, CREATE).len(), 1);

    // It was created: the list has its e-mail address, the read the rest.
    scene.sandbox.fault(lost());
    assert_eq!(codes().await?, ["JN803"]);
    assert_eq!(sent(&scene, CREATE).len(), 2);
    scene.project.assert_empty_plan().await?;
    let id = state(&scene).await?["id"].clone();

    // Somebody has it: 400 or 409, and the way to import it.
    forget().await?;
    for is_409 in [false, true] {
        scene
            .sandbox
            .switch(|switches| switches.email_taken_is_409 = is_409);
        let run = scene.project.apply().await?.failed()?;
        assert_eq!(error_code(&run), "JN842", "{run}");
        let import = format!(
            "terraform import ADDRESS '{}'",
            id.as_str().unwrap_or_default()
        );
        assert!(run.error()?.says(&import), "{run}");
    }

    // It may be the one, and nothing proves it: it has another name, its account is hidden, or the
    // list cannot be read.
    scene.sandbox.fault(lost());
    elsewhere(&scene, UPDATE, json!({ "SubscriberId": id, "Name": "Eve" })).await?;
    assert_eq!(codes().await?, ["JN802"]);
    scene
        .project
        .main(&full("Ada", HOME, "").replace("ada@", "bea@"))?;
    scene.sandbox.fault(lost());
    scene
        .sandbox
        .switch(|switches| switches.subscriber_account_hidden = true);
    assert_eq!(codes().await?, ["JN802"]);
    scene
        .sandbox
        .switch(|switches| switches.subscriber_account_hidden = false);
    for (name, list) in [
        ("cleo@", SubscriberList::Forbidden),
        ("dora@", SubscriberList::Missing),
        ("edda@", SubscriberList::Empty),
    ] {
        scene
            .project
            .main(&full("Ada", HOME, "").replace("ada@", name))?;
        scene
            .sandbox
            .switch(|switches| switches.subscriber_list = list);
        scene.sandbox.fault(lost());
        assert_eq!(codes().await?, ["JN802"], "{list:?}");
        // Once sent, it is never created a second time.
        assert_eq!(codes().await?, ["JN842"], "{list:?}");
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_transfer_happens_once_and_an_update_has_its_effect_or_is_an_error() -> Result<()> {
    if cannot_create().await? {
        return Ok(());
    }
    let scene = Scene::new(&full("Ada", HOME, "")).await?;
    scene.project.apply().await?.quiet()?;
    let transfers = || sent(&scene, TRANSFER).len();
    let to = |account_id: &str| scene.project.main(&full("Ada", account_id, "")).map(drop);

    // Not made, and the response lost: the state says where it is, and the next apply makes it.
    to(BRANCH)?;
    scene
        .sandbox
        .fault(Fault::on(TRANSFER).before_commit(FaultKind::Drop));
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(error_code(&run), "JN843", "{run}");
    assert_eq!(transfers(), 1);
    assert_eq!(state(&scene).await?["account_id"], HOME);
    // Made, and the response lost.
    scene
        .sandbox
        .fault(Fault::on(TRANSFER).after_commit(FaultKind::Drop));
    scene.project.apply().await?.quiet()?;
    assert_eq!(transfers(), 2);
    scene.project.assert_empty_plan().await?;

    // Somebody else made it after the plan: there is nothing left to do.
    to(HOME)?;
    scene.project.plan().await?.ok()?;
    let id = state(&scene).await?["id"].clone();
    let back = json!({ "SubscriberId": id, "FromAccountId": BRANCH, "ToAccountId": HOME });
    elsewhere(&scene, TRANSFER, back).await?;
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(transfers(), 3);

    // An account that reads do not tell is kept, and taken for the source.
    scene
        .sandbox
        .switch(|switches| switches.subscriber_account_hidden = true);
    scene.project.assert_empty_plan().await?;
    to(BRANCH)?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?;
    // A response that is lost proves nothing then, and a wrong source is refused.
    to(HOME)?;
    scene
        .sandbox
        .fault(Fault::on(TRANSFER).after_commit(FaultKind::Drop));
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(error_code(&run), "JN843", "{run}");
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(error_code(&run), "JN843", "{run}");
    assert!(run.error()?.says("terraform import ADDRESS ID"), "{run}");
    // The way out that it names.
    let id = id.as_str().unwrap_or_default();
    scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;
    scene.project.import(ADDRESS, id).await?.quiet()?;
    let before = transfers();
    scene.project.apply().await?.quiet()?;
    assert_eq!(transfers(), before);
    scene.project.assert_empty_plan().await?;
    // The API says yes and does nothing, or does not look at the source.
    scene.sandbox.switch(|switches| {
        switches.subscriber_account_hidden = false;
        switches.transfer_from_wrong_account = WrongSource::NothingDone;
    });
    scene.project.assert_empty_plan().await?;
    to(BRANCH)?;
    scene.project.plan().await?.ok()?;
    scene
        .sandbox
        .fault(Fault::on(TRANSFER).before_commit(FaultKind::Body {
            status: 200,
            content_type: "application/json".to_owned(),
            text: json!({ "SubscriberId": id }).to_string(),
        }));
    let run = scene.project.apply_plan().await?.failed()?;
    assert_eq!(error_code(&run), "JN843", "{run}");
    scene.project.apply().await?.quiet()?;

    // An update that is lost, or whose response is, is repeated: it sets what is to be.
    let numbers = |numbers: &str| full("Ada L.", BRANCH, &format!("  phone_numbers = {numbers}"));
    scene.project.main(&numbers("[\"+12025550143\"]"))?;
    let aim = || Fault::on(UPDATE);
    scene.sandbox.fault(aim().before_commit(FaultKind::Drop));
    scene
        .sandbox
        .fault(aim().nth(2).after_commit(FaultKind::Drop));
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?;
    // An update that extends the numbers does not do what was asked for.
    scene
        .sandbox
        .switch(|switches| switches.subscriber_numbers_extend = true);
    scene
        .project
        .main(&numbers("[\"+12025550143\", \"+12025550144\"]"))?;
    scene.project.apply().await?.quiet()?;
    scene.project.main(&numbers("[\"+12025550144\"]"))?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(error_code(&run), "JN845", "{run}");
    let there = json!(["+12025550143", "+12025550144"]);
    assert_eq!(state(&scene).await?["phone_numbers"], there);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_subscribers_of_a_distributor_are_listed_whole_or_not_at_all() -> Result<()> {
    let scene = Scene::new("data \"joonto_subscribers\" \"all\" {}\n").await?;
    for index in 0..7 {
        let id = format!("TSUID-{index}");
        let email = format!("{index}@example.com");
        scene
            .sandbox
            .subscribe_elsewhere(&id, &format!("Number {index}"), &email);
    }
    scene
        .sandbox
        .subscribe_elsewhere(THEIRS, "", "2025550143@example.com");
    scene
        .sandbox
        .switch(|switches| switches.subscriber_page_limit = Some(3));
    scene.project.apply().await?.quiet()?;
    let found = scene
        .project
        .resource("data.joonto_subscribers.all")
        .await?;
    let found = found["subscribers"].as_array().cloned().unwrap_or_default();
    assert_eq!(found.len(), 8);
    assert_eq!(found[1]["name"], "Number 1");
    assert_eq!(found[4]["id"], THEIRS);
    assert_eq!(
        (&found[4]["name"], &found[4]["account_id"]),
        (&Value::Null, &Value::Null)
    );
    scene
        .sandbox
        .switch(|switches| switches.subscriber_list_tells_account = true);
    scene.project.apply().await?.quiet()?;
    let found = scene
        .project
        .resource("data.joonto_subscribers.all")
        .await?;
    assert_eq!(found["subscribers"][1]["account_id"], HOME);

    if Cli::find()?.offers(Feature::Query) {
        let list = "list \"joonto_subscriber\" \"all\" {\n  provider = joonto\n}\n";
        scene.project.write("all.tfquery.hcl", list)?;
        let run = scene
            .project
            .run(["query", "-json", "-no-color"])
            .await?
            .ok()?;
        let found = run.messages.iter();
        let found: Vec<_> = found.filter_map(|m| m.get("list_resource_found")).collect();
        assert_eq!(found.len(), 8, "{run}");
        assert!(found.iter().any(|find| find["identity"]["id"] == THEIRS));
        let name = "TSUID-1 (Number 1, 1@example.com, Subscriber)";
        assert!(
            found.iter().any(|find| find["display_name"] == name),
            "{run}"
        );
        fs::remove_file(scene.project.path().join("all.tfquery.hcl"))?;
    }

    let body = json!({"Subscribers": [{"SubscriberId": "TSUID-1"}, {"SubscriberId": null}]});
    let kind = FaultKind::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        text: body.to_string(),
    };
    scene
        .sandbox
        .fault(Fault::on(LIST).always().after_commit(kind));
    let run = scene.project.plan().await?.failed()?;
    assert_eq!(error_code(&run), "JN846", "{run}");
    scene.sandbox.clear_faults();
    scene
        .sandbox
        .switch(|switches| switches.subscriber_list = SubscriberList::Forbidden);
    scene.project.plan().await?.failed()?;
    scene.end().await;
    Ok(())
}
