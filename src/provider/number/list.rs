//! `list "joonto_number"`: the numbers of the account, for `terraform query`.

use std::collections::HashSet;
use std::time::Duration;

use super::columns::store_record;
use super::deletion_policy::DeletionPolicy;
use super::model::NumberModel;
use super::resource::NumberResource;
use crate::joonto::{E164, NumberClass, NumberRecord};
use crate::provider::data_sources::{FoundNumbers, MAX_PAGES};
use crate::provider::diagnostics::lists;
use crate::provider::flatten::UnsetFields;
use crate::provider::provider_data::{AccountObjects, ProviderData};
use crate::provider::validators;
use crate::terraform::list_resource::Finds;
use crate::terraform::resource::Failure;
use crate::terraform::{Attr, Invocation, ListResource};

/// How long a list may take. Terraform ends it as soon as it has enough.
const TIMEOUT: Duration = Duration::from_secs(20 * 60);

crate::model! {
    /// Lists the phone numbers of the account, managed by Terraform or not, so that
    /// they can be imported. Numbers that are cancelled are left out: there is nothing left to
    /// manage.
    pub(crate) struct ListConfig {
        /// Only numbers of this status, such as `Active` or `Parked`.
        status: String => optional();
        /// Only numbers of this kind: `mvno`, `iot` or `voip`.
        number_type: String => optional(), validator(validators::unset_or(validators::number_type));
        /// Only numbers on this message route (`MRID-...`); `""` for those on none.
        message_route_id: String => optional(), validator(validators::message_route_id);
    }
    blocks {}
}

impl ListResource for AccountObjects<ListConfig> {
    type Config = ListConfig;
    type Resource = NumberResource;

    async fn list(
        &self,
        config: ListConfig,
        finds: &Finds<NumberResource>,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let data = self.handle.data()?;
        let context = invocation.context().within(TIMEOUT);
        let filter = FoundNumbers {
            status: config.status,
            number_type: config.number_type,
            message_route_id: config.message_route_id,
            ..FoundNumbers::default()
        };
        let mut seen = HashSet::new();
        let (mut unreadable, mut total) = (0, None);
        // Page by page, and no further than anybody wants.
        for page_number in 1..=MAX_PAGES {
            let page = match data.client.inventory_page(page_number, &context).await {
                Ok(page) => page,
                // There is no second page.
                Err(error) if page_number == 2 && matches!(error.status(), Some(400 | 404)) => {
                    break;
                }
                Err(error) => {
                    return Err(lists::cannot_look_up("the account's numbers", &error).into());
                }
            };
            filter.decides(&page.numbers)?;
            let before = seen.len();
            for record in page.numbers {
                let Some(e164) = record.number.clone() else {
                    unreadable += 1;
                    continue;
                };
                let is_new = seen.insert(e164.clone());
                if !is_new || record.class() == NumberClass::Gone || !filter.takes(&record) {
                    continue;
                }
                let name = display_name(&e164, &record);
                if finds.add(name, object(&record, &data)).await.is_break() {
                    return Ok(());
                }
            }
            total = page.total_results;
            // A server that ignores the page number would go on for ever, and a total that counts
            // its own page alone is reached by the first one.
            let is_last = page_number > 1 && total == count_of(seen.len() + unreadable);
            if is_last || seen.len() == before {
                break;
            }
        }
        let read = seen.len() + unreadable;
        match unreadable {
            0 if total > count_of(read) => Err(lists::incomplete(read, total).into()),
            0 => Ok(()),
            unreadable => Err(lists::unreadable(unreadable, read).into()),
        }
    }
}

fn count_of(length: usize) -> Option<u64> {
    u64::try_from(length).ok()
}

/// A name that people recognise.
fn display_name(e164: &E164, record: &NumberRecord) -> String {
    let words = [
        record.number_type().map(|word| word.as_str()),
        record.message_type().map(|word| word.as_str()),
        record.status.as_deref(),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    format!("{e164} ({})", words.join(", "))
}

/// The number as an import would store it.
///
/// The import that follows may know a voice route or a subscriber by another kind of id than the
/// inventory tells here, and a configuration made of that one would plan a change. What is left
/// out of a configuration stays as it is.
fn object(record: &NumberRecord, data: &ProviderData) -> NumberModel {
    let mut number = NumberModel {
        deletion_policy: DeletionPolicy::default().word().into(),
        account_fingerprint: Attr::Known(data.client.fingerprint().to_string()),
        ..NumberModel::default()
    };
    store_record(&mut number, record, UnsetFields::Fill);
    let voice_route = number.voice_route_id.as_str();
    if !voice_route.is_some_and(|id| id.starts_with("CRID-")) {
        number.voice_route_id = Attr::Null;
    }
    number
}
