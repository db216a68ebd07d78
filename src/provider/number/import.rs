//! Importing: a number that exists already, by its digits or by its SIM.

use super::columns::store_record;
use super::deletion_policy::DeletionPolicy;
use super::first_read::FirstRead;
use super::lookup::{look_up, note_read};
use super::model::NumberModel;
use super::private::NumberPrivate;
use super::resource::{NumberCall, NumberResource};
use crate::joonto::{
    Age, E164, Found, Iccid, Inventory, Lookup, NumberClass, NumberRecord, Source,
};
use crate::provider::diagnostics::reads;
use crate::provider::flatten::UnsetFields;
use crate::terraform::resource::{Failure, ReadResult, Stored};
use crate::terraform::{Attr, Diagnostic};

/// How many pages of the inventory are read for what only it tells.
const PAGES: u32 = 20;

/// The object that `id` names, for the read that follows to fill.
pub(super) fn import(id: &str) -> Result<Stored<NumberResource>, Diagnostic> {
    let mut number = NumberModel {
        deletion_policy: DeletionPolicy::default().word().into(),
        ..NumberModel::default()
    };
    let id = id.trim();
    if let Some(iccid) = id.strip_prefix("iccid:") {
        let iccid = Iccid::parse(iccid.trim()).map_err(|_| reads::import_id_invalid(id))?;
        number.iccid = iccid.digits().into();
    } else {
        if is_without_country_code(id) {
            return Err(reads::import_id_invalid(id));
        }
        let e164 = E164::parse(id).map_err(|_| reads::import_id_invalid(id))?;
        number.phone_number_assigned = e164.as_str().into();
        number.id = Attr::Known(e164.to_string());
    }
    Ok(Stored {
        object: number,
        private: NumberPrivate {
            imported: true,
            ..NumberPrivate::default()
        },
    })
}

/// Reads a number that is being imported, for the first time: everything that the API returns.
pub(super) async fn read(
    mut number: NumberModel,
    call: &NumberCall<'_>,
) -> Result<ReadResult<NumberResource>, Failure> {
    let by_number = number.phone_number_assigned.as_str().map(E164::parse);
    let by_sim = number.iccid.as_str().map(Iccid::parse);
    let lookup = match (by_number, by_sim) {
        (Some(Ok(e164)), _) => Lookup::Number(e164),
        (_, Some(Ok(iccid))) => Lookup::Sim(iccid),
        _ => return Ok(ReadResult::Removed),
    };
    let (data, context) = (&call.data, &call.context);
    let what = lookup.to_string();
    let found = look_up(data, &lookup, context)
        .await
        .map_err(|error| reads::unreadable(&what, &error))?;
    let inventory = || data.cache.inventory(Age::Recent, PAGES, context);
    let mut first_read = FirstRead::default();
    let mut is_unlisted = false;
    let record = match found {
        Found::Record(record, _) if record.class() == NumberClass::Gone => {
            let status = record.status.unwrap_or_default();
            return Err(reads::import_of_ended(&what, &status).into());
        }
        Found::Record(record, source) if record.number.is_some() => {
            first_read.learn(&record, source);
            *record
        }
        _ => {
            let inventory = inventory().await.ok();
            return Err(reads::import_of_unknown(&lookup, inventory.as_ref()).into());
        }
    };
    if let Some(e164) = &record.number {
        note_read(e164, call);
    }
    store_record(&mut number, &record, UnsetFields::Fill);
    if is_wanting(&number) {
        match inventory().await {
            Ok(inventory) => match listed(&inventory, record.number.as_ref()) {
                Some(listed) => {
                    first_read.learn(listed, Source::Inventory);
                    // Where both return something to compare, details are the newer.
                    let number_type = number.number_type.clone();
                    store_record(&mut number, listed, UnsetFields::Fill);
                    store_record(&mut number, &record, UnsetFields::Fill);
                    if number_type.is_known() {
                        number.number_type = number_type;
                    }
                }
                None => is_unlisted = inventory.is_complete,
            },
            // A ready token is good for one endpoint.
            Err(error) => call.warn_with(reads::import_incomplete(&what, &error)),
        }
    }
    let fingerprint = data.client.fingerprint();
    number.account_fingerprint = Attr::Known(fingerprint.to_string());
    let private = NumberPrivate {
        sim: record.iccid().map(|iccid| iccid.digits().to_owned()),
        first_read,
        is_unlisted,
        ..NumberPrivate::of(&number)
    };
    Ok(ReadResult::Present(Stored {
        object: number,
        private,
    }))
}

/// Whether the inventory may return more: the product, and the ids that configurations use.
fn is_wanting(number: &NumberModel) -> bool {
    let voice_route = number.voice_route_id.as_str();
    number.product_type.is_null()
        || number.assigned_subscriber_id.is_null()
        || voice_route.is_some_and(|id| !id.starts_with("CRID-"))
}

/// The record of a number in the inventory.
fn listed<'a>(inventory: &'a Inventory, number: Option<&E164>) -> Option<&'a NumberRecord> {
    let mut records = inventory.numbers.iter();
    records.find(|listed| listed.number.is_some() && listed.number.as_ref() == number)
}

/// Ten digits, which is how people write a US number. With a plus before them they would name a
/// number elsewhere in the world.
fn is_without_country_code(id: &str) -> bool {
    !id.starts_with('+') && id.chars().filter(char::is_ascii_digit).count() == 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sims_can_be_imported() {
        let by_number = import("+18016025346").expect("a number");
        assert_eq!(
            by_number.object.phone_number_assigned.as_str(),
            Some("+18016025346")
        );
        let by_sim = import("iccid:8901240397190195850F").expect("a SIM");
        assert_eq!(by_sim.object.iccid.as_str(), Some("8901240397190195850"));
        for stored in [by_number, by_sim] {
            assert!(stored.private.imported);
            assert_eq!(stored.object.deletion_policy.as_str(), Some("cancel"));
        }
    }

    #[test]
    fn other_ids_are_refused_with_both_forms() {
        for id in [
            "",
            "iccid:",
            "iccid:12",
            "NID-8bdf915a",
            "+1",
            "8016025346",
            "(801) 602-5346",
        ] {
            let error = import(id).expect_err(id);
            assert!(error.detail().contains("iccid:8901240397190195850"));
        }
    }
}
