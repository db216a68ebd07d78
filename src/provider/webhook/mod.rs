//! Webhooks: the resource, and the list of those there are.

mod list;
mod model;

use std::collections::HashSet;

use crate::context::Context;
use crate::joonto::{
    AccountId, Error, OrderClass, Secret, Webhook, WebhookAuthentication, WebhookId,
    WebhookSettings,
};
use crate::provider::diagnostics::{objects, plans, values, webhooks};
use crate::provider::keyed::{Call, KeyedError, KeyedResource, LOOKS};
use crate::provider::provider_data::ProviderData;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::schema::Set;
use crate::terraform::{Attr, AttributePath, Diagnostics};

use model::{
    AuthenticationModel, EVENTS, FORMATS, LONGEST, METHODS, WebhookModel, distinct, given, joined,
    same_events,
};

pub(super) use list::WebhookList;

/// The resource `joonto_webhook`.
#[derive(Debug, Default)]
pub(super) struct ManagedWebhook;

impl KeyedResource for ManagedWebhook {
    type Object = WebhookModel;

    const TYPE_NAME: &'static str = "joonto_webhook";

    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "id",
        description: "Id of the webhook, `WID-...`.",
    };

    const STAYS: Option<&'static str> = None;

    fn key(webhook: &WebhookModel) -> Option<String> {
        given(&webhook.id).map(str::to_owned)
    }

    fn name(webhook: &WebhookModel) -> String {
        match given(&webhook.id) {
            Some(id) => format!("webhook {id}"),
            None => "the webhook".to_owned(),
        }
    }

    /// `WID-...`, or `AID-.../WID-...` for one of an account that is not the provider's.
    fn keyed(key: &str) -> Result<WebhookModel, &'static str> {
        let (account, id) = match key.split_once('/') {
            Some((account, id)) => (Some(account), id),
            None => (None, key),
        };
        let is_id = |text: &str| !text.contains(['/', ' ']) && WebhookId::parse(text).is_ok();
        if !is_id(id) || !account.is_none_or(is_id) {
            return Err("is no webhook id, such as WID-1 or AID-1/WID-1");
        }
        Ok(WebhookModel {
            id: id.into(),
            account_id: account.map(str::to_owned).into(),
            ..WebhookModel::default()
        })
    }

    fn validate(webhook: &WebhookModel, diagnostics: &mut Diagnostics) {
        // A planned object lacks what is write-only, so `plan` checks the configuration.
        if webhook.id.is_null() {
            check(webhook, diagnostics);
        }
    }

    fn plan(
        prior: Option<&WebhookModel>,
        planned: &mut WebhookModel,
        config: &WebhookModel,
        diagnostics: &mut Diagnostics,
    ) {
        check(config, diagnostics);
        if config.method.is_null() {
            planned.method = METHODS[0].into();
        }
        if config.data_format.is_null() {
            planned.data_format = FORMATS[0].into();
        }
        if let Some(prior) = prior {
            if same_events(&prior.events, &planned.events) {
                planned.events = prior.events.clone();
            }
            if planned.account_id.is_unknown() && given(&prior.account_id).is_some() {
                let kept = plans::keeps_value("account_id", &Self::name(prior));
                diagnostics.push(kept);
                planned.account_id = prior.account_id.clone();
            }
        }
        if prior.is_none_or(|prior| prior.events != planned.events) {
            let is_known = |name: &&str| EVENTS.iter().any(|it| it.eq_ignore_ascii_case(name));
            let unknown = distinct(&planned.events).into_values();
            for name in unknown.filter(|name| !is_known(name)) {
                diagnostics.push(objects::unknown_word("events", name, EVENTS));
            }
        }
    }

    async fn create(
        data: &ProviderData,
        planned: WebhookModel,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<WebhookModel, KeyedError> {
        let client = &data.client;
        let settings = settings(&planned, call.config(), data);
        let account_id = settings.account_id.as_ref();
        let _alone = client.webhook_creation(context).await?;
        let before = match client.webhooks(account_id, context).await {
            Ok(webhooks) => Some(ids(&webhooks)),
            // These credentials cannot tell.
            Err(error) if error.is_unauthorized() || error.is_incomplete() => None,
            Err(error) => return Err(error.into()),
        };
        let created = match client.create_webhook(&settings, context).await {
            Err(lost) if lost.is_unconfirmed() => {
                let found = find(data, &planned, account_id, before, &lost, context).await?;
                let name = format!("webhook {}", found.id());
                call.warn_with(objects::adopted(&name, &lost));
                found
            }
            created => created?,
        };
        let mut webhook = planned;
        webhook.id = created.id().into();
        webhook.active = created.is_active.into();
        if webhook.account_id.is_unknown() {
            let account_id = created.account_id.as_ref().or(account_id);
            webhook.account_id = account_id.map(AccountId::to_string).into();
        }
        warn_if_inactive(&webhook, call);
        Ok(webhook)
    }

    async fn read(
        data: &ProviderData,
        mut current: WebhookModel,
        _is_import: bool,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<Option<WebhookModel>, KeyedError> {
        let id = id_of(&current)?;
        let account_id = account_of(&current);
        let client = &data.client;
        let mut returned = client.webhook(&id, account_id.as_ref(), context).await?;
        // An id alone may be found in no account but the credentials' own.
        let default = data.account_of(None).filter(|_| account_id.is_none());
        if let (None, Some(default)) = (&returned, default) {
            returned = client.webhook(&id, Some(&default), context).await?;
        }
        let Some(returned) = returned else {
            return Ok(None);
        };
        current.flatten(&returned);
        warn_if_inactive(&current, call);
        Ok(Some(current))
    }

    async fn update(
        data: &ProviderData,
        prior: &WebhookModel,
        planned: WebhookModel,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<WebhookModel, KeyedError> {
        let settings = settings(&planned, call.config(), data);
        let id = id_of(prior)?;
        data.client.update_webhook(&id, &settings, context).await?;
        Ok(planned)
    }

    async fn delete(
        data: &ProviderData,
        prior: &WebhookModel,
        _: &Call<Self>,
        context: &Context,
    ) -> Result<(), KeyedError> {
        let id = id_of(prior)?;
        let account_id = account_of(prior);
        let delete = async |account_id: Option<&AccountId>| {
            data.client.delete_webhook(&id, account_id, context).await
        };
        let mut deleted = delete(account_id.as_ref()).await;
        // An id alone may be found in no account but the credentials' own.
        let default = data.account_of(None).filter(|_| account_id.is_none());
        if let (Err(error), Some(default)) = (&deleted, default)
            && error.is_not_found()
        {
            deleted = delete(Some(&default)).await;
        }
        match deleted? {
            Some(word) if OrderClass::of(Some(&word)) == OrderClass::Failed => {
                Err(webhooks::not_deleted(&Self::name(prior), &word).into())
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

fn warn_if_inactive(webhook: &WebhookModel, call: &Call<ManagedWebhook>) {
    if webhook.active == Attr::Known(false) {
        call.warn_with(webhooks::inactive(&ManagedWebhook::name(webhook)));
    }
}

fn id_of(webhook: &WebhookModel) -> Result<WebhookId, KeyedError> {
    let id = WebhookId::parse(given(&webhook.id).unwrap_or_default());
    let not_a_key = |why| objects::not_a_key("", why, ManagedWebhook::TYPE_NAME);
    Ok(id.map_err(not_a_key)?)
}

/// The account that a webhook names.
fn account_of(webhook: &WebhookModel) -> Option<AccountId> {
    AccountId::parse(given(&webhook.account_id)?).ok()
}

/// All that is sent. What is never stored is in `config` alone.
fn settings(planned: &WebhookModel, config: &WebhookModel, data: &ProviderData) -> WebhookSettings {
    let text = |text: &Attr<String>| text.as_str().unwrap_or_default().to_owned();
    let secret = |secret: &Attr<String>| Secret::new(text(secret));
    let authentication = match (&planned.authentication, &config.authentication) {
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
        account_id: data.account_of(planned.account_id.as_str()),
        url: text(&planned.url),
        method: text(&planned.method),
        data_format: text(&planned.data_format),
        authentication,
        events: joined(&planned.events),
    }
}

fn ids(webhooks: &[Webhook]) -> HashSet<WebhookId> {
    webhooks.iter().filter_map(|one| one.id.clone()).collect()
}

/// The webhook that a lost response was about: the only new one with the same URL and events.
/// `before` are those there were already.
async fn find(
    data: &ProviderData,
    planned: &WebhookModel,
    account_id: Option<&AccountId>,
    before: Option<HashSet<WebhookId>>,
    lost: &Error,
    context: &Context,
) -> Result<Webhook, KeyedError> {
    let unknown = |why: &str| objects::unconfirmed(&ManagedWebhook::name(planned), lost, why);
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
        let listed = data.client.webhooks(account_id, context).await;
        let unread = |error| unknown(&format!("The account's list cannot be read: {error}."));
        let mut found: Vec<Webhook> = listed.map_err(unread)?;
        found.retain(is_it);
        match found.len() {
            0 => {}
            1 => return Ok(found.remove(0)),
            _ => {
                let ids: Vec<&str> = found.iter().map(Webhook::id).collect();
                let why = format!("The account has several that fit: {}.", ids.join(", "));
                return Err(unknown(&why).into());
            }
        }
    }
    Err(unknown("The account's list does not show it.").into())
}
