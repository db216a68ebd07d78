//! Sends one request over HTTP and receives its response, bounded in time and size.
//!
//! Nothing here follows a redirect, and nothing is repeated: what may be sent again is decided
//! above, by rules that know what the request costs. `SSL_CERT_FILE` is honoured by the HTTP
//! client itself.

use std::error::Error as _;
use std::time::{Duration, Instant};

use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, Response, Url};
use time::OffsetDateTime;
use tokio::sync::OnceCell;

use super::base_url::BaseUrl;
use super::operation::Operation;
use super::proxy::Proxy;
use super::secret::Secret;
use crate::context::BoxFuture;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How the HTTP client's errors begin that are about a proxy that makes no connection.
const TUNNEL: &str = "tunnel error";

/// What is sent.
pub(super) struct HttpRequest<'a> {
    pub(super) operation: &'static Operation,
    pub(super) url: Url,
    pub(super) token: Option<&'a Secret>,
    /// JSON.
    pub(super) body: Option<Vec<u8>>,
    /// How long the response may take, all of it.
    pub(super) time_limit: Duration,
}

/// What comes back.
#[derive(Debug)]
pub(super) struct HttpResponse {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    /// The time by the server's clock.
    pub(super) date: Option<OffsetDateTime>,
    /// How long the response took, connecting included. In the network's own time.
    pub(super) after: Duration,
    /// The body, or what kept it from arriving whole.
    pub(super) body: Result<Vec<u8>, String>,
}

/// Why nothing came back.
#[derive(Debug)]
pub(super) enum SendError {
    /// The request could not be made.
    Setup(String),
    /// The connection was not made: nothing was sent.
    NotConnected(String),
    /// The request may have been sent.
    NoResponse(String),
}

/// What carries requests to the API.
pub(super) trait Transport: Send + Sync {
    /// Sends `message` once and receives the response to it.
    fn send<'a>(
        &'a self,
        message: HttpRequest<'a>,
    ) -> BoxFuture<'a, Result<HttpResponse, SendError>>;
}

/// The HTTP clients, made when first needed: each loads the system's root certificates, which
/// takes longer than starting the whole provider.
#[derive(Debug)]
pub(super) struct HttpTransport {
    user_agent: String,
    base_url: BaseUrl,
    proxy: Option<Proxy>,
    /// Keeps connections, for reads.
    shared: OnceCell<Client>,
    /// Makes a connection for each request, for writes.
    single: OnceCell<Client>,
    /// Shortens the time limit of every request, for tests of time-outs.
    time_limit: Option<Duration>,
}

impl HttpTransport {
    pub(super) fn new(base_url: &BaseUrl, user_agent: &str, proxy: Option<Proxy>) -> Self {
        Self {
            // What cannot stand in a header is left out.
            user_agent: user_agent
                .chars()
                .filter(|c| matches!(c, ' '..='~'))
                .collect(),
            base_url: base_url.clone(),
            proxy,
            shared: OnceCell::new(),
            single: OnceCell::new(),
            time_limit: None,
        }
    }

    #[cfg(test)]
    pub(super) fn set_time_limit(&mut self, limit: Duration) {
        self.time_limit = Some(limit);
    }

