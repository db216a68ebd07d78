//! `data "joonto_webhooks"`: the webhooks of an account.

use super::{DataSourceCall, DataSourceModel};
use crate::joonto::Webhook;
use crate::provider::diagnostics::lists;
use crate::terraform::Attr;
use crate::terraform::resource::Failure;
use crate::terraform::schema::Set;

crate::model! {
    /// The webhooks of an account, managed by Terraform or not, without their secrets.
    pub(crate) struct FoundWebhooks {
        /// Account (`AID-...`) whose webhooks are listed. Defaults to the provider's `account_id`,
        /// and without one to that of the credentials.
        account_id: String => optional_computed();

        /// Webhooks, in the order of their ids.
        webhooks: Vec<Attr<FoundWebhook>> => computed();
    }
    blocks {}
}

crate::model! {
    /// A webhook of the account.
    pub(crate) struct FoundWebhook {
        /// Id of the webhook.
        id: String => computed();
        /// Account that the webhook belongs to.
        account_id: String => computed();
        /// URL that the API calls.
        url: String => computed();
        /// Names of the events, as the API returns them.
        events: Set<String> => computed();
        /// HTTP method of the call.
        method: String => computed();
        /// Format of what is sent.
        data_format: String => computed();
        /// Type of authentication, as the API returns it, such as `None`, `Basic` or `Token`.
        authentication_type: String => computed();
        /// Whether the API sends events.
        active: bool => computed();
    }
    blocks {}
}

impl DataSourceModel for FoundWebhooks {
    const TYPE_NAME: &'static str = "joonto_webhooks";

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let (data, context) = (&call.data, &call.context);
        let account_id = data.account_of(self.account_id.as_str());
        let listed = data.client.webhooks(account_id.as_ref(), context).await;
        let mut webhooks = listed.map_err(|error| lists::cannot_look_up("the webhooks", &error))?;
        // The order of the API is not known to mean anything, nor to stay.
        webhooks.sort_by(|one, other| one.id.cmp(&other.id));
        let returned = webhooks.iter().find_map(|one| one.account_id.clone());
        let account_id = account_id.or(returned);
        Ok(Self {
            account_id: account_id.map(|id| id.to_string()).into(),
            webhooks: Attr::Known(webhooks.into_iter().map(found).map(Attr::Known).collect()),
        })
    }
}

fn found(webhook: Webhook) -> FoundWebhook {
    FoundWebhook {
        id: webhook.id().into(),
        account_id: webhook.account_id.map(|id| id.to_string()).into(),
        url: webhook.url.into(),
        events: webhook.events.map(Set::from_iter).into(),
        method: webhook.method.into(),
        data_format: webhook.data_format.into(),
        authentication_type: webhook.authentication_type.into(),
        active: webhook.is_active.into(),
    }
}
