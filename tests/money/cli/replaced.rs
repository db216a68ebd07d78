//! What the plan replaces or cancels: a live number only on a known difference, never
//! against `prevent`, and only in a plan that names it.

use harness::{Diagnostic, Result, Run};
use serde_json::json;

use super::{
    PROVISION, STATUS, Scene, Scenes, assert_errors, assert_warnings, errors, plain, warnings,
};

const UPDATE: &str = "/v1.0/numbers/update";

/// The account of the sandbox's credentials.
const ACCOUNT: &str = "AID-9c1d7e30-52b4-4f6a-8e1b-0d3c5a7f9b12";

/// The scene's one number is live, and no request touched it since it was bought.
#[track_caller]
pub(crate) fn assert_kept(scene: &Scene, number: &str) {
    assert_eq!(scene.posts(), 1);
    let ledger = scene.sandbox.ledger();
    assert_eq!(ledger.requests_to(STATUS).len(), 0);
    scene.assert_untouched(number);
}

/// Buys the scene's one number.
pub(crate) async fn buy(scene: &Scene) -> Result<String> {
    scene.project.apply().await?.ok()?;
    let mut owned = scene.owned();
    assert_eq!(owned.len(), 1);
    Ok(owned.remove(0))
}

/// A value that is unknown in the plan that changes `generation`.
fn later(name: &str, value: &str, generation: u32) -> String {
    format!(
        "resource \"terraform_data\" \"{name}\" {{\n  input = \"{value}\"\n  \
         triggers_replace = {generation}\n}}\n"
    )
}

/// A number of which some arguments are outputs.
fn number(types: (&str, &str), arguments: &str, policy: &str) -> String {
    format!(
        "resource \"joonto_number\" \"n\" {{\n  number_type = {}\n  message_type = {}\n  \
         message_enabled = false\n  voice_enabled = false\n  deletion_policy = \"{policy}\"\n  \
         {arguments}\n}}\n",
        types.0, types.1
    )
}

/// Arguments, and the values that only an apply tells.
struct Later {
    names: &'static [&'static str],
    values: &'static [(&'static str, &'static str)],
    types: (&'static str, &'static str),
    arguments: &'static str,
}

const IOT: (&str, &str) = ("\"iot\"", "\"p2p\"");

const LATER: [Later; 6] = [
    Later {
        names: &["area_code"],
        values: &[("area", "801")],
        types: IOT,
        arguments: "area_code = terraform_data.area.output",
    },
    Later {
        names: &["zip_code"],
        values: &[("zip", "84043")],
        types: IOT,
        arguments: "zip_code = terraform_data.zip.output",
    },
    Later {
        names: &["data_enabled"],
        values: &[("data", "true")],
        types: IOT,
        arguments: "data_enabled = tobool(terraform_data.data.output)",
    },
    Later {
        names: &["account_id"],
        values: &[("account", ACCOUNT)],
        types: IOT,
        arguments: "account_id = terraform_data.account.output",
    },
    Later {
        names: &["number_type"],
        values: &[("type", "iot")],
        types: ("terraform_data.type.output", "\"p2p\""),
        arguments: "",
    },
    Later {
        names: &[
            "number_type",
            "data_enabled",
            "area_code",
            "zip_code",
            "account_id",
        ],
        values: &[
            ("type", "iot"),
            ("data", "true"),
            ("area", "801"),
            ("zip", "84043"),
            ("account", ACCOUNT),
        ],
        types: ("terraform_data.type.output", "\"p2p\""),
        arguments: "data_enabled = tobool(terraform_data.data.output)\n  \
                    area_code = terraform_data.area.output\n  \
                    zip_code = terraform_data.zip.output\n  \
                    account_id = terraform_data.account.output",
    },
];

impl Later {
    fn main(&self, policy: &str, generation: u32) -> String {
        let values = self.values.iter();
        let values: String = values
            .map(|(name, value)| later(name, value, generation))
            .collect();
        values + &number(self.types, self.arguments, policy)
    }
}

