//! The reader of journals, for `fuzz/` alone.

use super::entry::{Contents, Line, Standing};
use super::file::text;
use super::past::report;

/// Reads a journal, writes down what it says and reads that: the same has to come of it, even
/// with a torn line behind it. Panics otherwise. How many purchases there are.
pub(in crate::provider) fn reread(bytes: &[u8]) -> usize {
    let said = Contents::read(bytes);
    let lines: Vec<Line> = bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let Ok(mut written) = text(&lines) else {
        panic!("what was read can be written");
    };
    assert_same(&said, &Contents::read(&written));
    written.extend(br#"{"kind":"settled","id":1"#);
    assert_same(&said, &Contents::read(&written));

    let _ = said.numbers().count();
    for entry in said.entries.values() {
        let receipt = match &entry.standing {
            Standing::Unseen(receipt) | Standing::Settled(Some(receipt)) => Some(receipt),
            Standing::Open | Standing::Settled(None) => None,
        };
        assert!(report(entry, receipt).ends_with('.'));
    }
    said.entries.len()
}

fn assert_same(one: &Contents, other: &Contents) {
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}
