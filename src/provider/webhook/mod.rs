//! Webhooks: the resource, and the list of those there are.

mod lists;
mod model;

use std::collections::HashSet;

use crate::joonto::{
    AccountId, Error, OrderClass, Secret, Webhook, WebhookAuthentication, WebhookId,
    WebhookSettings,
};
use crate::provider::call::{Call, CallResult};
use crate::provider::diagnostics::{objects, plans, values, webhooks};
use crate::provider::keyed::{KeyedResource, LOOKS, if_visible};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::schema::Set;
use crate::terraform::{Attr, AttributePath, Diagnostic, Diagnostics};

use model::{
    AuthenticationModel, EVENTS, FORMATS, LONGEST, METHODS, distinct, given, joined, same_events,
};

pub(super) use lists::{FoundWebhooks, ListedWebhooks};
pub(super) use model::WebhookModel;

impl KeyedResource for WebhookModel {
    const TYPE_NAME: &'static str = "joonto_webhook";

    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "id",
        of: "id",
        description: "Id of the webhook, `WID-...`.",
    };

    const STAYS: Option<&'static str> = None;

    fn name(&self) -> String {
        match given(&self.id) {
            Some(id) => format!("webhook {id}"),
            None => "the webhook".to_owned(),
        }
    }

    /// `WID-...`, or `AID-.../WID-...` for one of an account that is not the provider's.
    fn keyed(key: &str) -> Result<Self, &'static str> {
        let (account, id) = match key.split_once('/') {
            Some((account, id)) => (Some(account), id),
            None => (None, key),
        };
        let is_id = |text: &str| !text.contains(['/', ' ']) && WebhookId::parse(text).is_ok();
        if !is_id(id) || !account.is_none_or(is_id) {
            return Err("is no webhook id, such as WID-1 or AID-1/WID-1");
        }
        Ok(Self {
            id: id.into(),
            account_id: account.map(str::to_owned).into(),
            ..Self::default()
        })
    }

    fn validate(&self, diagnostics: &mut Diagnostics) {
        // A planned object lacks what is write-only, so `plan` checks the configuration.
        if self.id.is_null() {
            check(self, diagnostics);
        }
    }

    fn plan(&mut self, prior: Option<&Self>, config: &Self, diagnostics: &mut Diagnostics) {
        check(config, diagnostics);
        if config.method.is_null() {
            self.method = METHODS[0].into();
        }
        if config.data_format.is_null() {
            self.data_format = FORMATS[0].into();
        }
        if let Some(prior) = prior {
            if same_events(&prior.events, &self.events) {
                self.events = prior.events.clone();
            }
            if self.account_id.is_unknown() && given(&prior.account_id).is_some() {
                diagnostics.push(plans::keeps_value("account_id", &prior.name()));
                self.account_id = prior.account_id.clone();
            }
        }
        if prior.is_none_or(|prior| prior.events != self.events) {
            let is_known = |name: &&str| EVENTS.iter().any(|it| it.eq_ignore_ascii_case(name));
            let unknown = distinct(&self.events).into_values();
            for name in unknown.filter(|name| !is_known(name)) {
                diagnostics.push(objects::unknown_word("events", name, EVENTS));
            }
        }
    }

    async fn create(mut self, call: &Call<'_, Self>) -> CallResult<Self> {
        let (client, context) = (&call.data.client, &call.context);
        let settings = settings(&self, call);
        let account_id = settings.account_id.as_ref();
        let _alone = client.webhook_creation(context).await?;
        let before = if_visible(client.webhooks(account_id, context).await)?;
        let before = before.map(|webhooks| webhooks.into_iter().filter_map(|one| one.id).collect());
        let created = match client.create_webhook(&settings, context).await {
            Err(lost) if lost.is_unconfirmed() => {
                let found = find(call, &self, account_id, before, &lost).await?;
                let name = format!("webhook {}", found.id());
                call.warn_with(objects::adopted(&name, &lost));
                found
            }
            created => created?,
        };
        self.id = created.id().into();
        self.active = created.is_active.into();
        if self.account_id.is_unknown() {
            let account_id = created.account_id.as_ref().or(account_id);
            self.account_id = account_id.map(AccountId::to_string).into();
        }
        warn_if_inactive(&self, call);
        Ok(self)
    }

    async fn read(mut self, _is_import: bool, call: &Call<'_, Self>) -> CallResult<Option<Self>> {
        let id = id_of(&self)?;
        let read = async |account_id: Option<&AccountId>| {
            let client = &call.data.client;
            client.webhook(&id, account_id, &call.context).await
        };
        let account_id = account_of(&self);
        let mut returned = read(account_id.as_ref()).await?;
        if let (None, Some(default)) = (&returned, default_of(&account_id, call)) {
            returned = read(Some(&default)).await?;
        }
        let Some(returned) = returned else {
            return Ok(None);
        };
        self.flatten(&returned);
        warn_if_inactive(&self, call);
        Ok(Some(self))
    }

    async fn update(self, prior: &Self, call: &Call<'_, Self>) -> CallResult<Self> {
        let settings = settings(&self, call);
        let id = id_of(prior)?;
        let client = &call.data.client;
        client.update_webhook(&id, &settings, &call.context).await?;
        Ok(self)
    }

    async fn delete(&self, call: &Call<'_, Self>) -> CallResult<()> {
        let id = id_of(self)?;
        let delete = async |account_id: Option<&AccountId>| {
            let client = &call.data.client;
            client.delete_webhook(&id, account_id, &call.context).await
        };
        let account_id = account_of(self);
        let mut deleted = delete(account_id.as_ref()).await;
        if let (Err(error), Some(default)) = (&deleted, default_of(&account_id, call))
            && error.is_not_found()
        {
            deleted = delete(Some(&default)).await;
        }
        match deleted? {
            Some(word) if OrderClass::of(Some(&word)) == OrderClass::Failed => {
                Err(webhooks::not_deleted(&self.name(), &word).into())
            }
            // The word for success is not documented.
            _ => Ok(()),
        }
    }
}

