//! Subscribers: the people that numbers are for. The API has no way to delete one.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::client::Client;
use super::error::Error;
use super::lenient_json::{Field, FromResponse, Json, LenientObject, text};
use super::operation;
use super::secret::Secret;
use super::session::ApiCall;
use super::types::{AccountId, E164};
use crate::context::Context;

/// How many pages of the list are read at most.
const MAX_PAGES: u32 = 10_000;

/// How many subscribers a page is asked for. The API's own choice is 10.
const PER_PAGE: u32 = 100;

/// A subscriber, as far as a response tells.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Subscriber {
    /// Its id: `TSUID-…`.
    pub id: String,
    /// Its name.
    pub name: Field<String>,
    /// Its e-mail address, which no other subscriber of the platform has.
    pub email: Option<String>,
    /// What it may do.
    pub role: Option<String>,
    /// The numbers that are for it.
    pub phone_numbers: Option<BTreeSet<String>>,
    /// Its account. Lists do not always tell it.
    pub account_id: Option<AccountId>,
}

impl Subscriber {
    /// Whether it has this e-mail address. The platform compares without case.
    pub fn has_email(&self, email: &str) -> bool {
        let own = self.email.as_deref();
        own.is_some_and(|own| own.eq_ignore_ascii_case(email))
    }

    fn of(fields: &LenientObject<'_>) -> Option<Self> {
        let account = fields.named("Account").find_map(LenientObject::of);
        let number = |text: String| match E164::parse(&text) {
            Ok(number) => number.to_string(),
            Err(_) => text,
        };
        let numbers = fields.list("PhoneNumbers");
        Some(Self {
            id: fields.text("SubscriberId")?,
            name: fields.field_text("Name"),
            email: fields.text("Email"),
            role: fields.text("Role"),
            phone_numbers: numbers
                .map(|numbers| numbers.iter().filter_map(text).map(number).collect()),
            account_id: account.and_then(|account| account.account_id()),
        })
    }
}

impl FromResponse for Subscriber {
    fn read(body: &Json) -> Option<Self> {
        Self::of(&LenientObject::of_response(
            body,
            &["SubscriberId", "Email"],
        )?)
    }
}

/// What a new subscriber is made of.
#[derive(Debug)]
pub struct NewSubscriber<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its e-mail address.
    pub email: &'a str,
    /// What it may do.
    pub role: &'a str,
    /// Its password.
    pub password: &'a Secret,
    /// Its account.
    pub account_id: &'a AccountId,
    /// The numbers that are for it.
    pub phone_numbers: &'a BTreeSet<String>,
}

/// What of a subscriber becomes another. What is none stays.
#[derive(Debug, Default)]
pub struct SubscriberChange<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// What it may do.
    pub role: Option<&'a str>,
    /// Its password.
    pub password: Option<&'a Secret>,
    /// All numbers that are for it.
    pub phone_numbers: Option<&'a BTreeSet<String>>,
}

impl SubscriberChange<'_> {
    /// Whether everything stays.
    pub fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.role.is_none()
            && self.password.is_none()
            && self.phone_numbers.is_none()
    }
}

/// The subscribers of a distributor.
#[derive(Clone, Debug, Default)]
pub struct SubscriberList {
    /// Each once, in the order of the list.
    pub subscribers: Vec<Subscriber>,
    /// How many entries could not be read.
    pub unreadable: usize,
}

/// One page of them.
#[derive(Debug)]
struct SubscriberPage {
    subscribers: Vec<Subscriber>,
    unreadable: usize,
}

impl FromResponse for SubscriberPage {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["Subscribers", "TotalSubscribers"])?;
        let items = fields.list_or_null("Subscribers")?;
        let read = |item| Subscriber::of(&LenientObject::of(item)?);
        let subscribers: Vec<_> = items.iter().filter_map(read).collect();
        Some(Self {
            unreadable: items.len() - subscribers.len(),
            subscribers,
        })
    }
}

impl Client {
    /// Creates a subscriber.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have been created: look for its e-mail
    /// address.
    pub async fn create_subscriber(
        &self,
        new: &NewSubscriber<'_>,
        context: &Context,
    ) -> Result<Subscriber, Error> {
        let body = json!({
            "Name": new.name,
            "Email": new.email,
            "PhoneNumbers": new.phone_numbers,
            "Role": new.role,
            "Password": new.password.expose(),
            "AccountId": new.account_id,
        });
        let call = ApiCall::post(&operation::SUBSCRIBER_CREATE, &body)?;
        let call = call.with_secrets(vec![new.password.clone()]);
        self.call(&call, context).await
    }

