//! When the plugin ends, and when it does not.
//!
//! The limits are generous, because test machines are busy. The figures are printed.

use std::time::Duration;

use harness::host::{Exit, Host};
use terraform_provider_joonto::proto::goplugin::Empty;
use terraform_provider_joonto::proto::goplugin::grpc_controller_client::GrpcControllerClient;

use crate::{health, launch, start};

/// A little longer than the plugin waits for a lost host.
const BEYOND_TIMEOUT: Duration = Duration::from_millis(2700);

async fn shutdown_without_hanging_up(host: Host) -> Exit {
    let mut controller = GrpcControllerClient::new(host.channel());
    let response = controller.shutdown(Empty {}).await;
    response.expect("a response to Shutdown");
    host.exit().await.expect("it ends")
}

fn report(what: &str, exit: &Exit) {
    println!("{what}: gone after {:.1?}", exit.after);
}

#[tokio::test]
async fn shutdown_ends_it_at_once() {
    let exit = start().await.shutdown().await.expect("it ends");
    report("Shutdown", &exit);
    assert!(exit.status.success(), "{exit:?}");
    assert!(exit.after < Duration::from_secs(2), "{exit:?}");
    assert_eq!(exit.stderr, [""; 0], "nothing to say without TF_LOG");
}

#[tokio::test]
async fn streams_held_open_do_not_delay_the_end() {
    let exit = shutdown_without_hanging_up(start().await).await;
    report("Shutdown by a host that holds on", &exit);
    assert!(exit.status.success(), "{exit:?}");
    assert!(exit.after < Duration::from_secs(2), "{exit:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn an_interrupt_does_not_end_it() {
    use harness::host::Signal;

    let mut host = start().await;
    for _ in 0..3 {
        host.signal(Signal::Interrupt).expect("it runs");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(host.is_running().expect("the system can tell"));
    let status = health(host.channel(), "plugin").await;
    assert!(status.is_ok(), "{status:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_it_cleanly() {
    use harness::host::Signal;

    let host = start().await;
    let socket = host.peer().socket();
    host.signal(Signal::Terminate).expect("it runs");
    let exit = host.exit().await.expect("it ends");
    report("SIGTERM", &exit);
    assert!(exit.status.success(), "{exit:?}");
    assert!(!socket.parent().expect("a directory").exists());
}

#[tokio::test]
async fn an_orphan_ends() {
    let mut host = start().await;
    let directory = host.peer().socket();
    host.disconnect();
    let exit = host.exit().await.expect("it ends");
    report("connection lost", &exit);
    assert!(exit.status.success(), "{exit:?}");
    assert!(exit.after > Duration::from_secs(1), "{exit:?}");
    assert!(exit.after < Duration::from_secs(10), "{exit:?}");
    assert!(!directory.exists());
}

#[tokio::test]
async fn one_connection_of_several_is_enough() {
    let mut host = start().await;
    let second = host.peer().channel().await.expect("a connection");
    host.disconnect();
    tokio::time::sleep(BEYOND_TIMEOUT).await;
    assert!(host.is_running().expect("the system can tell"));
    let status = health(second, "plugin").await;
    assert!(status.is_ok(), "{status:?}");
    // Now that one is dropped as well.
    let exit = host.exit().await.expect("it ends");
    assert!(exit.status.success(), "{exit:?}");
}

#[tokio::test]
async fn strangers_at_the_door_neither_end_it_nor_keep_it() {
    let host = launch().unconnected().start().await;
    let mut host = host.expect("the plugin starts");
    // If they counted, the plugin would take the end of the last one for the end of its host.
    for _ in 0..3 {
        drop(host.peer().dial().await.expect("the socket is ours"));
    }
    tokio::time::sleep(BEYOND_TIMEOUT).await;
    assert!(host.is_running().expect("the system can tell"));
}
