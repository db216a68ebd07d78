//! An account's routes, read once for all who want them.
//!
//! Two things of a voice route stand in its account's list alone, so each refresh of one wants the
//! whole list. A run reads it once, and again after this process has written a route.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use super::super::client::Client;
use super::super::error::Error;
use super::super::ids::AccountId;
use super::super::operation::Operation;
use super::super::session::Call;
use super::super::single_flight::Age;
use super::{FromAnswer, Listed};
use crate::wait::Waits;

/// The routes of an account.
#[derive(Debug)]
pub struct RouteList<R> {
    operation: &'static Operation,
    routes: Vec<R>,
    total: u64,
}

impl<R> RouteList<R> {
    /// Those that could be read.
    #[must_use]
    pub fn readable(&self) -> &[R] {
        &self.routes
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// [`Error::Incomplete`] when not all could be read.
    pub fn whole(&self) -> Result<&[R], Error> {
        let read = u64::try_from(self.routes.len()).unwrap_or(u64::MAX);
        match read == self.total {
            true => Ok(&self.routes),
            false => Err(Error::Incomplete {
                operation: self.operation,
                read,
                total: self.total,
            }),
        }
    }
}

/// The lists of one kind of route that a client has read. They end with it, and it serves one run.
#[derive(Debug)]
pub(super) struct Lists<R> {
    /// How many writes of a route have begun or ended.
    writes: AtomicU64,
    /// How many have asked for a list.
    asked: AtomicU64,
    /// Held while one is read: who comes meanwhile is answered by it.
    read: Mutex<Read<R>>,
}

/// What has been read.
#[derive(Debug)]
struct Read<R> {
    lists: Vec<List<R>>,
    failure: Option<Unread>,
}

/// A list that could not be read: an answer to all who had asked for it by then. They would try
/// one after the other otherwise, each with all its retries.
#[derive(Debug)]
struct Unread {
    asked: Option<AccountId>,
    /// How many had asked by then.
    by: u64,
    error: Error,
}

#[derive(Debug)]
struct List<R> {
    /// The account that was asked for; the credentials' own if none was named.
    asked: Option<AccountId>,
    /// The writes before it was asked for, all of which it tells.
    writes: u64,
    routes: Arc<RouteList<R>>,
}

impl<R: FromAnswer> List<R> {
    /// Whether it is that of an account: asked for, or told of each of its routes.
    fn is_of(&self, account_id: Option<&AccountId>) -> bool {
        let routes = self.routes.readable();
        let is_told = || routes.iter().all(|route| route.account_id() == account_id);
        self.asked.as_ref() == account_id
            || (self.asked.is_none() && !routes.is_empty() && is_told())
    }
}

impl<R: FromAnswer> Lists<R> {
    /// Says that a route is written, until what is returned is dropped.
    pub(super) fn writing(&self) -> Writing<'_> {
        self.writes.fetch_add(1, Ordering::AcqRel);
        Writing(&self.writes)
    }

    /// The routes of an account.
    pub(super) async fn of(
        &self,
        client: &Client,
        account_id: Option<&AccountId>,
        age: Age,
        waits: &Waits,
    ) -> Result<Arc<RouteList<R>>, Error> {
        let operation = R::NAMES.list;
        let turn = self.asked.fetch_add(1, Ordering::AcqRel);
        let read = waits.wait_for(self.read.lock()).await;
        let mut read = read.map_err(|reason| Error::Interrupted { operation, reason })?;
        let Read { lists, failure } = &mut *read;
        let writes = self.writes.load(Ordering::Acquire);
        lists.retain(|list| list.writes == writes);
        if age == Age::Recent {
            if let Some(list) = lists.iter().find(|list| list.is_of(account_id)) {
                return Ok(Arc::clone(&list.routes));
            }
            let is_it = |failed: &&Unread| failed.asked.as_ref() == account_id && turn < failed.by;
            if let Some(failed) = failure.as_ref().filter(is_it) {
                return Err(failed.error.clone());
            }
        }
        let query = account_id
            .map(|id| ("AccountId", id.as_str().to_owned()))
            .into_iter()
            .collect();
        let listed = client.call(&Call::get(operation, query), waits).await;
        let Listed { routes, total } = listed.inspect_err(|error| {
            // That one caller was stopped is no answer to the others.
            if error.interrupted().is_none() {
                *failure = Some(Unread {
                    asked: account_id.cloned(),
                    by: self.asked.load(Ordering::Acquire),
                    error: error.clone(),
                });
            }
        })?;
        let routes = Arc::new(RouteList {
            operation,
            routes,
            total,
        });
        lists.retain(|list| !list.is_of(account_id));
        lists.push(List {
            asked: account_id.cloned(),
            writes,
            routes: Arc::clone(&routes),
        });
        Ok(routes)
    }
}

impl<R> Default for Lists<R> {
    fn default() -> Self {
        Self {
            writes: AtomicU64::default(),
            asked: AtomicU64::default(),
            read: Mutex::new(Read {
                lists: Vec::new(),
                failure: None,
            }),
        }
    }
}

/// A write under way. What is asked for before its end may not tell of it.
#[derive(Debug)]
pub(super) struct Writing<'a>(&'a AtomicU64);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}
