//! What becomes of numbers as a whole: active, parked, cancelled, or on another SIM.

use serde_json::{Value, json};
use time::macros::format_description;
use time::{Date, UtcOffset};

use super::client::Client;
use super::error::{Error, Problem};
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation;
use super::session::ApiCall;
use super::types::{AccountId, E164, Iccid, NumberClass, OrderClass, OrderId};
use crate::context::Context;

/// What is done with a number as a whole.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum StatusChange {
    /// Brings a parked number back.
    Activate,
    /// Ends the number; can be undone for 30 days by reactivating.
    Cancel,
    /// Suspends the number; it and its SIM stay.
    Park,
    /// Gives the number another SIM. Uses up one of its swaps.
    SwapSim {
        /// The new SIM; without one the API chooses, an eSIM presumably.
        iccid: Option<Iccid>,
    },
}

impl StatusChange {
    /// The word in requests.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Cancel => "cancel",
            Self::Park => "park",
            Self::SwapSim { .. } => "swap-sim",
        }
    }
}

/// The response to a change of status.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StatusResponse {
    /// The order.
    pub order_id: Option<OrderId>,
    /// Its status word.
    pub order_status: Option<String>,
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
}

impl StatusOutcome {
    /// Whether the change failed for this number, whatever the order says.
    pub fn is_failed(&self) -> bool {
        let status = self.status.as_deref();
        // "Cancelled" says what the number is, not how the change went.
        OrderClass::of(status) == OrderClass::Failed && NumberClass::of(status) != NumberClass::Gone
    }
}

impl StatusResponse {
    /// What became of `number`, if the response lists it. One item without a number is about the
    /// one that was asked for.
    pub fn outcome_of(&self, number: &E164) -> Option<&StatusOutcome> {
        let is_it = |outcome: &&StatusOutcome| match &outcome.number {
            Some(named) => named == number,
            None => self.numbers.len() == 1,
        };
        self.numbers.iter().find(is_it)
    }

    /// What the order's status word amounts to.
    pub fn order_class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }
}

impl FromResponse for StatusResponse {
    fn read(body: &Json) -> Option<Self> {
        let fields =
            LenientObject::of_response(body, &["OrderId", "OrderStatus", "ChangeType", "Numbers"])?;
        // The two other names are those of 2025.
        let lists = ["Numbers", "NumbersChange", "NumbersChanged"];
        Some(Self {
            order_id: fields.order_id("OrderId"),
            order_status: fields.text("OrderStatus"),
            error_message: fields.text_of(&["ErrorMessage", "OrderStatusMessage"]),
            numbers: fields
                .items(&lists)
                .map(|item| StatusOutcome {
                    number: item.e164(&["Number", "OriginalNumber"]),
                    status: item.text_of(&["Status", "OrderStatus", "Result"]),
                    message: item.text_of(&["StatusMessage", "ErrorMessage", "Message"]),
                })
                .collect(),
        })
    }
}

impl Client {
    /// Changes what becomes of numbers as a whole.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have taken effect: read the numbers before
    /// it is repeated.
    pub async fn change_status(
        &self,
        change: &StatusChange,
        numbers: &[E164],
        context: &Context,
    ) -> Result<StatusResponse, Error> {
        // A past date acts at once, a future one may not, and nobody knows the API's time
        // zone: at UTC-12 it is today or yesterday everywhere.
        let now = self.clock().utc();
        let today = now.date();
        let earliest = now
            .to_offset(UtcOffset::from_hms(-12, 0, 0).unwrap_or(UtcOffset::UTC))
            .date();
        match self
            .change_status_on(earliest, change, numbers, context)
            .await
        {
            Err(error)
                if error.is_refused_with(400)
                    && earliest != today
                    && mentions_date(error.message()) =>
            {
                self.change_status_on(today, change, numbers, context).await
            }
            response => response,
        }
    }

    async fn change_status_on(
        &self,
        date: Date,
        change: &StatusChange,
        numbers: &[E164],
        context: &Context,
    ) -> Result<StatusResponse, Error> {
        let date = date
            .format(format_description!("[month]/[day]/[year]"))
            .map_err(|error| Error::new(&operation::STATUS, Problem::Setup(error.to_string())))?;
        let call = ApiCall::post(&operation::STATUS, &body_of(change, numbers, &date))?;
        self.call(&call, context).await
    }

    /// Brings a cancelled number back, within the 30 days the API allows.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have taken effect: read the number before
    /// it is repeated.
    pub async fn reactivate(
        &self,
        number: &E164,
        account_id: Option<&AccountId>,
        context: &Context,
    ) -> Result<(), Error> {
        let mut request = json!({"PhoneNumber": number});
        if let Some(account_id) = account_id {
            request["AccountId"] = json!(account_id);
        }
        let call = ApiCall::post(&operation::REACTIVATE, &request)?;
        self.call(&call, context).await
    }
}

/// The body of a change of status; `date` is `MM/DD/YYYY`. It names a SIM only to swap to it.
fn body_of(change: &StatusChange, numbers: &[E164], date: &str) -> Value {
    let item = |number: &E164| match change {
        StatusChange::SwapSim { iccid: Some(iccid) } => json!({"Number": number, "ICCID": iccid}),
        _ => json!({"Number": number}),
    };
    json!({
        "StatusChange": change.as_str(),
        "EffectiveDate": date,
        "PhoneNumbers": numbers.iter().map(item).collect::<Vec<_>>(),
    })
}

fn mentions_date(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.to_lowercase().contains("date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> E164 {
        E164::parse("+18016025346").expect("valid")
    }

    #[test]
    fn a_change_of_status_names_the_sim_only_when_swapping() {
        let numbers = [number()];
        let iccid = Iccid::parse("8901240397190195850").ok();
        let swap = StatusChange::SwapSim { iccid };
        assert_eq!(
            body_of(&swap, &numbers, "11/23/2026"),
            json!({
                "StatusChange": "swap-sim", "EffectiveDate": "11/23/2026",
                "PhoneNumbers": [{"Number": "+18016025346", "ICCID": "8901240397190195850"}]
            })
        );
        assert_eq!(
            body_of(&StatusChange::Park, &numbers, "11/23/2026")["PhoneNumbers"],
            json!([{"Number": "+18016025346"}])
        );
    }

    #[test]
    fn the_list_of_numbers_has_three_names() {
        for list in ["Numbers", "NumbersChange", "NumbersChanged"] {
            let json = format!(
                r#"{{"OrderId": "JNUOID-8", "OrderStatus": "Complete", "{list}":
                    [{{"Number": "+12025550143", "ChargeFee": 2.25}}]}}"#
            );
            let json = Json::read(json.as_bytes()).expect("JSON");
            let status = StatusResponse::read(&json).expect("a response");
            assert_eq!(status.numbers.len(), 1, "{list}");
            assert_eq!(status.order_class(), OrderClass::Done);
        }
    }
}
