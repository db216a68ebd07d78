//! Data limits, usage and its reset.

use harness::{Cli, Feature, Result};
use joonto_sandbox::{Edition, Fault, FaultKind, Lag, LimitValues, NewLimit};
use serde_json::{Value, json};

use crate::scene::{Scene, number};

const LIMIT: &str = "joonto_number_data_limit.it";
const SET: &str = "/v1.0/numbers/data-usage";
const READ: &str = "/v1.0/numbers/data-usage/settings";
const RENEWAL: &str = "/v1.0/numbers/data-usage/update-renewal-info";

/// A limit of a number that Terraform does not manage.
fn limit(number: &str, arguments: &str) -> String {
    format!(
        "resource \"joonto_number_data_limit\" \"it\" {{\n  phone_number = {number:?}\n  \
         {arguments}\n}}\n"
    )
}

/// A scene with so many numbers that somebody else bought, and no configuration.
async fn with_numbers(count: usize) -> Result<(Scene, Vec<String>)> {
    let scene = Scene::new("").await?;
    let numbers = scene.bought_elsewhere(count);
    Ok((scene, numbers))
}

fn limits(scene: &Scene, number: &str) -> LimitValues {
    let number = scene.sandbox.number(number);
    number
        .and_then(|number| number.data.limits)
        .unwrap_or_default()
}

fn sent(scene: &Scene, path: &str) -> Vec<Value> {
    let ledger = scene.sandbox.ledger();
    let requests = ledger.requests_to(path).into_iter();
    requests.map(|request| request.body.clone()).collect()
}

const POLICY: &str = r#"limit_value    = 3
  value_unit     = "GB"
  notify_value   = 1
  throttle_value = 2
  throttle_speed = "1-mbps"
  renewal {
    auto_renew  = true
    period_type = "M"
    renewal_day = 1
  }"#;

/// Changes limits elsewhere.
type Change = fn(&mut LimitValues);

