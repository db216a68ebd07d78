//! Purchases under the real command line: what is printed is pasted verbatim, and the
//! sandbox's ledger judges.

mod backend;
pub(crate) mod bucket;
mod ci;
mod debug;
mod destroyed;
mod ended;
mod killed;
mod minutes;
mod missing;
mod modes;
mod moved;
#[cfg(target_os = "linux")]
mod orphaned;
mod outage;
#[cfg(unix)]
mod pipelines;
mod ready_tokens;
mod records;
mod remote;
mod repeated;
mod replaced;
mod sims;
mod states;
mod strangers;
mod test_command;
mod unlike;
mod ways_out;

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) use harness::until;
use harness::{Cli, Diagnostic, Project, Result, Run};
use joonto_sandbox::{Ledger, NumberStatus, Options, Sandbox, StoredNumber};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub(crate) const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-joonto");

pub(crate) const PROVISION: &str = "/v1.0/numbers/provision";
pub(crate) const DETAILS: &str = "/v1.0/numbers";
pub(crate) const ORDER: &str = "/v1.0/numbers/order";
pub(crate) const INVENTORY: &str = "/v1.0/numbers/inventory";
pub(crate) const STATUS: &str = "/v1.0/numbers/status";
pub(crate) const TOKENS: &str = "/v1.0/OAuth2/tokens";

/// What the user pastes.
pub(crate) const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";

/// How many scenes of one test are played at once: they wait more than they work.
const AT_ONCE: usize = 10;

/// A sandbox, and a project that buys from it.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) project: Project,
}

impl Scene {
    pub(crate) async fn new(main: &str) -> Result<Self> {
        Self::with(Options::default(), main).await
    }

    pub(crate) async fn with(options: Options, main: &str) -> Result<Self> {
        let sandbox = Sandbox::start(options).await?;
        let project = project(&sandbox, main)?;
        Ok(Self { sandbox, project })
    }

    /// Another directory, or another machine, with the same account.
    pub(crate) fn elsewhere(&self, main: &str) -> Result<Project> {
        project(&self.sandbox, main)
    }

    /// How many purchases were sent.
    pub(crate) fn posts(&self) -> usize {
        self.sandbox.ledger().requests_to(PROVISION).len()
    }

    /// The live numbers of the account, sorted.
    pub(crate) fn owned(&self) -> Vec<String> {
        let key = self.sandbox.credentials().account_key;
        sorted(self.sandbox.ledger().owned(&key))
    }

    /// The live numbers that this provider bought, sorted.
    pub(crate) fn ours(&self) -> Vec<String> {
        let ledger = self.sandbox.ledger();
        let bought = |number: &String| {
            let mut orders = ledger.orders.iter();
            orders.any(|order| order.request != 0 && order.number == *number)
        };
        self.owned().into_iter().filter(bought).collect()
    }

    /// Somebody else buys an equal number.
    pub(crate) fn stranger(&self) -> String {
        self.stranger_with(|_| {})
    }

    pub(crate) fn stranger_with(&self, change: impl FnOnce(&mut StoredNumber)) -> String {
        let key = self.sandbox.credentials().account_key;
        let bought = self.sandbox.buy_elsewhere_with(&key, |number| {
            number.make_plain();
            change(number);
        });
        bought.expect("the sandbox has numbers").number
    }

    /// The stranger's number is as it was.
    pub(crate) fn assert_untouched(&self, number: &str) {
        let now = self.sandbox.number(number).expect("it is there");
        assert_eq!(now.status, NumberStatus::Active, "{number}");
        let ledger = self.sandbox.ledger();
        let changes: Vec<_> = ledger
            .changes
            .iter()
            .filter(|change| change.subject == number)
            .collect();
        assert!(changes.is_empty(), "{changes:?}");
    }

    /// Cancels a number at the console.
    pub(crate) fn cancel(&self, number: &str) {
        assert!(self.sandbox.edit(number, |number| {
            number.status = NumberStatus::Cancelled { at: number.bought };
        }));
    }

    /// Starts an apply, kills it with its providers when the time has come, and puts the API in
    /// order again.
    pub(crate) async fn kill_when(
        &self,
        arguments: &[&str],
        has_come: impl Fn(&Ledger) -> bool,
    ) -> Result<()> {
        self.kill_in(&self.project, arguments, has_come).await
    }

    pub(crate) async fn kill_in(
        &self,
        project: &Project,
        arguments: &[&str],
        has_come: impl Fn(&Ledger) -> bool,
    ) -> Result<()> {
        let running = project.start([APPLY, arguments].concat())?;
        until(|| has_come(&self.sandbox.ledger())).await;
        running.kill_all().await?;
        // A request whose client has left is not carried out.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.sandbox.clear_faults();
        self.sandbox.release();
        Ok(())
    }

    /// Applies with what the user pastes, and only then.
    pub(crate) async fn paste(&mut self, line: &str) -> Result<Run> {
        paste(&mut self.project, line).await
    }

