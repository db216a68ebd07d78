//! One create buys exactly one number, and none is ever lost: the proofs.
//!
//! What was bought is for the sandbox's ledger to say, never for our own state.

#![allow(
    clippy::print_stdout,
    reason = "seeds and figures are for whoever runs the tests"
)]

mod clock;
mod honest;
#[cfg(unix)]
mod kills;
mod scene;
#[cfg(unix)]
mod signals;
mod storm;
mod unbroken;

/// How large a test is to be, from the environment.
fn size(variable: &str, default: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(default, |text| text.parse().expect("a whole number"))
}
