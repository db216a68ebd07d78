//! `--debug`: Terraform uses a running process instead of starting its own.

use std::process::Stdio;
use std::time::Duration;

use harness::host::{HandshakeLine, Peer};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tonic_health::pb::health_check_response::ServingStatus;

use crate::{PROGRAM, health};

const LIMIT: Duration = Duration::from_secs(60);

/// Starts the program and reads the value for `TF_REATTACH_PROVIDERS`.
async fn start() -> (Child, Value) {
    let mut child = Command::new(PROGRAM)
        .arg("--debug")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let providers = tokio::time::timeout(LIMIT, async {
        while let Some(line) = lines.next_line().await.expect("text") {
            if let Some(value) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS='") {
                let value = value.strip_suffix('\'').expect("quoted");
                return serde_json::from_str(value).expect("JSON");
            }
        }
        panic!("it does not print TF_REATTACH_PROVIDERS");
    });
    (child, providers.await.expect("in time"))
}

fn peer(providers: &Value) -> Peer {
    let address = &providers["registry.terraform.io/joonto/joonto"]["Addr"];
    let text = |name: &str| address[name].as_str().expect("text").to_owned();
    let handshake = HandshakeLine {
        app_protocol: 6,
        network: text("Network"),
        address: text("String"),
        certificate: None,
    };
    Peer::new(handshake, None)
}

#[tokio::test]
async fn terraform_can_be_pointed_at_it() {
    let (mut child, providers) = start().await;
    let peer = peer(&providers);
    let expected = json!({
        "registry.terraform.io/joonto/joonto": {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": child.id(),
            "Test": true,
            "Addr": { "Network": "unix", "String": peer.socket() },
        },
    });
    assert_eq!(providers, expected);

    // Terraform checks first that something listens, and then connects.
    drop(peer.dial().await.expect("it listens"));
    for _ in 0..2 {
        let channel = peer.channel().await.expect("a connection without TLS");
        let status = health(channel, "plugin").await.expect("a response");
        assert_eq!(status, ServingStatus::Serving);
    }
    // Commands run minutes apart: it stays longer than it waits for a host that started it.
    tokio::time::sleep(Duration::from_millis(2700)).await;
    assert!(child.try_wait().expect("the system can tell").is_none());

    end(child, &peer, "-INT").await;
}

#[tokio::test]
async fn sigterm_ends_it_as_well() {
    let (child, providers) = start().await;
    end(child, &peer(&providers), "-TERM").await;
}

async fn end(mut child: Child, peer: &Peer, signal: &str) {
    let pid = child.id().expect("it runs").to_string();
    let kill = Command::new("kill").args([signal, &pid]).status();
    assert!(kill.await.expect("kill runs").success());
    let status = tokio::time::timeout(LIMIT, child.wait()).await;
    assert!(status.expect("in time").expect("it ends").success());
    assert!(!peer.socket().parent().expect("a directory").exists());
}
