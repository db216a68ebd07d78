//! Actions: one file each. When a response is lost, an action on a number is not repeated: the
//! number is read instead. The status of a SIM cannot be read and is absolute, so it is sent again.

mod park;
mod reactivate;
mod refresh_nnid;
mod reset_data_usage;
mod sim_status;
mod swap_sim;
mod target;

pub(super) use park::Park;
pub(super) use reactivate::Reactivate;
pub(super) use refresh_nnid::RefreshNnid;
pub(super) use reset_data_usage::ResetDataUsage;
pub(super) use sim_status::SetSimStatus;
pub(super) use swap_sim::SwapSim;
