//! `POST /v1.0/numbers/provision`: buys one number.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::{Call, Operation, Outcome, views};
use crate::contract::{Field, Format, Given, request};
use crate::dates;
use crate::ledger::{Purchase, PurchaseState};
use crate::reply::{Refusal, Reply};
use crate::store::numbers::{Number, NumberKind, NumberStatus};
use crate::store::orders::{Order, OrderState};
use crate::store::routes::RouteKind;
use crate::store::stock::Drawn;
use crate::switches::Profile;

pub(super) const NUMBER_TYPES: &[&str] = &["mvno", "iot", "voip"];
pub(super) const MESSAGE_TYPES: &[&str] = &["a2p", "p2p"];
pub(super) const PRODUCT_TYPES: &[&str] = &["Sms-Only", "Data-Only", "Sms+Data", "Sms+Data+Voice"];

request! {
    /// What a purchase asks for.
    ProvisionRequest {
        number_type: String = Field::named("NumberType").words(NUMBER_TYPES);
        message_type: String = Field::named("MessageType").words(MESSAGE_TYPES);
        message_enabled: bool = Field::named("MessageEnabled");
        voice_enabled: bool = Field::named("VoiceEnabled");
        data_enabled: Given<bool> = Field::named("DataEnabled");
        message_route_id: Given<String> = Field::named("MessageRouteId");
        voice_route_id: Given<String> = Field::named("VoiceRouteId");
        area_code: Given<String> = Field::named("AreaCode").format(Format::AreaCode).or_blank();
        zip_code: Given<String> = Field::named("ZipCode").format(Format::Zip).or_blank();
        iccid: Given<String> = Field::named("ICCID").format(Format::Iccid);
        product_type: Given<String> = Field::named("ProductType").words(PRODUCT_TYPES);
        assigned_subscriber_id: Given<String> = Field::named("AssignedSubscriberId");
        account_id: Given<String> = Field::named("AccountId");
    }
}

pub(super) struct Provision;

impl Operation for Provision {
    const NAME: &'static str = "provision";
    const METHOD: &'static str = "POST";
    const PATH: &'static str = "/v1.0/numbers/provision";
    type Request = ProvisionRequest;

    fn run(call: &mut Call<'_>, request: ProvisionRequest) -> Outcome {
        let kind = check_kind(call, &request)?;
        let account_id = check_account(call, &request)?;
        call.check_route(RouteKind::Message, request.message_route_id.value())?;
        call.check_route(RouteKind::Voice, request.voice_route_id.value())?;
        check_sim(call, &request)?;

        if let Some(reply) = merged(call) {
            return Ok(reply);
        }
        let failure = call.world.switches.fail_orders.clone();
        let drawn = match &failure {
            Some(_) => None,
            None => call.world.store.stock.draw(
                request.area_code.value().map(String::as_str),
                request.zip_code.value().map(String::as_str),
                &mut call.world.ids,
            ),
        };
        let Some(drawn) = drawn else {
            return fail(
                call,
                failure.unwrap_or_else(|| "No numbers available in the requested area".into()),
            );
        };
        let number = new_number(call, request, kind, account_id, drawn);
        let reply = order(call, number);
        if let Some(body) = sent_body(call) {
            call.world.recent.push(RecentOrder {
                account_key: call.account_key.clone(),
                body,
                at: call.now,
                reply: reply.clone(),
            });
        }
        Ok(reply)
    }
}

/// An order that a later equal one may be taken for.
#[derive(Debug)]
pub(crate) struct RecentOrder {
    account_key: String,
    body: Value,
    at: OffsetDateTime,
    reply: Reply,
}

/// By switch, the response of an equal order made a moment ago.
fn merged(call: &mut Call<'_>) -> Option<Reply> {
    let within = call.world.switches.merge_equal_orders.unwrap_or_default();
    let now = call.now;
    call.world.recent.retain(|order| now < order.at + within);
    let body = sent_body(call)?;
    let mut recent = call.world.recent.iter();
    recent
        .find(|order| order.account_key == call.account_key && order.body == body)
        .map(|order| order.reply.clone())
}

