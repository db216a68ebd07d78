//! Port-ins: `/v1.0/numbers/portin/eligibility`, `/v1.0/numbers/portin`, `/update` and `/cancel`. The order is read as
//! every other one.

use serde_json::{Map, Value, json};

use super::{IncomingCall, Operation, OperationResult};
use crate::contract::{Field, FieldKind, Format, Given, Input, Request, request};
use crate::dates;
use crate::reply::{Refusal, Reply};
use crate::store::orders::{OrderState, StoredOrder};
use crate::store::port_ins::{PortIn, PortInState};
use crate::world::World;

/// Area codes of numbers that nobody can bring here.
const TOLL_FREE: [&str; 7] = [
    "+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888",
];
const STUCK: &str = "GENS-0041";

/// A field that the description asks for.
const fn needed(name: &'static str) -> Field {
    Field::named(name).editorial(true)
}

/// The key of a request, which no edition does without.
const fn key(name: &'static str) -> Field {
    Field::named(name).typed(FieldKind::Text, true)
}

const ICCID: Field = Field::named("ICCID").format(Format::Iccid);
const SUBSCRIBER_NAME: Field = Field::named("SubscriberName");

/// The fields that were sent, as they were sent: an order keeps them.
#[derive(Debug)]
pub(crate) struct SubmitRequest(Map<String, Value>);

impl Request for SubmitRequest {
    const FIELDS: &'static [Field] = &[
        key("PortInNumber").format(Format::E164),
        needed("CurrentCarrierName"),
        needed("CurrentAccountNumber"),
        needed("CurrentAccountPassword"),
        needed("CurrentBillingAddress").inside(&[
            needed("Street1"),
            Field::named("Street2"),
            needed("City"),
            needed("State"),
            needed("Zip"),
        ]),
        ICCID,
        SUBSCRIBER_NAME,
        Field::named("TargetPortinClassification")
            .words(&["mvno", "iot"])
            .editorial(false),
    ];

    fn read(input: &Input) -> serde_json::Result<Self> {
        Ok(Self(input.clone()))
    }
}

/// As [`SubmitRequest`].
#[derive(Debug)]
pub(crate) struct UpdateRequest(Map<String, Value>);

impl Request for UpdateRequest {
    const FIELDS: &'static [Field] = &[
        key("OrderId"),
        Field::named("CurrentCarrierName"),
        Field::named("CurrentAccountNumber"),
        Field::named("CurrentAccountPassword"),
        Field::named("CurrentBillingAddress").inside(&[
            Field::named("Street1"),
            Field::named("Street2").or_blank(),
            Field::named("City"),
            Field::named("State"),
            Field::named("Zip"),
        ]),
        ICCID,
        SUBSCRIBER_NAME,
        Field::named("TargetPortinClassification"),
        Field::named("PortInDate").format(Format::DayOrDate),
    ];

    fn read(input: &Input) -> serde_json::Result<Self> {
        Ok(Self(input.clone()))
    }
}

request! {
    /// Which order.
    CancelRequest {
        order_id: String = Field::named("OrderId");
    }
}

request! {
    /// Which number, and as what it would come.
    EligibilityRequest {
        phone_number: String = Field::named("PhoneNumber").format(Format::E164);
        target: Given<String> = Field::named("TargetClassification").editorial(true);
    }
}

pub(super) struct Eligibility;

impl Operation for Eligibility {
    const NAME: &'static str = "port-in eligibility";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/portin/eligibility";
    const CLOSED: bool = true;
    type Request = EligibilityRequest;

    fn run(call: &mut IncomingCall<'_>, request: EligibilityRequest) -> OperationResult {
        let number = request.phone_number;
        let obstacle = obstacle(call.world, &number);
        let mut response = json!({
            "PhoneNumber": number,
            "CurrentCarrier": "Example Mobile",
            "NumberType": "mobile",
            "Message": obstacle.unwrap_or("Number is eligible for port-in"),
        });
        if !call.world.switches.port_in_eligible_absent {
            response["Eligible"] = json!(obstacle.is_none());
        }
        Ok(Reply::json(200, &response))
    }
}

/// Why a number cannot come here, if it cannot.
fn obstacle(world: &World, number: &str) -> Option<&'static str> {
    if TOLL_FREE.iter().any(|code| number.starts_with(code)) {
        return Some("Toll-free numbers cannot be ported");
    }
    let is_here = world.store.numbers.get(number).is_some();
    is_here.then_some("Phone number already in use")
}

pub(super) struct Submit;

impl Operation for Submit {
    const NAME: &'static str = "port-in submit";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/portin";
    const CLOSED: bool = true;
    type Request = SubmitRequest;

    fn run(call: &mut IncomingCall<'_>, request: SubmitRequest) -> OperationResult {
        let port_in = PortIn::new(call.request, request.0);
        let number = port_in.text("PortInNumber").unwrap_or_default().to_owned();
        let switches = &call.world.switches;
        if let Some(obstacle) = obstacle(call.world, &number) {
            return Err(Refusal::bad(port_in.echoed(obstacle, switches)));
        }
        let mut others = call.world.port_ins().into_iter();
        if others.any(|(order, other)| order.numbers.contains(&number) && other.state.is_open()) {
            let status = if switches.port_in_second_is_409 {
                409
            } else {
                400
            };
            let text = port_in.echoed("Another port-in of this number is open", switches);
            return Err(Refusal::new(status, text));
        }
        let order = submit(call.world, &call.account_key, number, port_in);
        let OrderState::PortIn(port_in) = &order.state else {
            return Err(Refusal::not_found("Order"));
        };
        Ok(Reply::json(
            200,
            &json!({
                "OrderId": order.id,
                "OrderDate": dates::with_offset(order.date),
                "Status": port_in.word(&port_in.state, &call.world.switches),
                "PhoneNumber": order.numbers.concat(),
                "ICCID": port_in.text("ICCID"),
            }),
        ))
    }
}

