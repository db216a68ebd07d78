//! What the tests did with one version: a heading, and their own output.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use harness::Feature;
use harness::cli::Version;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The first line of a log, as JSON.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Heading {
    pub(super) terraform: String,
    /// The day, UTC.
    pub(super) date: String,
    /// Which build of the programs was tested.
    pub(super) built: u128,
}

impl Heading {
    pub(super) fn now(version: Version, built: u128) -> Self {
        Self {
            terraform: version.to_string(),
            date: OffsetDateTime::now_utc().date().to_string(),
            built,
        }
    }

    pub(super) fn write(&self, mut to: impl Write) -> Result<()> {
        Ok(writeln!(to, "{}", serde_json::to_string(self)?)?)
    }
}

/// How libtest says that a test passed.
const PASSED: &str = "ok";

/// The tests that asked for one feature, or for none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Tally {
    /// Whether this version has the feature.
    pub(super) offered: bool,
    pub(super) passed: usize,
    pub(super) all: usize,
}

/// A log that was read.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) heading: Heading,
    /// How each test ended, in libtest's words.
    tests: BTreeMap<String, String>,
    /// What each test asked for, and whether it was offered.
    results: BTreeSet<(String, Feature, bool)>,
    finished: bool,
}

impl Log {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&String::from_utf8_lossy(&text))
            .with_context(|| format!("{} has no heading", path.display()))
    }

    /// Reads what libtest prints with `--show-output`: a line for each test, and below the output
    /// of each.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut log = Self {
            heading: serde_json::from_str(lines.next()?).ok()?,
            tests: BTreeMap::new(),
            results: BTreeSet::new(),
            finished: false,
        };
        let mut speaking: Option<&str> = None;
        for line in lines {
            let header = line.strip_prefix("---- ");
            if let Some(test) = header.and_then(|rest| rest.strip_suffix(" stdout ----")) {
                speaking = Some(test);
            } else if let Some(test) = speaking {
                if let Some((feature, offered)) = Feature::result(line) {
                    log.results.insert((test.to_owned(), feature, offered));
                }
            } else if let Some(line) = line.strip_prefix("test ")
                && let Some((test, ended)) = line.split_once(" ... ")
            {
                log.tests.insert(test.to_owned(), ended.to_owned());
            }
            log.finished |= line.starts_with("test result: ");
        }
        Some(log)
    }

    /// The tests that used `feature`, or what is there without it; none if no test did.
    pub(super) fn tally(&self, feature: Feature) -> Option<Tally> {
        let asked = self.results.iter().filter(|result| result.1 == feature);
        let offered = asked.clone().next()?.2;
        Some(self.count(offered, asked.map(|result| &result.0)))
    }

    /// The tests that asked for no feature.
    pub(super) fn others(&self) -> Tally {
        let asked: BTreeSet<&String> = self.results.iter().map(|result| &result.0).collect();
        let tests = self.tests.keys();
        self.count(true, tests.filter(|test| !asked.contains(test)))
    }

    fn count<'a>(&self, offered: bool, tests: impl Iterator<Item = &'a String>) -> Tally {
        let mut tally = Tally {
            offered,
            ..Tally::default()
        };
        for test in tests {
            tally.all += 1;
            tally.passed += usize::from(self.tests.get(test).is_some_and(|it| it == PASSED));
        }
        tally
    }

    /// How many tests passed.
    pub(super) fn summary(&self) -> String {
        let passed = self.tests.values().filter(|ended| *ended == PASSED).count();
        format!("{passed} of {} tests passed", self.tests.len())
    }

    /// Why this version does not count as tested; nothing if it does.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !self.finished || self.tests.is_empty() {
            problems.push("the tests did not come to their end".to_owned());
        }
        let bad = self.tests.iter().filter(|(_, ended)| *ended != PASSED);
        problems.extend(bad.map(|(test, ended)| format!("{ended}: {test}")));
        let unasked = Feature::ALL
            .into_iter()
            .filter(|feature| self.tally(*feature).is_none());
        problems.extend(unasked.map(|feature| format!("no test asks for {}", feature.name())));
        problems
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// A log in which each feature of `version` is used by one test, and `verdict` is how the test
    /// of actions ended.
    pub(in super::super) fn log(version: &str, verdict: &str) -> Log {
        let version = Version::parse(version).expect("a version");
        let heading = Heading {
            terraform: version.to_string(),
            date: "2026-01-02".to_owned(),
            built: 7,
        };
        let mut text = Vec::new();
        heading.write(&mut text).expect("a heading");
        let mut text = String::from_utf8(text).expect("text");
        text += "\nrunning 13 tests\ntest plain ... ok\n";
        let mut spoken = String::from("\nsuccesses:\n\n");
        for (number, feature) in (1..).zip(Feature::ALL) {
            let ended = if feature == Feature::Actions {
                verdict
            } else {
                "ok"
            };
            let _ = writeln!(text, "test uses::number_{number} ... {ended}");
            let offered = match (version.major, version.minor) >= feature.since() {
                true => "offered",
                false => "lacking",
            };
            // Asked twice, it counts once.
            let result = format!("feature: {}: {offered}\n", feature.name());
            let _ = write!(
                spoken,
                "---- uses::number_{number} stdout ----\nsomething\n{result}{result}\n"
            );
        }
        let end = "\nsuccesses:\n    plain\n\ntest result: ok. 13 passed; finished in 1.00s\n";
        Log::parse(&format!("{text}{spoken}{end}")).expect("a log")
    }

    #[test]
    fn what_was_used_and_what_was_lacking_is_read_from_the_output() {
        let log = log("1.13.5", "ok");
        assert_eq!(log.problems(), [""; 0]);
        assert_eq!((log.heading.built, &*log.heading.date), (7, "2026-01-02"));
        let tally = |offered, passed, all| Tally {
            offered,
            passed,
            all,
        };
        assert_eq!(log.tally(Feature::Identity), Some(tally(true, 1, 1)));
        assert_eq!(log.tally(Feature::Actions), Some(tally(false, 1, 1)));
        assert_eq!(log.others(), tally(true, 1, 1));
    }

    #[test]
    fn nothing_that_failed_was_left_out_or_broke_off_counts_as_tested() {
        let failed = log("1.15.5", "FAILED");
        let last = format!("uses::number_{}", Feature::ALL.len());
        assert_eq!(failed.problems(), [format!("FAILED: {last}")]);
        assert_eq!(
            failed.tally(Feature::Actions).map(|tally| tally.passed),
            Some(0)
        );
        let ignored = log("1.15.5", "ignored, for a reason");
        assert_eq!(
            ignored.problems(),
            [format!("ignored, for a reason: {last}")]
        );

        let heading = r#"{"terraform":"1.6.6","date":"2026-01-02","built":7}"#;
        let broken = format!("{heading}\nrunning 2 tests\ntest plain ... ok\n");
        let broken = Log::parse(&broken).expect("a log");
        let problems = broken.problems();
        assert_eq!(problems[0], "the tests did not come to their end");
        assert_eq!(problems.len(), 1 + Feature::ALL.len(), "{problems:?}");
        assert!(problems.contains(&"no test asks for actions".to_owned()));
        assert!(Log::parse("running 2 tests\n").is_none());
    }
}
