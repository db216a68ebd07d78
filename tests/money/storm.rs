//! Thousands of creates of two runners on one account, while everything goes wrong that can.
//!
//! `JOONTO_STORM_CREATES` sets how many are struck by a fault (400 without it), and
//! `JOONTO_STORM_SEED` the seed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use joonto_sandbox::{
    Chaos, Fault, FaultKind, Lag, Ledger, NumberKind, Options, Placement, Request,
};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::runner::{Applied, Dice, Keeps, PROVISION, Pasted, Runner, open_records};
use crate::scene::Scene;
use crate::size;
use crate::weather::{faults, request};

/// How many creates each runner of a batch asks for.
const CREATES: usize = 16;

/// How many batches are under way at once.
const AT_ONCE: usize = 10;

/// For how long the provider searches: a minute by its clock.
const SEARCH: Duration = Duration::from_millis(300);

/// How many applies it may take once the weather is fair, and where reads show a number only when
/// they asked for it often enough.
const FAIR_APPLIES: usize = 6;
const FAIR_APPLIES_WITH_COUNTED_READS: usize = 14;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_each_create_ends_with_the_one_number_it_bought() {
    let faulted = size("JOONTO_STORM_CREATES", 400);
    let seed = size("JOONTO_STORM_SEED", 3);
    println!("JOONTO_STORM_CREATES={faulted} JOONTO_STORM_SEED={seed}");
    let began = Instant::now();
    let (next, struck) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut batches = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (next, struck) = (Arc::clone(&next), Arc::clone(&struck));
        batches.spawn(async move {
            let mut total = Figures::default();
            while struck.load(Ordering::Relaxed) < faulted {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                let figures = Batch::new(nth, Dice(seed).roll() ^ nth).await.run().await;
                struck.fetch_add(figures.faulted(), Ordering::Relaxed);
                total.add(&figures);
            }
            total
        });
    }
    let mut total = Figures::default();
    while let Some(figures) = batches.join_next().await {
        total.add(&figures.expect("a batch holds"));
    }
    println!("{total:?} in {:?}", began.elapsed());
    assert!(total.after * 10 >= total.faulted() * 3, "{total:?}");
    assert!(total.before * 10 >= total.faulted() * 3, "{total:?}");
    assert!(total.unproved * 20 <= total.adopted, "{total:?}");
    assert!(total.refused * 20 <= total.stops, "{total:?}");
    for happened in [total.adopted, total.recovered, total.stops, total.kills] {
        assert!(happened * 100 >= faulted, "{total:?}");
    }
}

#[derive(Debug, Default)]
struct Figures {
    batches: u64,
    creates: u64,
    applies: u64,
    kills: u64,
    strangers: u64,
    /// Faults that struck a purchase before, and after, its commit.
    before: u64,
    after: u64,
    adopted: u64,
    recovered: u64,
    /// Purchases of killed runs that their SIM would prove, and the user had to.
    unproved: u64,
    /// Applies that stopped for the user.
    stops: u64,
    printed: u64,
    filled: u64,
    by_hand: u64,
    /// Applies that refused a true line.
    refused: u64,
}

impl Figures {
    fn faulted(&self) -> u64 {
        self.before + self.after
    }

    fn add(&mut self, other: &Self) {
        self.batches += other.batches;
        self.creates += other.creates;
        self.applies += other.applies;
        self.kills += other.kills;
        self.strangers += other.strangers;
        self.before += other.before;
        self.after += other.after;
        self.adopted += other.adopted;
        self.recovered += other.recovered;
        self.unproved += other.unproved;
        self.stops += other.stops;
        self.printed += other.printed;
        self.filled += other.filled;
        self.by_hand += other.by_hand;
        self.refused += other.refused;
    }

