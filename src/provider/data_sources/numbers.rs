//! `data "joonto_numbers"`: the numbers of the account.

use super::filter::{Filter, whole_inventory};
use super::{DataSourceModel, Search};
use crate::joonto::{E164, NumberRecord};
use crate::provider::{number, validators};
use crate::terraform::Attr;
use crate::terraform::resource::Failure;

crate::model! {
    /// The phone numbers of the account, managed by Terraform or not, sorted by their
    /// digits. Each argument is a filter. `""` is no filter, except for routes. The list is whole,
    /// or it is an error: an inventory that ends early fails, and so does a record that cannot be
    /// read. A read takes one request for each page of the inventory, and two if there is one page.
    pub(crate) struct FoundNumbers {
        /// Status of the numbers, such as `Active`. If no number has it, a warning lists the
        /// statuses that numbers have.
        status: String => optional();
        /// Kind of the numbers: `mvno`, `iot` or `voip`.
        number_type: String => optional(), validator(validators::unset_or(validators::number_type));
        /// Message type of the numbers: `a2p` or `p2p`.
        message_type: String => optional(), validator(validators::unset_or(validators::message_type));
        /// Message route (`MRID-...`) of the numbers; `""` for numbers without one.
        message_route_id: String => optional(), validator(validators::message_route_id);
        /// Voice route (`CRID-...`) of the numbers; `""` for numbers without one.
        voice_route_id: String => optional(), validator(validators::voice_route_id);
        /// Product of the numbers, such as `Sms+Data`.
        product_type: String => optional();

        /// Numbers in international form (E.164), sorted.
        phone_numbers: Vec<Attr<String>> => computed();
        /// Numbers with what the inventory returns for each, in the same order.
        numbers: Vec<Attr<ListedNumber>> => computed();
    }
    blocks {}
}

crate::model! {
    /// A number of the inventory.
    pub(crate) struct ListedNumber {
        /// Number in E.164 form.
        phone_number: String => computed();
        /// Kind of number: `mvno`, `iot` or `voip`. Null if the API does not return it.
        number_type: String => computed();
        /// Message type: `a2p` (application to person) or `p2p` (person to person).
        message_type: String => computed();
        /// Whether the number sends and receives text messages (SMS, short message service) and
        /// MMS (multimedia messaging service).
        message_enabled: bool => computed();
        /// Whether the number makes and takes voice calls.
        voice_enabled: bool => computed();
        /// Message route of the number.
        message_route_id: String => computed();
        /// Voice route of the number.
        voice_route_id: String => computed();
        /// Product of the number.
        product_type: String => computed();
        /// Subscriber that the number is assigned to.
        assigned_subscriber_id: String => computed();
        /// ICCID (integrated circuit card identifier) of the SIM (subscriber identity module).
        iccid: String => computed();
        /// Status of the number, such as `Active`.
        status: String => computed();
    }
    blocks {}
}

impl DataSourceModel for FoundNumbers {
    const TYPE_NAME: &'static str = "joonto_numbers";

    async fn read(self, search: &Search<'_>) -> Result<Self, Failure> {
        let records = whole_inventory(&search.data, &search.context).await?;
        let filter = Filter {
            status: self.status.clone(),
            number_type: self.number_type.clone(),
            message_type: self.message_type.clone(),
            message_route_id: self.message_route_id.clone(),
            voice_route_id: self.voice_route_id.clone(),
            product_type: self.product_type.clone(),
        };
        filter.decides(&records)?;
        for warning in filter.unknown_words(&records) {
            search.warn_with(warning);
        }
        let numbers: Vec<_> = filter
            .of(records)
            .into_iter()
            .map(|(number, record)| listed(&number, &record))
            .collect();
        Ok(Self {
            phone_numbers: Attr::Known(numbers.iter().map(|n| n.phone_number.clone()).collect()),
            numbers: Attr::Known(numbers.into_iter().map(Attr::Known).collect()),
            ..self
        })
    }
}

fn listed(number: &E164, record: &NumberRecord) -> ListedNumber {
    ListedNumber {
        phone_number: number.as_str().into(),
        ..number::of_record(record)
    }
}
