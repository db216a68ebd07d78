//! A place where records are kept.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use object_store::ObjectStore;

use super::bucket::Bucket;
use super::directory::Directory;
use super::store::Store;
use crate::provider::purchase::state::StateId;

/// A place that other machines share.
#[derive(Clone, Debug)]
pub(in crate::provider) enum SharedPlace {
    /// A directory, which has to be there.
    Directory(PathBuf),
    /// A bucket.
    Bucket(Bucket),
}

impl SharedPlace {
    /// Reads a directory, or the address of a bucket, which is reached as `variables` say.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(in crate::provider) fn parse(
        text: &str,
        variables: Vec<(String, String)>,
    ) -> Result<Self, String> {
        if text.contains("://") {
            return Ok(Self::Bucket(Bucket::parse(text, variables)?));
        }
        let path = std::path::absolute(text).map_err(|error| error.to_string())?;
        Ok(Self::Directory(path))
    }

    /// The same; if it is a bucket, its objects are in `store`.
    pub(in crate::provider) fn over(self, store: &Arc<dyn ObjectStore>) -> Self {
        match self {
            Self::Bucket(bucket) => Self::Bucket(bucket.over(Arc::clone(store))),
            Self::Directory(_) => self,
        }
    }

    /// What texts call it.
    pub(in crate::provider) fn name(&self) -> String {
        match self {
            Self::Directory(path) => path.display().to_string(),
            Self::Bucket(bucket) => bucket.name(),
        }
    }

    pub(super) fn into_store(self) -> Arc<dyn Store> {
        match self {
            Self::Directory(path) => Arc::new(Directory::shared(path)),
            Self::Bucket(bucket) => Arc::new(bucket),
        }
    }
}

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
}
