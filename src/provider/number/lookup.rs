//! Looking a number up, by its digits or by its SIM.

use crate::context::Context;
use crate::joonto::{Error, Found, Iccid, Lookup, NumberClass, Source};
use crate::provider::diagnostics::reads;
use crate::provider::provider_data::ProviderData;
use crate::terraform::resource::Failure;

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

/// Refuses a number whose SIM carries another one: somebody swapped it elsewhere. A new number in
/// its place would be wrong, and so would forgetting the one on the SIM.
pub(super) async fn refuse_moved_sim(
    data: &ProviderData,
    sim: Option<&str>,
    name: &str,
    context: &Context,
) -> Result<(), Failure> {
    let Some(Ok(iccid)) = sim.map(Iccid::parse) else {
        return Ok(());
    };
    let lookup = Lookup::Sim(iccid);
    let found = look_up(data, &lookup, context)
        .await
        .map_err(|error| reads::unreadable(&format!("{lookup}, which was {name}"), &error))?;
    let Found::Record(record, _) = found else {
        return Ok(());
    };
    match record.number.as_ref() {
        Some(now) if now.as_str() != name && record.class() != NumberClass::Gone => {
            Err(reads::moved_sim(name, now).into())
        }
        _ => Ok(()),
    }
}
