//! A fleet of port-ins through the life that carriers, networks and people give it: each number is
//! submitted once, and none is lost.
//!
//! `JOONTO_PORT_INS` sets how many there are, `JOONTO_PORT_INS_SEED` what happens to them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use harness::s3::S3Server;
use harness::{Cli, Feature, Project, Result, Run};
use joonto_sandbox::{Fault, FaultKind, PortInState, PortInWords, Sandbox};
use serde_json::{Value, json};

use crate::cli::bucket::share;
use crate::cli::{APPLY, ORDER, RESOLVED, Scene};
use crate::size;

const SUBMIT: &str = "/v1.0/numbers/portin";
const UPDATE: &str = "/v1.0/numbers/portin/update";
const CANCEL: &str = "/v1.0/numbers/portin/cancel";

/// How many applies the fleet goes through.
const ROUNDS: u64 = 10;

const FLEET: &str = r#"
locals {
  versions = jsondecode(file("${path.module}/versions.json"))
}

resource "joonto_port_in" "fleet" {
  for_each = local.versions

  phone_number                        = each.key
  current_carrier_name                = "Example Mobile"
  current_account_number_wo           = "canary-account-${each.value}"
  current_account_number_wo_version   = each.value
  current_account_password_wo         = "canary-pin"
  current_account_password_wo_version = 1

  billing_address {
    street1 = "1 Example Way"
    city    = "Lehi"
    state   = "UT"
    zip     = "84043"
  }
}
"#;

/// What happens next, by chance.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % end
    }
}

/// The status of each number in the state file.
fn held(scene: &Scene) -> BTreeMap<String, String> {
    let state = scene.project.state().unwrap_or_default();
    let resources = state["resources"].as_array().into_iter().flatten();
    let instances =
        resources.flat_map(|resource| resource["instances"].as_array().into_iter().flatten());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    instances
        .map(|instance| {
            assert_eq!(instance["status"], Value::Null, "tainted: {instance}");
            let attributes = &instance["attributes"];
            (
                text(&attributes["phone_number"]),
                text(&attributes["status"]),
            )
        })
        .collect()
}

/// What is pasted: by the name of each line, its number, and its order or that there is none.
type Pasted = BTreeMap<String, (String, String)>;

const NOTHING: &str = "nothing";

/// What is pasted, as one line.
fn joined(pasted: &Pasted) -> String {
    let parts = pasted
        .iter()
        .map(|(name, (_, order))| format!("{name}={order}"));
    parts.collect::<Vec<_>>().join(";")
}

