//! `list "joonto_webhook"`: the webhooks of an account, for `terraform query`.

use std::time::Duration;

use super::model::WebhookModel;
use crate::provider::diagnostics::lists;
use crate::provider::provider_data::{AccountObjects, ProviderHandle};
use crate::terraform::list_resource::Finds;
use crate::terraform::resource::Failure;
use crate::terraform::{Invocation, ListResource};

/// How long a list may take.
const TIMEOUT: Duration = Duration::from_secs(5 * 60);

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

/// The list resource `joonto_webhook`.
#[derive(Debug)]
pub(in crate::provider) struct WebhookList(pub(in crate::provider) ProviderHandle);

impl ListResource for WebhookList {
    type Config = ListedWebhooks;
    type Resource = AccountObjects<WebhookModel>;

    async fn list(
        &self,
        config: ListedWebhooks,
        finds: &Finds<AccountObjects<WebhookModel>>,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let data = self.0.data()?;
        let context = invocation.context().within(TIMEOUT);
        let account_id = data.account_of(config.account_id.as_str());
        let listed = data.client.webhooks(account_id.as_ref(), &context).await;
        let mut webhooks = listed.map_err(|error| lists::cannot_look_up("the webhooks", &error))?;
        webhooks.sort_by(|one, other| one.id.cmp(&other.id));
        for webhook in webhooks {
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
