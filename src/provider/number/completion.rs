//! From a purchase that was made to a number that is known as well as can be.
//!
//! Only an order that failed is still an error here. Everything else ends in what is known, and
//! a warning about what is not.

use super::NumberResource;
use super::object::{Number, Private};
use super::order::{self, Outcome};
use super::refresh::{Unset, refresh, refresh_qr_code};
use crate::joonto::{E164, Lookup, Order, OrderClass, OrderId, Otherwise, ProvisionAnswer};
use crate::provider::account::Connection;
use crate::provider::explain;
use crate::provider::purchase::Receipt;
use crate::terraform::resource::{Call, Stored};
use crate::terraform::{Attr, Diagnostic};
use crate::wait::{Interrupted, Waits};

/// The status of a number whose order is complete: the API says that it then works.
const IN_SERVICE: &str = "Active";

/// A number that was bought, on its way into the state.
pub(super) struct Completion<'a> {
    connection: &'a Connection,
    call: &'a Call<NumberResource>,
    waits: Waits,
    number: Number,
}

impl<'a> Completion<'a> {
    /// The beginning: what was `planned` is to be bought.
    pub(super) fn new(
        connection: &'a Connection,
        call: &'a Call<NumberResource>,
        planned: Number,
    ) -> Self {
        let waits = call.waits().within(planned.create_timeout());
        let mut number = planned;
        let fingerprint = connection.client.fingerprint();
        number.account_fingerprint = Attr::Known(fingerprint.to_string());
        // What is not told from here on is not known.
        for attribute in [
            &mut number.id,
            &mut number.phone_number_assigned,
            &mut number.phone_number_id,
            &mut number.order_id,
            &mut number.order_date,
            &mut number.order_status,
            &mut number.error_message,
            &mut number.subscriber_id,
            &mut number.assigned_zip_code,
            &mut number.qr_code,
            &mut number.activation_code,
            &mut number.status,
        ] {
            *attribute = Attr::Null;
        }
        Self {
            connection,
            call,
            waits,
            number,
        }
    }

    /// The end: what is to be stored.
    pub(super) fn finish(self) -> Stored<NumberResource> {
        stored(self.number)
    }

    /// Writes down what the answer tells, and nothing over an argument.
    pub(super) fn write_answer(&mut self, answer: &ProvisionAnswer) {
        // From here on it is the API's time that is waited for, not our turn.
        self.waits = self.call.waits().within(self.number.create_timeout());
        // First what must not be lost, whatever happens to the rest.
        self.number.order_id = answer.order_id.as_ref().map(OrderId::to_string).into();
        if let Some(e164) = answer.number() {
            self.name(&e164);
        }
        if self.number.order_id.is_known() || self.number.id.is_known() {
            self.keep();
        }
        let number = &mut self.number;
        number.order_date = answer.order_date.clone().into();
        number.order_status = answer.order_status.clone().into();
        number.error_message = answer.error_message.clone().into();
        number.phone_number_id = answer.phone_number_id.clone().into();
        number.subscriber_id = answer.subscriber_id.clone().into();
        number.assigned_zip_code = answer.zip_code.clone().into();
        if let Some(link) = &answer.qr_code {
            refresh_qr_code(number, link.expose());
        }
        if number.iccid.is_unknown() {
            number.iccid = answer.iccid.clone().into();
        }
        if self.number.order_id.is_known() || self.number.id.is_known() {
            self.keep();
        }
    }

    /// The order is complete, and the answer says it all.
    pub(super) fn bought(&mut self, remark: Option<String>) {
        self.number.status = IN_SERVICE.into();
        if let Some(remark) = remark {
            self.call.warn(
                format!("{} was bought with a remark", self.number.name()),
                format!("The API bought the number and remarked: {remark}"),
            );
        }
    }

    /// The order was taken.
    pub(super) fn pending(&self, remark: Option<String>) {
        if let Some(remark) = remark {
            self.call.warn(
                "The order is pending with a remark",
                format!("The API took {} and remarked: {remark}", self.order_name()),
            );
        }
    }

