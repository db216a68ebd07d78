//! The accounts of a distributor.

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation::ACCOUNTS;
use super::session::ApiCall;
use super::types::AccountId;
use crate::context::Context;

/// An account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// Its id.
    pub account_id: AccountId,
    /// Its name.
    pub name: Option<String>,
    /// How many subscribers it has.
    pub total_subscribers: Option<u64>,
}

/// What the list holds: accounts, or nothing where an entry names none.
struct AccountList(Vec<Option<Account>>);

/// The description calls it a list and shows one account.
impl FromResponse for AccountList {
    fn read(body: &Json) -> Option<Self> {
        let list = match body {
            Json::List(items) => Some(items.as_slice()),
            _ => {
                let fields = LenientObject::of_response(body, &["Results", "AccountId"])?;
                let lists = ["Results", "Accounts", "Data"];
                match lists.iter().find_map(|name| fields.list(name)) {
                    Some(items) => Some(items),
                    None => return Some(Self(vec![Some(account(fields)?)])),
                }
            }
        };
        let entry = |item| LenientObject::of(item).and_then(account);
        Some(Self(list?.iter().map(entry).collect()))
    }
}

fn account(fields: LenientObject<'_>) -> Option<Account> {
    Some(Account {
        account_id: fields.account_id()?,
        name: fields.text("AccountName"),
        total_subscribers: fields.count("TotalSubscribers"),
    })
}

impl Client {
    /// Lists the accounts of a distributor, in the order of their ids.
    ///
    /// # Errors
    ///
    /// When not all could be read.
    pub async fn accounts(&self, context: &Context) -> Result<Vec<Account>, Error> {
        let call = ApiCall::get(&ACCOUNTS, Vec::new());
        let AccountList(entries) = self.call(&call, context).await?;
        let total = entries.len();
        let mut accounts: Vec<Account> = entries.into_iter().flatten().collect();
        Error::check_whole(&ACCOUNTS, accounts.len(), total)?;
        accounts.sort_by(|one, other| one.account_id.cmp(&other.account_id));
        accounts.dedup_by(|one, other| one.account_id == other.account_id);
        Ok(accounts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_is_a_list_too() {
        let one = r#"{"AccountId": "AID-1", "AccountName": "Example", "TotalSubscribers": 2}"#;
        for body in [
            one.to_owned(),
            format!("[{one}]"),
            format!(r#"{{"Results": [{one}], "TotalResults": 7}}"#),
            format!(r#"{{"Successful": true, "Data": [{one}]}}"#),
            format!(r#"{{"Successful": true, "Data": {one}}}"#),
        ] {
            let json = Json::read(body.as_bytes()).expect("JSON");
            let AccountList(accounts) = AccountList::read(&json).expect("a list");
            let [Some(account)] = accounts.as_slice() else {
                panic!("{body}");
            };
            assert_eq!(account.account_id.as_str(), "AID-1");
            assert_eq!(account.total_subscribers, Some(2));
        }
        let odd = Json::read(br#"[{"AccountName": "Example"}]"#).expect("JSON");
        assert_eq!(AccountList::read(&odd).expect("a list").0, [None]);
        assert!(AccountList::read(&Json::read(b"{}").expect("JSON")).is_none());
    }
}
