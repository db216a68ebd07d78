//! Reading a number: what became of it since it was last looked at.

use super::NumberResource;
use super::object::{Number, Private};
use super::refresh::{Unset, refresh};
use crate::joonto::{E164, Iccid, Lookup, NumberClass, NumberRecord, OrderClass, OrderId};
use crate::provider::account::Connection;
use crate::provider::explain;
use crate::terraform::resource::{Call, Failure, Reading, Stored};
use crate::terraform::{Attr, Diagnostic};
use crate::wait::Waits;

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
    let reader = Reader {
        connection,
        call,
        waits: call.waits().within(number.read_timeout()),
    };
    if private.imported {
        return reader.read_imported(number).await;
    }
    match number.phone_number_assigned.as_str().map(E164::parse) {
        Some(Ok(e164)) => reader.read_number(number, e164).await,
        _ => reader.read_pending(number).await,
    }
}

struct Reader<'a> {
    connection: &'a Connection,
    call: &'a Call<NumberResource>,
    waits: Waits,
}

impl Reader<'_> {
    async fn read_number(
        &self,
        mut number: Number,
        e164: E164,
    ) -> Result<Reading<NumberResource>, Failure> {
        let name = e164.to_string();
        let found = self.details(&Lookup::Number(e164)).await?;
        match found {
            Some(record) if record.class() == NumberClass::Gone => {
                explain::same_account(&number, self.connection)?;
                let status = record.status.unwrap_or_default();
                self.warn_gone(&name, &format!("its status is {status:?}"));
                Ok(Reading::Gone)
            }
            Some(record) => {
                refresh(&mut number, &record, Unset::Leave);
                Ok(present(number))
            }
            None => {
                explain::same_account(&number, self.connection)?;
                self.refuse_moved_sim(&number, &name).await?;
                self.warn_gone(&name, "the API no longer knows it");
                Ok(Reading::Gone)
            }
        }
    }

    /// A number bought with an order that was not complete when last seen.
    async fn read_pending(&self, mut number: Number) -> Result<Reading<NumberResource>, Failure> {
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
            return Ok(present(number));
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
                return Ok(present(number));
            }
            Err(error) => return Err(explain::cannot_read(&number.name(), &error).into()),
        };
        match order.class() {
            OrderClass::GoingOn => {
                if let Some(status) = order.order_status {
                    number.order_status = Attr::Known(status);
                }
                Ok(present(number))
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
                    return Ok(present(number));
                };
                number.id = Attr::Known(e164.to_string());
                number.phone_number_assigned = Attr::Known(e164.to_string());
                // Not read_number: a number just completed may not be visible yet.
                if let Some(record) = self.details(&Lookup::Number(e164)).await? {
                    refresh(&mut number, &record, Unset::Leave);
                }
                Ok(present(number))
            }
        }
    }

    async fn read_imported(&self, mut number: Number) -> Result<Reading<NumberResource>, Failure> {
        let by_number = number.phone_number_assigned.as_str().map(E164::parse);
        let by_sim = number.iccid.as_str().map(Iccid::parse);
        let (lookup, what) = match (by_number, by_sim) {
            (Some(Ok(e164)), _) => (Lookup::Number(e164.clone()), e164.to_string()),
            (_, Some(Ok(iccid))) => (Lookup::Sim(iccid.clone()), format!("SIM {iccid}")),
            _ => return Ok(Reading::Gone),
        };
        let record = self.details(&lookup).await?;
        match record {
            Some(record) if record.class() == NumberClass::Gone => {
                let status = record.status.unwrap_or_default();
                Err(explain::cannot_import(
                    &what,
                    &format!("its status is {status:?}, so there is nothing left to manage"),
                )
                .into())
            }
            Some(record) if record.number.is_some() => {
                refresh(&mut number, &record, Unset::Fill);
                number.account_fingerprint =
                    Attr::Known(self.connection.client.fingerprint().to_string());
                Ok(present(number))
            }
            _ => Err(explain::cannot_import(
                &what,
                "the API does not know it. Most likely it is mistyped, or it belongs to another \
                 account than the provider's credentials",
            )
            .into()),
        }
    }

    /// After a swap made elsewhere the SIM answers under another number: buying a new one in
    /// its place would be wrong.
    async fn refuse_moved_sim(&self, number: &Number, name: &str) -> Result<(), Failure> {
        let Some(Ok(iccid)) = number.iccid.as_str().map(Iccid::parse) else {
            return Ok(());
        };
        let Some(record) = self.details(&Lookup::Sim(iccid)).await? else {
            return Ok(());
        };
        match record.number.as_ref() {
            Some(now) if now.as_str() != name && record.class() != NumberClass::Gone => {
                Err(explain::moved_sim(name, now).into())
            }
            _ => Ok(()),
        }
    }

    async fn details(&self, lookup: &Lookup) -> Result<Option<NumberRecord>, Diagnostic> {
        let details = self.connection.client.details(lookup, &self.waits).await;
        details.map_err(|error| explain::cannot_read(&lookup.to_string(), &error))
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

fn present(number: Number) -> Reading<NumberResource> {
    let private = Private::of(&number);
    Reading::Present(Stored {
        object: number,
        private,
    })
}