// C43
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_value_that_turns_out_the_same_keeps_the_number() {
    let mut scenes = Scenes::default();
    for case in &LATER {
        for policy in ["cancel", "prevent"] {
            scenes.add(format!("{:?} {policy}", case.names), async move {
                let scene = Scene::new(&case.main(policy, 1)).await?;
                let number = buy(&scene).await?;
                scene.project.main(&case.main(policy, 2))?;
                let plan = scene.project.plan_json().await?;
                let mut changes = plan.changes().into_iter();
                assert!(
                    changes.all(|change| change.address.starts_with("terraform_data.")),
                    "{}",
                    plan.run
                );
                assert_eq!(warnings(&plan.run), vec!["JN204"; case.names.len()]);
                for name in case.names {
                    let mut warnings = plan.run.warnings();
                    assert!(
                        warnings.any(|warning| warning.points_at(name) && warning.says(&number)),
                        "{name}: {}",
                        plan.run
                    );
                }
                scene.project.apply_plan().await?.ok()?;
                assert_kept(&scene, &number);
                scene.project.assert_empty_plan().await?.quiet()?;
                scene.end().await
            });
        }
    }
    scenes.play().await;
}

/// A plan replaces the number, and says so.
async fn assert_replaces(scene: &Scene, number: &str) -> Result<()> {
    let plan = scene.project.plan_json().await?;
    let changes = plan.changes();
    assert_eq!(changes.len(), 1, "{}", plan.run);
    assert_eq!(changes[0].actions, ["delete", "create"]);
    let warning = replaces(&plan.run);
    assert!(warning.says(number), "{}", plan.run);
    Ok(())
}

#[track_caller]
fn replaces(run: &Run) -> &Diagnostic {
    let mut warnings = run.warnings();
    let warning = warnings.find(|warning| warning.code() == "JN203");
    warning.unwrap_or_else(|| panic!("no warning of the replacement: {run}"))
}

// C44
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_value_that_turns_out_different_replaces_with_the_next_plan() -> Result<()> {
    let main = |zip: &str, generation| {
        later("zip", zip, generation)
            + &number(IOT, "zip_code = terraform_data.zip.output", "cancel")
    };
    let scene = Scene::new(&main("84043", 1)).await?;
    let bought = buy(&scene).await?;
    scene.project.main(&main("10001", 2))?;
    let applied = scene.project.apply().await?.ok()?;
    assert_eq!(warnings(&applied), ["JN204"], "{applied}");
    assert_kept(&scene, &bought);
    assert_replaces(&scene, &bought).await?;
    scene.end().await?;

    let main = |kind: &str, message: &str, generation| {
        let types = (
            "terraform_data.type.output",
            "terraform_data.message.output",
        );
        later("type", kind, generation)
            + &later("message", message, generation)
            + &number(types, "", "cancel")
    };
    let scene = Scene::new(&main("iot", "p2p", 1)).await?;
    let bought = buy(&scene).await?;
    scene.project.main(&main("voip", "a2p", 2))?;
    let stopped = scene.project.apply().await?.failed()?;
    assert!(stopped.says("inconsistent final plan"), "{stopped}");
    assert_kept(&scene, &bought);
    assert_replaces(&scene, &bought).await?;
    scene.end().await
}

