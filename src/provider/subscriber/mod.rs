//! Subscribers: the resource, and the lists of them.

mod lists;
mod model;
mod transfer;

use std::collections::BTreeSet;
use std::time::Duration;

use super::call::{Call, CallResult};
use super::diagnostics::{objects, subscribers, values};
use super::keyed::KeyedResource;
use super::validators;
use crate::joonto::{AccountId, Error, NewSubscriber, Secret, Subscriber, SubscriberChange};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Attr, Diagnostic, Diagnostics};

pub(super) use lists::{FoundSubscribers, NoFilter};
use model::ROLES;
pub(super) use model::SubscriberModel;

/// How long to wait before each look for what a lost response was about: reads may lag.
const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(3),
];

impl KeyedResource for SubscriberModel {
    const TYPE_NAME: &'static str = "joonto_subscriber";

    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "id",
        of: "id",
        description: "Id of the subscriber, `TSUID-...`",
    };

    const STAYS: Option<&'static str> = Some(
        "The subscriber stays in its account, with its password, and its e-mail address stays taken.",
    );

    fn name(&self) -> String {
        match self.id.as_str() {
            Some(id) => format!("subscriber {id}"),
            None => "the subscriber".to_owned(),
        }
    }

    fn keyed(key: &str) -> Result<Self, &'static str> {
        let mut subscriber = Self::default();
        match key {
            "" => return Err("is neither the id nor the e-mail address of a subscriber"),
            email if email.contains('@') => subscriber.email = email.into(),
            id => subscriber.id = id.into(),
        }
        Ok(subscriber)
    }

    fn validate(&self, diagnostics: &mut Diagnostics) {
        // A planned object may have numbers that the API returned, and that nobody wrote.
        if self.id.is_null() {
            refuse_no_numbers(self, diagnostics);
        }
        if !self.password_wo.is_null() && self.password_wo_version.is_null() {
            diagnostics.push(values::secret_needs_version(
                "password_wo",
                "password_wo_version",
            ));
        }
    }

    fn plan(&mut self, prior: Option<&Self>, config: &Self, diagnostics: &mut Diagnostics) {
        refuse_no_numbers(config, diagnostics);
        let role = ("role", prior.map(|prior| &prior.role), &self.role);
        objects::warn_of_unknown_word(role, &ROLES, diagnostics);
        let before = prior.and_then(|prior| prior.email.as_str());
        let is_same = |email: &str| before.is_some_and(|before| before.eq_ignore_ascii_case(email));
        match prior {
            Some(prior) if self.email.as_str().is_some_and(is_same) => {
                self.email = prior.email.clone();
            }
            Some(_) if self.email.is_unknown() => {}
            // Another e-mail address is another subscriber.
            _ => {
                let missing = missing(config);
                if !missing.is_empty() {
                    diagnostics.push(subscribers::incomplete(&missing));
                }
            }
        }
        let version = &self.password_wo_version;
        if prior.is_some_and(|prior| version.is_known() && *version != prior.password_wo_version)
            && config.password_wo.is_null()
        {
            diagnostics.push(subscribers::password_missing());
        }
    }

    async fn create(mut self, call: &Call<'_, Self>) -> CallResult<Self> {
        let missing = missing(call.config());
        let (Some(email), Some(name), Some(role), Some(password), Some(account_id)) = (
            self.email.as_str(),
            self.name.as_str(),
            self.role.as_str(),
            password_of(call),
            account_of(&self),
        ) else {
            return Err(subscribers::incomplete(&missing).into());
        };
        let wanted = numbers_of(&self);
        let new = NewSubscriber {
            name,
            email,
            role,
            password: &password,
            account_id: &account_id,
            phone_numbers: &wanted.clone().unwrap_or_default(),
        };
        let (client, context) = (&call.data.client, &call.context);
        let created = match client.create_subscriber(&new, context).await {
            Ok(created) => created,
            Err(lost) if lost.is_unconfirmed() => {
                let found = find(call, &new, &lost).await?;
                // One that was there before has another password, which nothing shows.
                let change = SubscriberChange {
                    password: Some(&password),
                    ..SubscriberChange::default()
                };
                let set = client.update_subscriber(&found.id, &change, context);
                set.await.map_err(|error| {
                    let id = &found.id;
                    let why = format!("{id} is like it, and its password was not set: {error}.");
                    objects::unconfirmed(&format!("subscriber {id}"), &lost, &why)
                })?;
                call.warn_with(objects::adopted(&format!("subscriber {}", found.id), &lost));
                found
            }
            Err(error) if is_taken(&error) => {
                let all = client.subscribers(context).await.unwrap_or_default();
                let theirs = all.subscribers.iter().find(|one| one.has_email(email));
                let taken = theirs.map_or_else(subscribers::email_taken, |one| {
                    subscribers::email_taken_by(&one.id)
                });
                return Err(taken.into());
            }
            Err(error) => return Err(error.into()),
        };
        self.id = created.id.as_str().into();
        // Whatever else happens, it exists.
        if let Some(wanted) = &wanted
            && let Err([missing, more]) = same_numbers(wanted, &created)
        {
            let name = self.name();
            call.warn_with(subscribers::created_with_others(&name, &missing, &more));
        }
        let numbers = created.phone_numbers.unwrap_or_default();
        if wanted.is_none() {
            self.phone_numbers = Attr::Known(numbers.into_iter().collect());
        }
        self.settle();
        Ok(self)
    }

    async fn read(mut self, is_import: bool, call: &Call<'_, Self>) -> CallResult<Option<Self>> {
        let (client, context) = (&call.data.client, &call.context);
        if is_import
            && self.id.is_null()
            && let Some(email) = self.email.as_str()
        {
            let all = client.subscribers(context).await?.subscribers;
            let Some(found) = all.into_iter().find(|one| one.has_email(email)) else {
                return Ok(None);
            };
            self.id = Attr::Known(found.id);
        }
        let Some(id) = self.id.as_str() else {
            return Ok(None);
        };
        let Some(found) = client.subscriber(id, context).await? else {
            return Ok(None);
        };
        self.flatten(&found);
        Ok(Some(self))
    }

    async fn update(mut self, prior: &Self, call: &Call<'_, Self>) -> CallResult<Self> {
        let (client, context) = (&call.data.client, &call.context);
        let id = prior.id.as_str().unwrap_or_default();
        if self.account_id.is_known() && self.account_id != prior.account_id {
            transfer::transfer(prior, &self, call).await?;
        }
        let numbers = numbers_of(&self).filter(|now| Some(now) != numbers_of(prior).as_ref());
        let is_new_password = self.password_wo_version != prior.password_wo_version;
        let password = password_of(call).filter(|_| is_new_password);
        let change = SubscriberChange {
            name: self.name.as_str().filter(|_| self.name != prior.name),
            role: self.role.as_str().filter(|_| self.role != prior.role),
            password: password.as_ref(),
            phone_numbers: numbers.as_ref(),
        };
        if !change.is_empty() {
            client.update_subscriber(id, &change, context).await?;
        }
        if let Some(wanted) = &numbers
            && let Some(now) = client.subscriber(id, context).await?
        {
            same_numbers(wanted, &now).map_err(|[missing, more]| {
                subscribers::numbers_differ(&prior.name(), &missing, &more)
            })?;
        }
        self.settle();
        Ok(self)
    }
}

