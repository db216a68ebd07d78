//! Tests outlive the wording of messages: they match codes, names and numbers, never sentences.

use std::fs;
use std::path::Path;

use super::rust_files;

/// Texts of Terraform's that the provider's own messages repeat.
const OF_TERRAFORM: [&str; 2] = ["did not respond", "inconsistent final plan"];

#[test]
fn no_test_matches_prose_of_the_provider() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts: Vec<String> = rust_files(&root.join("src")).iter().map(code).collect();
    let mut found = Vec::new();
    for folder in ["acceptance", "money", "plugin", "protocol", "release"] {
        for file in rust_files(&root.join("tests").join(folder)) {
            let code = code(&file);
            let phrases = phrases(&code);
            let repeated = phrases.filter(|phrase| texts.iter().any(|text| text.contains(phrase)));
            found.extend(repeated.map(|phrase| format!("{}: {phrase}", file.display())));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// A file without its comments, each literal on one line.
fn code(file: impl AsRef<Path>) -> String {
    let text = fs::read_to_string(file).expect("a readable file");
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with("//"));
    let lines: Vec<&str> = lines.collect();
    lines.join("\n").replace("\\\n", "")
}

/// The pieces of literals that read like prose: four words or more. Commands do not: users paste
/// them. What is expected of a value is said to developers.
fn phrases(code: &str) -> impl Iterator<Item = &str> {
    let lines = code.lines().filter(|line| !line.contains("expect"));
    let literals = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    let pieces = literals.flat_map(|literal| literal.split(['{', '}', '\\']));
    pieces.map(str::trim).filter(|piece| is_prose(piece))
}

fn is_prose(piece: &str) -> bool {
    let is_word = |word: &&str| {
        word.chars()
            .all(|c| c.is_alphabetic() || "',.:;".contains(c))
    };
    piece.split_whitespace().filter(is_word).count() >= 4
        && !piece.starts_with("terraform ")
        && !OF_TERRAFORM.contains(&piece)
}

#[test]
fn prose_is_distinguished_from_codes_names_and_commands() {
    let found = |code: &str| phrases(code).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        found(r#"says("is not complete yet")"#),
        ["is not complete yet"]
    );
    assert_eq!(
        found(r#"(kind, format!("{number} is not complete yet: {why}"))"#),
        ["is not complete yet:"]
    );
    for code in [
        r#"says("Code: JN101.")"#,
        r#"says("terraform state rm ADDRESS")"#,
        r#"says("1 of 2") && says("HTTP 400")"#,
        r#"response.expect("a response of it")"#,
        r#"says("did not respond")"#,
    ] {
        assert_eq!(found(code), [""; 0], "{code}");
    }
}
