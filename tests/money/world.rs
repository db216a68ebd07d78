//! A world of two states on one account, in which a history happens. The ledger judges it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use joonto_sandbox::{Fault, FaultKind, Lag, NumberKind};
use object_store::ObjectStore as _;
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use terraform_provider_joonto::context::{BoxFuture, Clock};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use tokio_stream::StreamExt as _;

use crate::runner::{Applied, Keeps, PROVISION, Runner, open_records};
use crate::scene::{Scene, number};

const TOKENS: &str = "/v1.0/OAuth2/tokens";
const ORDER: &str = "/v1.0/numbers/order";

/// How many rounds of pasting and applying end any history.
const LAST_ROUNDS: usize = 8;

/// What a resource asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RequestKind {
    Plain,
    OfArea,
    Iot,
    Sim(u8),
}

impl RequestKind {
    fn arguments(self) -> Json {
        match self {
            Self::Plain => number(("mvno", "a2p"), (true, false), json!({})),
            Self::OfArea => number(
                ("mvno", "a2p"),
                (true, false),
                json!({ "area_code": "385" }),
            ),
            Self::Iot => number(("iot", "p2p"), (false, false), json!({})),
            Self::Sim(nth) => {
                let iccid = format!("8901{nth:015}");
                number(("mvno", "a2p"), (true, false), json!({ "iccid": iccid }))
            }
        }
    }

    /// What a request asked for.
    fn of(body: &Json) -> Self {
        let text = |name: &str| body.get(name).and_then(Json::as_str);
        match (text("ICCID"), text("AreaCode"), text("NumberType")) {
            (Some(iccid), ..) => Self::Sim(iccid[4..].parse().expect("a SIM of ours")),
            (None, Some(_), _) => Self::OfArea,
            (None, None, Some("iot")) => Self::Iot,
            _ => Self::Plain,
        }
    }
}

/// Where an apply is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Boundary {
    /// Before the record: no token has come.
    Token,
    /// After the record, before the commit.
    Sent,
    /// After the commit, before the response.
    Committed,
    /// So many microseconds after the first response.
    Answered(u64),
    /// While a pending order is polled.
    Polling,
}

/// What becomes of the first purchases of an apply.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    None,
    /// The first so many are committed, and their responses are lost.
    Cut(u64),
    /// The first so many are not committed, and nobody knows.
    Failed(u64),
    /// The first is not committed and the second is; both responses are lost.
    Mixed,
    Killed(Boundary),
}

#[derive(Clone, Debug)]
pub(crate) enum StoryStep {
    Ask(usize, RequestKind),
    /// The first resource that is missing asks for something else.
    Change(usize, RequestKind),
    Apply {
        state: usize,
        trouble: Trouble,
        keeps: Keeps,
        in_flight: usize,
    },
    Plan(usize),
    Paste(usize),
    /// A stranger buys what such a resource asks for.
    Stranger(RequestKind),
    /// So many minutes pass.
    Wait(u64),
}

/// Where the two states keep their records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Places {
    /// On a disk each.
    Apart,
    /// As two workspaces on one disk.
    Workspaces,
    /// In a shared place, under a name each.
    Shared,
    /// In a bucket, under a name each. Every command has an empty disk.
    Bucket,
}

#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) places: Places,
    pub(crate) local_state: bool,
    /// Reads lag by so many milliseconds of the real time.
    pub(crate) lag: u64,
    /// Orders pend for a while.
    pub(crate) pends: bool,
    pub(crate) steps: Vec<StoryStep>,
}

/// Two states on one account.
pub(crate) struct World {
    pub(crate) scene: Arc<Mutex<Scene>>,
    clock: Passing,
    pub(crate) states: [Runner; 2],
    /// What each state's last apply came to.
    pub(crate) last: [Applied; 2],
    pub(crate) disks: Vec<TempDir>,
    /// How many numbers each state may have bought.
    asked: [usize; 2],
    lag: Duration,
    /// Each command runs on another machine.
    loses_disks: bool,
}

