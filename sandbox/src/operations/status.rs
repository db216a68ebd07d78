//! `POST /v1.0/numbers/status`: the changes a number's life is made of.

use serde_json::{Value, json};

use super::{IncomingCall, Operation, OperationResult, views};
use crate::contract::{Field, Format, Given, NumberItem, request};
use crate::dates;
use crate::reply::{Refusal, Reply};
use crate::store::numbers::{NumberStatus, StoredNumber, Wait};
use crate::store::orders::{OrderState, ScheduledChange};
use crate::switches::{Lag, StatusKeys};

const CHANGES: &[&str] = &["activate", "cancel", "swap", "swap-sim", "replace", "park"];

request! {
    /// The change, its day, and the numbers.
    StatusRequest {
        status_change: String = Field::named("StatusChange").words(CHANGES);
        effective_date: String = Field::named("EffectiveDate").format(Format::Date);
        phone_numbers: Vec<NumberItem> = Field::named("PhoneNumbers");
        area_code: Given<String> = Field::named("AreaCode").format(Format::AreaCode);
        zip_code: Given<String> = Field::named("ZipCode").format(Format::Zip);
    }
}

pub(super) struct Status;

impl Operation for Status {
    const NAME: &'static str = "status";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/status";
    type Request = StatusRequest;

    fn run(call: &mut IncomingCall<'_>, request: StatusRequest) -> OperationResult {
        let day = dates::parse_day(&request.effective_date)
            .ok_or_else(|| Refusal::bad("EffectiveDate must be MM/DD/YYYY"))?;
        let today = call.now.date();
        if call.world.switches.past_dates_refused && day < today {
            return Err(Refusal::bad("EffectiveDate must not be in the past"));
        }
        let what = request.status_change.as_str();
        // All numbers are checked before any is changed.
        let mut numbers = Vec::new();
        for item in &request.phone_numbers {
            let number = call.changeable_number(&item.number)?;
            check(what, &number)?;
            numbers.push((number, item.iccid.clone()));
        }

        let names: Vec<_> = numbers
            .iter()
            .map(|(number, _)| number.number.as_str())
            .collect();
        let order_id = call.record_order(what, &names);
        let mut items = Vec::new();
        let mut word = "Complete".to_owned();
        if day > today {
            let change = ScheduledChange {
                on: day,
                what: what.to_owned(),
            };
            if let Some(order) = call.world.store.orders.get_mut(&order_id) {
                order.state = OrderState::Scheduled(change);
            }
            items.extend(names.iter().map(|number| json!({ "Number": number })));
        } else if let Some(lag) = pending(call, what) {
            word = begin(call, &order_id, what, &names, lag);
            items.extend(names.iter().map(|number| json!({ "Number": number })));
        } else {
            for (number, iccid) in &numbers {
                items.push(match is_refused(call, &number.number) {
                    true => json!({ "Number": number.number }),
                    false => apply(call, &request, number, iccid.as_deref())?,
                });
            }
        }
        tell_results(call, &names, &mut items);
        let (key, items) = listed(what, items, call.world.switches.status_keys);
        let mut response = json!({
            "OrderId": order_id,
            "OrderDate": dates::with_z(call.now),
            "OrderStatus": word,
            "ChangeType": what,
            "EffectiveDate": dates::midnight(day),
        });
        response[key] = json!(items);
        Ok(Reply::json(200, &response))
    }
}

fn check(what: &str, number: &StoredNumber) -> Result<(), Refusal> {
    if matches!(number.status, NumberStatus::Cancelled { .. }) {
        return Err(Refusal::bad("Number is not active"));
    }
    if matches!(what, "swap" | "replace" | "swap-sim") && number.swaps_remaining == 0 {
        return Err(Refusal::bad("No swaps remaining"));
    }
    Ok(())
}

/// By switch, how long a change is an order in work.
fn pending(call: &IncomingCall<'_>, what: &str) -> Option<Lag> {
    let lag = call.world.switches.status_pending?;
    matches!(what, "park" | "cancel" | "activate").then_some(lag)
}

