//! An account's routes.

use std::marker::PhantomData;

use super::super::error::Error;
use super::super::lenient_json::{FromResponse, Json, LenientObject};
use super::super::operation::Operation;
use super::super::types::AccountId;
use super::{Route, RouteKind};

/// The routes of an account.
#[derive(Debug)]
pub struct RouteList {
    operation: &'static Operation,
    routes: Vec<Route>,
    total: usize,
}

impl RouteList {
    /// Those that could be read.
    pub fn readable(&self) -> &[Route] {
        &self.routes
    }

    /// All of them.
    ///
    /// # Errors
    ///
    /// [Incomplete](Error::is_incomplete) when not all could be read.
    pub fn whole(&self) -> Result<&[Route], Error> {
        Error::check_whole(self.operation, self.routes.len(), self.total)?;
        Ok(&self.routes)
    }

    /// Whether each of them says that it belongs to this account, and there are any.
    pub(super) fn is_of(&self, account_id: &AccountId) -> bool {
        let names_it = |route: &Route| route.account_id.as_ref() == Some(account_id);
        !self.routes.is_empty() && self.routes.iter().all(names_it)
    }
}

/// An account's routes. Without a list this says nothing about them, unless it says there are none.
pub(super) struct Listed<K>(pub(super) RouteList, pub(super) PhantomData<K>);

impl<K: RouteKind> FromResponse for Listed<K> {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["Results", "TotalRoutes"])?;
        let items = fields.list_or_null("Results")?;
        let routes = items
            .iter()
            .filter_map(LenientObject::of)
            .map(Route::read::<K>);
        let total = fields.count("TotalRoutes").unwrap_or_default();
        let list = RouteList {
            operation: K::TABLE.list,
            routes: routes.filter(|route| route.id.is_some()).collect(),
            total: items
                .len()
                .max(usize::try_from(total).unwrap_or(usize::MAX)),
        };
        Some(Self(list, PhantomData))
    }
}
