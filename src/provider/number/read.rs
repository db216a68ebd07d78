//! Reading a number: what became of it since it was last looked at.

use super::columns::store_record;
use super::first_read::Sameness;
use super::import;
use super::lookup::{note_read, refuse_moved_sim};
use super::model::NumberModel;
use super::private::NumberPrivate;
use super::resource::{NumberCall, NumberResource};
use crate::joonto::{
    E164, Error, ListedIn, Lookup, NumberRecord, OrderClass, Presence, Source, Subject,
};
use crate::provider::diagnostics::{purchase as texts, reads, stops};
use crate::provider::flatten::UnsetFields;
use crate::provider::provider_data::ProviderData;
use crate::provider::purchase::{day_before, purchase_date};
use crate::terraform::resource::{Failure, ReadResult, Stored};
use crate::terraform::{Attr, Diagnostic};
use time::OffsetDateTime;

/// Reads the number again.
pub(super) async fn read(
    current: Stored<NumberResource>,
    call: &NumberCall<'_>,
) -> Result<ReadResult<NumberResource>, Failure> {
    let purchases = &call.data.purchases;
    if let Some(name) = &current.private.purchase {
        purchases.note_held(name).await;
    }
    purchases.load_open(&call.context).await;
    let open = purchases.warn_of_open();
    let handed = purchases.handed().problem();
    let warnings = open.as_ref().map(stops::purchases_open).into_iter();
    for warning in warnings.chain(handed.as_deref().map(texts::plan_not_shared)) {
        call.warn_with(warning);
    }
    if current.private.imported {
        return import::read(current.object, call).await;
    }
    match current.object.e164() {
        Some(e164) => read_number(current, e164, call).await,
        None => read_pending(current, call).await,
    }
}

async fn read_number(
    current: Stored<NumberResource>,
    e164: E164,
    call: &NumberCall<'_>,
) -> Result<ReadResult<NumberResource>, Failure> {
    let name = e164.as_str();
    note_read(&e164, call);
    let subject = subject(&current, e164.clone(), &call.data);
    let presence = call.data.cache.presence(&subject, &call.context).await;
    let (record, source) = match presence.map_err(|error| reads::unreadable(name, &error))? {
        Presence::There(record, source) => (record, source),
        Presence::Contradicted(record, source) => {
            call.warn_with(reads::disagree(name, source == Source::Details));
            (record, source)
        }
        absent => return not_there(current, name, absent, call).await,
    };
    refuse_another(&current.private, &record, source, name, call).await?;
    call.data.purchases.handed().note_seen(&e164);
    Ok(found(current, &record, source, call))
}

/// No read shows the number as live: what that proves decides.
async fn not_there(
    current: Stored<NumberResource>,
    name: &str,
    presence: Presence,
    call: &NumberCall<'_>,
) -> Result<ReadResult<NumberResource>, Failure> {
    recorded_account(&current.object, &call.data)?;
    let warning = match presence {
        Presence::Ended(record) => {
            let status = record.status.unwrap_or_default();
            call.warn_with(reads::ended(name, &status));
            return Ok(ReadResult::Removed);
        }
        Presence::Gone => {
            refuse_moved_sim(&current, name, call).await?;
            call.warn_with(reads::gone(name));
            return Ok(ReadResult::Removed);
        }
        Presence::Unproved(why) => return Err(reads::unproved(name, &why).into()),
        Presence::TooMany(misses) => return Err(reads::too_many(name, &misses).into()),
        Presence::Unconfirmed(why) => reads::unconfirmed(name, &why),
        Presence::Young | Presence::There(..) | Presence::Contradicted(..) => reads::young(name),
    };
    call.warn_with(warning);
    Ok(present(current))
}

/// The number is there: written down as the record tells it.
fn found(
    current: Stored<NumberResource>,
    record: &NumberRecord,
    source: Source,
    call: &NumberCall<'_>,
) -> ReadResult<NumberResource> {
    let kept = current.object;
    let mut number = kept.clone();
    store_record(&mut number, record, UnsetFields::Fill);
    // Credentials that see the number own it, even if others bought it.
    let fingerprint = call.data.client.fingerprint();
    number.account_fingerprint = Attr::Known(fingerprint.to_string());
    let mut private = current.private.renewed(&number);
    // The state holds the number, and the number is the one that was bought.
    private.purchase = None;
    private.bought_at = None;
    private.first_read.learn(record, source);
    private.is_unlisted &= source == Source::Details;
    let now = call.context.clock().utc();
    if let Some(unshown) = private.unshown_name.take() {
        private.unshown_name = unshown.correct(&kept, &mut number, record, now);
    }
    if let Some(stale_reads) = private.stale_reads.take() {
        private.stale_reads = stale_reads.correct(&kept, &mut number, now);
    }
    if let Some(iccid) = record.iccid() {
        private.sim = Some(iccid.digits().to_owned());
    }
    ReadResult::Present(Stored {
        object: number,
        private,
    })
}

