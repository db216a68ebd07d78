//! The sandbox from outside: one test per behaviour (`b..`) and per fault (`f..`), named after its number in the API
//! reference.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod client;
mod numbers;
mod orders;
mod reads;
mod status;
mod tokens;
