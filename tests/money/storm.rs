//! Thousands of creates through the protocol while everything goes wrong that can.
//!
//! `JOONTO_STORM_CREATES` sets how many (2,000 without it), `JOONTO_STORM_SEED` the seed of a run
//! to be had again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use joonto_sandbox::{
    Chaos, EmptyIds, ErrorShape, Fault, FaultKind, Lag, Options, Placement, Sandbox,
};
use serde_json::{Value as Json, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::scene::{Created, MESSAGE_ROUTE, Provider, Scene, number};
use crate::size;

const PROVISION: &str = "/v1.0/numbers/provision";

/// One after the other; together a run.
const BATCH: u64 = 200;

/// How many batches are under way at once.
const AT_ONCE: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_one_more_apply_the_numbers_owned_are_the_numbers_in_state() {
    let creates = size("JOONTO_STORM_CREATES", 2_000);
    let seed = size("JOONTO_STORM_SEED", u64::from(std::process::id()));
    println!("JOONTO_STORM_CREATES={creates} JOONTO_STORM_SEED={seed}");
    let began = Instant::now();
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut batches = JoinSet::new();
    for batch in 0..creates.div_ceil(BATCH) {
        let slots = Arc::clone(&slots);
        let seed = Dice(seed).roll() ^ batch;
        batches.spawn(async move {
            let _slot = slots.acquire_owned().await.expect("a slot");
            run(batch, seed, BATCH.min(creates - batch * BATCH)).await
        });
    }
    let mut total = Figures::default();
    while let Some(figures) = batches.join_next().await {
        total.add(&figures.expect("a batch holds"));
    }
    println!("{total:?} in {:?}", began.elapsed());
    assert_eq!(total.created, creates);
    assert!(total.struck_after * 10 >= total.struck * 3, "{total:?}");
}

#[derive(Debug, Default)]
struct Figures {
    created: u64,
    /// Faults that struck purchases, and those of them that struck after the commit.
    struck: u64,
    struck_after: u64,
    adopted: u64,
    /// Creates that needed another apply.
    again: u64,
    /// Those of them whose number was found then.
    taken_up: u64,
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.created += other.created;
        self.struck += other.struck;
        self.struck_after += other.struck_after;
        self.adopted += other.adopted;
        self.again += other.again;
        self.taken_up += other.taken_up;
    }
}

/// One account, one directory, two applies.
async fn run(batch: u64, seed: u64, creates: u64) -> Figures {
    let mut dice = Dice(seed);
    let scene = Scene::with(Options {
        seed,
        fleet: dice.below(30),
        ..Options::default()
    })
    .await;
    let fleet = scene.owned().len();
    scene.sandbox.switch(|switches| {
        switches.inventory_lag = match dice.below(4) {
            0 => None,
            1 => Some(Lag::Reads(1)),
            2 => Some(Lag::Reads(2)),
            _ => Some(Lag::Time(Duration::from_millis(60))),
        };
        switches.page_size = 25 + dice.below(100);
    });
    scene.sandbox.chaos(Some(Chaos {
        seed,
        path: PROVISION.into(),
        percent: 30,
        kinds: faults(),
    }));
    if dice.below(2) == 0 {
        let broken = FaultKind::status(500);
        let inventory = Fault::on("/v1.0/numbers/inventory").nth(3).times(2);
        scene.sandbox.fault(inventory.before_commit(broken));
    }
    let requests: Vec<Json> = (0..creates).map(|nth| request(nth, &mut dice)).collect();
    let in_flight = 10 + dice.below(41);

    let provider = scene.provider().await;
    let first = {
        let is_over = AtomicBool::new(false);
        let apply = async {
            let created = apply(&provider, &requests, in_flight).await;
            is_over.store(true, Ordering::Relaxed);
            created
        };
        tokio::join!(apply, shut_the_door(&scene.sandbox, &is_over)).0
    };
    if dice.below(3) == 0 {
        provider.shutdown().await;
    } else {
        drop(provider);
    }
    scene.sandbox.chaos(None);
    scene.sandbox.clear_faults();

    let planning = scene.provider().await;
    for created in &first {
        planning.plan_over(created).await;
    }
    drop(planning);
    let failed: Vec<usize> = (0..first.len())
        .filter(|at| first[*at].state.is_none())
        .collect();
    let again: Vec<Json> = failed.iter().map(|at| requests[*at].clone()).collect();
    let provider = scene.provider().await;
    let second = apply(&provider, &again, in_flight).await;

    let context = format!("batch {batch}, its seed {seed}");
    for (created, which) in first
        .iter()
        .map(|c| (c, 1))
        .chain(second.iter().map(|c| (c, 2)))
    {
        let is_clean = created.errors.is_empty() == created.state.is_some();
        assert!(is_clean, "{context}: a taint in apply {which}: {created:?}");
        assert!(
            which == 1 || created.state.is_some(),
            "{context}: {created:?}"
        );
    }
    let mut stored: Vec<String> = first
        .iter()
        .chain(&second)
        .filter(|created| created.state.is_some())
        .map(|created| {
            let number = created.number();
            number.unwrap_or_else(|| panic!("{context}: no number in {created:?}"))
        })
        .collect();
    stored.sort();
    let ledger = scene.sandbox.ledger();
    let orders: BTreeMap<&str, u64> = ledger
        .purchases()
        .into_iter()
        .map(|purchase| (purchase.number.as_str(), purchase.request))
        .collect();
    let bought: Vec<String> = scene
        .owned()
        .into_iter()
        .filter(|number| {
            orders
                .get(number.as_str())
                .is_some_and(|request| *request != 0)
        })
        .collect();
    assert_eq!(scene.owned().len(), fleet + bought.len(), "{context}");
    assert_eq!(stored, bought, "{context}");
    assert_eq!(stored.len() as u64, creates, "{context}");
    assert!(ledger.violations().is_empty(), "{context}");

    let struck: Vec<Option<Placement>> = ledger
        .requests_to(PROVISION)
        .iter()
        .filter(|request| request.fault.is_some())
        .map(|request| request.placement)
        .collect();
    let was_taken_up = |created: &&Created| {
        let mut warnings = created.warnings.iter();
        warnings.any(|warning| warning.contains("was taken up"))
    };
    Figures {
        created: creates,
        struck: struck.len() as u64,
        struck_after: struck
            .iter()
            .filter(|one| **one == Some(Placement::After))
            .count() as u64,
        adopted: first.iter().filter(was_taken_up).count() as u64,
        again: failed.len() as u64,
        taken_up: second.iter().filter(was_taken_up).count() as u64,
    }
}

