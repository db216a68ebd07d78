//! How every request is made: paced, with a token, and sent again only where that is safe.

use std::future::Future;
use std::time::{Duration, Instant};

use reqwest::Url;
use serde::Serialize;
use time::OffsetDateTime;

use super::api_error::{VendorMessage, mask};
use super::classify::{Delivery, Effect, Retry};
use super::client::{Client, Credentials};
use super::error::{Error, given_up};
use super::lenient_json::{Answer, Json};
use super::operation::{self, Operation};
use super::rate_limit::{Permit, Priority};
use super::retry::{Patience, retry_after};
use super::secret::Secret;
use super::single_flight::Fetched;
use super::token::{Token, TokenAnswer, TokenRequest};
use super::transport::{Message, Reply, SendError};
use crate::wait::{BoxFuture, Waits};

/// One request to make, as often as it takes.
pub(super) struct Call {
    operation: &'static Operation,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    /// What of the body must stand in no error text, should an answer repeat it.
    secrets: Vec<Secret>,
}

impl Call {
    /// A request without a body.
    pub(super) fn get(operation: &'static Operation, query: Vec<(&'static str, String)>) -> Self {
        Self {
            operation,
            query,
            body: None,
            secrets: Vec::new(),
        }
    }

    /// A request with `body` as JSON.
    pub(super) fn post(
        operation: &'static Operation,
        body: &impl Serialize,
    ) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|error| Error::Setup {
            operation,
            cause: error.to_string(),
        })?;
        Ok(Self {
            operation,
            query: Vec::new(),
            body: Some(body),
            secrets: Vec::new(),
        })
    }

    /// The same request, whose body holds `secrets`.
    pub(super) fn with_secrets(self, secrets: Vec<Secret>) -> Self {
        Self { secrets, ..self }
    }
}

/// An answer, and when it was given.
pub(super) struct Answered<A> {
    pub(super) answer: A,
    body: Vec<u8>,
    asked_at: Instant,
    server_time: OffsetDateTime,
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
    /// Makes a request and reads its answer.
    pub(super) async fn call<A: Answer>(&self, call: &Call, waits: &Waits) -> Result<A, Error> {
        Ok(self.exchange(call, None, waits).await?.answer)
    }

    /// The same; `token_for` is set for the token call, which needs none itself.
    async fn exchange<A: Answer>(
        &self,
        call: &Call,
        token_for: Option<&str>,
        waits: &Waits,
    ) -> Result<Answered<A>, Error> {
        let operation = call.operation;
        let interrupted = given_up(operation);
        let mut patience = Patience::new(self.settings().max_retries);
        let mut was_replayed = false;
        loop {
            let (pass, permit) = match token_for {
                Some(_) => (Pass::None, self.permit(operation, waits).await?),
                None => self.admit(operation, waits).await?,
            };
            let asked_at = self.clock().now();
            let sent_at = self.clock().utc();
            let sending = self.send(call, &pass)?;
            let sent = if operation.is_write() {
                // Once sent it is awaited, whoever asks to stop: its effect is out there.
                waits.check().map_err(&interrupted)?;
                sending.await
            } else {
                waits.wait_for(sending).await.map_err(&interrupted)?
            };
            drop(permit);

            let told = self.told_wait(&sent);
            let (delivery, answer) = read_response::<A>(&sent);
            let effect = delivery.effect(operation.safety());
            if let (Effect::Told, Some(answer), Ok(reply)) = (effect, answer, &sent) {
                return Ok(Answered {
                    answer,
                    body: reply.body.clone().unwrap_or_default(),
                    asked_at,
                    server_time: reply.date.unwrap_or_else(|| self.clock().utc()),
                });
            }
            let error = self.describe(call, sent, &pass, token_for);
            if matches!(error, Error::Setup { .. }) {
                // Waiting does not mend this machine.
                return Err(error);
            }
            match effect {
                Effect::Retry(Retry::NotConnected) => match patience.next(None) {
                    Some(wait) => {
                        log_retry(&error, wait);
                        waits.sleep(wait).await.map_err(&interrupted)?;
                    }
                    None => return Err(error),
                },
                Effect::Retry(Retry::RateLimited) => match patience.next_after_limit(told) {
                    // Everyone waits, and this request with them.
                    Some(wait) => self.limiter().pause(wait),
                    None => return Err(error),
                },
                Effect::Retry(Retry::TokenRefused) => {
                    if was_replayed || !self.renew_token(operation, &pass).await {
                        return Err(error);
                    }
                    was_replayed = true;
                }
                Effect::Unknown if !operation.is_repeatable() => {
                    return Err(Error::InDoubt {
                        cause: Box::new(error),
                        sent_at,
                    });
                }
                Effect::Unknown if delivery.is_transient() => match patience.next(told) {
                    Some(wait) => {
                        log_retry(&error, wait);
                        waits.sleep(wait).await.map_err(&interrupted)?;
                    }
                    None => return Err(error),
                },
                Effect::Told | Effect::Unknown | Effect::Refused => return Err(error),
            }
        }
    }

