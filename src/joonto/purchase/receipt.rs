//! What an order returned.

use serde::{Deserialize, Serialize};

use super::super::lenient_json::{FromResponse, Json, LenientObject};
use super::super::secret::Secret;
use super::super::types::{E164, OrderClass, OrderId};

/// What an order returned. Every field is optional: the API guarantees none.
///
/// As JSON it holds no secret and no text of the API's own.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Receipt {
    /// The order: `JNUOID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// When the order was placed, as the API writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_date: Option<String>,
    /// The order's status word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_status: Option<String>,
    /// The number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<E164>,
    /// The number's id in orders: `NID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// The subscriber the number is assigned to: `TSUID-…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber_id: Option<String>,
    /// The zip code the number was given, which may differ from the one asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_zip_code: Option<String>,
    /// The SIM the number was given, as the API writes it.
    #[serde(skip)]
    pub iccid: Option<String>,
    /// The link that activates an eSIM.
    #[serde(skip)]
    pub qr_code: Option<Secret>,
    /// What the API says about a problem.
    #[serde(skip)]
    pub error_message: Option<String>,
}

impl Receipt {
    /// What the order's status word amounts to.
    pub fn class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }

    /// What to call the purchase in a text: its number, or its order.
    pub fn name(&self) -> Option<String> {
        match (&self.number, &self.order_id) {
            (Some(number), _) => Some(number.to_string()),
            (None, Some(order)) => Some(format!("order {order}")),
            (None, None) => None,
        }
    }
}

impl FromResponse for Receipt {
    fn read(body: &Json) -> Option<Self> {
        let documented = [
            "OrderId",
            "OrderStatus",
            "PhoneNumberAssigned",
            "PhoneNumberId",
            "ErrorMessage",
        ];
        let fields = LenientObject::of_response(body, &documented)?;
        Some(Self {
            order_id: fields.written_order_id("OrderId"),
            order_date: fields.text("OrderDate"),
            order_status: fields.text("OrderStatus"),
            number: fields.e164(&["PhoneNumberAssigned"]),
            phone_number_id: fields.text("PhoneNumberId"),
            subscriber_id: fields.text("SubscriberId"),
            assigned_zip_code: fields.text("ZipCode"),
            iccid: fields.text("ICCID"),
            qr_code: fields.qr_code(),
            error_message: fields.text("ErrorMessage"),
        })
    }

    fn remark(&mut self) -> Option<&mut String> {
        self.error_message.as_mut()
    }
}

#[cfg(test)]
mod tests;
