//! A bucket on this machine: a real S3 server, and before it a proxy that brings it into the
//! states in which a bucket can be.

mod memory;
mod moto;
mod proxy;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::python;

pub use memory::MemoryServer;
use moto::{Moto, NoPython};
use proxy::Proxy;
pub use proxy::Request;

/// What is wrong with the bucket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum S3Fault {
    /// Connections are refused.
    Down,
    /// Each response comes so much later.
    Slow(Duration),
    /// No request gets a response.
    Silent,
    /// Nobody may write: 403 `AccessDenied`.
    ReadOnly,
    /// Nobody may list: 403 `AccessDenied`.
    NoList,
    /// The credentials are of yesterday: 400 `ExpiredToken`.
    Expired,
    /// The clock of the client is off: 403 `RequestTimeTooSkewed`.
    Skewed,
    /// Every request fails: 500 `InternalError`.
    Broken,
    /// `If-None-Match` is ignored, as by servers that do not know it for `PUT`.
    IgnoresConditions,
    /// The next so many writes are carried out, and their responses are lost.
    LosesResponses(u32),
}

/// A bucket of its own. Everything ends when it is dropped.
#[derive(Debug)]
pub struct S3Server {
    proxy: Proxy,
    upstream: Upstream,
    bucket: String,
}

/// What keeps the objects.
#[derive(Debug)]
enum Upstream {
    Moto(Arc<Moto>),
    /// There is no Python that could run moto.
    Memory(MemoryServer),
}

impl Upstream {
    async fn start() -> Result<Self> {
        match tokio::task::spawn_blocking(Moto::shared).await? {
            Ok(moto) => Ok(Self::Moto(moto)),
            Err(problem) if problem.is::<NoPython>() => {
                static SAID: Once = Once::new();
                SAID.call_once(|| {
                    python::announce(&format!(
                        "{problem:#}\nThe tests of buckets run against an imitation of S3."
                    ));
                });
                Ok(Self::Memory(MemoryServer::start().await?))
            }
            Err(problem) => Err(problem),
        }
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Moto(moto) => moto.address,
            Self::Memory(server) => server.address(),
        }
    }
}

impl S3Server {
    /// Starts the server if this process has none yet, and makes an empty bucket. Without Python
    /// 3.10 it is an imitation in this process, and standard error says so.
    pub async fn start() -> Result<Self> {
        static BUCKETS: AtomicU32 = AtomicU32::new(1);
        let upstream = Upstream::start().await?;
        let bucket = format!("joonto-{}", BUCKETS.fetch_add(1, Ordering::Relaxed));
        let proxy = Proxy::start(upstream.address()).await?;
        let server = Self {
            proxy,
            upstream,
            bucket,
        };
        server.direct("PUT", "", b"").await?;
        Ok(server)
    }

    /// The name of the bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// What `purchase_journal` is set to.
    #[must_use]
    pub fn place(&self) -> String {
        format!("s3://{}/joonto", self.bucket)
    }

    /// Where the server listens.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.proxy.address())
    }

    /// The environment variables of a user of the bucket.
    #[must_use]
    pub fn env(&self) -> BTreeMap<String, String> {
        [
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/EXAMPLEKEY"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", &self.endpoint()),
            ("AWS_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// From now on something is wrong with the bucket, or nothing.
    pub async fn fault(&self, fault: Option<S3Fault>) -> Result<()> {
        self.proxy.fault(fault).await
    }

    /// The requests that came, in their order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.proxy.requests()
    }

    /// The keys of all objects, sorted.
    pub async fn objects(&self) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        let mut after = String::new();
        loop {
            let query = format!("?list-type=2&max-keys=50&start-after={after}");
            let listed = self.direct("GET", &query, b"").await?;
            let listed = String::from_utf8(listed)?;
            // A key of a record has none of the other characters that XML escapes.
            let page = memory::between(&listed, "<Key>", "</Key>");
            keys.extend(page.map(|key| key.replace("&amp;", "&")));
            if !listed.contains("<IsTruncated>true") {
                return Ok(keys);
            }
            after = keys.last().context("a truncated list has keys")?.clone();
        }
    }

    /// The content of an object.
    pub async fn read(&self, key: &str) -> Result<Vec<u8>> {
        self.direct("GET", &format!("/{key}"), b"").await
    }

    /// Writes an object, whatever is wrong with the bucket.
    pub async fn write(&self, key: &str, content: &[u8]) -> Result<()> {
        self.direct("PUT", &format!("/{key}"), content).await?;
        Ok(())
    }

    /// Past the proxy.
    async fn direct(&self, method: &str, rest: &str, body: &[u8]) -> Result<Vec<u8>> {
        let path = format!("/{}{rest}", self.bucket);
        let response = proxy::exchange(self.upstream.address(), method, &path, body).await?;
        let (head, content) = proxy::split(&response).context("no response")?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        if !status.starts_with('2') {
            bail!(
                "{method} {path}: {status} {}",
                String::from_utf8_lossy(content)
            );
        }
        Ok(content.to_vec())
    }
}
