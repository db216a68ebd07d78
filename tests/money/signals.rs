//! Terraform and provider signalled together while numbers are being bought, as Ctrl-C, a cancelled
//! pipeline and a service manager do.

use std::time::{Duration, Instant};

use harness::Result;
use harness::host::Signal;
use joonto_sandbox::{Fault, FaultKind};
use serde_json::Value;

use crate::kills::{NUMBER, PROVISION, scene};

/// How long each purchase takes: much longer than the test needs to see it and to send a signal.
const PURCHASE: Duration = Duration::from_millis(1500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_bought_while_a_sigterm_comes_is_in_state() -> Result<()> {
    for purchases in [1, 5, 10] {
        signal_during(purchases, Signal::Terminate).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_bought_while_a_sigint_comes_is_in_state() -> Result<()> {
    for purchases in [1, 5, 10] {
        signal_during(purchases, Signal::Interrupt).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_that_waits_for_the_request_limit_sends_nothing_after_a_sigterm() -> Result<()> {
    let (sandbox, mut project) = scene(NUMBER).await?;
    // A token for the inventory and the inventory itself; the purchase has to wait for a minute.
    project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "2");
    let running = project.start(["apply", "-json", "-input=false", "-auto-approve"])?;
    let answered = || {
        let ledger = sandbox.ledger();
        let requests = ledger.requests.iter();
        requests.filter(|request| request.status.is_some()).count()
    };
    let began = Instant::now();
    while answered() < 2 {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing is sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal_all(Signal::Terminate)?;
    let signalled = Instant::now();
    let applied = running.wait().await?;
    println!("waiting for the limit: {:.1?}", signalled.elapsed());
    assert!(signalled.elapsed() < Duration::from_secs(10), "{applied}");
    assert_eq!(applied.status.code(), Some(1), "{applied}");
    assert!(!applied.says("did not respond"), "{applied}");
    assert_eq!(sandbox.ledger().requests.len(), 2, "{applied}");
    sandbox.shutdown().await;
    Ok(())
}

/// Sends `signal` when exactly `purchases` are under way, of some more that are wanted.
async fn signal_during(purchases: usize, signal: Signal) -> Result<()> {
    let wanted = purchases + 2;
    let count = format!("  count = {wanted}\n  number_type ");
    let (sandbox, project) = scene(&NUMBER.replace("  number_type ", &count)).await?;
    let slow = Fault::on(PROVISION).always();
    // The sandbox sells some numbers before the signal, and some after it.
    sandbox.fault(match purchases {
        5 => slow.after_commit(FaultKind::Delay(PURCHASE)),
        _ => slow.before_commit(FaultKind::Delay(PURCHASE)),
    });
    let parallelism = format!("-parallelism={purchases}");
    let running = project.start([
        "apply",
        "-json",
        "-no-color",
        "-input=false",
        "-auto-approve",
        &parallelism,
    ])?;
    let began = Instant::now();
    while sandbox.ledger().requests_to(PROVISION).len() < purchases {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing is sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let sent = sandbox.ledger().requests.len();
    running.signal_all(signal)?;
    let signalled = Instant::now();
    let applied = running.wait().await?;
    println!("{signal:?}, {purchases}: {:.1?}", signalled.elapsed());

    assert_eq!(applied.status.code(), Some(1), "{applied}");
    assert!(!applied.says("did not respond"), "{applied}");
    let ledger = sandbox.ledger();
    let later = &ledger.requests[sent..];
    assert!(later.is_empty(), "sent after {signal:?}: {later:?}");
    assert_eq!(ledger.purchases().len(), purchases, "{applied}");
    let mut owned = ledger.owned(&sandbox.credentials().account_key);
    owned.sort();
    assert_eq!(stored(&project.state()?), owned, "{applied}");

    // A later apply buys the missing ones only.
    sandbox.clear_faults();
    project.apply().await?.ok()?;
    assert_eq!(sandbox.ledger().purchases().len(), wanted);
    project.assert_empty_plan().await?;
    sandbox.shutdown().await;
    Ok(())
}

/// The numbers in state, none of them tainted.
fn stored(state: &Value) -> Vec<String> {
    let instances = state["resources"][0]["instances"].as_array();
    let mut numbers: Vec<String> = instances
        .into_iter()
        .flatten()
        .map(|instance| {
            assert_eq!(instance["status"], Value::Null, "{instance}");
            let number = &instance["attributes"]["phone_number_assigned"];
            number.as_str().expect("a number").to_owned()
        })
        .collect();
    numbers.sort();
    numbers
}