    fn count(&mut self, applied: &Applied, pasted: Pasted) {
        self.applies += 1;
        self.kills += u64::from(applied.killed);
        self.adopted += applied.count("JN120");
        self.recovered += applied.count("JN121");
        let has_stop = ["JN106", "JN110", "JN111"].map(|code| applied.count(code));
        self.stops += u64::from(has_stop.iter().any(|count| *count > 0));
        self.printed += pasted.printed;
        self.filled += pasted.filled;
        self.by_hand += pasted.by_hand;
    }
}

/// One account, and two runners with a disk each.
struct Batch {
    name: String,
    seed: u64,
    dice: Dice,
    scene: Arc<Mutex<Scene>>,
    disks: [TempDir; 2],
    runners: [Runner; 2],
    /// How long reads lag behind purchases.
    lag: Duration,
    /// Reads lag for a count of reads: a true line may come too early.
    counts_reads: bool,
    has_stranger: bool,
    has_kills: bool,
    figures: Figures,
}

impl Batch {
    async fn new(nth: u64, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let scene = Scene::with(Options {
            seed,
            fleet: dice.below(12),
            page_size: 8 + dice.below(100),
            ..Options::default()
        })
        .await;
        // Twelve seconds, and more than the minute for which the provider searches.
        let lag = Duration::from_millis([0, 60, 60, 400][dice.below(4)]);
        let counts_reads = lag.is_zero() && dice.is(3);
        scene.sandbox.switch(|switches| match counts_reads {
            true => switches.lag_reads(Lag::Reads(2)),
            false => switches.lag_reads((!lag.is_zero()).then_some(Lag::Time(lag))),
        });
        if dice.is(3) {
            let pends = Duration::from_millis(20 + dice.below(60) as u64);
            scene.sandbox.switch(|s| s.pending_time = Some(pends));
        }
        let scene = Arc::new(Mutex::new(scene));
        let disks = [(); 2].map(|()| TempDir::new().expect("a directory"));
        let mut runners = [('a', "84101"), ('b', "84603")].map(|(letter, zip)| {
            let disk = disks[usize::from(letter == 'b')].path();
            let runner = Runner::new(&scene, disk, letter, zip);
            match dice.is(2) {
                true => runner.with_local_state(),
                false => runner,
            }
        });
        let all_sims = dice.is(3);
        for (which, runner) in runners.iter_mut().enumerate() {
            for at in 0..CREATES {
                let iccid = format!("8901{:015}", which * 1_000 + at);
                runner.ask(request(&mut dice, all_sims, &iccid));
            }
        }
        Self {
            name: format!("batch {nth}, its seed {seed}"),
            seed,
            has_stranger: dice.is(2),
            has_kills: dice.is(2),
            dice,
            scene,
            disks,
            runners,
            lag,
            counts_reads,
            figures: Figures {
                batches: 1,
                creates: 2 * CREATES as u64,
                ..Figures::default()
            },
        }
    }

    async fn run(mut self) -> Figures {
        let foul = 1 + self.dice.below(4);
        let fair = match self.counts_reads {
            true => FAIR_APPLIES_WITH_COUNTED_READS,
            false => FAIR_APPLIES,
        };
        let mut last = Vec::new();
        let mut history = Vec::new();
        for nth in 0.. {
            let is_foul = nth < foul;
            assert!(
                nth < foul + fair,
                "{}: still stopped: {last:#?}, {history:#?}",
                self.name
            );
            self.weather(is_foul.then_some(nth as u64)).await;
            let applied = self.apply_both(is_foul).await;
            self.wait_until_visible().await;
            self.judge(&applied, nth > foul).await;
            for (runner, applied) in self.runners.iter().zip(&applied) {
                let (missing, line) = (runner.missing(), runner.set_line());
                let ended = applied.ended();
                history.push(format!(
                    "{nth}: {ended}, missing: {missing:?}, then {line:?}"
                ));
            }
            last = applied.iter().flat_map(Applied::errors).collect();
            if self
                .runners
                .iter()
                .all(|runner| runner.missing().is_empty())
            {
                break;
            }
        }
        self.end().await
    }

