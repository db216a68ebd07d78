//! The API as a set of calls.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sha2::{Digest, Sha256};
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

use super::answers::{InventoryPage, Order, ReactivateAnswer, StatusAnswer, UpdateAnswer};
use super::base_url::BaseUrl;
use super::call::{Call, Pass};
use super::details::KnownSpelling;
use super::error::Error;
use super::ids::{AccountId, E164, OrderId};
use super::jwt;
use super::operation;
use super::order_poll::LastReads;
use super::pacing::Limiter;
use super::proxy::Proxy;
use super::purchase::NumberOrder;
use super::requests::{
    ProvisionRequest, ReactivateRequest, StatusChange, StatusRequest, UpdateRequest,
};
use super::routes::RouteCaches;
use super::secret::Secret;
use super::token::Tokens;
use super::transport::Transport;
use crate::wait::{Clock, Waits};

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
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Calls the API. Clones share tokens, connections, the request limit
/// and the lists of routes that were read.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    is_urgent: bool,
}

struct Inner {
    settings: Settings,
    clock: Arc<dyn Clock>,
    transport: Transport,
    limiter: Limiter,
    tokens: Tokens,
    known_spelling: KnownSpelling,
    route_caches: RouteCaches,
    orders: LastReads,
    /// How far the API's clock is ahead of this machine's, in milliseconds.
    server_ahead: AtomicI64,
}

