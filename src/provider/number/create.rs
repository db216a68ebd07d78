//! Buying a number.
//!
//! Until the request is sent, anything that is wrong is an error. From the moment a number may
//! have been bought nothing is: an error would make Terraform taint the number, and a taint
//! releases it. What is known is stored, and a warning says what is not.

use super::NumberResource;
use super::object::{Number, Private};
use super::order::{self, Outcome};
use super::refresh::{Unset, refresh, refresh_qr_code};
use super::rules;
use crate::joonto::{
    AccountId, E164, Iccid, Lookup, MessageType, NumberType, Order, OrderId, Otherwise,
    ProvisionAnswer, ProvisionRequest, PurchaseReading, read_purchase,
};
use crate::provider::account::Connection;
use crate::provider::explain;
use crate::terraform::resource::{Call, Failure, Stored};
use crate::terraform::{Attr, Diagnostic, Diagnostics};
use crate::wait::{Interrupted, Waits};

/// The status of a number whose order is complete: the API says that it then works.
const IN_SERVICE: &str = "Active";

/// Buys the planned number.
pub(super) async fn create(
    connection: &Connection,
    planned: Number,
    call: &Call<NumberResource>,
) -> Result<Stored<NumberResource>, Failure> {
    let request = request(&planned, connection)?;
    let answer = connection
        .client
        .provision(&request, call.waits())
        .await
        .map_err(|error| explain::purchase_failed(&request, &error))?;

    let waits = call.waits().within(planned.create_timeout());
    let purchase = Purchase {
        connection,
        call,
        waits,
    };
    let mut number = planned;
    number.account_fingerprint = Attr::Known(connection.client.fingerprint().to_string());
    write_answer(&mut number, &answer);

    let message = answer.error_message.as_deref();
    match read_purchase(&answer) {
        PurchaseReading::Failed { message } => {
            return Err(explain::order_failed(answer.order_id.as_ref(), message.as_deref()).into());
        }
        PurchaseReading::Unusable => {
            return Err(explain::purchase_in_doubt(
                &request,
                "the API's answer names neither an order nor a number",
            )
            .into());
        }
        PurchaseReading::Bought { warning } => {
            number.status = IN_SERVICE.into();
            if let Some(warning) = warning {
                call.warn(
                    format!("{} was bought with a remark", number.name()),
                    format!("The API bought the number and remarked: {warning}"),
                );
            }
        }
        PurchaseReading::BoughtUnnamed => purchase.follow(&mut number).await?,
        PurchaseReading::Pending { warning } => {
            if let Some(warning) = warning {
                call.warn(
                    "The order is pending with a remark",
                    format!(
                        "The API took {} and remarked: {warning}",
                        order_name(&number)
                    ),
                );
            }
            purchase.follow(&mut number).await?;
        }
        PurchaseReading::AskOrder { message, otherwise } => {
            purchase
                .ask(&mut number, &request, &message, otherwise)
                .await?;
        }
        PurchaseReading::Contradictory { .. } => {
            purchase.believe_details(&mut number, message).await?
        }
    }
    Ok(stored(number))
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

/// Writes down what the answer tells, and nothing over an argument.
fn write_answer(number: &mut Number, answer: &ProvisionAnswer) {
    let e164 = answer.number();
    number.id = e164.as_ref().map(E164::to_string).into();
    number.phone_number_assigned = e164.as_ref().map(E164::to_string).into();
    number.order_id = answer.order_id.as_ref().map(OrderId::to_string).into();
    number.order_date = answer.order_date.clone().into();
    number.order_status = answer.order_status.clone().into();
    number.error_message = answer.error_message.clone().into();
    number.phone_number_id = answer.phone_number_id.clone().into();
    number.subscriber_id = answer.subscriber_id.clone().into();
    number.assigned_zip_code = answer.zip_code.clone().into();
    number.status = Attr::Null;
    number.qr_code = Attr::Null;
    number.activation_code = Attr::Null;
    if let Some(link) = &answer.qr_code {
        refresh_qr_code(number, link.expose());
    }
    if number.iccid.is_unknown() {
        number.iccid = answer.iccid.clone().into();
    }
}

fn stored(number: Number) -> Stored<NumberResource> {
    let private = Private::of(&number);
    Stored {
        object: number,
        private,
    }
}

fn order_name(number: &Number) -> String {
    match number.order_id.as_str() {
        Some(order) => format!("order {order}"),
        None => "the order".to_owned(),
    }
}

/// A purchase that the API has accepted.
struct Purchase<'a> {
    connection: &'a Connection,
    call: &'a Call<NumberResource>,
    waits: Waits,
}

