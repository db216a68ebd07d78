//! Terraform and provider killed together, at each boundary of a purchase's record, and applied
//! again on the same disk or on an empty one.
//!
//! `JOONTO_KILLS` sets how many kills, `JOONTO_KILLS_SEED` their moments.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, Ledger};

use crate::cli::{
    ORDER, PROVISION, Scene, Scenes, TOKENS, answered, arrived, committed, complete, count, errors,
    full, line, nothing, place, records, stored, warnings,
};
use crate::size;

/// When the processes are killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// While the token is fetched: nothing is recorded.
    BeforeTheRecord,
    /// The POST has arrived, and nothing is bought.
    BeforeTheCommit,
    /// The number is bought, and the response is on its way.
    BeforeTheResponse,
    /// The order is pending, and the record says so.
    WhileTheOrderPends,
    /// So many milliseconds after the response: Terraform may or may not have stored it.
    AfterTheResponse(u64),
}

impl Moment {
    fn of(nth: u64, seed: u64) -> Self {
        match nth % 5 {
            0 => Self::BeforeTheRecord,
            1 => Self::BeforeTheCommit,
            2 => Self::BeforeTheResponse,
            3 => Self::WhileTheOrderPends,
            _ => Self::AfterTheResponse(seed.wrapping_add(nth).wrapping_mul(7919) % 60),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::BeforeTheRecord => "before the record",
            Self::BeforeTheCommit => "before the commit",
            Self::BeforeTheResponse => "before the response",
            Self::WhileTheOrderPends => "while the order pends",
            Self::AfterTheResponse(_) => "after the response",
        }
    }

    fn prepare(self, scene: &Scene) {
        let hold = FaultKind::Hold;
        match self {
            Self::BeforeTheRecord => scene.sandbox.fault(Fault::on(TOKENS).before_commit(hold)),
            Self::BeforeTheCommit => scene
                .sandbox
                .fault(Fault::on(PROVISION).before_commit(hold)),
            Self::BeforeTheResponse => {
                scene.sandbox.fault(Fault::on(PROVISION).after_commit(hold));
            }
            Self::WhileTheOrderPends => scene.sandbox.switch(|s| s.pending_forever = true),
            Self::AfterTheResponse(_) => {}
        }
    }

    fn has_come(self, ledger: &Ledger) -> bool {
        match self {
            Self::BeforeTheRecord => !ledger.requests_to(TOKENS).is_empty(),
            Self::BeforeTheCommit => arrived(1)(ledger),
            Self::BeforeTheResponse => committed(1)(ledger),
            Self::WhileTheOrderPends => !ledger.requests_to(ORDER).is_empty(),
            Self::AfterTheResponse(_) => answered(1)(ledger),
        }
    }
}

/// How the number got into the state.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum End {
    /// The second apply recovered it.
    Recovered,
    /// It stopped, and its line stored it.
    Stored,
    /// It stopped, and after `=nothing` it bought.
    BoughtAfterNothing,
    /// The first apply stored it, or had not sent anything.
    Quiet,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_and_applied_again_there_is_one_number() {
    let kills = size("JOONTO_KILLS", 15);
    let seed = size("JOONTO_KILLS_SEED", 15);
    println!("JOONTO_KILLS={kills} JOONTO_KILLS_SEED={seed}");
    let ends = Arc::new(Mutex::new(BTreeMap::<(&str, End), u64>::new()));
    let mut scenes = Scenes::default();
    for nth in 0..kills {
        let moment = Moment::of(nth, seed);
        let ends = Arc::clone(&ends);
        scenes.add(format!("kill {nth}, {moment:?}"), async move {
            let end = kill(moment).await?;
            let mut ends = ends.lock().expect("nobody panics with it");
            *ends.entry((moment.name(), end)).or_default() += 1;
            Ok(())
        });
    }
    scenes.play().await;
    println!("{:?}", ends.lock().expect("nobody panics with it"));
}

/// Kills one apply, and applies again.
async fn kill(moment: Moment) -> Result<End> {
    let mut scene = Scene::new(&count(1)).await?;
    // Seen by each search, which ends early then.
    let stranger = scene.stranger();
    moment.prepare(&scene);
    let running = scene.project.start(crate::cli::APPLY)?;
    crate::cli::until(|| moment.has_come(&scene.sandbox.ledger())).await;
    if let Moment::AfterTheResponse(milliseconds) = moment {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    running.kill_all().await?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    scene.sandbox.clear_faults();
    scene.sandbox.release();
    complete(&scene);
    let bought = scene.ours();
    let open = records(&place(&scene.project)).len();
    assert_eq!(
        open,
        usize::from(!matches!(moment, Moment::BeforeTheRecord))
    );

    let applied = scene.project.apply().await?;
    let end = match (applied.status.success(), errors(&applied).as_slice()) {
        (true, _) if warnings(&applied) == ["JN121"] => End::Recovered,
        (true, _) => {
            assert_eq!(warnings(&applied), [""; 0], "{applied}");
            End::Quiet
        }
        (false, ["JN111"]) => {
            let posts = scene.posts();
            let (resolved, end) = match bought.is_empty() {
                true => (nothing(full(&applied)), End::BoughtAfterNothing),
                false => (line(full(&applied), &bought), End::Stored),
            };
            scene.paste(&resolved).await?.ok()?;
            assert_eq!(scene.posts(), posts + usize::from(bought.is_empty()));
            end
        }
        _ => panic!("{applied}"),
    };
    let expected: &[End] = match moment {
        Moment::BeforeTheRecord => &[End::Quiet],
        Moment::BeforeTheCommit => &[End::BoughtAfterNothing],
        Moment::BeforeTheResponse => &[End::Stored],
        Moment::WhileTheOrderPends => &[End::Recovered],
        Moment::AfterTheResponse(_) => &[End::Stored, End::Quiet],
    };
    assert!(expected.contains(&end), "{end:?}: {applied}");
    assert_eq!(scene.ours().len(), 1, "{applied}");
    assert_eq!(stored(&scene.project)?, scene.ours());
    scene.assert_settled().await?;
    assert_eq!(records(&place(&scene.project)).len(), 0, "closed");
    scene.assert_untouched(&stranger);
    scene.end().await?;
    Ok(end)
}

/// Without its disk nothing is known but what a SIM carries.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_and_applied_from_an_empty_disk_a_sim_is_bought_for_once() {
    let mut scenes = Scenes::default();
    for moment in [
        Moment::BeforeTheCommit,
        Moment::BeforeTheResponse,
        Moment::AfterTheResponse(20),
    ] {
        scenes.add(format!("{moment:?}"), async move {
            let main = crate::cli::plain("n", "iccid = \"8901240397190195850\"");
            let scene = Scene::new(&main).await?;
            moment.prepare(&scene);
            scene
                .kill_when(&[], move |ledger| moment.has_come(ledger))
                .await?;
            let fresh = scene.elsewhere(&main)?;
            let applied = fresh.apply().await?;
            match moment {
                Moment::BeforeTheCommit => drop(applied.quiet()?),
                _ => {
                    assert_eq!(errors(&applied), ["JN140"], "{applied}");
                    let number = &scene.ours()[0];
                    fresh.import("joonto_number.n", number).await?.ok()?;
                }
            }
            assert_eq!(stored(&fresh)?, scene.ours());
            assert_eq!(scene.ours().len(), 1);
            fresh.assert_empty_plan().await?;
            scene.end().await
        });
    }
    scenes.play().await;
}
