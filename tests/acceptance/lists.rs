//! Lists that somebody makes resources from: whole, or an error.

use harness::{Cli, Feature, Result};
use joonto_sandbox::{Fault, FaultKind, PageShift, Switches};
use serde_json::json;

use crate::scene::Scene;

const INVENTORY: &str = "/v1.0/numbers/inventory";

/// Adopts every number of the account, and cancels what the list leaves out.
const FLEET: &str = r#"
data "joonto_numbers" "all" {}

resource "joonto_number" "fleet" {
  for_each        = toset(data.joonto_numbers.all.phone_numbers)
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = true
  voice_enabled   = false
}
"#;

const ADOPTED: &str = r#"
import {
  for_each = toset(data.joonto_numbers.all.phone_numbers)
  to       = joonto_number.fleet[each.value]
  id       = each.value
}
"#;

impl Scene {
    fn changes_of_status(&self) -> usize {
        let ledger = self.sandbox.ledger();
        ledger.requests_to("/v1.0/numbers/status").len()
    }
}

/// The inventory returns one page of so many records.
fn records(total: usize, records: &[serde_json::Value]) -> Fault {
    let body = json!({"TotalResults": total, "PageNumber": 1, "PhoneNumbers": records});
    let kind = FaultKind::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        text: body.to_string(),
    };
    Fault::on(INVENTORY).always().after_commit(kind)
}

/// C63: a list that leaves a number out would cancel it.
#[tokio::test]
async fn a_fleet_made_of_a_list_is_cancelled_by_no_list_that_is_short() -> Result<()> {
    if !Cli::find()?.offers(Feature::ImportForEach) {
        return a_short_list_is_an_error("").await;
    }
    a_short_list_is_an_error(FLEET).await
}

async fn a_short_list_is_an_error(fleet: &str) -> Result<()> {
    const ALONE: &str = "data \"joonto_numbers\" \"all\" {}\n";
    let config = if fleet.is_empty() { ALONE } else { fleet };
    let scene = Scene::new(config).await?;
    scene.bought_elsewhere(17);
    scene.sandbox.switch(|switches| switches.page_size = 6);
    if !fleet.is_empty() {
        scene.project.write("import.tf", ADOPTED)?;
    }
    scene.project.apply().await?.ok()?;
    scene.project.assert_empty_plan().await?;

    type Set = fn(&mut Switches);
    let null_page = || FaultKind::Body {
        status: 200,
        content_type: "application/json".to_owned(),
        text: json!({"TotalResults": 17, "PageNumber": 3, "PhoneNumbers": null}).to_string(),
    };
    let number = |number: serde_json::Value| json!({"Number": number, "Status": "Active"});
    let good = number(json!(scene.owned()[0]));
    let switches: [(Set, &str, &str); 4] = [
        (|switches| switches.total_off_by = 3, "JN340", "17 of 20"),
        (
            |switches| switches.page_shift = Some(PageShift::purge_before(3).always()),
            "JN340",
            "of 1",
        ),
        (|switches| switches.page_ignored = true, "JN340", "6 of"),
        (
            |switches| switches.total_counts_page = true,
            "JN340",
            "6 of 6",
        ),
    ];
    let faults = [
        (
            Fault::on(INVENTORY)
                .query("PageNumber=3")
                .always()
                .after_commit(null_page()),
            "JN340",
            "12 of 17",
        ),
        (
            records(2, &[good.clone(), number(json!(null))]),
            "JN341",
            "2 records, and 1",
        ),
        (
            records(2, &[good.clone(), number(json!("unlisted"))]),
            "JN341",
            "2 records, and 1",
        ),
        (
            records(2, &[good.clone(), json!(null)]),
            "JN341",
            "2 records, and 1",
        ),
    ];
    let fail = async |code: &str, says: &str| -> Result<()> {
        let run = match fleet.is_empty() {
            true => scene.project.plan().await?,
            false => scene.project.apply().await?,
        };
        let run = run.failed()?;
        let error = run.errors().find(|error| error.code() == code);
        assert!(error.is_some_and(|error| error.says(says)), "{code}: {run}");
        assert_eq!(scene.changes_of_status(), 0, "{code}: {run}");
        Ok(())
    };
    for (fault, code, says) in faults {
        scene.sandbox.fault(fault);
        fail(code, says).await?;
        scene.sandbox.clear_faults();
    }
    for (set, code, says) in switches {
        scene.sandbox.switch(set);
        fail(code, says).await?;
        scene.sandbox.switch(|switches| {
            switches.total_off_by = 0;
            switches.page_shift = None;
            switches.page_ignored = false;
            switches.total_counts_page = false;
        });
    }
    scene.end().await;
    Ok(())
}

