//! Records in a bucket: Amazon S3, or a store that speaks its protocol.
//!
//! A bucket outlives the machine that buys. Its store has to refuse a second object of one name
//! (`If-None-Match: *`), because a claim is such an object.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode,
    RetryConfig,
};
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;

use super::name::RecordName;
use super::store::{LARGEST, Store, StoredObject};
use crate::context::BoxFuture;
use crate::sync::locked;

/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(5);

/// After this long, and after this many, no further attempt is made.
const RETRY_FOR: Duration = Duration::from_secs(8);
const RETRIES: usize = 2;

/// How many objects are read at once.
const READS: usize = 16;

/// What the address of a bucket begins with.
const SCHEME: &str = "s3://";

/// The prefix of the variables that say how to reach a bucket, and with which credentials.
pub(in crate::provider) const VARIABLES: &str = "AWS_";

/// A bucket of records. Clones share what was read.
#[derive(Clone)]
pub(in crate::provider) struct Bucket(Arc<Inner>);

struct Inner {
    bucket: String,
    /// Ends with a slash, unless it is empty.
    prefix: String,
    /// Credentials are among them.
    variables: Vec<(String, String)>,
    /// Made when it is first needed: reading the system's certificates takes time.
    store: OnceLock<Result<Arc<dyn ObjectStore>, String>>,
    /// Objects that were read, by path, each with the version that was read.
    kept: Mutex<HashMap<String, (String, Bytes)>>,
}

impl Bucket {
    /// The bucket at `s3://<bucket>/<prefix>`, which is reached as `variables` say. Sends nothing
    /// yet.
    ///
    /// # Errors
    ///
    /// What is wrong with the address.
    pub(super) fn parse(
        address: &str,
        variables: Vec<(String, String)>,
    ) -> Result<Self, &'static str> {
        let place = address
            .strip_prefix(SCHEME)
            .ok_or("a bucket is named by s3://BUCKET/PREFIX; other stores are not supported yet")?;
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
            bucket: bucket.to_owned(),
            prefix: format!("{prefix}{end}"),
            variables,
            store: OnceLock::new(),
            kept: Mutex::default(),
        })))
    }

    /// The same, whose objects are in `store`.
    pub(in crate::provider) fn over(self, store: Arc<dyn ObjectStore>) -> Self {
        let _ = self.0.store.set(Ok(store));
        self
    }

    fn store(&self) -> io::Result<&dyn ObjectStore> {
        match self.0.store.get_or_init(|| self.0.connect()) {
            Ok(store) => Ok(&**store),
            Err(why) => Err(io::Error::other(why.clone())),
        }
    }

    fn path(&self, path: &str) -> Path {
        Path::from(format!("{}{path}", self.0.prefix))
    }

    /// Reads an object; nothing if there is none.
    async fn content(&self, path: &str) -> io::Result<Option<Bytes>> {
        let read = match self.store()?.get(&self.path(path)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            read => read.map_err(|error| problem(&error))?,
        };
        if read.meta.size > LARGEST {
            return Err(io::Error::other("it is too large"));
        }
        let version = read.meta.e_tag.clone();
        let content = read.bytes().await.map_err(|error| problem(&error))?;
        if let Some(version) = version {
            locked(&self.0.kept).insert(path.to_owned(), (version, content.clone()));
        }
        Ok(Some(content))
    }

    /// What was read of an object that has not changed since.
    fn kept(&self, path: &str, listed: &ObjectMeta) -> Option<Bytes> {
        let kept = locked(&self.0.kept);
        let (version, content) = kept.get(path)?;
        (listed.e_tag.as_ref() == Some(version)).then(|| content.clone())
    }

    async fn objects(&self, except: &str) -> io::Result<Vec<StoredObject>> {
        let prefix = Path::from(self.0.prefix.as_str());
        let mut listing = self.store()?.list(Some(&prefix));
        let mut objects = Vec::new();
        let mut reads = JoinSet::new();
        let mut add = |(path, content): Read| {
            // What was deleted since is not there.
            if let Some(content) = content.transpose() {
                let content = content.map(Vec::from);
                objects.push(StoredObject { path, content });
            }
        };
        while let Some(listed) = listing.next().await {
            let listed = listed.map_err(|error| problem(&error))?;
            let path = listed.location.as_ref().strip_prefix(&self.0.prefix);
            let Some(path) = path.filter(|path| is_read(path, except)) else {
                continue;
            };
            let path = path.to_owned();
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
                Err(error) => Err(problem(&error)),
            }
        };
        if !create().await? {
            return Ok(self.content(path).await? == Some(content));
        }
        // A store that does not know the condition would let a second claim replace the first.
        match create().await? {
            false => Ok(true),
            true => Err(io::Error::other(
                "it replaces an object although the request says `If-None-Match: *`, so two runs \
                 could claim one purchase",
            )),
        }
    }
}

