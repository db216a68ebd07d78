//! `cargo xtask quickstart`, once xtask has built it with the provider and the sandbox: a first number, bought
//! from the sandbox with the real Terraform.

mod kept;
mod screen;

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use harness::{Cli, Project};
use joonto_sandbox::{Options, Sandbox};
use serde_json::Value;

use kept::KeptSandbox;
use screen::{Screen, say};

/// The configuration that is applied: the request of the API's own documentation.
const EXAMPLE: &str = include_str!("../../../examples/resources/joonto_number/resource.tf");

/// The number in it.
const ADDRESS: &str = "joonto_number.tracker";

/// How every configuration begins.
const PROVIDER: &str = include_str!("../../../examples/provider/provider.tf");

fn main() -> Result<()> {
    let keeps = env::args().any(|argument| argument == "--keep");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = play(keeps) => outcome,
            _ = tokio::signal::ctrl_c() => bail!("interrupted; nothing is left running"),
        }
    });
    // What is being fetched when it is interrupted must not keep it from ending.
    runtime.shutdown_background();
    outcome
}

async fn play(keeps: bool) -> Result<()> {
    let mut screen = Screen::new();
    screen.step("find Terraform");
    // Fetching it can take a while, and must not keep Ctrl-C waiting.
    let cli = tokio::task::spawn_blocking(Cli::find);
    let cli = screen.wait("looking for Terraform", cli).await??;
    screen.done(&format!("{cli} found"));
    match keeps {
        true => keep(&mut screen, &cli).await,
        false => give_back(&mut screen, &cli).await,
    }
}

/// Buys a number and cancels it, with a sandbox in this process.
async fn give_back(screen: &mut Screen, cli: &Cli) -> Result<()> {
    screen.step("start the sandbox");
    let sandbox = Sandbox::start(Options::default());
    let sandbox = screen.wait("starting", sandbox).await?;
    screen.done(&format!("sandbox listens on {}", sandbox.base_url()));
    let credentials = sandbox.credentials();
    let mut project = Project::new(cli, &program("terraform-provider-joonto")?)?;
    project
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret);
    buy(screen, &project, EXAMPLE).await?;

    screen.step("give the number back");
    let destroyed = screen.wait("terraform destroy", project.destroy()).await?;
    destroyed.ok()?;
    screen.done("terraform destroy: the number is cancelled");
    let ledger = sandbox.ledger();
    sandbox.shutdown().await;
    let bought = ledger.purchases().len();
    ensure!(
        bought == 1,
        "the sandbox sold {bought} numbers, and not the one that was asked for"
    );
    say(&format!(
        "  The sandbox's own books: {bought} number sold, {} requests in all.\n  Everything that was started \
         is stopped. With --keep it stays, for experiments.\n",
        ledger.requests.len()
    ));
    Ok(())
}

/// Applies the configuration, which has the example in it, and shows what came of it.
async fn buy(screen: &mut Screen, project: &Project, configuration: &str) -> Result<()> {
    screen.step("buy a number");
    project.main(configuration)?;
    let applied = screen.wait("terraform apply", project.apply()).await?;
    applied.ok()?;
    screen.done("terraform apply, without terraform init");

    let number = project.resource(ADDRESS).await?;
    let (order, status) = (text(&number, "order_id")?, text(&number, "order_status")?);
    screen.field("number", text(&number, "phone_number_assigned")?);
    screen.field("order", &format!("{order} ({status})"));
    ensure!(
        text(&number, "qr_code")?.starts_with("http"),
        "the QR code is no link"
    );
    screen.field(
        "QR link",
        &format!("in the state, as {ADDRESS}.qr_code; sensitive, so not shown"),
    );

    let planned = project.assert_empty_plan();
    screen.wait("terraform plan", planned).await?;
    screen.done("terraform plan: nothing to do");
    Ok(())
}

/// Buys a number from a sandbox that stays.
async fn keep(screen: &mut Screen, cli: &Cli) -> Result<()> {
    screen.step("start the sandbox");
    let program_directory = own_directory()?;
    let target = program_directory.parent().context("no target directory")?;
    let directory = target.join("quickstart");
    if directory.exists() {
        bail!(
            "{} is there already. Stop its sandbox, if that still runs, and remove the directory: {}",
            directory.display(),
            kept::how_to_stop(&directory)
        );
    }
    let mut project =
        Project::in_directory(cli, &program("terraform-provider-joonto")?, &directory)?;
    let sandbox = program("joonto-sandbox")?;
    let sandbox = KeptSandbox::start(&sandbox, &directory);
    let sandbox = screen.wait("starting", sandbox).await?;
    let address = sandbox.variables.get("JOONTO_BASE_URL");
    let address = address.context("the sandbox does not tell its address")?;
    screen.done(&format!("sandbox listens on {address}"));
    for (name, value) in &sandbox.variables {
        project.env(name, value);
    }
    let wrapper = kept::write_wrapper(cli, &project, &sandbox.variables)?;

    // All in one file, as in the guides, so that what they show can take its place.
    std::fs::remove_file(directory.join("versions.tf"))?;
    buy(screen, &project, &format!("{PROVIDER}\n{EXAMPLE}")).await?;

    screen.step("play");
    screen.command(&format!("cd {}", directory.display()));
    for arguments in ["plan", "output -raw qr_code", "apply", "destroy"] {
        screen.command(&format!("{wrapper} {arguments}"));
    }
    say(&format!(
        "  {wrapper} is Terraform with everything set; init is not needed, and would fail.\n  Change main.tf as \
         you like, or put an example of docs/ in its place.\n  The page of the sandbox shows what it sees, and has its \
         switches:\n  {}\n\nTo stop it:",
        sandbox.control
    ));
    sandbox.leave()?;
    screen.command(&kept::how_to_stop(&directory));
    say("");
    Ok(())
}

fn text<'a>(number: &'a Value, attribute: &str) -> Result<&'a str> {
    number[attribute]
        .as_str()
        .with_context(|| format!("{ADDRESS} has no {attribute}"))
}

/// A program that was built along with this one.
fn program(name: &str) -> Result<PathBuf> {
    Ok(own_directory()?.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}

fn own_directory() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let directory = program.parent().context("a program lies somewhere")?;
    Ok(Path::to_owned(directory))
}