    /// Sends the request once. The response tells the API's time, which is noted.
    pub(super) fn send<'a>(
        &'a self,
        call: &'a Call,
        pass: &'a Pass,
    ) -> Result<impl Future<Output = Result<Reply, SendError>> + use<'a>, Error> {
        let sending = self.transport().send(Message {
            operation: call.operation,
            url: self.url(call)?,
            token: pass.secret(),
            body: call.body.clone(),
            time_limit: self.clock().in_real_time(call.operation.time_limit()),
        });
        Ok(async move {
            let sent = sending.await;
            if let Some(date) = sent.as_ref().ok().and_then(|reply| reply.date) {
                self.note_server_time(date);
            }
            sent
        })
    }

    /// The wait that the API asks for, if it asks for one.
    pub(super) fn told_wait(&self, sent: &Result<Reply, SendError>) -> Option<Duration> {
        let reply = sent.as_ref().ok()?;
        retry_after(
            reply.retry_after.as_deref()?,
            reply.date,
            self.clock().utc(),
        )
    }

    /// Drops a token that the API refused, so that the next attempt fetches one. False for the
    /// token of the configuration, which nothing can renew.
    pub(super) async fn renew_token(&self, operation: &'static Operation, pass: &Pass) -> bool {
        match pass {
            Pass::Fetched(token) => {
                let endpoint = self.endpoint(operation);
                let is_it = |known: &Token| known.secret == token.secret;
                self.tokens().forget(&endpoint, is_it).await;
                true
            }
            Pass::None | Pass::Ready(_) => false,
        }
    }

    /// Waits for leave to send, with a token that is still fresh then.
    pub(super) async fn admit(
        &self,
        operation: &'static Operation,
        waits: &Waits,
    ) -> Result<(Pass, Permit<'_>), Error> {
        let mut may_renew = true;
        loop {
            // The token comes first: fetching it takes a permit too.
            let pass = self.pass(operation, waits).await?;
            let was_stale = pass.is_stale(self.clock().now());
            let permit = self.permit(operation, waits).await?;
            // One that grew stale in the queue is renewed; one that was stale when it came is
            // used all the same, and the API decides.
            let grew_stale = !was_stale && pass.is_stale(self.clock().now());
            if !(grew_stale && may_renew) {
                return Ok((pass, permit));
            }
            may_renew = false;
            permit.give_back();
        }
    }

    async fn permit(
        &self,
        operation: &'static Operation,
        waits: &Waits,
    ) -> Result<Permit<'_>, Error> {
        let priority = if self.is_urgent() {
            Priority::Ahead
        } else {
            operation.priority()
        };
        let admitted = self.limiter().admit(priority, waits).await;
        admitted.map_err(given_up(operation))
    }

    async fn pass(&self, operation: &'static Operation, waits: &Waits) -> Result<Pass, Error> {
        match &self.settings().credentials {
            Credentials::Token(token) => Ok(Pass::Ready(token.clone())),
            Credentials::KeyAndSecret {
                account_key,
                account_secret,
            } => {
                let endpoint = self.endpoint(operation);
                let fetch = self.fetch_token(account_key, account_secret, &endpoint, waits);
                let will_do = |last: Fetched<'_, Token>| Token::will_do(&last, self.clock().now());
                let tokens = self.tokens();
                let token = tokens.get(&endpoint, &operation::TOKEN, waits, will_do, fetch);
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
        waits: &'a Waits,
    ) -> BoxFuture<'a, Result<Token, Error>> {
        Box::pin(async move {
            let call = Call::post(
                &operation::TOKEN,
                &TokenRequest {
                    account_key,
                    account_secret: account_secret.expose(),
                    api_endpoint: endpoint,
                },
            )?;
            let got = self
                .exchange::<TokenAnswer>(&call, Some(endpoint), waits)
                .await?;
            match (got.answer.token, got.answer.successful) {
                (Some(secret), successful) if successful != Some(false) => Ok(Token::new(
                    secret,
                    got.answer.expiry.as_deref(),
                    got.server_time,
                    got.asked_at,
                )),
                (token, _) => {
                    let mut secrets = self.secrets();
                    secrets.extend(token.as_ref().map(Secret::expose));
                    Err(Error::CredentialsRefused {
                        operation: &operation::TOKEN,
                        endpoint: endpoint.to_owned(),
                        status: 200,
                        message: VendorMessage::read(Some(&got.body), &secrets),
                    })
                }
            }
        })
    }

    /// Says what went wrong.
    pub(super) fn describe(
        &self,
        call: &Call,
        sent: Result<Reply, SendError>,
        pass: &Pass,
        token_for: Option<&str>,
    ) -> Error {
        let operation = call.operation;
        let mut secrets = self.secrets();
        secrets.extend(call.secrets.iter().map(Secret::expose));
        secrets.extend(pass.secret().map(Secret::expose));
        let clean = |cause: String| mask(&cause, &secrets);
        let reply = match sent {
            Ok(reply) => reply,
            Err(SendError::Setup(cause)) => {
                return Error::Setup {
                    operation,
                    cause: clean(cause),
                };
            }
            Err(SendError::NotConnected(cause)) => {
                let base_url = self.settings().base_url.to_string();
                return Error::NotConnected {
                    operation,
                    base_url,
                    cause: clean(cause),
                };
            }
            Err(SendError::NoAnswer(cause)) => {
                return Error::NoAnswer {
                    operation,
                    cause: clean(cause),
                };
            }
        };
        let status = reply.status;
        let message = VendorMessage::read(reply.body.as_deref().ok(), &secrets);
        match (status, token_for, pass) {
            (200..=299, ..) => {
                let problem = match reply.body {
                    Ok(body) if body.is_empty() => "an empty body".to_owned(),
                    Ok(_) => "a body that is not the JSON of an answer".to_owned(),
                    Err(problem) => clean(problem),
                };
                Error::Unreadable {
                    operation,
                    status,
                    problem,
                }
            }
            (429, ..) => Error::Limited { operation, message },
            (400..=499, Some(endpoint), _) if status != 408 => Error::CredentialsRefused {
                operation,
                endpoint: endpoint.to_owned(),
                status,
                message,
            },
            (401 | 403, _, Pass::Ready(_)) => Error::ReadyTokenRefused {
                operation,
                endpoint: self.endpoint(operation),
                status,
                message,
            },
            (401 | 403, ..) => Error::TokenRefused {
                operation,
                endpoint: self.endpoint(operation),
                status,
                message,
            },
            (408 | 500.., ..) => Error::Unavailable {
                operation,
                status,
                message,
            },
            _ => Error::Refused {
                operation,
                status,
                message,
            },
        }
    }

    /// The URL a token for `operation` is made for: bare, without query.
    pub(super) fn endpoint(&self, operation: &Operation) -> String {
        self.settings().base_url.endpoint(operation.path())
    }

    fn url(&self, call: &Call) -> Result<Url, Error> {
        let mut url = Url::parse(&self.endpoint(call.operation)).map_err(|error| Error::Setup {
            operation: call.operation,
            cause: error.to_string(),
        })?;
        if !call.query.is_empty() {
            // Percent-encodes: a bare `+` would arrive as a blank.
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        Ok(url)
    }

    /// A text of the API's own without the secrets that it was sent.
    pub(super) fn masked(&self, text: &str, pass: &Pass) -> String {
        let mut secrets = self.secrets();
        secrets.extend(pass.secret().map(Secret::expose));
        mask(text, &secrets)
    }

    /// What must not stand in any text, the token of the moment apart.
    fn secrets(&self) -> Vec<&str> {
        match &self.settings().credentials {
            Credentials::KeyAndSecret {
                account_key,
                account_secret,
            } => {
                vec![account_secret.expose(), account_key]
            }
            Credentials::Token(token) => vec![token.expose()],
        }
    }
}

/// How a request ended, and its body if that can be read.
pub(super) fn read_response<A: Answer>(sent: &Result<Reply, SendError>) -> (Delivery, Option<A>) {
    match sent {
        Ok(reply) => {
            let json = reply.body.as_ref().ok().and_then(|body| Json::read(body));
            let is_success = (200..=299).contains(&reply.status);
            let answer = json.as_ref().filter(|_| is_success).and_then(A::read);
            let readable = match is_success {
                true => answer.is_some(),
                false => matches!(&json, Some(Json::Object(fields)) if !fields.is_empty()),
            };
            let delivery = Delivery::Response {
                status: reply.status,
                readable,
                after: reply.after,
            };
            (delivery, answer)
        }
        // What could not be made was not sent either.
        Err(SendError::Setup(_) | SendError::NotConnected(_)) => (Delivery::NotConnected, None),
        Err(SendError::NoAnswer(_)) => (Delivery::NoResponse, None),
    }
}

/// Says why nothing seems to happen.
pub(super) fn log_retry(error: &Error, wait: Duration) {
    tracing::warn!(
        seconds = wait.as_secs_f64(),
        %error,
        "a request failed; it is sent again"
    );
}
