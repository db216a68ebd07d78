//! The page for people: what there is, what happened last, and buttons to meddle with it. It reloads itself, needs no
//! script and nothing from anywhere else.

use std::fmt::Write as _;

use serde_json::Value;

use crate::ledger::Placement;
use crate::store::numbers::{NumberStatus, StoredNumber};
use crate::store::orders::OrderState;
use crate::store::port_ins::PortInState;
use crate::world::World;

/// A page of more than this helps nobody.
const NUMBERS_SHOWN: usize = 200;
const ORDERS_SHOWN: usize = 20;
const REQUESTS_SHOWN: usize = 40;

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Joonto sandbox</title>
<style>
body { font: 14px system-ui, sans-serif; margin: 1.5em; color: #222; background: #fff; }
h2 { font-size: 1.1em; margin: 1.5em 0 .3em; }
table { border-collapse: collapse; }
td, th { padding: .2em .7em .2em 0; text-align: left; vertical-align: top; border-bottom: 1px solid #ddd; }
td.id { font-family: ui-monospace, monospace; }
form { display: inline; }
.bad { color: #a00; }
</style></head><body><h1>Joonto sandbox</h1>
"#;

pub(super) fn render(world: &mut World) -> String {
    let now = world.clock.now();
    world.let_due_happen(now);
    let mut page = String::from(HEAD);
    // Writing into a String cannot fail.
    let _ = write!(
        page,
        "<p>{} · profile {:?} · {} · purchases that cost money: {}</p>",
        crate::dates::with_z(now),
        world.switches.profile,
        world
            .switches
            .limit
            .map_or("no request limit".into(), |limit| format!(
                "{limit} requests a minute"
            )),
        world.ledger.purchases().len(),
    );
    numbers(&mut page, world);
    orders(&mut page, world);
    webhooks(&mut page, world);
    subscribers(&mut page, world);
    faults(&mut page, world);
    requests(&mut page, world);
    page.push_str("</body></html>\n");
    page
}

fn numbers(page: &mut String, world: &World) {
    let count = world.store.numbers.iter().count();
    let _ = write!(page, "<h2>Numbers ({count})</h2>");
    if count == 0 {
        page.push_str("<p>None yet.</p>");
        return;
    }
    page.push_str("<table id=numbers><tr><th>Number<th>Owner<th>Type<th>Messages<th>Voice<th>SIM<th>Data<th>Status<th>E911 address<th></tr>");
    for number in world.store.numbers.iter().rev().take(NUMBERS_SHOWN) {
        let owner = match number.account_key == world.store.accounts.default().key() {
            true => "default",
            false => "another",
        };
        let _ = write!(
            page,
            "<tr><td class=id>{}<td>{owner}<td>{:?}<td>{} {}<td>{}<td class=id>{}<td>{}<td>{}<td>{}<td>",
            escape(&number.number),
            number.kind,
            escape(&number.message_type),
            on(number.message_enabled),
            on(number.voice_enabled),
            escape(&sim(world, number)),
            escape(&number.data.describe()),
            escape(&status(number)),
            escape(&address(number)),
        );
        for action in actions(number) {
            button(
                page,
                &format!("/numbers/{}/{action}", number.number),
                action,
            );
        }
        page.push_str("</tr>");
    }
    page.push_str("</table>");
}

fn actions(number: &StoredNumber) -> &'static [&'static str] {
    match number.status {
        NumberStatus::Cancelled { .. } => &["activate", "steal"],
        NumberStatus::Parked => &["activate", "cancel", "steal"],
        _ => &["park", "cancel", "steal"],
    }
}

/// The SIM, with its status if that is another than usual.
fn sim(world: &World, number: &StoredNumber) -> String {
    let Some(iccid) = &number.iccid else {
        return "-".into();
    };
    match world.store.sims.get(iccid) {
        Some(sim) if sim.status != "Active" => format!("{iccid} ({})", sim.status),
        _ => iccid.clone(),
    }
}

fn status(number: &StoredNumber) -> String {
    match &number.status {
        NumberStatus::Active => "active".into(),
        NumberStatus::Parked => "parked".into(),
        NumberStatus::Cancelled { .. } => "cancelled".into(),
        NumberStatus::Other(word) => word.clone(),
    }
}

fn address(number: &StoredNumber) -> String {
    let Some(address) = &number.e911 else {
        return "-".into();
    };
    let second = address.street2.as_deref();
    let (city, state, zip) = (&address.city, &address.state, &address.zip);
    let lines = [Some(address.street1.as_str()), second];
    let street: Vec<&str> = lines.into_iter().flatten().collect();
    format!("{}, {city} {state} {zip}", street.join(", "))
}

fn orders(page: &mut String, world: &World) {
    let mut orders: Vec<_> = world.store.orders.values().collect();
    orders.sort_by_key(|order| std::cmp::Reverse(order.date));
    let _ = write!(page, "<h2>Orders ({})</h2><table id=orders>", orders.len());
    for order in orders.into_iter().take(ORDERS_SHOWN) {
        let none: &[&str] = &[];
        let (state, actions) = match &order.state {
            OrderState::Complete => ("complete".to_owned(), none),
            OrderState::Error(text) => (format!("failed: {text}"), none),
            OrderState::Pending { word, .. } | OrderState::Changing { word, .. } => {
                (word.clone(), ["complete", "fail"].as_slice())
            }
            OrderState::Scheduled(change) => (format!("{} on {}", change.what, change.on), none),
            OrderState::PortIn(port_in) => port_in_state(&port_in.state),
        };
        let _ = write!(
            page,
            "<tr><td class=id>{}<td>{}<td class=id>{}<td>{}<td>",
            escape(&order.id),
            escape(&order.kind),
            escape(&order.numbers.join(" ")),
            escape(&state),
        );
        for action in actions {
            button(page, &format!("/orders/{}/{action}", order.id), action);
        }
        page.push_str("</tr>");
    }
    page.push_str("</table>");
}

/// A port-in's state, and what the losing carrier may still do. Nothing that was sent is shown.
fn port_in_state(state: &PortInState) -> (String, &'static [&'static str]) {
    match state {
        PortInState::Pending => (
            "waiting".into(),
            &["schedule", "refuse", "complete", "cancel"],
        ),
        PortInState::InProgress => ("accepted".into(), &["refuse", "complete", "cancel"]),
        PortInState::ResolutionRequired { message } => (
            format!("refused: {message}"),
            &["wait", "complete", "cancel"],
        ),
        PortInState::Complete => ("complete".into(), &[]),
        PortInState::Cancelled => ("cancelled".into(), &[]),
    }
}

fn webhooks(page: &mut String, world: &World) {
    let webhooks = &world.store.webhooks;
    let _ = write!(
        page,
        "<h2>Webhooks ({})</h2><table id=webhooks>",
        webhooks.len()
    );
    for webhook in webhooks.values() {
        let field = |name| webhook.fields.get(name).and_then(Value::as_str);
        let _ = write!(
            page,
            "<tr><td class=id>{}<td class=id>{}<td>{}<td>{}</tr>",
            escape(&webhook.id),
            escape(&webhook.account_id),
            escape(field("WebhookUrl").unwrap_or("-")),
            escape(field("SubscribedEvents").unwrap_or("-")),
        );
    }
    page.push_str("</table>");
}

fn subscribers(page: &mut String, world: &World) {
    let all = &world.store.subscribers;
    let _ = write!(
        page,
        "<h2>Subscribers ({})</h2><table id=subscribers>",
        all.len()
    );
    for subscriber in all.values().take(NUMBERS_SHOWN) {
        let _ = write!(
            page,
            "<tr><td class=id>{}<td>{}<td>{}<td>{}<td class=id>{}<td class=id>{}</tr>",
            escape(&subscriber.id),
            escape(&subscriber.name),
            escape(&subscriber.email),
            escape(&subscriber.role),
            escape(&subscriber.account_id),
            escape(&subscriber.phone_numbers.join(" ")),
        );
    }
    page.push_str("</table>");
}

fn faults(page: &mut String, world: &World) {
    let waiting = world.faults.waiting();
    let _ = write!(
        page,
        "<h2>Faults waiting ({})</h2><ul id=faults>",
        waiting.len()
    );
    for fault in waiting {
        let _ = write!(page, "<li>{}</li>", escape(&fault.describe()));
    }
    if let Some(chaos) = world.faults.chaos() {
        let _ = write!(
            page,
            "<li>random: {} % of calls to {}, seed {}</li>",
            chaos.percent,
            escape(&chaos.path),
            chaos.seed
        );
    }
    page.push_str("</ul>");
}

fn requests(page: &mut String, world: &World) {
    page.push_str("<h2>Last requests</h2><table id=requests>");
    for request in world.ledger.requests.iter().rev().take(REQUESTS_SHOWN) {
        let status = request
            .status
            .map_or("-".into(), |status| status.to_string());
        let fault = match (&request.fault, request.placement) {
            (Some(fault), Some(Placement::Before)) => format!("{fault}, before commit"),
            (Some(fault), Some(Placement::After)) => format!("{fault}, after commit"),
            _ => String::new(),
        };
        let _ = write!(
            page,
            "<tr><td>{}<td class=id>{} {} {}<td>{status}<td>{}<td class=bad>{}</tr>",
            escape(&request.at),
            escape(&request.method),
            escape(&request.path),
            escape(&request.query),
            escape(&fault),
            escape(&request.violations.join("; ")),
        );
    }
    page.push_str("</table>");
}

fn button(page: &mut String, path: &str, label: &str) {
    let _ = write!(
        page,
        "<form method=post action=\"{}\"><button>{}</button></form> ",
        escape(&path.replace('+', "%2B")),
        escape(label),
    );
}

fn on(flag: bool) -> &'static str {
    if flag { "on" } else { "off" }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
