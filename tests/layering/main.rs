//! Which room of the house may know which. `ARCHITECTURE.md` says why.

mod acronyms;
mod circles;
mod imports;
mod map;
mod names;
mod prose;
mod toolchain;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use circles::circles;
use imports::{imports, tokens};

/// Each room, and the rooms it may use besides itself. `main` is free to use them all.
const ROOMS: [(&str, &[&str]); 7] = [
    ("joonto", &["sync", "context"]),
    ("plugin", &["proto"]),
    ("proto", &[]),
    ("provider", &["joonto", "sync", "terraform", "context"]),
    ("sync", &[]),
    ("terraform", &["proto", "sync", "context"]),
    ("context", &[]),
];

#[test]
fn every_room_knows_only_the_rooms_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&root);
    for (room, _) in ROOMS.iter().filter(|(room, _)| *room != "proto") {
        let lives = |file: &PathBuf| room_of(file.strip_prefix(&root).ok()?);
        assert!(
            files
                .iter()
                .any(|file| lives(file).is_some_and(|found| found == *room)),
            "no file of {room} was looked at"
        );
    }
    let mut found = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root).expect("a file below src");
        found.extend(trespasses(
            path,
            &fs::read_to_string(&file).expect("a readable file"),
        ));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// The rooms that Terraform waits for wait by the clock they are handed, which stops on request
/// and which tests turn on.
#[test]
fn no_room_has_a_clock_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in ["joonto", "provider", "terraform"] {
        for file in rust_files(&root.join(room))
            .iter()
            .filter(|file| !is_test(file))
        {
            let text = fs::read_to_string(file).expect("a readable file");
            let code = without_comments(text.split("#[cfg(test)]").next().unwrap_or_default());
            for clock in [
                "time::sleep",
                "time::timeout",
                "thread::sleep",
                "SystemTime::now",
                "now_utc()",
                "now_local()",
            ] {
                assert!(!code.contains(clock), "{}: {clock}", file.display());
            }
        }
    }
}

/// Every text has a code, so texts are built in one place of each room.
#[test]
fn only_texts_make_errors_and_warnings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut makers = BTreeSet::new();
    for file in rust_files(&root) {
        let text = fs::read_to_string(&file).expect("a readable file");
        let code = without_comments(text.split("#[cfg(test)]").next().unwrap_or_default());
        if ["Diagnostic::error(", "Diagnostic::warning("]
            .iter()
            .any(|make| code.contains(make))
        {
            let path = file.strip_prefix(&root).expect("a file below src");
            let is_test = path.to_string_lossy().contains("tests");
            makers.extend((!is_test).then(|| path.to_string_lossy().into_owned()));
        }
    }
    let expected = ["provider/diagnostics/mod.rs", "terraform/texts.rs"];
    assert_eq!(makers, expected.map(str::to_owned).into());
}

/// The page of errors takes the codes of `provider` from their table, and those of `terraform` from
/// its template.
#[test]
fn the_page_of_errors_has_every_code_of_terraforms_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |file: &str| fs::read_to_string(root.join(file)).expect("a readable file");
    let codes = |text: &str, before: &str| -> BTreeSet<String> {
        let codes = text.split(before).skip(1);
        codes
            .filter_map(|rest| rest.get(..5))
            .map(str::to_owned)
            .collect()
    };
    let made = codes(&text("src/terraform/texts.rs"), "with_code(\"");
    let mut listed = codes(&text("templates/guides/errors-and-warnings.md"), "\n| ");
    listed.retain(|code| code.starts_with("TF"));
    assert!(!made.is_empty());
    assert_eq!(made, listed);
}

/// A file that is longer says why, in a comment that begins with "Long because".
#[test]
fn files_are_short_or_say_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests", "sandbox/src", "sandbox/tests", "xtask"];
    for file in folders
        .iter()
        .flat_map(|folder| rust_files(&root.join(folder)))
    {
        let text = fs::read_to_string(&file).expect("a readable file");
        let lines = text.lines().count();
        let is_fine = lines <= 530 || text.contains("Long because");
        assert!(is_fine, "{} has {lines} lines", file.display());
    }
}

/// Tests stand beside the code: short ones in it, long ones in `x/tests.rs` or `x/tests/`.
#[test]
fn tests_stand_beside_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["src", "sandbox/src", "xtask", "fuzz/targets/src"] {
        for file in rust_files(&root.join(folder)) {
            let name = file.file_name().and_then(|name| name.to_str());
            let is_apart = name.is_some_and(|name| name.ends_with("_tests.rs"));
            let text = fs::read_to_string(&file).expect("a readable file");
            let is_linked = text.contains("#[path");
            assert!(!is_apart && !is_linked, "{}", file.display());
        }
    }
}

/// Fuzzers call readers that nobody else may. A release does not carry what is there for them alone.
#[test]
fn what_only_fuzzers_call_is_behind_a_feature() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = 0;
    for file in rust_files(&root) {
        let text = fs::read_to_string(&file).expect("a readable file");
        let mut before = "";
        for line in text.lines() {
            if line.ends_with("mod fuzzing;") {
                let gate = "#[cfg(feature = \"fuzzing\")]";
                assert_eq!(before, gate, "{}", file.display());
                modules += 1;
            }
            before = line;
        }
    }
    assert!(modules > 0, "there are modules for fuzzers");
}