    /// Reads a subscriber. Nothing when the API says that this account has no such subscriber.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    pub async fn subscriber(
        &self,
        id: &str,
        context: &Context,
    ) -> Result<Option<Subscriber>, Error> {
        let operation = &operation::SUBSCRIBER_GET;
        let call = ApiCall::get(operation, vec![("SubscriberId", id.to_owned())]);
        let found: Option<Subscriber> = self.find(&call, context).await?;
        let answered = found.as_ref().map(|subscriber| subscriber.id.as_str());
        Error::check_subject(operation, id, answered)?;
        Ok(found)
    }

    /// Changes a subscriber.
    ///
    /// # Errors
    ///
    /// When the API refuses it or cannot be reached.
    pub async fn update_subscriber(
        &self,
        id: &str,
        change: &SubscriberChange<'_>,
        context: &Context,
    ) -> Result<(), Error> {
        let mut body = json!({ "SubscriberId": id });
        let password = change.password.map(Secret::expose);
        let texts = [
            ("Name", change.name),
            ("Role", change.role),
            ("Password", password),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                body[name] = Value::from(text);
            }
        }
        if let Some(numbers) = change.phone_numbers {
            body["PhoneNumbers"] = json!(numbers);
        }
        let call = ApiCall::post(&operation::SUBSCRIBER_UPDATE, &body)?;
        let call = call.with_secrets(change.password.cloned().into_iter().collect());
        self.call(&call, context).await
    }

    /// Moves a subscriber from one account to another.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have moved: read its account before this
    /// is repeated.
    pub async fn transfer_subscriber(
        &self,
        id: &str,
        from: &AccountId,
        to: &AccountId,
        context: &Context,
    ) -> Result<(), Error> {
        let body = json!({ "SubscriberId": id, "FromAccountId": from, "ToAccountId": to });
        let call = ApiCall::post(&operation::SUBSCRIBER_TRANSFER, &body)?;
        self.call(&call, context).await
    }

    /// Lists the subscribers of all accounts of a distributor.
    ///
    /// Totals are not trusted: the list ends with the page that brings nobody new.
    ///
    /// # Errors
    ///
    /// When a page could not be read.
    pub async fn subscribers(&self, context: &Context) -> Result<SubscriberList, Error> {
        let mut list = SubscriberList::default();
        let mut seen = HashSet::new();
        for page_number in 1..=MAX_PAGES {
            let query = vec![
                ("PageNumber", page_number.to_string()),
                ("TotalPerPage", PER_PAGE.to_string()),
            ];
            let call = ApiCall::get(&operation::SUBSCRIBER_LIST, query);
            let page: SubscriberPage = match self.call(&call, context).await {
                Ok(page) => page,
                // There is no further page.
                Err(error) if page_number > 1 && matches!(error.status(), Some(400 | 404)) => break,
                Err(error) => return Err(error),
            };
            let before = seen.len();
            for subscriber in page.subscribers {
                if seen.insert(subscriber.id.clone()) {
                    list.subscribers.push(subscriber);
                }
            }
            if seen.len() == before {
                // A page that repeats another one repeats what could not be read of it.
                list.unreadable = list.unreadable.max(page.unreadable);
                break;
            }
            list.unreadable += page.unreadable;
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_read_as_far_as_it_tells() {
        let read = |json: &str| {
            let json = Json::read(json.as_bytes()).expect("JSON");
            Subscriber::read(&json)
        };
        let full = read(
            r#"{"SubscriberId": "TSUID-1", "Name": "", "Email": "Ada@example.com",
                "PhoneNumbers": ["12025550143", null], "Role": "Manager",
                "Account": {"AccountId": "AID-1", "CompanyName": "Example"}}"#,
        );
        let full = full.expect("a subscriber");
        assert_eq!(full.name, Field::Null);
        assert!(full.has_email("ada@EXAMPLE.com"));
        let numbers = full.phone_numbers.expect("numbers");
        assert_eq!(Vec::from_iter(numbers), ["+12025550143"]);
        assert_eq!(full.account_id, AccountId::parse("AID-1").ok());
        let bare = read(r#"{"SubscriberId": "TSUID-1", "Account": null}"#).expect("a subscriber");
        assert_eq!(bare.phone_numbers, None);
        assert_eq!(bare.account_id, None);
        assert_eq!(read(r#"{"SubscriberId": null}"#), None);
    }
}
