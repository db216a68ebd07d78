//! A name of a type means one thing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{is_test, rust_files};

#[test]
fn no_two_types_have_one_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut places = BTreeMap::<String, Vec<String>>::new();
    for file in rust_files(&root).iter().filter(|file| !is_test(file)) {
        let text = fs::read_to_string(file).expect("a readable file");
        for name in types(&text) {
            let place = file.strip_prefix(&root).expect("a file below src");
            let places = places.entry(name.to_owned()).or_default();
            places.push(place.display().to_string());
        }
    }
    assert!(places.len() > 300, "src has types");
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

/// The types that a file declares, apart from its tests.
fn types(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let declared = code.unwrap_or_default().lines().filter_map(|line| {
        let line = match line.strip_prefix("pub") {
            Some(rest) => rest.split_once(' ')?.1.trim_start_matches("in crate::"),
            None => line,
        };
        let line = line.split_once(") ").map_or(line, |(_, rest)| rest);
        let kinds = ["struct ", "enum ", "trait ", "type "];
        kinds.iter().find_map(|kind| line.strip_prefix(kind))
    });
    declared.map(|rest| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        rest.split(|c| !is_part(c)).next().unwrap_or_default()
    })
}

#[test]
fn every_form_of_a_declaration_is_seen() {
    let text = "struct A;\npub struct B<T>(T);\npub(crate) enum C {\npub(in crate::a) trait D: E {\n    \
                type F = G;\ntype H = I;\n#[cfg(test)]\nmod tests {\nstruct J;\n";
    assert_eq!(types(text).collect::<Vec<_>>(), ["A", "B", "C", "D", "H"]);
}