/// A number bought with an order that was not complete when last seen.
async fn read_pending(
    mut current: Stored<NumberResource>,
    call: &NumberCall<'_>,
) -> Result<ReadResult<NumberResource>, Failure> {
    let Some(id) = current.object.order() else {
        // Nothing to ask by: only the user can know what this is.
        call.warn_with(reads::nothing_to_read_by());
        return Ok(present(current));
    };
    let order = match call.data.client.order(&id, &call.context).await {
        Ok(order) => order,
        Err(error) if error.is_not_found() => {
            same_account(&current.object, &call.data)?;
            call.warn_with(reads::order_not_visible(&id));
            return Ok(present(current));
        }
        Err(error) => return Err(reads::unreadable(&current.object.name(), &error).into()),
    };
    if let Some(status) = &order.order_status {
        current.object.order_status = Attr::Known(status.clone());
    }
    match order.class() {
        OrderClass::GoingOn => Ok(present(current)),
        OrderClass::Failed => {
            let message = order.status_message.as_deref();
            call.warn_with(reads::order_failed_later(&id, message));
            Ok(ReadResult::Removed)
        }
        OrderClass::Done => {
            let Some(e164) = order.numbers.into_iter().next() else {
                return Ok(present(current));
            };
            let purchases = &call.data.purchases;
            let record = current.private.purchase.as_deref();
            if purchases.is_in_use(&e164, record).await {
                let order = format!("order {id}");
                call.warn_with(texts::order_names_another(&order, &e164));
                return Ok(present(current));
            }
            purchases.note_in_state(Some(e164.as_str()), None).await;
            current.object.id = e164.as_str().into();
            current.object.phone_number_assigned = e164.as_str().into();
            // It is young from now on: it may not be visible yet.
            let now = call.data.client.server_time();
            current.private.named_at = Some(now.unix_timestamp());
            read_number(current, e164, call).await
        }
    }
}

fn present(current: Stored<NumberResource>) -> ReadResult<NumberResource> {
    let Stored { object, private } = current;
    let private = NumberPrivate {
        // The state holds the order.
        purchase: None,
        ..private.renewed(&object)
    };
    ReadResult::Present(Stored { object, private })
}

/// What decides whether a miss of the number proves anything.
pub(super) fn subject(stored: &Stored<NumberResource>, e164: E164, data: &ProviderData) -> Subject {
    let account = data.account_of(stored.object.account_id.as_str());
    Subject {
        number: e164,
        named_at: stored.private.named_at(),
        listed_in: match account {
            _ if stored.private.is_unlisted => ListedIn::Another,
            Some(account) => ListedIn::Account(account),
            None => ListedIn::Any,
        },
    }
}

/// Refuses a record of another number with the same digits.
pub(super) async fn refuse_another(
    private: &NumberPrivate,
    record: &NumberRecord,
    source: Source,
    name: &str,
    call: &NumberCall<'_>,
) -> Result<(), Diagnostic> {
    refuse_older_number(private, record, name)?;
    let (first, named_at) = (&private.first_read, private.named_at());
    let one = (record, source);
    let mut sameness = first.compare(one, None, named_at);
    if sameness == Sameness::NeedsOther && !first.is_empty() {
        let other = other_record(record, source, call).await;
        let other = other.map_err(|error| reads::unreadable(name, &error))?;
        let other = other.as_ref().map(|(record, source)| (&**record, *source));
        sameness = first.compare(one, other, named_at);
    }
    match sameness {
        Sameness::Another => Err(reads::somebody_elses(name)),
        Sameness::Same | Sameness::NeedsOther => Ok(()),
    }
}

/// The number's record at the other endpoint than `source`, if that shows it.
async fn other_record(
    record: &NumberRecord,
    source: Source,
    call: &NumberCall<'_>,
) -> Result<Option<(Box<NumberRecord>, Source)>, Error> {
    let Some(number) = &record.number else {
        return Ok(None);
    };
    let ProviderData { client, cache, .. } = &call.data;
    Ok(match source {
        Source::Details => {
            let listed = cache.listed(number, &call.context).await?;
            listed.map(|record| (record, Source::Inventory))
        }
        Source::Inventory => {
            let lookup = Lookup::Number(number.clone());
            let details = client.details(&lookup, &call.context).await?;
            details.map(|record| (Box::new(record), Source::Details))
        }
    })
}

/// Refuses to touch a number with other credentials than those it was bought with, or last seen
/// with: to another account it never was there.
pub(super) fn same_account(number: &NumberModel, data: &ProviderData) -> Result<(), Diagnostic> {
    let ours = data.client.fingerprint();
    match number.account_fingerprint.as_str() {
        Some(theirs) if theirs != ours.as_str() => {
            Err(reads::another_account(&number.name(), theirs, &ours))
        }
        _ => Ok(()),
    }
}

/// Refuses to believe a miss unless the credentials are certainly those that would see the number.
fn recorded_account(number: &NumberModel, data: &ProviderData) -> Result<(), Diagnostic> {
    match number.account_fingerprint.as_str() {
        Some(_) => same_account(number, data),
        None => Err(reads::account_unknown(&number.name())),
    }
}

/// A number that was bought before its order was placed is somebody else's: the API named it by
/// mistake. Checked until a read agrees.
fn refuse_older_number(
    private: &NumberPrivate,
    record: &NumberRecord,
    name: &str,
) -> Result<(), Diagnostic> {
    let bought_at = private
        .bought_at
        .and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    match (bought_at, purchase_date(record)) {
        (Some(at), Some(date)) if date < day_before(at) => {
            let shown = record.original_date_purchased.as_deref();
            Err(texts::older_than_purchase(name, shown.unwrap_or_default()))
        }
        _ => Ok(()),
    }
}
