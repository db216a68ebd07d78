//! The provider as its users meet it: the real Terraform (or OpenTofu) against the sandbox.
//!
//! What was bought is for the sandbox's ledger to say, never for our own state.

mod actions;
mod adopt;
mod caller_name;
mod data_limits;
mod data_sources;
mod deferral;
mod destroy;
mod devices;
mod drift;
mod e911;
mod errors;
mod examples;
mod failures;
mod fleet;
mod functions;
mod identity;
mod import;
mod life;
mod lists;
// Elsewhere the system keeps its roots where no test should put one.
#[cfg(all(unix, not(target_vendor = "apple")))]
mod network;
mod port_ins;
mod provider_block;
mod purchases;
mod query;
mod refactors;
mod routes;
mod rules;
mod scene;
mod secrets;
mod seed;
mod story;
mod subscribers;
mod tokens;
mod unknowns;
mod update;
mod upgrade;
mod webhooks;
