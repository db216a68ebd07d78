//! What comes back. Every field is optional: the documentation guarantees none.
//!
//! Dates stay the texts they came as, words keep their spelling; the methods beside them judge.

use super::fields::{Fields, Told};
use super::ids::{AccountId, E164, Iccid, OrderId};
use super::json::Json;
use super::secret::Secret;
use super::words::{MessageType, NumberClass, NumberType, OrderClass};

/// An answer that can be read from a body.
pub(super) trait Answer: Sized {
    /// Reads it. Returns nothing when the body cannot be such an answer at all.
    fn read(body: &Json) -> Option<Self>;
}

/// An order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Order {
    /// When it was placed.
    pub order_date: Option<String>,
    /// Its id.
    pub order_id: Option<OrderId>,
    /// Its status word.
    pub order_status: Option<String>,
    /// What went wrong, if anything did.
    pub status_message: Option<String>,
    /// What kind of order it is.
    pub order_type: Option<String>,
    /// The numbers in it. May be empty until it is complete.
    pub numbers: Vec<E164>,
}

impl Order {
    /// What its status word amounts to.
    #[must_use]
    pub fn class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }
}

impl Answer for Order {
    fn read(body: &Json) -> Option<Self> {
        let fields = Fields::of_answer(body, &["OrderId", "OrderStatus", "PhoneNumbersOrdered"])?;
        Some(Self {
            order_date: fields.text("OrderDate"),
            order_id: order_id(fields, "OrderId"),
            order_status: fields.text("OrderStatus"),
            status_message: fields.text_of(&["OrderStatusMessage", "ErrorMessage"]),
            order_type: fields.text("OrderType"),
            numbers: items(fields, &["PhoneNumbersOrdered"])
                .filter_map(|item| number(item, &["Number", "PhoneNumber"]))
                .collect(),
        })
    }
}

/// A number, as details and inventory tell it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NumberRecord {
    /// The number.
    pub number: Option<E164>,
    /// Its id on reads: `TNID-…`. Never compare it to the `NID-…` of a purchase.
    pub number_id: Option<String>,
    /// Its order on reads: `TNOID-…`. Never compare it to the `JNUOID-…` of a write.
    pub order_id: Option<OrderId>,
    /// `Mobile` or the like; [`number_type`](Self::number_type) has what a purchase calls it.
    pub number_type_word: Option<String>,
    /// `MVNO`, `IoT` or the like.
    pub classification: Option<String>,
    /// `A2P`, `p2p` or the like; [`message_type`](Self::message_type) has it as in a purchase.
    pub message_type_word: Option<String>,
    /// Whether it takes part in messaging.
    pub message_enabled: Option<bool>,
    /// Whether it takes part in calls.
    pub voice_enabled: Option<bool>,
    /// The route of its messages.
    pub message_route_id: Told<String>,
    /// The route of its calls. On details it can be a name of another kind than `CRID-…`.
    pub voice_route_id: Told<String>,
    /// Its status word.
    pub status: Option<String>,
    /// The day it was bought.
    pub original_date_purchased: Option<String>,
    /// The subscriber it is tied to.
    pub assigned_subscriber_id: Option<String>,
    /// Its SIM as it came; [`iccid`](Self::iccid) has it checked.
    pub iccid_text: Option<String>,
    /// The link that activates an eSIM.
    pub qr_code: Option<Secret>,
    /// How often its SIM can still be swapped. Changes by itself.
    pub swaps_remaining: Option<u64>,
    /// What is booked. The inventory alone tells it.
    pub product_type: Option<String>,
}

impl NumberRecord {
    /// The type under which such a number is bought, if the record tells.
    #[must_use]
    pub fn number_type(&self) -> Option<NumberType> {
        let lower = |word: &Option<String>| word.as_ref().map(|word| word.to_lowercase());
        let classification = lower(&self.classification);
        let voip = Some(NumberType::Voip.as_str());
        if lower(&self.number_type_word).as_deref() == voip || classification.as_deref() == voip {
            return Some(NumberType::Voip);
        }
        NumberType::parse(&classification?)
    }

    /// The message type, if the record tells.
    #[must_use]
    pub fn message_type(&self) -> Option<MessageType> {
        MessageType::parse(&self.message_type_word.as_ref()?.to_lowercase())
    }

