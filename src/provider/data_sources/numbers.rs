//! `data "joonto_numbers"`: the numbers of the account.

use super::TIMEOUT;
use super::filter::{Filter, whole_inventory};
use crate::joonto::{E164, NumberRecord};
use crate::provider::account::Account;
use crate::provider::route::optional;
use crate::provider::{number, validators};
use crate::terraform::resource::Failure;
use crate::terraform::{Attr, DataSource, Diagnostics, Invocation};

crate::model! {
    /// The phone numbers of the account, whether or not Terraform manages them, in the order of
    /// their digits. Each argument narrows them down; without any, all are found, and `""` is no
    /// filter but for routes. The list is whole or it is an error: an inventory that ends early,
    /// and a record that cannot be read, fail. Reading it takes one request for each page of the
    /// inventory, and one more where there is one page.
    pub(crate) struct FoundNumbers {
        /// Only numbers of this status, such as `Active`. A word that no number has is a warning
        /// that names those they have.
        status: String => optional();
        /// Only numbers of this kind: `mvno`, `iot` or `voip`.
        number_type: String => optional(), check(|text: &str| optional(text, validators::number_type));
        /// Only numbers of this message type: `a2p` or `p2p`.
        message_type: String => optional(), check(|text: &str| {
            optional(text, validators::message_type)
        });
        /// Only numbers on this message route (`MRID-...`); `""` for those on none.
        message_route_id: String => optional(), check(validators::message_route_id);
        /// Only numbers on this voice route (`CRID-...`); `""` for those on none.
        voice_route_id: String => optional(), check(validators::voice_route_id);
        /// Only numbers with this product, such as `Sms+Data`.
        product_type: String => optional();

        /// The numbers in E.164 form, in order.
        phone_numbers: Vec<Attr<String>> => computed();
        /// The numbers with what the inventory tells of them, in the same order.
        numbers: Vec<Attr<ListedNumber>> => computed();
    }
    blocks {}
}

crate::model! {
    /// A number of the inventory.
    pub(crate) struct ListedNumber {
        /// The number in E.164 form.
        phone_number: String => computed();
        /// The kind of number: `mvno`, `iot` or `voip`; null if the API does not tell.
        number_type: String => computed();
        /// Who talks to whom: `a2p` or `p2p`.
        message_type: String => computed();
        /// Whether the number sends and receives SMS and MMS.
        message_enabled: bool => computed();
        /// Whether the number makes and takes voice calls.
        voice_enabled: bool => computed();
        /// The message route that messages take.
        message_route_id: String => computed();
        /// The voice route that calls take.
        voice_route_id: String => computed();
        /// The product.
        product_type: String => computed();
        /// The subscriber the number is assigned to.
        assigned_subscriber_id: String => computed();
        /// The SIM's ICCID.
        iccid: String => computed();
        /// The number's status, such as `Active`.
        status: String => computed();
    }
    blocks {}
}

/// The data source `joonto_numbers`.
#[derive(Debug)]
pub(in crate::provider) struct Numbers {
    account: Account,
}

impl Numbers {
    /// Numbers of `account`.
    pub(in crate::provider) fn new(account: Account) -> Self {
        Self { account }
    }
}

impl DataSource for Numbers {
    type Object = FoundNumbers;

    const TYPE_NAME: &'static str = "joonto_numbers";

    fn validate(&self, _: &FoundNumbers, _: &mut Diagnostics) {}

    async fn read(
        &self,
        config: FoundNumbers,
        invocation: &Invocation,
    ) -> Result<FoundNumbers, Failure> {
        let connection = self.account.connection()?;
        let waits = invocation.waits().within(TIMEOUT);
        let records = whole_inventory(&connection, &waits).await?;
        let filter = Filter {
            status: config.status.clone(),
            number_type: config.number_type.clone(),
            message_type: config.message_type.clone(),
            message_route_id: config.message_route_id.clone(),
            voice_route_id: config.voice_route_id.clone(),
            product_type: config.product_type.clone(),
        };
        filter.decides(&records)?;
        for warning in filter.unknown_words(&records) {
            invocation.warn_with(warning);
        }
        let numbers: Vec<_> = filter
            .of(records)
            .into_iter()
            .map(|(number, record)| listed(&number, &record))
            .collect();
        Ok(FoundNumbers {
            phone_numbers: Attr::Known(numbers.iter().map(|n| n.phone_number.clone()).collect()),
            numbers: Attr::Known(numbers.into_iter().map(Attr::Known).collect()),
            ..config
        })
    }
}

fn listed(number: &E164, record: &NumberRecord) -> ListedNumber {
    ListedNumber {
        phone_number: number.as_str().into(),
        ..number::of_record(record)
    }
}
