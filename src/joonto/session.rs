//! How every request is made: paced, with a token, and sent again only where that is safe.

use std::time::{Duration, Instant};

use reqwest::Url;
use serde::Serialize;
use serde_json::json;

use super::api_error::{VendorMessage, mask};
use super::classify::{Delivery, Effect, Retry};
use super::client::{Client, Credentials};
use super::error::{Error, ErrorResponse, Problem, given_up};
use super::lenient_json::{FromResponse, Json};
use super::operation::{self, Operation};
use super::rate_limit::{Permit, Priority};
use super::retry::{RetryPolicy, retry_after};
use super::secret::Secret;
use super::single_flight::Fetched;
use super::token::{Token, TokenResponse};
use super::transport::{HttpRequest, HttpResponse, SendError};
use crate::context::{BoxFuture, Context};

/// What is shown of the API's words.
#[derive(Clone, Copy)]
enum Shown {
    /// All but secrets that are known.
    All,
    /// Words that cannot be secrets.
    ListedWords,
    /// Nothing: they may hold personal data.
    Nothing,
}

/// One request to make, as often as it takes.
pub(super) struct ApiCall {
    operation: &'static Operation,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    /// What of the body must stand in no error text, should a response repeat it.
    secrets: Vec<Secret>,
    /// What is shown of the words that the API says to it.
    shown: Shown,
    /// Set for a token call: what the token is for.
    token_for: Option<String>,
}

impl ApiCall {
    /// A request without a body.
    pub(super) fn get(operation: &'static Operation, query: Vec<(&'static str, String)>) -> Self {
        Self {
            operation,
            query,
            body: None,
            secrets: Vec::new(),
            shown: Shown::All,
            token_for: None,
        }
    }

    /// A request with `body` as JSON.
    pub(super) fn post(
        operation: &'static Operation,
        body: &impl Serialize,
    ) -> Result<Self, Error> {
        let body = serde_json::to_vec(body)
            .map_err(|error| Error::new(operation, Problem::Setup(error.to_string())))?;
        Ok(Self {
            body: Some(body),
            ..Self::get(operation, Vec::new())
        })
    }

    /// The same request, about people: nothing that the API says to it is shown.
    pub(super) fn personal(self) -> Self {
        Self {
            shown: Shown::Nothing,
            ..self
        }
    }

    /// The same request, about secrets that the API has: of what it says, a list of words is shown.
    pub(super) fn about_secrets(self) -> Self {
        Self {
            shown: Shown::ListedWords,
            ..self
        }
    }

    /// What it asks the API to do.
    pub(super) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The same request, whose body holds `secrets`.
    pub(super) fn with_secrets(self, secrets: Vec<Secret>) -> Self {
        Self { secrets, ..self }
    }
}

/// How one attempt to make a request ended.
pub(super) enum AttemptResult<A> {
    /// With a response.
    Response(A, HttpResponse),
    /// With an error that allows another attempt after this wait.
    Retry(Error, Duration),
    /// With an error, and this is what the request did.
    Failed(Error, Effect),
}

/// Leave to send one request. Dropped before anything is sent, it counts for nothing.
#[derive(Debug)]
pub struct Admission<'a> {
    pass: Pass,
    /// None once the request is sent.
    permit: Option<Permit<'a>>,
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            permit.give_back();
        }
    }
}

/// By what a request proves who sends it.
#[derive(Clone, Debug)]
pub(super) enum Pass {
    /// Nothing: the token call itself.
    None,
    /// The token of the configuration.
    Ready(Secret),
    /// A token of ours.
    Fetched(Token),
}

impl Pass {
    fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None => None,
            Self::Ready(secret) => Some(secret),
            Self::Fetched(token) => Some(&token.secret),
        }
    }

    fn is_stale(&self, now: Instant) -> bool {
        matches!(self, Self::Fetched(token) if !token.is_fresh(now))
    }
}

impl Client {
    /// Makes a request and reads its response.
    pub(super) async fn call<A: FromResponse>(
        &self,
        call: &ApiCall,
        context: &Context,
    ) -> Result<A, Error> {
        Ok(self.exchange(call, context).await?.0)
    }

