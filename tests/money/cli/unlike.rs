//! A run is killed, and what is applied next asks for something else.

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, Lag};

use super::{
    ORDER, PROVISION, Scene, Scenes, arrived, assert_errors, assert_warnings, committed, complete,
    errors, full, line, nothing, number, open, place, plain, records, stored, warnings,
};

// C18
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_request_is_held_back_and_the_first_one_comes_to_its_purchase() {
    let mut scenes = Scenes::default();
    let first = plain("n", "zip_code = \"98101\"");
    let changes = [
        ("number_type", number("n", "mvno", "zip_code = \"98101\"")),
        (
            "message_enabled",
            first.replace("message_enabled = false", "message_enabled = true"),
        ),
    ];
    for (name, changed) in changes {
        let first = first.clone();
        scenes.add(format!("an order pends, {name}"), async move {
            let scene = Scene::new(&first).await?;
            scene.sandbox.switch(|s| s.pending_forever = true);
            scene
                .kill_when(&[], |ledger| !ledger.requests_to(ORDER).is_empty())
                .await?;
            complete(&scene);
            let order = scene.sandbox.ledger().orders[0].order_id.clone();
            scene.project.main(&changed)?;
            let plan = scene.project.plan().await?.ok()?;
            assert!(open(&plan).is_some_and(|w| w.says(&order)), "{plan}");
            let held = scene.project.apply().await?;
            assert_errors(&held, &["JN106"]);
            assert!(held.error()?.says(&order), "{held}");
            assert_eq!(scene.posts(), 1);

            scene.project.main(&first)?;
            let recovered = scene.project.apply().await?.ok()?;
            assert_eq!(warnings(&recovered), ["JN121"], "{recovered}");
            assert_eq!(scene.posts(), 1);
            scene.assert_settled().await?;
            scene.end().await
        });
    }
    scenes.add("a lost response, zip_code", async move {
        let mut scene = Scene::new(&first).await?;
        let held = Fault::on(PROVISION).after_commit(FaultKind::Hold);
        scene.sandbox.fault(held);
        scene.kill_when(&[], committed(1)).await?;
        scene.project.main(&first.replace("98101", "10001"))?;
        let plan = scene.project.plan().await?.ok()?;
        assert!(open(&plan).is_some(), "{plan}");
        let held = scene.project.apply().await?;
        assert_errors(&held, &["JN106"]);
        line(full(&held), &scene.ours());

        scene.project.main(&first)?;
        let stopped = scene.project.apply().await?;
        assert_errors(&stopped, &["JN111"]);
        let resolved = line(full(&stopped), &scene.ours());
        scene.paste(&resolved).await?.ok()?;
        assert_eq!(scene.posts(), 1);
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.add("another resource while reads lag", lagging());
    scenes.play().await;
}

/// `y` is cut while reads lag. A stranger's number ends each search early.
async fn lagging() -> Result<()> {
    let (x, y) = (number("x", "mvno", ""), plain("y", ""));
    let mut scene = Scene::new(&y).await?;
    let stranger = scene.stranger();
    let lag = std::time::Duration::from_secs(3600);
    scene.sandbox.switch(|s| s.lag_reads(Lag::Time(lag)));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).after_commit(FaultKind::Drop));
    let lost = scene.project.apply().await?;
    assert_errors(&lost, &["JN110"]);
    let bought = scene.ours();
    assert!(!full(&lost).says(&bought[0]), "it is not visible: {lost}");

    scene.project.main(&x)?;
    let held = scene.project.apply().await?;
    assert_errors(&held, &["JN106"]);
    assert_eq!(scene.posts(), 1);
    scene.sandbox.clock().advance(lag);
    scene.sandbox.switch(|s| s.lag_reads(None));
    scene.project.main(&[x, y].concat())?;
    let both = scene.project.apply().await?.failed()?;
    let codes = errors(&both);
    assert!(codes == ["JN111"] || codes == ["JN106", "JN111"], "{both}");
    let stop = both.errors().find(|error| error.code() == "JN111");
    let resolved = line(stop.expect("a stop"), &bought);
    assert_eq!(scene.posts(), 3 - codes.len());
    scene.paste(&resolved).await?.ok()?;
    assert_eq!((scene.posts(), scene.ours().len()), (2, 2));
    scene.assert_settled().await?;
    scene.assert_untouched(&stranger);
    scene.end().await
}

/// How many numbers the fleet has, and how many of them are asked for when the run is killed.
const FLEET: usize = 6;
const SENT: usize = 4;

