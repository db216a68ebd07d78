//! Reading a number: what became of it since it was last looked at.

use super::NumberResource;
use super::import;
use super::object::{Number, Private};
use super::refresh::{Unset, refresh};
use crate::joonto::{
    E164, Error, Found, Iccid, Lookup, NumberClass, NumberRecord, OrderClass, OrderId, Source,
};
use crate::provider::account::Connection;
use crate::provider::diagnostics::{purchase as texts, stops};
use crate::provider::explain;
use crate::provider::purchase::{day_before, purchase_date};
use crate::terraform::Attr;
use crate::terraform::resource::{Call, Failure, Reading, Stored};
use crate::wait::Waits;
use time::OffsetDateTime;

/// What the API tells of one number, for a refresh or an import, with all others that are read at
/// the same time.
///
/// Every read of the kind comes through here. The reads that follow a change do not: they need
/// what the API tells at that moment.
pub(in crate::provider) async fn look_up(
    connection: &Connection,
    lookup: &Lookup,
    waits: &Waits,
) -> Result<Found, Error> {
    match lookup {
        Lookup::Number(number) => connection.fleet.number(number, waits).await,
        Lookup::Sim(_) => {
            let record = connection.client.details(lookup, waits).await?;
            Ok(record.map_or(Found::Missing, |record| {
                Found::Record(Box::new(record), Source::Details)
            }))
        }
    }
}

/// Reads the number anew.
pub(super) async fn read(
    connection: &Connection,
    current: Stored<NumberResource>,
    call: &Call<NumberResource>,
) -> Result<Reading<NumberResource>, Failure> {
    let Stored {
        object: number,
        private,
    } = current;
    let waits = call.waits().within(number.read_timeout());
    let purchases = &connection.purchases;
    if let Some(name) = &private.purchase {
        purchases.note_held(name).await;
    }
    purchases.load_open(&waits).await;
    let open = purchases.warn_of_open();
    let handed = purchases.handed_problem();
    let warnings = open.as_ref().map(stops::purchases_open).into_iter();
    for warning in warnings.chain(handed.as_deref().map(texts::plan_not_shared)) {
        call.warn_with(warning);
    }
    if private.imported {
        return import::read(connection, number, call, &waits).await;
    }
    let e164 = number.phone_number_assigned.as_str().map(E164::parse);
    let reader = Reader {
        connection,
        call,
        waits,
        private,
    };
    match e164 {
        Some(Ok(e164)) => reader.read_number(number, e164).await,
        _ => reader.read_pending(number).await,
    }
}

struct Reader<'a> {
    connection: &'a Connection,
    call: &'a Call<NumberResource>,
    waits: Waits,
    /// What is kept beside the number.
    private: Private,
}

