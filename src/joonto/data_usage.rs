//! Data: how much of it numbers may use, how much they have used, and when that restarts.
//!
//! All requests take many numbers. The API sets and reads limits, and reads usage. It sets renewal,
//! and never returns it.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};

use super::batcher::FULL;
use super::client::Client;
use super::error::Error;
use super::lenient_json::{Field, FromResponse, Json, LenientObject};
use super::operation::{self, Operation};
use super::session::ApiCall;
use super::types::E164;
use crate::context::Context;

/// Limits of a number's data. What is absent is not sent.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DataLimit {
    /// Unit of the three values, such as `MB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_unit: Option<String>,
    /// Usage from which on somebody is notified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_value: Option<u32>,
    /// Usage from which on data is slow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle_value: Option<u32>,
    /// How slow, such as `1-mbps`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle_speed: Option<String>,
    /// Usage at which data stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_value: Option<u32>,
}

/// Limits of a number's data as they are returned. Null and 0 are no limit.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReturnedLimit {
    /// Unit of the three values; without one, it is that of the request.
    pub value_unit: Option<String>,
    /// Usage from which on somebody is notified.
    pub notify_value: Field<u32>,
    /// Usage from which on data is slow.
    pub throttle_value: Field<u32>,
    /// How slow, such as `thr1024kbps`.
    pub throttle_speed: Field<String>,
    /// Usage at which data stops.
    pub limit_value: Field<u32>,
}

/// When the usage of a number restarts from zero.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Renewal {
    /// Whether it does.
    pub auto_renew: bool,
    /// The period: `M` or `W`.
    pub period_type: String,
    /// The day of the month, or of the week.
    pub renewal_day: u32,
    /// How many periods; the API's default is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_value: Option<u32>,
}

/// What is set for numbers, in absolute values.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum DataSetting {
    /// Their limits.
    Limit(DataLimit),
    /// Their renewal.
    Renewal(Renewal),
}

impl DataSetting {
    pub(super) fn operation(&self) -> &'static Operation {
        match self {
            Self::Limit(_) => &operation::DATA_LIMIT,
            Self::Renewal(_) => &operation::DATA_RENEWAL,
        }
    }

    fn body(&self, numbers: &[E164]) -> Value {
        let mut body = match self {
            Self::Limit(limit) => json!(limit),
            Self::Renewal(renewal) => json!(renewal),
        };
        body["PhoneNumbers"] = listed(numbers);
        body
    }
}

/// How much data a number has used.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DataUsage {
    /// The state of the line, such as `ACTIVE`.
    pub status: Option<String>,
    /// Used, as the API writes it, such as `12.5 MB`.
    pub used: Option<String>,
    /// Left, as the API writes it.
    pub remaining: Option<String>,
    /// Whether data is as fast as it can be, such as `Active`.
    pub current_behavior: Option<String>,
}

/// The amount of a text such as `12.5 MB`, in bytes. Units are powers of 1,024.
pub fn bytes(amount: &str) -> Option<u64> {
    let (number, unit) = amount.trim().split_once(char::is_whitespace)?;
    let number: f64 = number.parse().ok().filter(|number| *number >= 0.0)?;
    #[allow(clippy::cast_precision_loss)] // A unit has few significant digits.
    let bytes = number * unit_bytes(unit)? as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Saturates.
    Some(bytes.round() as u64)
}

/// How many bytes a unit has.
pub fn unit_bytes(unit: &str) -> Option<u64> {
    let units = ["B", "KB", "MB", "GB", "TB"];
    let unit = unit.trim();
    let power = units
        .iter()
        .position(|known| unit.eq_ignore_ascii_case(known))?;
    Some(1 << (10 * power))
}

/// What became of numbers in one request: done, or why not. Numbers that the response leaves out
/// are not here.
pub(super) type Written = HashMap<E164, Result<(), String>>;

/// The response to a setting. Some list the numbers, with or without a result for each.
struct SettingResponse {
    failure: Option<String>,
    numbers: Option<Written>,
}

impl FromResponse for SettingResponse {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["Status", "PhoneNumbers"])?;
        let result = |item: LenientObject<'_>| item.failure().map_or(Ok(()), Err);
        Some(Self {
            failure: fields.failure(),
            numbers: fields
                .list("PhoneNumbers")
                .map(|_| by_number(fields, result).collect()),
        })
    }

    fn remark(&mut self) -> Option<&mut String> {
        self.failure.as_mut()
    }
}

