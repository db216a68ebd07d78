//! Figures beside their goals, as they are kept and printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use harness::Cli;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Group;

/// All that was measured, in this run and in earlier ones.
#[derive(Deserialize, Serialize)]
pub(super) struct Report {
    pub(super) machine: String,
    pub(super) versions: Vec<String>,
    pub(super) groups: BTreeMap<Group, Measured>,
}

/// One group's figures.
#[derive(Deserialize, Serialize)]
pub(super) struct Measured {
    /// The day, UTC.
    pub(super) date: String,
    /// How many processes wanted to run, on average over the last minute.
    pub(super) load: Option<f64>,
    pub(super) rows: Vec<Row>,
}

/// One figure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Row {
    pub(super) figure: String,
    pub(super) measured: f64,
    pub(super) unit: Unit,
    /// What it should not exceed.
    pub(super) goal: Option<f64>,
    /// What the figure was made of.
    pub(super) note: String,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unit {
    /// Of one thing to another.
    Ratio,
    /// Requests, or whatever else there are wholes of.
    Count,
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "MiB")]
    Mebibytes,
}

impl Row {
    pub(super) fn new(figure: impl Into<String>, measured: f64, unit: Unit) -> Self {
        Self {
            figure: figure.into(),
            measured,
            unit,
            goal: None,
            note: String::new(),
        }
    }

    pub(super) fn count(figure: impl Into<String>, count: usize) -> Self {
        Self::new(figure, self::figure(count), Unit::Count)
    }

    /// Sets what the figure should not exceed.
    pub(super) fn at_most(self, goal: f64) -> Self {
        Self {
            goal: Some(goal),
            ..self
        }
    }

    /// Says what the figure was made of.
    pub(super) fn note(self, note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ..self
        }
    }

    /// Whether the goal is met, where there is one.
    pub(super) fn met(&self) -> Option<bool> {
        Some(self.measured <= self.goal?)
    }

    /// Figure, goal, measured, whether that is met, and of what.
    pub(super) fn cells(&self) -> [String; 5] {
        let goal = self.goal.map(|goal| format!("≤ {}", self.show(goal)));
        let verdict = match self.met() {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "",
        };
        [
            self.figure.clone(),
            goal.unwrap_or_default(),
            self.show(self.measured),
            verdict.to_owned(),
            self.note.clone(),
        ]
    }

    fn show(&self, value: f64) -> String {
        match self.unit {
            Unit::Ratio => format!("{value:.2}"),
            Unit::Count => format!("{value:.0}"),
            Unit::Milliseconds => format!("{value:.3} ms"),
            Unit::Seconds => format!("{value:.1} s"),
            Unit::Mebibytes => format!("{value:.1} MiB"),
        }
    }

    /// The figure as a line of text.
    pub(super) fn line(&self) -> String {
        let [figure, goal, measured, verdict, note] = self.cells();
        let verdict = verdict.trim_matches('*');
        format!("  {figure:<58} {goal:>13} {measured:>11}  {verdict:<7} {note}")
    }
}

impl Report {
    /// What `file` holds of earlier runs on this machine with these versions.
    pub(super) fn load_or_new(file: Option<&Path>, cli: &Cli) -> Self {
        let (machine, versions) = (machine(), versions(cli));
        file.and_then(|file| fs::read(file).ok())
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|report| report.machine == machine && report.versions == versions)
            .unwrap_or(Self {
                machine,
                versions,
                groups: BTreeMap::new(),
            })
    }

    /// Puts a group's figures in the place of earlier ones.
    pub(super) fn put(&mut self, group: Group, rows: Vec<Row>) {
        let measured = Measured {
            date: OffsetDateTime::now_utc().date().to_string(),
            load: load(),
            rows,
        };
        self.groups.insert(group, measured);
    }

    /// How many goals are met, in one line.
    pub(super) fn summary(&self) -> String {
        let rows = self.groups.values().flat_map(|group| &group.rows);
        let verdicts: Vec<bool> = rows.filter_map(Row::met).collect();
        let met = verdicts.iter().filter(|met| **met).count();
        format!("{met} of {} goals are met.", verdicts.len())
    }
}

/// The middle of a sample; no number for an empty one.
pub(super) fn median(mut sample: Vec<f64>) -> f64 {
    sample.sort_unstable_by(f64::total_cmp);
    match sample.len() {
        0 => f64::NAN,
        length => f64::midpoint(sample[length / 2], sample[(length - 1) / 2]),
    }
}

/// The least and the most of a sample of positive figures.
pub(super) fn reach(sample: impl Iterator<Item = f64>) -> (f64, f64) {
    sample.fold((f64::INFINITY, 0.0), |(least, most), figure| {
        (least.min(figure), most.max(figure))
    })
}

/// A duration in milliseconds.
pub(super) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Bytes in MiB.
#[allow(clippy::cast_precision_loss, reason = "one or two decimals are shown")]
pub(super) fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// A count as a figure.
#[allow(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
pub(super) fn figure(count: usize) -> f64 {
    count as f64
}

/// A count as people write it.
pub(super) fn thousands(count: usize) -> String {
    match (count / 1000, count % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

/// How often each occurs: `2 numbers/inventory, 20 numbers/status`.
pub(super) fn tally<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut counts = BTreeMap::<&str, usize>::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let counts = counts.iter().map(|(name, count)| format!("{count} {name}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// The processor and how many of its cores there are. Nothing that tells whose machine it is.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let model = model.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}

fn versions(cli: &Cli) -> Vec<String> {
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let provider = format!("terraform-provider-joonto {}", env!("CARGO_PKG_VERSION"));
    [provider, cli.to_string()]
        .into_iter()
        .chain(rustc.ok())
        .collect()
}

fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle() {
        let medians = [vec![3.0, 1.0, 2.0], vec![4.0, 1.0, 2.0, 3.0]].map(median);
        assert_eq!(medians.map(|median| median.to_string()), ["2", "2.5"]);
        assert!(median(vec![]).is_nan());
    }

    #[test]
    fn a_figure_knows_whether_its_goal_is_met() {
        let row = Row::new("requests", 13.0, Unit::Count);
        assert_eq!(row.met(), None);
        assert_eq!(row.clone().at_most(13.0).met(), Some(true));
        let missed = row.at_most(12.0);
        assert!(missed.line().contains("≤ 12") && missed.line().contains("missed"));
    }

    #[test]
    fn counts_are_written_as_people_do() {
        let shown = [7, 1000, 50_020].map(thousands);
        assert_eq!(shown, ["7", "1,000", "50,020"]);
    }
}
