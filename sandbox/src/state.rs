//! The state file: what a restart keeps. Tokens, faults and switches are not in it.

use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::ids::Ids;
use crate::ledger::{LedgerEntry, Purchase, Request};
use crate::store::Store;
use crate::world::World;

/// So many of the last requests are kept.
const REQUESTS_KEPT: usize = 1_000;

/// What the file holds.
#[derive(Deserialize, Serialize)]
pub(crate) struct Saved {
    ids: Ids,
    clock_offset: time::Duration,
    store: Store,
    requests: Vec<Request>,
    orders: Vec<Purchase>,
    changes: Vec<LedgerEntry>,
}

/// Reads a state file into a world; false where there is none yet.
pub(crate) fn load(world: &mut World, path: &Path) -> anyhow::Result<bool> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let saved: Saved = serde_json::from_slice(&text)
        .with_context(|| format!("{} is not a sandbox's state file", path.display()))?;
    world
        .clock
        .set(time::OffsetDateTime::now_utc() + saved.clock_offset);
    world.ids = saved.ids;
    world.store = saved.store;
    world.ledger.requests = saved.requests;
    world.ledger.orders = saved.orders;
    world.ledger.changes = saved.changes;
    world.ledger.resume();
    Ok(true)
}

/// A copy of what must be kept, if anything has changed since it was last asked for.
pub(crate) fn changed(world: &mut World) -> Option<Saved> {
    if !std::mem::take(&mut world.dirty) {
        return None;
    }
    let first = world.ledger.requests.len().saturating_sub(REQUESTS_KEPT);
    Some(Saved {
        ids: world.ids.clone(),
        clock_offset: world.clock.offset(),
        store: world.store.clone(),
        requests: world.ledger.requests[first..].to_vec(),
        orders: world.ledger.orders.clone(),
        changes: world.ledger.changes.clone(),
    })
}

/// Writes the file beside its place and moves it there, so that no reader finds half of it.
pub(crate) fn write(path: &Path, saved: &Saved) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, serde_json::to_vec(saved)?)?;
    std::fs::rename(&beside, path)
}