/// The limits of numbers; for some, perhaps, why there are none.
struct LimitsResponse(HashMap<E164, Result<ReturnedLimit, String>>);

impl FromResponse for LimitsResponse {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["Status", "PhoneNumbers"])?;
        fields.list("PhoneNumbers")?;
        let value = |item: LenientObject<'_>, name: &str| {
            let value = item.count(name).and_then(|value| u32::try_from(value).ok());
            match value {
                Some(0) => Field::Null,
                Some(value) => Field::Value(value),
                None if item.named(name).any(|json| *json == Json::Null) => Field::Null,
                // What cannot be read says nothing.
                None => Field::Absent,
            }
        };
        let limit = |item: LenientObject<'_>| match item.failure() {
            Some(failure) => Err(failure),
            None => Ok(ReturnedLimit {
                value_unit: item.text("ValueUnit"),
                notify_value: value(item, "NotifyValue"),
                throttle_value: value(item, "ThrottleValue"),
                throttle_speed: item.field_text("ThrottleSpeed"),
                limit_value: value(item, "LimitValue"),
            }),
        };
        Some(Self(by_number(fields, limit).collect()))
    }
}

/// The usage of numbers.
struct UsageResponse(BTreeMap<E164, DataUsage>);

impl FromResponse for UsageResponse {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["Status", "PhoneNumbers"])?;
        fields.list("PhoneNumbers")?;
        let usage = |item: LenientObject<'_>| DataUsage {
            status: item.text("Status"),
            used: item.text("Used"),
            remaining: item.text("Remaining"),
            current_behavior: item.text("CurrentBehavior"),
        };
        Some(Self(by_number(fields, usage).collect()))
    }
}

