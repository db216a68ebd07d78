//! An account's routes, read once for all who want them.
//!
//! Two things of a voice route stand in its account's list alone, so each refresh of one wants the
//! whole list. A run reads it once, and again after this process has written a route.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use super::super::client::Client;
use super::super::error::{Error, Problem, given_up};
use super::super::lenient_json::{FromResponse, Json, LenientObject};
use super::super::operation::Operation;
use super::super::session::ApiCall;
use super::super::single_flight::Age;
use super::super::types::AccountId;
use super::{Route, RouteKind};
use crate::context::Context;

/// The routes of an account.
#[derive(Debug)]
pub struct RouteList {
    operation: &'static Operation,
    routes: Vec<Route>,
    total: u64,
}

impl RouteList {
    /// Those that could be read.
    #[must_use]
    pub fn readable(&self) -> &[Route] {
        &self.routes
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// [Incomplete](Error::is_incomplete) when not all could be read.
    pub fn whole(&self) -> Result<&[Route], Error> {
        let read = u64::try_from(self.routes.len()).unwrap_or(u64::MAX);
        let total = self.total;
        match read == total {
            true => Ok(&self.routes),
            false => Err(Error::new(
                self.operation,
                Problem::Incomplete { read, total },
            )),
        }
    }
}

/// An account's routes. Without a list this says nothing about them, unless it says there are none.
pub(super) struct Listed<K>(pub(super) RouteList, PhantomData<K>);

impl<K: RouteKind> FromResponse for Listed<K> {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["Results", "TotalRoutes"])?;
        let items = match fields.list("Results") {
            Some(items) => items,
            None if fields.named("Results").any(|json| *json == Json::Null) => &[],
            None => return None,
        };
        let routes = items
            .iter()
            .filter_map(LenientObject::of)
            .map(Route::read::<K>);
        let listed = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let list = RouteList {
            operation: K::TABLE.list,
            routes: routes.filter(|route| route.id.is_some()).collect(),
            total: listed.max(fields.count("TotalRoutes").unwrap_or_default()),
        };
        Some(Self(list, PhantomData))
    }
}

/// The lists of one kind of route that a client has read. They end with it, and it serves one run.
#[derive(Debug, Default)]
pub(super) struct RouteCache<K> {
    /// How many writes of a route have begun or ended.
    writes: AtomicU64,
    /// How many have asked for a list.
    asked: AtomicU64,
    /// Held while one is read: who comes meanwhile is served by it.
    reads: Mutex<Vec<ListRead>>,
    kind: PhantomData<K>,
}

/// The outcome of reading an account's list.
#[derive(Debug)]
struct ListRead {
    /// The account that was asked for; the credentials' own if none was named.
    asked: Option<AccountId>,
    /// The writes before it was asked for, all of which it shows.
    writes: u64,
    /// How many had asked by its end.
    by: u64,
    outcome: Result<Arc<RouteList>, Error>,
}

impl ListRead {
    /// Whether it is the response to the one who asked for an account as number `turn`.
    ///
    /// The credentials' own list is that of an account which each of its routes names. A failure
    /// is a response to all who had asked by then: they would try one after the other otherwise,
    /// each with all its retries.
    fn serves(&self, account_id: Option<&AccountId>, turn: u64) -> bool {
        let is_asked = self.asked.as_ref() == account_id;
        match &self.outcome {
            Ok(list) if self.asked.is_none() && !list.routes.is_empty() => {
                let mut named = list.routes.iter().map(|route| route.account_id.as_ref());
                is_asked || named.all(|named| named == account_id)
            }
            Ok(_) => is_asked,
            Err(_) => is_asked && turn < self.by,
        }
    }
}

impl<K: RouteKind> RouteCache<K> {
    /// Says that a route is written, until what is returned is dropped.
    pub(super) fn writing(&self) -> RouteWriteGuard<'_> {
        self.writes.fetch_add(1, Ordering::AcqRel);
        RouteWriteGuard(&self.writes)
    }

    /// The routes of an account.
    pub(super) async fn routes(
        &self,
        client: &Client,
        account_id: Option<&AccountId>,
        age: Age,
        context: &Context,
    ) -> Result<Arc<RouteList>, Error> {
        let operation = K::TABLE.list;
        let turn = self.asked.fetch_add(1, Ordering::AcqRel);
        let reads = context.wait_for(self.reads.lock()).await;
        let mut reads = reads.map_err(given_up(operation))?;
        let writes = self.writes.load(Ordering::Acquire);
        reads.retain(|read| read.writes == writes || read.outcome.is_err());
        let kept = reads.iter().filter(|_| age == Age::Recent);
        let serving = kept.filter(|read| read.serves(account_id, turn));
        // A list rather than a failure to read it again.
        if let Some(read) = serving.min_by_key(|read| read.outcome.is_err()) {
            return read.outcome.clone();
        }
        let account = account_id.map(|id| ("AccountId", id.as_str().to_owned()));
        let call = ApiCall::get(operation, account.into_iter().collect());
        let listed = client.call(&call, context).await;
        let outcome = listed.map(|Listed::<K>(list, _)| Arc::new(list));
        // That one caller was stopped says nothing to the others.
        let is_stopped = |error: &Error| error.interrupted().is_some();
        if !outcome.as_ref().is_err_and(is_stopped) {
            let is_replaced = |read: &ListRead| {
                read.asked.as_ref() == account_id && (outcome.is_ok() || read.outcome.is_err())
            };
            reads.retain(|read| !is_replaced(read));
            let read = ListRead {
                asked: account_id.cloned(),
                writes,
                by: self.asked.load(Ordering::Acquire),
                outcome: outcome.clone(),
            };
            // The newest first: another one may serve the same account.
            reads.insert(0, read);
        }
        outcome
    }
}

/// A write under way. What is asked for before its end may not tell of it.
#[derive(Debug)]
pub(super) struct RouteWriteGuard<'a>(&'a AtomicU64);

impl Drop for RouteWriteGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}