impl Purchase<'_> {
    /// Follows the order to its end, and completes the number with what is known then. An error
    /// means that the order failed.
    async fn follow(&self, number: &mut Number) -> Result<(), Diagnostic> {
        self.call.keep(stored(number.clone()));
        let Some(id) = number
            .order_id
            .as_str()
            .and_then(|id| OrderId::parse(id).ok())
        else {
            // Without an order there is still a number, or the answer would have been unusable.
            self.complete(number).await;
            return Ok(());
        };
        match order::follow(&self.connection.client, &id, &self.waits).await {
            Outcome::Done(order) => {
                note_order(number, &order);
                self.complete(number).await;
                Ok(())
            }
            Outcome::Failed(order) => Err(explain::order_failed(
                Some(&id),
                order.status_message.as_deref(),
            )),
            Outcome::Open { status, why } => {
                if let Some(status) = status {
                    number.order_status = Attr::Known(status);
                }
                self.warn_pending(number, why);
                Ok(())
            }
        }
    }

    /// Asks the order about an answer that does not agree with itself.
    async fn ask(
        &self,
        number: &mut Number,
        request: &ProvisionRequest,
        message: &str,
        otherwise: Otherwise,
    ) -> Result<(), Diagnostic> {
        self.call.keep(stored(number.clone()));
        let id = number
            .order_id
            .as_str()
            .and_then(|id| OrderId::parse(id).ok());
        let order = match &id {
            Some(id) => self.connection.client.order(id, &self.waits).await.ok(),
            None => None,
        };
        if let Some(order) = &order
            && order.class() == crate::joonto::OrderClass::Failed
        {
            let message = order.status_message.as_deref().or(Some(message));
            return Err(explain::order_failed(id.as_ref(), message));
        }
        match (otherwise, order.filter(|order| !order.numbers.is_empty())) {
            (_, Some(order)) => {
                note_order(number, &order);
                self.complete(number).await;
                Ok(())
            }
            (Otherwise::Poll, None) => self.follow(number).await,
            // With an order there is something to store: the next refresh asks it again.
            (Otherwise::Reconcile, None) if id.is_some() => {
                self.call.warn(
                    "The order is done, but names no number",
                    format!(
                        "The API reports {} as done, names no number and remarks: {message}. The \
                         order is stored without a number; the next refresh asks it again. \
                         Whether a number was bought is for the account's inventory to tell.",
                        order_name(number)
                    ),
                );
                Ok(())
            }
            (Otherwise::Reconcile, None) => Err(explain::purchase_in_doubt(
                request,
                &format!("the API reports a done order without a number, and remarks: {message}"),
            )),
        }
    }

    /// The order failed and a number is named all the same: the details know whether it exists.
    async fn believe_details(
        &self,
        number: &mut Number,
        message: Option<&str>,
    ) -> Result<(), Diagnostic> {
        self.call.keep(stored(number.clone()));
        let order = number
            .order_id
            .as_str()
            .and_then(|id| OrderId::parse(id).ok());
        let Some(e164) = number
            .phone_number_assigned
            .as_str()
            .and_then(|n| E164::parse(n).ok())
        else {
            return Err(explain::order_failed(order.as_ref(), message));
        };
        let lookup = Lookup::Number(e164);
        match self.connection.client.details(&lookup, &self.waits).await {
            Ok(None) => Err(explain::order_failed(order.as_ref(), message)),
            details => {
                if let Ok(Some(record)) = details {
                    refresh(number, &record, Unset::Leave);
                }
                self.call.warn(
                    format!("{} was bought although its order failed", number.name()),
                    format!(
                        "The API calls {} failed and assigned {} all the same. The number is \
                         stored; check it in the account.{}",
                        order_name(number),
                        number.name(),
                        message
                            .map(|text| format!(" The API's remark: {text}"))
                            .unwrap_or_default()
                    ),
                );
                Ok(())
            }
        }
    }

    /// Reads what the order did not tell. A read that fails leaves the rest to the next refresh.
    async fn complete(&self, number: &mut Number) {
        number.status = IN_SERVICE.into();
        self.call.keep(stored(number.clone()));
        let Some(e164) = number
            .phone_number_assigned
            .as_str()
            .and_then(|n| E164::parse(n).ok())
        else {
            self.call.warn(
                "The order is done, but names no number yet",
                format!(
                    "The API reports {} as done without naming the number. The order is stored; \
                     the next refresh asks it again.",
                    order_name(number)
                ),
            );
            return;
        };
        let lookup = Lookup::Number(e164);
        match self.connection.client.details(&lookup, &self.waits).await {
            Ok(Some(record)) => refresh(number, &record, Unset::Leave),
            Ok(None) => self.warn_unread(number, "the API does not know the number yet"),
            Err(error) => self.warn_unread(number, &error.to_string()),
        }
    }

    fn warn_unread(&self, number: &Number, why: &str) {
        self.call.warn(
            format!("{} was bought, but could not be read", number.name()),
            format!(
                "{} was bought with {}, but reading it failed: {why}. What the order told is \
                 stored; the next refresh completes it.",
                number.name(),
                order_name(number)
            ),
        );
    }

    fn warn_pending(&self, number: &Number, why: Interrupted) {
        let missing = match number.phone_number_assigned.is_null() {
            true => "The number itself, its ids and its QR code are null until then.",
            false => "Its ids and its QR code may be null until then.",
        };
        self.call.warn(
            format!("{} is still pending", order_name(number)),
            format!(
                "The purchase was made and {} is not complete yet ({why}). The order is stored, \
                 and nothing is bought again. The next `terraform plan` or `terraform refresh` \
                 asks the order again and completes the number. {missing}",
                order_name(number)
            ),
        );
    }
}

/// Writes down what a finished order tells.
fn note_order(number: &mut Number, order: &Order) {
    if let Some(status) = &order.order_status {
        number.order_status = Attr::Known(status.clone());
    }
    if let Some(e164) = order.numbers.first() {
        number.id = Attr::Known(e164.to_string());
        number.phone_number_assigned = Attr::Known(e164.to_string());
    }
}
