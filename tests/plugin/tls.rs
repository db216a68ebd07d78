//! Which clients get in.

use std::error::Error;

use harness::host::{ClientCertificate, Host, Peer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic_health::pb::health_check_response::ServingStatus;

use crate::{health, launch, start};

/// The first bytes of an HTTP/2 client. A server that lets it in responds with its settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Returns what the plugin sends to `peer` after the TLS handshake: its settings, or an alert.
async fn first_words(peer: &Peer) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut stream = peer.dial_tls().await?;
    // The plugin may have hung up already, after sending its alert.
    let _ = stream.write_all(PREFACE).await;
    let mut words = vec![0; 64];
    let length = stream.read(&mut words).await?;
    words.truncate(length);
    Ok(words)
}

async fn assert_refused(host: &Host, identity: Option<ClientCertificate>, alert: &str) {
    let refusal = first_words(&host.peer().met_by(identity)).await;
    let error = refusal.expect_err("nobody gets in");
    assert!(error.to_string().contains(alert), "{error}");
    assert_lets_its_host_in(host).await;
}

async fn assert_lets_its_host_in(host: &Host) {
    let channel = host.peer().channel().await.expect("a connection");
    let status = health(channel, "plugin").await.expect("a response");
    assert_eq!(status, ServingStatus::Serving);
}

#[tokio::test]
async fn terraforms_certificate_gets_in_with_tls_13_and_h2() {
    let host = start().await;
    let stream = host.peer().dial_tls().await.expect("a connection");
    let (_, tls) = stream.get_ref();
    assert_eq!(tls.alpn_protocol(), Some(&b"h2"[..]));
    let version = tls.protocol_version().expect("negotiated");
    assert_eq!(format!("{version:?}"), "TLSv1_3");
    let words = first_words(host.peer()).await.expect("a response");
    assert_eq!(words.get(3), Some(&4), "a SETTINGS frame, not {words:?}");
}

#[tokio::test]
async fn nobody_gets_in_without_a_certificate() {
    assert_refused(&start().await, None, "CertificateRequired").await;
}

#[tokio::test]
async fn nobody_gets_in_with_another_certificate() {
    let other = ClientCertificate::like_terraforms();
    assert_refused(&start().await, Some(other), "AccessDenied").await;
}

#[tokio::test]
async fn nobody_gets_in_with_the_right_certificate_and_another_key() {
    let host = start().await;
    let identity = host.peer().identity().expect("TLS is on");
    let thief = identity.with_key_of(&ClientCertificate::like_terraforms());
    assert_refused(&host, Some(thief), "DecryptError").await;
}

#[tokio::test]
async fn nobody_gets_in_without_tls() {
    let host = start().await;
    let mut stream = host.peer().dial().await.expect("the socket is ours");
    stream.write_all(PREFACE).await.expect("it listens");
    let mut words = Vec::new();
    stream.read_to_end(&mut words).await.expect("it hangs up");
    // A TLS alert record, not HTTP/2 settings.
    assert_eq!(words.first(), Some(&21), "{words:?}");
    assert_lets_its_host_in(&host).await;
}

#[tokio::test]
async fn a_silent_client_keeps_nobody_waiting() {
    let host = start().await;
    let silent = host.peer().dial().await.expect("the socket is ours");
    assert_lets_its_host_in(&host).await;
    drop(silent);
}

#[tokio::test]
async fn every_start_has_its_own_certificate() {
    let identity = ClientCertificate::like_terraforms();
    let mut certificates = Vec::new();
    for _ in 0..2 {
        let host = launch().identity(identity.clone()).start().await;
        let host = host.expect("the plugin starts");
        certificates.push(host.peer().handshake().certificate.clone());
    }
    assert_ne!(certificates[0], certificates[1]);
}

#[tokio::test]
async fn a_host_without_a_certificate_is_served_without_tls() {
    let host = launch().plain().start().await.expect("the plugin starts");
    assert!(host.line().ends_with("|grpc|\n"), "{}", host.line());
    assert_lets_its_host_in(&host).await;
    let exit = host.shutdown().await.expect("it ends");
    assert!(exit.status.success(), "{exit:?}");
}
