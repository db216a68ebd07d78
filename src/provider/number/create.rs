//! Buying a number.
//!
//! Until the request is sent, anything that is wrong is an error. From the moment a number may
//! have been bought nothing is: an error would make Terraform taint the number, and a taint
//! releases it. What is known is stored, and a warning says what is not.

use super::NumberResource;
use super::completion::Completion;
use super::object::Number;
use super::rules;
use crate::joonto::{
    AccountId, Iccid, MessageType, NumberType, ProvisionRequest, PurchaseReading, read_purchase,
};
use crate::provider::account::Connection;
use crate::provider::explain;
use crate::provider::purchase::Bought;
use crate::terraform::resource::{Call, Failure, Stored};
use crate::terraform::{Attr, Diagnostic, Diagnostics};

/// Buys the planned number.
pub(super) async fn create(
    connection: &Connection,
    planned: Number,
    call: &Call<NumberResource>,
) -> Result<Stored<NumberResource>, Failure> {
    let request = request(&planned, connection)?;
    let warn = |summary: &str, detail: String| call.warn(summary, detail);
    let mut completion = Completion::new(connection, call, planned);
    let bought = connection
        .purchases
        .buy(&request, call.waits(), &warn, &mut |answer| {
            completion.write_answer(answer);
        })
        .await
        .map_err(|problem| explain::not_bought(&request, problem))?;

    let answer = match bought {
        Bought::Answered(answer) => answer,
        Bought::Adopted(e164) => {
            completion.adopt(&e164).await;
            return Ok(completion.finish());
        }
        Bought::Claimed(receipt) => {
            completion.claim(receipt).await?;
            return Ok(completion.finish());
        }
    };
    match read_purchase(&answer) {
        // An unusable answer is one in doubt, and has been seen to by now.
        PurchaseReading::Failed { .. } | PurchaseReading::Unusable => {
            let message = answer.error_message.as_deref();
            return Err(explain::order_failed(answer.order_id.as_ref(), message).into());
        }
        PurchaseReading::Bought { warning } if answer.number().is_some() => {
            completion.bought(warning);
        }
        // A number that cannot be read, or only its id: the order knows more.
        PurchaseReading::Bought { warning } => {
            completion.pending(warning);
            completion.follow().await?;
        }
        PurchaseReading::BoughtUnnamed => completion.follow().await?,
        PurchaseReading::Pending { warning } => {
            completion.pending(warning);
            completion.follow().await?;
        }
        PurchaseReading::AskOrder { message, otherwise } => {
            completion.ask_order(&message, otherwise).await?;
        }
        PurchaseReading::Contradictory { message } => {
            completion.believe_details(message.as_deref()).await?;
        }
    }
    Ok(completion.finish())
}

/// The request for a planned number: exactly what is set.
fn request(planned: &Number, connection: &Connection) -> Result<ProvisionRequest, Diagnostic> {
    let mut refused = Diagnostics::new();
    rules::refuse_impossible(planned, &mut refused);
    if let Some(refused) = refused.into_iter().next() {
        return Err(refused);
    }
    let text = |attr: &Attr<String>| attr.as_str().filter(|t| !t.is_empty()).map(str::to_owned);
    let account_id = text(&planned.account_id).or_else(|| connection.account_id.clone());
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