    /// The answer was lost, and the account has the number.
    pub(super) async fn adopt(&mut self, e164: &E164) {
        self.name(e164);
        self.keep();
        self.call.warn(
            format!("{e164} was taken up from the account"),
            format!(
                "The answer to the purchase was lost. It was not sent again; the account's \
                 inventory shows that it bought {e164}, which is stored now. Nothing else was \
                 bought."
            ),
        );
        self.complete().await;
    }

    /// An earlier run bought the number, and Terraform never got to store it.
    pub(super) async fn claim(&mut self, receipt: Receipt) -> Result<(), Diagnostic> {
        self.number.order_id = receipt.order_id.into();
        self.number.order_date = receipt.order_date.into();
        self.number.order_status = receipt.order_status.into();
        self.number.phone_number_id = receipt.phone_number_id.into();
        self.number.subscriber_id = receipt.subscriber_id.into();
        self.number.assigned_zip_code = receipt.assigned_zip_code.into();
        if let Some(Ok(e164)) = receipt.number.as_deref().map(E164::parse) {
            self.name(&e164);
        }
        self.keep();
        let what = self.number.name();
        self.call.warn(
            format!("{what} was taken up from an interrupted run"),
            format!(
                "An earlier run was ended after it had bought {what} and before Terraform could \
                 store it. It is stored now, and nothing was bought again."
            ),
        );
        match self.number.phone_number_assigned.is_known() {
            true => {
                self.complete().await;
                Ok(())
            }
            false => self.follow().await,
        }
    }

    /// Follows the order to its end, and completes the number with what is known then.
    pub(super) async fn follow(&mut self) -> Result<(), Diagnostic> {
        let Some(id) = self.order_id() else {
            // Without an order there is still a number, or the answer would have been unusable.
            self.complete().await;
            return Ok(());
        };
        match order::follow(&self.connection.client, &id, &self.waits).await {
            Outcome::Done(order) => {
                self.note_order(&order).await;
                self.complete().await;
                Ok(())
            }
            Outcome::Failed(order) => Err(self.failed(order.status_message.as_deref()).await),
            Outcome::Open { status, why } => {
                if let Some(status) = status {
                    self.number.order_status = Attr::Known(status);
                }
                self.warn_pending(why);
                Ok(())
            }
        }
    }

    /// Asks the order about an answer that does not agree with itself.
    pub(super) async fn ask_order(
        &mut self,
        message: &str,
        otherwise: Otherwise,
    ) -> Result<(), Diagnostic> {
        let order = match self.order_id() {
            Some(id) => self.connection.client.order(&id, &self.waits).await.ok(),
            None => None,
        };
        match (order, otherwise) {
            (Some(order), _) if order.class() == OrderClass::Failed => {
                let message = order.status_message.as_deref().unwrap_or(message);
                Err(self.failed(Some(message)).await)
            }
            (Some(order), _) if !order.numbers.is_empty() => {
                self.note_order(&order).await;
                self.complete().await;
                Ok(())
            }
            (_, Otherwise::Poll) => self.follow().await,
            (_, Otherwise::Reconcile) => {
                self.call.warn(
                    "The order is done, but names no number",
                    format!(
                        "The API reports {} as done, names no number and remarks: {message}. The \
                         order is stored without a number; the next refresh asks it again. \
                         Whether a number was bought is for the account's inventory to tell.",
                        self.order_name()
                    ),
                );
                Ok(())
            }
        }
    }

