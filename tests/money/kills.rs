//! Terraform and provider killed together, wherever it hurts, and applied again on the same disk;
//! and answers lost under the real command line.
//!
//! `JOONTO_KILLS` sets how many kills (18 without it), `JOONTO_KILLS_SEED` their moments.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use harness::{Cli, Project, Result};
use joonto_sandbox::{Fault, FaultKind, Options, Sandbox};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::size;

pub(crate) const PROVISION: &str = "/v1.0/numbers/provision";
const INVENTORY: &str = "/v1.0/numbers/inventory";

pub(crate) const NUMBER: &str = r#"
resource "joonto_number" "a" {
  number_type     = "mvno"
  message_type    = "a2p"
  message_enabled = false
  voice_enabled   = false
}
"#;

/// When the processes are killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// While the inventory is read, before anything is sent.
    BeforeThePost,
    /// When the number is bought and the answer is on its way.
    BetweenCommitAndAnswer,
    /// So many milliseconds after the answer: Terraform may or may not have stored it.
    AfterTheAnswer(u64),
}

impl Moment {
    fn name(self) -> &'static str {
        match self {
            Self::BeforeThePost => "before the POST",
            Self::BetweenCommitAndAnswer => "between commit and answer",
            Self::AfterTheAnswer(_) => "after the answer",
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_and_applied_again_there_is_one_number() {
    let kills = size("JOONTO_KILLS", 18);
    let seed = size("JOONTO_KILLS_SEED", u64::from(std::process::id()));
    println!("JOONTO_KILLS={kills} JOONTO_KILLS_SEED={seed}");
    let began = Instant::now();
    let slots = Arc::new(Semaphore::new(3));
    let mut scenes = JoinSet::new();
    for nth in 0..kills {
        let moment = match nth % 3 {
            0 => Moment::BeforeThePost,
            1 => Moment::BetweenCommitAndAnswer,
            _ => Moment::AfterTheAnswer((seed.wrapping_add(nth).wrapping_mul(7919)) % 60),
        };
        let slots = Arc::clone(&slots);
        scenes.spawn(async move {
            let _slot = slots.acquire_owned().await.expect("a slot");
            let end = kill(moment).await;
            let end = end.unwrap_or_else(|error| panic!("kill {nth}, {moment:?}: {error:?}"));
            (moment, end)
        });
    }
    let mut ends: BTreeMap<(&str, End), u64> = BTreeMap::new();
    while let Some(ended) = scenes.join_next().await {
        let (moment, end) = ended.expect("one number");
        *ends.entry((moment.name(), end)).or_default() += 1;
    }
    println!("{ends:?} in {:?}", began.elapsed());
    assert_eq!(ends.values().sum::<u64>(), kills);
}

/// How the number got into the state.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum End {
    /// The second apply took it up from the first.
    TakenUp,
    /// The user did, as the second apply said.
    Imported,
    /// The first apply stored it, or had not bought it.
    Other,
}

/// Kills one apply, and applies again.
async fn kill(moment: Moment) -> Result<End> {
    let (sandbox, project) = scene(NUMBER).await?;
    match moment {
        Moment::BeforeThePost => sandbox.fault(Fault::on(INVENTORY).before_commit(FaultKind::Hold)),
        Moment::BetweenCommitAndAnswer => {
            sandbox.fault(Fault::on(PROVISION).after_commit(FaultKind::Hold));
        }
        Moment::AfterTheAnswer(_) => {}
    }
    let running = project.start(["apply", "-no-color", "-input=false", "-auto-approve"])?;
    let has_come = || {
        let ledger = sandbox.ledger();
        match moment {
            Moment::BeforeThePost => !ledger.requests_to(INVENTORY).is_empty(),
            Moment::BetweenCommitAndAnswer => !ledger.purchases().is_empty(),
            Moment::AfterTheAnswer(_) => {
                let purchases = ledger.requests_to(PROVISION);
                purchases.iter().any(|request| request.status.is_some())
            }
        }
    };
    let began = Instant::now();
    while !has_come() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it never gets there"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    if let Moment::AfterTheAnswer(milliseconds) = moment {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    // Dropped, it takes its whole process group along, by SIGKILL.
    drop(running);
    sandbox.release();
    sandbox.clear_faults();

    let mut applied = project.apply().await?;
    while applied.says("Error acquiring the state lock") {
        // Those that were killed are not quite dead.
        tokio::time::sleep(Duration::from_millis(50)).await;
        applied = project.apply().await?;
    }
    let ledger = sandbox.ledger();
    assert_eq!(ledger.purchases().len(), 1, "{moment:?}: {applied}");
    // Terraform ends its providers before it writes its state. Killed in between, only the user
    // can tell that the number is not in it, and is told how to take it up.
    let is_for_the_user = !applied.status.success();
    if is_for_the_user {
        let bought = &ledger.purchases()[0].number;
        let error = applied.error()?;
        let advice = format!("terraform import ADDRESS {bought}");
        assert!(matches!(moment, Moment::AfterTheAnswer(_)), "{applied}");
        assert!(error.says(&advice), "{applied}");
        project.import("joonto_number.a", bought).await?.ok()?;
        applied = project.apply().await?;
        assert_eq!(sandbox.ledger().purchases().len(), 1, "{applied}");
    }
    let applied = applied.ok()?;
    let owned = ledger.owned(&sandbox.credentials().account_key);
    let state = project.resource("joonto_number.a").await?;
    assert_eq!(state["phone_number_assigned"], serde_json::json!(owned[0]));
    project.assert_empty_plan().await?;
    sandbox.shutdown().await;
    Ok(match is_for_the_user {
        true => End::Imported,
        false if applied.says("was taken up") => End::TakenUp,
        false => End::Other,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_creates_five_lose_their_answer_and_all_have_a_number() -> Result<()> {
    let numbers = NUMBER.replace("  number_type ", "  count           = 20\n  number_type ");
    let (sandbox, project) = scene(&numbers).await?;
    for nth in [2, 5, 6, 11, 19] {
        let lost = Fault::on(PROVISION).nth(nth).after_commit(FaultKind::Drop);
        sandbox.fault(lost);
    }
    let applied = project.apply_with(&["-parallelism=20"]).await?.ok()?;
    assert_eq!(applied.warnings().count(), 5, "{applied}");
    let ledger = sandbox.ledger();
    assert_eq!(ledger.requests_to(PROVISION).len(), 20);
    let mut owned = ledger.owned(&sandbox.credentials().account_key);
    let state = project.state()?;
    let instances = state["resources"][0]["instances"].as_array();
    let mut stored: Vec<String> = instances
        .into_iter()
        .flatten()
        .filter_map(|one| one["attributes"]["id"].as_str().map(str::to_owned))
        .collect();
    owned.sort();
    stored.sort();
    assert_eq!(stored, owned);
    assert_eq!(stored.len(), 20);
    project.assert_empty_plan().await?;
    sandbox.shutdown().await;
    Ok(())
}

pub(crate) async fn scene(main: &str) -> Result<(Sandbox, Project)> {
    let sandbox = Sandbox::start(Options::default()).await?;
    let provider = Path::new(env!("CARGO_BIN_EXE_terraform-provider-joonto"));
    let mut project = Project::new(&Cli::find()?, provider)?;
    let credentials = sandbox.credentials();
    project
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret)
        .env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0");
    project.main(main)?;
    Ok((sandbox, project))
}
