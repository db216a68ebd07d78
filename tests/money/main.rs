//! One create buys exactly one number, and none is ever lost: the proofs.
//!
//! What was bought is for the sandbox's ledger to say, never for our own state.

#![allow(
    clippy::print_stdout,
    reason = "seeds and figures are for the person who runs the tests"
)]

mod adoption;
#[cfg(unix)]
mod cli;
mod clock;
mod inventory;
#[cfg(unix)]
mod kills;
mod life;
mod orders;
mod pasted;
#[cfg(unix)]
mod port_ins;
mod property;
mod runner;
mod scene;
#[cfg(unix)]
mod sequences;
#[cfg(unix)]
mod signals;
mod stops;
mod storm;
mod success_after_purchase;
mod switches;
mod weather;
mod world;

/// How large a test is to be, from the environment.
fn size(variable: &str, default: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(default, |text| text.parse().expect("a whole number"))
}
