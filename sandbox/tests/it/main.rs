//! The sandbox from outside: one test per behaviour (`b..`) and per fault (`f..`), named after its number in the API
//! reference.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod accounts;
mod beside;
mod changes;
mod client;
mod contract;
mod contradictions;
mod control;
mod dialects;
mod endurance;
mod faults_reads;
mod faults_responses;
mod faults_wire;
mod lags;
mod numbers;
mod orders;
mod pages;
mod port_in;
mod port_in_switches;
#[cfg(unix)]
mod program;
mod quickstart;
mod reads;
mod routes;
mod status;
mod subscribers;
mod tokens;
mod waits;
mod webhooks;
mod wire;
