//! Protocol 6 as Terraform's core speaks it, against the real program over the real handshake.
//!
//! What Terraform would refuse with a "bug in the provider" is refused here as well: each plan is
//! held to [`plan_rule`], each schema to [`schema`]'s. No API takes part: where one is called, a
//! [`listener`] responds as the test says, or nobody does.

mod applying;
mod configuring;
mod deferral;
mod identity;
mod kept;
mod listener;
mod numbers;
mod odd;
mod plan_rule;
mod planning;
mod rpcs;
mod schema;
mod session;
mod stable_plans;
mod stored;
mod unknowns;
mod validating;
mod values;
mod verified;