/// Refuses elements of a configuration that are no numbers.
fn refuse_no_numbers(config: &SubscriberModel, diagnostics: &mut Diagnostics) {
    if validators::has_no_number(&config.phone_numbers) {
        diagnostics.push(subscribers::number_invalid());
    }
}

/// What a subscriber cannot be created without, and is not set.
fn missing(config: &SubscriberModel) -> Vec<&'static str> {
    let needed = [
        ("name", config.name.is_null()),
        ("role", config.role.is_null()),
        ("account_id", config.account_id.is_null()),
        ("password_wo", config.password_wo.is_null()),
    ];
    let missing = needed.into_iter().filter(|(_, is_missing)| *is_missing);
    missing.map(|(name, _)| name).collect()
}

/// The password is in the configuration and nowhere else.
fn password_of(call: &Call<'_, SubscriberModel>) -> Option<Secret> {
    call.config().password_wo.as_str().map(Secret::new)
}

fn account_of(object: &SubscriberModel) -> Option<AccountId> {
    AccountId::parse(object.account_id.as_str()?).ok()
}

fn numbers_of(object: &SubscriberModel) -> Option<BTreeSet<String>> {
    let numbers = object.phone_numbers.known()?;
    Some(numbers.known().cloned().collect())
}

/// Somebody has the e-mail address: nobody knows which of the two statuses says so.
fn is_taken(error: &Error) -> bool {
    let words = error.message().unwrap_or_default().to_lowercase();
    error.is_refused_with(409)
        || (error.is_refused_with(400) && words.contains("email") && words.contains("exist"))
}

/// The numbers that were sent are to be the numbers there are. Nobody knows whether an update
/// replaces or extends them. The error has those that are missing, and those nobody asked for.
fn same_numbers<'a>(
    wanted: &'a BTreeSet<String>,
    now: &'a Subscriber,
) -> Result<(), [Vec<&'a str>; 2]> {
    let Some(there) = now.phone_numbers.as_ref().filter(|there| *there != wanted) else {
        return Ok(());
    };
    let missing = wanted.difference(there).map(String::as_str).collect();
    let more = there.difference(wanted).map(String::as_str).collect();
    Err([missing, more])
}

/// The subscriber that a lost response was about. It has the e-mail address, which nobody else
/// can have, and whatever else was asked for: otherwise it is somebody else's.
async fn find(
    call: &Call<'_, SubscriberModel>,
    new: &NewSubscriber<'_>,
    lost: &Error,
) -> Result<Subscriber, Diagnostic> {
    let (client, context) = (&call.data.client, &call.context);
    let unconfirmed = |why: &str| objects::unconfirmed("the subscriber", lost, why);
    for wait in LOOKS {
        if context.sleep(wait).await.is_err() {
            break;
        }
        let all = match client.subscribers(context).await {
            Ok(all) => all.subscribers,
            Err(error) => {
                let why = format!("The list of subscribers cannot be read: {error}.");
                return Err(unconfirmed(&why));
            }
        };
        let Some(found) = all.into_iter().find(|one| one.has_email(new.email)) else {
            continue;
        };
        // The list does not tell the account.
        let found = match client.subscriber(&found.id, context).await {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(error) => {
                let why = format!(
                    "{} has its e-mail address and cannot be read: {error}.",
                    found.id
                );
                return Err(unconfirmed(&why));
            }
        };
        let role = found.role.as_deref();
        if found.name.value().map(String::as_str) == Some(new.name)
            && role.is_some_and(|role| role.eq_ignore_ascii_case(new.role))
            && found.account_id.as_ref() == Some(new.account_id)
        {
            return Ok(found);
        }
        let why = format!(
            "{} has its e-mail address, but not the name, role and account that were requested, or \
             the API does not tell them.",
            found.id
        );
        return Err(unconfirmed(&why));
    }
    Err(unconfirmed(
        "The list of subscribers does not show its e-mail address.",
    ))
}
