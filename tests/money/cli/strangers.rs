//! A response is lost while somebody else buys: their number is listed, and never taken.

use harness::{Project, Result, Run};
use joonto_sandbox::{Fault, FaultKind};

use super::{
    APPLY, PROVISION, Scene, Scenes, arrived, assert_errors, committed, count, full, line, nothing,
    paste, stored, until,
};

// C01
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_response_never_takes_the_number_that_somebody_else_buys() {
    let mut scenes = Scenes::default();
    scenes.add("a: nothing is bought", beside_another_run(false));
    scenes.add("b: the number shows later", beside_another_run(true));
    scenes.add("c: three runs, one number", three_runs());
    scenes.add("d: a stranger among eight", among_eight());
    scenes.play().await;
}

/// Another run gets its number while the response is awaited. Then the response is lost.
async fn beside_another_run(is_committed: bool) -> Result<()> {
    let mut scene = Scene::new(&count(1)).await?;
    let other = scene.elsewhere(&count(1))?;
    let at = Fault::on(PROVISION);
    scene.sandbox.fault(match is_committed {
        false => at.before_commit(FaultKind::held(FaultKind::status(502))),
        true => at.after_commit(FaultKind::held(FaultKind::Drop)),
    });
    let running = scene.project.start(APPLY)?;
    until(|| match is_committed {
        true => committed(1)(&scene.sandbox.ledger()),
        false => arrived(1)(&scene.sandbox.ledger()),
    })
    .await;
    let own = scene.ours();
    own.iter()
        .for_each(|number| scene.sandbox.hide(number, true));
    other.apply().await?.quiet()?;
    let theirs = stored(&other)?;
    scene.sandbox.release();
    let lost = running.wait().await?;
    assert_errors(&lost, &["JN110"]);
    assert_lists(&lost, &theirs);
    assert_eq!(stored(&scene.project)?, [""; 0], "{lost}");

    own.iter()
        .for_each(|number| scene.sandbox.hide(number, false));
    let again = scene.project.apply().await?;
    assert_errors(&again, &["JN111"]);
    assert_lists(&again, &scene.ours());
    assert_eq!(scene.posts(), 2, "nothing is sent: {again}");
    let resolved = match is_committed {
        true => line(full(&again), &own),
        false => nothing(full(&again)),
    };
    scene.paste(&resolved).await?.ok()?;
    assert_eq!(scene.posts(), if is_committed { 2 } else { 3 });
    assert_apart(&scene, &[&scene.project, &other])?;
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.owned(), theirs);
    scene.assert_untouched(&theirs[0]);
    scene.end().await
}

/// Three purchases are under way together, one of them commits, and all responses are lost.
async fn three_runs() -> Result<()> {
    let scene = Scene::new("").await?;
    let mut projects = Vec::new();
    let mut running = Vec::new();
    for nth in 0..3 {
        let lost = FaultKind::held(FaultKind::status(500));
        let at = Fault::on(PROVISION);
        scene.sandbox.fault(match nth {
            0 => at.after_commit(lost),
            _ => at.before_commit(lost),
        });
        let project = scene.elsewhere(&count(1))?;
        running.push(project.start(APPLY)?);
        projects.push(project);
        until(|| arrived(nth + 1)(&scene.sandbox.ledger())).await;
    }
    until(|| committed(1)(&scene.sandbox.ledger())).await;
    let bought = scene.ours();
    scene.sandbox.release();
    let mut pasted = Vec::new();
    for (nth, running) in running.into_iter().enumerate() {
        let lost = running.wait().await?;
        assert_errors(&lost, &["JN110"]);
        assert_lists(&lost, &bought);
        pasted.push(match nth {
            0 => line(full(&lost), &bought),
            _ => nothing(full(&lost)),
        });
    }
    for project in &projects {
        assert_eq!(stored(project)?, [""; 0]);
    }
    for (project, line) in projects.iter_mut().zip(&pasted) {
        paste(project, line).await?.ok()?;
    }
    assert_eq!((scene.posts(), scene.ours().len()), (5, 3));
    assert_apart(&scene, &projects.iter().collect::<Vec<_>>())?;
    projects[1].destroy().await?.ok()?;
    let kept = [stored(&projects[0])?, stored(&projects[2])?].concat();
    assert_eq!(scene.owned(), super::sorted(kept));
    scene.end().await
}

/// A stranger buys during the third purchase; the eighth is lost and bought nothing.
async fn among_eight() -> Result<()> {
    let mut scene = Scene::new(&count(8)).await?;
    let third = Fault::on(PROVISION).nth(3);
    scene.sandbox.fault(third.after_commit(FaultKind::Hold));
    let eighth = Fault::on(PROVISION).nth(8);
    scene
        .sandbox
        .fault(eighth.before_commit(FaultKind::status(502)));
    let running = scene.project.start([APPLY, &["-parallelism=1"]].concat())?;
    until(|| arrived(3)(&scene.sandbox.ledger())).await;
    let stranger = scene.stranger();
    scene.sandbox.release();
    let lost = running.wait().await?;
    assert_errors(&lost, &["JN110"]);
    assert_lists(&lost, std::slice::from_ref(&stranger));
    assert_eq!((scene.posts(), scene.ours().len()), (8, 7));
    assert_eq!(stored(&scene.project)?, scene.ours(), "{lost}");

    let resolved = nothing(full(&lost));
    scene.paste(&resolved).await?.ok()?;
    assert_eq!((scene.posts(), scene.ours().len()), (9, 8));
    scene.assert_settled().await?;
    scene.project.destroy().await?.ok()?;
    assert_eq!(scene.owned(), [stranger.as_str()]);
    scene.assert_untouched(&stranger);
    scene.end().await
}

/// The full error offers these numbers and no others.
#[track_caller]
fn assert_lists(run: &Run, numbers: &[String]) {
    let error = full(run);
    let lines = error.lines();
    let offered = lines
        .iter()
        .filter_map(|line| line.split_once("=+"))
        .map(|(_, number)| format!("+{number}"))
        .filter(|number| number != super::BLANK);
    assert_eq!(super::sorted(offered), numbers, "{run}");
}

/// Every number that the provider bought is in one state, once, and there is nothing to do.
fn assert_apart(scene: &Scene, projects: &[&Project]) -> Result<()> {
    let mut all = Vec::new();
    for project in projects {
        all.extend(stored(project)?);
    }
    assert_eq!(super::sorted(all), scene.ours());
    Ok(())
}
