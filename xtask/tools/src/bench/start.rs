//! How long the provider takes to start, beside a program that does nothing but print.
//!
//! Terraform starts a provider several times per command and waits for its handshake line each
//! time, so this is what every user pays. The two are started in turn: whatever else the machine
//! is busy with slows both.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use harness::host::Launch;

use super::report::{Row, Unit, median, mib, ms};
use super::{Bench, process};

/// How often each program is started.
const ROUNDS: usize = 200;

/// Starts both again and again.
pub(super) fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let directory = bench.scratch.path();
    let yardstick = process::compile(&bench.root.join("benches/print.c"), directory)?;
    let launch = Launch::new(&bench.provider).env("TMPDIR", directory);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..bench.scaled(ROUNDS) {
        let (line, after) = start(launch.command())?;
        let certificate = line.split('|').nth(5);
        ensure!(
            certificate.is_some_and(|certificate| certificate.len() > 50),
            "the provider serves without TLS: {line:?}"
        );
        ours.push(after);
        theirs.push(start(Command::new(&yardstick))?.1);
    }

    let (provider, printing) = (median(ours.clone()), median(theirs.clone()));
    let note = format!("median of {} starts, {}", ours.len(), spread(ours));
    let bytes = fs::metadata(&bench.provider)?.len();
    Ok(vec![
        Row::new(
            "handshake line after exec, AutoMTLS",
            provider,
            Unit::Milliseconds,
        )
        .at_most(2.0)
        .note(note),
        Row::new("a C program that only prints", printing, Unit::Milliseconds).note(spread(theirs)),
        Row::new("provider ÷ C program", provider / printing, Unit::Ratio),
        Row::new("the program's size, stripped", mib(bytes), Unit::Mebibytes),
    ])
}

/// Where four fifths of a sample lie.
fn spread(mut sample: Vec<f64>) -> String {
    sample.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| sample[sample.len() * percent / 100];
    format!("80 % within {:.2} to {:.2} ms", at(10), at(90))
}

/// Starts a program, and ends it when it has printed its line: that line, and the milliseconds until it came.
fn start(mut command: Command) -> Result<(String, f64)> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let begin = Instant::now();
    let mut child = command.spawn().context("cannot start the program")?;
    let mut line = String::new();
    let stdout = child.stdout.take().context("its output is piped")?;
    let read = BufReader::new(stdout).read_line(&mut line);
    let after = ms(begin.elapsed());
    // Either it is gone already or it goes now.
    let _ = child.kill();
    child.wait()?;
    read?;
    ensure!(!line.is_empty(), "the program printed no line");
    Ok((line, after))
}