    /// Its SIM, if one was told and is one.
    #[must_use]
    pub fn iccid(&self) -> Option<Iccid> {
        Iccid::parse(self.iccid_text.as_deref()?).ok()
    }

    /// What its status word amounts to.
    #[must_use]
    pub fn class(&self) -> NumberClass {
        NumberClass::of(self.status.as_deref())
    }

    // `PortOutPin` is left where it is: a secret that nothing here needs.
    fn of(fields: Fields<'_>) -> Self {
        Self {
            number: number(fields, &["Number", "PhoneNumber"]),
            number_id: fields.text("TNID"),
            order_id: order_id(fields, "OrderId"),
            number_type_word: fields.text("NumberType"),
            classification: fields.text("Classification"),
            message_type_word: fields.text("MessageType"),
            message_enabled: fields.flag("MessageEnabled"),
            voice_enabled: fields.flag("VoiceEnabled"),
            message_route_id: fields.told_text("MessageRouteId"),
            voice_route_id: fields.told_text("VoiceRouteId"),
            status: fields.text("Status"),
            original_date_purchased: fields.text("OriginalDatePurchased"),
            assigned_subscriber_id: fields.text("AssignedSubscriberId"),
            iccid_text: fields.text("Iccid"),
            qr_code: qr_code(fields),
            swaps_remaining: fields.count("SwapsRemaining"),
            product_type: fields.text("ProductType"),
        }
    }
}

impl Answer for NumberRecord {
    fn read(body: &Json) -> Option<Self> {
        let documented = [
            "Number",
            "PhoneNumber",
            "TNID",
            "Iccid",
            "Status",
            "Classification",
        ];
        let record = Self::of(Fields::of_answer(body, &documented)?);
        // An object that tells nothing is not a number.
        (record != Self::default()).then_some(record)
    }
}

/// One page of the inventory.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InventoryPage {
    /// The account whose numbers these are.
    pub account_id: Option<AccountId>,
    /// How many numbers there are on all pages together.
    pub total_results: Option<u64>,
    /// Which page this is.
    pub page_number: Option<u64>,
    /// The numbers. A record that could not be read is here too, with nothing told.
    pub numbers: Vec<NumberRecord>,
}

impl Answer for InventoryPage {
    fn read(body: &Json) -> Option<Self> {
        let fields = Fields::of_answer(body, &["PhoneNumbers", "TotalResults", "PageNumber"])?;
        let numbers = match fields.list("PhoneNumbers") {
            Some(list) => list
                .iter()
                .map(|item| Fields::of(item).map(NumberRecord::of).unwrap_or_default())
                .collect(),
            // Without a list this says nothing about the numbers, unless it says there are none.
            None if fields.named("PhoneNumbers").any(|json| *json == Json::Null) => Vec::new(),
            None => return None,
        };
        Some(Self {
            account_id: fields
                .text("AccountId")
                .and_then(|id| AccountId::parse(&id).ok()),
            total_results: fields.count("TotalResults"),
            page_number: fields.count("PageNumber"),
            numbers,
        })
    }
}

/// The answer to an update: an order, and an echo of the number.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UpdateAnswer {
    /// The order.
    pub order_id: Option<OrderId>,
    /// When it was placed.
    pub order_date: Option<String>,
    /// Its status word.
    pub order_status: Option<String>,
    /// What went wrong, if anything did.
    pub error_message: Option<String>,
    /// The number as it is now said to be.
    pub echo: NumberRecord,
}

impl UpdateAnswer {
    /// What the order's status word amounts to.
    #[must_use]
    pub fn order_class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }
}

impl Answer for UpdateAnswer {
    fn read(body: &Json) -> Option<Self> {
        let fields = Fields::of_answer(body, &["Number", "UpdateOrderId", "UpdateOrderStatus"])?;
        Some(Self {
            order_id: order_id(fields, "UpdateOrderId").or_else(|| order_id(fields, "OrderId")),
            order_date: fields.text_of(&["UpdateOrderDate", "OrderDate"]),
            order_status: fields.text_of(&["UpdateOrderStatus", "OrderStatus"]),
            error_message: fields.text_of(&["ErrorMessage", "OrderStatusMessage"]),
            echo: NumberRecord::of(fields),
        })
    }
}

