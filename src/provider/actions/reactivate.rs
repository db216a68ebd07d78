//! `joonto_number_reactivate`: brings a parked or a cancelled number back.

use super::target::{PENDING, Target};
use super::{ActionCall, ActionModel};
use crate::joonto::{NumberClass, NumberRecord, StatusChange};
use crate::provider::diagnostics::actions as texts;
use crate::provider::validators;
use crate::terraform::resource::Failure;

crate::model! {
    /// Brings a number back into service. It activates a parked number, and reactivates a number
    /// that was cancelled less than 30 days ago. A number in service does not change.
    ///
    /// If the number was removed from the state while it was cancelled, import it before the next
    /// apply, which would buy another number in its place.
    pub(crate) struct Reactivate {
        /// Number in international form (E.164), such as `+18016025346`.
        phone_number: String => required(), missing(PENDING), validator(validators::phone_number);
    }
    blocks {}
}

impl ActionModel for Reactivate {
    const TYPE_NAME: &'static str = "joonto_number_reactivate";

    async fn invoke(self, call: &ActionCall<'_>) -> Result<(), Failure> {
        let target = Target::new(&self.phone_number, call)?;
        let number = &target.number;
        let before = target.begin().await?;
        let class = before.as_ref().map(|record| record.class());
        let asked = match class {
            Some(NumberClass::Live) => {
                target
                    .tell(format!("{number} is in service already."))
                    .await;
                return Ok(());
            }
            Some(NumberClass::Held) => activate(&target).await,
            // A cancelled number may or may not be shown.
            Some(NumberClass::Gone) | None => reactivate(&target).await,
            Some(NumberClass::InWork | NumberClass::Unclear) => {
                let status = before.and_then(|record| record.status).unwrap_or_default();
                return Err(texts::not_ended(number, &status).into());
            }
        };
        // An unconfirmed change is not repeated, and a refused one does not happen by waiting.
        if let Err(problem) = asked {
            return match target.look().await {
                Ok(Some(after)) if live(&after) => Ok(()),
                _ => Err(problem),
            };
        }
        target.becomes("Reactivation", live).await?;
        target.tell(format!("{number} is in service.")).await;
        Ok(())
    }
}

fn live(record: &NumberRecord) -> bool {
    record.class() == NumberClass::Live
}

async fn activate(target: &Target<'_>) -> Result<(), Failure> {
    let number = &target.number;
    target
        .tell(format!("Activating {number}, which is parked."))
        .await;
    let response = target
        .change(&StatusChange::Activate)
        .await
        .map_err(|error| texts::refused(number, "Activation", &error))?;
    Ok(target.see_through(response, "Activation").await?)
}

async fn reactivate(target: &Target<'_>) -> Result<(), Failure> {
    let number = &target.number;
    target
        .tell(format!("Reactivating {number}, which is cancelled."))
        .await;
    let account_id = target.call.data.account_of(None);
    let (client, context) = target.api();
    let response = client
        .reactivate(number, account_id.as_ref(), context)
        .await;
    match response {
        Ok(_) => Ok(()),
        Err(error) if error.is_not_found() => Err(texts::unknown(number).into()),
        Err(error) => Err(texts::refused(number, "Reactivation", &error).into()),
    }
}