/// The items of `PhoneNumbers`, each by its number.
fn by_number<T>(
    fields: LenientObject<'_>,
    read: impl Fn(LenientObject<'_>) -> T,
) -> impl Iterator<Item = (E164, T)> {
    let items = fields.items(&["PhoneNumbers"]);
    items.filter_map(move |item| Some((item.e164(&["Number", "PhoneNumber"])?, read(item))))
}

/// Numbers as requests list them.
fn listed(numbers: &[E164]) -> Value {
    numbers
        .iter()
        .map(|number| json!({"Number": number}))
        .collect()
}

impl Client {
    /// Sets limits or renewal of numbers. Repeated after a response that leaves it open: it sets
    /// absolute values.
    pub(super) async fn set_data(
        &self,
        setting: &DataSetting,
        numbers: &[E164],
        context: &Context,
    ) -> Result<Written, Error> {
        let operation = setting.operation();
        self.send_setting(operation, setting.body(numbers), numbers, context)
            .await
    }

    /// Sets the usage of numbers to zero, now. The API asks for their renewal with it.
    ///
    /// Returns what became of each number, or nothing of one that the response leaves out.
    ///
    /// # Errors
    ///
    /// [Unconfirmed](Error::is_unconfirmed) when it may have taken effect. It is not to be
    /// repeated then: what was used in between would be forgotten.
    pub async fn reset_data_usage(
        &self,
        renewal: &Renewal,
        numbers: &[E164],
        context: &Context,
    ) -> Result<HashMap<E164, Result<(), String>>, Error> {
        let mut body = DataSetting::Renewal(renewal.clone()).body(numbers);
        body["ResetUsage"] = true.into();
        self.send_setting(&operation::DATA_RESET, body, numbers, context)
            .await
    }

    async fn send_setting(
        &self,
        operation: &'static Operation,
        body: Value,
        numbers: &[E164],
        context: &Context,
    ) -> Result<Written, Error> {
        let call = ApiCall::post(operation, &body)?;
        let response: SettingResponse = self.call(&call, context).await?;
        match response.failure {
            Some(failure) => Err(Error::reported(operation, &failure)),
            // A response that lists none is about all of them.
            None => Ok(response.numbers.unwrap_or_else(|| {
                let numbers = numbers.iter().cloned();
                numbers.map(|number| (number, Ok(()))).collect()
            })),
        }
    }

    /// The limits of numbers. Those that the response leaves out are not there.
    pub(super) async fn data_limits(
        &self,
        numbers: &[E164],
        context: &Context,
    ) -> Result<HashMap<E164, Result<ReturnedLimit, String>>, Error> {
        let body = json!({"PhoneNumbers": listed(numbers)});
        let call = ApiCall::post(&operation::DATA_LIMITS, &body)?;
        let LimitsResponse(limits) = self.call(&call, context).await?;
        Ok(limits)
    }

    /// How much data numbers have used, many in a request. Those that the API leaves out are not
    /// there.
    ///
    /// # Errors
    ///
    /// When a request failed.
    pub async fn data_usage(
        &self,
        numbers: &[E164],
        context: &Context,
    ) -> Result<BTreeMap<E164, DataUsage>, Error> {
        let mut all = BTreeMap::new();
        for numbers in numbers.chunks(FULL) {
            let body = json!({"PhoneNumbers": listed(numbers)});
            let call = ApiCall::post(&operation::DATA_USAGE, &body)?;
            let UsageResponse(usage) = self.call(&call, context).await?;
            all.extend(usage);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> E164 {
        E164::parse("+12025550143").expect("valid")
    }

    fn read<R: FromResponse>(json: &Value) -> R {
        let json = Json::read(json.to_string().as_bytes()).expect("JSON");
        R::read(&json).expect("a response")
    }

    #[test]
    fn amounts_are_numbers_with_a_unit() {
        assert_eq!(bytes("12.5 MB"), Some(13_107_200));
        assert_eq!(bytes("0 B"), Some(0));
        assert_eq!(bytes(" 2 tb "), Some(2 << 40));
        for unreadable in ["", "MB", "12", "x MB", "-1 MB", "1 PB", "NaN MB"] {
            assert_eq!(bytes(unreadable), None, "{unreadable}");
        }
    }

    #[test]
    fn a_setting_lists_its_numbers_and_leaves_out_what_is_not_set() {
        let limit = DataLimit {
            value_unit: Some("MB".to_owned()),
            limit_value: Some(500),
            ..DataLimit::default()
        };
        assert_eq!(
            DataSetting::Limit(limit).body(&[number()]),
            json!({
                "ValueUnit": "MB", "LimitValue": 500,
                "PhoneNumbers": [{"Number": "+12025550143"}]
            })
        );
    }

    #[test]
    fn a_failure_is_a_word_or_a_message_beside_an_unknown_word() {
        let top = |status: &str, message: &str| {
            let json = json!({"Status": status, "StatusMessage": message});
            read::<SettingResponse>(&json).failure
        };
        assert_eq!(top("Complete", ""), None);
        assert_eq!(top("Success", "All set"), None);
        assert_eq!(top("Queued", ""), None);
        assert_eq!(top("Failed", "").as_deref(), Some("Failed"));
        assert_eq!(top("Odd", "No data plan").as_deref(), Some("No data plan"));
        let item = json!({"Status": "Complete", "PhoneNumbers": [
            {"Number": "+12025550143", "Status": "Failed", "StatusMessage": "Not enabled"}
        ]});
        let numbers = read::<SettingResponse>(&item).numbers.expect("a list");
        assert_eq!(numbers[&number()], Err("Not enabled".to_owned()));
    }

    #[test]
    fn zero_and_null_are_no_limit() {
        let json = json!({"Status": "Complete", "PhoneNumbers": [{
            "Number": "+12025550143", "Status": "Success", "StatusMessage": "",
            "NotifyValue": 0, "ThrottleValue": null, "LimitValue": 20, "ValueUnit": "MB",
            "ThrottleSpeed": "thr1024kbps"
        }]});
        let LimitsResponse(limits) = read(&json);
        let limit = limits[&number()].as_ref().expect("a limit");
        assert_eq!(limit.notify_value, Field::Null);
        assert_eq!(limit.throttle_value, Field::Null);
        assert_eq!(limit.limit_value, Field::Value(20));
        assert_eq!(limit.throttle_speed, Field::Value("thr1024kbps".to_owned()));
        let json = json!({"PhoneNumbers": [{"Number": "+12025550143", "LimitValue": -1}]});
        let LimitsResponse(limits) = read(&json);
        assert_eq!(limits[&number()], Ok(ReturnedLimit::default()));
    }
}
