//! The subscribers of a distributor: `data "joonto_subscribers"`, and the list for
//! `terraform query`.

use std::time::Duration;

use super::model::SubscriberModel;
use crate::context::Context;
use crate::joonto::{AccountId, Subscriber};
use crate::provider::data_sources::{DataSourceCall, DataSourceModel};
use crate::provider::diagnostics::{lists, subscribers};
use crate::provider::provider_data::{AccountObjects, ProviderData};
use crate::terraform::list_resource::Finds;
use crate::terraform::object::{Blueprint, Object};
use crate::terraform::resource::Failure;
use crate::terraform::schema::Block;
use crate::terraform::{Attr, Invocation, ListResource};

/// How long a list may take.
const TIMEOUT: Duration = Duration::from_secs(20 * 60);

crate::model! {
    /// The subscribers of all accounts of a distributor, managed by Terraform or not, sorted by
    /// their ids. Needs the credentials of a distributor.
    pub(crate) struct FoundSubscribers {
        /// Subscribers, sorted by their ids.
        subscribers: Vec<Attr<ListedSubscriber>> => computed();
    }
    blocks {}
}

crate::model! {
    /// A subscriber of the list.
    pub(crate) struct ListedSubscriber {
        /// Id of the subscriber, `TSUID-...`.
        id: String => computed();
        /// Name. Null for a subscriber that a purchase created.
        name: String => computed();
        /// E-mail address.
        email: String => computed();
        /// What the subscriber may do: `Subscriber`, `Manager` or `Account Admin`.
        role: String => computed();
        /// Account of the subscriber. The API does not always return it here.
        account_id: String => computed();
        /// Phone numbers of the subscriber, sorted.
        phone_numbers: Vec<Attr<String>> => computed();
    }
    blocks {}
}

/// What the list may be asked for: nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::provider) struct NoFilter;

impl Blueprint for NoFilter {
    fn block() -> Block {
        let doc = "Lists the subscribers of all accounts of a distributor, managed by Terraform or \
                   not, so that they can be imported.";
        Block::new(&[doc], Vec::new(), Vec::new())
    }
}

impl DataSourceModel for FoundSubscribers {
    const TYPE_NAME: &'static str = "joonto_subscribers";

    const TIMEOUT: Duration = TIMEOUT;

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let mut all = whole(&call.data, &call.context).await?;
        all.sort_by(|one, other| one.id.cmp(&other.id));
        let listed = all.into_iter().map(|one| Attr::Known(listed(one)));
        Ok(Self {
            subscribers: Attr::Known(listed.collect()),
        })
    }
}

impl ListResource for AccountObjects<NoFilter> {
    type Config = Object<NoFilter>;
    type Resource = AccountObjects<SubscriberModel>;

    async fn list(
        &self,
        _: Object<NoFilter>,
        finds: &Finds<AccountObjects<SubscriberModel>>,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let context = invocation.context().within(TIMEOUT);
        for subscriber in whole(&self.handle.data()?, &context).await? {
            let words = [
                subscriber.name.value(),
                subscriber.email.as_ref(),
                subscriber.role.as_ref(),
            ];
            let words: Vec<_> = words.into_iter().flatten().map(String::as_str).collect();
            let name = format!("{} ({})", subscriber.id, words.join(", "));
            let mut object = SubscriberModel::default();
            object.flatten(&subscriber);
            if finds.add(name, object).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// All subscribers, or an error: resources are made of lists.
async fn whole(data: &ProviderData, context: &Context) -> Result<Vec<Subscriber>, Failure> {
    let list = match data.client.subscribers(context).await {
        Ok(list) => list,
        Err(error) => return Err(lists::cannot_look_up("the subscribers", &error).into()),
    };
    match list.unreadable {
        0 => Ok(list.subscribers),
        unreadable => {
            let read = list.subscribers.len();
            Err(subscribers::list_incomplete(unreadable, read).into())
        }
    }
}

fn listed(subscriber: Subscriber) -> ListedSubscriber {
    let account_id = subscriber.account_id.as_ref().map(AccountId::as_str);
    let numbers = subscriber.phone_numbers;
    ListedSubscriber {
        id: Attr::Known(subscriber.id),
        name: subscriber.name.value().cloned().into(),
        email: subscriber.email.into(),
        role: subscriber.role.into(),
        account_id: account_id.map(str::to_owned).into(),
        phone_numbers: numbers
            .map(|numbers| numbers.into_iter().map(Attr::Known).collect())
            .into(),
    }
}