/// What the user pastes: for each number that an error names, its order if there is one. Such an
/// error is the only one that may leave a number behind.
fn resolve(run: &Run, sandbox: &Sandbox, pasted: &mut Pasted) -> usize {
    let mut lines = 0;
    for error in run.errors() {
        let code = error.code();
        if code != "JN862" && code != "JN863" {
            continue;
        }
        let text = error.to_string();
        let end = "=nothing\"";
        let line = text.lines().find(|line| line.trim_end().ends_with(end));
        let name = line.and_then(|line| line.split_once(&format!("{RESOLVED}=\"")));
        let (_, name) = name.unwrap_or_else(|| panic!("no line: {text}"));
        let name = name.trim_end().trim_end_matches(end).to_owned();
        let number = text.split_whitespace().find(|word| word.starts_with("+1"));
        let number = number.unwrap_or_else(|| panic!("no number: {text}"));
        let order = sandbox.port_in(number).order_id();
        let order = order.unwrap_or_else(|| NOTHING.to_owned());
        pasted.insert(name, (number.to_owned(), order));
        lines += 1;
    }
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_of_port_ins_is_submitted_once_whatever_happens() -> Result<()> {
    if !Cli::find()?.offers(Feature::WriteOnlyArguments) {
        return crate::cli::refuses(FLEET, "1.11", &[("versions.json", "{\"+12025560000\": 1}")])
            .await;
    }
    let count = size("JOONTO_PORT_INS", 50);
    let seed = size("JOONTO_PORT_INS_SEED", 19);
    println!("JOONTO_PORT_INS={count} JOONTO_PORT_INS_SEED={seed}");
    let mut chance = Chance(seed);
    let mut scene = Scene::new(FLEET).await?;
    let mut versions = BTreeMap::<String, u32>::new();
    let mut coming = (0..count).map(|index| format!("+1202556{index:04}"));
    let all: BTreeSet<String> = coming.clone().collect();
    let mut pasted = Pasted::new();
    let (mut kills, mut lost, mut lines, mut applies, mut recovered) = (0, 0, 0, 0, 0);
    let mut round = 0;
    let mut removed = 0;
    loop {
        let is_last = round >= ROUNDS;
        let next = coming.by_ref().take(count.div_ceil(ROUNDS) as usize);
        versions.extend(next.map(|number| (number, 1)));
        scene
            .project
            .write("versions.json", &json!(versions).to_string())?;
        scene.project.env(RESOLVED, joined(&pasted));
        if !is_last {
            for (path, kinds) in [(SUBMIT, 3), (UPDATE, 3), (CANCEL, 3), (ORDER, 2)] {
                let fault = Fault::on(path).nth(1 + chance.below(6));
                scene.sandbox.fault(match chance.below(kinds) {
                    0 => fault.before_commit(FaultKind::Drop),
                    1 => fault.after_commit(FaultKind::Drop),
                    _ => fault.after_commit(FaultKind::status(502)),
                });
            }
        }
        if is_last {
            move_on(&scene.sandbox, &held(&scene), true, &mut chance);
        }
        applies += 1;
        let is_killed = !is_last && chance.below(2) == 0;
        let run = if is_killed {
            kills += 1;
            // Often while a submit is under way.
            let held = Fault::on(SUBMIT).nth(1 + chance.below(3));
            match chance.below(3) {
                0 => scene.sandbox.fault(held.before_commit(FaultKind::Hold)),
                1 => scene.sandbox.fault(held.after_commit(FaultKind::Hold)),
                _ => {}
            }
            let running = scene.project.start(APPLY)?;
            let wait = Duration::from_millis(200 + chance.below(1_200));
            tokio::time::sleep(wait).await;
            running.kill_all().await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        } else {
            Some(scene.project.apply().await?)
        };
        scene.sandbox.clear_faults();
        scene.sandbox.release();
        if let Some(run) = &run {
            assert!(!run.says("canary-"), "{run}");
            lost += run.errors().filter(|error| error.code() == "JN862").count();
            recovered += run
                .warnings()
                .filter(|warning| warning.code() == "JN868")
                .count();
            lines += resolve(run, &scene.sandbox, &mut pasted);
        }
        // A submit is sent a second time only if the user says that the first came to nothing.
        let ledger = scene.sandbox.ledger();
        for number in &all {
            let orders = ledger.port_ins_of(number).len();
            let sent = ledger.requests_to(SUBMIT).into_iter();
            let sent = sent.filter(|request| request.body["PortInNumber"] == number.as_str());
            let said = pasted.values();
            let said = said.filter(|(its, order)| its == number && order == NOTHING);
            assert!(orders <= 1, "{number} was submitted {orders} times");
            assert!(sent.count() <= 1 + said.count(), "{number} was sent again");
        }
        let now = held(&scene);
        if is_last {
            let run = run.expect("not killed");
            let is_open = |status: &String| !["Complete", "Cancelled"].contains(&status.as_str());
            let is_settled = now.len() == versions.len() && !now.values().any(is_open);
            if run.status.success() && is_settled {
                let run = scene.project.assert_empty_plan().await?;
                assert!(run.errors().next().is_none(), "{run}");
                break;
            }
            assert!(round < ROUNDS + 15, "it never settles: {run}");
        }
        round += 1;
        move_on(&scene.sandbox, &now, false, &mut chance);
        // People correct what was refused, and give up numbers.
        let words = [
            PortInWords::Notes,
            PortInWords::Guides,
            PortInWords::Description,
        ];
        let words = words[chance.below(3) as usize];
        scene
            .sandbox
            .switch(|switches| switches.port_in_words = words);
        for (number, version) in &mut versions {
            if matches!(
                scene.sandbox.port_in(number).state(),
                Some(PortInState::ResolutionRequired { .. })
            ) {
                *version += 1;
            }
        }
        if !is_last && chance.below(2) == 0 {
            let given_up = now
                .keys()
                .nth(chance.below(now.len().max(1) as u64) as usize);
            if let Some(number) = given_up {
                removed += usize::from(versions.remove(number).is_some());
            }
        }
    }
    // Each ends complete or cancelled, as the state says, and none is left behind.
    let ledger = scene.sandbox.ledger();
    let mut ends = BTreeMap::<&str, usize>::new();
    let in_state = held(&scene);
    for number in &all {
        let [order] = ledger.port_ins_of(number)[..] else {
            panic!("{number} was not submitted once");
        };
        let end = match &order.state {
            PortInState::Complete => "Complete",
            PortInState::Cancelled => "Cancelled",
            open => panic!("{number} is open: {open:?}"),
        };
        match in_state.get(number) {
            Some(status) => assert_eq!(status, end, "{number}"),
            None => assert!(!versions.contains_key(number), "{number} is not in state"),
        }
        *ends.entry(end).or_default() += 1;
    }
    let key = scene.sandbox.credentials().account_key;
    assert_eq!(
        ledger.owned(&key).len(),
        ends.get("Complete").copied().unwrap_or_default()
    );
    println!(
        "{ends:?}, given up {removed}, applies {applies}, kills {kills}, lost {lost}, lines {lines}, \
         recovered {recovered}, submits sent {}",
        ledger.requests_to(SUBMIT).len()
    );
    scene.end().await
}

/// A job that loses its disk and its state leaves its port-ins in the bucket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_with_an_empty_disk_finds_its_port_ins_in_the_bucket() -> Result<()> {
    let files = [(
        "versions.json",
        "{\"+12025560000\": 1, \"+12025560001\": 1}",
    )];
    if !Cli::find()?.offers(Feature::WriteOnlyArguments) {
        return crate::cli::refuses(FLEET, "1.11", &files).await;
    }
    let bucket = S3Server::start().await?;
    let scene = Scene::new("").await?;
    let job = |state: &str| -> Result<Project> {
        let mut project = scene.elsewhere(FLEET)?;
        share(&mut project, &bucket, state);
        for (name, text) in files {
            project.write(name, text)?;
        }
        Ok(project)
    };
    job("desk")?.apply().await?.quiet()?;
    assert_eq!(bucket.objects().await?.len(), 2);
    // Another state has no part in it.
    let run = job("other")?.apply().await?.failed()?;
    let is_code = |run: &Run, code| run.errors().all(|error| error.code() == code);
    assert!(is_code(&run, "JN864"), "{run}");
    let mut next = job("desk")?;
    let run = next.apply().await?.failed()?;
    assert!(is_code(&run, "JN863"), "{run}");
    let mut pasted = Pasted::new();
    assert_eq!(resolve(&run, &scene.sandbox, &mut pasted), 2);
    next.env(RESOLVED, joined(&pasted));
    let run = next.apply().await?.ok()?;
    let recovered = run.warnings().filter(|warning| warning.code() == "JN868");
    assert_eq!(recovered.count(), 2, "{run}");
    assert_eq!(scene.sandbox.ledger().requests_to(SUBMIT).len(), 2);
    // Terraform hands the orders over from state, which closes their records.
    next.assert_empty_plan().await?.quiet()?;
    assert_eq!(bucket.objects().await?, [""; 0]);
    // Another state is refused by the API, which leaves nothing open.
    let run = job("other")?.apply().await?.failed()?;
    assert!(is_code(&run, "JN860"), "{run}");
    assert_eq!(bucket.objects().await?, [""; 0]);
    scene.end().await
}

/// The losing carriers do something, or at last everything. An order that no state holds yet is not
/// cancelled there: it would be submitted again, rightly.
fn move_on(sandbox: &Sandbox, held: &BTreeMap<String, String>, is_last: bool, chance: &mut Chance) {
    let open: Vec<String> = sandbox
        .ledger()
        .port_ins
        .iter()
        .filter(|order| order.state.is_open())
        .map(|order| order.number.clone())
        .collect();
    for number in open {
        let port_in = sandbox.port_in(&number);
        match chance.below(8) {
            _ if is_last => port_in.complete(),
            0 => port_in.complete(),
            1 | 2 => port_in.schedule(),
            3 | 4 => port_in.refuse("8A-ACCOUNT_NUM_REQ_OR_INCORRECT"),
            5 if held.contains_key(&number) => port_in.cancel(),
            _ => {}
        }
    }
}