impl Reader<'_> {
    async fn read_number(
        self,
        number: Number,
        e164: E164,
    ) -> Result<Reading<NumberResource>, Failure> {
        let name = e164.to_string();
        self.connection.purchases.note_read(&e164);
        if self.connection.purchases.is_held_twice(&e164) {
            self.call.warn_with(texts::held_twice(&name));
        }
        let lookup = Lookup::Number(e164);
        match self.look_up(&lookup, &name).await? {
            Found::Record(record, _) if record.class() == NumberClass::Gone => {
                explain::recorded_account(&number, self.connection)?;
                let status = record.status.unwrap_or_default();
                self.warn_gone(&name, &format!("its status is {status:?}"));
                Ok(Reading::Gone)
            }
            Found::Record(record, _) => {
                refuse_older_number(&self.private, &record, &name)?;
                Ok(self.found(number, &record))
            }
            Found::Missing => {
                explain::recorded_account(&number, self.connection)?;
                let sim = number.iccid.as_str().or(self.private.sim.as_deref());
                refuse_moved_sim(self.connection, sim, &name, &self.waits).await?;
                self.warn_gone(&name, "the API no longer knows it");
                Ok(Reading::Gone)
            }
            Found::Doubtful { .. } => {
                explain::recorded_account(&number, self.connection)?;
                Err(explain::all_missing(&name).into())
            }
        }
    }

    /// The number is there: written down as the record tells it.
    fn found(self, kept: Number, record: &NumberRecord) -> Reading<NumberResource> {
        let mut number = kept.clone();
        refresh(&mut number, record, Unset::Fill);
        // Whoever sees the number owns it, be it by other credentials than it was bought with.
        let fingerprint = self.connection.client.fingerprint();
        number.account_fingerprint = Attr::Known(fingerprint.to_string());
        let mut private = self.private.renewed(&number);
        // The state holds the number, and the number is the one that was bought.
        private.purchase = None;
        private.bought_at = None;
        if let Some(settling) = private.settling.take() {
            let now = self.waits.clock().utc();
            private.settling = settling.settle(&kept, &mut number, now);
        }
        if let Some(iccid) = record.iccid() {
            private.sim = Some(iccid.digits().to_owned());
        }
        Reading::Present(Stored {
            object: number,
            private,
        })
    }

    /// A number bought with an order that was not complete when last seen.
    async fn read_pending(self, mut number: Number) -> Result<Reading<NumberResource>, Failure> {
        let Some(id) = number
            .order_id
            .as_str()
            .and_then(|id| OrderId::parse(id).ok())
        else {
            // Nothing to ask by: only the user can know what this is.
            self.call.warn(
                "A number without number and order",
                "The state holds a joonto_number with neither a phone number nor an order, so it \
                 cannot be read. If you know the number, remove this object with `terraform state \
                 rm` and import the number.",
            );
            return Ok(self.present(number));
        };
        let order = match self.connection.client.order(&id, &self.waits).await {
            Ok(order) => order,
            Err(error) if error.is_not_found() => {
                explain::same_account(&number, self.connection)?;
                self.call.warn(
                    format!("Order {id} is not visible"),
                    format!(
                        "The API does not know order {id} at the moment. It is kept, and asked \
                         again at the next refresh."
                    ),
                );
                return Ok(self.present(number));
            }
            Err(error) => return Err(explain::cannot_read(&number.name(), &error).into()),
        };
        match order.class() {
            OrderClass::GoingOn => {
                if let Some(status) = order.order_status {
                    number.order_status = Attr::Known(status);
                }
                Ok(self.present(number))
            }
            OrderClass::Failed => {
                let why = order
                    .status_message
                    .as_deref()
                    .unwrap_or("without a reason");
                self.call.warn(
                    format!("Order {id} failed"),
                    format!(
                        "The order was pending and has failed since: {why}. No number was bought, \
                         and the object is dropped from the state; the next apply orders anew."
                    ),
                );
                Ok(Reading::Gone)
            }
            OrderClass::Done => {
                if let Some(status) = &order.order_status {
                    number.order_status = Attr::Known(status.clone());
                }
                let Some(e164) = order.numbers.into_iter().next() else {
                    return Ok(self.present(number));
                };
                let record = self.private.purchase.as_deref();
                if self.connection.purchases.is_in_use(&e164, record).await {
                    self.call
                        .warn_with(texts::order_names_another(id.as_str(), &e164));
                    return Ok(self.present(number));
                }
                let purchases = &self.connection.purchases;
                purchases.note_in_state(Some(e164.as_str()), None).await;
                number.id = Attr::Known(e164.to_string());
                number.phone_number_assigned = Attr::Known(e164.to_string());
                // Not read_number: a number just completed may not be visible yet.
                let name = e164.to_string();
                match self.look_up(&Lookup::Number(e164), &name).await? {
                    Found::Record(record, _) => {
                        refuse_older_number(&self.private, &record, &name)?;
                        Ok(self.found(number, &record))
                    }
                    Found::Missing | Found::Doubtful { .. } => Ok(self.present(number)),
                }
            }
        }
    }

    fn present(self, number: Number) -> Reading<NumberResource> {
        let private = Private {
            // The state holds the order.
            purchase: None,
            ..self.private.renewed(&number)
        };
        Reading::Present(Stored {
            object: number,
            private,
        })
    }

    async fn look_up(&self, lookup: &Lookup, name: &str) -> Result<Found, Failure> {
        let record = look_up(self.connection, lookup, &self.waits).await;
        record.map_err(|error| explain::cannot_read(name, &error).into())
    }

    fn warn_gone(&self, name: &str, why: &str) {
        self.call.warn(
            format!("{name} is gone"),
            format!(
                "{name} is dropped from the state: {why}. The next apply buys a new number in its \
                 place. If it was cancelled by mistake, reactivate it within 30 days of the \
                 cancellation and import it before you apply."
            ),
        );
    }
}

/// A number that was bought before its order was placed is somebody else's: the API named it by
/// mistake. Checked until a read agrees.
pub(super) fn refuse_older_number(
    private: &Private,
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

/// After a swap made elsewhere the SIM answers under another number. The number is gone then, but
/// neither is a new one wanted in its place nor is the SIM's forgotten.
pub(super) async fn refuse_moved_sim(
    connection: &Connection,
    sim: Option<&str>,
    name: &str,
    waits: &Waits,
) -> Result<(), Failure> {
    let Some(Ok(iccid)) = sim.map(Iccid::parse) else {
        return Ok(());
    };
    let lookup = Lookup::Sim(iccid);
    let found = look_up(connection, &lookup, waits)
        .await
        .map_err(|error| explain::cannot_read(&format!("{lookup}, which was {name}"), &error))?;
    let Found::Record(record, _) = found else {
        return Ok(());
    };
    match record.number.as_ref() {
        Some(now) if now.as_str() != name && record.class() != NumberClass::Gone => {
            Err(explain::moved_sim(name, now).into())
        }
        _ => Ok(()),
    }
}
