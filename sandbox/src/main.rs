//! The sandbox as a program.

#![allow(clippy::print_stdout, reason = "the program says where it listens")]

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::{Parser, ValueEnum};
use joonto_sandbox::{Chaos, Options, Profile, Sandbox};

/// A simulated Joonto API.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on. In a container: 0.0.0.0, with both ports published on 127.0.0.1
    #[arg(long, default_value_t = Ipv4Addr::LOCALHOST.into())]
    address: IpAddr,
    /// Port of the API; 0 = any
    #[arg(long, default_value_t = 8390)]
    port: u16,
    /// Port of the control page; 0 = any
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// Keep numbers, orders and routes in this file between runs
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Start with so many numbers in the default account
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    fleet: usize,
    /// Where ids and numbers come from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which edition of the API to imitate
    #[arg(long, value_enum, default_value_t = Edition::Seed)]
    profile: Edition,
    /// Requests per minute and account key; 0 = no limit
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Seconds a token lives
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    token_life: u64,
    /// Records on a page of the inventory
    #[arg(long, default_value_t = 100)]
    page_size: usize,
    /// Spoil so many of a hundred calls at random; which ones and how is printed as a seed
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    chaos: Option<u8>,
    /// Spoil the same calls in the same way as the run that printed this seed
    #[arg(long, value_name = "SEED", requires = "chaos")]
    chaos_seed: Option<u64>,
    /// Print the contract of every request as JSON, and end
    #[arg(long)]
    print_contract: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Edition {
    /// As the user's document has it
    Seed,
    /// As the vendor describes it today
    Current,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.print_contract {
        println!("{:#}", joonto_sandbox::contract());
        return Ok(());
    }
    let sandbox = Sandbox::start(Options {
        seed: arguments.seed,
        profile: match arguments.profile {
            Edition::Seed => Profile::Seed,
            Edition::Current => Profile::Current,
        },
        limit: (arguments.limit > 0).then_some(arguments.limit),
        fleet: arguments.fleet,
        state: arguments.state,
        token_life: Duration::from_secs(arguments.token_life),
        page_size: arguments.page_size,
        address: arguments.address,
        port: arguments.port,
        control_port: arguments.control_port,
    })
    .await?;
    let credentials = sandbox.credentials();
    println!("API:     {}", sandbox.base_url());
    println!("Control: {}", sandbox.control_url());
    if let Some(percent) = arguments.chaos {
        let seed = arguments.chaos_seed.unwrap_or_else(seed_of_the_moment);
        println!(
            "Chaos:   {percent} % of calls; replay with --chaos {percent} --chaos-seed {seed}"
        );
        sandbox.chaos(Some(Chaos::of_everything(seed, "*", percent)));
    }
    println!();
    println!("export JOONTO_BASE_URL={}", sandbox.base_url());
    println!("export JOONTO_ACCOUNT_KEY={}", credentials.account_key);
    println!(
        "export JOONTO_ACCOUNT_SECRET={}",
        credentials.account_secret
    );
    println!();
    println!("Ctrl-C stops it.");
    wait_for_the_end().await?;
    sandbox.shutdown().await;
    Ok(())
}

fn seed_of_the_moment() -> u64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    since.subsec_nanos().into()
}

#[cfg(unix)]
async fn wait_for_the_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn wait_for_the_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
