//! Buying a number.
//!
//! Until the request is sent, anything that is wrong is an error. From the moment a number, or
//! an order, is known nothing is: Terraform would taint the number, and a taint releases it.

use super::NumberResource;
use super::config_validators;
use super::model::{Number, given};
use super::private::Private;
use super::refresh::{Unset, refresh, refresh_qr_code};
use crate::joonto::{AccountId, E164, Iccid, MessageType, NumberType, OrderId, ProvisionRequest};
use crate::provider::account::Connection;
use crate::provider::diagnostics::purchase as texts;
use crate::provider::purchase::Bought;
use crate::terraform::resource::{Call, Failure, Stored};
use crate::terraform::{Attr, Diagnostic, Diagnostics};

/// The status of a number whose order is complete: the API says that it works then.
const IN_SERVICE: &str = "Active";

/// Buys the planned number.
pub(super) async fn create(
    connection: &Connection,
    planned: Number,
    call: &Call<NumberResource>,
) -> Result<Stored<NumberResource>, Failure> {
    let request = expand(&planned, connection.account_id.as_deref())?;
    let purchases = &connection.purchases;
    let bought = purchases
        .buy(&request, planned.create_timeout(), call.waits())
        .await
        .map_err(|problem| texts::not_bought(&request, problem, &purchases.places()))?;
    // No wait from here on: what is known reaches Terraform.
    let fingerprint = connection.client.fingerprint();
    let number = flatten(planned, &bought, fingerprint.as_str());
    for warning in texts::notices(&bought, &number.name()) {
        call.warn_with(warning);
    }
    let private = Private {
        purchase: Some(bought.journal_entry),
        run: Some(bought.run),
        bought_at: Some(bought.bought_at.unix_timestamp()),
        // A pending order has named none yet.
        named_at: (bought.receipt.number.as_ref()).map(|_| bought.bought_at.unix_timestamp()),
        ..Private::of(&number)
    };
    Ok(Stored {
        object: number,
        private,
    })
}

/// The number to store: what was planned, and what the purchase returned. Nothing is written over
/// an argument.
fn flatten(planned: Number, bought: &Bought, fingerprint: &str) -> Number {
    let receipt = &bought.receipt;
    let e164 = receipt.number.as_ref().map(E164::to_string);
    let mut number = Number {
        id: e164.clone().into(),
        phone_number_assigned: e164.into(),
        phone_number_id: receipt.phone_number_id.clone().into(),
        order_id: receipt.order_id.as_ref().map(OrderId::to_string).into(),
        order_date: receipt.order_date.clone().into(),
        order_status: receipt.order_status.clone().into(),
        error_message: receipt.error_message.clone().into(),
        subscriber_id: receipt.subscriber_id.clone().into(),
        assigned_zip_code: receipt.assigned_zip_code.clone().into(),
        account_fingerprint: Attr::Known(fingerprint.to_owned()),
        qr_code: Attr::Null,
        activation_code: Attr::Null,
        status: match bought.is_complete {
            true => IN_SERVICE.into(),
            false => Attr::Null,
        },
        ..planned
    };
    if let Some(link) = &receipt.qr_code {
        refresh_qr_code(&mut number, link.expose());
    }
    // As a read writes them down, so that an import stores the same.
    if number.iccid.is_unknown() {
        let iccid = receipt.iccid.as_deref().map(Iccid::parse);
        let digits = iccid.and_then(Result::ok);
        number.iccid = digits.map(|iccid| iccid.digits().to_owned()).into();
    }
    if number.assigned_subscriber_id.is_unknown() {
        number.assigned_subscriber_id = receipt.subscriber_id.clone().into();
    }
    if let Some(record) = &bought.record {
        refresh(&mut number, record, Unset::Fill);
    }
    number
}

/// The request for a planned number: exactly what is set.
fn expand(planned: &Number, default_account: Option<&str>) -> Result<ProvisionRequest, Diagnostic> {
    let mut refused = Diagnostics::new();
    config_validators::refuse_impossible(planned, &mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Err(refused);
    }
    let text = |attr: &Attr<String>| given(attr).map(str::to_owned);
    let account_id = text(&planned.account_id).or_else(|| default_account.map(str::to_owned));
    Ok(ProvisionRequest {
        number_type: required(planned.number_type.as_str().and_then(NumberType::parse))?,
        message_type: required(planned.message_type.as_str().and_then(MessageType::parse))?,
        message_enabled: required(planned.message_enabled.into_known())?,
        voice_enabled: required(planned.voice_enabled.into_known())?,
        data_enabled: planned.data_enabled.into_known(),
        message_route_id: text(&planned.message_route_id),
        voice_route_id: text(&planned.voice_route_id),
        area_code: text(&planned.area_code),
        zip_code: text(&planned.zip_code),
        iccid: planned
            .iccid
            .as_str()
            .and_then(|text| Iccid::parse(text).ok()),
        product_type: text(&planned.product_type),
        account_id: account_id.and_then(|id| AccountId::parse(&id).ok()),
        assigned_subscriber_id: text(&planned.assigned_subscriber_id),
    })
}

fn required<T>(value: Option<T>) -> Result<T, Diagnostic> {
    value.ok_or_else(|| {
        Diagnostic::error(
            "Incomplete plan",
            "Terraform asked for a number without a usable number_type, message_type, \
             message_enabled or voice_enabled. Nothing was bought. This is a defect of the \
             provider or of Terraform; please report it.",
        )
    })
}
