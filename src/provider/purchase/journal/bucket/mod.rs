//! Records in a bucket of Amazon S3, Google Cloud Storage or Azure Blob Storage, or of a store that
//! speaks one of their protocols.
//!
//! A bucket outlives the machine that buys. Its store has to refuse a second object of one name,
//! because a claim is such an object.

mod service;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;

use service::Service;
pub(in crate::provider) use service::is_variable;

use super::name::RecordName;
use super::store::{LARGEST, Store, StoredObject};
use crate::context::BoxFuture;
use crate::sync::locked;

/// How many objects are read at once.
const READS: usize = 16;

/// A bucket of records. Clones share what was read.
#[derive(Clone)]
pub(in crate::provider) struct Bucket(Arc<Inner>);

struct Inner {
    service: Service,
    bucket: String,
    /// Ends with a slash, unless it is empty.
    prefix: String,
    /// Credentials are among them.
    variables: Vec<(String, String)>,
    /// Made when it is first needed: reading the system's certificates takes time.
    store: OnceLock<Result<Arc<dyn ObjectStore>, String>>,
    is_listed: AtomicBool,
    /// The paths that were listed, or that this process may have written; with the version and the
    /// content of what was read.
    known: Mutex<HashMap<String, Option<(String, Bytes)>>>,
}

impl Bucket {
    /// The bucket at `<scheme>://<bucket>/<prefix>`, which is reached as `variables` say. Sends
    /// nothing yet.
    ///
    /// # Errors
    ///
    /// What is wrong with the address.
    pub(super) fn parse(
        address: &str,
        variables: Vec<(String, String)>,
    ) -> Result<Self, &'static str> {
        let (service, place) = Service::of(address).ok_or(
            "a bucket is named by s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX",
        )?;
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let prefix = prefix.trim_matches('/');
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_prefix = |part: &str| !part.is_empty() && part.chars().all(is_name);
        if bucket.is_empty() || !bucket.chars().all(is_name) {
            return Err(
                "the name of the bucket has other characters than letters, digits, dots and \
                 hyphens",
            );
        }
        if !prefix.is_empty() && !prefix.split('/').all(is_prefix) {
            return Err(
                "the prefix has other characters than letters, digits, dots, hyphens, underscores \
                 and single slashes",
            );
        }
        let end = if prefix.is_empty() { "" } else { "/" };
        Ok(Self(Arc::new(Inner {
            service,
            bucket: bucket.to_owned(),
            prefix: format!("{prefix}{end}"),
            variables,
            store: OnceLock::new(),
            is_listed: AtomicBool::new(false),
            known: Mutex::default(),
        })))
    }

    /// The same, whose objects are in `store`.
    pub(in crate::provider) fn over(self, store: Arc<dyn ObjectStore>) -> Self {
        let _ = self.0.store.set(Ok(store));
        self
    }

    fn store(&self) -> io::Result<&dyn ObjectStore> {
        let inner = &*self.0;
        let connect = || {
            let store = inner.service.connect(&inner.bucket, &inner.variables);
            store.map_err(|error| inner.service.problem(&error))
        };
        match inner.store.get_or_init(connect) {
            Ok(store) => Ok(&**store),
            Err(why) => Err(io::Error::other(why.clone())),
        }
    }

    fn problem(&self, error: &Error) -> io::Error {
        io::Error::other(self.0.service.problem(error))
    }

    fn path(&self, path: &str) -> Path {
        Path::from(format!("{}{path}", self.0.prefix))
    }

    /// Reads an object; nothing if there is none.
    async fn content(&self, path: &str) -> io::Result<Option<Bytes>> {
        let read = match self.store()?.get(&self.path(path)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            read => read.map_err(|error| self.problem(&error))?,
        };
        if read.meta.size > LARGEST {
            return Err(io::Error::other("it is too large"));
        }
        self.note_there(path);
        let version = read.meta.e_tag.clone();
        let content = read.bytes().await.map_err(|error| self.problem(&error))?;
        if let Some(version) = version {
            let read = Some((version, content.clone()));
            locked(&self.0.known).insert(path.to_owned(), read);
        }
        Ok(Some(content))
    }

    /// What was read of an object that has not changed since.
    fn kept(&self, path: &str, listed: &ObjectMeta) -> Option<Bytes> {
        let known = locked(&self.0.known);
        let (version, content) = known.get(path)?.as_ref()?;
        (listed.e_tag.as_ref() == Some(version)).then(|| content.clone())
    }

    /// Lists what is there.
    async fn listing(&self) -> io::Result<Vec<(String, ObjectMeta)>> {
        let prefix = Path::from(self.0.prefix.as_str());
        let mut listing = self.store()?.list(Some(&prefix));
        let mut listed = Vec::new();
        while let Some(object) = listing.next().await {
            let object = object.map_err(|error| self.problem(&error))?;
            let path = object.location.as_ref().strip_prefix(&self.0.prefix);
            if let Some(path) = path.filter(|path| RecordName::parse(path).is_some()) {
                self.note_there(path);
                listed.push((path.to_owned(), object));
            }
        }
        self.0.is_listed.store(true, Ordering::Relaxed);
        Ok(listed)
    }

    /// Whether an object of this path may be there. Others may write one after the listing: a
    /// later command deletes that.
    async fn may_be_there(&self, path: &str) -> bool {
        if !self.0.is_listed.load(Ordering::Relaxed) && self.listing().await.is_err() {
            return true;
        }
        locked(&self.0.known).contains_key(path)
    }

    /// Notes that the object is there, or may be: a write can succeed although it reports an error.
    fn note_there(&self, path: &str) {
        locked(&self.0.known).entry(path.to_owned()).or_default();
    }

    async fn objects(&self, except: &str) -> io::Result<Vec<StoredObject>> {
        let mut objects = Vec::new();
        let mut reads = JoinSet::new();
        let mut add = |(path, content): Read| {
            // What was deleted since is not there.
            if let Some(content) = content.transpose() {
                let content = content.map(Vec::from);
                objects.push(StoredObject { path, content });
            }
        };
        for (path, listed) in self.listing().await? {
            if path.split('/').next() == Some(except) {
                continue;
            }
            if let Some(content) = self.kept(&path, &listed) {
                add((path, Ok(Some(content))));
                continue;
            }
            if reads.len() == READS
                && let Some(read) = reads.join_next().await
            {
                add(read?);
            }
            let bucket = self.clone();
            reads.spawn(async move {
                let content = bucket.content(&path).await;
                (path, content)
            });
        }
        while let Some(read) = reads.join_next().await {
            add(read?);
        }
        objects.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(objects)
    }

    /// Writes an object if there is none. A store may carry a request out and lose its response,
    /// so an equal object is this one.
    async fn create_now(&self, path: &str, content: Vec<u8>) -> io::Result<bool> {
        self.note_there(path);
        let content = Bytes::from(content);
        let location = self.path(path);
        let create = async || {
            let store = self.store()?;
            let content = content.clone().into();
            match store
                .put_opts(&location, content, PutMode::Create.into())
                .await
            {
                Ok(_) => Ok(true),
                Err(Error::AlreadyExists { .. }) => Ok(false),
                Err(error) => Err(self.problem(&error)),
            }
        };
        if !create().await? {
            return Ok(self.content(path).await? == Some(content));
        }
        // A store that does not know the condition would let a second claim replace the first.
        match create().await? {
            false => Ok(true),
            true => Err(io::Error::other(
                "it replaces an object although the request says to create one, so two runs could \
                 claim one purchase",
            )),
        }
    }
}

