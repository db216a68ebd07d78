//! What every call shares. The calls themselves stand beside their types.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use http::Extensions;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tokio::sync::OwnedMutexGuard;

use super::base_url::BaseUrl;
use super::jwt;
use super::proxy::Proxy;
use super::rate_limit::Limiter;
use super::secret::Secret;
use super::token::Tokens;
use super::transport::{HttpTransport, Transport};
use crate::context::{Clock, Context, Interrupted};
use crate::sync::locked;

/// How the API is to be called.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is.
    pub base_url: BaseUrl,
    /// Who calls.
    pub credentials: Credentials,
    /// How many requests are sent in any 60 seconds at most; 0 means any number.
    pub max_requests_per_minute: u32,
    /// How often a request is sent again where that is safe.
    pub max_retries: u32,
    /// What the requests say they come from.
    pub user_agent: String,
    /// What leads to it, if it is not reached directly.
    pub proxy: Option<Proxy>,
}

/// Who calls the API.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Tokens are fetched with these, one for each endpoint.
    KeyAndSecret {
        /// The distributor: `DID-…`.
        account_key: String,
        /// Its secret.
        account_secret: Secret,
    },
    /// A token made elsewhere. The API's tokens are good for one endpoint.
    Token(Secret),
}

/// A token that was made elsewhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadyToken {
    /// Whether the token says whose it is.
    pub names_account: bool,
}

/// Says whose numbers are seen: a short hash of the API's host and the account key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct AccountFingerprint(String);

impl AccountFingerprint {
    fn new(host: &str, account: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(host)
            .chain_update([0])
            .chain_update(account);
        let hash = hash.finalize();
        Self(
            hash.iter()
                .take(8)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// That of an account nobody has.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self::new("api.example", "DID-1")
    }

    /// 16 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Calls the API. Clones share tokens, connections, the request limit, and what the parts of this
/// room keep.
#[derive(Clone)]
pub struct Client {
    pub(super) inner: Arc<ClientCore>,
    pub(super) is_urgent: bool,
}

/// What clones share.
pub(super) struct ClientCore {
    settings: Settings,
    clock: Arc<dyn Clock>,
    pub(super) transport: Box<dyn Transport>,
    pub(super) limiter: Limiter,
    pub(super) tokens: Tokens,
    kept: Mutex<Extensions>,
    /// How far the API's clock is ahead of this machine's, in milliseconds.
    server_ahead: AtomicI64,
}

impl Client {
    /// A client for `settings`. Sends nothing, reads nothing.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let proxy = settings.proxy.clone();
        let transport = HttpTransport::new(&settings.base_url, &settings.user_agent, proxy);
        Self::over(Box::new(transport), settings, clock)
    }

    pub(super) fn over(
        transport: Box<dyn Transport>,
        settings: Settings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            inner: Arc::new(ClientCore {
                limiter: Limiter::new(settings.max_requests_per_minute, Arc::clone(&clock)),
                settings,
                clock,
                transport,
                tokens: Tokens::default(),
                kept: Mutex::default(),
                server_ahead: AtomicI64::new(0),
            }),
            is_urgent: false,
        }
    }

    /// The same client, whose reads wait in line with purchases rather than behind them: for
    /// the reads that a purchase waits for.
    pub fn urgent(&self) -> Self {
        Self {
            is_urgent: true,
            ..self.clone()
        }
    }

    /// Where the API is.
    pub fn base_url(&self) -> &BaseUrl {
        &self.settings().base_url
    }

    /// Whether requests carry a ready-made token, and whether that names its account.
    pub fn ready_token(&self) -> Option<ReadyToken> {
        match &self.settings().credentials {
            Credentials::Token(token) => Some(ReadyToken {
                names_account: jwt::name_identifier(token.expose()).is_some(),
            }),
            Credentials::KeyAndSecret { .. } => None,
        }
    }

    /// Whose numbers are seen. The same for a key and for tokens that were made with it.
    pub fn fingerprint(&self) -> AccountFingerprint {
        let host = self.settings().base_url.host();
        match &self.settings().credentials {
            Credentials::KeyAndSecret { account_key, .. } => {
                AccountFingerprint::new(host, account_key)
            }
            Credentials::Token(token) => {
                let token = token.expose();
                let name = jwt::name_identifier(token);
                AccountFingerprint::new(host, name.as_deref().unwrap_or(token))
            }
        }
    }

    /// The present by the API's clock, as its last response gave it; before the first response,
    /// by this machine's.
    pub fn server_time(&self) -> OffsetDateTime {
        let ahead = self.inner.server_ahead.load(Ordering::Relaxed);
        self.inner.clock.utc() + time::Duration::milliseconds(ahead)
    }

    pub(super) fn note_server_time(&self, date: OffsetDateTime) {
        let ahead = (date - self.inner.clock.utc()).whole_milliseconds();
        // A `Date` leaves out the fraction of a second: less than one is no difference.
        let ahead = if (-1000..=0).contains(&ahead) {
            0
        } else {
            ahead
        };
        let ahead = i64::try_from(ahead).unwrap_or_default();
        self.inner.server_ahead.store(ahead, Ordering::Relaxed);
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The clock that requests wait by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// What one part of this room keeps for as long as the client lives. The client so knows none
    /// of the parts that know it.
    pub(super) fn kept<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        Arc::clone(locked(&self.inner.kept).get_or_insert_default())
    }

    /// Waits until no other `T` is being created. Until the result is dropped, none is.
    ///
    /// # Errors
    ///
    /// When the wait was given up.
    pub async fn creation_of<T: Default + Send + Sync + 'static>(
        &self,
        context: &Context,
    ) -> Result<OwnedMutexGuard<()>, Interrupted> {
        let Creating(one, _) = &*self.kept::<Creating<T>>();
        context.wait_for(Arc::clone(one).lock_owned()).await
    }
}

/// One create at a time.
#[derive(Default)]
struct Creating<T>(Arc<tokio::sync::Mutex<()>>, PhantomData<T>);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.settings().base_url.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
