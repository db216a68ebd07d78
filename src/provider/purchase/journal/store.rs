//! Where records are: a directory, or memory. A store knows objects and no rule.

#[cfg(test)]
use std::collections::BTreeMap;
use std::fmt;
use std::io;
#[cfg(test)]
use std::sync::Mutex;

use crate::context::BoxFuture;

/// Records are small; nothing larger is read.
pub(super) const LARGEST: u64 = 256 << 10;

/// An object of a store.
#[derive(Debug)]
pub(super) struct Object {
    /// Its path: a folder and a file.
    pub(super) path: String,
    /// Its content, or why it cannot be read.
    pub(super) content: io::Result<Vec<u8>>,
}

/// A place for small objects, each in a folder.
pub(super) trait Store: fmt::Debug + Send + Sync {
    /// Every object outside the folder `except`. No place is an empty place.
    fn list(&self, except: String) -> BoxFuture<'_, io::Result<Vec<Object>>>;

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
    fn delete(&self, paths: [String; 2]) -> BoxFuture<'_, io::Result<()>>;

    /// Whether the process that wrote the object has certainly ended.
    fn writer_has_ended(&self, path: String) -> BoxFuture<'_, bool>;

    /// What texts call the place.
    fn name(&self) -> String;
}

/// A store in memory, for tests.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

#[cfg(test)]
impl Memory {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T) -> T {
        work(&mut crate::sync::locked(&self.0))
    }
}

#[cfg(test)]
impl Store for Memory {
    fn list(&self, except: String) -> BoxFuture<'_, io::Result<Vec<Object>>> {
        let listed = self.with(|objects| {
            objects
                .iter()
                .filter(|(path, _)| path.split('/').next() != Some(except.as_str()))
                .map(|(path, content)| Object {
                    path: path.clone(),
                    content: Ok(content.clone()),
                })
                .collect()
        });
        Box::pin(std::future::ready(Ok(listed)))
    }

    fn read(&self, path: String) -> BoxFuture<'_, io::Result<Option<Vec<u8>>>> {
        let content = self.with(|objects| objects.get(&path).cloned());
        Box::pin(std::future::ready(Ok(content)))
    }

    fn put(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        self.with(|objects| objects.insert(path, content));
        Box::pin(std::future::ready(Ok(())))
    }

    fn append(&self, path: String, line: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        self.with(|objects| {
            let object = objects.entry(path).or_default();
            object.push(b'\n');
            object.extend(line);
        });
        Box::pin(std::future::ready(Ok(())))
    }

    fn create(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<bool>> {
        let created = self.with(|objects| {
            let is_new = !objects.contains_key(&path);
            if is_new {
                objects.insert(path, content);
            }
            is_new
        });
        Box::pin(std::future::ready(Ok(created)))
    }

    fn delete(&self, paths: [String; 2]) -> BoxFuture<'_, io::Result<()>> {
        self.with(|objects| paths.map(|path| objects.remove(&path)));
        Box::pin(std::future::ready(Ok(())))
    }

    fn writer_has_ended(&self, _: String) -> BoxFuture<'_, bool> {
        Box::pin(std::future::ready(false))
    }

    fn name(&self) -> String {
        "memory".to_owned()
    }
}
