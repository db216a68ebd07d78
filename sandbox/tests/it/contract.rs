//! The contract: the file in the repository is what the code says, and both are what the vendor says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::client::*;

const FILE: &str = include_str!("../../contract.json");
const REFERENCE: &str = include_str!("../reference-requests.txt");

type Fields = BTreeMap<String, String>;

/// One line per field, in the words of the reference.
fn described(contract: &Value) -> BTreeMap<String, Fields> {
    let mut operations = BTreeMap::new();
    for operation in contract["operations"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let mut fields = Fields::new();
        for (name, field) in flat("", &operation["fields"]) {
            let kind = match field["type"].as_str().unwrap() {
                "array of string" => "array-of-strings",
                "array of {Number: string}" => "array-of-numbers",
                "array of {IpAddress: string}" => "array-of-addresses",
                plain => plain,
            };
            let need = if field["required"] == true {
                "required"
            } else {
                "optional"
            };
            let words = field["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|word| format!(" {word}"));
            fields.insert(name, format!("{kind} {need}{}", words.collect::<String>()));
        }
        let name = format!(
            "{} {}",
            text(&operation["method"]),
            text(&operation["path"])
        );
        assert!(operations.insert(name, fields).is_none());
    }
    operations
}

/// Fields, and after each object what it holds, by dotted names.
fn flat<'a>(before: &str, fields: &'a Value) -> Vec<(String, &'a Value)> {
    let mut all = Vec::new();
    for field in fields.as_array().into_iter().flatten() {
        let name = format!("{before}{}", field["name"].as_str().unwrap());
        let inside = flat(&format!("{name}."), &field["fields"]);
        all.push((name, field));
        all.extend(inside);
    }
    all
}

fn reference() -> BTreeMap<String, Fields> {
    let mut operations: BTreeMap<String, Fields> = BTreeMap::new();
    let mut current = String::new();
    for line in REFERENCE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match line.strip_prefix("  ") {
            Some(field) => {
                let (name, rest) = field.split_once(' ').unwrap();
                let fields = operations.get_mut(&current).unwrap();
                assert!(
                    fields.insert(name.to_owned(), rest.to_owned()).is_none(),
                    "{line}"
                );
            }
            None => {
                current = line.to_owned();
                operations.insert(current.clone(), Fields::new());
            }
        }
    }
    operations
}

#[test]
fn the_file_is_what_the_code_says() {
    let now = format!("{:#}\n", joonto_sandbox::contract());
    assert_eq!(
        FILE, now,
        "run: cargo run -p joonto-sandbox -- --print-contract > sandbox/contract.json"
    );
}

#[test]
fn the_contract_is_what_the_reference_says() {
    let (ours, theirs) = (described(&joonto_sandbox::contract()), reference());
    assert_eq!(ours.len(), 44);
    assert_eq!(ours, theirs);
}

#[tokio::test]
async fn every_operation_of_the_contract_is_served() {
    let (sandbox, client) = fresh().await;
    for operation in joonto_sandbox::contract()["operations"].as_array().unwrap() {
        let path = operation["path"].as_str().unwrap();
        let (status, response) = match operation["method"].as_str().unwrap() {
            "GET" => client.get(path, &[]).await,
            _ => client.post(path, serde_json::json!({})).await,
        };
        assert!([200, 400].contains(&status), "{path}: {response}");
    }
    let required = |entry: &&joonto_sandbox::Request| {
        entry
            .violations
            .iter()
            .all(|text| text.contains("required"))
    };
    assert!(sandbox.ledger().violations().iter().all(required));
}