/// The answer to a change of status.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StatusAnswer {
    /// The order.
    pub order_id: Option<OrderId>,
    /// When it was placed.
    pub order_date: Option<String>,
    /// Its status word.
    pub order_status: Option<String>,
    /// What was asked for.
    pub change_type: Option<String>,
    /// From when on.
    pub effective_date: Option<String>,
    /// What went wrong, if anything did.
    pub error_message: Option<String>,
    /// The numbers it is about.
    pub numbers: Vec<StatusOutcome>,
}

/// What became of one number in a change of status.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StatusOutcome {
    /// The number.
    pub number: Option<E164>,
    /// How it went for this number, in a word.
    pub status: Option<String>,
    /// How it went for this number, in more words.
    pub message: Option<String>,
    /// The link that activates its eSIM.
    pub qr_code: Option<Secret>,
}

impl StatusOutcome {
    /// Whether the change failed for this number, whatever the order says.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        let status = self.status.as_deref();
        // "Cancelled" says what the number is, not how the change went.
        OrderClass::of(status) == OrderClass::Failed && NumberClass::of(status) != NumberClass::Gone
    }
}

impl StatusAnswer {
    /// What became of `number`, if the response lists it. One item without a number is about the
    /// one that was asked for.
    #[must_use]
    pub fn outcome_of(&self, number: &E164) -> Option<&StatusOutcome> {
        let is_it = |outcome: &&StatusOutcome| match &outcome.number {
            Some(named) => named == number,
            None => self.numbers.len() == 1,
        };
        self.numbers.iter().find(is_it)
    }

    /// What the order's status word amounts to.
    #[must_use]
    pub fn order_class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }
}

impl Answer for StatusAnswer {
    fn read(body: &Json) -> Option<Self> {
        let fields = Fields::of_answer(body, &["OrderId", "OrderStatus", "ChangeType", "Numbers"])?;
        // The two other names are those of 2025.
        let lists = ["Numbers", "NumbersChange", "NumbersChanged"];
        Some(Self {
            order_id: order_id(fields, "OrderId"),
            order_date: fields.text("OrderDate"),
            order_status: fields.text("OrderStatus"),
            change_type: fields.text("ChangeType"),
            effective_date: fields.text("EffectiveDate"),
            error_message: fields.text_of(&["ErrorMessage", "OrderStatusMessage"]),
            numbers: items(fields, &lists)
                .map(|item| StatusOutcome {
                    number: number(item, &["Number", "OriginalNumber"]),
                    status: item.text_of(&["Status", "OrderStatus", "Result"]),
                    message: item.text_of(&["StatusMessage", "ErrorMessage", "Message"]),
                    qr_code: qr_code(item),
                })
                .collect(),
        })
    }
}

/// The answer to a reactivation. Its words are unknown: judge by a details read after it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReactivateAnswer {
    /// The number.
    pub number: Option<E164>,
    /// The account it belongs to.
    pub account_id: Option<AccountId>,
    /// How it went, in a word.
    pub status: Option<String>,
    /// How it went, in more words.
    pub status_message: Option<String>,
}

impl Answer for ReactivateAnswer {
    fn read(body: &Json) -> Option<Self> {
        let fields = Fields::of_answer(body, &["PhoneNumber", "Status", "StatusMessage"])?;
        Some(Self {
            number: number(fields, &["PhoneNumber", "Number"]),
            account_id: fields
                .text("AccountId")
                .and_then(|id| AccountId::parse(&id).ok()),
            status: fields.text("Status"),
            status_message: fields.text("StatusMessage"),
        })
    }
}

fn number(fields: Fields<'_>, names: &[&str]) -> Option<E164> {
    E164::parse(&fields.text_of(names)?).ok()
}

pub(super) fn order_id(fields: Fields<'_>, name: &str) -> Option<OrderId> {
    OrderId::parse(&fields.text(name)?).ok()
}

/// One thing under three names: that of purchases, of changes of status, and of reads.
pub(super) fn qr_code(fields: Fields<'_>) -> Option<Secret> {
    fields
        .text_of(&["QRCode", "QrCode", "QrActivationLink"])
        .map(Secret::new)
}

/// The objects in the first of several lists.
fn items<'a>(fields: Fields<'a>, names: &[&str]) -> impl Iterator<Item = Fields<'a>> + use<'a> {
    names
        .iter()
        .find_map(|name| fields.list(name))
        .unwrap_or_default()
        .iter()
        .filter_map(Fields::of)
}

#[cfg(test)]
#[path = "answers_tests.rs"]
mod tests;