/// Commits a port-in: from here on it costs a fee, and the number moves unless somebody ends it.
fn submit(
    world: &mut World,
    account_key: &str,
    number: String,
    mut port_in: PortIn,
) -> StoredOrder {
    let now = world.clock.now();
    let switches = &world.switches;
    port_in.enter(PortInState::Pending, now, switches.port_in_step, None);
    let prefix = if switches.port_in_jnoid {
        "JNOID"
    } else {
        "JNUOID"
    };
    let order = StoredOrder {
        id: format!("{prefix}-{}", world.ids.uuid()),
        account_key: account_key.to_owned(),
        kind: "portin".into(),
        date: now,
        numbers: vec![number.clone()],
        missing_polls: switches.order_missing_polls,
        state: OrderState::PortIn(Box::new(port_in.clone())),
    };
    world.store.stock.withdraw(&number);
    for what in [Submit::NAME, "port-in fee"] {
        world.ledger.change(port_in.request, what, &number);
    }
    let orders = &mut world.store.orders;
    orders.insert(order.id.clone(), order.clone());
    world.dirty = true;
    order
}

/// Another program submits a port-in, with these fields. Its order id.
pub(crate) fn submit_elsewhere(
    world: &mut World,
    account_key: &str,
    number: &str,
    mut fields: Map<String, Value>,
) -> String {
    fields.insert("PortInNumber".into(), json!(number));
    submit(
        world,
        account_key,
        number.to_owned(),
        PortIn::new(0, fields),
    )
    .id
}

pub(super) struct Update;

impl Operation for Update {
    const NAME: &'static str = "port-in update";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/portin/update";
    const CLOSED: bool = true;
    type Request = UpdateRequest;

    fn run(call: &mut IncomingCall<'_>, request: UpdateRequest) -> OperationResult {
        let mut sent = request.0;
        let id = sent.remove("OrderId").unwrap_or_default();
        let id = id.as_str().unwrap_or_default();
        let (number, mut port_in) = own(call, id)?;
        check_date(call, &sent)?;
        if let Some(obstacle) = closed(call, &port_in) {
            // The refusal may repeat what this update sent.
            port_in.update(sent);
            return refused(call, id, &port_in, obstacle);
        }
        if let Some(StoredOrder { state, .. }) = call.world.store.orders.get_mut(id)
            && let OrderState::PortIn(port_in) = state
        {
            port_in.update(sent);
        }
        call.world.ledger.change(call.request, Self::NAME, &number);
        call.world
            .move_port_in(call.request, id, PortInState::Pending, call.now);
        let response = json!({ "OrderId": id, "Status": "Updated", "Message": null });
        Ok(Reply::json(200, &response))
    }
}

pub(super) struct Cancel;

impl Operation for Cancel {
    const NAME: &'static str = "port-in cancel";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/portin/cancel";
    const CLOSED: bool = true;
    type Request = CancelRequest;

    fn run(call: &mut IncomingCall<'_>, request: CancelRequest) -> OperationResult {
        let id = &request.order_id;
        let (_, port_in) = own(call, id)?;
        if let Some(obstacle) = closed(call, &port_in) {
            return refused(call, id, &port_in, obstacle);
        }
        call.world
            .move_port_in(call.request, id, PortInState::Cancelled, call.now);
        let mut response = json!({ "OrderId": id });
        if let Some(word) = &call.world.switches.port_in_cancel_word {
            response["Status"] = json!(word);
        }
        Ok(Reply::json(200, &response))
    }
}

/// The caller's port-in of this order, and its number.
fn own(call: &IncomingCall<'_>, id: &str) -> Result<(String, PortIn), Refusal> {
    let found = call.world.store.orders.get(id);
    match found.map(|order| (order, &order.state)) {
        Some((order, OrderState::PortIn(port_in))) if order.account_key == call.account_key => {
            Ok((order.numbers.concat(), port_in.as_ref().clone()))
        }
        _ => Err(Refusal::not_found("Order")),
    }
}

/// Why a port-in cannot be changed or ended, if it cannot.
fn closed(call: &IncomingCall<'_>, port_in: &PortIn) -> Option<&'static str> {
    match port_in.state {
        _ if call.world.switches.port_in_stuck => Some(STUCK),
        PortInState::Complete => Some("The order is complete"),
        PortInState::Cancelled => Some("The order is cancelled"),
        _ => None,
    }
}

fn refused(call: &IncomingCall<'_>, id: &str, port_in: &PortIn, text: &str) -> OperationResult {
    let text = port_in.echoed(text, &call.world.switches);
    if !call.world.switches.port_in_refused_is_200 {
        return Err(Refusal::bad(text));
    }
    let response = json!({ "OrderId": id, "Status": "Failed", "Message": text });
    Ok(Reply::json(200, &response))
}

/// One form of the date is taken, and which one nobody knows.
fn check_date(call: &IncomingCall<'_>, sent: &Map<String, Value>) -> Result<(), Refusal> {
    let Some(date) = sent.get("PortInDate").and_then(Value::as_str) else {
        return Ok(());
    };
    let (read, form) = match call.world.switches.port_in_us_dates {
        true => (dates::parse_day(date), "MM/DD/YYYY"),
        false => (dates::parse_iso_day(date), "YYYY-MM-DD"),
    };
    match read {
        Some(_) => Ok(()),
        None => Err(Refusal::bad(format!("PortInDate must be {form}"))),
    }
}