/// Checks what spans arguments of a configuration.
fn check(config: &WebhookModel, diagnostics: &mut Diagnostics) {
    let events = distinct(&config.events);
    let is_empty = events.is_empty() && config.events.known().is_some_and(Set::is_wholly_known);
    let problem = match joined(&config.events).chars().count() {
        _ if is_empty => Some("there is none".to_owned()),
        _ if events.keys().any(|name| name.contains(',')) => {
            Some("one of them contains a comma".to_owned())
        }
        count if count > LONGEST => Some(format!("these have {count} characters")),
        _ => None,
    };
    diagnostics.extend(problem.map(|problem| webhooks::events_unfit(&problem)));
    if let Attr::Known(block) = &config.authentication {
        check_authentication(block, diagnostics);
    }
}

fn check_authentication(block: &AuthenticationModel, diagnostics: &mut Diagnostics) {
    let Some(word) = block.r#type.as_str() else {
        return;
    };
    for (name, value, needed_by) in [
        ("username", &block.username, "basic"),
        ("password_wo", &block.password_wo, "basic"),
        ("token_wo", &block.token_wo, "token"),
    ] {
        let is_set = value.is_unknown() || given(value).is_some();
        let problem = match word == needed_by {
            true if !is_set => format!("type is \"{needed_by}\", and {name} is missing"),
            false if is_set => format!("{name} is set, which only type \"{needed_by}\" uses"),
            _ => continue,
        };
        diagnostics.push(webhooks::authentication_unfit(&problem));
    }
    for (name, value, version) in [
        (
            "password_wo",
            &block.password_wo,
            &block.password_wo_version,
        ),
        ("token_wo", &block.token_wo, &block.token_wo_version),
    ] {
        if !value.is_null() && version.is_null() {
            let needs = values::secret_needs_version(name, &format!("{name}_version"));
            let block = AttributePath::root().attribute("authentication");
            diagnostics.push(needs.at(block.attribute(name)));
        }
    }
}

