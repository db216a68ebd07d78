//! The oldest compiler that is promised is the pinned one: each run of the tests is a test of the promise.

use std::fs;
use std::path::Path;

#[test]
fn the_pinned_compiler_is_the_oldest_that_is_promised() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |file: &str| fs::read_to_string(root.join(file)).expect("a readable file");
    let pinned = value(&text("rust-toolchain.toml"), "channel").expect("a channel");
    let promised = value(&text("Cargo.toml"), "rust-version").expect("a version");
    let (minor, patch) = pinned.rsplit_once('.').expect("a patch release");
    assert_eq!(minor, promised);
    assert!(patch.parse::<u32>().is_ok(), "{pinned}");
}

/// The text that a file of TOML gives to a key.
fn value(toml: &str, key: &str) -> Option<String> {
    let mut lines = toml.lines();
    lines.find_map(|line| {
        let (name, value) = line.split_once(" = ")?;
        (name == key).then(|| value.trim_matches('"').to_owned())
    })
}

#[test]
fn every_crate_promises_the_same_compiler() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = fs::read_to_string(root.join("Cargo.toml")).expect("a readable file");
    let members = workspace.lines().find(|line| line.starts_with("members"));
    let members = members.expect("a list").split('"').skip(1).step_by(2);
    for member in members.chain(["."]) {
        let manifest = root.join(member).join("Cargo.toml");
        let text = fs::read_to_string(&manifest).expect("a readable file");
        let inherits = text
            .lines()
            .any(|line| line == "rust-version.workspace = true");
        assert!(inherits, "{}", manifest.display());
    }
}
