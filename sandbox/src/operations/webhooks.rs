//! Webhooks: `/v1.0/webhook/create`, `/update`, `/delete`, `/v1.0/webhook` and `/v1.0/account/webhooks`.

use serde_json::{Map, Value, json};

use super::{Entry, IncomingCall, OperationResult};
use crate::contract::{Field, FieldKind, Input};
use crate::reply::{Refusal, Reply};
use crate::store::webhooks::Webhook;
use crate::switches::WebhookSecrets;

const ID: Field = Field::named("WebhookId").or_blank();
const ACCOUNT: Field = Field::named("AccountId").or_blank().max(100);
/// What a create sets and an update changes. Of `Token` and `Bearer`, each takes one.
const SETTINGS: [Field; 8] = [
    text("WebhookUrl"),
    text("Method").max(10).words(&["POST", "PUT"]),
    text("DataFormat").max(50).words(&["json", "xml"]),
    text("AuthenticationType")
        .max(10)
        .words(&["None", "Basic", "Token", "Bearer"]),
    text("AuthenticationUsername"),
    text("AuthenticationPassword"),
    text("AuthenticationToken"),
    text("SubscribedEvents"),
];
const SECRETS: [&str; 3] = [
    "AuthenticationUsername",
    "AuthenticationPassword",
    "AuthenticationToken",
];

const fn text(name: &'static str) -> Field {
    Field::named(name).or_blank().max(255)
}

/// The five operations. Their models are typed, so unknown keys are refused.
pub(super) fn entries() -> [Entry; 5] {
    let entry = |what: &str, method, path: &str, fields: Vec<Field>, run: Run| Entry {
        name: format!("webhook {what}"),
        method,
        path: format!("/v1.0/{path}"),
        closed: true,
        fields: fields
            .into_iter()
            .map(|field| field.typed(FieldKind::Text, false))
            .collect(),
        run: Box::new(run),
    };
    let settings = |before: &[Field]| [before, &SETTINGS].concat();
    [
        entry(
            "create",
            "POST",
            "webhook/create",
            settings(&[ACCOUNT]),
            create,
        ),
        entry("get", "GET", "webhook", vec![ID, ACCOUNT], read),
        entry(
            "update",
            "POST",
            "webhook/update",
            settings(&[ID, ACCOUNT]),
            update,
        ),
        entry(
            "delete",
            "POST",
            "webhook/delete",
            vec![ID, ACCOUNT],
            delete,
        ),
        entry("list", "GET", "account/webhooks", vec![ACCOUNT], list),
    ]
}

type Run = fn(&mut IncomingCall<'_>, &Input) -> OperationResult;

fn create(call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
    let account_id = call.route_account(given(input, ACCOUNT))?;
    if given(input, SETTINGS[0]).is_none() {
        return Err(Refusal::bad("The WebhookUrl field is required."));
    }
    let word = match call.world.switches.webhook_bearer_on_create {
        true => "Bearer",
        false => "Token",
    };
    check(call, input, word)?;
    let mut fields = sent(input);
    fields.insert("Active".into(), true.into());
    let webhook = Webhook {
        id: format!("WID-{}", call.world.ids.uuid()),
        account_key: call.account_key.clone(),
        account_id,
        fields,
    };
    Ok(store(call, "webhook create", webhook))
}

fn read(call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
    let webhook = own(call, input)?;
    Ok(Reply::json(200, &view(call, &webhook)))
}

/// Unsent fields stay as they are, unless the switch says otherwise.
fn update(call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
    let mut webhook = own(call, input)?;
    check(call, input, "Bearer")?;
    if call.world.switches.webhook_update_forgets {
        webhook.fields.retain(|name, _| name == "Active");
    }
    webhook.fields.extend(sent(input));
    Ok(store(call, "webhook update", webhook))
}

fn delete(call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
    let id = own(call, input)?.id;
    let world = &mut *call.world;
    world.store.webhooks.remove(&id);
    world.ledger.change(call.request, "webhook delete", &id);
    let word = &world.switches.webhook_deleted_word;
    Ok(Reply::json(
        200,
        &json!({ "WebhookId": id, "WebhookStatus": word }),
    ))
}

/// A bare array, without pages.
fn list(call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
    let account_id = call.route_account(given(input, ACCOUNT))?;
    let webhooks = call.world.store.webhooks.values();
    let webhooks: Vec<Value> = webhooks
        .filter(|one| one.account_key == call.account_key && one.account_id == account_id)
        .map(|webhook| view(call, webhook))
        .collect();
    Ok(Reply::json(200, &json!(webhooks)))
}

/// Refuses a plain URL, and of the two words for a token the one that this operation does not take.
fn check(call: &IncomingCall<'_>, input: &Input, token: &str) -> Result<(), Refusal> {
    let url = given(input, SETTINGS[0]);
    let is_plain = url.is_some_and(|url| !url.starts_with("https://"));
    if is_plain && !call.world.switches.webhook_http_allowed {
        let problem = "WebhookUrl must begin with https://".to_owned();
        return Err(Refusal::outside_contract(400, vec![problem]));
    }
    let word = given(input, SETTINGS[3]).unwrap_or_default();
    if ["Token", "Bearer"].contains(&word) && word != token {
        let problem = format!("AuthenticationType must be one of None, Basic, {token}");
        return Err(Refusal::bad(problem));
    }
    Ok(())
}

fn store(call: &mut IncomingCall<'_>, what: &str, webhook: Webhook) -> Reply {
    let world = &mut *call.world;
    world.ledger.change(call.request, what, &webhook.id);
    let webhooks = &mut world.store.webhooks;
    webhooks.insert(webhook.id.clone(), webhook.clone());
    Reply::json(200, &view(call, &webhook))
}

fn own(call: &IncomingCall<'_>, input: &Input) -> Result<Webhook, Refusal> {
    let id = given(input, ID).ok_or_else(|| Refusal::bad("WebhookId is required"))?;
    let asked = given(input, ACCOUNT);
    // By switch, an id alone is looked for in the default account.
    let needs_account = call.world.switches.webhook_get_needs_account;
    let account = match asked.is_some() || needs_account {
        true => Some(call.route_account(asked)?),
        false => None,
    };
    let found = call.world.store.webhooks.get(id);
    let own = found.filter(|webhook| {
        webhook.account_key == call.account_key
            && account.is_none_or(|account| webhook.account_id == account)
    });
    own.cloned().ok_or_else(|| Refusal::not_found("Webhook"))
}

/// The eleven keys of the result.
fn view(call: &IncomingCall<'_>, webhook: &Webhook) -> Value {
    let mut shown = Map::new();
    shown.insert(ID.name.into(), json!(webhook.id));
    shown.insert(ACCOUNT.name.into(), json!(webhook.account_id));
    let names = SETTINGS.iter().map(|field| field.name);
    for name in names.chain(["Active"]) {
        let value = webhook.fields.get(name).cloned().unwrap_or_default();
        let is_secret = SECRETS.contains(&name) && value.as_str().is_some_and(|s| !s.is_empty());
        let value = match call.world.switches.webhook_secrets {
            WebhookSecrets::Masked if is_secret => json!("********"),
            WebhookSecrets::Null if is_secret => Value::Null,
            _ => value,
        };
        shown.insert(name.into(), value);
    }
    Value::Object(shown)
}

/// The settings of a request.
fn sent(input: &Input) -> Map<String, Value> {
    let sent = input
        .iter()
        .filter(|(name, _)| SETTINGS.iter().any(|field| field.name == *name));
    sent.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn given(input: &Input, field: Field) -> Option<&str> {
    let text = input.get(field.name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
}