/// What became of the read of a path.
type Read = (String, io::Result<Option<Bytes>>);

/// Whether a path is read that is not in the folder `except`.
fn is_read(path: &str, except: &str) -> bool {
    let folder = path.split('/').next().unwrap_or_default();
    folder != except && RecordName::parse(path).is_some()
}

impl Inner {
    fn connect(&self) -> Result<Arc<dyn ObjectStore>, String> {
        let mut builder = AmazonS3Builder::new().with_bucket_name(&self.bucket);
        for (name, value) in &self.variables {
            if let Ok(key) = name.to_ascii_lowercase().parse() {
                builder = builder.with_config(key, value);
            }
        }
        let options = ClientOptions::new()
            .with_connect_timeout(REQUEST)
            .with_timeout(REQUEST)
            .with_allow_http(self.variables.iter().any(is_http_allowed));
        let retry = RetryConfig {
            backoff: BackoffConfig {
                max_backoff: Duration::from_secs(1),
                ..BackoffConfig::default()
            },
            max_retries: RETRIES,
            retry_timeout: RETRY_FOR,
        };
        let built = builder
            .with_client_options(options)
            .with_retry(retry)
            .build();
        let store = built.map_err(|error| problem(&error).to_string())?;
        Ok(Arc::new(store))
    }
}

fn is_http_allowed((name, value): &(String, String)) -> bool {
    name == "AWS_ALLOW_HTTP" && matches!(value.as_str(), "1" | "true")
}

impl Store for Bucket {
    fn list(&self, except: String) -> BoxFuture<'_, io::Result<Vec<StoredObject>>> {
        Box::pin(async move { self.objects(&except).await })
    }

    fn read(&self, path: String) -> BoxFuture<'_, io::Result<Option<Vec<u8>>>> {
        Box::pin(async move { Ok(self.content(&path).await?.map(Vec::from)) })
    }

    fn put(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async move {
            let put = self.store()?.put(&self.path(&path), content.into()).await;
            put.map(drop).map_err(|error| problem(&error))
        })
    }

    fn create(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<bool>> {
        Box::pin(async move { self.create_now(&path, content).await })
    }

    fn append(&self, path: String, line: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        // Objects have no end to write to, and the last line is what counts.
        self.put(path, line)
    }

    fn delete(&self, paths: [String; 2]) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async move {
            for path in paths {
                match self.store()?.delete(&self.path(&path)).await {
                    Err(Error::NotFound { .. }) => {}
                    deleted => deleted.map_err(|error| problem(&error))?,
                }
                locked(&self.0.kept).remove(&path);
            }
            Ok(())
        })
    }

    fn writer_has_ended(&self, _: String) -> BoxFuture<'_, bool> {
        // Its machine cannot be asked: the deadline of the purchase decides alone.
        Box::pin(std::future::ready(false))
    }

    fn name(&self) -> String {
        let Inner { bucket, prefix, .. } = &*self.0;
        format!("{SCHEME}{bucket}/{}", prefix.trim_end_matches('/'))
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.name())
    }
}

const MISSING: &str = "no credentials for the bucket were found. Set AWS_ACCESS_KEY_ID and \
    AWS_SECRET_ACCESS_KEY, or give the job a role. AWS_PROFILE is not read; this command sets the \
    variables from a profile: eval \"$(aws configure export-credentials --format env)\"";
const EXPIRED: &str = "the credentials for the bucket have expired. This command sets new ones \
    from a profile: eval \"$(aws configure export-credentials --format env)\"";
