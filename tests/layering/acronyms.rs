//! Each page says once what its acronyms stand for, where it first uses them.

use std::fs;
use std::path::Path;

use super::words::files;

/// An acronym, and its long form, which is near its first use on a page.
const LONG_FORMS: [(&str, &str); 21] = [
    ("CI", "continuous integration"),
    ("CNAM", "calling name"),
    ("CSV", "comma-separated values"),
    ("E.164", "international form"),
    ("ICCID", "integrated circuit card identifier"),
    ("IMEI", "international mobile equipment identity"),
    ("IoT", "internet of things"),
    ("LTO", "link-time optimization"),
    ("MMS", "multimedia messaging service"),
    ("MSAG", "master street address guide"),
    ("MVNO", "mobile virtual network operator"),
    ("NNID", "routing id"),
    ("PIN", "personal identification number"),
    ("RPC", "remote procedure call"),
    ("SIM", "subscriber identity module"),
    ("SIP", "session initiation protocol"),
    ("SMS", "short message service"),
    ("TAC", "type allocation code"),
    ("TTL", "time to live"),
    ("VoIP", "voice over ip"),
    ("eSIM", "embedded "),
];

/// Names that everybody who runs Terraform reads as they are, and parts of names.
const NAMES: [&str; 32] = [
    "AMD", "API", "AWS", "DELETE", "EPYC", "GB", "GET", "HCP", "HTTP", "HTTPS", "IP", "JN", "JSON",
    "KB", "MB", "POST", "PUT", "QR", "README", "REFER", "RSA", "SIGTERM", "SOCKS", "TB", "TCP",
    "TF", "TLS", "URI", "URL", "US", "UTC", "ZIP",
];

/// How far from its acronym a long form may be, in bytes.
const NEAR: usize = 120;

#[test]
fn every_page_spells_out_its_acronyms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let folders = ["design", "docs", "sandbox/README.md", "fuzz/README.md"];
    let deep = folders
        .iter()
        .flat_map(|folder| files(&root.join(folder), true));
    for file in deep.chain(files(root, false)) {
        let page = fs::read_to_string(&file).expect("a readable page");
        let short = unexplained(&page).into_iter();
        found.extend(short.map(|short| format!("{}: {short}", file.display())));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// The acronyms of a page without a long form beside their first use.
fn unexplained(page: &str) -> Vec<String> {
    let prose = prose(page);
    let mut seen = Vec::new();
    let mut unexplained = Vec::new();
    for (start, word) in words(&prose) {
        let short = word.strip_suffix('s').unwrap_or(word);
        if !is_acronym(short) || seen.contains(&short) || NAMES.contains(&short) {
            continue;
        }
        seen.push(short);
        let near = near(&prose, start, word.len()).to_lowercase();
        let long = LONG_FORMS.iter().find(|(known, _)| *known == short);
        if long.is_none_or(|(_, long)| !near.contains(long)) {
            unexplained.push(short.to_owned());
        }
    }
    unexplained
}

/// Whether a word is in the list, or has nothing but two capitals or more.
fn is_acronym(word: &str) -> bool {
    let is_capital = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
    LONG_FORMS.iter().any(|(known, _)| *known == word) || is_capital(word)
}

/// The words of a text with their places. `E.164` is one.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let words = text.split(move |c| !is_part(c));
    let words = words.map(|word| word.trim_matches(['.', '-']));
    words.map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// What stands around a word.
fn near(text: &str, start: usize, length: usize) -> &str {
    let from = text.floor_char_boundary(start.saturating_sub(NEAR));
    let to = text.ceil_char_boundary((start + length + NEAR).min(text.len()));
    &text[from..to]
}

/// A page without its front matter, headings in capitals, code, and addresses of links, on one
/// line.
fn prose(page: &str) -> String {
    let page = match page.strip_prefix("---\n") {
        Some(page) => page.split_once("\n---\n").map_or("", |(_, body)| body),
        None => page,
    };
    let mut lines = Vec::new();
    let mut is_code = false;
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let is_title = line.ends_with(':') && line == line.to_uppercase();
        if !is_code && !is_fence && !is_title && !line.starts_with("    ") {
            lines.push(line.trim());
        }
    }
    let text = lines.join(" ");
    // Text and code take turns between back-quotes, and so do labels and addresses of links.
    let text: Vec<&str> = text.split('`').step_by(2).collect();
    let text = text.join("`");
    let pieces = text.split("](");
    let pieces = pieces.enumerate().map(|(place, piece)| match place {
        0 => piece,
        _ => piece.split_once(')').map_or("", |(_, rest)| rest),
    });
    pieces.collect::<Vec<_>>().join("] ")
}

#[test]
fn an_acronym_without_its_long_form_is_found() {
    for (page, short) in [
        ("Put the SIM in.", "SIM"),
        ("| the SIM's |", "SIM"),
        ("An eSIM.", "eSIM"),
        ("In E.164 form.", "E.164"),
        ("Two RPCs.", "RPC"),
        (
            "---\na: SIM (subscriber identity module)\n---\nThe SIM.",
            "SIM",
        ),
        ("A `SIM (subscriber identity module)` and a SIM.", "SIM"),
        ("An XYZ.", "XYZ"),
    ] {
        assert_eq!(unexplained(page), [short], "{page}");
    }
    for page in [
        "A SIM (subscriber identity module). The SIM.",
        "In international form (E.164).",
        "`SIM`, a\n```\nSIM\n```\nand [this](SIM.md#the-SIM).",
        "The API's URL.",
        "BUG FIXES:",
    ] {
        assert_eq!(unexplained(page), [""; 0], "{page}");
    }
}