#[tokio::test]
async fn a_limit_is_set_changed_in_place_imported_and_left_behind() -> Result<()> {
    let config = number("it", ("iot", "p2p"), "data_enabled = true")
        + &limit("NUMBER", POLICY).replace("\"NUMBER\"", "joonto_number.it.id");
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.quiet()?;
    let bought = scene.owned().remove(0);
    let listed = json!([{"Number": bought}]);
    assert_eq!(
        sent(&scene, SET),
        [json!({
            "ValueUnit": "MB", "NotifyValue": 1024, "ThrottleValue": 2048,
            "ThrottleSpeed": "1-mbps", "LimitValue": 3072, "PhoneNumbers": listed
        })]
    );
    assert_eq!(
        sent(&scene, RENEWAL),
        [json!({"AutoRenew": true, "PeriodType": "M", "RenewalDay": 1, "PhoneNumbers": listed})]
    );
    scene.project.assert_empty_plan().await?.quiet()?;

    // Each readable value, changed elsewhere, is planned back and nothing else.
    let set = |change: Change| {
        scene.sandbox.edit(&bought, |number| {
            let mut limits = number.data.limits.clone().unwrap_or_default();
            change(&mut limits);
            number.data.limits = Some(limits);
        })
    };
    let changes: [(Change, &str); 4] = [
        (|limits| limits.limit = Some(8192), "limit_value"),
        (|limits| limits.notify = Some(512), "notify_value"),
        (|limits| limits.throttle = Some(2560), "throttle_value"),
        (
            |limits| limits.speed = Some("5-mbps".to_owned()),
            "throttle_speed",
        ),
    ];
    for (change, attribute) in changes {
        assert!(set(change));
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes().len(), 1, "{attribute}");
        let change = plan.changes().remove(0);
        assert_eq!(change.actions, ["update"], "{attribute}");
        assert!(
            change.attributes.contains(&attribute.to_owned()),
            "{change:?}"
        );
        assert!(scene.sandbox.edit(&bought, |number| {
            number.data.limits = Some(LimitValues {
                unit: Some("MB".to_owned()),
                notify: Some(1024),
                limit: Some(3072),
                speed: Some("1-mbps".to_owned()),
                throttle: Some(2048),
            });
        }));
    }
    scene.project.assert_empty_plan().await?.quiet()?;

    // A change is one request, and never touches the number.
    let changed = config
        .replace("limit_value    = 3", "limit_value    = 4")
        .replace("renewal_day = 1", "renewal_day = 15");
    scene.project.main(&changed)?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes().len(), 1);
    assert_eq!(plan.changes()[0].actions, ["update"]);
    scene.project.apply_plan().await?.quiet()?;
    assert_eq!(limits(&scene, &bought).limit, Some(4096));
    assert_eq!(sent(&scene, RENEWAL).len(), 2);
    scene.project.assert_empty_plan().await?.quiet()?;

    // Without the block, the renewal stays.
    let start = changed.find("  renewal {").unwrap_or_default();
    let without = format!("{}}}\n", &changed[..start]);
    scene.project.main(&without)?;
    let plan = scene.project.plan().await?.ok()?;
    assert_eq!(plan.warning()?.code(), "JN823", "{plan}");
    scene.project.apply().await?.ok()?;
    assert_eq!(sent(&scene, RENEWAL).len(), 2);

    // Imported, it plans clean; destroyed, it stays.
    scene.project.run(["state", "rm", LIMIT]).await?.ok()?;
    scene.project.import(LIMIT, &bought).await?.ok()?;
    let plan = scene.project.plan_json().await?;
    assert!(
        plan.changes()
            .iter()
            .all(|change| change.actions != ["create"])
    );
    scene.project.apply().await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    let only = number("it", ("iot", "p2p"), "data_enabled = true");
    scene.project.main(&only)?;
    let applied = scene.project.apply().await?.ok()?;
    assert!(applied.says("JN812"), "{applied}");
    assert_eq!(limits(&scene, &bought).limit, Some(4096));
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_a_limit_is_refused_before_anything_is_sent() -> Result<()> {
    let (scene, numbers) = with_numbers(1).await?;
    let number = &numbers[0];
    for (arguments, code) in [
        ("limit_value = 5\n  notify_value = 5", "JN820"),
        ("limit_value = 5\n  throttle_value = 6", "JN820"),
        ("limit_value = 0", "TF014"),
        ("limit_value = 1.5", "TF014"),
        ("limit_value = 3000000000", "TF014"),
        (
            "limit_value = 5\n  renewal {\n    auto_renew = true\n    period_type = \"D\"\n    \
             renewal_day = 1\n  }",
            "TF014",
        ),
        (
            "limit_value = 5\n  renewal {\n    auto_renew = true\n    period_type = \"W\"\n    \
             renewal_day = 8\n  }",
            "JN821",
        ),
    ] {
        scene.project.main(&limit(number, arguments))?;
        let run = scene.project.validate().await?.failed()?;
        assert_eq!(run.error()?.code(), code, "{arguments}\n{run}");
    }
    // Unknown words are the API's to judge. It says so, once.
    scene.project.main(&limit(
        number,
        "limit_value = 5\n  value_unit = \"\"\n  throttle_speed = \"7-mbps\"",
    ))?;
    let plan = scene.project.plan().await?.ok()?;
    assert_eq!(plan.warning()?.code(), "JN813", "{plan}");
    assert_eq!(sent(&scene, SET).len(), 0);
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(run.error()?.code(), "JN801", "{run}");
    scene.sandbox.switch(|switches| {
        switches.edition = Edition::Wide;
        switches.speed_as_sent = true;
        switches.renewal_returned = true;
    });
    scene.project.apply().await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.sandbox.shutdown().await;
    Ok(())
}

/// A response that is lost, before or after its request took effect, costs a retry: the values are
/// absolute.
#[tokio::test]
async fn a_lost_response_ends_in_one_limit() -> Result<()> {
    let (scene, numbers) = with_numbers(1).await?;
    let number = &numbers[0];
    scene.project.main(&limit(number, POLICY))?;
    for path in [SET, RENEWAL] {
        scene
            .sandbox
            .fault(Fault::on(path).before_commit(FaultKind::Drop));
        let second = Fault::on(path).nth(2);
        scene.sandbox.fault(second.after_commit(FaultKind::Drop));
    }
    scene.project.apply().await?.quiet()?;
    assert_eq!(limits(&scene, number).limit, Some(3072));
    assert_eq!(
        (sent(&scene, SET).len(), sent(&scene, RENEWAL).len()),
        (3, 3)
    );
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn reads_show_what_the_api_returns_and_a_number_that_is_gone_stops_nothing() -> Result<()> {
    let (scene, numbers) = with_numbers(2).await?;
    let (number, other) = (&numbers[0], &numbers[1]);
    let both = limit(number, "limit_value = 500")
        + &limit(other, "limit_value = 500").replace("\"it\"", "\"other\"");
    scene.project.main(&both)?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(sent(&scene, SET).len(), 1, "equal limits are set together");
    assert_eq!(scene.sandbox.ledger().requests_to(READ).len(), 0);

    // A limit that is taken away elsewhere, in each of the ways that it may show.
    for new_limit in [NewLimit::TwentyMegabytes, NewLimit::Nulls, NewLimit::Zeros] {
        scene.sandbox.switch(|switches| {
            switches.new_limit = new_limit;
        });
        assert!(
            scene
                .sandbox
                .edit(number, |number| number.data.limits = None)
        );
        let plan = scene.project.plan_json().await?;
        let changes = plan.changes();
        assert_eq!(changes.len(), 1, "{new_limit:?}");
        assert_eq!(changes[0].attributes, ["limit_value"], "{new_limit:?}");
        scene.project.apply_plan().await?.quiet()?;
    }

    // What reads show late is planned until they show it.
    scene.sandbox.switch(|switches| {
        switches.data_lag = Some(Lag::Reads(1));
    });
    scene.project.main(&both.replace("500", "600"))?;
    scene.project.apply().await?.ok()?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes().len(), 2);
    scene.project.assert_empty_plan().await?.quiet()?;

    // A number that is gone has no limit to read. The other one does.
    for is_refused in [false, true] {
        scene.sandbox.switch(|switches| {
            switches.unknown_data_number_refused = is_refused;
        });
        if !is_refused {
            assert!(scene.sandbox.vanish(number));
        }
        let run = scene.project.assert_empty_plan().await?;
        assert_eq!(run.warning()?.code(), "JN824", "{run}");
    }
    // Nor does it stop anything where no other number shares its request.
    let alone = format!("-target={LIMIT}");
    let plan = scene.project.plan_json_with(&[&alone]).await?;
    assert!(plan.changes().is_empty(), "{}", plan.run);
    scene.end().await;
    Ok(())
}