    async fn exchange(&self, message: HttpRequest<'_>) -> Result<HttpResponse, SendError> {
        let operation = message.operation;
        let client = self.client(operation).await?;
        let mut request = client
            .request(operation.method().clone(), message.url)
            .timeout(self.time_limit.unwrap_or(message.time_limit));
        if let Some(token) = message.token {
            let value = format!("Bearer {}", token.expose());
            let mut value = HeaderValue::from_str(&value)
                .map_err(|_| SendError::Setup("the token holds characters no header may".into()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(body) = message.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let request = request
            .build()
            .map_err(|error| SendError::Setup(cause(error)))?;
        let started = Instant::now();
        let response = match client.execute(request).await {
            Ok(response) => response,
            Err(error) if error.is_builder() => return Err(SendError::Setup(cause(error))),
            Err(error) if error.is_connect() => {
                return Err(SendError::NotConnected(self.named(cause(error)).await));
            }
            Err(error) => return Err(SendError::NoResponse(self.named(cause(error)).await)),
        };
        let headers = response.headers();
        Ok(HttpResponse {
            after: started.elapsed(),
            status: response.status().as_u16(),
            retry_after: header(headers, RETRY_AFTER).map(str::to_owned),
            date: header(headers, DATE)
                .and_then(|date| httpdate::parse_http_date(date).ok())
                .map(OffsetDateTime::from),
            body: receive(response, operation.size_limit()).await,
        })
    }

    async fn client(&self, operation: &Operation) -> Result<&Client, SendError> {
        let made = if operation.is_write() {
            let make = async || {
                // Without a pool, every request opens its own connection; HTTP/1.1, since
                // HTTP/2 connections are made to be shared.
                self.builder()?
                    .pool_max_idle_per_host(0)
                    .http1_only()
                    .build()
            };
            self.single.get_or_try_init(make).await
        } else {
            self.shared
                .get_or_try_init(async || self.builder()?.build())
                .await
        };
        made.map_err(|error| SendError::Setup(cause(error)))
    }

    /// Why there was no connection or no response, with the proxy that may be at fault.
    async fn named(&self, cause: String) -> String {
        let Some(proxy) = &self.proxy else {
            return cause;
        };
        let refusal = match cause.starts_with(TUNNEL) {
            true => proxy.refusal(&self.base_url).await,
            false => None,
        };
        format!("through {proxy}: {}", refusal.unwrap_or(cause))
    }

    fn builder(&self) -> reqwest::Result<ClientBuilder> {
        let builder = Client::builder()
            .user_agent(self.user_agent.as_str())
            .connect_timeout(CONNECT_TIMEOUT)
            // A followed 307 would send a purchase twice, and any would send the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // By default requests that a server turned away unprocessed are repeated silently.
            .retry(reqwest::retry::never())
            // The environment was read when the provider was configured.
            .no_proxy();
        let is_clear = self.base_url.is_loopback() && self.base_url.is_plain_http();
        Ok(match &self.proxy {
            Some(proxy) => builder.proxy(proxy.for_client()?),
            // No certificate is needed on the way.
            None if is_clear => builder.tls_certs_only([]),
            None => builder,
        })
    }
}

impl Transport for HttpTransport {
    fn send<'a>(
        &'a self,
        message: HttpRequest<'a>,
    ) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let operation = message.operation;
            let started = Instant::now();
            let result = self.exchange(message).await;
            let outcome = match &result {
                Ok(http) if http.body.is_ok() => "response",
                Ok(_) => "response broke off",
                Err(SendError::Setup(_)) => "not made",
                Err(SendError::NotConnected(_)) => "not connected",
                Err(SendError::NoResponse(_)) => "no response",
            };
            let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            // The one line about a request. Never its query, headers or bodies: those hold numbers,
            // tokens and activation codes.
            tracing::debug!(
                target: "joonto",
                method = %operation.method(),
                path = operation.path(),
                status = result.as_ref().ok().map(|http| http.status),
                milliseconds,
                outcome,
                "API request"
            );
            result
        })
    }
}

/// Receives a body of at most `limit` bytes.
async fn receive(mut response: Response, limit: usize) -> Result<Vec<u8>, String> {
    let too_long = || format!("a body of more than {} MiB", limit >> 20);
    let returned = response.content_length().unwrap_or_default();
    if usize::try_from(returned).unwrap_or(usize::MAX) > limit {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| format!("a body that broke off: {}", cause(error)))?
    {
        if body.len() + chunk.len() > limit {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What is at the bottom of an error, without the URL: it holds numbers.
fn cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = error.to_string();
        source = error.source();
    }
    text
}
