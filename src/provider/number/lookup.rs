//! Looking a number up, by its digits or by its SIM.

use super::resource::{NumberCall, NumberResource};
use crate::context::Context;
use crate::joonto::{E164, Error, Found, Iccid, Lookup, NumberClass, Source};
use crate::provider::diagnostics::{purchase as texts, reads};
use crate::provider::provider_data::ProviderData;
use crate::terraform::Diagnostic;
use crate::terraform::resource::Stored;

/// What the API tells of one number, for a refresh or an import, with all others that are read at
/// the same time.
///
/// Every read of the kind comes through here. The reads that follow a change do not: they need
/// what the API tells at that moment.
pub(in crate::provider) async fn look_up(
    data: &ProviderData,
    lookup: &Lookup,
    context: &Context,
) -> Result<Found, Error> {
    match lookup {
        Lookup::Number(number) => data.cache.number(number, context).await,
        Lookup::Sim(_) => {
            let record = data.client.details(lookup, context).await?;
            Ok(record.map_or(Found::Missing, |record| {
                Found::Record(Box::new(record), Source::Details)
            }))
        }
    }
}

/// Notes that a number is read, and warns if another resource of the state holds it too.
pub(super) fn note_read(e164: &E164, call: &NumberCall<'_>) {
    let purchases = &call.data.purchases;
    purchases.handed().note_read(e164);
    if purchases.handed().is_held_twice(e164) {
        call.warn_with(texts::held_twice(e164.as_str()));
    }
}

/// Refuses a number whose SIM carries another one: somebody swapped it elsewhere. A new number in
/// its place would be wrong, and so would forgetting the one on the SIM.
pub(super) async fn refuse_moved_sim(
    number: &Stored<NumberResource>,
    name: &str,
    call: &NumberCall<'_>,
) -> Result<(), Diagnostic> {
    let sim = number.object.iccid.as_str();
    let sim = sim.or(number.private.sim.as_deref());
    let Some(Ok(iccid)) = sim.map(Iccid::parse) else {
        return Ok(());
    };
    let lookup = Lookup::Sim(iccid);
    let found = look_up(&call.data, &lookup, &call.context)
        .await
        .map_err(|error| reads::unreadable(&format!("{lookup}, which was {name}"), &error))?;
    let Found::Record(record, _) = found else {
        return Ok(());
    };
    match record.number.as_ref() {
        Some(now) if now.as_str() != name && record.class() != NumberClass::Gone => {
            Err(reads::moved_sim(name, now))
        }
        _ => Ok(()),
    }
}