/// A number bought elsewhere between two pages is no reason to fail: the list is read again.
#[tokio::test]
async fn an_inventory_that_changed_once_is_read_again() -> Result<()> {
    let scene = Scene::new("data \"joonto_numbers\" \"all\" {}\n").await?;
    scene.bought_elsewhere(17);
    scene.sandbox.switch(|switches| {
        switches.page_size = 6;
        switches.page_shift = Some(PageShift::purge_before(2));
    });
    scene.project.apply().await?.quiet()?;
    let found = scene.project.resource("data.joonto_numbers.all").await?;
    let numbers = found["phone_numbers"].as_array().map(Vec::len);
    assert_eq!(numbers, Some(16));
    scene.end().await;
    Ok(())
}

/// C64: `""` is no filter, but for routes.
#[tokio::test]
async fn an_empty_filter_is_none_and_an_unknown_word_is_a_warning() -> Result<()> {
    let list = |name: &str, filter: &str| {
        format!("data \"joonto_numbers\" \"{name}\" {{\n  {filter}\n}}\n")
    };
    let config = [
        list("status", "status = \"\""),
        list("product", "product_type = \"\""),
        list("kind", "number_type = \"\"\n  message_type = \"\""),
        list("route", "message_route_id = \"\""),
        list("typo", &format!("status = \"aktiv{}\"", "-".repeat(200))),
        list("cancelled", "status = \"CANCELLED\""),
    ];
    let scene = Scene::new(&config.concat()).await?;
    let numbers = scene.bought_elsewhere(17);
    let at = scene.sandbox.clock().now();
    scene.sandbox.edit(&numbers[0], |number| {
        number.status = joonto_sandbox::NumberStatus::Cancelled { at };
    });
    scene.sandbox.edit(&numbers[1], |number| {
        number.message_route_id = Some("MRID-1".to_owned());
    });
    for number in &numbers[2..] {
        scene
            .sandbox
            .edit(number, |number| number.message_route_id = None);
    }
    let run = scene.project.apply().await?.ok()?;
    let warning = run.warning()?;
    assert_eq!(warning.code(), "JN343", "{run}");
    for says in ["\"Active\"", "\"Cancelled\""] {
        assert!(warning.says(says), "{run}");
    }
    assert!(
        warning.says("aktiv") && !warning.says(&"-".repeat(90)),
        "{run}"
    );
    for (name, expected) in [
        ("status", 17),
        ("product", 17),
        ("kind", 17),
        ("typo", 0),
        ("cancelled", 1),
    ] {
        let found = scene
            .project
            .resource(&format!("data.joonto_numbers.{name}"))
            .await?;
        let found = found["phone_numbers"].as_array().map(Vec::len);
        assert_eq!(found, Some(expected), "{name}");
    }
    let routed = scene.project.resource("data.joonto_numbers.route").await?;
    let routed = routed["phone_numbers"].as_array().map(Vec::len);
    assert!(routed < Some(17) && routed > Some(0), "{routed:?}");
    scene.end().await;
    Ok(())
}

/// A number that does not tell what a filter asks for may belong to the list.
#[tokio::test]
async fn a_filter_that_a_record_cannot_decide_is_an_error() -> Result<()> {
    let scene = Scene::new("data \"joonto_numbers\" \"all\" {\n  status = \"Active\"\n}\n").await?;
    let numbers = scene.bought_elsewhere(2);
    scene.project.apply().await?.quiet()?;
    scene.sandbox.fault(records(
        2,
        &[
            json!({"Number": numbers[0], "Status": "Active"}),
            json!({"Number": numbers[1], "Status": null}),
        ],
    ));
    let run = scene.project.plan().await?.failed()?;
    assert_eq!(run.error()?.code(), "JN342", "{run}");
    assert!(
        run.error()?.points_at("status") && run.error()?.says("2 records, and 1"),
        "{run}"
    );
    scene.end().await;
    Ok(())
}

/// Routes are listed like numbers.
#[tokio::test]
async fn a_list_of_routes_or_areas_is_whole_or_an_error() -> Result<()> {
    let config = "data \"joonto_message_routes\" \"all\" {}\n\
                  data \"joonto_number_availability\" \"all\" {\n  message_enabled = true\n  \
                  voice_enabled = false\n  area_code = \"\"\n}\n";
    let scene = Scene::new(config).await?;
    scene.project.apply().await?.quiet()?;
    for (path, text) in [
        (
            "/v1.0/account/message/routes",
            json!({"TotalRoutes": 2, "Results": [{"MessageRouteId": "MRID-1"}, {"MessageRouteId": null}]}),
        ),
        (
            "/v1.0/numbers/availability",
            json!({"ResultsTotal": 2, "AvailableNumberAreas": [{"AreaCode": "201"}]}),
        ),
    ] {
        let kind = FaultKind::Body {
            status: 200,
            content_type: "application/json".to_owned(),
            text: text.to_string(),
        };
        scene
            .sandbox
            .fault(Fault::on(path).always().after_commit(kind));
        let run = scene.project.plan().await?.failed()?;
        assert!(run.error()?.says("1 of 2"), "{run}");
        scene.sandbox.clear_faults();
    }
    scene.end().await;
    Ok(())
}
