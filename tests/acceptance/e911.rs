//! The address for emergency calls: its life, its import, and that nobody reads of it in a log.

use harness::Result;
use joonto_sandbox::{E911Address, Fault, FaultKind, StoredNumber};
use serde_json::{Value, json};

use crate::scene::Scene;

const GET: &str = "/v1.0/numbers/e911address";
const SET: &str = "/v1.0/numbers/e911address/update";
const IT: &str = "joonto_number_e911_address.it";

/// The resource, at a street in Lehi.
fn address(number: &str, street1: &str, further: &str) -> String {
    format!(
        "resource \"joonto_number_e911_address\" \"it\" {{\n  phone_number = {number:?}\n  street1 = \
         {street1:?}\n  city = \"Lehi\"\n  state = \"ut\"\n  zip = \"84043\"\n{further}\n}}\n"
    )
}

impl Scene {
    /// What the service has.
    fn address_of(&self, number: &str) -> Option<E911Address> {
        self.sandbox.number(number).and_then(|number| number.e911)
    }

    fn change_address(&self, number: &str, change: impl FnOnce(&mut E911Address)) {
        let changed = |number: &mut StoredNumber| number.e911.as_mut().map(change);
        assert!(self.sandbox.edit(number, |number| {
            changed(number);
        }));
    }

    fn count(&self, path: &str) -> usize {
        self.sandbox.ledger().requests_to(path).len()
    }

    /// What one plan does to the resource.
    async fn planned(&self) -> Result<Vec<Vec<String>>> {
        let plan = self.project.plan_json().await?;
        let changes = plan.changes().into_iter();
        Ok(changes.map(|change| change.actions).collect())
    }
}

fn lehi(street1: &str) -> E911Address {
    E911Address {
        street1: street1.to_owned(),
        street2: None,
        city: "LEHI".to_owned(),
        state: "UT".to_owned(),
        zip: "84043-0001".to_owned(),
    }
}

fn parrot(status: u16, body: &Value) -> FaultKind {
    FaultKind::Body {
        status,
        content_type: "application/json".to_owned(),
        text: body.to_string(),
    }
}