impl World {
    pub(crate) async fn new(history: &History, limit: u32) -> Self {
        let mut scene = Scene::new().await;
        let clock = Passing::new();
        scene.clock = Arc::new(clock.clone());
        scene.env("JOONTO_MAX_REQUESTS_PER_MINUTE", &limit.to_string());
        let lag = Duration::from_millis(history.lag);
        scene.sandbox.switch(|switches| {
            switches.lag_reads((!lag.is_zero()).then_some(Lag::Time(lag)));
            switches.pending_time = history.pends.then_some(Duration::from_millis(20));
        });
        let scene = Arc::new(Mutex::new(scene));
        let disks: Vec<TempDir> = (0..3).map(|_| TempDir::new().expect("a disk")).collect();
        let states = [('a', "84101"), ('b', "84603")].map(|(letter, zip)| {
            let is_second = letter == 'b';
            let disk = match history.places {
                Places::Workspaces => &disks[0],
                Places::Apart | Places::Shared | Places::Bucket => &disks[usize::from(is_second)],
            };
            let mut state = Runner::new(&scene, disk.path(), letter, zip);
            match history.places {
                Places::Apart if history.local_state => state = state.with_local_state(),
                Places::Apart => {}
                Places::Workspaces => state.env("TF_WORKSPACE", letter),
                Places::Shared => {
                    let place = disks[2].path().join("joonto");
                    std::fs::create_dir_all(&place).expect("a shared place has to be there");
                    let place = place.display().to_string();
                    state.env("JOONTO_PURCHASE_JOURNAL", place);
                    state.env("JOONTO_STATE_NAME", letter);
                }
                Places::Bucket => {
                    state.env("JOONTO_PURCHASE_JOURNAL", "s3://records/joonto");
                    state.env("JOONTO_STATE_NAME", letter);
                }
            }
            state
        });
        Self {
            scene,
            clock,
            states,
            last: [Applied::default(), Applied::default()],
            disks,
            asked: [0, 0],
            lag,
            loses_disks: matches!(history.places, Places::Bucket),
        }
    }

    /// What every command finds that runs on another machine.
    fn empty_disks(&self) {
        for disk in self.disks.iter().filter(|_| self.loses_disks) {
            for entry in std::fs::read_dir(disk.path()).expect("a disk").flatten() {
                std::fs::remove_dir_all(entry.path()).expect("removed");
            }
        }
    }

    pub(crate) async fn live(mut self, steps: &[StoryStep]) {
        for step in steps {
            self.step(step).await;
            self.judge().await;
        }
        self.end().await;
    }

    pub(crate) async fn step(&mut self, step: &StoryStep) {
        self.empty_disks();
        match *step {
            StoryStep::Ask(state, kind) => self.ask(state, kind),
            StoryStep::Change(state, kind) => {
                let missing = self.states[state].missing();
                if let (Some(at), false) = (missing.first(), self.asks(kind)) {
                    // A create that asks for something else may buy: the first number is still open.
                    self.asked[state] += 1;
                    self.states[state].change(*at, kind.arguments());
                }
            }
            StoryStep::Apply {
                state,
                trouble,
                keeps,
                in_flight,
            } => self.apply(state, trouble, keeps, in_flight).await,
            StoryStep::Plan(state) => self.states[state].plan().await,
            StoryStep::Paste(state) => self.paste(state).await,
            StoryStep::Stranger(kind) => self.stranger(kind).await,
            StoryStep::Wait(minutes) => {
                let passes = Duration::from_secs(60 * minutes);
                self.clock.pass(passes);
                self.scene.lock().await.sandbox.clock().advance(passes);
            }
        }
    }

    pub(crate) fn ask(&mut self, state: usize, kind: RequestKind) {
        if !self.asks(kind) {
            self.asked[state] += 1;
            self.states[state].ask(kind.arguments());
        }
    }

    /// Whether it is for a SIM that a resource of some state asks for already.
    fn asks(&self, kind: RequestKind) -> bool {
        let RequestKind::Sim(_) = kind else {
            return false;
        };
        let iccid = &kind.arguments()["iccid"];
        let mut resources = self.states.iter().flat_map(|state| &state.resources);
        resources.any(|resource| resource.arguments.get("iccid") == Some(iccid))
    }

