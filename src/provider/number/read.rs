//! Reading a number: what became of it since it was last looked at.

use super::columns::store_record;
use super::first_read::Sameness;
use super::import;
use super::lookup::refuse_moved_sim;
use super::model::NumberModel;
use super::private::NumberPrivate;
use super::resource::NumberResource;
use crate::context::Context;
use crate::joonto::{
    E164, Error, ListedIn, Lookup, NumberRecord, OrderClass, Presence, Source, Subject,
};
use crate::provider::diagnostics::{purchase as texts, reads, stops};
use crate::provider::flatten::UnsetFields;
use crate::provider::provider_data::ProviderData;
use crate::provider::purchase::{day_before, purchase_date};
use crate::terraform::resource::{Failure, ReadResult, ResourceInvocation, Stored};
use crate::terraform::{Attr, Diagnostic};
use time::OffsetDateTime;

/// Reads the number again.
pub(super) async fn read(
    data: &ProviderData,
    current: Stored<NumberResource>,
    call: &ResourceInvocation<NumberResource>,
) -> Result<ReadResult<NumberResource>, Failure> {
    let Stored {
        object: number,
        private,
    } = current;
    let context = call.context().within(number.read_timeout());
    let purchases = &data.purchases;
    if let Some(name) = &private.purchase {
        purchases.note_held(name).await;
    }
    purchases.load_open(&context).await;
    let open = purchases.warn_of_open();
    let handed = purchases.handed_problem();
    let warnings = open.as_ref().map(stops::purchases_open).into_iter();
    for warning in warnings.chain(handed.as_deref().map(texts::plan_not_shared)) {
        call.warn_with(warning);
    }
    if private.imported {
        return import::read(data, number, call, &context).await;
    }
    let e164 = number.e164();
    let reader = Reader {
        data,
        call,
        context,
        private,
    };
    match e164 {
        Some(e164) => reader.read_number(number, e164).await,
        None => reader.read_pending(number).await,
    }
}

struct Reader<'a> {
    data: &'a ProviderData,
    call: &'a ResourceInvocation<NumberResource>,
    context: Context,
    /// What is kept beside the number.
    private: NumberPrivate,
}

impl Reader<'_> {
    async fn read_number(
        self,
        number: NumberModel,
        e164: E164,
    ) -> Result<ReadResult<NumberResource>, Failure> {
        let name = e164.to_string();
        self.data.purchases.note_read(&e164);
        if self.data.purchases.is_held_twice(&e164) {
            self.call.warn_with(texts::held_twice(&name));
        }
        let subject = subject(&number, &self.private, e164, self.data);
        let presence = self.data.cache.presence(&subject, &self.context).await;
        let presence = presence.map_err(|error| reads::unreadable(&name, &error))?;
        let (record, source) = match presence {
            Presence::There(record, source) => (record, source),
            Presence::Contradicted(record, source) => {
                let by_details = source == Source::Details;
                self.call.warn_with(reads::disagree(&name, by_details));
                (record, source)
            }
            absent => return self.not_there(number, &name, absent).await,
        };
        let known = KnownNumber::new(&self.private, self.data, &self.context);
        known.refuse_another(&record, source, &name).await?;
        self.data.purchases.note_seen(&subject.number);
        Ok(self.found(number, &record, source))
    }

    /// No read shows the number as live: what that proves decides.
    async fn not_there(
        self,
        number: NumberModel,
        name: &str,
        presence: Presence,
    ) -> Result<ReadResult<NumberResource>, Failure> {
        recorded_account(&number, self.data)?;
        let warning = match presence {
            Presence::Ended(record) => {
                let status = record.status.unwrap_or_default();
                self.call.warn_with(reads::ended(name, &status));
                return Ok(ReadResult::Removed);
            }
            Presence::Gone => {
                let sim = number.iccid.as_str().or(self.private.sim.as_deref());
                refuse_moved_sim(self.data, sim, name, &self.context).await?;
                self.call.warn_with(reads::gone(name));
                return Ok(ReadResult::Removed);
            }
            Presence::Unproved(why) => return Err(reads::unproved(name, &why).into()),
            Presence::TooMany(misses) => return Err(reads::too_many(name, &misses).into()),
            Presence::Unconfirmed(why) => reads::unconfirmed(name, &why),
            Presence::Young | Presence::There(..) | Presence::Contradicted(..) => {
                reads::young(name)
            }
        };
        self.call.warn_with(warning);
        Ok(self.present(number))
    }

    /// The number is there: written down as the record tells it.
    fn found(
        self,
        kept: NumberModel,
        record: &NumberRecord,
        source: Source,
    ) -> ReadResult<NumberResource> {
        let mut number = kept.clone();
        store_record(&mut number, record, UnsetFields::Fill);
        // Credentials that see the number own it, even if others bought it.
        let fingerprint = self.data.client.fingerprint();
        number.account_fingerprint = Attr::Known(fingerprint.to_string());
        let mut private = self.private.renewed(&number);
        // The state holds the number, and the number is the one that was bought.
        private.purchase = None;
        private.bought_at = None;
        private.first_read.learn(record, source);
        private.is_unlisted &= source == Source::Details;
        let now = self.context.clock().utc();
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
        mut self,
        mut number: NumberModel,
    ) -> Result<ReadResult<NumberResource>, Failure> {
        let Some(id) = number.order() else {
            // Nothing to ask by: only the user can know what this is.
            self.call.warn_with(reads::nothing_to_read_by());
            return Ok(self.present(number));
        };
        let order = match self.data.client.order(&id, &self.context).await {
            Ok(order) => order,
            Err(error) if error.is_not_found() => {
                same_account(&number, self.data)?;
                self.call.warn_with(reads::order_not_visible(&id));
                return Ok(self.present(number));
            }
            Err(error) => return Err(reads::unreadable(&number.name(), &error).into()),
        };
        if let Some(status) = &order.order_status {
            number.order_status = Attr::Known(status.clone());
        }
        match order.class() {
            OrderClass::GoingOn => Ok(self.present(number)),
            OrderClass::Failed => {
                let message = order.status_message.as_deref();
                self.call.warn_with(reads::order_failed_later(&id, message));
                Ok(ReadResult::Removed)
            }
            OrderClass::Done => {
                let Some(e164) = order.numbers.into_iter().next() else {
                    return Ok(self.present(number));
                };
                let record = self.private.purchase.as_deref();
                if self.data.purchases.is_in_use(&e164, record).await {
                    let order = format!("order {id}");
                    self.call
                        .warn_with(texts::order_names_another(&order, &e164));
                    return Ok(self.present(number));
                }
                let purchases = &self.data.purchases;
                purchases.note_in_state(Some(e164.as_str()), None).await;
                number.id = Attr::Known(e164.to_string());
                number.phone_number_assigned = Attr::Known(e164.to_string());
                // It is young from now on: it may not be visible yet.
                let now = self.data.client.server_time();
                self.private.named_at = Some(now.unix_timestamp());
                self.read_number(number, e164).await
            }
        }
    }

    fn present(self, number: NumberModel) -> ReadResult<NumberResource> {
        let private = NumberPrivate {
            // The state holds the order.
            purchase: None,
            ..self.private.renewed(&number)
        };
        ReadResult::Present(Stored {
            object: number,
            private,
        })
    }
}

