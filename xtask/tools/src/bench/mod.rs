//! `cargo xtask bench`: what the provider costs, side by side with what there is to compare it to.
//!
//! It judges no build: figures are printed and written with their goals, and a goal that is missed
//! is said to be. Whatever is compared is measured in turn within one run, so that a machine that
//! is busy with something else slows both.

mod bucket;
mod commands;
mod driver;
mod growth;
mod memory;
mod page;
mod process;
mod report;
mod requests;
mod rpc;
mod scene;
mod start;
mod state;

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use harness::Cli;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tools::cargo;

use report::{Report, Row};

/// What to measure, and how thoroughly.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A tenth of the numbers, to see whether all works; writes no page
    #[arg(long)]
    quick: bool,
    /// How often whole commands are run
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measures this program in place of the release build; writes no page
    #[arg(long)]
    provider: Option<PathBuf>,
    /// What to measure; without any, everything
    #[arg(value_enum)]
    groups: Vec<Group>,
}

/// Figures that are measured together, with what is said of them as help and as a title.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Group {
    /// from exec to the handshake line
    Start,
    /// medians of calls over the socket, with TLS
    Rpc,
    /// peak resident memory of the provider
    Memory,
    /// what the API gets to see
    Requests,
    /// whole runs of Terraform, beside its own cost
    Commands,
    /// records of purchases there, beside a directory
    Bucket,
    /// from 10 to 5,000 numbers
    Growth,
}

impl Group {
    fn title(self) -> String {
        let value = self.to_possible_value();
        let help = value.and_then(|value| value.get_help().cloned());
        format!("{self:?}: {}", help.unwrap_or_default())
    }

    async fn measure(self, bench: &Bench) -> Result<Vec<Row>> {
        match self {
            Self::Start => start::measure(bench),
            Self::Rpc => rpc::measure(bench).await,
            Self::Memory => memory::measure(bench).await,
            Self::Requests => requests::measure(bench).await,
            Self::Commands => commands::measure(bench).await,
            Self::Bucket => bucket::measure(bench).await,
            Self::Growth => growth::measure(bench).await,
        }
    }
}

/// What every measurement needs.
struct Bench {
    quick: bool,
    writes_page: bool,
    rounds: usize,
    /// The project's directory.
    root: PathBuf,
    /// The provider, built as it is released.
    provider: PathBuf,
    /// Runs the provider and notes what it used.
    usage: PathBuf,
    cli: Cli,
    scratch: TempDir,
}

impl Bench {
    fn prepare(arguments: &Arguments) -> Result<Self> {
        const NAME: &str = "terraform-provider-joonto";
        let provider = match &arguments.provider {
            Some(built) => std::path::absolute(built)?,
            None => {
                let build = ["build", "--release", "--package", NAME, "--bin", NAME];
                cargo::build(&mut cargo::cargo(&build)?, NAME)?
            }
        };
        let root = crate::project()?.to_owned();
        let scratch = tempfile::tempdir()?;
        Ok(Self {
            quick: arguments.quick,
            writes_page: !arguments.quick && arguments.provider.is_none(),
            rounds: arguments.rounds.max(1),
            provider,
            usage: process::compile(&root.join("benches/usage.c"), scratch.path())?,
            cli: Cli::find()?,
            root,
            scratch,
        })
    }

    /// `count`, or a tenth of it where only a quick look is asked for.
    fn scaled(&self, count: usize) -> usize {
        if self.quick { count / 10 } else { count }
    }
}

/// Measures, prints, and writes `target/bench.json` and `docs/benchmarks.md`.
///
/// # Errors
///
/// Something could not be measured at all.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let bench = Bench::prepare(arguments)?;
    let profile = bench.provider.parent();
    let kept = profile.map(|folder| folder.with_file_name("bench.json"));
    // What is measured only to see whether all works is not kept.
    let kept = kept.filter(|_| bench.writes_page);
    let mut report = Report::load_or_new(kept.as_deref(), &bench.cli);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let groups = match arguments.groups.as_slice() {
        [] => Group::value_variants(),
        some => some,
    };
    for group in groups {
        crate::say(&format!("\n{}", group.title()));
        let rows = runtime.block_on(group.measure(&bench))?;
        for row in &rows {
            crate::say(&row.line());
        }
        report.put(*group, rows);
        // At once: what comes next may take minutes, and may be interrupted.
        if let Some(file) = &kept {
            fs::write(file, serde_json::to_string_pretty(&report)? + "\n")?;
            let page = bench.root.join("docs/benchmarks.md");
            fs::write(page, page::markdown(&report))?;
        }
    }
    crate::say(&format!("\n{}", report.summary()));
    Ok(())
}
