//! Buying a number.
//!
//! Until the request is sent, anything that is wrong is an error. From the moment a number, or
//! an order, is known nothing is: Terraform would taint the number, and a taint releases it.

use std::time::Duration;

use super::column;
use super::columns::{self, store_record};
use super::config_validators;
use super::model::NumberModel;
use super::private::NumberPrivate;
use super::resource::{NumberCall, NumberResource};
use super::stale_reads::UnshownName;
use crate::joonto::{
    AccountId, E164, MessageType, NumberType, OrderClass, Patch, ProvisionRequest, UpdateRequest,
};
use crate::provider::diagnostics::{plans, purchase as texts, updates};
use crate::provider::flatten::UnsetFields;
use crate::provider::purchase::Bought;
use crate::terraform::resource::{Failure, Stored};
use crate::terraform::{Attr, Diagnostic};

/// The status of a number whose order is complete: the API says that it works then.
const IN_SERVICE: &str = "Active";

/// Buys the planned number.
pub(super) async fn create(
    planned: NumberModel,
    call: &NumberCall<'_>,
) -> Result<Stored<NumberResource>, Failure> {
    let data = &call.data;
    let request = expand(&planned, data.account_id.as_deref())?;
    let purchases = &data.purchases;
    let mut ended = Vec::new();
    let bought = purchases
        .buy(
            &request,
            planned.create_timeout(),
            call.invocation.context(),
            &mut ended,
        )
        .await;
    // What was closed on the way is said whatever the purchase comes to: nothing says it later.
    for what in ended {
        call.warn_with(texts::earlier_ended(&what));
    }
    let bought = bought.map_err(|problem| texts::not_bought(problem, &purchases.places()))?;
    // No error from here on, and no wait but for the caller name: what is known reaches Terraform.
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
    let mut stored = Stored::<NumberResource> {
        object: number,
        private,
    };
    if column::text(&stored.object.caller_name.clone().into_value()).is_some() {
        stored.private.unshown_name = Some(UnshownName::Unsent);
        call.invocation.keep(stored.clone());
        // A pending order has no number to name yet.
        if let Some(e164) = stored.object.e164().filter(|_| bought.is_complete) {
            match send_name(&e164, &stored.object, call).await {
                Ok(sent) => stored.private.unshown_name = Some(sent),
                Err(why) => call.warn_with(updates::name_unsent(e164.as_str(), &why)),
            }
        }
    }
    Ok(stored)
}

/// How long a new number waits for its caller name.
const NAME_TIMEOUT: Duration = Duration::from_secs(30);

/// Gives a new number its caller name, which a purchase cannot carry. Returns why, if it did not.
async fn send_name(
    e164: &E164,
    number: &NumberModel,
    call: &NumberCall<'_>,
) -> Result<UnshownName, String> {
    let unnamed = NumberModel {
        caller_name: Attr::Null,
        ..number.clone()
    };
    let mut request = UpdateRequest::new(e164.clone());
    columns::change(&unnamed, number, &mut request);
    // A new number has no name that could be taken away.
    for part in [&mut request.cnam_first_name, &mut request.cnam_last_name] {
        if part.is_clear() {
            *part = Patch::Keep;
        }
    }
    // Until the response leaves, a kill loses the number: no longer than that. The next plan sends
    // what is not sent.
    let limit = number.update_timeout().min(NAME_TIMEOUT);
    let NumberCall { data, context, .. } = call.within(limit);
    let response = data.client.update(&request, &context).await;
    data.cache.wrote(e164);
    match response {
        Ok(response) if response.order_class() == OrderClass::Failed => Err(response
            .error_message
            .unwrap_or_else(|| "the API reported a failure".to_owned())),
        Ok(_) => Ok(UnshownName::sent(context.clock().utc())),
        Err(error) => Err(error.to_string()),
    }
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
        // Its caller name is not the planned one yet.
        let caller_name = number.caller_name.clone();
        store_record(&mut number, record, UnsetFields::Fill);
        number.caller_name = caller_name;
    }
    number
}

/// The request for a planned number: exactly what is set.
fn expand(
    planned: &NumberModel,
    default_account: Option<&str>,
) -> Result<ProvisionRequest, Diagnostic> {
    if let Some(refused) = config_validators::refuse_impossible(planned) {
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

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::joonto::{NumberRecord, Receipt};
    use crate::provider::number::caller_name::CallerName;

    #[test]
    fn a_read_after_the_purchase_changes_no_caller_name() {
        let caller_name = Attr::Known(CallerName {
            first_name: "Ada".into(),
            last_name: Attr::Null,
        });
        let planned = NumberModel {
            caller_name: caller_name.clone(),
            ..NumberModel::default()
        };
        let record = NumberRecord {
            caller_name: Some("Old Name".to_owned()),
            status: Some("Active".to_owned()),
            ..NumberRecord::default()
        };
        let bought = Bought {
            receipt: Receipt::default(),
            record: Some(Box::new(record)),
            is_complete: true,
            notices: Vec::new(),
            journal_entry: String::new(),
            run: String::new(),
            bought_at: OffsetDateTime::UNIX_EPOCH,
        };
        let number = flatten(planned, &bought, "fingerprint");
        assert!(number.caller_name == caller_name);
        assert_eq!(number.status.as_str(), Some("Active"));
    }
}
