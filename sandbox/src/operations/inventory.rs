//! `GET /v1.0/numbers/inventory`

use serde_json::{Value, json};

use super::{IncomingCall, Operation, OperationResult, views};
use crate::contract::{Field, Format, Given, request};
use crate::reply::Reply;
use crate::store::numbers::NumberStatus;
use crate::switches::PageShift;

request! {
    /// Which page of which numbers.
    InventoryRequest {
        page_number: Given<String> = Field::named("PageNumber").format(Format::Page);
        filter: Given<String> = Field::named("Filter");
        total_numbers_requested: Given<i64> = Field::named("TotalNumbersRequested");
    }
}

pub(super) struct Inventory;

impl Operation for Inventory {
    const NAME: &'static str = "inventory";
    const METHOD: &'static str = "GET";
    const PATH: &'static str = "/v1.0/numbers/inventory";
    type Request = InventoryRequest;

    fn run(call: &mut IncomingCall<'_>, request: InventoryRequest) -> OperationResult {
        let page: usize = request
            .page_number
            .value()
            .and_then(|page| page.parse().ok())
            .unwrap_or(1);
        let filter = request.filter.into_value().unwrap_or_else(|| "All".into());
        if call.world.switches.pages_shift && page > 1 {
            call.world.buy_behind_the_scenes(&call.account_key);
        }
        let owner = listed_owner(call);
        shift(call, page, &owner);
        let listed = listed(call, &owner, &filter);
        let size = call.world.switches.page_size.max(1);
        let first = if call.world.switches.page_ignored {
            0
        } else {
            (page - 1).saturating_mul(size)
        };
        let mut items: Vec<Value> = Vec::new();
        for (place, line) in listed.iter().enumerate().skip(first).take(size) {
            let Some(mut number) = call.read(&line.number) else {
                continue;
            };
            if let Some(twin) = &line.twin {
                number.number.clone_from(twin);
                number.tnid.push('f');
            }
            items.push(views::inventory_item(&number, place, &call.world.switches));
        }
        let total = match call.world.switches.total_counts_page {
            true => items.len(),
            false => listed.len(),
        };
        let account_id = call
            .world
            .store
            .accounts
            .by_key(&owner)
            .map(|owner| owner.credentials.account_id.clone());
        Ok(Reply::json(
            200,
            &json!({
                "AccountId": account_id,
                "TotalResults": total as i64 + call.world.switches.total_off_by,
                "PageNumber": page,
                "Filter": filter,
                "PhoneNumbers": items,
            }),
        ))
    }
}

fn listed_owner(call: &IncomingCall<'_>) -> String {
    let accounts = &call.world.store.accounts;
    let other = accounts
        .all()
        .iter()
        .find(|distributor| distributor.key() != call.account_key);
    match other {
        Some(other) if call.world.switches.inventory_of_other_account => other.key().to_owned(),
        _ => call.account_key.clone(),
    }
}

/// By switch, the inventory changes just before this page is read.
fn shift(call: &mut IncomingCall<'_>, page: usize, owner: &str) {
    let world = &mut *call.world;
    let Some(shift) = &mut world.switches.page_shift else {
        return;
    };
    if shift.before != page {
        return;
    }
    let PageShift { purge, buy, .. } = *shift;
    if let Some(times) = &mut shift.times {
        *times = times.saturating_sub(1);
        if *times == 0 {
            world.switches.page_shift = None;
        }
    }
    if buy {
        world.buy_behind_the_scenes(owner);
    }
    let mut own = world.store.numbers.iter();
    let first = own.find(|number| number.account_key == owner && number.hidden.is_none());
    let first = first.map(|number| number.number.clone());
    drop(own);
    if let Some(first) = first.filter(|_| purge) {
        // It does not go back on sale: a test would meet it again as another number.
        world.store.numbers.remove(&first);
        world.ledger.change(0, "purge", &first);
    }
}

/// A line of the inventory: a number, or its twin that nobody bought.
struct InventoryLine {
    number: String,
    twin: Option<String>,
}

/// What the inventory lists, oldest first: what lags is left out, what nobody bought is put in.
fn listed(call: &mut IncomingCall<'_>, owner: &str, filter: &str) -> Vec<InventoryLine> {
    let now = call.now;
    let switches = &call.world.switches;
    if switches.numbers_invisible {
        return Vec::new();
    }
    for number in call.world.store.numbers.iter_mut() {
        if number.account_key == owner
            && number.hidden.as_mut().is_some_and(|wait| !wait.holds(now))
        {
            number.hidden = None;
        }
    }
    let only_account = switches.inventory_of_one_account.then(|| {
        let distributor = call.world.store.accounts.by_key(owner);
        distributor.map(|owner| owner.credentials.account_id.clone())
    });
    let only_account = only_account.flatten();
    let live_only = filter == "Active";
    let shown = call
        .world
        .store
        .numbers
        .iter()
        .filter(|number| number.account_key == owner && number.hidden.is_none())
        .filter(|number| !switches.hidden_numbers.contains(&number.number))
        .filter(|number| {
            let account = only_account.as_ref();
            account.is_none_or(|account| *account == number.account_id)
        })
        .map(|number| (number, number.shown(now)))
        .filter(|(_, shown)| shown.is_owned() || !(live_only || switches.cancelled_is_gone))
        .filter(|(_, shown)| !live_only || shown.status != NumberStatus::Parked)
        .map(|(number, _)| number);
    let mut lines = Vec::new();
    for number in shown {
        if number.twin.is_some() {
            lines.push(InventoryLine {
                number: number.number.clone(),
                twin: number.twin.clone(),
            });
        }
        lines.push(InventoryLine {
            number: number.number.clone(),
            twin: None,
        });
    }
    if switches.pages_shift {
        // Newest first, so that a new number moves all others on by one.
        lines.reverse();
    }
    lines
}
