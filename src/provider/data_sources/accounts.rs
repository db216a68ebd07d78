//! `data "joonto_accounts"`: the accounts of a distributor.

use super::{DataSourceCall, DataSourceModel};
use crate::provider::diagnostics::lists;
use crate::terraform::Attr;
use crate::terraform::resource::Failure;
use crate::terraform::value::Number;

crate::model! {
    /// The accounts of a distributor. The credentials must be a distributor's: with others, the
    /// API refuses the list, or returns their own account.
    pub(crate) struct Accounts {
        /// Accounts, sorted by id.
        accounts: Vec<Attr<ListedAccount>> => computed();
    }
    blocks {}
}

crate::model! {
    /// An account.
    pub(crate) struct ListedAccount {
        /// Id of the account, `AID-...`: the `account_id` of other resources.
        account_id: String => computed();
        /// Name of the account.
        account_name: String => computed();
        /// Number of subscribers.
        total_subscribers: Number => computed();
    }
    blocks {}
}

impl DataSourceModel for Accounts {
    const TYPE_NAME: &'static str = "joonto_accounts";

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let found = call.data.client.accounts(&call.context).await;
        let found = found.map_err(|error| lists::cannot_look_up("the accounts", &error))?;
        let count = |count: u64| i64::try_from(count).ok().map(Number::from);
        let accounts = found.into_iter().map(|account| ListedAccount {
            account_id: account.account_id.as_str().into(),
            account_name: account.name.into(),
            total_subscribers: account.total_subscribers.and_then(count).into(),
        });
        Ok(Self {
            accounts: Attr::Known(accounts.map(Attr::Known).collect()),
        })
    }
}