    async fn apply(&mut self, state: usize, trouble: Trouble, keeps: Keeps, in_flight: usize) {
        let purchase = |times| Fault::on(PROVISION).times(times);
        let faults = match trouble {
            Trouble::None => vec![],
            Trouble::Cut(times) => vec![purchase(times).after_commit(FaultKind::Drop)],
            Trouble::Failed(times) => {
                vec![purchase(times).before_commit(FaultKind::status(500))]
            }
            Trouble::Mixed => vec![
                purchase(1).before_commit(FaultKind::status(502)),
                Fault::on(PROVISION)
                    .nth(2)
                    .after_commit(FaultKind::status(504)),
            ],
            Trouble::Killed(Boundary::Token) => {
                vec![Fault::on(TOKENS).always().before_commit(FaultKind::Hang)]
            }
            Trouble::Killed(Boundary::Sent) => {
                vec![Fault::on(PROVISION).always().before_commit(FaultKind::Hold)]
            }
            Trouble::Killed(Boundary::Committed) => {
                vec![Fault::on(PROVISION).always().after_commit(FaultKind::Hold)]
            }
            Trouble::Killed(Boundary::Answered(_) | Boundary::Polling) => vec![],
        };
        let before = {
            let scene = self.scene.lock().await;
            faults.into_iter().for_each(|f| scene.sandbox.fault(f));
            scene.sandbox.ledger().requests.len()
        };
        let kill = killed(&self.scene, trouble, before);
        let runner = &mut self.states[state];
        let missing = runner.missing();
        self.last[state] = runner.apply(&missing, in_flight, kill, keeps).await;
        let scene = self.scene.lock().await;
        scene.sandbox.clear_faults();
        scene.sandbox.release();
    }

    /// The user comes back when reads show what there is, and says what is true.
    async fn paste(&mut self, state: usize) {
        tokio::time::sleep(self.lag.max(Duration::from_millis(20))).await;
        let ledger = self.scene.lock().await.sandbox.ledger();
        let held = self
            .states
            .iter()
            .flat_map(|state| state.held(&ledger))
            .collect();
        self.states[state].paste(&self.last[state].creates, &ledger, &held);
    }

    pub(crate) async fn stranger(&self, kind: RequestKind) {
        let scene = self.scene.lock().await;
        let key = scene.sandbox.credentials().account_key;
        let theirs = scene.sandbox.buy_elsewhere_with(&key, |number| {
            let is_iot = kind == RequestKind::Iot;
            number.kind = if is_iot {
                NumberKind::Iot
            } else {
                NumberKind::Mvno
            };
            number.message_type = if is_iot { "p2p" } else { "a2p" }.into();
            number.message_enabled = !is_iot;
            number.voice_enabled = false;
        });
        theirs.expect("a number");
    }

    pub(crate) async fn judge(&self) {
        let ledger = self.scene.lock().await.sandbox.ledger();
        let mut held = BTreeSet::new();
        for (state, asked) in self.states.iter().zip(self.asked) {
            for number in state.held(&ledger) {
                assert!(held.insert(number.clone()), "{number} is held twice");
            }
            let bought = state.bought(&ledger).len();
            assert!(bought <= asked, "{bought} bought for {asked} creates");
        }
        for order in ledger.orders.iter().filter(|order| order.request == 0) {
            let is_held = held.contains(&order.number);
            assert!(!is_held, "a stranger's {} is adopted", order.number);
        }
    }