/// Leaves the change to its order, and returns the order's word.
fn begin(
    call: &mut IncomingCall<'_>,
    order_id: &str,
    what: &str,
    names: &[&str],
    lag: Lag,
) -> String {
    let switches = &call.world.switches;
    let word = switches.pending_word.clone();
    let changed = names.iter().filter(|number| !is_refused(call, number));
    let state = OrderState::Changing {
        wait: Wait::starting(lag, call.now),
        word: word.clone(),
        fails: switches.status_ends_in_error.clone(),
        what: what.to_owned(),
        numbers: changed.map(|number| (*number).to_owned()).collect(),
    };
    if let Some(order) = call.world.store.orders.get_mut(order_id) {
        order.state = state;
    }
    word
}

/// By switch, the item of this number fails.
fn is_refused(call: &IncomingCall<'_>, number: &str) -> bool {
    call.world.switches.failed_items.contains_key(number)
}

/// By switch, each item tells how it went.
fn tell_results(call: &IncomingCall<'_>, names: &[&str], items: &mut [Value]) {
    let failed = &call.world.switches.failed_items;
    if failed.is_empty() {
        return;
    }
    for (name, item) in names.iter().zip(items) {
        let message = failed.get(*name);
        item["Status"] = json!(message.map_or("Success", |_| "Failed"));
        item["StatusMessage"] = json!(message);
    }
}

/// Makes one number's change and says how the response lists it.
fn apply(
    call: &mut IncomingCall<'_>,
    request: &StatusRequest,
    number: &StoredNumber,
    iccid: Option<&str>,
) -> Result<Value, Refusal> {
    match request.status_change.as_str() {
        "swap" | "replace" => swap_number(call, request, number),
        "swap-sim" => Ok(swap_sim(call, &number.number, iccid)),
        what => {
            call.world.change_status(call.request, &number.number, what);
            let mut item = json!({ "Number": number.number });
            if what == "activate" {
                let switches = &call.world.switches;
                let link = number
                    .activation_code
                    .as_ref()
                    .map(|code| views::qr_link(code, switches));
                item["QrCode"] = json!(link);
            }
            Ok(item)
        }
    }
}

fn swap_number(
    call: &mut IncomingCall<'_>,
    request: &StatusRequest,
    old: &StoredNumber,
) -> Result<Value, Refusal> {
    let world = &mut *call.world;
    let zip = request.zip_code.value().map(String::as_str);
    let same_area = old.number.get(2..5).unwrap_or_default();
    let area = match request.status_change.as_str() {
        "swap" => Some(same_area),
        _ => request.area_code.value().map(String::as_str),
    };
    let drawn = world
        .store
        .stock
        .draw(area, zip, &mut world.ids)
        .ok_or_else(|| Refusal::bad("No numbers available in the requested area"))?;
    let new = StoredNumber {
        number: drawn.number,
        zip_code: drawn.zip,
        tnid: format!("TNID-{}", world.ids.hex(24)),
        swaps_remaining: old.swaps_remaining - 1,
        e911: None,
        stale: None,
        ..old.clone()
    };
    let item = json!({ "OriginalNumber": old.number, "NewNumber": new.number });
    world.store.numbers.remove(&old.number);
    world.store.numbers.insert(new);
    world
        .ledger
        .change(call.request, &request.status_change, &old.number);
    Ok(item)
}

fn swap_sim(call: &mut IncomingCall<'_>, number: &str, iccid: Option<&str>) -> Value {
    let world = &mut *call.world;
    let new_iccid = iccid.map_or_else(|| world.ids.iccid(), str::to_owned);
    let code = views::activation_code(&mut world.ids);
    let link = views::qr_link(&code, &world.switches);
    if let Some(number) = world.store.numbers.get_mut(number) {
        number.iccid = Some(new_iccid);
        number.activation_code = Some(code);
        number.swaps_remaining = number.swaps_remaining.saturating_sub(1);
    }
    world.ledger.change(call.request, "swap-sim", number);
    json!({ "Number": number, "QrCode": link })
}

/// The key the numbers stand under, with the fees of the older responses.
fn listed(what: &str, mut items: Vec<Value>, keys: StatusKeys) -> (&'static str, Vec<Value>) {
    if keys == StatusKeys::Numbers {
        return ("Numbers", items);
    }
    let (key, fee, amount) = match what {
        "park" => ("NumbersChanged", "ChangeFee", 1.00),
        _ => ("NumbersChange", "ChargeFee", 2.25),
    };
    for item in &mut items {
        item[fee] = json!(amount);
    }
    (key, items)
}
