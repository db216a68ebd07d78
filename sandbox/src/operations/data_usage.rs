//! Data: limits, usage and renewal, of many numbers in a request.

use serde_json::{Map, Value, json};

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, Given, NumberItem, request};
use crate::reply::{Refusal, Reply};
use crate::store::data::{DataPlan, LimitValues, Renewal, StalePlan};
use crate::store::numbers::{NumberKind, NumberStatus, StoredNumber};
use crate::switches::NewLimit;

const UNITS: &[&str] = &["KB", "MB", "GB", "TB"];
const SPEEDS: &[&str] = &[
    "64-kbps", "128-kbps", "256-kbps", "512-kbps", "1-mbps", "5-mbps", "20-mbps", "50-mbps",
    "100-mbps",
];

request! {
    /// Numbers, and the limits they all get.
    LimitRequest {
        numbers: Vec<NumberItem> = Field::named("PhoneNumbers");
        unit: Given<String> = Field::named("ValueUnit").words(UNITS).editorial(true);
        limit: Given<i64> = Field::named("LimitValue").editorial(true);
        notify: Given<i64> = Field::named("NotifyValue").editorial(false);
        throttle: Given<i64> = Field::named("ThrottleValue").editorial(false);
        speed: Given<String> = Field::named("ThrottleSpeed").words(SPEEDS).editorial(false);
    }
}

request! {
    /// Which numbers.
    NumbersRequest {
        numbers: Vec<NumberItem> = Field::named("PhoneNumbers");
    }
}

request! {
    /// Numbers, and the renewal they all get.
    RenewalRequest {
        numbers: Vec<NumberItem> = Field::named("PhoneNumbers");
        auto_renew: Given<bool> = Field::named("AutoRenew").editorial(true);
        period_type: Given<String> = Field::named("PeriodType").words(&["M", "W"]).editorial(true);
        renewal_day: Given<i64> = Field::named("RenewalDay").editorial(true);
        period_value: Given<i64> = Field::named("PeriodValue").editorial(false);
        reset_usage: Given<bool> = Field::named("ResetUsage").editorial(false);
    }
}

/// `POST /v1.0/numbers/data-usage`: no result for each number, but an echo.
pub(super) struct LimitSet;

impl Operation for LimitSet {
    const NAME: &'static str = "data limit";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/data-usage";
    const CLOSED: bool = true;
    type Request = LimitRequest;

    fn run(call: &mut IncomingCall<'_>, request: LimitRequest) -> OperationResult {
        let limits = LimitValues {
            unit: request.unit.into_value(),
            notify: request.notify.into_value(),
            throttle: request.throttle.into_value(),
            speed: request.speed.into_value(),
            limit: request.limit.into_value(),
        };
        limits.check().map_err(Refusal::bad)?;
        let numbers = data_numbers(call, &request.numbers)?;
        let lag = call.world.switches.data_lag;
        for number in &numbers {
            call.world
                .ledger
                .change(call.request, Self::NAME, &number.number);
            if let Some(stored) = call.world.store.numbers.get_mut(&number.number) {
                let before = stored.data.clone();
                stored.data.set(&limits);
                stored.data.stale = lag.map(|lag| StalePlan::new(before, lag, call.now));
            }
        }
        let echoed: Vec<_> = numbers
            .iter()
            .map(|one| json!({"Number": one.number}))
            .collect();
        Ok(Reply::json(
            200,
            &json!({
                "Status": "Complete",
                "StatusMessage": "",
                "ValueUnit": limits.unit,
                "NotifyValue": limits.notify,
                "ThrottleValue": limits.throttle,
                "ThrottleSpeed": limits.speed,
                "LimitValue": limits.limit,
                "PhoneNumbers": echoed,
            }),
        ))
    }
}

/// `POST /v1.0/numbers/data-usage/settings`: reads the limits.
pub(super) struct LimitRead;

impl Operation for LimitRead {
    const NAME: &'static str = "data limit read";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/data-usage/settings";
    const CLOSED: bool = true;
    type Request = NumbersRequest;

    fn run(call: &mut IncomingCall<'_>, request: NumbersRequest) -> OperationResult {
        let numbers = own_numbers(call, &request.numbers)?;
        let now = call.now;
        let mut shown = Vec::new();
        for number in numbers {
            let is_refused = !has_data(&number);
            let stored = call.world.store.numbers.get_mut(&number.number);
            let data = stored
                .map(|stored| stored.data.shown(now))
                .unwrap_or_default();
            shown.push(limits_of(call, &number.number, &data, is_refused));
        }
        Ok(Reply::json(
            200,
            &json!({"Status": "Complete", "PhoneNumbers": shown}),
        ))
    }
}

/// `POST /v1.0/numbers/data-usage/info`: reads the usage.
pub(super) struct UsageRead;

impl Operation for UsageRead {
    const NAME: &'static str = "data usage read";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/data-usage/info";
    const CLOSED: bool = true;
    type Request = NumbersRequest;

