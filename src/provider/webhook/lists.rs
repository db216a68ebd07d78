//! The webhooks of an account: `data "joonto_webhooks"`, and the list for `terraform query`.

use std::time::Duration;

use super::model::WebhookModel;
use crate::context::Context;
use crate::joonto::{AccountId, Webhook};
use crate::provider::data_sources::{DataSourceCall, DataSourceModel};
use crate::provider::diagnostics::lists;
use crate::provider::provider_data::{AccountObjects, ProviderData};
use crate::terraform::list_resource::Finds;
use crate::terraform::resource::Failure;
use crate::terraform::schema::Set;
use crate::terraform::{Attr, Diagnostic, Invocation, ListResource};

/// How long a list may take.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

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

    const TIMEOUT: Duration = TIMEOUT;

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let account_id = call.data.account_of(self.account_id.as_str());
        let webhooks = sorted(&call.data, account_id.as_ref(), &call.context).await?;
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

crate::model! {
    /// Lists the webhooks of an account, managed by Terraform or not, so that they can be imported.
    /// The API returns no secret that could be imported.
    pub(crate) struct ListedWebhooks {
        /// Account (`AID-...`) whose webhooks are listed. Defaults to the provider's `account_id`,
        /// and without one to that of the credentials.
        account_id: String => optional();
    }
    blocks {}
}

impl ListResource for AccountObjects<ListedWebhooks> {
    type Config = ListedWebhooks;
    type Resource = AccountObjects<WebhookModel>;

    async fn list(
        &self,
        config: ListedWebhooks,
        finds: &Finds<AccountObjects<WebhookModel>>,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let data = self.handle.data()?;
        let context = invocation.context().within(TIMEOUT);
        let account_id = data.account_of(config.account_id.as_str());
        for webhook in sorted(&data, account_id.as_ref(), &context).await? {
            let mut object = WebhookModel::default();
            object.flatten(&webhook);
            let url = webhook.url.as_deref().unwrap_or("no URL");
            let name = format!("{} ({url})", webhook.id());
            if finds.add(name, object).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The webhooks of an account. The order of the API is not known to mean anything, nor to stay.
async fn sorted(
    data: &ProviderData,
    account_id: Option<&AccountId>,
    context: &Context,
) -> Result<Vec<Webhook>, Diagnostic> {
    let listed = data.client.webhooks(account_id, context).await;
    let mut webhooks = listed.map_err(|error| lists::cannot_look_up("the webhooks", &error))?;
    webhooks.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(webhooks)
}
