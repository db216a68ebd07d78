//! What a fleet needs of the API. Apart, so that tests count requests without a network.

use time::OffsetDateTime;

use super::super::inventory::InventoryPage;

use super::super::number::NumberRecord;

use super::super::client::Client;
use super::super::error::Error;
use super::super::ids::E164;
use super::super::inventory::Inventory;
use super::super::number::Lookup;
use super::super::status::StatusAnswer;
use super::super::status::StatusChange;
use crate::wait::{BoxFuture, Waits};

/// How one request comes out.
pub(super) type Answering<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// The four calls a fleet makes, and the time they are made at.
pub(super) trait Api: Send + Sync {
    /// The present by the API's clock.
    fn server_time(&self) -> OffsetDateTime;

    /// One number; nothing when this account has no such number.
    fn details<'a>(
        &'a self,
        number: &'a E164,
        waits: &'a Waits,
    ) -> Answering<'a, Option<NumberRecord>>;

    /// One page of the inventory; the first is 1.
    fn page<'a>(&'a self, page: u32, waits: &'a Waits) -> Answering<'a, InventoryPage>;

    /// The inventory from its first page on, in line with purchases.
    fn inventory<'a>(&'a self, max_pages: u32, waits: &'a Waits) -> Answering<'a, Inventory>;

    /// One change of status for all of `numbers`.
    fn change_status<'a>(
        &'a self,
        change: &'a StatusChange,
        numbers: &'a [E164],
        waits: &'a Waits,
    ) -> Answering<'a, StatusAnswer>;
}

impl Api for Client {
    fn server_time(&self) -> OffsetDateTime {
        Self::server_time(self)
    }

    fn details<'a>(
        &'a self,
        number: &'a E164,
        waits: &'a Waits,
    ) -> Answering<'a, Option<NumberRecord>> {
        Box::pin(async move {
            let lookup = Lookup::Number(number.clone());
            Self::details(self, &lookup, waits).await
        })
    }

    fn page<'a>(&'a self, page: u32, waits: &'a Waits) -> Answering<'a, InventoryPage> {
        Box::pin(self.inventory_page(page, waits))
    }

    fn inventory<'a>(&'a self, max_pages: u32, waits: &'a Waits) -> Answering<'a, Inventory> {
        Box::pin(async move { Self::inventory(&self.urgent(), max_pages, waits).await })
    }

    fn change_status<'a>(
        &'a self,
        change: &'a StatusChange,
        numbers: &'a [E164],
        waits: &'a Waits,
    ) -> Answering<'a, StatusAnswer> {
        Box::pin(Self::change_status(self, change, numbers, waits))
    }
}
