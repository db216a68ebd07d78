//! `cargo xtask quickstart`: a first number, bought from the sandbox with the real Terraform.

mod kept;
mod screen;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use harness::{Cli, Project};
use joonto_sandbox::{Options, Sandbox};
use serde_json::Value;

use kept::KeptSandbox;
use screen::Screen;

use crate::build;

/// The configuration that is applied: the request of the API's own documentation.
const EXAMPLE: &str = include_str!("../../../examples/resources/joonto_number/resource.tf");

/// The number in it.
const ADDRESS: &str = "joonto_number.tracker";

/// How every configuration begins.
const PROVIDER: &str = include_str!("../../../examples/provider/provider.tf");

/// How the quickstart runs.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Leave a working directory and a running sandbox to play with
    #[arg(long)]
    keep: bool,
    /// Build with optimisations
    #[arg(long)]
    release: bool,
}

/// Runs it to the end, or until it is interrupted.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = play(arguments) => outcome,
            _ = tokio::signal::ctrl_c() => bail!("interrupted; nothing is left running"),
        }
    });
    // What is being fetched when it is interrupted must not keep it from ending.
    runtime.shutdown_background();
    outcome
}

async fn play(arguments: &Arguments) -> Result<()> {
    let screen = Screen::new();
    screen.title("Joonto quickstart: a phone number from a simulated API, with Terraform");

    screen.heading("Get ready");
    let begin = Instant::now();
    let provider = build::program("terraform-provider-joonto", arguments.release).await?;
    screen.done("provider built", begin);
    let begin = Instant::now();
    screen.doing("looking for Terraform");
    // Fetching it can take a while, and must not keep Ctrl-C waiting.
    let cli = tokio::task::spawn_blocking(Cli::find).await??;
    screen.done(&format!("{cli} found"), begin);

    if arguments.keep {
        return keep(&screen, &cli, &provider, arguments.release).await;
    }
    let begin = Instant::now();
    let sandbox = Sandbox::start(Options::default()).await?;
    screen.done(&format!("sandbox listens on {}", sandbox.base_url()), begin);
    let credentials = sandbox.credentials();
    let mut project = Project::new(&cli, &provider)?;
    project
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret);

    buy(&screen, &project, EXAMPLE).await?;

    screen.heading("Give it back");
    let begin = Instant::now();
    screen.doing("terraform destroy");
    project.destroy().await?.ok()?;
    screen.done("terraform destroy: the number is cancelled", begin);

    let ledger = sandbox.ledger();
    sandbox.shutdown().await;
    let bought = ledger.purchases().len();
    ensure!(
        bought == 1,
        "the sandbox sold {bought} numbers, and not the one that was asked for"
    );
    screen.note(&format!(
        "The sandbox's own books: {bought} number sold, {} requests in all.",
        ledger.requests.len()
    ));
    screen.note("Everything that was started is stopped. With --keep it stays, to play with.");
    screen.end();
    Ok(())
}

/// Applies the configuration, which has the example in it, and shows what came of it.
async fn buy(screen: &Screen, project: &Project, configuration: &str) -> Result<()> {
    screen.heading("Buy a number");
    project.main(configuration)?;
    let begin = Instant::now();
    screen.doing("terraform apply");
    project.apply().await?.ok()?;
    screen.done("terraform apply, without terraform init", begin);

    let number = project.resource(ADDRESS).await?;
    screen.field("number", text(&number, "phone_number_assigned")?);
    screen.field(
        "order",
        &format!(
            "{} ({})",
            text(&number, "order_id")?,
            text(&number, "order_status")?
        ),
    );
    ensure!(
        text(&number, "qr_code")?.starts_with("http"),
        "the QR code is no link"
    );
    screen.field(
        "QR link",
        &format!("in the state, as {ADDRESS}.qr_code; sensitive, so not shown"),
    );

    let begin = Instant::now();
    screen.doing("terraform plan");
    project.assert_empty_plan().await?;
    screen.done("terraform plan: nothing to do", begin);
    Ok(())
}

/// The same against a sandbox that stays.
async fn keep(screen: &Screen, cli: &Cli, provider: &Path, release: bool) -> Result<()> {
    let directory = crate::project()?.join("target").join("quickstart");
    if directory.exists() {
        bail!(
            "{} is there already. Stop its sandbox, if that still runs, and remove the directory: \
             {}",
            directory.display(),
            kept::how_to_stop(&directory)
        );
    }
    let begin = Instant::now();
    let program = build::program("joonto-sandbox", release).await?;
    let mut project = Project::in_directory(cli, provider, &directory)?;
    let sandbox = KeptSandbox::start(&program, &directory).await?;
    screen.done(
        &format!(
            "sandbox listens on {}",
            sandbox.variable("JOONTO_BASE_URL")?
        ),
        begin,
    );
    for (name, value) in sandbox.variables() {
        project.env(name, value);
    }
    let wrapper = kept::write_wrapper(cli, &project, sandbox.variables())?;

    // All in one file, as in the guides, so that what they show can take its place.
    std::fs::remove_file(directory.join("versions.tf"))?;
    buy(screen, &project, &format!("{PROVIDER}\n{EXAMPLE}")).await?;

    screen.heading("Play");
    screen.command(&format!("cd {}", directory.display()));
    screen.command(&format!("{wrapper} plan"));
    screen.command(&format!("{wrapper} output -raw qr_code"));
    screen.command(&format!("{wrapper} apply"));
    screen.command(&format!("{wrapper} destroy"));
    screen.note(&format!(
        "{wrapper} is Terraform with everything set; init is not needed, and would fail."
    ));
    screen.note("Change main.tf as you like, or put an example of docs/ in its place.");
    screen.note("What the sandbox sees, and what it can be told to do, is on");
    screen.note(&format!("{}.", sandbox.control()));
    screen.heading("Stop");
    sandbox.leave()?;
    screen.command(&kept::how_to_stop(&directory));
    screen.end();
    Ok(())
}

fn text<'a>(number: &'a Value, attribute: &str) -> Result<&'a str> {
    number[attribute]
        .as_str()
        .with_context(|| format!("{ADDRESS} has no {attribute}"))
}