/// What became of the read of a path.
type Read = (String, io::Result<Option<Bytes>>);

impl Store for Bucket {
    fn list(&self, except: String) -> BoxFuture<'_, io::Result<Vec<StoredObject>>> {
        Box::pin(async move { self.objects(&except).await })
    }

    fn read(&self, path: String) -> BoxFuture<'_, io::Result<Option<Vec<u8>>>> {
        Box::pin(async move { Ok(self.content(&path).await?.map(Vec::from)) })
    }

    fn put(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async move {
            self.note_there(&path);
            let put = self.store()?.put(&self.path(&path), content.into()).await;
            put.map(drop).map_err(|error| self.problem(&error))
        })
    }

    fn create(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<bool>> {
        Box::pin(async move { self.create_now(&path, content).await })
    }

    fn append(&self, path: String, line: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        // Objects have no end to write to, and the last line is what counts.
        self.put(path, line)
    }

    fn delete(&self, paths: Vec<String>) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async move {
            for path in paths {
                if !self.may_be_there(&path).await {
                    continue;
                }
                match self.store()?.delete(&self.path(&path)).await {
                    Err(Error::NotFound { .. }) => {}
                    deleted => deleted.map_err(|error| self.problem(&error))?,
                }
                locked(&self.0.known).remove(&path);
            }
            Ok(())
        })
    }

    fn writer_has_ended(&self, _: String) -> BoxFuture<'_, bool> {
        // Its machine cannot be asked: the deadline of the purchase decides alone.
        Box::pin(std::future::ready(false))
    }

    fn name(&self) -> String {
        let Inner {
            service,
            bucket,
            prefix,
            ..
        } = &*self.0;
        let prefix = prefix.trim_end_matches('/');
        format!("{}{bucket}/{prefix}", service.scheme())
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.name())
    }
}
