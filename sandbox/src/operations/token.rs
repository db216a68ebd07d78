//! `POST /v1.0/OAuth2/tokens`

use serde_json::{Value, json};
use time::Duration;

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Given, request};
use crate::reply::{Refusal, Reply};
use crate::switches::StatedExpiry;
use crate::{dates, tokens};

pub(super) const PATH: &str = "/v1.0/OAuth2/tokens";
pub(super) const OLD_PATH: &str = "/v1.0/oauth2/tokens";

request! {
    /// The token call's body.
    TokenRequest {
        account_key: String = Field::named("AccountKey");
        account_secret: String = Field::named("AccountSecret");
        api_endpoint: Given<String> = Field::named("ApiEndpoint");
    }
}

pub(super) struct Token;

impl Operation for Token {
    const NAME: &'static str = "token";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = PATH;
    type Request = TokenRequest;

    fn run(call: &mut IncomingCall<'_>, request: TokenRequest) -> OperationResult {
        let endpoint = request.api_endpoint.into_value().ok_or_else(|| {
            // Optional in the schema, required in practice: a client that leaves it out gets nowhere.
            Refusal::outside_contract(400, vec!["The ApiEndpoint field is required.".into()])
        })?;
        let path = path_of(&endpoint).ok_or_else(|| {
            Refusal::outside_contract(400, vec!["ApiEndpoint must be a full URL".into()])
        })?;
        let world = &mut *call.world;
        let known = world
            .store
            .accounts
            .by_key(&request.account_key)
            .is_some_and(|distributor| {
                distributor.credentials.account_secret == request.account_secret
            });
        if !known {
            return if world.switches.bad_credentials_as_200 {
                Ok(Reply::json(
                    200,
                    &json!({
                        "token": "", "successful": false, "tokenExpiry": null, "error": "Invalid AccountKey or AccountSecret",
                    }),
                ))
            } else {
                Err(Refusal::new(401, "Invalid AccountKey or AccountSecret"))
            };
        }

        let life = Duration::try_from(world.switches.token_life).unwrap_or(Duration::MAX);
        // A JWT counts whole seconds; the token must not outlive what it says.
        let expires = call.now + life - Duration::nanoseconds(call.now.nanosecond().into());
        let expires = expires.max(call.now + life.min(Duration::SECOND));
        let (text, stated) = match world.switches.stated_expiry {
            StatedExpiry::True => (
                tokens::jwt(&mut world.ids, &request.account_key, expires),
                json!(dates::token_expiry(expires)),
            ),
            StatedExpiry::Past => {
                let past = call.now - Duration::HOUR;
                (
                    tokens::jwt(&mut world.ids, &request.account_key, past),
                    json!(dates::token_expiry(past)),
                )
            }
            StatedExpiry::Unreadable => (world.ids.hex(64), json!("in a while")),
            StatedExpiry::Absent => (world.ids.hex(64), Value::Null),
        };
        let token = tokens::Token {
            account_key: request.account_key,
            path,
            expires,
        };
        world.tokens.issue(token, text.clone(), call.now);
        let mut response = json!({ "token": text, "successful": true });
        if !stated.is_null() {
            response["tokenExpiry"] = stated;
        }
        Ok(Reply::json(200, &response))
    }
}

/// Everything after the authority. A query stays in, so that a token asked for with one fits no request.
fn path_of(endpoint: &str) -> Option<String> {
    let rest = endpoint
        .strip_prefix("https://")
        .or_else(|| endpoint.strip_prefix("http://"))?;
    let (authority, path) = rest.split_once('/')?;
    (!authority.is_empty() && !endpoint.contains(char::is_whitespace)).then(|| format!("/{path}"))
}
