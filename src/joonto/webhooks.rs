//! Webhooks: where the API reports events.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use super::account_lists::AccountLists;
use super::client::Client;
use super::error::{Error, given_up};
use super::lenient_json::{Field, FromResponse, Json, LenientObject};
use super::operation::{self, Operation};
use super::routes::user_info;
use super::secret::Secret;
use super::session::ApiCall;
use super::single_flight::Fetched;
use super::types::{AccountId, WebhookId};
use crate::context::Context;

/// The documented words for a token, which mean the same: a create takes the first, an update the
/// second.
const TOKEN_WORDS: [&str; 2] = ["Token", "Bearer"];

/// How the API proves to a webhook's receiver who it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WebhookAuthentication {
    /// Not at all.
    None,
    /// By user name and password.
    Basic {
        /// The user's name.
        username: Secret,
        /// The user's password.
        password: Secret,
    },
    /// By a token.
    Token(Secret),
}

/// What a webhook is to be. All of it is sent each time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WebhookSettings {
    /// The account it belongs to; none for that of the credentials.
    pub account_id: Option<AccountId>,
    /// Where events are sent.
    pub url: String,
    /// By which HTTP method.
    pub method: String,
    /// In which format.
    pub data_format: String,
    /// How the API proves who it is.
    pub authentication: WebhookAuthentication,
    /// The events, as the API writes a list: with commas between them.
    pub events: String,
}

/// A webhook as the API returns it, without its secrets.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Webhook {
    /// Its id.
    pub id: Option<WebhookId>,
    /// The account it belongs to.
    pub account_id: Option<AccountId>,
    /// Where events are sent.
    pub url: Option<String>,
    /// By which HTTP method.
    pub method: Option<String>,
    /// In which format.
    pub data_format: Option<String>,
    /// How the API proves who it is, in its word.
    pub authentication_type: Option<String>,
    /// The names of the events, if the response speaks of them.
    pub events: Option<Vec<String>>,
    /// Whether events are sent.
    pub is_active: Option<bool>,
}

impl Webhook {
    /// Its id; empty where the API does not return one.
    pub fn id(&self) -> &str {
        self.id.as_ref().map(WebhookId::as_str).unwrap_or_default()
    }

    fn of(fields: LenientObject<'_>) -> Self {
        let events = match fields.field_text("SubscribedEvents") {
            Field::Absent => None,
            Field::Null => Some(Vec::new()),
            Field::Value(list) => {
                let names = list.split(',').map(str::trim);
                let names = names.filter(|name| !name.is_empty());
                Some(names.map(str::to_owned).collect())
            }
        };
        let id = fields.text("WebhookId");
        Self {
            id: id.and_then(|id| WebhookId::parse(&id).ok()),
            account_id: fields.account_id(),
            url: fields.text("WebhookUrl"),
            method: fields.text("Method"),
            data_format: fields.text("DataFormat"),
            authentication_type: fields.text("AuthenticationType"),
            events,
            is_active: fields.flag("Active"),
        }
    }
}

/// A response that does not say which webhook it is about is none.
impl FromResponse for Webhook {
    fn read(body: &Json) -> Option<Self> {
        let webhook = Self::of(LenientObject::of_response(body, &["WebhookId"])?);
        webhook.id.is_some().then_some(webhook)
    }
}

/// The webhooks of an account, and how many entries the list has.
struct List(Vec<Webhook>, usize);

/// A bare array, which may be wrapped.
impl FromResponse for List {
    fn read(body: &Json) -> Option<Self> {
        let items = match body {
            Json::List(items) => items.as_slice(),
            _ => LenientObject::of(body)?.list("Data")?,
        };
        let webhooks = items.iter().filter_map(Webhook::read).collect();
        Some(Self(webhooks, items.len()))
    }
}

/// The word for what became of a deletion.
struct DeletedWebhook(Option<String>);

impl FromResponse for DeletedWebhook {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["WebhookId", "WebhookStatus"])?;
        Some(Self(fields.text("WebhookStatus")))
    }
}

/// How long a list serves those who read a webhook.
const RECENT: Duration = Duration::from_secs(15);

/// Read once for all who read one of an account's webhooks.
type WebhookLists = AccountLists<Vec<Webhook>>;