async fn apply(provider: &Provider, requests: &[Json], in_flight: usize) -> Vec<Created> {
    let slots = Arc::new(Semaphore::new(in_flight));
    let creates: Vec<_> = requests
        .iter()
        .cloned()
        .map(|request| {
            let (slots, provider) = (Arc::clone(&slots), provider.clone());
            tokio::spawn(async move {
                let _slot = slots.acquire_owned().await.expect("a slot");
                provider.create(&request).await
            })
        })
        .collect();
    let mut created = Vec::new();
    for create in creates {
        created.push(create.await.expect("no panic"));
    }
    created
}

/// Refuses connections for a moment, now and then.
async fn shut_the_door(sandbox: &Sandbox, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(400)).await;
        sandbox.listen(false).await;
        tokio::time::sleep(Duration::from_millis(3)).await;
        sandbox.listen(true).await;
    }
}

/// What may be asked for: requests that are equal, that differ in where the number should come
/// from, that a record tells apart, and that name a SIM of their own.
fn request(nth: u64, dice: &mut Dice) -> Json {
    match dice.below(8) {
        0 | 1 => number(
            ("mvno", "a2p"),
            (true, false),
            json!({ "message_route_id": MESSAGE_ROUTE }),
        ),
        2 => number(("mvno", "p2p"), (true, true), json!({})),
        3 => number(
            ("iot", "p2p"),
            (true, false),
            json!({ "product_type": "Data-Only", "data_enabled": true }),
        ),
        4 => number(("voip", "a2p"), (true, true), json!({})),
        5 => number(
            ("mvno", "a2p"),
            (false, true),
            json!({ "iccid": format!("8901{:015}", nth) }),
        ),
        6 => number(
            ("mvno", "a2p"),
            (false, false),
            json!({ "area_code": *["801", "385", "202"].get(dice.below(3)).expect("one") }),
        ),
        _ => number(
            ("mvno", "a2p"),
            (false, false),
            json!({ "area_code": "201", "zip_code": "84043" }),
        ),
    }
}

/// F2 to F7 and F9 to F16; F1 and F19 are set elsewhere.
fn faults() -> Vec<(Placement, FaultKind)> {
    let page = |status| FaultKind::Body {
        status,
        content_type: "text/html".into(),
        text: "<html>Bad gateway</html>".into(),
    };
    let longer_than_the_limit = Duration::from_millis(900);
    let mut before = vec![
        FaultKind::Drop,
        FaultKind::Reset,
        FaultKind::Hang,
        FaultKind::Delay(longer_than_the_limit),
        FaultKind::status(429),
        FaultKind::status_retry_after(408, "1"),
        FaultKind::status_retry_after(503, "1"),
        FaultKind::RedirectToSelf { status: 307 },
        FaultKind::RedirectToSelf { status: 308 },
    ];
    before.extend(
        ["2", "0", "-5", "soon", "86400"].map(|told| FaultKind::status_retry_after(429, told)),
    );
    before.extend([400, 401, 403, 404, 405, 409, 415, 422, 500, 502, 520].map(FaultKind::status));
    let mut after = vec![
        FaultKind::Drop,
        FaultKind::Drop,
        FaultKind::Reset,
        FaultKind::HalfClose,
        FaultKind::Hang,
        FaultKind::Delay(longer_than_the_limit),
        FaultKind::Delay(Duration::from_millis(20)),
        FaultKind::Truncate,
        FaultKind::ChunkedWithoutEnd,
        FaultKind::WrongTypes,
        FaultKind::NullBody,
        FaultKind::EmptyIds(EmptyIds::Blank),
        FaultKind::EmptyIds(EmptyIds::Missing),
        FaultKind::EmptyIds(EmptyIds::Null),
        FaultKind::status_as(200, ErrorShape::Empty),
        FaultKind::status_retry_after(503, "1"),
        FaultKind::Drip(Duration::from_millis(20)),
        FaultKind::HeadersOnly,
        FaultKind::Oversized(2),
        page(200),
        page(502),
    ];
    after.extend([408, 500, 504].map(FaultKind::status));
    let before = before.into_iter().map(|kind| (Placement::Before, kind));
    let after = after.into_iter().map(|kind| (Placement::After, kind));
    before.chain(after).collect()
}

/// Chance that can be had again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit as u64).expect("small")
    }
}
