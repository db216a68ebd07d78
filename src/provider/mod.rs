//! The provider: where Terraform's objects and the Joonto API meet.
//!
//! One folder for each Terraform object. Nothing but `main` uses this room.

mod account;
mod config;
mod explain;
mod number;

use std::sync::Arc;

use crate::joonto::Client;
use crate::terraform::resource::{AnyResource, erase};
use crate::terraform::{Configuration, Diagnostics, Provider};
use crate::wait::Clock;

use account::{Account, Connection};
use config::Resolved;
use number::NumberResource;

pub use config::{Environment, ProviderConfig};

/// The provider for Joonto.
#[derive(Debug)]
pub struct Joonto {
    account: Account,
    environment: Environment,
    clock: Arc<dyn Clock>,
}

impl Joonto {
    /// A provider that is yet to be configured.
    #[must_use]
    pub fn new(environment: Environment, clock: Arc<dyn Clock>) -> Self {
        Self {
            account: Account::default(),
            environment,
            clock,
        }
    }
}

impl Provider for Joonto {
    type Config = ProviderConfig;

    fn resources(&self) -> Vec<Box<dyn AnyResource>> {
        vec![erase(NumberResource::new(self.account.clone()))]
    }

    // What only the whole of configuration and environment can tell is told when configuring.
    fn validate(&self, _: &ProviderConfig, _: &mut Diagnostics) {}

    fn configure(
        &self,
        configuration: Configuration<ProviderConfig>,
        diagnostics: &mut Diagnostics,
    ) {
        let Configuration {
            config,
            terraform_version,
        } = configuration;
        match config::resolve(&config, &self.environment, &terraform_version, diagnostics) {
            Resolved::Known {
                settings,
                account_id,
            } => {
                let client = Client::new(*settings, Arc::clone(&self.clock));
                self.account.connect(Connection { client, account_id });
            }
            Resolved::Unknown(arguments) => self.account.not_known_yet(arguments),
            Resolved::Refused => self.account.disconnect(),
        }
    }
}