impl Client {
    /// Waits until no other webhook is being created. Until the result is dropped, none is.
    ///
    /// # Errors
    ///
    /// When the wait was given up.
    pub async fn webhook_creation(&self, context: &Context) -> Result<OwnedMutexGuard<()>, Error> {
        let alone = self.creation_of::<Webhook>(context).await;
        alone.map_err(given_up(&operation::WEBHOOK_CREATE))
    }

    /// Creates a webhook.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have been created: the list shows it.
    pub async fn create_webhook(
        &self,
        settings: &WebhookSettings,
        context: &Context,
    ) -> Result<Webhook, Error> {
        let operation = &operation::WEBHOOK_CREATE;
        self.write_webhook(operation, None, settings, TOKEN_WORDS, context)
            .await
    }

    /// Changes a webhook. Repeated after a response that leaves it open: it sets absolute values.
    ///
    /// # Errors
    ///
    /// When it could not be changed.
    pub async fn update_webhook(
        &self,
        id: &WebhookId,
        settings: &WebhookSettings,
        context: &Context,
    ) -> Result<(), Error> {
        let [create, update] = TOKEN_WORDS;
        let operation = &operation::WEBHOOK_UPDATE;
        self.write_webhook(operation, Some(id), settings, [update, create], context)
            .await
    }

    /// Sends the settings. After a refusal of the first word for a token, which had no effect, the
    /// second is tried.
    async fn write_webhook<A: FromResponse>(
        &self,
        operation: &'static Operation,
        id: Option<&WebhookId>,
        settings: &WebhookSettings,
        [first, second]: [&str; 2],
        context: &Context,
    ) -> Result<A, Error> {
        let call = write_call(operation, id, settings, first)?;
        let lists = self.kept::<WebhookLists>();
        let _write = lists.writing();
        match self.call(&call, context).await {
            Err(refused) if uses_token(settings) && names_type(&refused) => {
                let call = write_call(operation, id, settings, second)?;
                self.call(&call, context).await
            }
            other => other,
        }
    }

    /// Reads a webhook: from the list of its account, which all reads share, else alone. Nothing
    /// when neither shows it.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    pub async fn webhook(
        &self,
        id: &WebhookId,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<Option<Webhook>, Error> {
        if let Some(webhook) = self.recent_webhook(id, account_id, context).await? {
            return Ok(Some(webhook));
        }
        let mut query = vec![("WebhookId", id.to_string())];
        query.extend(account_id.map(|account| ("AccountId", account.to_string())));
        let call = ApiCall::get(&operation::WEBHOOK_GET, query);
        let found: Option<Webhook> = self.find(&call, context).await?;
        let answered = found.as_ref().and_then(|webhook| webhook.id.as_ref());
        if answered == Some(id) {
            return Ok(found);
        }
        let listed = with_id(&self.webhooks(account_id, context).await?, id);
        if listed.is_none() {
            Error::check_subject(&operation::WEBHOOK_GET, id, answered)?;
        }
        Ok(listed)
    }

