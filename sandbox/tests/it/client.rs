//! A plain client: tokens fetched as needed, nothing repeated.

use std::collections::HashMap;
use std::sync::Mutex;

use joonto_sandbox::{Credentials, Options, Sandbox};
use serde_json::{Value, json};

pub(crate) const TOKENS: &str = "/v1.0/OAuth2/tokens";
pub(crate) const PROVISION: &str = "/v1.0/numbers/provision";
pub(crate) const ORDER: &str = "/v1.0/numbers/order";
pub(crate) const DETAILS: &str = "/v1.0/numbers";
pub(crate) const INVENTORY: &str = "/v1.0/numbers/inventory";
pub(crate) const AVAILABILITY: &str = "/v1.0/numbers/availability";
pub(crate) const UPDATE: &str = "/v1.0/numbers/update";
pub(crate) const STATUS: &str = "/v1.0/numbers/status";
pub(crate) const REACTIVATE: &str = "/v1.0/numbers/reactivate";

pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    credentials: Credentials,
    tokens: Mutex<HashMap<String, String>>,
}

/// A fresh sandbox and a client of its default account.
pub(crate) async fn fresh() -> (Sandbox, Client) {
    started(Options::default()).await
}

pub(crate) async fn started(options: Options) -> (Sandbox, Client) {
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = Client::new(&sandbox, sandbox.credentials());
    (sandbox, client)
}

impl Client {
    pub(crate) fn new(sandbox: &Sandbox, credentials: Credentials) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            http,
            base: sandbox.base_url(),
            credentials,
            tokens: Mutex::default(),
        }
    }

    /// A client of the other owner.
    pub(crate) fn other(sandbox: &Sandbox) -> Self {
        Self::new(sandbox, sandbox.second_account())
    }

    pub(crate) fn key(&self) -> &str {
        &self.credentials.account_key
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn token_body(&self, path: &str) -> Value {
        json!({
            "AccountKey": self.credentials.account_key,
            "AccountSecret": self.credentials.account_secret,
            "ApiEndpoint": self.url(path),
        })
    }

    /// A token for a path, the one already fetched if there is one.
    pub(crate) async fn token(&self, path: &str) -> String {
        if let Some(token) = self.tokens.lock().unwrap().get(path) {
            return token.clone();
        }
        let response = self.ask_token(&self.token_body(path)).await;
        assert_eq!(response.status(), 200);
        let response: Value = response.json().await.unwrap();
        let token = response["token"].as_str().unwrap().to_owned();
        self.tokens
            .lock()
            .unwrap()
            .insert(path.to_owned(), token.clone());
        token
    }

    pub(crate) fn forget_tokens(&self) {
        self.tokens.lock().unwrap().clear();
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let token = self.token(path).await;
        let request = self
            .http
            .post(self.url(path))
            .bearer_auth(token)
            .json(&body);
        finish(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
        let token = self.token(path).await;
        let request = self
            .http
            .get(self.url(path))
            .bearer_auth(token)
            .query(query);
        finish(request.send().await.unwrap()).await
    }

    /// As `post`, but a broken connection is a response too.
    pub(crate) async fn try_post(
        &self,
        path: &str,
        body: Value,
    ) -> Result<(u16, Value), reqwest::Error> {
        let token = self.token(path).await;
        let response = self
            .http
            .post(self.url(path))
            .bearer_auth(token)
            .json(&body)
            .send()
            .await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        Ok((
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        ))
    }

    /// Posts what is to be refused with the API's error envelope.
    pub(crate) async fn refused(&self, path: &str, body: Value, status: u16) {
        assert_envelope(&self.post(path, body).await, status);
    }

    /// A token call, with whatever body.
    pub(crate) async fn ask_token(&self, body: &Value) -> reqwest::Response {
        let send = || self.http.post(self.url(TOKENS)).json(body).send();
        match send().await {
            Ok(response) => response,
            // A fault may have reset the connection that it was sent on.
            Err(_) => send().await.unwrap(),
        }
    }

    /// A read with this very token.
    pub(crate) async fn get_with(&self, path: &str, token: &str) -> reqwest::Response {
        let request = self.http.get(self.url(path)).bearer_auth(token);
        request.send().await.unwrap()
    }

    /// Buys an ordinary number and returns the response.
    pub(crate) async fn buy(&self) -> Value {
        let (status, response) = self.post(PROVISION, ordinary()).await;
        assert_eq!(status, 200, "{response}");
        response
    }

    /// Buys an ordinary number and returns it.
    pub(crate) async fn buy_number(&self) -> String {
        self.buy().await["PhoneNumberAssigned"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn details(&self, number: &str) -> (u16, Value) {
        self.get(DETAILS, &[("Number", number)]).await
    }

    pub(crate) async fn change(&self, what: &str, number: &str, day: &str) -> (u16, Value) {
        let body = json!({ "StatusChange": what, "EffectiveDate": day, "PhoneNumbers": [{ "Number": number }] });
        self.post(STATUS, body).await
    }
}

pub(crate) async fn finish(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

/// A small valid purchase.
pub(crate) fn ordinary() -> Value {
    json!({
        "NumberType": "mvno", "MessageType": "p2p", "MessageEnabled": true, "VoiceEnabled": false,
        "ProductType": "Sms+Data", "AreaCode": "202",
    })
}

/// The request in the user's own document.
pub(crate) fn seed_request() -> Value {
    json!({
        "NumberType": "iot",
        "MessageType": "p2p",
        "MessageEnabled": true,
        "VoiceEnabled": false,
        "DataEnabled": true,
        "MessageRouteId": "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a",
        "VoiceRouteId": "CRID-4dec6beb-3985-444b-8c06-8baa70dc145",
        "AreaCode": "201",
        "ZipCode": "84043",
        "ICCID": "8901240397190195850",
    })
}

/// `body` with one key changed; null removes it.
pub(crate) fn with(mut body: Value, key: &str, value: impl Into<Value>) -> Value {
    match value.into() {
        Value::Null => body.as_object_mut().unwrap().remove(key),
        value => body.as_object_mut().unwrap().insert(key.to_owned(), value),
    };
    body
}

pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// The sandbox's day, or one `after` it, as requests write it.
pub(crate) fn day(sandbox: &Sandbox, after: i64) -> String {
    let date = (sandbox.clock().now() + time::Duration::days(after)).date();
    format!(
        "{:02}/{:02}/{}",
        u8::from(date.month()),
        date.day(),
        date.year()
    )
}

/// That a response is the API's error envelope and nothing else.
pub(crate) fn assert_envelope((status, body): &(u16, Value), expected: u16) {
    assert_eq!(*status, expected, "{body}");
    assert_eq!(keys(body), ["Message", "StatusCode"]);
    assert_eq!(body["StatusCode"], expected);
}

/// Says something that the test harness does not swallow.
pub(crate) fn loudly(message: &str) {
    use std::io::Write as _;
    // Nothing is lost if nobody can hear it.
    let _ = writeln!(std::io::stderr(), "{message}");
}