    /// Every number that this provider bought is in state, once, and there is nothing to do.
    pub(crate) async fn assert_settled(&self) -> Result<()> {
        assert_eq!(stored(&self.project)?, self.ours());
        self.project.assert_empty_plan().await?;
        Ok(())
    }

    /// Ends the scene: every request must have kept to the API's contract.
    pub(crate) async fn end(self) -> Result<()> {
        self.sandbox.ledger().assert_within_contract();
        self.sandbox.shutdown().await;
        Ok(())
    }
}

pub(crate) const APPLY: &[&str] = &[
    "apply",
    "-json",
    "-no-color",
    "-input=false",
    "-auto-approve",
];

/// This command line is too old for the configuration, and says so before anything is sent.
pub(crate) async fn refuses(main: &str, version: &str, files: &[(&str, &str)]) -> Result<()> {
    let scene = Scene::new(main).await?;
    for (name, text) in files {
        scene.project.write(name, text)?;
    }
    let refused = scene.project.plan().await?.failed()?;
    assert!(refused.says(version), "{refused}");
    assert!(scene.sandbox.ledger().requests.is_empty());
    scene.end().await
}

fn project(sandbox: &Sandbox, main: &str) -> Result<Project> {
    let mut project = Project::new(&Cli::find()?, Path::new(PROVIDER))?;
    let credentials = sandbox.credentials();
    project
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret)
        .env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0");
    project.main(main)?;
    Ok(project)
}

/// Applies once with the variable set.
pub(crate) async fn paste(project: &mut Project, line: &str) -> Result<Run> {
    project.env(RESOLVED, line);
    let run = project.apply().await;
    project.env_remove(RESOLVED);
    run
}

/// Completes every order that is pending.
pub(crate) fn complete(scene: &Scene) {
    scene.sandbox.switch(|s| s.pending_forever = false);
    for order in scene.sandbox.ledger().orders {
        scene.sandbox.complete_order(&order.order_id);
    }
}

/// A plain number, with further arguments.
pub(crate) fn plain(name: &str, arguments: &str) -> String {
    number(name, "iot", arguments)
}

/// A number of a type that takes `p2p`.
pub(crate) fn number(name: &str, number_type: &str, arguments: &str) -> String {
    format!(
        "resource \"joonto_number\" \"{name}\" {{\n  number_type = \"{number_type}\"\n  \
         message_type = \"p2p\"\n  message_enabled = false\n  voice_enabled = false\n  \
         {arguments}\n}}\n"
    )
}

/// So many plain numbers `n`.
pub(crate) fn count(count: usize) -> String {
    plain("n", &format!("count = {count}"))
}

/// The numbers in the local state, sorted; none of them tainted.
pub(crate) fn stored(project: &Project) -> Result<Vec<String>> {
    Ok(numbers_of(&project.state()?))
}

/// The numbers in a state, sorted; none of them tainted.
pub(crate) fn numbers_of(state: &Value) -> Vec<String> {
    let resources = state["resources"].as_array().into_iter().flatten();
    let instances = resources
        .filter(|resource| resource["type"] == "joonto_number")
        .flat_map(|resource| resource["instances"].as_array().into_iter().flatten());
    sorted(instances.filter_map(|instance| {
        assert_eq!(instance["status"], Value::Null, "tainted: {instance}");
        let number = &instance["attributes"]["phone_number_assigned"];
        number.as_str().map(str::to_owned)
    }))
}

pub(crate) fn sorted(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().collect();
    texts.sort();
    texts
}

/// The codes of the provider's errors, sorted. Terraform's own have none.
pub(crate) fn errors(run: &Run) -> Vec<&str> {
    codes(run.errors())
}

/// The codes of the provider's warnings, sorted, but for open purchases.
pub(crate) fn warnings(run: &Run) -> Vec<&str> {
    codes(run.warnings().filter(|warning| warning.code() != OPEN))
}

fn codes<'a>(said: impl Iterator<Item = &'a Diagnostic>) -> Vec<&'a str> {
    let mut codes: Vec<&str> = said
        .map(Diagnostic::code)
        .filter(|code| !code.is_empty())
        .collect();
    codes.sort_unstable();
    codes
}

/// The code of the warning of open purchases.
const OPEN: &str = "JN131";

/// The warning of open purchases. Terraform plans once more while it applies, and what that says
/// is shown, too.
pub(crate) fn open(run: &Run) -> Option<&Diagnostic> {
    run.warnings().find(|warning| warning.code() == OPEN)
}

/// Expects errors with these codes and no others.
#[track_caller]
pub(crate) fn assert_errors(run: &Run, expected: &[&str]) {
    assert!(!run.status.success(), "{run}");
    assert_eq!(errors(run), expected, "{run}");
}

/// Expects success, and warnings with these codes and no others.
#[track_caller]
pub(crate) fn assert_warnings(run: &Run, expected: &[&str]) {
    assert!(run.status.success(), "{run}");
    assert_eq!(warnings(run), expected, "{run}");
}