/// What an argument is in one apply after the other.
type Steps = (&'static str, &'static [&'static str]);

const EMPTY: [Steps; 7] = [
    (
        "account_id",
        &["\"\"", "\"ACCOUNT\"", "\"\"", "null", "\"\""],
    ),
    ("account_id", &["\"ACCOUNT\"", "\"\"", "\"ACCOUNT\""]),
    ("area_code", &["\"\"", "\"801\"", "\"\"", "null"]),
    ("zip_code", &["\"84043\"", "\"\"", "null", "\"\""]),
    (
        "assigned_subscriber_id",
        &[
            "\"TSUID-ac59a1f8-36b6-42cc-b124-c2aa29f7e3d2\"",
            "\"\"",
            "null",
            "\"\"",
        ],
    ),
    ("product_type", &["\"Data-Only\"", "\"\"", "null", "\"\""]),
    ("iccid", &["\"\"", "null", "\"\""]),
];

// C45, C60
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_text_is_unset_and_never_sent() {
    let mut scenes = Scenes::default();
    for (argument, steps) in EMPTY {
        for default in ["", ACCOUNT] {
            scenes.add(format!("{argument} {steps:?} {default:?}"), async move {
                let main = |value: &str| {
                    let value = value.replace("ACCOUNT", ACCOUNT);
                    plain("n", &format!("{argument} = {value}"))
                };
                let mut scene = Scene::new(&main(steps[0])).await?;
                scene.project.env("JOONTO_ACCOUNT_ID", default);
                let bought = buy(&scene).await?;
                scene.project.assert_empty_plan().await?.quiet()?;
                for value in &steps[1..] {
                    scene.project.main(&main(value))?;
                    let plan = scene.project.plan_json().await?;
                    for change in plan.changes() {
                        assert_eq!(change.actions, ["update"], "{}", plan.run);
                        assert_eq!(change.attributes, [argument], "{}", plan.run);
                    }
                    scene.project.apply_plan().await?.ok()?;
                    assert_kept(&scene, &bought);
                    scene.project.assert_empty_plan().await?.quiet()?;
                }
                let ledger = scene.sandbox.ledger();
                assert_eq!(ledger.requests_to(UPDATE).len(), 0);
                for request in ledger.requests_to(PROVISION) {
                    let fields = request.body.as_object().into_iter().flatten();
                    let empty = fields.filter(|(_, value)| **value == json!(""));
                    assert_eq!(empty.count(), 0, "{}", request.body);
                }
                scene.end().await
            });
        }
    }
    // Both from the start.
    scenes.add("both", async {
        let both = "assigned_subscriber_id = \"\"\n  product_type = \"\"";
        let scene = Scene::new(&plain("n", both)).await?;
        let bought = buy(&scene).await?;
        for _ in 0..3 {
            scene.project.assert_empty_plan().await?.quiet()?;
            scene.project.apply().await?.quiet()?;
        }
        assert_kept(&scene, &bought);
        scene.end().await
    });
    scenes.play().await;
}

/// A difference that the configuration ignores asks for nothing, known or not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ignored_difference_keeps_the_number() -> Result<()> {
    for ignored in ["[area_code, data_enabled]", "all"] {
        let main = |area: &str, data: bool, generation| {
            let ignored = format!("lifecycle {{\n    ignore_changes = {ignored}\n  }}");
            let arguments = format!("area_code = {area}\n  data_enabled = {data}\n  {ignored}");
            later("area", "305", generation) + &number(IOT, &arguments, "cancel")
        };
        let scene = Scene::new(&main("\"801\"", true, 1)).await?;
        let bought = buy(&scene).await?;
        for area in ["\"305\"", "\"\"", "null", "terraform_data.area.output"] {
            scene.project.main(&main(area, false, 2))?;
            let plan = scene.project.plan_json().await?;
            let mut changes = plan.changes().into_iter();
            assert!(
                changes.all(|change| change.address == "terraform_data.area"),
                "{}",
                plan.run
            );
            assert_warnings(&plan.run, &[]);
        }
        scene.project.apply().await?.ok()?;
        assert_kept(&scene, &bought);
        scene.end().await?;
    }
    Ok(())
}

/// On a route `""` detaches, in place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_route_detaches_the_number() -> Result<()> {
    let route = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a";
    let main = |route: &str| plain("n", &format!("message_route_id = \"{route}\""));
    let scene = Scene::new(&main(route)).await?;
    let bought = buy(&scene).await?;
    scene.project.main(&main(""))?;
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["update"]);
    scene.project.apply_plan().await?.ok()?;
    let now = scene.sandbox.number(&bought).expect("it is there");
    assert_eq!(now.message_route_id, None);
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await
}

/// A plan is refused for `prevent`, and sends nothing.
async fn assert_prevented(scene: &Scene, number: &str, arguments: &[&str]) -> Result<()> {
    for run in [
        scene.project.plan_with(arguments).await?,
        scene.project.apply_with(arguments).await?,
    ] {
        assert_errors(&run, &["JN201"]);
        assert!(run.error()?.says(number), "{run}");
    }
    assert_eq!(scene.sandbox.ledger().requests_to(STATUS).len(), 0);
    scene.assert_untouched(number);
    Ok(())
}

const TRIGGER: &str = "lifecycle {\n    replace_triggered_by = [terraform_data.cause]\n  }";

/// The ways to ask for a replacement: further arguments of the command, of the number before and
/// after, and what else changes.
const WAYS: [(&str, &[&str], [&str; 2]); 3] = [
    (
        "argument",
        &[],
        ["data_enabled = true", "data_enabled = false"],
    ),
    ("-replace", &["-replace=joonto_number.n"], ["", ""]),
    ("replace_triggered_by", &[], [TRIGGER, TRIGGER]),
];

