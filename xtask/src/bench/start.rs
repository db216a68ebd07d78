//! How long the provider takes to start, beside a program that does nothing but print.
//!
//! Terraform starts a provider several times per command and waits for its handshake line each
//! time, so this is what every user pays. The two are started in turn: whatever else the machine
//! is busy with slows both.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use harness::host::Launch;

use super::report::{Row, Unit, median, mib, ms};
use super::{Bench, process, programs};

/// How often each program is started.
const ROUNDS: usize = 200;

/// Starts both again and again.
pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let directory = bench.scratch.path();
    let yardstick = programs::compile(&bench.root.join("benches/print.c"), directory);
    let launch = Launch::new(&bench.provider).env("TMPDIR", directory);
    let (mut ours, mut theirs, mut resident) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.scaled(ROUNDS) {
        let started = start(launch.command())?;
        let certificate = started.line.split('|').nth(5);
        ensure!(
            certificate.is_some_and(|certificate| certificate.len() > 50),
            "the provider serves without TLS: {:?}",
            started.line
        );
        ours.push(ms(started.after));
        resident.extend(process::resident_memory(started.child.0.id()).map(mib));
        drop(started);
        if let Some(program) = &yardstick {
            theirs.push(ms(start(Command::new(program))?.after));
        }
    }

    let starts = ours.len();
    let median_of = |sample: &[f64]| median(sample.to_vec());
    let provider = median_of(&ours).context("nothing was started")?;
    let yardstick = median_of(&theirs);
    let bytes = std::fs::metadata(&bench.provider)?.len();
    let row = |figure: &str, value, unit| Row::new(figure, value, unit);
    let rows = [
        Some(
            row(
                "handshake line after exec, AutoMTLS",
                provider,
                Unit::Milliseconds,
            )
            .at_most(2.0)
            .note(format!("median of {starts} starts, {}", spread(&mut ours))),
        ),
        yardstick.map(|line| {
            row("a C program that only prints", line, Unit::Milliseconds).note(spread(&mut theirs))
        }),
        yardstick.map(|line| row("provider ÷ C program", provider / line, Unit::Ratio)),
        median(resident).map(|memory| {
            row("resident memory at that point", memory, Unit::Mebibytes).note("median")
        }),
        Some(row(
            "the program's size, stripped",
            mib(bytes),
            Unit::Mebibytes,
        )),
    ];
    Ok(rows.into_iter().flatten().collect())
}

/// Where four fifths of a sample lie.
fn spread(sample: &mut [f64]) -> String {
    sample.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| sample.get(sample.len() * percent / 100);
    match (at(10), at(90)) {
        (Some(low), Some(high)) => format!("80 % within {low:.2} to {high:.2} ms"),
        _ => String::new(),
    }
}

/// A program that has printed its line.
struct Started {
    child: Ended,
    after: Duration,
    line: String,
}

/// A process that ends with this value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Either it is gone already or it goes now.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(mut command: Command) -> Result<Started> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let begin = Instant::now();
    let mut child = Ended(command.spawn().context("cannot start the program")?);
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().context("no stdout")?).read_line(&mut line)?;
    let after = begin.elapsed();
    if line.is_empty() {
        bail!("the program ended without printing its line");
    }
    Ok(Started { child, after, line })
}