    /// The webhook in a list that was read a moment ago. A list that cannot be read shows none.
    async fn recent_webhook(
        &self,
        id: &WebhookId,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<Option<Webhook>, Error> {
        let lists = self.kept::<WebhookLists>();
        let will_do = |last: &Fetched<'_, _>| last.age < RECENT;
        let fetch = self.webhooks(account_id, context);
        let operation = &operation::WEBHOOK_LIST;
        let list = lists.get(account_id, operation, context, will_do, fetch);
        match list.await {
            Ok(list) => Ok(with_id(&list, id)),
            Err(error) if error.interrupted().is_some() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Deletes a webhook, and returns the API's word for what became of it.
    ///
    /// # Errors
    ///
    /// A refusal with status 404 ([`Error::is_not_found`]) when there is none, or none any more.
    pub async fn delete_webhook(
        &self,
        id: &WebhookId,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<Option<String>, Error> {
        let call = ApiCall::post(&operation::WEBHOOK_DELETE, &key(Some(id), account_id))?;
        let lists = self.kept::<WebhookLists>();
        let _write = lists.writing();
        let DeletedWebhook(word) = self.call(&call, context).await?;
        Ok(word)
    }

    /// All webhooks of an account: of the credentials' own, unless one is named.
    ///
    /// # Errors
    ///
    /// When they could not be read, or not all of them.
    pub async fn webhooks(
        &self,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<Vec<Webhook>, Error> {
        let account = account_id.map(|account| ("AccountId", account.to_string()));
        let call = ApiCall::get(&operation::WEBHOOK_LIST, account.into_iter().collect());
        let List(webhooks, total) = match self.call(&call, context).await {
            // Where there is none, there may be no list either.
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            list => list?,
        };
        Error::check_whole(&operation::WEBHOOK_LIST, webhooks.len(), total)?;
        Ok(webhooks)
    }
}

fn with_id(list: &[Webhook], id: &WebhookId) -> Option<Webhook> {
    let mut found = list
        .iter()
        .filter(|webhook| webhook.id.as_ref() == Some(id));
    found.next().cloned()
}

fn uses_token(settings: &WebhookSettings) -> bool {
    matches!(settings.authentication, WebhookAuthentication::Token(_))
}

/// Whether the API refused the request because of its authentication type.
fn names_type(error: &Error) -> bool {
    let message = error.message().unwrap_or_default().to_ascii_lowercase();
    error.is_refused_with(400) && message.replace(' ', "").contains("authenticationtype")
}

/// Which webhook, as requests name it.
fn key<'a>(
    id: Option<&'a WebhookId>,
    account_id: Option<&'a AccountId>,
) -> BTreeMap<&'static str, &'a str> {
    let id = id.map(|id| ("WebhookId", id.as_str()));
    let account = account_id.map(|account| ("AccountId", account.as_str()));
    id.into_iter().chain(account).collect()
}

/// The request, with `token` as the word for a token.
fn write_call(
    operation: &'static Operation,
    id: Option<&WebhookId>,
    settings: &WebhookSettings,
    token: &str,
) -> Result<ApiCall, Error> {
    let (word, [username, password, secret]) = match &settings.authentication {
        WebhookAuthentication::None => ("None", ["", "", ""]),
        WebhookAuthentication::Basic { username, password } => {
            ("Basic", [username.expose(), password.expose(), ""])
        }
        WebhookAuthentication::Token(secret) => (token, ["", "", secret.expose()]),
    };
    let mut request = key(id, settings.account_id.as_ref());
    for (name, text) in [
        ("WebhookUrl", settings.url.as_str()),
        ("Method", &settings.method),
        ("DataFormat", &settings.data_format),
        ("AuthenticationType", word),
        ("AuthenticationUsername", username),
        ("AuthenticationPassword", password),
        ("AuthenticationToken", secret),
        ("SubscribedEvents", &settings.events),
    ] {
        request.insert(name, text);
    }
    let secrets = [username, password, secret].into_iter();
    let secrets = secrets.filter(|secret| !secret.is_empty()).map(Secret::new);
    let secrets = secrets.chain(user_info(&settings.url)).collect();
    Ok(ApiCall::post(operation, &request)?.with_secrets(secrets))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<A: FromResponse>(body: &str) -> Option<A> {
        A::read(&Json::read(body.as_bytes())?)
    }

    #[test]
    fn a_result_is_read_in_every_documented_shape() {
        let webhook: Webhook = read(
            r#"{"WebhookId": "WHID-1", "AccountId": null, "SubscribedEvents": " New_SMS,,Order_Update ",
                "AuthenticationType": "Bearer", "Active": "false", "AuthenticationToken": "x"}"#,
        )
        .expect("a webhook");
        assert_eq!(webhook.id(), "WHID-1");
        assert_eq!(
            webhook.events,
            Some(vec!["New_SMS".to_owned(), "Order_Update".to_owned()])
        );
        assert_eq!(webhook.is_active, Some(false));
        assert_eq!((webhook.account_id, webhook.url), (None, None));
        let none: Webhook =
            read(r#"{"WebhookId": "WID-1", "SubscribedEvents": null}"#).expect("a webhook");
        assert_eq!(none.events, Some(Vec::new()));
        assert_eq!(
            read::<Webhook>(r#"{"WebhookUrl": "https://a.example"}"#),
            None
        );
    }

    #[test]
    fn a_list_is_bare_or_wrapped_and_counts_what_it_cannot_read() {
        let items = r#"[{"WebhookId": "WID-1"}, {"WebhookUrl": "https://a.example"}, 1]"#;
        for body in [items.to_owned(), format!(r#"{{"Data": {items}}}"#)] {
            let List(webhooks, total) = read(&body).expect("a list");
            assert_eq!((webhooks.len(), total), (1, 3), "{body}");
        }
        assert!(read::<List>("{}").is_none());
    }
}