/// How many limits [`a_fleet_of_limits_costs_a_handful_of_requests`] sets, if not 200.
const FLEET: &str = "JOONTO_TEST_FLEET";

/// One policy is set in a request for 100 numbers, and read in as many. The first request to read
/// cannot be full, and nor can all that Terraform gathers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_of_limits_costs_a_handful_of_requests() -> Result<()> {
    let count = std::env::var(FLEET).ok();
    let count = count.map_or(Ok(200), |count| count.parse())?;
    let (scene, numbers) = with_numbers(count).await?;
    let list: Vec<_> = numbers.iter().map(|number| format!("{number:?}")).collect();
    let config = limit("NUMBER", "limit_value = 500\n  for_each = local.numbers")
        .replace("\"NUMBER\"", "each.key");
    let list = list.join(", ");
    scene.project.main(&format!(
        "locals {{\n  numbers = toset([{list}])\n}}\n{config}"
    ))?;
    scene
        .project
        .apply_with(&["-parallelism=100"])
        .await?
        .quiet()?;
    let sizes = |path: &str| -> Vec<usize> {
        let numbers = |body: &Value| body["PhoneNumbers"].as_array().map_or(0, Vec::len);
        sent(&scene, path).iter().map(numbers).collect()
    };
    let set = sizes(SET);
    assert_eq!(set.iter().sum::<usize>(), count);
    assert!(set.len() <= count / 100 + 2, "{set:?}");
    assert_eq!(limits(&scene, &numbers[count - 1]).limit, Some(500));

    scene.project.assert_empty_plan().await?.quiet()?;
    let read = sizes(READ);
    assert!(read.len() <= count / 100 + 2, "{read:?}");
    assert!(read.iter().sum::<usize>() <= count + 10, "{read:?}");
    let pages = sent(&scene, "/v1.0/numbers/inventory").len();
    assert!(pages <= read.len(), "{pages} pages for {read:?}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn usage_is_read_in_bulk_and_a_limit_stops_data() -> Result<()> {
    let (scene, numbers) = with_numbers(2).await?;
    let (number, other) = (&numbers[0], &numbers[1]);
    let megabytes = |count: u64| count << 20;
    assert!(
        scene
            .sandbox
            .edit(number, |number| number.data.used = megabytes(12))
    );
    scene.project.main(&format!(
        "data \"joonto_data_usage\" \"fleet\" {{\n  phone_numbers = [{number:?}, {other:?}]\n}}\n\
         output \"used\" {{\n  value = data.joonto_data_usage.fleet.usage[{number:?}]\n}}\n"
    ))?;
    scene.project.apply().await?.quiet()?;
    let outputs = scene.project.show_json().await?;
    let used = &outputs["values"]["outputs"]["used"]["value"];
    assert_eq!(
        *used,
        json!({
            "used_bytes": megabytes(12), "remaining_bytes": megabytes(8), "used": "12 MB",
            "remaining": "8 MB", "status": "ACTIVE", "current_behavior": "Active"
        })
    );
    assert_eq!(sent(&scene, "/v1.0/numbers/data-usage/info").len(), 1);

    assert!(
        scene
            .sandbox
            .edit(number, |number| number.data.used = megabytes(20))
    );
    assert!(scene.sandbox.vanish(other));
    let run = scene.project.apply().await?.ok()?;
    assert!(run.says("JN826"), "{run}");
    let outputs = scene.project.show_json().await?;
    let used = &outputs["values"]["outputs"]["used"]["value"];
    assert_eq!(used["current_behavior"], json!("Blocked"));

    scene
        .project
        .main("data \"joonto_data_usage\" \"bad\" {\n  phone_numbers = [\"12\"]\n}\n")?;
    let run = scene.project.validate().await?.failed()?;
    assert_eq!(run.error()?.code(), "JN822", "{run}");
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn usage_is_reset_once_whatever_becomes_of_the_response() -> Result<()> {
    if !Cli::find()?.offers(Feature::Actions) {
        return Ok(());
    }
    let (scene, numbers) = with_numbers(2).await?;
    let list = format!("{:?}, {:?}", numbers[0], numbers[1]);
    scene.project.main(&format!(
        "action \"joonto_number_reset_data_usage\" \"it\" {{\n  config {{\n    phone_numbers = \
         [{list}]\n    auto_renew = true\n    period_type = \"M\"\n    renewal_day = 1\n  }}\n}}\n"
    ))?;
    let invoke = ["-invoke=action.joonto_number_reset_data_usage.it"];
    let used = |number: &str| scene.sandbox.number(number).map(|number| number.data.used);
    for number in &numbers {
        assert!(
            scene
                .sandbox
                .edit(number, |number| number.data.used = 1 << 20)
        );
    }
    scene.project.apply_with(&invoke).await?.quiet()?;
    assert_eq!(used(&numbers[0]), Some(0));
    assert_eq!(used(&numbers[1]), Some(0));
    let requests = sent(&scene, RENEWAL);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["ResetUsage"], json!(true));

    let lost = Fault::on(RENEWAL).after_commit(FaultKind::Drop);
    scene.sandbox.fault(lost);
    let run = scene.project.apply_with(&invoke).await?.failed()?;
    assert_eq!(run.error()?.code(), "JN828", "{run}");
    assert_eq!(sent(&scene, RENEWAL).len(), 2, "it is never repeated");

    assert!(scene.sandbox.vanish(&numbers[1]));
    let run = scene.project.apply_with(&invoke).await?.failed()?;
    assert_eq!(run.error()?.code(), "JN827", "{run}");
    assert!(run.error()?.says(&numbers[1]), "{run}");
    scene.end().await;
    Ok(())
}

