//! Webhooks: made, changed in place and elsewhere, imported, listed, lost and deleted.

use harness::{Cli, Feature, Result, Run};
use joonto_sandbox::{Fault, FaultKind, Switches, WebhookSecrets};
use serde_json::{Value, json};

use crate::scene::Scene;
use crate::secrets::{places, readable};

const ADDRESS: &str = "joonto_webhook.events";
/// An account of the same distributor, beside the default one.
const BRANCH: &str = "AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d";
const CREATE: &str = "/v1.0/webhook/create";
const UPDATE: &str = "/v1.0/webhook/update";
const DELETE: &str = "/v1.0/webhook/delete";

/// What a write-only argument is given from: of an ephemeral variable nothing is stored.
const VARIABLE: &str =
    "variable \"secret\" {\n  type = string\n  ephemeral = true\n  sensitive = true\n}\n";

/// A webhook with these events, and these arguments beside its URL.
fn webhook(events: &str, arguments: &str) -> String {
    format!(
        "resource \"joonto_webhook\" \"events\" {{\n  url = \"https://hooks.example.com/a\"\n  \
         events = [{events}]\n{arguments}\n}}\n"
    )
}

fn two(arguments: &str) -> String {
    webhook("\"Order_Update\", \"New_Sms\"", arguments)
}

fn basic(version: u32) -> String {
    format!(
        "authentication {{\n    type = \"basic\"\n    username = \"canary-user\"\n    \
         password_wo = var.secret\n    password_wo_version = {version}\n  }}"
    )
}

fn token(version: u32) -> String {
    format!(
        "authentication {{\n    type = \"token\"\n    token_wo = var.secret\n    \
         token_wo_version = {version}\n  }}"
    )
}

async fn id(scene: &Scene) -> Result<String> {
    let stored = scene.project.resource(ADDRESS).await?;
    Ok(stored["id"].as_str().unwrap_or_default().to_owned())
}

fn held(scene: &Scene, id: &str) -> Value {
    scene.sandbox.webhook(id).unwrap_or_default()
}

fn requests(scene: &Scene, path: &str) -> Vec<Value> {
    let ledger = scene.sandbox.ledger();
    let requests = ledger.requests_to(path).into_iter();
    requests.map(|request| request.body.clone()).collect()
}

/// The webhooks that were created and not deleted.
fn left(scene: &Scene) -> usize {
    let changes = scene.sandbox.ledger().changes;
    let count = |what: &str| changes.iter().filter(|change| change.what == what).count();
    count("webhook create") - count("webhook delete")
}

