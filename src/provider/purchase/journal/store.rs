//! Where records are: a directory, or a bucket. A store knows objects and no rule.

use std::fmt;
use std::io;

use crate::context::BoxFuture;

/// Records are small; nothing larger is read.
pub(super) const LARGEST: u64 = 256 << 10;

/// An object of a store.
#[derive(Debug)]
pub(super) struct StoredObject {
    /// Its path: a folder and a file.
    pub(super) path: String,
    /// Its content, or why it cannot be read.
    pub(super) content: io::Result<Vec<u8>>,
}

/// A place for small objects, each in a folder.
pub(super) trait Store: fmt::Debug + Send + Sync {
    /// Every object outside the folder `except`. No place is an empty place.
    fn list(&self, except: String) -> BoxFuture<'_, io::Result<Vec<StoredObject>>>;

    /// Reads one object; `None` if there is none.
    fn read(&self, path: String) -> BoxFuture<'_, io::Result<Option<Vec<u8>>>>;

    /// Writes an object, new or not. It is durable once this returns.
    fn put(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<()>>;

    /// Adds a line to an object that this process wrote; writes the object if it is gone. It is
    /// durable once this returns. A failure may leave a part of the line.
    fn append(&self, path: String, line: Vec<u8>) -> BoxFuture<'_, io::Result<()>>;

    /// Writes an object only if there is none: false if there is. Durable once this returns.
    fn create(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<bool>>;

    /// Deletes objects in this order, up to the first that cannot be deleted. One that is not
    /// there is deleted already.
    fn delete(&self, paths: Vec<String>) -> BoxFuture<'_, io::Result<()>>;

    /// Whether the process that wrote the object has certainly ended.
    fn writer_has_ended(&self, path: String) -> BoxFuture<'_, bool>;

    /// What texts call the place.
    fn name(&self) -> String;
}