/// In a fleet whose inventory has a number that cannot have data, the others are still read.
#[tokio::test]
async fn a_number_that_nobody_asked_for_spoils_no_read() -> Result<()> {
    let (scene, numbers) = with_numbers(30).await?;
    let list: Vec<_> = numbers[..25]
        .iter()
        .map(|number| format!("{number:?}"))
        .collect();
    let config = limit("NUMBER", "limit_value = 500\n  for_each = toset([NUMBERS])")
        .replace("\"NUMBER\"", "each.key")
        .replace("NUMBERS", &list.join(", "));
    scene.project.main(&config)?;
    scene.project.apply().await?.quiet()?;
    // It is listed, and data requests refuse it.
    assert!(
        scene
            .sandbox
            .edit(&numbers[29], |number| number.account_key =
                "DID-other".into())
    );
    scene.sandbox.switch(|switches| {
        switches.unknown_data_number_refused = true;
    });
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

/// The guide's fleet: a device that has nearly used up its limit is warned of, and one that is
/// retired gives its number up, and no other.
#[tokio::test]
async fn a_fleet_from_a_csv_file_warns_and_shrinks() -> Result<()> {
    let config = include_str!("../../examples/guides/iot-fleet/1-fleet.tf");
    let devices = include_str!("../../examples/guides/iot-fleet/fleet.csv");
    let scene = Scene::new(config).await?;
    scene.project.write("fleet.csv", devices)?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.owned().len(), 3);
    let id = |device: &str| format!("joonto_number.device[{device:?}]");
    let truck = scene.project.resource(&id("truck-7")).await?;
    let truck = truck["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(limits(&scene, &truck).limit, Some(2000));
    assert_eq!(sent(&scene, SET).len(), 2, "one for each policy");

    assert!(
        scene
            .sandbox
            .edit(&truck, |number| number.data.used = 1990 << 20)
    );
    let plan = scene.project.plan().await?.ok()?;
    assert!(plan.says("Nearly used up: truck-7."), "{plan}");

    let fewer: String = devices
        .lines()
        .filter(|line| !line.starts_with("truck-7"))
        .map(|line| format!("{line}\n"))
        .collect();
    scene.project.write("fleet.csv", &fewer)?;
    let plan = scene.project.plan_json().await?;
    let mut changes = plan.changes();
    changes.retain(|change| change.actions != ["read"]);
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes.iter().all(|change| change.actions == ["delete"]));
    scene.project.apply_plan().await?.ok()?;
    assert_eq!(scene.owned().len(), 2);
    assert!(!scene.owned().contains(&truck));
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}
