//! The lists of accounts, each read once for all who want it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::Error;
use super::operation::Operation;
use super::single_flight::{Fetched, SingleFlight};
use super::types::AccountId;
use crate::context::Context;

/// The lists of one kind of thing that a client has read, by the account that was asked for: none
/// for the credentials' own. They end with the client, and it serves one run.
#[derive(Debug)]
pub(super) struct AccountLists<T> {
    lists: SingleFlight<Option<AccountId>, (u64, Arc<T>)>,
    /// How many writes of such a thing have begun or ended.
    writes: AtomicU64,
}

impl<T> Default for AccountLists<T> {
    fn default() -> Self {
        Self {
            lists: SingleFlight::default(),
            writes: AtomicU64::default(),
        }
    }
}

impl<T> AccountLists<T> {
    /// A write of such a thing begins. It ends when the result is dropped.
    pub(super) fn writing(&self) -> ListWriteGuard<'_> {
        self.writes.fetch_add(1, Ordering::AcqRel);
        ListWriteGuard(&self.writes)
    }

    /// The last list of an account if it `will_do` and tells of all writes of this process, else
    /// that of `fetch`.
    pub(super) async fn get(
        &self,
        account_id: Option<&AccountId>,
        operation: &'static Operation,
        context: &Context,
        will_do: impl Fn(&Fetched<'_, (u64, Arc<T>)>) -> bool,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let writes = || self.writes.load(Ordering::Acquire);
        let will_do = |last: Fetched<'_, (u64, Arc<T>)>| {
            let is_written = |(asked_at, _): &(u64, _)| *asked_at != writes();
            !last.result.as_ref().is_ok_and(is_written) && will_do(&last)
        };
        let fetch = async {
            let asked_at = writes();
            Ok((asked_at, Arc::new(fetch.await?)))
        };
        let key = account_id.cloned();
        let list = self.lists.get(&key, operation, context, will_do, fetch);
        Ok(list.await?.1)
    }

    /// The last list of the credentials' own account, if it tells of all writes of this process.
    pub(super) async fn own(&self) -> Option<Arc<T>> {
        let (asked_at, list) = self.lists.last(&None).await?;
        (asked_at == self.writes.load(Ordering::Acquire)).then_some(list)
    }
}

/// A write under way. What is asked for before its end may not tell of it.
#[derive(Debug)]
pub(super) struct ListWriteGuard<'a>(&'a AtomicU64);

impl Drop for ListWriteGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}