#[tokio::test]
async fn an_address_lives_as_its_configuration_says() -> Result<()> {
    let scene = Scene::new("").await?;
    let number = scene.bought_elsewhere(1).remove(0);
    scene
        .project
        .main(&address(&number, "1 Sample Street", ""))?;
    // Set twice is set once.
    scene
        .sandbox
        .fault(Fault::on(SET).after_commit(FaultKind::Drop));
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.address_of(&number), Some(lehi("1 SAMPLE STREET")));
    assert_eq!(scene.count(SET), 2);
    let stored = scene.project.resource(IT).await?;
    assert_eq!(stored["street1"], json!("1 Sample Street"));
    assert_eq!(stored["zip"], json!("84043"));
    assert_eq!(stored["reported_street1"], json!("1 SAMPLE STREET"));
    assert_eq!(stored["reported_street2"], Value::Null);
    assert_eq!(stored["reported_zip"], json!("84043-0001"));
    let account = scene.sandbox.credentials().account_id;
    assert_eq!(stored["account_id"], json!(account));
    scene.project.assert_empty_plan().await?.quiet()?;

    // Another spelling is the same address: here, and at the service.
    scene.change_address(&number, |address| address.zip = "84043-7777".to_owned());
    scene.project.main(&address(&number, "1  SAMPLE St.", ""))?;
    scene.project.assert_empty_plan().await?.quiet()?;
    let blank = address(&number, "1  SAMPLE St.", "  street2 = \"\"");
    scene.project.main(&blank)?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.count(SET), 2);

    // Each other difference is drift, and is shown.
    let changes: [fn(&mut E911Address); 5] = [
        |address| address.street1 = "2 SAMPLE STREET".to_owned(),
        |address| address.street2 = Some("APT 5".to_owned()),
        |address| address.city = "PROVO".to_owned(),
        |address| address.state = "NV".to_owned(),
        |address| address.zip = "84604".to_owned(),
    ];
    let parts = ["street1", "street2", "city", "state", "zip"];
    for (change, part) in changes.into_iter().zip(parts) {
        scene.change_address(&number, |address| *address = lehi("1 SAMPLE STREET"));
        scene.change_address(&number, change);
        let plan = scene.project.plan_json().await?;
        let planned = plan.changes();
        assert_eq!(planned[0].actions, ["update"], "{part}");
        assert!(
            planned[0].attributes.contains(&part.to_owned()),
            "{planned:?}"
        );
    }
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.address_of(&number), Some(lehi("1 SAMPLE STREET")));

    // Changed in place, although the first request never arrives; and a line is taken away.
    let second = address(&number, "1 Sample Street", "  street2 = \"Apt 5\"");
    scene.project.main(&second)?;
    scene
        .sandbox
        .fault(Fault::on(SET).before_commit(FaultKind::Drop));
    scene.project.apply().await?.quiet()?;
    let street2 = || {
        scene
            .address_of(&number)
            .and_then(|address| address.street2)
    };
    assert_eq!(street2().as_deref(), Some("APT 5"));
    scene
        .project
        .main(&address(&number, "1 Sample Street", ""))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(street2(), None);

    // One that is gone is set again, however the service says so.
    for is_200 in [false, true] {
        scene
            .sandbox
            .switch(|switches| switches.e911_missing_is_200 = is_200);
        scene.sandbox.edit(&number, |number| number.e911 = None);
        let run = scene.project.apply().await?.ok()?;
        assert_eq!(run.warning()?.code(), "JN805", "{run}");
        assert!(scene.address_of(&number).is_some());
    }

    let sent = scene.count(SET);
    let run = scene.project.destroy().await?.ok()?;
    let codes: Vec<&str> = run.warnings().map(|warning| warning.code()).collect();
    assert_eq!(codes, ["JN811", "JN812"], "{run}");
    assert!(scene.address_of(&number).is_some());
    assert_eq!(scene.count(SET), sent);
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn an_address_is_imported_and_then_read_only_if_it_is_to_be() -> Result<()> {
    let scene = Scene::new("").await?;
    let numbers = scene.bought_elsewhere(2);
    let config = address(&numbers[0], "1 Sample Way", "");
    scene.project.main(&config)?;
    let run = scene.project.import(IT, &numbers[0]).await?.failed()?;
    assert!(run.says("Code: JN806."), "{run}");
    let run = scene.project.import(IT, "Lehi").await?.failed()?;
    assert!(run.says("Code: JN807."), "{run}");
    scene.sandbox.edit(&numbers[0], |number| {
        number.e911 = Some(lehi("1 SAMPLE WAY"));
    });
    scene.project.import(IT, &numbers[0]).await?.ok()?;
    let stored = scene.project.resource(IT).await?;
    assert_eq!(stored["street1"], json!("1 SAMPLE WAY"));
    scene.project.assert_empty_plan().await?.quiet()?;
    let account = scene.sandbox.credentials().account_id;
    let own = format!("  account_id = {account:?}\n");
    scene
        .project
        .main(&address(&numbers[0], "1 Sample Way", &own))?;
    scene.project.assert_empty_plan().await?.quiet()?;

    // From now on nobody looks, and nothing is sent to say so.
    let blind = address(&numbers[0], "1 Sample Way", "  refresh = false");
    scene.project.main(&blind)?;
    scene.project.apply().await?.quiet()?;
    let read = scene.count(GET);
    scene.change_address(&numbers[0], |address| address.zip = "84604".to_owned());
    scene.project.assert_empty_plan().await?.quiet()?;
    assert_eq!(scene.count(GET), read);
    assert_eq!(scene.count(SET), 0);
    scene.project.main(&config)?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.planned().await?, [["update"]]);

    // Another number is another address. No number is bought for that.
    scene
        .project
        .main(&address(&numbers[1], "1 Sample Way", ""))?;
    let replaced = scene.planned().await?;
    assert_eq!(replaced, [["delete", "create"]]);
    scene.project.apply().await?.ok()?;
    assert_eq!(scene.address_of(&numbers[1]), Some(lehi("1 SAMPLE WAY")));
    assert_eq!(scene.purchase_requests(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_refused_address_is_one_error_and_no_address_is_in_a_log() -> Result<()> {
    let mut scene = Scene::new("").await?;
    let number = scene.bought_elsewhere(1).remove(0);
    scene
        .project
        .main(&address(&number, "13 Canary Way", "").replace("ut", "Utah"))?;
    let run = scene.project.validate().await?.failed()?;
    assert!(run.error()?.points_at("state"), "{run}");
    scene
        .project
        .main(&address(&number, "13 Canary Way", "").replace("84043", "8404"))?;
    let run = scene.project.validate().await?.failed()?;
    assert!(run.error()?.points_at("zip"), "{run}");

    scene.project.env("TF_LOG", "TRACE");
    scene.project.env("JOONTO_MAX_RETRIES", "1");
    let mut runs = Vec::new();
    scene
        .project
        .main(&address(&number, "13 Canary Nowhere", ""))?;
    for is_200 in [false, true] {
        scene
            .sandbox
            .switch(|switches| switches.e911_refusal_is_200 = is_200);
        let run = scene.project.apply().await?.failed()?;
        assert_eq!(run.error()?.code(), "JN850", "{run}");
        runs.push(run);
    }
    scene
        .project
        .main(&address("+12025550199", "13 Canary Way", ""))?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(run.error()?.code(), "JN850", "{run}");
    assert_eq!(scene.address_of(&number), None);

    // A service that repeats what it was sent, and fails.
    scene.project.main(&address(&number, "13 Canary Way", ""))?;
    let echo = json!({"StatusCode": 500, "Message": "no: 13 CANARY WAY"});
    scene
        .sandbox
        .fault(Fault::on(SET).always().before_commit(parrot(500, &echo)));
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(run.error()?.code(), "JN801", "{run}");
    runs.push(run);
    scene.sandbox.clear_faults();

    // A word that nobody knows is settled by a read. What is stored otherwise is said.
    scene
        .sandbox
        .switch(|switches| switches.e911_success_word = "Accepted".into());
    runs.push(scene.project.apply().await?.quiet()?);
    scene.sandbox.switch(|switches| {
        switches.e911_success_word = "Success".into();
        switches.e911_verbatim = true;
    });
    scene.project.main(&address(&number, "14 Canary Way", ""))?;
    let other = json!({"E911Address": {
        "Street1": "99 Canary Road", "Street2": null, "City": "Lehi", "State": "UT", "Zip": "84043",
    }});
    scene
        .sandbox
        .fault(Fault::on(GET).nth(2).before_commit(parrot(200, &other)));
    let run = scene.project.apply().await?.ok()?;
    assert_eq!(run.warning()?.code(), "JN851", "{run}");
    assert!(run.warning()?.says("another street1 than"), "{run}");
    runs.push(run);
    scene.project.assert_empty_plan().await?;
    scene
        .sandbox
        .fault(Fault::on(GET).always().before_commit(parrot(500, &echo)));
    let run = scene.project.plan().await?.failed()?;
    assert_eq!(run.error()?.code(), "JN804", "{run}");
    runs.push(run);
    scene.sandbox.clear_faults();

    for run in &runs {
        assert!(run.stderr.contains("e911address"), "the log is not there");
        let said = run.diagnostics.iter().map(ToString::to_string);
        for text in said.chain([run.stderr.clone()]) {
            assert!(!text.to_lowercase().contains("canary"), "{text}");
        }
    }
    scene.end().await;
    Ok(())
}
