//! Buying a number.
//!
//! Until the request is sent, anything that is wrong is an error. From the moment a number, or
//! an order, is known nothing is: Terraform would taint the number, and a taint releases it.

use super::columns::{self, store_record};
use super::config_validators;
use super::model::NumberModel;
use super::private::NumberPrivate;
use super::resource::NumberResource;
use crate::joonto::{AccountId, MessageType, NumberType, ProvisionRequest};
use crate::provider::diagnostics::{plans, purchase as texts};
use crate::provider::flatten::UnsetFields;
use crate::provider::provider_data::ProviderData;
use crate::provider::purchase::Bought;
use crate::terraform::resource::{Failure, ResourceInvocation, Stored};
use crate::terraform::{Attr, Diagnostic, Diagnostics};

/// The status of a number whose order is complete: the API says that it works then.
const IN_SERVICE: &str = "Active";

/// Buys the planned number.
pub(super) async fn create(
    data: &ProviderData,
    planned: NumberModel,
    call: &ResourceInvocation<NumberResource>,
) -> Result<Stored<NumberResource>, Failure> {
    let request = expand(&planned, data.account_id.as_deref())?;
    let purchases = &data.purchases;
    let mut ended = Vec::new();
    let bought = purchases
        .buy(
            &request,
            planned.create_timeout(),
            call.context(),
            &mut ended,
        )
        .await;
    // What was closed on the way is said whatever the purchase comes to: nothing says it later.
    for what in ended {
        call.warn_with(texts::earlier_ended(&what));
    }
    let bought =
        bought.map_err(|problem| texts::not_bought(&request, problem, &purchases.places()))?;
    // No wait from here on: what is known reaches Terraform.
    let fingerprint = data.client.fingerprint();
    let number = flatten(planned, &bought, fingerprint.as_str());
    for warning in texts::notices(&bought, &number.name()) {
        call.warn_with(warning);
    }
    let private = NumberPrivate {
        purchase: Some(bought.journal_entry),
        run: Some(bought.run),
        bought_at: Some(bought.bought_at.unix_timestamp()),
        // A pending order has named none yet.
        named_at: (bought.receipt.number.as_ref()).map(|_| bought.bought_at.unix_timestamp()),
        ..NumberPrivate::of(&number)
    };
    Ok(Stored {
        object: number,
        private,
    })
}

/// The number to store: what was planned, and what the purchase returned. Nothing is written over
/// an argument.
fn flatten(planned: NumberModel, bought: &Bought, fingerprint: &str) -> NumberModel {
    let mut number = NumberModel {
        account_fingerprint: fingerprint.into(),
        qr_code: Attr::Null,
        activation_code: Attr::Null,
        status: match bought.is_complete {
            true => IN_SERVICE.into(),
            false => Attr::Null,
        },
        ..planned
    };
    columns::store_receipt(&mut number, &bought.receipt);
    if let Some(record) = &bought.record {
        store_record(&mut number, record, UnsetFields::Fill);
    }
    number
}

/// The request for a planned number: exactly what is set.
fn expand(
    planned: &NumberModel,
    default_account: Option<&str>,
) -> Result<ProvisionRequest, Diagnostic> {
    let mut refused = Diagnostics::new();
    config_validators::refuse_impossible(planned, &mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Err(refused);
    }
    let mut request = ProvisionRequest::new(
        required(planned.number_type.as_str().and_then(NumberType::parse))?,
        required(planned.message_type.as_str().and_then(MessageType::parse))?,
        required(planned.message_enabled.into_known())?,
        required(planned.voice_enabled.into_known())?,
    );
    request.account_id = default_account.and_then(|id| AccountId::parse(id).ok());
    columns::order(planned, &mut request);
    Ok(request)
}

fn required<T>(value: Option<T>) -> Result<T, Diagnostic> {
    value.ok_or_else(plans::incomplete)
}
