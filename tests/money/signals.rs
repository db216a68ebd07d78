//! Terraform and provider signalled together while numbers are being bought, as Ctrl-C, a cancelled
//! pipeline and a service manager do.

use std::fs;
use std::time::{Duration, Instant};

use harness::Result;
use harness::host::Signal;
use joonto_sandbox::{Fault, FaultKind};

use crate::cli::{
    APPLY, ORDER, PROVISION, Scene, Scenes, arrived, count, errors, place, records, stored, until,
    warnings,
};

/// How long each purchase takes: much longer than the test needs to see it and to send a signal.
const PURCHASE: Duration = Duration::from_millis(1500);

// C65
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_bought_while_a_signal_comes_is_in_state() {
    let mut scenes = Scenes::default();
    for signal in [Signal::Terminate, Signal::Interrupt] {
        for purchases in [1, 5, 10] {
            let name = format!("{signal:?}, {purchases} under way");
            scenes.add(name, signal_during(purchases, signal));
        }
    }
    scenes.play_at_once(3).await;
}

/// Sends `signal` when exactly `purchases` are under way, of some more that are wanted.
async fn signal_during(purchases: usize, signal: Signal) -> Result<()> {
    let wanted = purchases + 2;
    let scene = Scene::new(&count(wanted)).await?;
    let slow = Fault::on(PROVISION).always();
    // The sandbox sells some numbers before the signal, and some after it.
    scene.sandbox.fault(match purchases {
        5 => slow.after_commit(FaultKind::Delay(PURCHASE)),
        _ => slow.before_commit(FaultKind::Delay(PURCHASE)),
    });
    let parallelism = format!("-parallelism={purchases}");
    let running = scene.project.start([APPLY, &[&parallelism]].concat())?;
    until(|| arrived(purchases)(&scene.sandbox.ledger())).await;
    let sent = scene.sandbox.ledger().requests.len();
    running.signal_all(signal)?;
    let applied = running.wait().await?;

    assert_eq!(applied.status.code(), Some(1), "{applied}");
    assert!(!applied.says("did not respond"), "{applied}");
    let ledger = scene.sandbox.ledger();
    let later = &ledger.requests[sent..];
    assert!(later.is_empty(), "sent after {signal:?}: {later:?}");
    assert_eq!(scene.ours().len(), purchases, "{applied}");
    assert_eq!(stored(&scene.project)?, scene.ours(), "{applied}");

    // A fresh checkout buys the missing ones only.
    scene.sandbox.clear_faults();
    fs::remove_dir_all(scene.project.path().join(".terraform"))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!((scene.posts(), scene.ours().len()), (wanted, wanted));
    scene.assert_settled().await?;
    scene.end().await
}

// C66 a
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_that_pend_when_a_sigterm_comes_are_in_state_and_completed_later() -> Result<()> {
    let scene = Scene::new(&count(4)).await?;
    scene.sandbox.switch(|s| s.pending_forever = true);
    let running = scene.project.start(APPLY)?;
    until(|| scene.sandbox.ledger().requests_to(ORDER).len() >= 4).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal_all(Signal::Terminate)?;
    let signalled = Instant::now();
    let applied = running.wait().await?;
    assert!(signalled.elapsed() < Duration::from_secs(5), "{applied}");
    assert_eq!(warnings(&applied), ["JN122"; 4], "{applied}");
    let ledger = scene.sandbox.ledger();
    let state = scene.project.state()?.to_string();
    for order in &ledger.orders {
        assert!(applied.says(&order.order_id), "{applied}");
        assert!(state.contains(&order.order_id), "{state}");
    }
    assert_eq!(stored(&scene.project)?, [""; 0]);

    fs::remove_dir_all(scene.project.path().join(".terraform"))?;
    scene.sandbox.switch(|s| s.pending_forever = false);
    for order in &ledger.orders {
        scene.sandbox.complete_order(&order.order_id);
    }
    scene.project.apply().await?.ok()?;
    assert_eq!((scene.posts(), scene.ours().len()), (4, 4));
    scene.assert_settled().await?;
    scene.end().await
}

