//! Where the plugin listens.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use harness::host::Host;
use tonic_health::pb::health_check_response::ServingStatus;

use crate::{health, launch};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").mode() & 0o777
}

fn is_empty(directory: &Path) -> bool {
    let mut entries = fs::read_dir(directory).expect("a directory");
    entries.next().is_none()
}

async fn assert_serves(host: &Host) {
    let status = health(host.channel(), "plugin").await;
    assert_eq!(status.expect("a response"), ServingStatus::Serving);
}

#[tokio::test]
async fn the_socket_is_private_and_gone_after_shutdown() {
    let temp = tempfile::tempdir().expect("a directory");
    let host = launch().env("TMPDIR", temp.path()).start().await;
    let host = host.expect("the plugin starts");
    let socket = host.peer().socket();
    let directory = socket.parent().expect("a directory").to_owned();
    assert_eq!(directory.parent(), Some(temp.path()));
    assert_eq!(mode(&directory), 0o700);
    let kind = fs::metadata(&socket).expect("it is there").file_type();
    assert!(kind.is_socket());
    let exit = host.shutdown().await.expect("it ends");
    assert!(exit.status.success(), "{exit:?}");
    assert!(is_empty(temp.path()), "socket and directory are gone");
}

#[tokio::test]
async fn the_hosts_directory_wins_over_the_temp_directory() {
    let (temp, wanted) = (tempfile::tempdir(), tempfile::tempdir());
    let (temp, wanted) = (temp.expect("one"), wanted.expect("another"));
    let host = launch()
        .env("TMPDIR", temp.path())
        .env("PLUGIN_UNIX_SOCKET_DIR", wanted.path())
        .start()
        .await
        .expect("the plugin starts");
    assert!(host.peer().socket().starts_with(wanted.path()));
    assert!(is_empty(temp.path()));
}

#[tokio::test]
async fn a_directory_that_will_not_do_is_replaced_by_a_shorter_one() {
    let temp = tempfile::tempdir().expect("a directory");
    let long = temp.path().join("d".repeat(100));
    fs::create_dir(&long).expect("room");
    let missing = temp.path().join("missing");
    let bar = temp.path().join("a|b");
    fs::create_dir(&bar).expect("room");
    for directory in [&long, &missing, &bar] {
        let host = launch().env("TMPDIR", directory).start().await;
        let host = host.expect("the plugin starts");
        assert_serves(&host).await;
        let socket = host.peer().socket();
        assert!(!socket.starts_with(temp.path()), "{}", socket.display());
        host.shutdown().await.expect("it ends");
        assert!(!socket.parent().expect("a directory").exists());
    }
    assert!(is_empty(&long) && is_empty(&bar));
}
