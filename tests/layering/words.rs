//! Words that nobody has to look up: texts are plain English.

use std::fs;
use std::path::{Path, PathBuf};

/// Words and phrases that are out of use, or that mean several things.
const REFUSED: [&str; 32] = [
    "all the same",
    "amongst",
    "anew",
    "as it stands",
    "farewell",
    "for good",
    "forthwith",
    "hence",
    "henceforth",
    "herein",
    "lest",
    "mend",
    "mended",
    "nought",
    "shall",
    "take up",
    "taken up",
    "takes up",
    "therein",
    "thereafter",
    "thereby",
    "thereof",
    "thus",
    "to be had",
    "told",
    "upon",
    "whence",
    "wherein",
    "whether or not",
    "whilst",
    "whoever",
    "wishes",
];

/// Every text: for users, and in the code. One file has to name the refused words.
const FOLDERS: [&str; 14] = [
    ".github",
    "benches",
    "design",
    "docs",
    "examples",
    "fuzz/README.md",
    "fuzz/targets",
    "sandbox/README.md",
    "sandbox/src",
    "src",
    "templates",
    "tests",
    "xtask",
    ".",
];
const EXEMPT: &str = "tests/layering/words.rs";

#[test]
fn texts_have_no_word_that_is_out_of_use() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in FOLDERS {
        let files = files(&root.join(folder), folder != ".");
        assert!(!files.is_empty(), "{folder} has files");
        for file in files.iter().filter(|file| !file.ends_with(EXEMPT)) {
            let text = fs::read_to_string(file).expect("a readable file");
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

/// The files with texts, in a folder or of a name.
pub(super) fn files(place: &Path, is_deep: bool) -> Vec<PathBuf> {
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
            false if is_deep && matches!(end, Some("c" | "hcl" | "rs" | "tf" | "yml")) => {
                files.push(path);
            }
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