// C66 b
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_that_waits_for_the_request_limit_sends_nothing_after_a_sigterm() -> Result<()> {
    let mut scene = Scene::new(&count(4)).await?;
    // A token and one purchase; the others have to wait for a minute.
    scene.project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "2");
    let running = scene.project.start(APPLY)?;
    until(|| crate::cli::answered(1)(&scene.sandbox.ledger())).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal_all(Signal::Terminate)?;
    let signalled = Instant::now();
    let applied = running.wait().await?;
    assert!(signalled.elapsed() < Duration::from_secs(5), "{applied}");
    assert_eq!(applied.status.code(), Some(1), "{applied}");
    assert!(!applied.says("did not respond"), "{applied}");
    assert!(
        errors(&applied)
            .iter()
            .all(|c| c.is_empty() || *c == "JN102"),
        "{applied}"
    );
    assert_eq!(scene.sandbox.ledger().requests.len(), 2, "{applied}");
    assert_eq!(stored(&scene.project)?, scene.ours());
    assert_eq!(
        records(&place(&scene.project)).len(),
        1,
        "the one that was returned"
    );
    scene.end().await
}

// C66 c
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sigterm_to_the_provider_alone_leaves_the_number_in_state() -> Result<()> {
    let scene = Scene::new(&count(2)).await?;
    let slow = Fault::on(PROVISION).always();
    scene
        .sandbox
        .fault(slow.after_commit(FaultKind::Delay(PURCHASE)));
    let running = scene.project.start(APPLY)?;
    until(|| arrived(2)(&scene.sandbox.ledger())).await;
    let group = running.id().expect("it runs");
    let providers = providers_of(group);
    assert!(!providers.is_empty(), "a provider runs");
    providers.into_iter().try_for_each(terminate)?;
    let applied = running.wait().await?;
    assert!(!applied.says("did not respond"), "{applied}");
    assert_eq!((scene.posts(), scene.ours().len()), (2, 2));
    assert_eq!(stored(&scene.project)?, scene.ours(), "{applied}");
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

// C66 d
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sigterm_while_no_call_is_under_way_ends_the_provider_at_once() {
    let mut scenes = Scenes::default();
    for is_group in [false, true] {
        scenes.add(format!("the whole group: {is_group}"), idle(is_group));
    }
    scenes.play().await;
}

/// The first number is bought, the second waits for something that is no business of the provider.
#[cfg(target_os = "linux")]
async fn idle(is_group: bool) -> Result<()> {
    let waits = r#"
resource "terraform_data" "wait" {
  depends_on = [joonto_number.a]
  provisioner "local-exec" {
    command = "touch waiting; while [ ! -e go ]; do sleep 0.1; done"
  }
}
"#;
    let second = crate::cli::plain("b", "depends_on = [terraform_data.wait]");
    let scene = Scene::new(&[&crate::cli::plain("a", ""), waits, &second].concat()).await?;
    let running = scene.project.start(APPLY)?;
    until(|| scene.project.path().join("waiting").exists()).await;
    let group = running.id().expect("it runs");
    let providers = providers_of(group);
    assert_eq!(providers.len(), 1, "one provider waits");
    let signalled = Instant::now();
    match is_group {
        true => running.signal_all(Signal::Terminate)?,
        false => terminate(providers[0])?,
    }
    until(|| providers_of(group).is_empty()).await;
    let took = signalled.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    fs::write(scene.project.path().join("go"), "")?;
    let applied = running.wait().await?;
    assert_eq!(applied.status.code(), Some(1), "{applied}");
    assert_eq!((scene.posts(), scene.ours().len()), (1, 1), "{applied}");
    assert_eq!(stored(&scene.project)?, scene.ours(), "{applied}");

    scene.project.apply().await?.ok()?;
    assert_eq!((scene.posts(), scene.ours().len()), (2, 2));
    scene.assert_settled().await?;
    scene.end().await
}

#[cfg(target_os = "linux")]
fn terminate(process: u32) -> Result<()> {
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &process.to_string()])
        .status()?;
    assert!(killed.success());
    Ok(())
}

/// The processes of our provider in a group.
#[cfg(target_os = "linux")]
pub(crate) fn providers_of(group: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id: &u32| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // The name stands in parentheses, cut off after 15 characters; the group is the third
        // field behind it.
        let (name, rest) = stat.rsplit_once(") ").unwrap_or_default();
        let is_ours = name.ends_with("(terraform-provi");
        let own_group = rest.split(' ').nth(2).and_then(|text| text.parse().ok());
        is_ours && own_group == Some(group)
    })
    .collect()
}
