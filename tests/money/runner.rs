//! A runner: Terraform commands on a disk of its own that can be killed, and the user who reads
//! what they print.
//!
//! What a run bought is for the ledger to say. Each runner marks its requests with a zip code, so
//! that the ledger tells them apart; reads do not return it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use joonto_sandbox::{Ledger, PurchaseState, Request};
use serde_json::{Value as Json, json};
use terraform_provider_joonto::provider::{Run, RunId};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

use crate::scene::{Created, Provider, Scene};

pub(crate) const PROVISION: &str = "/v1.0/numbers/provision";
const RESOLVED: &str = "JOONTO_PURCHASE_RESOLVED";

/// The place of a number in a line.
const BLANK: &str = "+1NUMBER";

/// A resource of a runner's state.
pub(crate) struct Resource {
    /// What it asks for.
    pub(crate) arguments: Json,
    /// What the state holds.
    pub(crate) stored: Option<Arc<Created>>,
}

/// One state, and the commands that work on it.
pub(crate) struct Runner {
    scene: Arc<Mutex<Scene>>,
    data: PathBuf,
    /// Variables of its commands, beside those of the scene.
    variables: BTreeMap<String, String>,
    /// Where the local backend keeps the state, if the state is local.
    file: Option<PathBuf>,
    letter: char,
    zip: &'static str,
    pub(crate) resources: Vec<Resource>,
    /// Each run, and the first request that it can have sent.
    runs: Vec<(String, u64)>,
    /// Numbers that were returned to a command which was killed before it stored them.
    pub(crate) forgotten: BTreeSet<String>,
    /// The runs that were killed.
    pub(crate) killed: BTreeSet<String>,
}

/// How an apply ended.
#[derive(Default)]
pub(crate) struct Applied {
    /// What each create came to, with the place of its resource.
    pub(crate) creates: Vec<(usize, Arc<Created>)>,
    /// The command was killed.
    pub(crate) killed: bool,
}

/// Whether the state is stored when a command ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Keeps {
    /// What was returned is stored, whatever happens.
    Always,
    /// A kill comes before the state is stored.
    UnlessKilled,
    /// The backend refuses the state.
    Never,
}

/// What a user pasted, by how the lines came about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pasted {
    /// As they were printed.
    pub(crate) printed: u64,
    /// From a template, with the numbers that the ledger tells.
    pub(crate) filled: u64,
    /// No printed line was true, and none had a gap to fill.
    pub(crate) by_hand: u64,
}

impl Runner {
    /// A state whose requests bear the zip code, on the disk at `data`.
    pub(crate) fn new(
        scene: &Arc<Mutex<Scene>>,
        data: &Path,
        letter: char,
        zip: &'static str,
    ) -> Self {
        Self {
            scene: Arc::clone(scene),
            data: data.to_owned(),
            variables: BTreeMap::from([("TF_DATA_DIR".into(), data.display().to_string())]),
            file: None,
            letter,
            zip,
            resources: Vec::new(),
            runs: Vec::new(),
            forgotten: BTreeSet::new(),
            killed: BTreeSet::new(),
        }
    }

    /// Keeps the state in a file of the local backend, which the provider can read.
    pub(crate) fn with_local_state(mut self) -> Self {
        let file = self.data.join(format!("{}.tfstate", self.letter));
        let backend = json!({ "type": "local", "config": { "path": file, "workspace_dir": null } });
        let recorded = json!({ "version": 3, "backend": backend });
        let written = std::fs::write(self.data.join("terraform.tfstate"), recorded.to_string());
        written.expect("written");
        self.file = Some(file);
        self
    }

    /// Sets a variable for the commands that follow.
    pub(crate) fn env(&mut self, name: &str, value: impl Into<String>) {
        self.variables.insert(name.into(), value.into());
    }

    /// What the user says of open purchases in the commands that follow.
    pub(crate) fn line(&mut self, line: &str) {
        self.env(RESOLVED, line);
    }

    /// What the user says now.
    pub(crate) fn set_line(&self) -> &str {
        self.variables.get(RESOLVED).map_or("", String::as_str)
    }

    /// The user says of every run that nothing of it is still to be stored.
    pub(crate) fn say_that_nothing_is_missing(&mut self) {
        let names = self.runs.iter().flat_map(|(run, _)| names_of(run));
        let lines: Vec<String> = names.map(|name| format!("{name}=nothing")).collect();
        self.line(&lines.join(";"));
    }