// C19
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_create_of_an_unlike_fleet_recovers_its_own_purchase() {
    let mut scenes = Scenes::default();
    let sim = |nth: usize| {
        plain(
            &format!("n{nth}"),
            &format!("iccid = \"89{:016}0\"", nth + 1),
        )
    };
    let areas = ["202", "206", "212", "213", "305", "312"];
    let area = move |nth: usize| {
        plain(
            &format!("n{nth}"),
            &format!("area_code = \"{}\"", areas[nth]),
        )
    };
    let sims: String = (0..FLEET).map(sim).collect();
    let unlike: String = (0..FLEET).map(area).collect();
    scenes.add("SIMs", async move {
        let scene = killed_fleet(&sims, 0).await?;
        complete(&scene);
        let recovered = scene.project.apply().await?.ok()?;
        let own = warnings(&recovered)
            .iter()
            .filter(|c| **c == "JN121")
            .count();
        assert_eq!(own, SENT, "{recovered}");
        assert_eq!((scene.posts(), scene.ours().len()), (FLEET, FLEET));
        scene.assert_settled().await?;
        scene.end().await
    });
    let areas = unlike.clone();
    scenes.add("area codes", async move {
        let scene = killed_fleet(&areas, 0).await?;
        complete(&scene);
        let first = scene.project.apply().await?;
        assert!(
            errors(&first).iter().all(|code| *code == "JN106"),
            "{first}"
        );
        if !first.status.success() {
            scene.project.apply().await?.ok()?;
        }
        assert_eq!((scene.posts(), scene.ours().len()), (FLEET, FLEET));
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.add("area codes, two responses lost", async move {
        let mut scene = killed_fleet(&unlike, 2).await?;
        complete(&scene);
        let record = &records(&place(&scene.project))[0];
        let folder = record.parent().and_then(|folder| folder.file_name());
        let folder = folder.expect("a folder").to_string_lossy().into_owned();
        let run = folder.split('.').nth(2).expect("a run").to_owned();
        let sent = scene.ours();
        let mut lost = Vec::new();
        let mut resolved = String::new();
        for _ in 0..3 {
            let stopped = scene.project.apply().await?.failed()?;
            let codes = errors(&stopped);
            assert_eq!(
                codes.iter().filter(|c| **c == "JN111").count(),
                2,
                "{stopped}"
            );
            let held = codes.iter().filter(|c| **c == "JN106").count();
            assert_eq!(held + 2, codes.len(), "{stopped}");
            let kept = stored(&scene.project)?;
            let ours = scene.ours();
            lost = ours.into_iter().filter(|n| !kept.contains(n)).collect();
            let mut stops = stopped.errors().filter(|e| e.code() == "JN111");
            let error = stops.find(|error| !error.lines().is_empty());
            let error = error.expect("a full error");
            // A stop that comes first names the numbers that other creates then recover.
            let printed = error.lines();
            let mut numbers = scene.ours();
            numbers.retain(|n| lost.contains(n) || printed.iter().any(|line| line.contains(n)));
            resolved = line(error, &numbers);
        }
        assert_eq!(lost.len(), 2, "all others are in state");
        // The user may paste what the first stop printed, while other creates recovered theirs.
        let recovered = sent.iter().find(|number| !lost.contains(number));
        let recovered = recovered.expect("a number of the killed run");
        if !resolved.contains(&run) {
            resolved = format!("{run}={recovered};{resolved}");
        }
        scene.paste(&resolved).await?.ok()?;
        assert_eq!((scene.posts(), scene.ours().len()), (FLEET, FLEET));
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.play().await;
}

/// A run that was killed while the orders of its first purchases were pending. So many of their
/// responses never came.
async fn killed_fleet(main: &str, lost: u64) -> Result<Scene> {
    let scene = Scene::new(main).await?;
    scene.sandbox.switch(|s| s.pending_forever = true);
    if lost > 0 {
        let held = Fault::on(PROVISION).times(lost);
        scene.sandbox.fault(held.after_commit(FaultKind::Hold));
    }
    let polled = SENT - lost as usize;
    let parallelism = format!("-parallelism={SENT}");
    scene
        .kill_when(&[&parallelism], move |ledger| {
            let polls = ledger.requests_to(ORDER);
            let mut orders: Vec<&str> = polls.iter().map(|poll| poll.query.as_str()).collect();
            orders.sort_unstable();
            orders.dedup();
            arrived(SENT)(ledger) && orders.len() == polled
        })
        .await?;
    Ok(scene)
}

// C18, C04
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_order_in_state_is_never_taken_for_a_lost_response() -> Result<()> {
    let a = plain("a", "timeouts {\n    create = \"1s\"\n  }");
    let mut scene = Scene::new(&a).await?;
    scene.sandbox.switch(|s| s.pending_forever = true);
    assert_warnings(&scene.project.apply().await?, &["JN122"]);
    scene.project.main(&[a, plain("b", "")].concat())?;
    let late = FaultKind::held(FaultKind::status(502));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(late));
    let running = scene.project.start(super::APPLY)?;
    super::until(|| arrived(2)(&scene.sandbox.ledger())).await;
    complete(&scene);
    let stranger = scene.stranger();
    scene.sandbox.release();
    let lost = running.wait().await?;
    assert_eq!(errors(&lost), ["JN110"], "{lost}");
    let resolved = nothing(full(&lost));
    // A refresh gives the number to `a`; a line with it is an error for `b`.
    let theirs = scene.ours();
    let run = resolved.split('=').next().expect("a run").to_owned();
    let refused = scene.paste(&format!("{run}={}", theirs[0])).await?;
    assert_errors(&refused, &["JN109"]);
    assert_eq!(stored(&scene.project)?, theirs);
    scene.paste(&resolved).await?.ok()?;
    assert_eq!((scene.posts(), scene.ours().len()), (3, 2));
    scene.assert_settled().await?;
    scene.assert_untouched(&stranger);
    scene.end().await
}
