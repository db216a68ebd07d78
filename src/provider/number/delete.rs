//! Ending a number, as its deletion policy says.

use super::NumberResource;
use super::object::{DeletionPolicy, Number};
use super::{plan, update};
use crate::joonto::{E164, Lookup, NumberClass, OrderClass, StatusChange};
use crate::provider::account::{Account, Connection};
use crate::provider::explain;
use crate::terraform::resource::{Call, Failure};
use crate::wait::Waits;

/// Ends the number.
pub(super) async fn delete(
    account: &Account,
    number: Number,
    call: &Call<NumberResource>,
) -> Result<(), Failure> {
    let change = match number.policy() {
        // Only a tainted number comes this far: its replacement is planned without it.
        DeletionPolicy::Prevent => return Err(plan::prevented(&number.name()).into()),
        DeletionPolicy::Abandon => return Ok(()),
        DeletionPolicy::Cancel => StatusChange::Cancel,
        DeletionPolicy::Park => StatusChange::Park,
    };
    let connection = account.connection()?;
    explain::same_account(&number, &connection)?;
    let waits = call.waits().within(number.delete_timeout());
    let number = update::completed(&connection, number, call, &waits).await?;
    let e164 = number
        .phone_number_assigned
        .as_str()
        .and_then(|text| E164::parse(text).ok());
    let e164 = e164.ok_or_else(explain::nothing_to_ask_by)?;

    let numbers = std::slice::from_ref(&e164);
    let problem = match connection
        .client
        .change_status(&change, numbers, &waits)
        .await
    {
        Ok(answer) if answer.order_class() == OrderClass::Failed => {
            let message = answer
                .error_message
                .unwrap_or_else(|| "no reason given".to_owned());
            format!("the API refused: {message}")
        }
        Ok(_) => return Ok(()),
        Err(error) if error.is_not_found() => return Ok(()),
        Err(error) => error.to_string(),
    };
    // The change may have been made all the same: the number itself knows.
    match has_ended(&connection, &change, &e164, &waits).await {
        true => Ok(()),
        false => Err(explain::cannot_end(&e164, &change, &problem).into()),
    }
}

async fn has_ended(
    connection: &Connection,
    change: &StatusChange,
    number: &E164,
    waits: &Waits,
) -> bool {
    match connection
        .client
        .details(&Lookup::Number(number.clone()), waits)
        .await
    {
        Ok(None) => true,
        Ok(Some(record)) => match record.class() {
            NumberClass::Gone => true,
            NumberClass::Held => *change == StatusChange::Park,
            _ => false,
        },
        Err(_) => false,
    }
}