#[tokio::test]
async fn a_webhook_is_made_changed_here_and_elsewhere_imported_and_deleted() -> Result<()> {
    let scene = Scene::new(&two("")).await?;
    scene.project.apply().await?.quiet()?;
    let id = id(&scene).await?;
    let sent = json!({
        "WebhookUrl": "https://hooks.example.com/a", "Method": "POST", "DataFormat": "json",
        "AuthenticationType": "None", "AuthenticationUsername": "", "AuthenticationPassword": "",
        "AuthenticationToken": "", "SubscribedEvents": "New_Sms,Order_Update"
    });
    assert_eq!(requests(&scene, CREATE), [sent]);
    let stored = scene.project.resource(ADDRESS).await?;
    let account = scene.sandbox.credentials().account_id;
    assert_eq!(stored["account_id"], json!(account));
    assert_eq!(stored["active"], json!(true));
    scene.project.assert_empty_plan().await?.quiet()?;
    let alone = requests(&scene, "/v1.0/webhook");
    assert!(alone.is_empty(), "the account's list serves every read");

    // Another order, spelling or repetition is the same set, here and at the API.
    assert!(
        scene
            .sandbox
            .edit_webhook(&id, "SubscribedEvents", json!(" New_SMS ,order_update"))
    );
    scene.sandbox.edit_webhook(&id, "Method", json!("post"));
    scene.project.assert_empty_plan().await?.quiet()?;
    scene
        .project
        .main(&webhook("\"new_sms\", \"NEW_SMS\", \"ORDER_UPDATE\"", ""))?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.main(&two(""))?;

    // Each readable field that is changed elsewhere is planned back, and nothing else.
    for (name, value, attribute) in [
        ("WebhookUrl", json!("https://other.example.com"), "url"),
        ("SubscribedEvents", json!("Order_Update"), "events"),
        ("SubscribedEvents", json!(""), "events"),
        ("Method", json!("PUT"), "method"),
        ("DataFormat", json!("xml"), "data_format"),
        ("AuthenticationType", json!("Bearer"), "authentication"),
        ("AuthenticationType", json!("Kerberos"), "authentication"),
    ] {
        let before = held(&scene, &id);
        scene.sandbox.edit_webhook(&id, name, value);
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].actions, ["update"], "{name}");
        assert_eq!(plan.changes()[0].attributes, [attribute], "{name}");
        scene.sandbox.edit_webhook(&id, name, before[name].clone());
    }
    scene.sandbox.edit_webhook(&id, "Active", json!(false));
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.run.warning()?.code(), "JN832", "{}", plan.run);
    assert_eq!(plan.changes(), []);
    scene.sandbox.edit_webhook(&id, "Active", json!(true));

    // An update sends every field, and is repeated where it or its response is lost.
    let changed = webhook(
        "\"New_Sms\", \"Message_Status\"",
        "method = \"PUT\"\n  data_format = \"xml\"",
    );
    scene.project.main(&changed)?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"]);
    assert_eq!(plan.run.warning()?.code(), "JN813", "{}", plan.run);
    let aim = || Fault::on(UPDATE);
    scene.sandbox.fault(aim().before_commit(FaultKind::Drop));
    scene
        .sandbox
        .fault(aim().nth(2).after_commit(FaultKind::Drop));
    scene.project.apply_plan().await?.ok()?;
    let updates = requests(&scene, UPDATE);
    assert_eq!(updates.len(), 3);
    let sent = json!({
        "WebhookId": id, "AccountId": account, "WebhookUrl": "https://hooks.example.com/a",
        "Method": "PUT", "DataFormat": "xml", "AuthenticationType": "None",
        "AuthenticationUsername": "", "AuthenticationPassword": "", "AuthenticationToken": "",
        "SubscribedEvents": "Message_Status,New_Sms"
    });
    assert!(updates.iter().all(|update| *update == sent), "{updates:?}");
    scene.project.assert_empty_plan().await?.quiet()?;

    // Imported, by each form of its id.
    for imported in [id.clone(), format!("{account}/{id}")] {
        scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;
        scene.project.import(ADDRESS, &imported).await?.ok()?;
        scene.project.assert_empty_plan().await?.quiet()?;
    }
    let state = scene.project.state()?;
    let identity = &state["resources"][0]["instances"][0]["identity"];
    let offers = Cli::find()?.offers(Feature::Identity);
    assert_eq!(*identity, json!(offers.then(|| json!({ "id": id }))));

    scene
        .sandbox
        .fault(Fault::on(DELETE).before_commit(FaultKind::Drop));
    let second = Fault::on(DELETE).nth(2);
    scene.sandbox.fault(second.after_commit(FaultKind::Drop));
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.sandbox.webhook(&id), None);
    for (id, code) in [(&*id, "JN806"), ("a b", "JN807"), ("AID-1/", "JN807")] {
        let refused = scene.project.import(ADDRESS, id).await?.failed()?;
        assert!(refused.says(&format!("Code: {code}.")), "{refused}");
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_lost_create_is_adopted_once_or_is_an_error() -> Result<()> {
    let scene = Scene::new(&two("")).await?;
    // The account has such a webhook already.
    scene.project.apply().await?.quiet()?;
    let stranger = id(&scene).await?;
    scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;

    let lost = |placed: fn(joonto_sandbox::Aim, FaultKind) -> Fault| {
        scene
            .sandbox
            .fault(placed(Fault::on(CREATE), FaultKind::Drop));
    };
    lost(joonto_sandbox::Aim::before_commit);
    let failed = scene.project.apply().await?.failed()?;
    assert_eq!(failed.error()?.code(), "JN802", "{failed}");
    assert_eq!(scene.project.state()?["resources"], json!([]));
    assert_eq!(left(&scene), 1);

    lost(joonto_sandbox::Aim::after_commit);
    let applied = scene.project.apply().await?.ok()?;
    let own = id(&scene).await?;
    assert_eq!(applied.warning()?.code(), "JN803", "{applied}");
    assert!(applied.warning()?.says(&own), "{applied}");
    assert_ne!(own, stranger);
    assert_eq!((left(&scene), requests(&scene, CREATE).len()), (2, 3));
    scene.project.assert_empty_plan().await?.quiet()?;

    // A list that cannot be read before the create sends nothing.
    scene.project.destroy().await?.ok()?;
    let list = Fault::on("/v1.0/account/webhooks");
    scene
        .sandbox
        .fault(list.before_commit(FaultKind::status(400)));
    let failed = scene.project.apply().await?.failed()?;
    assert_eq!(failed.error()?.code(), "JN801", "{failed}");
    assert_eq!((left(&scene), requests(&scene, CREATE).len()), (1, 3));

    // One that is gone is made again.
    scene.project.apply().await?.quiet()?;
    let gone = id(&scene).await?;
    assert!(scene.sandbox.vanish_webhook(&gone));
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.run.warning()?.code(), "JN805", "{}", plan.run);
    assert_eq!(plan.changes()[0].actions, ["create"]);
    // To delete what is gone is success.
    scene
        .project
        .apply_with(&["-destroy", "-refresh=false"])
        .await?
        .ok()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn secrets_are_sent_and_stand_nowhere_under_each_switch() -> Result<()> {
    if !Cli::find()?.offers(Feature::WriteOnlyArguments) {
        let literal = basic(1).replace("var.secret", "\"a\"");
        let refused = Scene::new(&two(&literal))
            .await?
            .project
            .plan()
            .await?
            .failed()?;
        assert!(refused.says("1.11"), "{refused}");
        return Ok(());
    }
    let switches: [fn(&mut Switches); 4] = [
        |_| {},
        |s| s.webhook_secrets = WebhookSecrets::Masked,
        |s| {
            s.webhook_secrets = WebhookSecrets::Null;
            s.webhook_bearer_on_create = true;
        },
        |s| {
            s.webhook_update_forgets = true;
            s.webhook_get_needs_account = true;
            s.wrapped_responses = true;
            s.random_key_case = true;
        },
    ];
    let mut scene = Scene::new("").await?;
    let log = scene.project.path().join("trace.log");
    scene
        .project
        .env("TF_LOG", "trace")
        .env("TF_LOG_PATH", &log);
    scene.project.env("JOONTO_ACCOUNT_ID", BRANCH);
    let with_secret = |block: String| VARIABLE.to_owned() + &two(&block);
    for switch in switches {
        scene.sandbox.switch(|switches| {
            *switches = Switches::default();
            switch(switches);
        });
        scene.project.env("TF_VAR_secret", "canary-1");
        scene.project.main(&with_secret(token(1)))?;
        scene.project.apply().await?.quiet()?;
        let id = id(&scene).await?;
        assert_eq!(held(&scene, &id)["AuthenticationToken"], json!("canary-1"));
        scene.project.assert_empty_plan().await?.quiet()?;

        // Only another version says that it is another secret, and one of the other kind is sent
        // with everything else.
        scene.project.env("TF_VAR_secret", "canary-2");
        scene.project.assert_empty_plan().await?.quiet()?;
        scene.project.main(&with_secret(token(2)))?;
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes()[0].attributes, ["authentication"]);
        scene.project.apply_plan().await?.quiet()?;
        assert_eq!(held(&scene, &id)["AuthenticationToken"], json!("canary-2"));
        scene.project.main(&with_secret(basic(1)))?;
        scene.project.apply().await?.quiet()?;
        let now = held(&scene, &id);
        assert_eq!(now["AuthenticationPassword"], json!("canary-2"));
        assert_eq!(now["AuthenticationUsername"], json!("canary-user"));
        assert_eq!(now["AuthenticationToken"], json!(""));
        assert_eq!(now["SubscribedEvents"], json!("New_Sms,Order_Update"));
        scene.project.assert_empty_plan().await?.quiet()?;
        let refused = Fault::on(UPDATE).before_commit(FaultKind::status(400));
        scene.sandbox.fault(refused);
        scene.project.main(&with_secret(basic(2)))?;
        let refused = scene.project.apply().await?.failed()?;
        assert_eq!(refused.error()?.code(), "JN809", "{refused}");

        // Imported from the account that it is in, which is not the credentials' own.
        scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;
        scene.project.import(ADDRESS, &id).await?.ok()?;
        scene.project.run(["state", "rm", ADDRESS]).await?.ok()?;
        let in_branch = format!("{BRANCH}/{id}");
        scene.project.import(ADDRESS, &in_branch).await?.ok()?;
        scene.project.apply().await?.quiet()?;
        scene.project.assert_empty_plan().await?.quiet()?;
        let none: [String; 0] = [];
        let files = readable(&scene.project)?;
        assert!(!places(&files, ADDRESS).is_empty());
        assert_eq!(places(&files, "canary-1"), none);
        assert_eq!(places(&files, "canary-2"), none);
        scene.project.destroy().await?.ok()?;
        assert_eq!(left(&scene), 0);
    }

    // A failure word is one, and any other is none.
    scene.project.main(&two(""))?;
    scene.project.apply().await?.quiet()?;
    let word = |word: &str| {
        let word = word.to_owned();
        scene.sandbox.switch(|switches| {
            *switches = Switches::default();
            switches.webhook_deleted_word = word;
        });
    };
    word("Failed");
    let failed = scene.project.destroy().await?.failed()?;
    assert_eq!(failed.error()?.code(), "JN833", "{failed}");
    word("Removed");
    scene.project.destroy().await?.ok()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_at_plan_and_an_account_replaces() -> Result<()> {
    let scene = Scene::new("").await?;
    let long = "x".repeat(130);
    let many = format!("\"a{long}\", \"b{long}\"");
    let block = |lines: &str| two(&format!("authentication {{\n{lines}\n  }}"));
    for (config, code, attribute) in [
        (two("").replace("https:", "http:"), "", "url"),
        (
            two("").replace("/a\"", &format!("/{long}{long}\"")),
            "",
            "url",
        ),
        (two("method = \"GET\""), "", "method"),
        (two("data_format = \"JSON\""), "", "data_format"),
        (webhook("", ""), "JN831", "events"),
        (webhook("\"a,b\"", ""), "JN831", "events"),
        (webhook(&many, ""), "JN831", "events"),
        (block("type = \"token\""), "JN830", "type"),
        (
            block("type = \"none\"\n    username = \"u\""),
            "JN830",
            "type",
        ),
        (block("type = \"digest\""), "", "type"),
    ] {
        scene.project.main(&config)?;
        let refused = scene.project.plan().await?.failed()?;
        let error = refused.error()?;
        assert!(code.is_empty() || error.code() == code, "{refused}");
        assert!(error.points_at(attribute), "{refused}");
    }
    if Cli::find()?.offers(Feature::WriteOnlyArguments) {
        let without_version = "type = \"token\"\n    token_wo = \"t\"";
        scene.project.main(&block(without_version))?;
        let refused = scene.project.plan().await?.failed()?;
        assert_eq!(refused.error()?.code(), "JN502", "{refused}");
        assert!(refused.error()?.points_at("token_wo"), "{refused}");
        scene
            .project
            .main(&block("type = \"basic\"\n    username = \"u\""))?;
        let refused = scene.project.plan().await?.failed()?;
        assert!(refused.error()?.says("password_wo is missing"), "{refused}");
    }
    assert_eq!(left(&scene), 0);

    // An account that was not named, or is not known yet, is no change of the account.
    scene.project.main(&two(""))?;
    scene.project.apply().await?.quiet()?;
    let own = scene.sandbox.credentials().account_id;
    scene.project.main(&two(&format!("account_id = {own:?}")))?;
    scene.project.assert_empty_plan().await?.quiet()?;
    let later = "resource \"terraform_data\" \"account\" {\n  input = \"AID-later\"\n}\n";
    let unknown = two("account_id = terraform_data.account.output");
    scene.project.main(&[later, &unknown].concat())?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.run.warning()?.code(), "JN204", "{}", plan.run);
    scene
        .project
        .main(&two(&format!("account_id = {BRANCH:?}")))?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["delete", "create"]);
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(left(&scene), 1);
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn webhooks_are_looked_up_and_listed() -> Result<()> {
    let look_up = format!(
        "data \"joonto_webhooks\" \"own\" {{\n  depends_on = [joonto_webhook.events]\n}}\n\
         data \"joonto_webhooks\" \"branch\" {{\n  account_id = {BRANCH:?}\n}}\n"
    );
    let scene = Scene::new(&(two("") + &look_up)).await?;
    // It can be read, though it cannot be configured.
    scene
        .sandbox
        .switch(|switches| switches.webhook_http_allowed = true);
    scene.project.apply().await?.quiet()?;
    let own = id(&scene).await?;
    scene
        .sandbox
        .edit_webhook(&own, "WebhookUrl", json!("http://hooks.example.com/a"));
    scene
        .sandbox
        .edit_webhook(&own, "AuthenticationPassword", json!("canary"));
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let found = scene.project.resource("data.joonto_webhooks.own").await?;
    let webhooks = found["webhooks"].as_array().cloned().unwrap_or_default();
    // Beside the one made here there is one the account had before.
    assert_eq!(webhooks.len(), 2, "{found}");
    let listed = webhooks.iter().find(|one| one["id"] == json!(own));
    let expected = json!({
        "id": own, "account_id": scene.sandbox.credentials().account_id,
        "url": "http://hooks.example.com/a", "events": ["New_Sms", "Order_Update"],
        "method": "POST", "data_format": "json", "authentication_type": "None", "active": true
    });
    assert_eq!(listed, Some(&expected));
    assert!(!found.to_string().contains("canary"));
    let branch = scene
        .project
        .resource("data.joonto_webhooks.branch")
        .await?;
    assert_eq!(branch["webhooks"], json!([]));

    if Cli::find()?.offers(Feature::Query) {
        let query = |config: &str| {
            let list =
                format!("list \"joonto_webhook\" \"all\" {{\n  provider = joonto\n{config}}}\n");
            scene.project.write("webhooks.tfquery.hcl", &list)
        };
        query("")?;
        let listed = scene
            .project
            .run(["query", "-json", "-no-color"])
            .await?
            .ok()?;
        assert_eq!(found_ids(&listed).len(), 2, "{listed}");
        assert!(found_ids(&listed).contains(&json!(own)), "{listed}");
        query(&format!("  config {{\n    account_id = {BRANCH:?}\n  }}\n"))?;
        let listed = scene
            .project
            .run(["query", "-json", "-no-color"])
            .await?
            .ok()?;
        assert_eq!(found_ids(&listed), [json!(null); 0], "{listed}");
    }
    // A list with an entry that cannot be read is no list.
    scene
        .sandbox
        .edit_webhook(&own, "WebhookUrl", json!("https://hooks.example.com/a"));
    let torn = FaultKind::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        text: json!([{ "WebhookUrl": "https://a.example" }]).to_string(),
    };
    let list = Fault::on("/v1.0/account/webhooks").always();
    scene.sandbox.fault(list.before_commit(torn));
    let failed = scene.project.plan().await?.failed()?;
    assert!(failed.says("Code: JN344."), "{failed}");
    scene.end().await;
    Ok(())
}

fn found_ids(run: &Run) -> Vec<Value> {
    let found = run.messages.iter().filter_map(|message| {
        let find = message.get("list_resource_found")?;
        Some(find["identity"]["id"].clone())
    });
    found.collect()
}
