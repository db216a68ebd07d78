//! Every target, for a moment: on its seeds, on what was once found, and on some thousand others.

use std::path::Path;
use std::process::Command;

use targets::TARGETS;

#[test]
fn nothing_is_found_in_a_moment() {
    let output = Command::new(env!("CARGO_BIN_EXE_joonto-fuzz"))
        // The same inputs each time: a change fails because of what it changes.
        .args(["--runs", "2000", "--seconds", "20", "--seed", "1"])
        .output()
        .expect("the fuzzer starts");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}");
    for target in TARGETS {
        assert!(said.contains(target.name), "{said}");
    }
}

#[test]
fn the_seeds_in_the_corpus_are_those_that_are_written() {
    for target in TARGETS {
        let mut seeds: Vec<_> = (target.seeds)();
        assert!(seeds.len() > 2, "{}", target.name);
        seeds.sort();
        let kept = target.corpus().read_dir().expect("a corpus");
        let mut kept: Vec<_> = kept
            .map(|entry| {
                let path = entry.expect("a file").path();
                let name = path.file_name().map(Path::new).expect("a name").to_owned();
                (name, std::fs::read(path).expect("a seed"))
            })
            .collect();
        kept.sort();
        let seeds: Vec<_> = seeds
            .into_iter()
            .map(|(name, input)| (Path::new(name).to_owned(), input))
            .collect();
        assert!(
            seeds == kept,
            "{}: cargo xtask fuzz --write-seeds",
            target.name
        );
    }
}