/// The body as it was sent; none where the request is no longer known.
fn sent_body(call: &mut Call<'_>) -> Option<Value> {
    let request = call.world.ledger.request(call.request)?;
    Some(request.body.clone())
}

fn check_kind(call: &Call<'_>, request: &ProvisionRequest) -> Result<NumberKind, Refusal> {
    let kind = match request.number_type.as_str() {
        "iot" => NumberKind::Iot,
        "voip" => NumberKind::Voip,
        _ => NumberKind::Mvno,
    };
    match (kind, request.message_type.as_str()) {
        (NumberKind::Iot, "a2p") => {
            return Err(Refusal::bad(
                "NumberType iot does not support MessageType a2p; use NumberType mvno",
            ));
        }
        (NumberKind::Voip, "p2p") => {
            return Err(Refusal::bad(
                "NumberType voip does not support MessageType p2p",
            ));
        }
        _ => {}
    }
    let switches = &call.world.switches;
    if switches.profile == Profile::Current {
        if kind == NumberKind::Voip {
            return Err(Refusal::bad("NumberType must be one of mvno, iot"));
        }
        if request.product_type.value().is_none() {
            return Err(Refusal::bad("The ProductType field is required."));
        }
    }
    if switches.message_route_required && request.message_route_id.value().is_none() {
        return Err(Refusal::bad("MessageRouteId is required"));
    }
    if request
        .assigned_subscriber_id
        .value()
        .is_some_and(|id| !id.starts_with("TSUID-"))
    {
        return Err(Refusal::bad("Invalid AssignedSubscriberId"));
    }
    Ok(kind)
}

fn check_account(call: &Call<'_>, request: &ProvisionRequest) -> Result<String, Refusal> {
    let distributor = call.distributor()?;
    match request.account_id.value() {
        Some(asked) if distributor.owns(asked) => Ok(asked.clone()),
        Some(_) => Err(Refusal::bad("Invalid AccountId")),
        None if call.world.switches.account_id_required => {
            Err(Refusal::bad("AccountId is required"))
        }
        None => Ok(distributor.credentials.account_id.clone()),
    }
}

fn check_sim(call: &Call<'_>, request: &ProvisionRequest) -> Result<(), Refusal> {
    let in_use = |iccid: &String| {
        call.world
            .store
            .numbers
            .iter()
            .any(|number| number.is_owned() && number.iccid.as_ref() == Some(iccid))
    };
    if call.world.switches.sim_in_use_refused && request.iccid.value().is_some_and(in_use) {
        return Err(Refusal::bad("ICCID is already in use"));
    }
    Ok(())
}

fn new_number(
    call: &mut Call<'_>,
    request: ProvisionRequest,
    kind: NumberKind,
    account_id: String,
    drawn: Drawn,
) -> Number {
    let world = &mut *call.world;
    let asked_subscriber = request.assigned_subscriber_id.into_value();
    let subscriber = match asked_subscriber {
        Some(asked) if !world.switches.answers_other_subscriber => asked,
        _ => format!("TSUID-{}", world.ids.uuid()),
    };
    // A VoIP number has no SIM; anything else without a given SIM gets an eSIM.
    let has_sim = kind != NumberKind::Voip;
    let iccid = request
        .iccid
        .into_value()
        .or_else(|| has_sim.then(|| world.ids.iccid()));
    Number {
        number: drawn.number,
        account_key: call.account_key.clone(),
        account_id,
        kind,
        message_type: request.message_type,
        message_enabled: request.message_enabled,
        voice_enabled: request.voice_enabled,
        data_enabled: request.data_enabled.into_value(),
        message_route_id: request.message_route_id.into_value(),
        voice_route_id: request.voice_route_id.into_value(),
        iccid,
        product_type: request.product_type.into_value(),
        subscriber_id: Some(subscriber),
        status: NumberStatus::Active,
        zip_code: drawn.zip,
        nid: format!("NID-{}", world.ids.uuid()),
        tnid: format!("TNID-{}", world.ids.hex(24)),
        order_id: format!("JNUOID-{}", world.ids.uuid()),
        read_order_id: format!("TNOID-{}", world.ids.uuid()),
        bought: call.now,
        undated: false,
        cnam: [None, None],
        activation_code: has_sim.then(|| views::activation_code(&mut world.ids)),
        swaps_remaining: 2,
        next_swap_reset: call.now + Duration::days(30),
        port_out_pin: world.ids.digits(4),
        hidden: None,
        unknown: None,
        unbound: None,
        stale: None,
        twin: None,
    }
}

