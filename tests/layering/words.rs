//! Words that nobody has to look up: what users read is plain English.

use std::fs;
use std::path::{Path, PathBuf};

/// Words and phrases that are out of use, or that mean several things.
const REFUSED: [&str; 10] = [
    "whoever",
    "lest",
    "anew",
    "all the same",
    "to be had",
    "as it stands",
    "for good",
    "taken up",
    "mend",
    "told",
];

/// What users read: the Markdown of these folders, and the source of the texts.
const FOLDERS: [&str; 8] = [
    "design",
    "docs",
    "examples",
    "fuzz/README.md",
    "sandbox/README.md",
    "src/provider/diagnostics",
    "templates",
    ".",
];

#[test]
fn texts_for_users_have_no_word_that_is_out_of_use() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in FOLDERS {
        let files = files(&root.join(folder), folder != ".");
        assert!(!files.is_empty(), "{folder} has files");
        for file in files {
            let text = fs::read_to_string(&file).expect("a readable file");
            let words = refused(&text).into_iter();
            found.extend(words.map(|word| format!("{}: {word}", file.display())));
        }
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// The refused phrases of a text, also across lines and the marks of comments.
fn refused(text: &str) -> Vec<&'static str> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let text = format!(" {} ", words.join(" "));
    let is_there = |phrase: &&str| text.contains(&format!(" {phrase} "));
    REFUSED.into_iter().filter(is_there).collect()
}

/// The files that users read, in a folder or of a name.
fn files(place: &Path, is_deep: bool) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place) else {
        return vec![place.to_owned()];
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files = Vec::new();
    for path in paths {
        let end = path.extension().and_then(|end| end.to_str());
        match path.is_dir() {
            true if is_deep => files.extend(self::files(&path, true)),
            false if end == Some("md") => files.push(path),
            false if is_deep && matches!(end, Some("tf" | "hcl" | "rs")) => files.push(path),
            _ => {}
        }
    }
    files
}

#[test]
fn a_refused_word_is_found_wherever_it_stands() {
    for text in [
        "Whoever reads this.",
        "is to\n/// be had",
        "was \"told\"",
        "all the\n    same",
    ] {
        assert_eq!(refused(text).len(), 1, "{text}");
    }
    assert_eq!(
        refused("recommended, the least, toldAs, untold, retold_as"),
        [""; 0]
    );
}
