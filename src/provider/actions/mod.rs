//! Actions: one file each. When a response is lost, an action is not repeated: the number is read
//! instead.

mod park;
mod reactivate;
mod reset_data_usage;
mod swap_sim;
mod target;

pub(super) use park::Park;
pub(super) use reactivate::Reactivate;
pub(super) use reset_data_usage::ResetDataUsage;
pub(super) use swap_sim::SwapSim;
