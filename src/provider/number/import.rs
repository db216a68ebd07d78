//! Importing: a number that exists already, by its digits or by its SIM.

use super::NumberResource;
use super::first_read::FirstRead;
use super::object::{DeletionPolicy, Number, Private};
use super::read::look_up;
use super::refresh::{Unset, refresh};
use crate::joonto::{
    Age, E164, Found, Iccid, Inventory, Lookup, NumberClass, NumberRecord, Source, Told,
};
use crate::provider::account::Connection;
use crate::provider::diagnostics::{purchase as texts, reads, shown};
use crate::terraform::resource::{Call, Failure, Reading, Stored};
use crate::terraform::{Attr, Diagnostic};
use crate::wait::Waits;

/// How many pages of the inventory are read for what only it tells.
const PAGES: u32 = 20;

/// The object that `id` names, for the read that follows to fill.
pub(super) fn import(id: &str) -> Result<Stored<NumberResource>, Diagnostic> {
    let mut number = Number {
        deletion_policy: DeletionPolicy::default().word().into(),
        ..Number::default()
    };
    let id = id.trim();
    if let Some(iccid) = id.strip_prefix("iccid:") {
        let iccid = Iccid::parse(iccid.trim()).map_err(|_| malformed(id))?;
        number.iccid = iccid.digits().into();
    } else {
        if is_without_country_code(id) {
            return Err(malformed(id));
        }
        let e164 = E164::parse(id).map_err(|_| malformed(id))?;
        number.phone_number_assigned = e164.as_str().into();
        number.id = Attr::Known(e164.to_string());
    }
    Ok(Stored {
        object: number,
        private: Private {
            imported: true,
            ..Private::default()
        },
    })
}

/// Reads a number that is being imported, for the first time: everything that is told of it.
pub(super) async fn read(
    connection: &Connection,
    mut number: Number,
    call: &Call<NumberResource>,
    waits: &Waits,
) -> Result<Reading<NumberResource>, Failure> {
    let by_number = number.phone_number_assigned.as_str().map(E164::parse);
    let by_sim = number.iccid.as_str().map(Iccid::parse);
    let lookup = match (by_number, by_sim) {
        (Some(Ok(e164)), _) => Lookup::Number(e164),
        (_, Some(Ok(iccid))) => Lookup::Sim(iccid),
        _ => return Ok(Reading::Gone),
    };
    let what = lookup.to_string();
    let found = look_up(connection, &lookup, waits)
        .await
        .map_err(|error| reads::unreadable(&what, &error))?;
    let inventory = || connection.fleet.inventory(Age::Recent, PAGES, waits);
    let mut first_read = FirstRead::default();
    let mut is_unlisted = false;
    let mut record = match found {
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
        let purchases = &connection.purchases;
        purchases.note_read(e164);
        if purchases.is_held_twice(e164) {
            call.warn_with(texts::held_twice(e164.as_str()));
        }
    }
    if is_wanting(&record) {
        match inventory().await {
            Ok(inventory) => {
                let is_listed = complete(&mut record, &inventory, &mut first_read);
                is_unlisted = !is_listed && inventory.is_complete;
            }
            // A ready token is good for one endpoint.
            Err(error) => call.warn(
                format!("Some of {what} could not be imported"),
                format!(
                    "Only the inventory tells the product_type of {what}, and its subscriber and \
                     voice route by the ids that configurations use, and it could not be read: \
                     {error}. What is missing is left unset; if the configuration sets it, the next \
                     apply sends it again, which changes nothing."
                ),
            ),
        }
    }
    refresh(&mut number, &record, Unset::Fill);
    let fingerprint = connection.client.fingerprint();
    number.account_fingerprint = Attr::Known(fingerprint.to_string());
    let private = Private {
        sim: record.iccid().map(|iccid| iccid.digits().to_owned()),
        first_read,
        is_unlisted,
        ..Private::of(&number)
    };
    Ok(Reading::Present(Stored {
        object: number,
        private,
    }))
}

/// Whether the inventory may tell more.
fn is_wanting(record: &NumberRecord) -> bool {
    record.product_type.is_none()
        || !is_comparable(record.assigned_subscriber_id.as_ref())
        || matches!(&record.voice_route_id, Told::Value(id) if !id.starts_with("CRID-"))
}

/// Adds what the inventory alone tells, or tells in words that can be compared. Returns whether
/// the inventory lists the number.
fn complete(record: &mut NumberRecord, inventory: &Inventory, first_read: &mut FirstRead) -> bool {
    let listed = inventory
        .numbers
        .iter()
        .find(|listed| listed.number.is_some() && listed.number == record.number);
    let Some(listed) = listed else {
        return false;
    };
    first_read.learn(listed, Source::Inventory);
    if record.product_type.is_none() {
        record.product_type.clone_from(&listed.product_type);
    }
    if matches!(&listed.voice_route_id, Told::Value(id) if id.starts_with("CRID-")) {
        record.voice_route_id.clone_from(&listed.voice_route_id);
    }
    let subscriber = listed.assigned_subscriber_id.as_ref();
    if !is_comparable(record.assigned_subscriber_id.as_ref()) && is_comparable(subscriber) {
        record.assigned_subscriber_id = subscriber.cloned();
    }
    true
}

/// Whether a subscriber is told by the kind of id that configurations name it by.
fn is_comparable(subscriber: Option<&String>) -> bool {
    subscriber.is_some_and(|id| id.starts_with("TSUID-"))
}

/// Ten digits, which is how people write a US number. With a plus before them they would name a
/// number elsewhere in the world.
fn is_without_country_code(id: &str) -> bool {
    !id.starts_with('+') && id.chars().filter(char::is_ascii_digit).count() == 10
}

fn malformed(id: &str) -> Diagnostic {
    Diagnostic::error(
        "Not an import id of a number",
        format!(
            "{} names no number. Import a joonto_number by its E.164 number with the country \
             code, such as \"+18016025346\", or by its SIM, such as \"iccid:8901240397190195850\".",
            shown(id)
        ),
    )
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