impl Client {
    /// A client for `settings`. Sends nothing, reads nothing.
    #[must_use]
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let transport = Transport::new(&settings.base_url, &settings.user_agent)
            .through(settings.proxy.clone());
        Self::with_transport(settings, clock, transport)
    }

    pub(super) fn with_transport(
        settings: Settings,
        clock: Arc<dyn Clock>,
        transport: Transport,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                limiter: Limiter::new(settings.max_requests_per_minute, Arc::clone(&clock)),
                settings,
                clock,
                transport,
                tokens: Tokens::default(),
                known_spelling: KnownSpelling::default(),
                route_caches: RouteCaches::default(),
                orders: LastReads::default(),
                server_ahead: AtomicI64::new(0),
            }),
            is_urgent: false,
        }
    }

    /// The same client, whose reads wait in line with purchases rather than behind them: for
    /// the reads that a purchase waits for.
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self {
            is_urgent: true,
            ..self.clone()
        }
    }

    /// Where the API is.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.settings().base_url
    }

    /// Whether requests carry a ready-made token, and whether that names its account.
    #[must_use]
    pub fn ready_token(&self) -> Option<ReadyToken> {
        match &self.settings().credentials {
            Credentials::Token(token) => Some(ReadyToken {
                names_account: jwt::name_identifier(token.expose()).is_some(),
            }),
            Credentials::KeyAndSecret { .. } => None,
        }
    }

    /// Whose numbers are seen. The same for a key and for tokens that were made with it.
    #[must_use]
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

    /// The present by the API's clock, as its last response told it; before the first response,
    /// by this machine's.
    #[must_use]
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

    /// The order of one number, to be admitted and sent.
    ///
    /// # Errors
    ///
    /// The request cannot be written as JSON.
    pub fn order_number(&self, request: &ProvisionRequest) -> Result<NumberOrder<'_>, Error> {
        NumberOrder::new(self, request)
    }

    /// Reads an order.
    ///
    /// # Errors
    ///
    /// A refusal with status 404 ([`Error::is_not_found`]) is usual for an order just placed.
    /// [`Error::AnotherSubject`] when the response is about another order: it says nothing about
    /// this one.
    pub async fn order(&self, id: &OrderId, waits: &Waits) -> Result<Order, Error> {
        let query = vec![("OrderId", id.as_str().to_owned())];
        let mut order: Order = self
            .call(&Call::get(&operation::ORDER, query), waits)
            .await?;
        let said = order.status_message.take();
        order.status_message = said.map(|said| self.masked(&said, &Pass::None));
        match &order.order_id {
            Some(answered) if answered != id => Err(Error::AnotherSubject {
                operation: &operation::ORDER,
                asked: id.to_string(),
                answered: answered.to_string(),
            }),
            _ => Ok(order),
        }
    }

    /// Reads an order. Calls that ask for it at the same time share one read: the numbers of a
    /// joint change have one order.
    pub(super) async fn shared_order(&self, id: &OrderId, waits: &Waits) -> Result<Order, Error> {
        let last = self.inner.orders.of(id);
        let last = waits.wait_for(last.lock_owned()).await;
        let mut last = last.map_err(|reason| Error::Interrupted {
            operation: &operation::ORDER,
            reason,
        })?;
        if let Some(order) = last.recent(self.clock().now()) {
            return Ok(order);
        }
        let order = self.order(id, waits).await?;
        last.keep(&order, self.clock().now());
        Ok(order)
    }

    /// Reads one page of the inventory; the first is 1.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    pub async fn inventory_page(&self, page: u32, waits: &Waits) -> Result<InventoryPage, Error> {
        let query = vec![
            ("PageNumber", page.to_string()),
            ("Filter", "All".to_owned()),
        ];
        self.call(&Call::get(&operation::INVENTORY, query), waits)
            .await
    }

    /// Changes a number. Repeated after an answer that leaves it open: it sets absolute values.
    ///
    /// # Errors
    ///
    /// When it could not be changed. That the order failed is not an error here.
    pub async fn update(
        &self,
        request: &UpdateRequest,
        waits: &Waits,
    ) -> Result<UpdateAnswer, Error> {
        self.call(&Call::post(&operation::UPDATE, request)?, waits)
            .await
    }

    /// Changes what becomes of numbers as a whole.
    ///
    /// # Errors
    ///
    /// [`Error::InDoubt`] when it may have taken effect: read the numbers before it is repeated.
    pub async fn change_status(
        &self,
        change: &StatusChange,
        numbers: &[E164],
        waits: &Waits,
    ) -> Result<StatusAnswer, Error> {
        // A past date acts at once, a future one may not, and nobody has told the API's time
        // zone: at UTC-12 it is today or yesterday everywhere.
        let now = self.inner.clock.utc();
        let today = now.date();
        let earliest = now
            .to_offset(UtcOffset::from_hms(-12, 0, 0).unwrap_or(UtcOffset::UTC))
            .date();
        match self
            .change_status_on(earliest, change, numbers, waits)
            .await
        {
            Err(Error::Refused {
                status: 400,
                message,
                ..
            }) if earliest != today && mentions_date(message.text()) => {
                self.change_status_on(today, change, numbers, waits).await
            }
            answer => answer,
        }
    }

    async fn change_status_on(
        &self,
        date: Date,
        change: &StatusChange,
        numbers: &[E164],
        waits: &Waits,
    ) -> Result<StatusAnswer, Error> {
        let date = date
            .format(format_description!("[month]/[day]/[year]"))
            .map_err(|error| Error::Setup {
                operation: &operation::STATUS,
                cause: error.to_string(),
            })?;
        let request = StatusRequest::new(change, numbers, &date);
        self.call(&Call::post(&operation::STATUS, &request)?, waits)
            .await
    }

    /// Brings a cancelled number back, within the 30 days the API allows.
    ///
    /// # Errors
    ///
    /// [`Error::InDoubt`] when it may have taken effect: read the number before it is repeated.
    pub async fn reactivate(
        &self,
        number: &E164,
        account_id: Option<&AccountId>,
        waits: &Waits,
    ) -> Result<ReactivateAnswer, Error> {
        let request = ReactivateRequest {
            phone_number: number,
            account_id,
        };
        self.call(&Call::post(&operation::REACTIVATE, &request)?, waits)
            .await
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    /// The clock that requests wait by.
    #[must_use]
    pub fn clock_handle(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    pub(super) fn limiter(&self) -> &Limiter {
        &self.inner.limiter
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.inner.tokens
    }

    pub(super) fn known_spelling(&self) -> &KnownSpelling {
        &self.inner.known_spelling
    }

    pub(super) fn route_caches(&self) -> &RouteCaches {
        &self.inner.route_caches
    }

    pub(super) fn is_urgent(&self) -> bool {
        self.is_urgent
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.settings().base_url.as_str())
            .finish_non_exhaustive()
    }
}

fn mentions_date(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.to_lowercase().contains("date"))
}