    /// The weather is fair, and the user says what is true until all is in state.
    pub(crate) async fn end(mut self) {
        for round in 0.. {
            self.ask_for_orphans().await;
            let mut is_over = true;
            for state in 0..2 {
                if !self.states[state].missing().is_empty() {
                    is_over = false;
                    self.apply(state, Trouble::None, Keeps::Always, 2).await;
                    self.judge().await;
                    self.paste(state).await;
                }
            }
            if is_over {
                break;
            }
            let errors: Vec<String> = self.last.iter().flat_map(Applied::errors).collect();
            assert!(round < LAST_ROUNDS, "still stopped: {errors:?}");
        }
        for state in &mut self.states {
            state.plan().await;
            // Nothing asks any more for what bought nothing: only the user can say so.
            state.say_that_nothing_is_missing();
            state.plan().await;
        }
        let ledger = self.scene.lock().await.sandbox.ledger();
        for state in &self.states {
            let held: BTreeSet<String> = state.held(&ledger).into_iter().collect();
            let bought = state.bought(&ledger);
            let bought: BTreeSet<String> = bought.iter().map(|(.., n)| (*n).to_owned()).collect();
            assert_eq!(held, bought);
        }
        for disk in &self.disks {
            assert_eq!(open_records(&disk.path().join("joonto")), 0, "open records");
        }
        let left: Vec<_> = self.scene.lock().await.bucket.list(None).collect().await;
        assert_eq!(left.len(), 0, "open records");
    }

    /// Asks again for what was bought when a resource asked for something else.
    async fn ask_for_orphans(&mut self) {
        let ledger = self.scene.lock().await.sandbox.ledger();
        for state in 0..2 {
            let held: BTreeSet<String> = self.states[state].held(&ledger).into_iter().collect();
            let bought = self.states[state].bought(&ledger);
            let orphans = bought.iter().filter(|(.., number)| !held.contains(*number));
            let orphans: Vec<RequestKind> =
                orphans.map(|(_, r, _)| RequestKind::of(&r.body)).collect();
            let mut missing: Vec<Json> = self.states[state]
                .missing()
                .iter()
                .map(|at| self.states[state].resources[*at].arguments.clone())
                .collect();
            for kind in orphans {
                let wanted = self.states[state].marked(kind.arguments());
                match missing.iter().position(|arguments| *arguments == wanted) {
                    Some(at) => {
                        missing.swap_remove(at);
                    }
                    // It was counted when it was changed.
                    None => self.states[state].ask(kind.arguments()),
                }
            }
        }
    }
}

/// Waits for the moment of a kill, if there is one.
async fn killed(scene: &Mutex<Scene>, trouble: Trouble, before: usize) {
    let Trouble::Killed(boundary) = trouble else {
        return std::future::pending().await;
    };
    let has_come = async || {
        let ledger = scene.lock().await.sandbox.ledger();
        let mut requests = ledger.requests[before..].iter();
        match boundary {
            Boundary::Token => requests.any(|r| r.path == TOKENS),
            Boundary::Sent | Boundary::Committed => requests.any(|r| r.path == PROVISION),
            Boundary::Answered(_) => requests.any(|r| r.path == PROVISION && r.status.is_some()),
            Boundary::Polling => requests.any(|r| r.path == ORDER),
        }
    };
    let began = Instant::now();
    while !has_come().await {
        // An apply that never comes there is killed elsewhere.
        if began.elapsed() > Duration::from_secs(1) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    if let Boundary::Answered(microseconds) = boundary {
        tokio::time::sleep(Duration::from_micros(microseconds)).await;
    }
}

/// A fast clock that can be set forward.
#[derive(Clone, Debug)]
struct Passing {
    began: Instant,
    began_utc: OffsetDateTime,
    passed: Arc<AtomicU64>,
}

impl Passing {
    /// How much faster than the world's.
    const FACTOR: u32 = 400;

    fn new() -> Self {
        Self {
            began: Instant::now(),
            began_utc: OffsetDateTime::now_utc(),
            passed: Arc::default(),
        }
    }

    fn pass(&self, duration: Duration) {
        self.passed.fetch_add(duration.as_secs(), Ordering::Relaxed);
    }

    fn elapsed(&self) -> Duration {
        let passed = Duration::from_secs(self.passed.load(Ordering::Relaxed));
        self.began.elapsed() * Self::FACTOR + passed
    }
}

impl Clock for Passing {
    fn now(&self) -> Instant {
        self.began + self.elapsed()
    }

    fn utc(&self) -> OffsetDateTime {
        self.began_utc + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration / Self::FACTOR))
    }

    fn in_real_time(&self, duration: Duration) -> Duration {
        duration / Self::FACTOR
    }
}