/// What a program is started with is there to read for every user of the machine.
#[test]
fn no_room_starts_another_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&root) {
        let code = without_comments(&fs::read_to_string(&file).expect("a readable file"));
        for way in [
            "process::Command",
            "Command::new",
            "libc::exec",
            "posix_spawn",
        ] {
            assert!(!code.contains(way), "{}: {way}", file.display());
        }
    }
}

#[test]
fn the_rule_sees_every_way_to_name_a_room() {
    let trespassing = [
        ("terraform/value/mod.rs", "use crate::joonto::Client;"),
        (
            "joonto/client.rs",
            "fn f(diagnostic: crate::terraform::Diagnostic) {}",
        ),
        (
            "plugin/server.rs",
            "use crate::{\n    proto::goplugin,\n    terraform::{TerraformService, Value},\n};",
        ),
        (
            "plugin/server.rs",
            "use crate::{proto::{goplugin, tfplugin6}, joonto};",
        ),
        (
            "terraform/rpc/plan.rs",
            "use super::super::super::provider::Joonto;",
        ),
        ("joonto/mod.rs", "use super::provider;"),
        ("wait.rs", "use crate :: joonto;"),
        ("provider/number/mod.rs", "use crate::proto::tfplugin6;"),
        ("provider/mod.rs", "use crate::plugin::serve;"),
        ("joonto/mod.rs", "use crate::*;"),
        ("joonto/mod.rs", "use crate as house;"),
        ("joonto/mod.rs", "use crate::attic::Trunk;"),
    ];
    for (path, text) in trespassing {
        assert_eq!(trespasses(Path::new(path), text).len(), 1, "{path}: {text}");
    }
    let allowed = [
        (
            "provider/number/mod.rs",
            "use crate::{joonto::Client, terraform, context::Clock};",
        ),
        ("provider/number/mod.rs", "crate::model! { struct A {} }"),
        (
            "terraform/rpc/plan.rs",
            "use super::super::provider::Provider; pub(crate) fn f() {}",
        ),
        (
            "terraform/mod.rs",
            "// As crate::joonto does.\nuse crate::proto::tfplugin6;",
        ),
        ("terraform/model.rs", "$crate::terraform::Value"),
        ("plugin/services.rs", "use crate::proto::goplugin::Empty;"),
        ("main.rs", "use crate::anything;"),
    ];
    for (path, text) in allowed {
        assert_eq!(
            trespasses(Path::new(path), text),
            Vec::<String>::new(),
            "{path}: {text}"
        );
    }
}

/// A parent and its child may import each other; any larger circle ties files together that look
/// apart.
#[test]
fn no_imports_go_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms = BTreeMap::<_, BTreeMap<_, _>>::new();
    for file in rust_files(&root) {
        let path = file.strip_prefix(&root).expect("a file below src");
        let text = fs::read_to_string(&file).expect("a readable file");
        let files = rooms.entry(room_of(path)).or_default();
        files.insert(module_of(path).join("::"), text);
    }
    rooms.remove(&None);
    let circles = rooms.values().flat_map(circles);
    let circles: Vec<_> = circles.map(|circle| circle.join(" > ")).collect();
    assert!(circles.is_empty(), "\n{}\n", circles.join("\n"));
}

/// What in a file names a room it must not know.
fn trespasses(path: &Path, text: &str) -> Vec<String> {
    let Some(room) = room_of(path) else {
        return vec![];
    };
    let allowed = ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, allowed)| *allowed);
    let Some(allowed) = allowed else {
        return vec![format!(
            "{}: {room} is a room this test knows nothing of",
            path.display()
        )];
    };
    let here = module_of(path);
    let here: Vec<&str> = here.iter().map(String::as_str).collect();
    let imports = imports(&tokens(text), &here);
    let named: BTreeSet<&str> = imports
        .iter()
        .map(|import| import.path.first().copied().unwrap_or("crate"))
        .collect();
    named
        .into_iter()
        .filter(|name| *name != room && !allowed.contains(name))
        .map(|name| format!("{}: {room} must not know `{name}`", path.display()))
        .collect()
}

/// Whether a file has nothing but tests, and what they share.
fn is_test(file: &Path) -> bool {
    let names = file.with_extension("");
    names
        .iter()
        .any(|name| name == "tests" || name == "testing")
}

fn without_comments(text: &str) -> String {
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// `plugin` for `plugin/tls.rs` and for `plugin.rs`; none for the files that hold the house
/// together.
fn room_of(path: &Path) -> Option<String> {
    if [Path::new("lib.rs"), Path::new("main.rs")].contains(&path) {
        return None;
    }
    let first = path.components().next()?.as_os_str().to_str()?;
    Some(first.trim_end_matches(".rs").to_owned())
}

/// `[plugin, tls]` for `plugin/tls.rs`, and `[plugin]` for `plugin/mod.rs`.
fn module_of(path: &Path) -> Vec<String> {
    let path = path.to_string_lossy();
    let steps = path.trim_end_matches(".rs").split(['/', '\\']);
    steps
        .filter(|step| *step != "mod")
        .map(str::to_owned)
        .collect()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).expect("a readable directory") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