const DENIED: &str = "the store denies access. The credentials need s3:ListBucket for the bucket, \
    and s3:GetObject, s3:PutObject and s3:DeleteObject for what is under the prefix";
const SKEWED: &str = "the clock of this machine differs too much from that of the store";
const REGION: &str = "the bucket is in another region. Set AWS_REGION to its region";

/// What went wrong. Of the store's response only its status and its code: the rest may name
/// credentials.
fn problem(error: &Error) -> io::Error {
    let first: Option<&dyn StdError> = Some(error);
    let errors = std::iter::successors(first, |&error| error.source());
    let texts: Vec<String> = errors.map(ToString::to_string).collect();
    let between = |from: &str, to: char| {
        let mut found = texts.iter().filter_map(|text| text.split_once(from));
        let found = found.next().and_then(|(_, rest)| rest.split(to).next());
        found.map(str::trim)
    };
    let is_word = |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric());
    let code = between("<Code>", '<').filter(is_word);
    let is_of_metadata = |text: &String| text.contains("/latest/") || text.contains("169.254.");
    let why = match code {
        Some("ExpiredToken" | "ExpiredTokenException") => EXPIRED.to_owned(),
        Some("RequestTimeTooSkewed") => SKEWED.to_owned(),
        Some("AccessDenied") => DENIED.to_owned(),
        Some("NoSuchBucket") => "there is no such bucket".to_owned(),
        Some("PermanentRedirect" | "AuthorizationHeaderMalformed") => REGION.to_owned(),
        Some(code) => format!("the store reports {code}"),
        None if texts.iter().any(is_of_metadata) => MISSING.to_owned(),
        None if texts.iter().any(|text| text.contains("without LOCATION")) => REGION.to_owned(),
        None => match between("status code: ", ':') {
            Some(status) => format!("the store returned {status}"),
            None => format!(
                "the store did not respond: {}",
                texts.last().map_or("", String::as_str)
            ),
        },
    };
    io::Error::other(why)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::StatusCode;
    use object_store::memory::InMemory;

    use super::*;

    const RECORD: &str = "a.b.aaaaaaaaaaaa.7/1.json";

    fn bucket(store: &Arc<InMemory>) -> Bucket {
        let bucket = Bucket::parse("s3://records/a/b/", Vec::new()).expect("an address");
        bucket.over(Arc::clone(store) as Arc<dyn ObjectStore>)
    }

    #[test]
    fn an_address_names_a_bucket_and_a_prefix() {
        let name = |address| Bucket::parse(address, Vec::new()).map(|bucket| bucket.name());
        assert_eq!(name("s3://records"), Ok("s3://records/".into()));
        assert_eq!(name("s3://records/a/b/"), Ok("s3://records/a/b".into()));
        for wrong in [
            "s3://",
            "s3:///a",
            "s3://key:secret@records/a",
            "s3://records/a?region=b",
            "s3://records/a//b",
            "gs://records",
            "https://records.s3.amazonaws.com",
        ] {
            let why = name(wrong).expect_err(wrong);
            assert!(!why.contains("secret"), "{why}");
        }
    }

    #[tokio::test]
    async fn what_is_written_is_listed_until_it_is_deleted() {
        let store = Arc::new(InMemory::new());
        let (one, other) = (bucket(&store), bucket(&store));
        let (record, claim) = (RECORD.to_owned(), RECORD.replace("json", "claim"));
        for content in ["one", "two"] {
            one.put(record.clone(), content.into()).await.expect("put");
            let listed = other.list(String::new()).await.expect("listed");
            assert_eq!(listed.len(), 1);
            assert_eq!(listed[0].path, RECORD);
            let read = listed[0].content.as_ref().expect("readable");
            assert_eq!(read, content.as_bytes());
        }
        let own = other.list("a.b.aaaaaaaaaaaa.7".into()).await;
        assert!(own.expect("listed").is_empty());
        let stray = Path::from("a/b/readme.txt");
        store.put(&stray, "x".into()).await.expect("put");
        assert_eq!(other.list(String::new()).await.expect("listed").len(), 1);

        let (first, second) = tokio::join!(
            one.create(claim.clone(), "one".into()),
            other.create(claim.clone(), "other".into())
        );
        assert!(first.expect("created") != second.expect("created"));
        for _ in 0..2 {
            let paths = [record.clone(), claim.clone()];
            one.delete(paths).await.expect("deleted");
        }
        assert_eq!(other.read(record).await.expect("read"), None);
        assert!(other.list(String::new()).await.expect("listed").is_empty());
    }

    #[tokio::test]
    async fn an_equal_object_is_the_one_whose_response_was_lost() {
        let store = Arc::new(InMemory::new());
        let (one, claim) = (bucket(&store), RECORD.replace("json", "claim"));
        assert!(one.create(claim.clone(), "one".into()).await.expect("new"));
        assert!(one.create(claim.clone(), "one".into()).await.expect("same"));
        assert!(!one.create(claim, "other".into()).await.expect("another"));
    }

    /// A server that responds to everything with this.
    async fn server(status: u16, body: &'static str) -> (Bucket, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let respond = move || async move {
            counted.fetch_add(1, Ordering::Relaxed);
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [("etag", "\"1\"")], body)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = Router::new().fallback(respond);
        tokio::spawn(async move { axum::serve(listener, app).await });
        (at(&format!("http://{address}"), &[]), count)
    }

    fn at(endpoint: &str, more: &[(&str, &str)]) -> Bucket {
        let given = [
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "AKIAKEY"),
            ("AWS_SECRET_ACCESS_KEY", "hidden"),
        ];
        let given = given.iter().filter(|_| more.is_empty()).chain(more);
        let given = given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Bucket::parse("s3://records/joonto", given.collect()).expect("an address")
    }

    #[tokio::test]
    async fn an_error_says_what_to_do_and_no_more_than_the_code() {
        let body = |code: &str| {
            let text = format!(
                "<Error><Code>{code}</Code><AWSAccessKeyId>AKIAKEY</AWSAccessKeyId>\
                 <StringToSign>hidden</StringToSign></Error>"
            );
            &*Box::leak(text.into_boxed_str())
        };
        let rows = [
            (403, "ExpiredToken", "export-credentials"),
            (403, "RequestTimeTooSkewed", "clock"),
            (403, "AccessDenied", "s3:PutObject"),
            (403, "SignatureDoesNotMatch", "SignatureDoesNotMatch"),
            (404, "NoSuchBucket", "no such bucket"),
            (301, "PermanentRedirect", "AWS_REGION"),
            (400, "AuthorizationHeaderMalformed", "AWS_REGION"),
        ];
        for (status, code, expected) in rows {
            let (bucket, _) = server(status, body(code)).await;
            let put = bucket.put(RECORD.into(), b"x".to_vec()).await;
            let listed = bucket.list(String::new()).await;
            for error in [put.expect_err(code), listed.expect_err(code)] {
                let text = error.to_string();
                assert!(text.contains(expected), "{code}: {text}");
                assert!(!text.contains("AKIA") && !text.contains("hidden"), "{text}");
            }
        }
    }

    #[tokio::test]
    async fn a_store_that_does_not_respond_is_tried_again_for_a_while() {
        let (bucket, count) = server(503, "").await;
        let put = bucket.put(RECORD.into(), b"x".to_vec()).await;
        let text = put.expect_err("unavailable").to_string();
        assert!(text.contains("503"), "{text}");
        assert_eq!(count.load(Ordering::Relaxed), 1 + RETRIES);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let bucket = at(&format!("http://{address}"), &[]);
        let error = bucket
            .list(String::new())
            .await
            .expect_err("nobody listens");
        assert!(error.to_string().contains("did not respond"), "{error}");
    }

    #[tokio::test]
    async fn without_credentials_the_error_says_how_to_set_them() {
        let nowhere = [("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")];
        let error = at("", &nowhere).list(String::new()).await;
        let text = error.expect_err("no credentials").to_string();
        assert!(text.contains("export-credentials"), "{text}");
    }

    #[tokio::test]
    async fn a_store_that_replaces_objects_is_refused() {
        let (bucket, _) = server(200, "").await;
        let claim = RECORD.replace("json", "claim");
        let error = bucket.create(claim, b"x".to_vec()).await;
        let text = error.expect_err("it replaces").to_string();
        assert!(text.contains("If-None-Match"), "{text}");
    }
}