/// What decides whether a miss of the number proves anything.
pub(super) fn subject(
    number: &NumberModel,
    private: &NumberPrivate,
    e164: E164,
    data: &ProviderData,
) -> Subject {
    let account = data.account_of(number.account_id.as_str());
    Subject {
        number: e164,
        named_at: private.named_at(),
        listed_in: match account {
            _ if private.is_unlisted => ListedIn::Another,
            Some(account) => ListedIn::Account(account),
            None => ListedIn::Any,
        },
    }
}

/// What is known of a number, by which a record of the same digits is compared.
pub(super) struct KnownNumber<'a> {
    private: &'a NumberPrivate,
    data: &'a ProviderData,
    context: &'a Context,
}

impl<'a> KnownNumber<'a> {
    pub(super) fn new(
        private: &'a NumberPrivate,
        data: &'a ProviderData,
        context: &'a Context,
    ) -> Self {
        Self {
            private,
            data,
            context,
        }
    }

    /// Whether there is anything to compare with.
    pub(super) fn is_empty(&self) -> bool {
        self.private.bought_at.is_none() && self.private.first_read.is_empty()
    }

    /// Refuses a record of another number with the same digits.
    pub(super) async fn refuse_another(
        &self,
        record: &NumberRecord,
        source: Source,
        name: &str,
    ) -> Result<(), Failure> {
        refuse_older_number(self.private, record, name)?;
        let (first, named_at) = (&self.private.first_read, self.private.named_at());
        let one = (record, source);
        let mut sameness = first.compare(one, None, named_at);
        if sameness == Sameness::NeedsOther && !first.is_empty() {
            let other = self.other(record, source);
            let other = other
                .await
                .map_err(|error| reads::unreadable(name, &error))?;
            let other = other.as_ref().map(|(record, source)| (&**record, *source));
            sameness = first.compare(one, other, named_at);
        }
        match sameness {
            Sameness::Another => Err(reads::somebody_elses(name).into()),
            Sameness::Same | Sameness::NeedsOther => Ok(()),
        }
    }

    /// The number's record at the other endpoint than `source`, if that shows it.
    async fn other(
        &self,
        record: &NumberRecord,
        source: Source,
    ) -> Result<Option<(Box<NumberRecord>, Source)>, Error> {
        let Some(number) = &record.number else {
            return Ok(None);
        };
        let ProviderData { client, cache, .. } = self.data;
        Ok(match source {
            Source::Details => {
                let listed = cache.listed(number, self.context).await?;
                listed.map(|record| (record, Source::Inventory))
            }
            Source::Inventory => {
                let lookup = Lookup::Number(number.clone());
                let details = client.details(&lookup, self.context).await?;
                details.map(|record| (Box::new(record), Source::Details))
            }
        })
    }
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
) -> Result<(), Failure> {
    let bought_at = private
        .bought_at
        .and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    match (bought_at, purchase_date(record)) {
        (Some(at), Some(date)) if date < day_before(at) => {
            let shown = record.original_date_purchased.as_deref();
            Err(texts::older_than_purchase(name, shown.unwrap_or_default()).into())
        }
        _ => Ok(()),
    }
}
