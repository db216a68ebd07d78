//! Data sources: one file each. They read and never change anything.

mod accounts;
mod data_usage;
mod filter;
mod number;
mod number_availability;
mod number_device;
mod numbers;
mod webhooks;

use std::time::Duration;

pub(super) use accounts::AccountsDataSource;
pub(super) use data_usage::DataUsageDataSource;
pub(super) use filter::{Filter, MAX_PAGES};
pub(super) use number::NumberDataSource;
pub(super) use number_availability::NumberAvailability;
pub(super) use number_device::NumberDeviceDataSource;
pub(super) use numbers::Numbers;
pub(super) use webhooks::Webhooks;

/// How long a look-up may take, waits for the request limit included.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5 * 60);
