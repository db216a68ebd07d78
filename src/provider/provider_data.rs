//! The account a configured provider works with.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

use super::diagnostics::configuration;
use super::purchase::Purchases;
use crate::joonto::{AccountId, Client, InventoryCache};
use crate::sync::locked;
use crate::terraform::resource::Failure;

/// The account that the last configuration named, shared by everything that calls the API.
#[derive(Clone, Debug, Default)]
pub(super) struct ProviderHandle(Arc<Mutex<Configured>>);

/// What the last configuration came to.
#[derive(Clone, Debug, Default)]
pub(super) enum Configured {
    /// There is none, or it was refused: nothing can be called.
    #[default]
    Absent,
    /// Nothing can be called: these arguments are not known yet.
    Unknown(Vec<&'static str>),
    /// An account.
    Connected(ProviderData),
}

/// A way to the API, and what goes with it.
#[derive(Clone, Debug)]
pub(super) struct ProviderData {
    /// The API.
    pub(super) client: Client,
    /// Its numbers, read and ended together.
    pub(super) cache: InventoryCache,
    /// What is bought with it.
    pub(super) purchases: Arc<Purchases>,
    /// The account that resources belong to unless they name one.
    pub(super) account_id: Option<String>,
}

impl ProviderData {
    /// The account that an object is in: the one it names, or else the provider's. With neither,
    /// the API takes that of the credentials.
    pub(super) fn account_of(&self, named: Option<&str>) -> Option<AccountId> {
        let named = named.filter(|id| !id.is_empty());
        AccountId::parse(named.or(self.account_id.as_deref())?).ok()
    }
}

/// All objects of one type, in the account that the handle leads to.
#[derive(Debug)]
pub(super) struct AccountObjects<T> {
    /// The account.
    pub(super) handle: ProviderHandle,
    object: PhantomData<T>,
}

impl ProviderHandle {
    /// The objects of one type in the account.
    pub(super) fn all<T>(&self) -> AccountObjects<T> {
        AccountObjects {
            handle: self.clone(),
            object: PhantomData,
        }
    }

    /// From now on, work with what is configured.
    pub(super) fn configure(&self, configured: Configured) {
        *locked(&self.0) = configured;
    }

    /// The way to the API.
    pub(super) fn data(&self) -> Result<ProviderData, Failure> {
        match &*locked(&self.0) {
            Configured::Connected(data) => Ok(data.clone()),
            Configured::Unknown(arguments) => {
                Err(Failure::NotConfigured(configuration::unknown(arguments)))
            }
            Configured::Absent => Err(Failure::Failed(configuration::not_configured())),
        }
    }
}
