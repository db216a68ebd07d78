//! The map of the code names places that exist.

use std::fs;
use std::path::Path;

#[test]
fn every_place_on_the_map_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("a readable page");
    let places: Vec<String> = map.split('`').skip(1).step_by(2).flat_map(places).collect();
    assert!(places.len() > 60, "the map has places");
    let roots = ["", "src", "src/provider"].map(|folder| root.join(folder));
    let exists = |place: &String| roots.iter().any(|root| root.join(place).exists());
    let missing: Vec<_> = places.iter().filter(|place| !exists(place)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The places that a piece of code in the text names, if it is one with a folder.
fn places(code: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/{},.".contains(c);
    let is_place = code.contains('/') && (code.ends_with(".rs") || code.ends_with('/'));
    match is_place && code.chars().all(is_part) {
        true => spelled_out(code),
        false => Vec::new(),
    }
}

/// `a/b.rs` and `a/c.rs` for `a/{b,c}.rs`.
fn spelled_out(place: &str) -> Vec<String> {
    let Some((before, rest)) = place.split_once('{') else {
        return vec![place.to_owned()];
    };
    let Some((choices, after)) = rest.split_once('}') else {
        return Vec::new();
    };
    let choices = choices.split(',');
    choices
        .map(|choice| format!("{before}{choice}{after}"))
        .collect()
}

#[test]
fn braces_stand_for_several_places() {
    assert_eq!(places("a/{b,c}.rs"), ["a/b.rs", "a/c.rs"]);
    assert_eq!(places("sandbox/"), ["sandbox/"]);
    for other in ["https://example.com/", "model.rs", "deny.toml", "a/{b"] {
        assert_eq!(places(other), [""; 0], "{other}");
    }
}
