//! A place where records are kept.

use std::io;
use std::sync::Arc;

use super::name::RecordName;
use super::store::Store;
use crate::provider::purchase::state::StateId;

/// A place of records, and this state's name in it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) store: Arc<dyn Store>,
    pub(super) state: StateId,
}

/// A place that cannot be used.
#[derive(Clone, Debug)]
pub(in crate::provider) struct PlaceError {
    /// Which.
    pub(in crate::provider) place: String,
    /// What the system says.
    pub(in crate::provider) cause: String,
}

impl Place {
    pub(super) fn error(&self, error: &io::Error) -> PlaceError {
        PlaceError {
            place: self.store.name(),
            cause: error.to_string(),
        }
    }

    pub(super) async fn delete(&self, name: &RecordName) {
        // The record first, and the claim only after it: a record without its claim would be open
        // again, and a claim without a record says nothing.
        let paths = [name.path(), name.claim_path()];
        if let Err(error) = self.store.delete(paths).await {
            tracing::warn!(record = %name, %error, "the record could not be deleted");
        }
    }
}