    /// Faults, or none.
    async fn weather(&mut self, nth: Option<u64>) {
        let scene = self.scene.lock().await;
        scene.sandbox.clear_faults();
        let Some(nth) = nth else {
            return;
        };
        scene.sandbox.chaos(Some(Chaos {
            seed: self.seed.wrapping_add(nth),
            path: PROVISION.into(),
            percent: 60,
            kinds: faults(),
        }));
        if self.dice.is(2) {
            let inventory = Fault::on("/v1.0/numbers/inventory").nth(3).times(2);
            scene
                .sandbox
                .fault(inventory.before_commit(FaultKind::status(500)));
        }
    }

    /// Both runners apply at once; a stranger buys and the door is shut meanwhile.
    async fn apply_both(&mut self, is_foul: bool) -> [Applied; 2] {
        let is_over = AtomicBool::new(false);
        let plan = [(); 2].map(|()| {
            let kill = (is_foul && self.has_kills && self.dice.is(2))
                .then(|| Duration::from_millis(10 + self.dice.below(250) as u64));
            let keeps = match self.dice.is(2) {
                true => Keeps::Always,
                false => Keeps::UnlessKilled,
            };
            (4 + self.dice.below(7), kill, keeps)
        });
        let [a, b] = &mut self.runners;
        let apply = async |runner: &mut Runner, (in_flight, kill, keeps)| {
            let kill = async {
                match kill {
                    Some(after) => tokio::time::sleep(after).await,
                    None => std::future::pending().await,
                }
            };
            let missing = runner.missing();
            runner.apply(&missing, in_flight, kill, keeps).await
        };
        let applies = async {
            let [of_a, of_b] = plan;
            let applied = tokio::join!(apply(a, of_a), apply(b, of_b));
            is_over.store(true, Ordering::Relaxed);
            [applied.0, applied.1]
        };
        let strangers = stranger(&self.scene, self.has_stranger, self.seed, &is_over);
        let (applied, strangers, ()) = tokio::join!(
            applies,
            strangers,
            shut_the_door(&self.scene, is_foul, &is_over)
        );
        self.figures.strangers += strangers;
        applied
    }

    /// The user comes back some minutes later: all is decided, and reads show it.
    async fn wait_until_visible(&self) {
        self.scene.lock().await.sandbox.all_served().await;
        // Orders pend for 80 ms at most.
        let wait = self.lag.max(Duration::from_millis(90));
        tokio::time::sleep(wait).await;
    }

    /// Judges an apply by the ledger, then plays the user. A line is fresh unless a kill or a
    /// fault stopped the apply that it was pasted for half way.
    async fn judge(&mut self, applied: &[Applied; 2], is_fresh: bool) {
        let ledger = self.scene.lock().await.sandbox.ledger();
        let held = self.judge_states(&ledger);
        for (runner, applied) in self.runners.iter_mut().zip(applied) {
            for (run, request, number) in runner.bought(&ledger) {
                if applied.killed || held.contains(number) {
                    continue;
                }
                let of = format!("{}: {number} of run {run}, {request:?}", self.name);
                let is_told = applied.tells_of(number, run) || runner.has_named(number);
                let errors = applied.errors();
                assert!(is_told, "{of}: neither in state nor named: {errors:?}");
                // On a machine that is too busy, reads of SIMs time out.
                let could_read = !errors
                    .iter()
                    .any(|error| error.contains("JN141") && error.contains("timed out"));
                let is_proved = request.body.get("ICCID").is_some()
                    && could_read
                    && was_lost(request)
                    && !runner.forgotten.contains(number)
                    && self.lag < SEARCH;
                // A kill can come between the note that a number is returned and its return.
                let may_be_returned = runner.killed.contains(run);
                assert!(
                    !is_proved || may_be_returned,
                    "{of}: its SIM proves it: {errors:?}"
                );
                self.figures.unproved += u64::from(is_proved);
            }
            if !applied.killed && applied.count("JN105") > 0 {
                assert!(
                    applied.count("JN110") > 0,
                    "{}: nothing was lost",
                    self.name
                );
            }
            let refused = applied.with("JN109");
            if is_fresh && !self.counts_reads && !refused.is_empty() {
                println!("{}: a true line is refused: {refused:?}", self.name);
                self.figures.refused += 1;
            }
            let pasted = runner.paste(&applied.creates, &ledger, &held);
            self.figures.count(applied, pasted);
        }
    }

