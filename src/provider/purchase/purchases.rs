//! The purchases of one account, and what earlier runs left open: loaded once.

use std::sync::{Arc, Mutex};

use tokio::sync::{MutexGuard, OnceCell};

use super::core::Core;
use super::open::{OpenRecords, OpenWarning};
use super::outcome::NotBought;
use super::port_in::PortIns;
use crate::context::Context;
use crate::sync::locked;

/// The purchases of one account.
#[derive(Debug)]
pub(in crate::provider) struct Purchases {
    pub(super) core: Arc<Core>,
    /// Its port-ins.
    pub(in crate::provider) port_ins: PortIns,
    records: OnceCell<tokio::sync::Mutex<OpenRecords>>,
    /// What plans should warn of, until one does.
    warning: Mutex<Option<OpenWarning>>,
}

impl Purchases {
    /// What the runs before that of `core` left open is not loaded yet.
    pub(super) fn of(core: Arc<Core>) -> Self {
        Self {
            port_ins: PortIns::of(Arc::clone(&core)),
            core,
            records: OnceCell::new(),
            warning: Mutex::default(),
        }
    }

    /// The open purchases of earlier runs, which are loaded first.
    ///
    /// # Errors
    ///
    /// A place cannot be read. Creates report it; plans and reads leave it to them.
    pub(super) async fn open_records(&self) -> Result<MutexGuard<'_, OpenRecords>, NotBought> {
        let records = self.records.get_or_try_init(async || {
            let records = OpenRecords::read(&self.core).await;
            records.map(tokio::sync::Mutex::new)
        });
        let records = records.await.map_err(NotBought::RecordsUnreadable)?;
        Ok(records.lock().await)
    }

    /// Loads the open purchases for a plan to warn of, if that has not been done.
    pub(in crate::provider) async fn load_open(&self, context: &Context) {
        if let Ok(mut open) = self.open_records().await
            && let Some(warning) = open.plan_warning(&self.core, context).await
        {
            *locked(&self.warning) = Some(warning);
        }
    }

    /// What a plan should warn of, once. It has to be loaded.
    pub(in crate::provider) fn warn_of_open(&self) -> Option<OpenWarning> {
        locked(&self.warning).take()
    }
}