    /// Reads one thing. Nothing when the API says that there is none.
    pub(super) async fn find<A: FromResponse>(
        &self,
        call: &ApiCall,
        context: &Context,
    ) -> Result<Option<A>, Error> {
        match self.call(call, context).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a request, and returns its response, read and as it came, and when it was asked for.
    async fn exchange<A: FromResponse>(
        &self,
        call: &ApiCall,
        context: &Context,
    ) -> Result<(A, HttpResponse, Instant), Error> {
        let operation = call.operation;
        let mut policy = RetryPolicy::new(self.settings().max_retries);
        loop {
            let admission = self.admit(call, context).await?;
            let asked_at = self.clock().now();
            let attempt = self.attempt(call, admission, &mut policy);
            let outcome = if operation.is_write() {
                // Once sent it is awaited, even if someone asks to stop: its effect is out there.
                context.check().map_err(given_up(operation))?;
                attempt.await
            } else {
                let attempt = context.wait_for(attempt).await;
                attempt.map_err(given_up(operation))?
            };
            match outcome {
                AttemptResult::Response(response, http) => return Ok((response, http, asked_at)),
                AttemptResult::Retry(_, wait) => {
                    context.sleep(wait).await.map_err(given_up(operation))?;
                }
                AttemptResult::Failed(error, Effect::Unknown) if !operation.is_repeatable() => {
                    return Err(error.unconfirmed());
                }
                AttemptResult::Failed(error, _) => return Err(error),
            }
        }
    }

    /// Sends a request once, and decides by the response what follows.
    pub(super) async fn attempt<A: FromResponse>(
        &self,
        call: &ApiCall,
        mut admission: Admission<'_>,
        policy: &mut RetryPolicy,
    ) -> AttemptResult<A> {
        let pass = &admission.pass;
        let permit = admission.permit.take();
        let sent = self.send(call, pass).await;
        drop(permit);
        let requested = self.requested_wait(&sent);
        let (delivery, response) = read_response::<A>(&sent);
        let effect = delivery.effect(call.operation.safety());
        let sent = match (effect, response, sent) {
            (Effect::Reported, Some(mut response), Ok(http)) => {
                if let Some(remark) = response.remark() {
                    *remark = mask(remark, &self.secrets(call, pass));
                }
                return AttemptResult::Response(response, http);
            }
            (.., sent) => sent,
        };
        let error = self.describe(call, sent, pass);
        let wait = match effect {
            // Waiting does not repair this machine.
            _ if matches!(error.problem(), Problem::Setup(_)) => None,
            Effect::Retry(Retry::NotConnected) => policy.next(None),
            Effect::Retry(Retry::RateLimited) => {
                // Everyone waits, and this request with them.
                let wait = policy.next_after_limit(requested);
                wait.map(|wait| self.inner.limiter.pause(wait))
                    .map(|()| Duration::ZERO)
            }
            Effect::Retry(Retry::TokenRefused) => {
                let is_first = policy.renews_token();
                let is_renewed = is_first && self.renew_token(call.operation, pass).await;
                is_renewed.then_some(Duration::ZERO)
            }
            Effect::Unknown if call.operation.is_repeatable() && delivery.is_transient() => {
                policy.next(requested)
            }
            Effect::Reported | Effect::Unknown | Effect::Refused => None,
        };
        match wait {
            Some(wait) => {
                if !wait.is_zero() {
                    // Says why nothing seems to happen.
                    let seconds = wait.as_secs_f64();
                    tracing::warn!(seconds, %error, "a request failed; it is sent again");
                }
                AttemptResult::Retry(error, wait)
            }
            None => AttemptResult::Failed(error, effect),
        }
    }

    /// Sends the request once. The response tells the API's time, which is noted.
    async fn send(&self, call: &ApiCall, pass: &Pass) -> Result<HttpResponse, SendError> {
        let mut url = Url::parse(&self.endpoint(call.operation))
            .map_err(|error| SendError::Setup(error.to_string()))?;
        if !call.query.is_empty() {
            // Percent-encodes: a bare `+` would arrive as a blank.
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let message = HttpRequest {
            operation: call.operation,
            url,
            token: pass.secret(),
            body: call.body.clone(),
            time_limit: self.clock().in_real_time(call.operation.time_limit()),
        };
        let http = self.inner.transport.send(message).await?;
        if let Some(date) = http.date {
            self.note_server_time(date);
        }
        Ok(http)
    }

    /// The wait that the API asks for, if it asks for one.
    fn requested_wait(&self, sent: &Result<HttpResponse, SendError>) -> Option<Duration> {
        let http = sent.as_ref().ok()?;
        retry_after(http.retry_after.as_deref()?, http.date, self.clock().utc())
    }

    /// Drops a token that the API refused, so that the next attempt fetches one. False for the
    /// token of the configuration, which nothing can renew.
    async fn renew_token(&self, operation: &'static Operation, pass: &Pass) -> bool {
        match pass {
            Pass::Fetched(token) => {
                let endpoint = self.endpoint(operation);
                let is_it = |known: &Token| known.secret == token.secret;
                self.inner.tokens.forget(&endpoint, is_it).await;
                true
            }
            Pass::None | Pass::Ready(_) => false,
        }
    }

    /// Waits for leave to send, with a token that is still fresh then.
    pub(super) async fn admit(
        &self,
        call: &ApiCall,
        context: &Context,
    ) -> Result<Admission<'_>, Error> {
        let priority = match self.is_urgent {
            true => Priority::Ahead,
            false => call.operation.priority(),
        };
        let mut may_renew = call.token_for.is_none();
        loop {
            // The token comes first: fetching it takes a permit too.
            let pass = match &call.token_for {
                Some(_) => Pass::None,
                None => self.pass(call.operation, context).await?,
            };
            let was_stale = pass.is_stale(self.clock().now());
            let admitted = self.inner.limiter.admit(priority, context).await;
            let permit = admitted.map_err(given_up(call.operation))?;
            // One that grew stale in the queue is renewed; one that was stale when it came is
            // used nevertheless, and the API decides.
            let grew_stale = !was_stale && pass.is_stale(self.clock().now());
            if !(grew_stale && may_renew) {
                let permit = Some(permit);
                return Ok(Admission { pass, permit });
            }
            may_renew = false;
            permit.give_back();
        }
    }

    async fn pass(&self, operation: &'static Operation, context: &Context) -> Result<Pass, Error> {
        match &self.settings().credentials {
            Credentials::Token(token) => Ok(Pass::Ready(token.clone())),
            Credentials::KeyAndSecret {
                account_key,
                account_secret,
            } => {
                let endpoint = self.endpoint(operation);
                let fetch = self.fetch_token(account_key, account_secret, &endpoint, context);
                let will_do = |last: Fetched<'_, Token>| Token::will_do(&last, self.clock().now());
                let tokens = &self.inner.tokens;
                let token = tokens.get(&endpoint, &operation::TOKEN, context, will_do, fetch);
                token.await.map(Pass::Fetched)
            }
        }
    }

    /// Fetches a token for `endpoint`. Boxed, since it makes a request to make a request.
    fn fetch_token<'a>(
        &'a self,
        account_key: &'a str,
        account_secret: &'a Secret,
        endpoint: &'a str,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        Box::pin(async move {
            // The schema calls the endpoint optional; the service refuses to do without.
            let request = json!({
                "AccountKey": account_key,
                "AccountSecret": account_secret,
                "ApiEndpoint": endpoint,
            });
            let call = ApiCall {
                token_for: Some(endpoint.to_owned()),
                ..ApiCall::post(&operation::TOKEN, &request)?
            };
            let (response, http, asked_at) = self.exchange::<TokenResponse>(&call, context).await?;
            let server_time = http.date.unwrap_or_else(|| self.clock().utc());
            match (response.token, response.successful) {
                (Some(secret), successful) if successful != Some(false) => Ok(Token::new(
                    secret,
                    response.expiry.as_deref(),
                    server_time,
                    asked_at,
                )),
                (token, _) => {
                    let mut secrets = self.secrets(&call, &Pass::None);
                    secrets.extend(token.as_ref().map(Secret::expose));
                    let response = ErrorResponse {
                        status: 200,
                        message: VendorMessage::read(http.body.as_deref().ok(), &secrets),
                    };
                    let refused = Problem::CredentialsRefused(response, endpoint.to_owned());
                    Err(Error::new(&operation::TOKEN, refused))
                }
            }
        })
    }

    /// Says what went wrong.
    fn describe(
        &self,
        call: &ApiCall,
        sent: Result<HttpResponse, SendError>,
        pass: &Pass,
    ) -> Error {
        let operation = call.operation;
        let secrets = self.secrets(call, pass);
        let clean = |cause: String| mask(&cause, &secrets);
        let problem = match sent {
            Ok(http) => self.describe_response(call, http, pass, &secrets),
            Err(SendError::Setup(cause)) => Problem::Setup(clean(cause)),
            Err(SendError::NotConnected(cause)) => Problem::NotConnected {
                base_url: self.settings().base_url.to_string(),
                cause: clean(cause),
            },
            Err(SendError::NoResponse(cause)) => Problem::NoResponse(clean(cause)),
        };
        Error::new(operation, problem)
    }

    fn describe_response(
        &self,
        call: &ApiCall,
        http: HttpResponse,
        pass: &Pass,
        secrets: &[&str],
    ) -> Problem {
        let status = http.status;
        let message = match call.shown {
            Shown::All => VendorMessage::read(http.body.as_deref().ok(), secrets),
            Shown::ListedWords => {
                VendorMessage::read(http.body.as_deref().ok(), secrets).listed_words()
            }
            Shown::Nothing => VendorMessage::personal(),
        };
        let response = ErrorResponse { status, message };
        match (status, &call.token_for, pass) {
            (200..=299, ..) => {
                let problem = match http.body {
                    Ok(body) if body.is_empty() => "an empty body".to_owned(),
                    Ok(_) => "a body that is not the JSON of a response".to_owned(),
                    Err(problem) => mask(&problem, secrets),
                };
                Problem::Unreadable { status, problem }
            }
            (429, ..) => Problem::Limited(response),
            (400..=499, Some(endpoint), _) if status != 408 => {
                Problem::CredentialsRefused(response, endpoint.clone())
            }
            (401 | 403, _, Pass::Ready(_)) => {
                Problem::ReadyTokenRefused(response, self.endpoint(call.operation))
            }
            (401 | 403, ..) => Problem::TokenRefused(response, self.endpoint(call.operation)),
            (408 | 500.., ..) => Problem::Unavailable(response),
            _ => Problem::Refused(response),
        }
    }

    /// The URL a token for `operation` is made for: bare, without query.
    fn endpoint(&self, operation: &Operation) -> String {
        self.settings().base_url.endpoint(&operation.path())
    }

    /// What must not stand in any text.
    fn secrets<'a>(&'a self, call: &'a ApiCall, pass: &'a Pass) -> Vec<&'a str> {
        let mut secrets = match &self.settings().credentials {
            Credentials::KeyAndSecret {
                account_key,
                account_secret,
            } => vec![account_secret.expose(), account_key],
            Credentials::Token(token) => vec![token.expose()],
        };
        secrets.extend(call.secrets.iter().map(Secret::expose));
        secrets.extend(pass.secret().map(Secret::expose));
        secrets
    }
}

/// How a request ended, and its body if that can be read.
fn read_response<A: FromResponse>(sent: &Result<HttpResponse, SendError>) -> (Delivery, Option<A>) {
    match sent {
        Ok(http) => {
            let json = http.body.as_ref().ok().and_then(|body| Json::read(body));
            let is_success = (200..=299).contains(&http.status);
            let response = json.as_ref().filter(|_| is_success).and_then(A::read);
            let readable = match is_success {
                true => response.is_some(),
                false => matches!(&json, Some(Json::Object(fields)) if !fields.is_empty()),
            };
            let delivery = Delivery::Response {
                status: http.status,
                readable,
                after: http.after,
            };
            (delivery, response)
        }
        // What could not be made was not sent either.
        Err(SendError::Setup(_) | SendError::NotConnected(_)) => (Delivery::NotConnected, None),
        Err(SendError::NoResponse(_)) => (Delivery::NoResponse, None),
    }
}