fn warn_if_inactive(webhook: &WebhookModel, call: &Call<'_, WebhookModel>) {
    if webhook.active == Attr::Known(false) {
        call.warn_with(webhooks::inactive(&webhook.name()));
    }
}

fn id_of(webhook: &WebhookModel) -> Result<WebhookId, Diagnostic> {
    let id = WebhookId::parse(given(&webhook.id).unwrap_or_default());
    id.map_err(|why| objects::not_a_key("", why, WebhookModel::TYPE_NAME))
}

/// The account that a webhook names.
fn account_of(webhook: &WebhookModel) -> Option<AccountId> {
    AccountId::parse(given(&webhook.account_id)?).ok()
}

/// The provider's account, for a webhook that names none: an id alone may be found in no account
/// but the credentials' own.
fn default_of(named: &Option<AccountId>, call: &Call<'_, WebhookModel>) -> Option<AccountId> {
    call.data.account_of(None).filter(|_| named.is_none())
}

/// All that is sent. What is never stored is in the configuration alone.
fn settings(planned: &WebhookModel, call: &Call<'_, WebhookModel>) -> WebhookSettings {
    let text = |text: &Attr<String>| text.as_str().unwrap_or_default().to_owned();
    let secret = |secret: &Attr<String>| Secret::new(text(secret));
    let authentication = match (&planned.authentication, &call.config().authentication) {
        (Attr::Known(planned), Attr::Known(config)) => match planned.r#type.as_str() {
            Some("basic") => WebhookAuthentication::Basic {
                username: secret(&planned.username),
                password: secret(&config.password_wo),
            },
            Some("token") => WebhookAuthentication::Token(secret(&config.token_wo)),
            _ => WebhookAuthentication::None,
        },
        _ => WebhookAuthentication::None,
    };
    WebhookSettings {
        account_id: call.data.account_of(planned.account_id.as_str()),
        url: text(&planned.url),
        method: text(&planned.method),
        data_format: text(&planned.data_format),
        authentication,
        events: joined(&planned.events),
    }
}

/// The webhook that a lost response was about: the only new one with the same URL and events.
/// `before` are those there were already.
async fn find(
    call: &Call<'_, WebhookModel>,
    planned: &WebhookModel,
    account_id: Option<&AccountId>,
    before: Option<HashSet<WebhookId>>,
    lost: &Error,
) -> Result<Webhook, Diagnostic> {
    let (client, context) = (&call.data.client, &call.context);
    let unknown = |why: &str| objects::unconfirmed(&planned.name(), lost, why);
    let before = before.ok_or_else(|| unknown("The account's webhooks cannot be read."))?;
    let is_it = |found: &Webhook| {
        let events = found.events.iter().flatten().cloned().collect();
        found.id.as_ref().is_some_and(|id| !before.contains(id))
            && found.url.as_deref() == planned.url.as_str()
            && same_events(&planned.events, &Attr::Known(events))
    };
    for wait in LOOKS {
        let slept = context.sleep(wait).await;
        slept.map_err(|why| unknown(&format!("The look at the list ended: {why}.")))?;
        let listed = client.webhooks(account_id, context).await;
        let unread = |error| unknown(&format!("The account's list cannot be read: {error}."));
        let mut found: Vec<Webhook> = listed.map_err(unread)?;
        found.retain(is_it);
        match found.len() {
            0 => {}
            1 => return Ok(found.remove(0)),
            _ => {
                let ids: Vec<&str> = found.iter().map(Webhook::id).collect();
                let why = format!("The account has several that fit: {}.", ids.join(", "));
                return Err(unknown(&why));
            }
        }
    }
    Err(unknown("The account's list does not show it."))
}