    /// No number is held twice, no stranger's number is held, and nothing is bought twice.
    fn judge_states(&self, ledger: &Ledger) -> BTreeSet<String> {
        let mut held = BTreeSet::new();
        let name = &self.name;
        for runner in &self.runners {
            for number in runner.held(ledger) {
                assert!(
                    held.insert(number.clone()),
                    "{name}: {number} is held twice"
                );
            }
            let bought = runner.bought(ledger).len();
            let asked = runner.resources.len();
            assert!(
                bought <= asked,
                "{name}: {bought} bought for {asked} creates"
            );
        }
        let strangers = ledger.orders.iter().filter(|order| order.request == 0);
        for order in strangers {
            let is_held = held.contains(&order.number);
            assert!(!is_held, "{name}: a stranger's {} is adopted", order.number);
        }
        held
    }

    /// All is in state. One more plan closes every record.
    async fn end(mut self) -> Figures {
        for (runner, disk) in self.runners.iter_mut().zip(&self.disks) {
            runner.plan().await;
            let open = open_records(&disk.path().join("joonto"));
            assert_eq!(open, 0, "{}: records stay open", self.name);
        }
        let ledger = self.scene.lock().await.sandbox.ledger();
        let held = self.judge_states(&ledger);
        let bought = self
            .runners
            .iter()
            .flat_map(|runner| runner.bought(&ledger));
        let bought: BTreeSet<String> = bought.map(|(.., number)| number.to_owned()).collect();
        assert_eq!(held, bought, "{}", self.name);
        assert!(ledger.violations().is_empty(), "{}", self.name);
        for request in ledger.requests_to(PROVISION) {
            match request.fault.as_ref().and(request.placement) {
                Some(Placement::Before) => self.figures.before += 1,
                Some(Placement::After) => self.figures.after += 1,
                None => {}
            }
        }
        self.figures
    }
}

/// Whether the response to a purchase was lost, or may have been.
fn was_lost(request: &Request) -> bool {
    match request.fault.as_deref() {
        Some("Delay" | "Drip" | "Oversized") | None => request.status.is_none(),
        Some(_) => true,
    }
}

/// Somebody else buys numbers that fit what the runners ask for. Returns how many.
async fn stranger(scene: &Mutex<Scene>, buys: bool, seed: u64, is_over: &AtomicBool) -> u64 {
    let mut dice = Dice(!seed);
    let mut bought = 0;
    while buys && !is_over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(2 + dice.below(30) as u64)).await;
        let scene = scene.lock().await;
        let key = scene.sandbox.credentials().account_key;
        let theirs = scene.sandbox.buy_elsewhere_with(&key, |number| {
            let kinds = [NumberKind::Mvno, NumberKind::Mvno, NumberKind::Iot];
            number.kind = kinds[dice.below(3)];
            let is_iot = number.kind == NumberKind::Iot;
            number.message_type = if is_iot { "p2p" } else { "a2p" }.into();
            number.message_enabled = is_iot || dice.is(2);
            number.voice_enabled = false;
        });
        bought += u64::from(theirs.is_some());
    }
    bought
}

/// Refuses connections for a moment, now and then.
async fn shut_the_door(scene: &Mutex<Scene>, is_foul: bool, is_over: &AtomicBool) {
    while is_foul && !is_over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let scene = scene.lock().await;
        scene.sandbox.listen(false).await;
        tokio::time::sleep(Duration::from_millis(3)).await;
        scene.sandbox.listen(true).await;
    }
}
