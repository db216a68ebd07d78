//! `POST /v1.0/numbers/provision`: buys one number.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{IncomingCall, Operation, OperationResult, views};
use crate::contract::{Field, Format, Given, request};
use crate::dates;
use crate::ledger::{Purchase, PurchaseState};
use crate::reply::{Refusal, Reply};
use crate::store::numbers::{NumberKind, StoredNumber};
use crate::store::orders::{OrderState, StoredOrder};
use crate::store::routes::RouteKind;
use crate::store::stock::Drawn;
use crate::store::subscribers::Subscriber;
use crate::switches::{Profile, Switches};
use crate::world::World;

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

    fn run(call: &mut IncomingCall<'_>, request: ProvisionRequest) -> OperationResult {
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
        let is_for_nobody = request.assigned_subscriber_id.value().is_none();
        let number = new_number(call, request, kind, account_id, drawn);
        if is_for_nobody && call.world.switches.placeholder_subscribers {
            add_placeholder(call.world, &number);
        }
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
fn merged(call: &mut IncomingCall<'_>) -> Option<Reply> {
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
fn sent_body(call: &mut IncomingCall<'_>) -> Option<Value> {
    let request = call.world.ledger.request(call.request)?;
    Some(request.body.clone())
}

fn check_kind(call: &IncomingCall<'_>, request: &ProvisionRequest) -> Result<NumberKind, Refusal> {
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

fn check_account(call: &IncomingCall<'_>, request: &ProvisionRequest) -> Result<String, Refusal> {
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

fn check_sim(call: &IncomingCall<'_>, request: &ProvisionRequest) -> Result<(), Refusal> {
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
    call: &mut IncomingCall<'_>,
    request: ProvisionRequest,
    kind: NumberKind,
    account_id: String,
    drawn: Drawn,
) -> StoredNumber {
    let world = &mut *call.world;
    let ordinary = world.new_number(&call.account_key, account_id, drawn, call.now);
    let asked = request.assigned_subscriber_id.into_value();
    let asked = asked.filter(|_| !world.switches.responses_other_subscriber);
    // A VoIP number has no SIM; anything else without a given SIM gets an eSIM.
    let has_sim = kind != NumberKind::Voip;
    StoredNumber {
        kind,
        message_type: request.message_type,
        message_enabled: request.message_enabled,
        voice_enabled: request.voice_enabled,
        data_enabled: request.data_enabled.into_value(),
        message_route_id: request.message_route_id.into_value(),
        voice_route_id: request.voice_route_id.into_value(),
        iccid: request
            .iccid
            .into_value()
            .or_else(|| has_sim.then(|| world.ids.iccid())),
        product_type: request.product_type.into_value(),
        subscriber_id: asked.or(ordinary.subscriber_id),
        activation_code: ordinary.activation_code.filter(|_| has_sim),
        ..ordinary
    }
}

/// A number that was bought for nobody gets a subscriber without a name.
fn add_placeholder(world: &mut World, number: &StoredNumber) {
    let Some(id) = number.subscriber_id.clone() else {
        return;
    };
    let digits = number.number.trim_start_matches("+1");
    let placeholder = Subscriber {
        account_key: number.account_key.clone(),
        account_id: number.account_id.clone(),
        name: String::new(),
        email: format!("{digits}@example.com"),
        role: "Subscriber".into(),
        phone_numbers: vec![number.number.clone()],
        id: id.clone(),
    };
    world.store.subscribers.entry(id).or_insert(placeholder);
}

/// Commits the purchase: from here on it has cost money.
fn order(call: &mut IncomingCall<'_>, number: StoredNumber) -> Reply {
    let switches = call.world.switches.clone();
    let pending = switches.pending_forever
        || switches.pending_polls.is_some()
        || switches.pending_time.is_some();
    let order = StoredOrder {
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

    let delivered = (!pending).then_some(&number);
    let word = if pending {
        &switches.pending_word
    } else {
        "Complete"
    };
    let mut response = response(call, &order.id, word, delivered, None);
    if pending {
        if switches.pending_shows_number {
            response["PhoneNumberAssigned"] = json!(number.number);
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
            .insert(order.id.clone(), StoredOrder { state, ..order });
    } else {
        call.world.store.orders.insert(order.id.clone(), order);
        call.world.deliver(number);
    }
    if let Some(other) = call.world.switches.names_number.take() {
        response["PhoneNumberAssigned"] = json!(other);
    }
    Reply::json(200, &response)
}

/// An order that failed at once: it can be asked for, and nothing was bought.
fn fail(call: &mut IncomingCall<'_>, message: String) -> OperationResult {
    if call.world.switches.failed_order_is_400 {
        return Err(Refusal::bad(message));
    }
    let id = format!("JNUOID-{}", call.world.ids.uuid());
    let word = call.world.switches.failed_word.clone();
    let response = response(call, &id, &word, None, Some(&message));
    let order = StoredOrder {
        id: id.clone(),
        account_key: call.account_key.clone(),
        kind: "Provision".into(),
        date: call.now,
        numbers: Vec::new(),
        state: OrderState::Error(message),
        missing_polls: call.world.switches.order_missing_polls,
    };
    call.world.store.orders.insert(id, order);
    Ok(Reply::json(200, &response))
}

/// What a purchase returns. As long as there is no number, what it would say of the number is null.
fn response(
    call: &mut IncomingCall<'_>,
    order_id: &str,
    status: &str,
    number: Option<&StoredNumber>,
    error: Option<&str>,
) -> Value {
    let Switches {
        profile,
        responses_other_iccid,
        ..
    } = call.world.switches;
    let code = number.and_then(|number| number.activation_code.as_ref());
    let mut response = json!({
        "OrderDate": dates::with_offset(call.now),
        "OrderId": order_id,
        "OrderStatus": status,
        "PhoneNumberAssigned": number.map(|number| &number.number),
        "PhoneNumberId": number.map(|number| &number.nid),
        "QRCode": code.map(|code| views::qr_link(code, &call.world.switches)),
        "ZipCode": number.map(|number| &number.zip_code),
        "ErrorMessage": error,
        "SubscriberId": number.and_then(|number| number.subscriber_id.as_ref()),
    });
    if profile == Profile::Current {
        response["ICCID"] = match number {
            Some(_) if responses_other_iccid => json!(call.world.ids.iccid()),
            number => json!(number.and_then(|number| number.iccid.as_ref())),
        };
    }
    response
}