/// Commits the purchase: from here on it has cost money.
fn order(call: &mut Call<'_>, number: Number) -> Reply {
    let switches = call.world.switches.clone();
    let pending = switches.pending_forever
        || switches.pending_polls.is_some()
        || switches.pending_time.is_some();
    let order = Order {
        id: number.order_id.clone(),
        account_key: call.account_key.clone(),
        kind: "Provision".into(),
        date: call.now,
        numbers: vec![number.number.clone()],
        state: OrderState::Complete,
        missing_polls: switches.order_missing_polls,
    };
    call.world.ledger.orders.push(Purchase {
        request: call.request,
        order_id: order.id.clone(),
        number: number.number.clone(),
        account_key: call.account_key.clone(),
        state: if pending {
            PurchaseState::Pending
        } else {
            PurchaseState::Complete
        },
    });

    let mut answer = json!({
        "OrderDate": dates::with_offset(call.now),
        "OrderId": order.id,
        "OrderStatus": if pending { switches.pending_word.as_str() } else { "Complete" },
        "PhoneNumberAssigned": number.number,
        "PhoneNumberId": number.nid,
        "QRCode": number.activation_code.as_ref().map(|code| views::qr_link(code, &switches)),
        "ZipCode": number.zip_code,
        "ErrorMessage": null,
        "SubscriberId": number.subscriber_id,
    });
    if switches.profile == Profile::Current {
        let other = switches.answers_other_iccid.then(|| call.world.ids.iccid());
        answer["ICCID"] = json!(other.or_else(|| number.iccid.clone()));
    }
    if pending {
        for key in [
            "PhoneNumberId",
            "QRCode",
            "ZipCode",
            "SubscriberId",
            "ICCID",
        ] {
            if let Some(value) = answer.get_mut(key) {
                *value = Value::Null;
            }
        }
        if !switches.pending_shows_number {
            answer["PhoneNumberAssigned"] = Value::Null;
        }
        let state = OrderState::Pending {
            polls_left: if switches.pending_forever {
                None
            } else {
                switches.pending_polls
            },
            until: switches
                .pending_time
                .filter(|_| !switches.pending_forever)
                .map(|time| call.now + time),
            word: switches.pending_word,
            fails: switches.pending_ends_in_error,
            number: Box::new(number),
        };
        call.world
            .store
            .orders
            .insert(order.id.clone(), Order { state, ..order });
    } else {
        call.world.store.orders.insert(order.id.clone(), order);
        call.world.deliver(number);
    }
    if let Some(other) = call.world.switches.answers_number.take() {
        answer["PhoneNumberAssigned"] = json!(other);
    }
    Reply::json(200, &answer)
}

/// An order that failed at once: it can be asked for, and nothing was bought.
fn fail(call: &mut Call<'_>, message: String) -> Outcome {
    if call.world.switches.failed_order_is_400 {
        return Err(Refusal::bad(message));
    }
    let id = format!("JNUOID-{}", call.world.ids.uuid());
    let mut answer = json!({
        "OrderDate": dates::with_offset(call.now),
        "OrderId": id,
        "OrderStatus": call.world.switches.failed_word,
        "PhoneNumberAssigned": null,
        "PhoneNumberId": null,
        "QRCode": null,
        "ZipCode": null,
        "ErrorMessage": message,
        "SubscriberId": null,
    });
    if call.world.switches.profile == Profile::Current {
        answer["ICCID"] = Value::Null;
    }
    let order = Order {
        id: id.clone(),
        account_key: call.account_key.clone(),
        kind: "Provision".into(),
        date: call.now,
        numbers: Vec::new(),
        state: OrderState::Error(message),
        missing_polls: call.world.switches.order_missing_polls,
    };
    call.world.store.orders.insert(id, order);
    Ok(Reply::json(200, &answer))
}
