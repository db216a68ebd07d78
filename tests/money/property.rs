//! Rules 5 to 7 over random histories: commands that lose responses and are killed anywhere,
//! strangers who buy, states that are not stored, plans, pasted lines, and time that passes.
//!
//! The sandbox's ledger judges. `JOONTO_PROPERTY_CASES` sets how many histories each test tries.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::runner::{Keeps, open_records};
use crate::size;
use crate::world::{Boundary, History, Places, RequestKind, StoryStep, Trouble, World};

fn kinds() -> impl Strategy<Value = RequestKind> {
    prop_oneof![
        4 => Just(RequestKind::Plain),
        2 => Just(RequestKind::OfArea),
        2 => Just(RequestKind::Iot),
        2 => (0..4u8).prop_map(RequestKind::Sim),
    ]
}

fn troubles() -> impl Strategy<Value = Trouble> {
    let boundary = prop_oneof![
        Just(Boundary::Token),
        Just(Boundary::Sent),
        Just(Boundary::Committed),
        (0..6_000u64).prop_map(Boundary::Answered),
        Just(Boundary::Polling),
    ];
    prop_oneof![
        2 => Just(Trouble::None),
        2 => (1..3u64).prop_map(Trouble::Cut),
        2 => (1..3u64).prop_map(Trouble::Failed),
        1 => Just(Trouble::Mixed),
        4 => boundary.prop_map(Trouble::Killed),
    ]
}

fn steps() -> impl Strategy<Value = StoryStep> {
    let keeps = prop_oneof![
        2 => Just(Keeps::Always),
        2 => Just(Keeps::UnlessKilled),
        1 => Just(Keeps::Never),
    ];
    let state = 0..2usize;
    prop_oneof![
        3 => (state.clone(), kinds()).prop_map(|(state, kind)| StoryStep::Ask(state, kind)),
        1 => (state.clone(), kinds()).prop_map(|(state, kind)| StoryStep::Change(state, kind)),
        5 => (state.clone(), troubles(), keeps, 1..4usize).prop_map(
            |(state, trouble, keeps, in_flight)| StoryStep::Apply { state, trouble, keeps, in_flight }
        ),
        1 => state.clone().prop_map(StoryStep::Plan),
        2 => state.prop_map(StoryStep::Paste),
        1 => kinds().prop_map(StoryStep::Stranger),
        1 => prop_oneof![Just(1), Just(20), Just(2 * 24 * 60)].prop_map(StoryStep::Wait),
    ]
}

fn histories(lag: u64) -> impl Strategy<Value = History> {
    let places = prop_oneof![
        Just(Places::Apart),
        Just(Places::Workspaces),
        Just(Places::Shared),
        Just(Places::Bucket)
    ];
    let lag = prop_oneof![Just(0), Just(lag)];
    let asked = proptest::collection::vec(kinds(), 1..4);
    let steps = proptest::collection::vec(steps(), 3..10);
    (places, any::<bool>(), lag, any::<bool>(), asked, steps).prop_map(
        |(places, local_state, lag, pends, asked, steps)| History {
            places,
            local_state,
            lag,
            pends,
            steps: asked
                .into_iter()
                .map(|kind| StoryStep::Ask(0, kind))
                .chain(steps)
                .collect(),
        },
    )
}

/// Tries histories that are the same in each run of the test.
fn try_histories(default: u64, lag: u64, limit: u32) {
    let cases = size("JOONTO_PROPERTY_CASES", default);
    let config = Config {
        cases: u32::try_from(cases).expect("small"),
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let seed = size("JOONTO_PROPERTY_SEED", 13) + u64::from(limit);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let tried = runner.run(&histories(lag), |history| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async { World::new(&history, limit).await.live(&history.steps).await });
        Ok(())
    });
    tried.expect("every history ends well");
}

#[test]
fn whatever_happens_nothing_is_bought_twice_adopted_or_lost() {
    try_histories(48, 30, 0);
}

#[test]
fn the_same_holds_with_three_requests_a_minute_and_reads_that_lag() {
    try_histories(8, 30, 3);
}

/// Kills three creates there, with three requests a minute and reads that lag.
async fn kill_at(boundary: Boundary, kind: RequestKind, places: Places) -> World {
    let history = History {
        places,
        local_state: false,
        lag: 30,
        pends: matches!(boundary, Boundary::Polling),
        steps: vec![
            StoryStep::Ask(0, kind),
            StoryStep::Ask(0, RequestKind::Iot),
            StoryStep::Ask(0, RequestKind::OfArea),
            StoryStep::Apply {
                state: 0,
                trouble: Trouble::Killed(boundary),
                keeps: Keeps::UnlessKilled,
                in_flight: 2,
            },
            StoryStep::Stranger(kind),
        ],
    };
    // On a busy machine a command can end before it is killed.
    for _ in 0..5 {
        let mut world = World::new(&history, 3).await;
        for step in &history.steps {
            world.step(step).await;
            world.judge().await;
        }
        if world.last[0].killed {
            return world;
        }
        world.end().await;
    }
    panic!("{boundary:?} is never reached");
}

const BOUNDARIES: [Boundary; 6] = [
    Boundary::Token,
    Boundary::Sent,
    Boundary::Committed,
    Boundary::Answered(0),
    Boundary::Answered(2_000),
    Boundary::Polling,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_boundary_a_slow_command_ends_well() {
    for boundary in BOUNDARIES {
        for kind in [RequestKind::Plain, RequestKind::Sim(1)] {
            let world = kill_at(boundary, kind, Places::Apart).await;
            world.end().await;
        }
    }
}

/// `JOONTO_BUCKET_KILLS` sets how many commands are killed, each with three creates.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_command_bought_is_found_from_an_empty_disk_by_a_bucket() {
    let kills = size("JOONTO_BUCKET_KILLS", 24);
    for nth in 0..kills {
        let boundary = BOUNDARIES[usize::try_from(nth % 6).expect("small")];
        let kinds = [
            RequestKind::Plain,
            RequestKind::Sim(1),
            RequestKind::OfArea,
            RequestKind::Sim(2),
        ];
        let kind = kinds[usize::try_from(nth / 6 % 4).expect("small")];
        let world = kill_at(boundary, kind, Places::Bucket).await;
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_waits_for_its_turn_a_create_leaves_nothing_open() {
    let history = History {
        places: Places::Apart,
        local_state: false,
        lag: 0,
        pends: false,
        steps: Vec::new(),
    };
    let mut world = World::new(&history, 3).await;
    for _ in 0..3 {
        world.ask(0, RequestKind::Plain);
    }
    // A token and two purchases are all that a minute allows: the third waits.
    let two_are_sold = async {
        let scene = Arc::clone(&world.scene);
        let sold = async || scene.lock().await.owned().len();
        while sold().await < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let state = &mut world.states[0];
    let killed = state
        .apply(&[0, 1, 2], 3, two_are_sold, Keeps::Always)
        .await;
    assert!(
        killed.killed && state.missing().len() == 1,
        "{:?}",
        killed.errors()
    );
    state.plan().await;
    let open = open_records(&world.disks[0].path().join("joonto"));
    assert_eq!(open, 0, "what was not sent is not open");
    world.stranger(RequestKind::Plain).await;
    let state = &mut world.states[0];
    let missing = state.missing();
    let applied = state
        .apply(&missing, 1, std::future::pending(), Keeps::Always)
        .await;
    assert_eq!(applied.creates[0].1.codes(), [""; 0], "it buys");
    world.judge().await;
    assert_eq!(world.scene.lock().await.purchase_requests(), 3);
}