    /// Whether the user has named the number.
    pub(crate) fn has_named(&self, number: &str) -> bool {
        let line = self.variables.get(RESOLVED);
        line.is_some_and(|line| line.contains(number))
    }

    /// Adds a resource to the configuration.
    pub(crate) fn ask(&mut self, arguments: Json) {
        self.resources.push(Resource {
            arguments: self.marked(arguments),
            stored: None,
        });
    }

    /// Has a resource ask for something else.
    pub(crate) fn change(&mut self, at: usize, arguments: Json) {
        self.resources[at].arguments = self.marked(arguments);
    }

    /// The arguments with this runner's mark.
    pub(crate) fn marked(&self, mut arguments: Json) -> Json {
        arguments["zip_code"] = self.zip.into();
        arguments
    }

    /// The resources that the state does not hold.
    pub(crate) fn missing(&self) -> Vec<usize> {
        let missing = self.resources.iter().enumerate();
        missing
            .filter(|(_, resource)| resource.stored.is_none())
            .map(|(at, _)| at)
            .collect()
    }

    /// The numbers in state, and by the ledger those of orders that were still pending.
    pub(crate) fn held(&self, ledger: &Ledger) -> Vec<String> {
        let ordered = |created: &Created| {
            let id = created.text("order_id")?;
            let mut orders = ledger.orders.iter();
            let order = orders.find(|order| order.order_id == id)?;
            (order.state != PurchaseState::Failed).then(|| order.number.clone())
        };
        let stored = self.resources.iter().filter_map(|r| r.stored.as_ref());
        let numbers = stored.filter_map(|created| created.number().or_else(|| ordered(created)));
        numbers.collect()
    }

    /// Starts a command that plans over what is in state.
    async fn begin(&mut self) -> Command {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(16)
            .enable_all()
            .build()
            .expect("a runtime");
        let (scene, variables) = (Arc::clone(&self.scene), self.variables.clone());
        let stored: Vec<Arc<Created>> = self
            .resources
            .iter()
            .filter_map(|resource| resource.stored.clone())
            .collect();
        let nth = self.runs.len();
        let id = RunId::parse(&format!("{}{nth:011}", self.letter)).expect("a name");
        let first = {
            let scene = scene.lock().await;
            let ledger = scene.sandbox.ledger();
            ledger.requests.last().map_or(0, |request| request.id) + 1
        };
        self.runs.push((id.to_string(), first));
        let starting = runtime.spawn(async move {
            let (planner, provider) = {
                let mut scene = scene.lock().await;
                for (name, value) in &variables {
                    scene.env(name, value);
                }
                let run = Run::new(id, scene.clock.utc());
                // One process plans, another one applies.
                let planner = scene.provider_of(run.clone()).await;
                (planner, scene.provider_of(run).await)
            };
            for created in &stored {
                planner.plan_over(created).await;
            }
            provider
        });
        Command {
            provider: starting.await.expect("no panic"),
            runtime: Some(runtime),
        }
    }

    /// Plans over what is in state, and applies nothing.
    pub(crate) async fn plan(&mut self) {
        self.begin().await.end().await;
    }

    /// Plans over what is in state and creates those resources, unless `kill` comes first. Then
    /// nothing of the command goes on.
    pub(crate) async fn apply(
        &mut self,
        these: &[usize],
        in_flight: usize,
        kill: impl Future<Output = ()>,
        keeps: Keeps,
    ) -> Applied {
        let command = self.begin().await;
        let slots = Arc::new(Semaphore::new(in_flight));
        let handle = command.runtime.as_ref().expect("it runs").handle().clone();
        let mut creates = JoinSet::new();
        for at in these.iter().copied() {
            let (slots, provider) = (Arc::clone(&slots), command.provider.clone());
            let arguments = self.resources[at].arguments.clone();
            let creating = async move {
                let _slot = slots.acquire_owned().await.expect("a slot");
                (at, Arc::new(provider.create(&arguments).await))
            };
            creates.spawn_on(creating, &handle);
        }
        let mut applied = Applied::default();
        let mut kill = std::pin::pin!(kill);
        loop {
            tokio::select! {
                () = &mut kill => {
                    applied.killed = true;
                    break;
                }
                created = creates.join_next() => match created {
                    Some(created) => applied.creates.push(created.expect("no panic")),
                    None => break,
                }
            }
        }
        command.end().await;
        // What was returned just before the kill.
        while let Some(created) = creates.try_join_next() {
            applied.creates.extend(created.ok());
        }
        if applied.killed {
            let (run, _) = self.runs.last().expect("a run");
            self.killed.insert(run.clone());
        }
        let is_kept = keeps == Keeps::Always || (keeps == Keeps::UnlessKilled && !applied.killed);
        if !is_kept {
            let returned = applied.creates.iter().filter_map(|(_, c)| c.number());
            self.forgotten.extend(returned);
        } else {
            for (at, created) in &applied.creates {
                let is_clean = created.errors.is_empty() == created.state.is_some();
                assert!(is_clean, "a taint: {created:?}");
                if created.state.is_some() {
                    self.resources[*at].stored = Some(Arc::clone(created));
                }
            }
            self.write_state();
        }
        applied
    }

