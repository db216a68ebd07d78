//! How a sandbox starts.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use crate::switches::Profile;

/// What a sandbox starts with. The defaults suit a test: any port, no request limit, an empty account.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where ids and numbers come from; the same seed gives the same ones.
    pub seed: u64,
    /// The edition of the API.
    pub profile: Profile,
    /// Requests per minute and account key; none = no limit. (The program starts with 50.)
    pub limit: Option<u32>,
    /// How many numbers the default account owns already. A state file that exists wins.
    pub fleet: usize,
    /// Where the state is kept between runs.
    pub state: Option<PathBuf>,
    /// How long a token lives.
    pub token_life: Duration,
    /// Records on a page of the inventory.
    pub page_size: usize,
    /// The address that both sides listen on. In a container it is 0.0.0.0.
    pub address: IpAddr,
    /// The API's port; 0 = any.
    pub port: u16,
    /// The control side's port; 0 = any.
    pub control_port: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            profile: Profile::Seed,
            limit: None,
            fleet: 0,
            state: None,
            token_life: Duration::from_secs(300),
            page_size: 100,
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            control_port: 0,
        }
    }
}
