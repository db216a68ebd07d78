//! `data "joonto_data_usage"`: how much data numbers have used.

use std::collections::BTreeMap;

use super::{DataSourceCall, DataSourceModel};
use crate::joonto::{self, E164};
use crate::provider::diagnostics::{data as texts, lists};
use crate::provider::validators;
use crate::terraform::resource::Failure;
use crate::terraform::schema::Set;
use crate::terraform::value::Number;
use crate::terraform::{Attr, Diagnostics};

crate::model! {
    /// How much data numbers have used in the present period. Up to 100 numbers share a request.
    pub(crate) struct UsageOfNumbers {
        /// Numbers in international form (E.164).
        phone_numbers: Set<String> => required();
        /// Usage by number. Numbers for which the API returns nothing are not in it.
        usage: BTreeMap<String, Attr<UsageOfNumber>> => computed();
    }
    blocks {}
}

crate::model! {
    /// The usage of a number.
    pub(crate) struct UsageOfNumber {
        /// Bytes used. Null if the API's amount cannot be read.
        used_bytes: Number => computed();
        /// Bytes left until the limit. Null if the API's amount cannot be read.
        remaining_bytes: Number => computed();
        /// Amount used, as the API writes it, such as `12.5 MB`.
        used: String => computed();
        /// Amount left, as the API writes it.
        remaining: String => computed();
        /// State of the line, such as `ACTIVE`.
        status: String => computed();
        /// What the API does with the number's data now, such as `Active`.
        current_behavior: String => computed();
    }
    blocks {}
}

impl DataSourceModel for UsageOfNumbers {
    const TYPE_NAME: &'static str = "joonto_data_usage";

    fn validate(&self, diagnostics: &mut Diagnostics) {
        if validators::has_no_number(&self.phone_numbers) {
            diagnostics.push(texts::not_numbers("phone_numbers"));
        }
    }

    async fn read(self, call: &DataSourceCall<'_>) -> Result<Self, Failure> {
        let numbers = validators::numbers(&self.phone_numbers);
        let found = call.data.client.data_usage(&numbers, &call.context).await;
        let found = found.map_err(|error| lists::cannot_look_up("the data usage", &error))?;
        let left_out: Vec<String> = numbers
            .iter()
            .filter(|number| !found.contains_key(*number))
            .map(ToString::to_string)
            .collect();
        if !left_out.is_empty() {
            call.warn_with(texts::usage_left_out(&left_out));
        }
        let usage = |(number, usage): (E164, joonto::DataUsage)| {
            let usage = UsageOfNumber {
                used_bytes: bytes(usage.used.as_deref()),
                remaining_bytes: bytes(usage.remaining.as_deref()),
                used: usage.used.into(),
                remaining: usage.remaining.into(),
                status: usage.status.into(),
                current_behavior: usage.current_behavior.into(),
            };
            (number.to_string(), Attr::Known(usage))
        };
        Ok(Self {
            usage: Attr::Known(found.into_iter().map(usage).collect()),
            ..self
        })
    }
}

fn bytes(amount: Option<&str>) -> Attr<Number> {
    let bytes = amount.and_then(joonto::bytes);
    bytes.map(|bytes| i128::from(bytes).into()).into()
}