    /// Writes the file of the local backend.
    fn write_state(&self) {
        let Some(file) = &self.file else {
            return;
        };
        let stored = self.resources.iter().filter_map(|r| r.stored.as_ref());
        let instances = stored.map(|created| {
            let attribute = |name| created.text(name);
            json!({ "attributes": {
                "phone_number_assigned": attribute("phone_number_assigned"),
                "order_id": attribute("order_id"),
            }})
        });
        let instances: Vec<Json> = instances.collect();
        let numbers = json!({ "mode": "managed", "type": "joonto_number", "instances": instances });
        let state = json!({ "version": 4, "resources": [numbers] });
        std::fs::write(file, state.to_string()).expect("written");
    }

    /// Its requests that arrived, with the run that sent each.
    pub(crate) fn requests<'a>(
        &'a self,
        ledger: &'a Ledger,
    ) -> impl Iterator<Item = (&'a str, &'a Request)> {
        let sent = ledger.requests.iter().filter(|request| {
            request.path == PROVISION && request.body.get("ZipCode") == Some(&self.zip.into())
        });
        sent.filter_map(|request| {
            let mut runs = self.runs.iter().rev();
            let (run, _) = runs.find(|(_, first)| *first <= request.id)?;
            Some((run.as_str(), request))
        })
    }

    /// The numbers that it bought, with the run that bought each and the request.
    pub(crate) fn bought<'a>(&'a self, ledger: &'a Ledger) -> Vec<(&'a str, &'a Request, &'a str)> {
        let orders: BTreeMap<u64, &str> = ledger
            .orders
            .iter()
            .filter(|order| order.state != PurchaseState::Failed)
            .map(|order| (order.request, order.number.as_str()))
            .collect();
        self.requests(ledger)
            .filter_map(|(run, request)| Some((run, request, *orders.get(&request.id)?)))
            .collect()
    }

    /// The user pastes the true line of each run that these creates offer lines for: the numbers
    /// that the ledger says the run bought and that nobody holds.
    pub(crate) fn paste(
        &mut self,
        creates: &[(usize, Arc<Created>)],
        ledger: &Ledger,
        held: &BTreeSet<String>,
    ) -> Pasted {
        let mut printed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let errors = creates.iter().flat_map(|(_, created)| &created.errors);
        for line in errors.flat_map(|error| error.lines()) {
            let runs = self.runs.iter().map(|(run, _)| run);
            let mut named =
                runs.filter(|run| names_of(run).iter().any(|n| line.contains(n.as_str())));
            let run = named.next().expect("a run of this runner").clone();
            printed.entry(run).or_default().insert(line);
        }
        let bought = self.bought(ledger);
        let mut pasted = Pasted::default();
        let mut line = Vec::new();
        for (run, lines) in &printed {
            let ours = bought.iter().filter(|(by, ..)| by == run);
            let truth: BTreeSet<&str> = ours
                .map(|(.., number)| *number)
                .filter(|number| !held.contains(*number))
                .collect();
            let named = |line: &str| -> BTreeSet<String> {
                let words = line.split([';', '=', ',']);
                let numbers = words.filter(|word| word.starts_with('+') && *word != BLANK);
                numbers.map(str::to_owned).collect()
            };
            let is_true = |line: &&String| {
                let named = named(line);
                !line.contains(BLANK) && named.iter().map(String::as_str).eq(truth.iter().copied())
            };
            if let Some(printed) = lines.iter().find(is_true) {
                pasted.printed += 1;
                line.push(printed.clone());
                continue;
            }
            let is_part = |line: &&String| {
                let named = named(line);
                line.contains(BLANK) && named.iter().all(|number| truth.contains(number.as_str()))
            };
            // Else the longest line names every part of the run.
            let template = lines.iter().find(is_part);
            match template {
                Some(_) => pasted.filled += 1,
                None => pasted.by_hand += 1,
            }
            let template = template.or(lines.iter().max_by_key(|line| line.len()));
            let template = template.expect("a line");
            let known = named(template);
            let missing: Vec<&str> = truth
                .iter()
                .copied()
                .filter(|number| !known.contains(*number))
                .collect();
            let parts: Vec<&str> = template.split(';').collect();
            let filled = parts.iter().enumerate().map(|(at, part)| {
                let (name, numbers) = part.split_once('=').expect("a part");
                let kept = numbers.split(',').filter(|number| truth.contains(number));
                // What nothing names stands in the last part.
                let more = missing.iter().copied().filter(|_| at + 1 == parts.len());
                let numbers: Vec<&str> = kept.chain(more).collect();
                match numbers.as_slice() {
                    [] => format!("{name}=nothing"),
                    numbers => format!("{name}={}", numbers.join(",")),
                }
            });
            line.push(filled.collect::<Vec<_>>().join(";"));
        }
        // What was set stays set. If a create says that it cannot be so, the user takes it away:
        // the next apply prints the lines of every run and of its unconfirmed purchases.
        if creates.iter().any(|(_, c)| c.codes().contains(&"JN109")) {
            self.line("");
        } else if !line.is_empty() {
            self.line(&line.join(";"));
        }
        pasted
    }
}

