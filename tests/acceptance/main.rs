//! The provider as its users meet it: the real Terraform (or OpenTofu) against the sandbox.
//!
//! What was bought is for the sandbox's ledger to say, never for our own state.

mod data_sources;
mod failures;
mod functions;
mod identity;
mod life;
mod provider_block;
mod routes;
mod rules;
mod scene;
mod seed;
mod unknowns;
