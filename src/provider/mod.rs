//! The provider: where Terraform's objects and the Joonto API meet.
//!
//! One folder for each Terraform object. Nothing but `main` uses this room.

mod actions;
mod call;
mod config;
mod data_limit;
mod data_sources;
mod diagnostics;
mod e911_address;
mod flatten;
mod functions;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod keyed;
mod number;
mod port_in;
mod provider_data;
mod purchase;
mod route;
mod subscriber;
mod validators;
mod webhook;

use std::io;
use std::sync::Arc;

use crate::context::Clock;
use crate::joonto::{Client, InventoryCache, MessageRoute, VoiceRoute};
use crate::terraform::action::{self, AnyAction};
use crate::terraform::data_source::{self, AnyDataSource};
use crate::terraform::function::{self, AnyFunction};
use crate::terraform::list_resource::{self, AnyListResource};
use crate::terraform::resource::{AnyResource, erase};
use crate::terraform::{Configuration, Diagnostic, Diagnostics, Provider};

use actions::{Park, Reactivate, RefreshNnid, ResetDataUsage, SetSimStatus, SwapSim};
use config::Resolved;
use data_limit::DataLimitModel;
use data_sources::{
    Accounts, AvailableAreas, FoundNumber, FoundNumbers, NumberDevice, UsageOfNumbers,
};
use diagnostics::{configuration, plans, port_ins, stops};
use e911_address::E911AddressModel;
use functions::ParseActivationCode;
use number::{ListConfig, NumberModel};
use port_in::{PortInEligibility, PortInModel};
use provider_data::{Configured, ProviderData, ProviderHandle};
use purchase::{Purchases, SharedPlace};
use route::RouteModel;
use subscriber::{FoundSubscribers, NoFilter, SubscriberModel};
use webhook::{FoundWebhooks, ListedWebhooks, WebhookModel};

pub use config::{Environment, ProviderConfig};
pub use diagnostics::{Message, Severity, messages};
pub use purchase::{Run, RunId, Runs};

/// The provider for Joonto.
#[derive(Debug)]
pub struct Joonto {
    handle: ProviderHandle,
    environment: Environment,
    clock: Arc<dyn Clock>,
    runs: Runs,
}

impl Joonto {
    /// A provider that is yet to be configured. `runs` says which Terraform command it serves.
    #[must_use]
    pub fn new(environment: Environment, clock: Arc<dyn Clock>, runs: Runs) -> Self {
        Self {
            handle: ProviderHandle::default(),
            environment,
            clock,
            runs,
        }
    }
}

/// The open purchases that are recorded in `place`, or where the environment says, with the lines
/// that resolve them. Needs no credentials of the API.
///
/// # Errors
///
/// The place cannot be read.
pub async fn open_purchases(environment: &Environment, place: Option<&str>) -> io::Result<String> {
    let journal = environment.get("JOONTO_PURCHASE_JOURNAL");
    let journal = journal.filter(|journal| *journal != config::LOCAL);
    let default = environment.data_directory().join("joonto");
    let place = match place.or(journal) {
        Some(place) => environment.shared_place(place).map_err(io::Error::other)?,
        None => SharedPlace::Directory(default),
    };
    let name = place.name();
    let (purchases, open) = purchase::list(place).await?;
    let port_ins = port_ins::listing(&name, &open);
    Ok(match purchases.is_empty() && !open.is_empty() {
        true => port_ins,
        false => stops::listing(&name, &purchases) + &port_ins,
    })
}

impl Provider for Joonto {
    type Config = ProviderConfig;

    fn resources(&self) -> Vec<Box<dyn AnyResource>> {
        let handle = &self.handle;
        vec![
            erase(handle.all::<NumberModel>()),
            erase(handle.all::<DataLimitModel>()),
            erase(handle.all::<RouteModel<MessageRoute>>()),
            erase(handle.all::<RouteModel<VoiceRoute>>()),
            erase(handle.all::<WebhookModel>()),
            erase(handle.all::<E911AddressModel>()),
            erase(handle.all::<SubscriberModel>()),
            erase(handle.all::<PortInModel>()),
        ]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource>> {
        let handle = &self.handle;
        let mut all = vec![
            data_source::erase(handle.all::<FoundNumber>()),
            data_source::erase(handle.all::<FoundNumbers>()),
            data_source::erase(handle.all::<AvailableAreas>()),
            data_source::erase(handle.all::<UsageOfNumbers>()),
            data_source::erase(handle.all::<FoundWebhooks>()),
            data_source::erase(handle.all::<NumberDevice>()),
            data_source::erase(handle.all::<Accounts>()),
            data_source::erase(handle.all::<FoundSubscribers>()),
            data_source::erase(handle.all::<PortInEligibility>()),
        ];
        all.extend(route::data_sources::<MessageRoute>(handle));
        all.extend(route::data_sources::<VoiceRoute>(handle));
        all
    }

    fn list_resources(&self) -> Vec<Box<dyn AnyListResource>> {
        let handle = &self.handle;
        vec![
            list_resource::erase(handle.all::<ListConfig>()),
            list_resource::erase(handle.all::<ListedWebhooks>()),
            list_resource::erase(handle.all::<NoFilter>()),
        ]
    }

    fn actions(&self) -> Vec<Box<dyn AnyAction>> {
        let handle = &self.handle;
        vec![
            action::erase(handle.all::<SwapSim>()),
            action::erase(handle.all::<Park>()),
            action::erase(handle.all::<Reactivate>()),
            action::erase(handle.all::<ResetDataUsage>()),
            action::erase(handle.all::<SetSimStatus>()),
            action::erase(handle.all::<RefreshNnid>()),
        ]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![function::erase(ParseActivationCode)]
    }

    fn refuse_move(&self, from: &str, provider: &str, to: &str) -> Diagnostic {
        plans::move_refused(from, provider, to)
    }

    // What takes the whole of configuration and environment is reported when configuring.
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
        let resolved = config::resolve(&config, &self.environment, &terraform_version, diagnostics);
        let configured = match resolved {
            Resolved::Known {
                settings,
                account_id,
                purchases,
            } => {
                let client = Client::new(*settings, Arc::clone(&self.clock));
                let fingerprint = client.fingerprint();
                let before = self.handle.data().ok();
                if before.is_some_and(|before| before.client.fingerprint() != fingerprint) {
                    diagnostics.push(configuration::second_configuration());
                }
                let accept_missing = self.environment.get("JOONTO_ACCEPT_MISSING") == Some("1");
                let cache = InventoryCache::new(&client, accept_missing);
                let run = self.runs.next(&*self.clock);
                let purchases = Purchases::new(client.clone(), cache.clone(), run, purchases);
                Configured::Connected(ProviderData {
                    client,
                    cache,
                    purchases: Arc::new(purchases),
                    account_id,
                })
            }
            Resolved::Unknown(arguments) => Configured::Unknown(arguments),
            Resolved::Refused => Configured::Absent,
        };
        self.handle.configure(configured);
    }
}