    /// The order failed and a number is named all the same: the details know whether it exists.
    pub(super) async fn believe_details(
        &mut self,
        message: Option<&str>,
    ) -> Result<(), Diagnostic> {
        let Some(lookup) = self.lookup() else {
            return Err(self.failed(message).await);
        };
        match self.connection.client.details(&lookup, &self.waits).await {
            Ok(None) => return Err(self.failed(message).await),
            Ok(Some(record)) => refresh(&mut self.number, &record, Unset::Leave),
            Err(_) => {}
        }
        let remark = message.map(|text| format!(" The API's remark: {text}"));
        self.call.warn(
            format!(
                "{} was bought although its order failed",
                self.number.name()
            ),
            format!(
                "The API calls {} failed and assigned {} all the same. The number is stored; check \
                 it in the account.{}",
                self.order_name(),
                self.number.name(),
                remark.unwrap_or_default()
            ),
        );
        Ok(())
    }

    /// Reads what is not told yet. A read that fails leaves the rest to the next refresh.
    async fn complete(&mut self) {
        self.number.status = IN_SERVICE.into();
        self.keep();
        let Some(lookup) = self.lookup() else {
            self.call.warn(
                "The order is done, but names no number yet",
                format!(
                    "The API reports {} as done without naming the number. The order is stored; \
                     the next refresh asks it again.",
                    self.order_name()
                ),
            );
            return;
        };
        let client = self.connection.client.urgent();
        match client.details(&lookup, &self.waits).await {
            Ok(Some(record)) => refresh(&mut self.number, &record, Unset::Leave),
            Ok(None) => self.warn_unread("the API does not know the number yet"),
            Err(error) => self.warn_unread(&error.to_string()),
        }
    }

    /// Writes down what a finished order tells.
    async fn note_order(&mut self, order: &Order) {
        if let Some(status) = &order.order_status {
            self.number.order_status = Attr::Known(status.clone());
        }
        if let Some(e164) = order.numbers.first() {
            self.name(e164);
        }
        self.keep();
        if let Some(id) = self.order_id() {
            self.connection
                .purchases
                .completed(&id, order.numbers.first())
                .await;
        }
    }

    async fn failed(&self, message: Option<&str>) -> Diagnostic {
        let id = self.order_id();
        if let Some(id) = &id {
            self.connection.purchases.failed(id).await;
        }
        explain::order_failed(id.as_ref(), message)
    }

    fn name(&mut self, e164: &E164) {
        self.connection.fleet.wrote(e164);
        self.number.id = Attr::Known(e164.to_string());
        self.number.phone_number_assigned = Attr::Known(e164.to_string());
    }

    /// Should the operation die from here on, this is what is stored.
    fn keep(&self) {
        self.call.keep(stored(self.number.clone()));
    }

    fn order_id(&self) -> Option<OrderId> {
        self.number
            .order_id
            .as_str()
            .and_then(|id| OrderId::parse(id).ok())
    }

    fn order_name(&self) -> String {
        match self.number.order_id.as_str() {
            Some(order) => format!("order {order}"),
            None => "the order".to_owned(),
        }
    }

    fn lookup(&self) -> Option<Lookup> {
        let digits = self.number.phone_number_assigned.as_str()?;
        E164::parse(digits).ok().map(Lookup::Number)
    }

    fn warn_unread(&self, why: &str) {
        let (name, order) = (self.number.name(), self.order_name());
        self.call.warn(
            format!("{name} was bought, but could not be read"),
            format!(
                "{name} was bought with {order}, but reading it failed: {why}. What is known is \
                 stored; the next refresh completes it."
            ),
        );
    }

    fn warn_pending(&self, why: Interrupted) {
        let order = self.order_name();
        let missing = match self.number.phone_number_assigned.is_null() {
            true => "The number itself, its ids and its QR code are null until then.",
            false => "Its ids and its QR code may be null until then.",
        };
        self.call.warn(
            format!("{order} is still pending"),
            format!(
                "The purchase was made and {order} is not complete yet ({why}). The order is \
                 stored, and nothing is bought again. The next `terraform plan` or `terraform \
                 refresh` asks the order again and completes the number. {missing}"
            ),
        );
    }
}

fn stored(number: Number) -> Stored<NumberResource> {
    let private = Private::of(&number);
    Stored {
        object: number,
        private,
    }
}