/// What lines call a run of the sandbox's default account by: its name, and that of its
/// unconfirmed purchases.
fn names_of(run: &str) -> [String; 2] {
    let id = RunId::parse(run)
        .expect("a run")
        .of_account("7267c444bfd4fa16");
    [id.to_string(), id.unconfirmed().to_string()]
}

impl Applied {
    /// The codes of each create, for a history.
    pub(crate) fn ended(&self) -> String {
        let codes = self.creates.iter().map(|(at, c)| (at, c.codes()));
        let codes: Vec<_> = codes.filter(|(_, codes)| !codes.is_empty()).collect();
        format!("killed: {}, {codes:?}", self.killed)
    }

    /// Its creates with that code among their errors and warnings.
    pub(crate) fn with(&self, code: &str) -> Vec<&Created> {
        let creates = self.creates.iter().map(|(_, created)| &**created);
        creates
            .filter(|created| created.codes().contains(&code))
            .collect()
    }

    /// The texts of its errors.
    pub(crate) fn errors(&self) -> Vec<String> {
        let errors = self.creates.iter().flat_map(|(_, created)| &created.errors);
        errors.map(|error| error.text.clone()).collect()
    }

    /// How many of its creates have that code.
    pub(crate) fn count(&self, code: &str) -> u64 {
        self.with(code).len() as u64
    }

    /// Whether its errors name the number, or offer lines for the run.
    pub(crate) fn tells_of(&self, number: &str, run: &str) -> bool {
        let mut errors = self.creates.iter().flat_map(|(_, created)| &created.errors);
        let names = names_of(run);
        let offers = |line: &String| names.iter().any(|name| line.contains(name.as_str()));
        errors.any(|error| error.text.contains(number) || error.lines().iter().any(offers))
    }
}

/// A Terraform command with processes of its own.
struct Command {
    provider: Provider,
    runtime: Option<Runtime>,
}

impl Command {
    /// Ends its processes, in good order or by a kill: nothing of them goes on.
    async fn end(mut self) {
        if let Some(runtime) = self.runtime.take() {
            let ending = move || runtime.shutdown_timeout(Duration::from_secs(5));
            let ended = tokio::task::spawn_blocking(ending).await;
            ended.expect("no panic");
        }
    }
}

impl Drop for Command {
    fn drop(&mut self) {
        // A test that fails leaves it so.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// How many records of purchases are open on a disk.
pub(crate) fn open_records(place: &Path) -> usize {
    let folders = std::fs::read_dir(place).into_iter().flatten().flatten();
    let files = folders
        .filter(|folder| folder.path().is_dir())
        .flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten());
    let is_record = |file: &std::fs::DirEntry| file.path().extension().is_some_and(|e| e == "json");
    files.flatten().filter(is_record).count()
}

/// Chance that can be had again.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit as u64).expect("small")
    }

    pub(crate) fn is(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}