/// The one error that says what to paste; all others refer to it.
#[track_caller]
pub(crate) fn full(run: &Run) -> &Diagnostic {
    let full: Vec<&Diagnostic> = run
        .errors()
        .filter(|error| !error.lines().is_empty())
        .collect();
    assert_eq!(full.len(), 1, "one full error: {run}");
    full[0]
}

/// The place of a number in a line.
const BLANK: &str = "+1NUMBER";

/// The line of an error that stores these numbers. Where the error leaves places for numbers,
/// they are filled in as it says.
#[track_caller]
pub(crate) fn line(error: &Diagnostic, numbers: &[String]) -> String {
    let wanted = sorted(numbers.iter().cloned());
    let mut offered = error.lines().into_iter();
    let fitting = offered.find_map(|line| {
        let parts: Vec<(&str, Vec<&str>)> = line
            .split(';')
            .map(|part| part.split_once('='))
            .map(|part| part.map(|(run, named)| (run, named.split(',').collect())))
            .collect::<Option<_>>()?;
        let all = parts.iter().flat_map(|(_, named)| named).copied();
        let named: Vec<&str> = all
            .clone()
            .filter(|one| one.starts_with('+') && *one != BLANK)
            .collect();
        let missing: Vec<&str> = wanted
            .iter()
            .map(String::as_str)
            .filter(|number| !named.contains(number))
            .collect();
        let has_blank = all.clone().any(|one| one == BLANK);
        let fits = named.iter().all(|one| wanted.iter().any(|w| w == one))
            && missing.is_empty() != has_blank;
        let filled = parts.iter().map(|(run, named)| {
            let kept = named.iter().filter(|one| **one != BLANK);
            let more = missing.iter().filter(|_| named.contains(&BLANK));
            let numbers: Vec<&str> = kept.chain(more).copied().collect();
            format!("{run}={}", numbers.join(","))
        });
        fits.then(|| filled.collect::<Vec<_>>().join(";"))
    });
    fitting.unwrap_or_else(|| panic!("no line for {wanted:?}: {error}"))
}

/// The line that says that nothing was bought. It never stands first or alone.
#[track_caller]
pub(crate) fn nothing(error: &Diagnostic) -> String {
    let lines = error.lines();
    let line = lines.last().expect("a line").clone();
    assert!(line.ends_with("=nothing"), "{error}");
    assert!(
        lines.len() > 1 && !lines[0].ends_with("=nothing"),
        "{error}"
    );
    line
}

/// So many purchases have arrived.
pub(crate) fn arrived(count: usize) -> impl Fn(&Ledger) -> bool {
    move |ledger| ledger.requests_to(PROVISION).len() >= count
}

/// So many numbers were bought by requests.
pub(crate) fn committed(count: usize) -> impl Fn(&Ledger) -> bool {
    move |ledger| {
        let bought = ledger.purchases();
        bought.iter().filter(|one| one.request != 0).count() >= count
    }
}

/// So many purchases have been responded to.
pub(crate) fn answered(count: usize) -> impl Fn(&Ledger) -> bool {
    move |ledger| {
        let posts = ledger.requests_to(PROVISION);
        posts.iter().filter(|post| post.status.is_some()).count() >= count
    }
}

/// The files of open purchases in a place.
pub(crate) fn records(place: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(place).into_iter().flatten().flatten();
    let files = folders.filter_map(|folder| fs::read_dir(folder.path()).ok());
    let mut records: Vec<PathBuf> = files
        .flatten()
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    records.sort();
    records
}

/// Where a project's records are by default.
pub(crate) fn place(project: &Project) -> PathBuf {
    project.path().join(".terraform").join("joonto")
}

type Played = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Scenes that are played at once.
#[derive(Default)]
pub(crate) struct Scenes(Vec<(String, Played)>);

impl Scenes {
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        scene: impl Future<Output = Result<()>> + Send + 'static,
    ) {
        self.0.push((name.into(), Box::pin(scene)));
    }

    /// Plays them; each has to end well.
    pub(crate) async fn play(self) {
        self.play_at_once(AT_ONCE).await;
    }

    pub(crate) async fn play_at_once(self, at_once: usize) {
        let slots = Arc::new(Semaphore::new(at_once));
        let mut playing = JoinSet::new();
        for (name, scene) in self.0 {
            let slots = Arc::clone(&slots);
            playing.spawn(async move {
                let _slot = slots.acquire_owned().await.expect("a slot");
                let began = Instant::now();
                let ended = tokio::spawn(scene).await;
                (name, began.elapsed(), ended)
            });
        }
        let mut failed = Vec::new();
        while let Some(played) = playing.join_next().await {
            let (name, took, ended) = played.expect("no panic");
            println!("{name}: {took:.1?}");
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => failed.push(format!("{name}: {error:?}")),
                Err(panic) => failed.push(format!("{name}: {panic}")),
            }
        }
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}