// C46 b, c, d
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prevent_refuses_wherever_it_stands() {
    let mut scenes = Scenes::default();
    for (way, arguments, [before, after]) in WAYS {
        for (in_state, configured) in [
            ("cancel", "prevent"),
            ("prevent", "prevent"),
            ("prevent", "cancel"),
        ] {
            scenes.add(format!("{way}, {in_state} to {configured}"), async move {
                let main = |cause, number_arguments: &str, policy: &str| {
                    later("cause", "x", cause) + &number(IOT, number_arguments, policy)
                };
                let scene = Scene::new(&main(1, before, in_state)).await?;
                let bought = buy(&scene).await?;
                scene.project.main(&main(2, after, configured))?;
                assert_prevented(&scene, &bought, arguments).await?;
                assert_eq!(scene.posts(), 1);
                scene.end().await
            });
        }
    }
    scenes.play().await;
}

/// Neither the state nor the configuration says `prevent`: the number is replaced as asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_prevent_a_replacement_takes_place() {
    let mut scenes = Scenes::default();
    for (way, arguments, [before, after]) in WAYS {
        scenes.add(way, async move {
            let main = |cause, number_arguments: &str| {
                later("cause", "x", cause) + &number(IOT, number_arguments, "park")
            };
            let scene = Scene::new(&main(1, before)).await?;
            let bought = buy(&scene).await?;
            scene.project.main(&main(2, after))?;
            let applied = scene.project.apply_with(arguments).await?.ok()?;
            // Terraform shows the provider no number in the other cases, and so no warning.
            if way == "argument" {
                assert!(replaces(&applied).says(&bought), "{applied}");
            }
            assert_eq!(scene.posts(), 2);
            assert_eq!(scene.sandbox.ledger().changes_of("park").len(), 1);
            assert!(scene.owned().contains(&bought), "parked, not cancelled");
            scene.project.assert_empty_plan().await?;
            scene.end().await
        });
    }
    scenes.play().await;
}

// C46 a
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prevent_refuses_to_replace_what_is_being_imported() -> Result<()> {
    let scene = Scene::new("").await?;
    let number = scene.stranger();
    let sim = scene
        .sandbox
        .number(&number)
        .and_then(|number| number.iccid);
    let import = format!(
        "import {{\n  to = joonto_number.n\n  id = \"iccid:{}\"\n}}\n",
        sim.expect("a SIM")
    );
    let types = ("\"voip\"", "\"a2p\"");
    scene
        .project
        .main(&(import + &self::number(types, "", "prevent")))?;
    assert_prevented(&scene, &number, &[]).await?;
    assert_eq!(scene.posts(), 0);
    scene.end().await
}

/// A policy that is not known yet may be `prevent`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_policy_refuses_a_replacement_and_nothing_else() -> Result<()> {
    let main = |(policy, generation), data: bool| {
        let number = number(IOT, &format!("data_enabled = {data}"), "cancel");
        later("policy", policy, generation)
            + &number.replace("\"cancel\"", "terraform_data.policy.output")
    };
    let scene = Scene::new(&main(("cancel", 1), true)).await?;
    let bought = buy(&scene).await?;
    scene.project.main(&main(("prevent", 2), false))?;
    let refused = scene.project.apply().await?;
    assert_eq!(errors(&refused), ["JN206"], "{refused}");
    assert_kept(&scene, &bought);
    scene.project.main(&main(("prevent", 2), true))?;
    scene.project.apply().await?.ok()?;
    assert_kept(&scene, &bought);
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

// C47
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_taint_is_refused_by_the_policy_in_the_state() -> Result<()> {
    for (policy, is_refused) in [("prevent", true), ("abandon", false)] {
        let scene = Scene::new(&number(IOT, "", policy)).await?;
        let bought = buy(&scene).await?;
        scene
            .project
            .run(["taint", "joonto_number.n"])
            .await?
            .ok()?;
        let applied = scene.project.apply().await?;
        assert_eq!(applied.status.success(), !is_refused, "{applied}");
        assert_eq!(errors(&applied).contains(&"JN201"), is_refused, "{applied}");
        assert_eq!(scene.posts(), if is_refused { 1 } else { 2 });
        scene.assert_untouched(&bought);
        scene.end().await?;
    }
    Ok(())
}
