//! What earlier runs left open: loaded once, for creates and for plans.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;

use super::core::Core;
use super::journal::{ACTS_FOR, Journal, OpenPortIn, OpenRecord, PlaceError, Status};
use super::open::{OpenRecords, OpenWarning};
use crate::context::{Context, Interrupted};
use crate::joonto::E164;
use crate::sync::locked;

/// How often an open purchase is read again while its process may still act.
const REREAD: Duration = Duration::from_secs(1);

/// What earlier runs left open.
#[derive(Debug)]
pub(super) struct Earlier {
    pub(super) core: Arc<Core>,
    records: tokio::sync::Mutex<Option<OpenRecords>>,
    /// What plans should warn of, until one does.
    warning: Mutex<Option<OpenWarning>>,
}

impl Earlier {
    /// What runs before that of `core` left open.
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self {
            core,
            records: tokio::sync::Mutex::default(),
            warning: Mutex::default(),
        }
    }

    /// Runs `work` on the open purchases, which are loaded first.
    ///
    /// # Errors
    ///
    /// A place cannot be read. Creates report it; plans and reads leave it to them.
    pub(super) async fn with<T>(
        &self,
        work: impl AsyncFnOnce(&mut OpenRecords) -> T,
    ) -> Result<T, PlaceError> {
        let mut records = self.records.lock().await;
        let records = match &mut *records {
            Some(records) => records,
            none => none.insert(OpenRecords::read(&self.core).await?),
        };
        Ok(work(records).await)
    }

    /// Loads the open purchases for a plan, if that has not been done.
    pub(super) async fn load(&self, context: &Context) {
        let loading = self.with(async |open| {
            if let Some(warning) = open.plan_warning(&self.core, context).await {
                *locked(&self.warning) = Some(warning);
            }
        });
        let _ = loading.await;
    }

    /// What a plan should warn of, once. It has to be loaded.
    pub(super) fn take_warning(&self) -> Option<OpenWarning> {
        locked(&self.warning).take()
    }

    /// A state holds this number, or this order: its purchase is closed.
    pub(super) async fn note_held(&self, number: Option<&E164>, order: Option<&str>) {
        let closing = self.with(async |open| {
            open.close_held(&self.core, number, order, false).await;
        });
        let _ = closing.await;
    }

    /// Terraform let go of the number: the purchase of this state that brought it is closed.
    pub(super) async fn close_deleted(&self, number: &E164) {
        let closing = self.with(async |open| open.close_deleted(&self.core, number).await);
        let _ = closing.await;
    }
}

/// Something open whose process may still act on it.
pub(super) trait OpenEntry: Clone + Send + Sync {
    /// Whether its process may still act at that time, by the API's clock.
    fn may_act(&self, now: OffsetDateTime) -> bool;

    /// Whether its process has certainly ended.
    fn writer_has_ended(&self, journal: &Journal) -> impl Future<Output = bool> + Send;

    /// The same as it is now; `None` if it was closed.
    fn reread(&self, journal: &Journal) -> impl Future<Output = Option<Self>> + Send;
}

impl OpenEntry for OpenRecord {
    fn may_act(&self, now: OffsetDateTime) -> bool {
        self.record().is_some_and(|record| {
            !self.is_claimed() && record.status != Status::Returned && now < record.deadline()
        })
    }

    async fn writer_has_ended(&self, journal: &Journal) -> bool {
        journal.writer_has_ended(self).await
    }

    async fn reread(&self, journal: &Journal) -> Option<Self> {
        journal.reread(self).await
    }
}

impl OpenEntry for OpenPortIn {
    fn may_act(&self, now: OffsetDateTime) -> bool {
        !self.was_returned() && self.deadline().is_some_and(|deadline| now < deadline)
    }

    async fn writer_has_ended(&self, journal: &Journal) -> bool {
        journal.port_in_writer_has_ended(self).await
    }

    async fn reread(&self, journal: &Journal) -> Option<Self> {
        journal.reread_port_in(self).await
    }
}

/// Waits while the process of something open may still act. Nothing if it closed it meanwhile.
pub(super) async fn await_writer<T: OpenEntry>(
    core: &Core,
    mut open: T,
    context: &Context,
) -> Result<Option<T>, Interrupted> {
    if open.may_act(core.client.server_time()) {
        // The deadline is by the API's clock, which a first response tells.
        let _ = core.client.urgent().inventory_page(1, context).await;
    }
    let last = context.clock().now() + ACTS_FOR;
    while open.may_act(core.client.server_time())
        && context.clock().now() < last
        && !open.writer_has_ended(&core.journal).await
    {
        context.sleep(REREAD).await?;
        match open.reread(&core.journal).await {
            Some(now) => open = now,
            None => return Ok(None),
        }
    }
    // It may have been written once more before its process ended.
    Ok(open.reread(&core.journal).await)
}