    fn run(call: &mut IncomingCall<'_>, request: NumbersRequest) -> OperationResult {
        let numbers = own_numbers(call, &request.numbers)?;
        let usage = numbers.iter().map(|number| {
            let data = &number.data;
            let status = match number.status {
                NumberStatus::Parked => "SUSPENDED",
                NumberStatus::Cancelled { .. } => "TERMINATED",
                _ => "ACTIVE",
            };
            json!({
                "Number": number.number,
                "Status": status,
                "StatusMessage": "",
                "Used": crate::store::data::amount(data.used),
                "Remaining": crate::store::data::amount(data.remaining()),
                "CurrentBehavior": data.behavior(),
            })
        });
        let usage: Vec<_> = usage.collect();
        Ok(Reply::json(
            200,
            &json!({"Status": "Complete", "PhoneNumbers": usage}),
        ))
    }
}

/// `POST /v1.0/numbers/data-usage/update-renewal-info`
pub(super) struct RenewalSet;

impl Operation for RenewalSet {
    const NAME: &'static str = "data renewal";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/data-usage/update-renewal-info";
    const CLOSED: bool = true;
    type Request = RenewalRequest;

    fn run(call: &mut IncomingCall<'_>, request: RenewalRequest) -> OperationResult {
        let renewal = Renewal {
            auto_renew: request.auto_renew.into_value(),
            period_type: request.period_type.into_value(),
            renewal_day: request.renewal_day.into_value(),
            period_value: request.period_value.into_value(),
        };
        renewal.check().map_err(Refusal::bad)?;
        let resets = request.reset_usage.into_value() == Some(true);
        let what = match resets {
            true => "data usage reset",
            false => Self::NAME,
        };
        let numbers = data_numbers(call, &request.numbers)?;
        let is_returned = call.world.switches.renewal_returned;
        let mut results = Vec::new();
        for number in &numbers {
            let number = &number.number;
            call.world.ledger.change(call.request, what, number);
            if let Some(stored) = call.world.store.numbers.get_mut(number) {
                stored.data.renewal = Some(renewal.clone());
                if resets {
                    stored.data.used = 0;
                }
            }
            let mut result = Map::new();
            result.insert("Number".into(), json!(number));
            result.insert("Status".into(), json!("Success"));
            result.insert("StatusMessage".into(), json!(""));
            if is_returned {
                result.insert("RenewalInfo".into(), renewal.json());
            }
            results.push(Value::Object(result));
        }
        let mut response = json!({"Status": "Complete", "PhoneNumbers": results});
        if !is_returned {
            response["StatusMessage"] = json!("");
        }
        Ok(Reply::json(200, &response))
    }
}

/// The limits of a number as they are returned.
fn limits_of(call: &IncomingCall<'_>, number: &str, data: &DataPlan, is_refused: bool) -> Value {
    let switches = &call.world.switches;
    let mut limits = match (&data.limits, switches.new_limit) {
        (Some(limits), _) => limits.json(),
        (None, NewLimit::TwentyMegabytes) => LimitValues::default_limit().json(),
        (None, NewLimit::Nulls) => LimitValues::default().json(),
        (None, NewLimit::Zeros) => {
            json!({"NotifyValue": 0, "ThrottleValue": 0, "LimitValue": 0, "ValueUnit": "MB", "ThrottleSpeed": null})
        }
    };
    if !switches.speed_as_sent {
        let speed = limits["ThrottleSpeed"].as_str().and_then(speed_as_read);
        limits["ThrottleSpeed"] = json!(speed);
    }
    limits["Number"] = json!(number);
    limits["Status"] = json!(if is_refused { "Failed" } else { "Success" });
    limits["StatusMessage"] = json!(if is_refused {
        "Data is not enabled"
    } else {
        ""
    });
    limits
}

/// `1-mbps` as reads have it.
fn speed_as_read(word: &str) -> Option<String> {
    let (number, unit) = word.split_once('-')?;
    let number: u64 = number.parse().ok()?;
    let kbps = if unit == "mbps" {
        number * 1024
    } else {
        number
    };
    Some(format!("thr{kbps}kbps"))
}

/// A number that carries data: VoIP never does.
fn has_data(number: &StoredNumber) -> bool {
    number.kind != NumberKind::Voip
        && number.data_enabled != Some(false)
        && number.product_type.as_deref() != Some("Sms-Only")
}

/// The caller's numbers of a list. Those that are not the caller's are left out, or by switch all are refused.
fn own_numbers(
    call: &IncomingCall<'_>,
    asked: &[NumberItem],
) -> Result<Vec<StoredNumber>, Refusal> {
    let mut own = Vec::new();
    for item in asked {
        match call.own_number(&item.number) {
            Ok(number) => own.push(number),
            Err(refusal) if call.world.switches.unknown_data_number_refused => return Err(refusal),
            Err(_) => {}
        }
    }
    Ok(own)
}

/// The same for a change, which a number without data refuses for all.
fn data_numbers(
    call: &IncomingCall<'_>,
    asked: &[NumberItem],
) -> Result<Vec<StoredNumber>, Refusal> {
    let numbers = own_numbers(call, asked)?;
    match numbers.iter().find(|number| !has_data(number)) {
        Some(number) => Err(Refusal::bad(format!(
            "Data is not enabled for {}",
            number.number
        ))),
        None => Ok(numbers),
    }
}
