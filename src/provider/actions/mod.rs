//! Actions: one file each. What they do is not repeated when its answer is lost: the number is
//! read instead, and what it tells decides.

mod park;
mod reactivate;
mod swap_sim;
mod target;

pub(super) use park::Park;
pub(super) use reactivate::Reactivate;
pub(super) use swap_sim::SwapSim;
