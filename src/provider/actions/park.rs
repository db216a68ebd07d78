//! `joonto_number_park`: suspends a number.

use super::target::{PENDING, Target};
use super::{ActionCall, ActionModel};
use crate::joonto::{NumberClass, StatusChange};
use crate::provider::diagnostics::actions as texts;
use crate::provider::validators;
use crate::terraform::resource::Failure;

crate::model! {
    /// Parks a number: it is out of service, and keeps its digits and its SIM (subscriber identity
    /// module). The action
    /// `joonto_number_reactivate` brings it back. Parking a parked number does nothing.
    pub(crate) struct Park {
        /// Number in international form (E.164), such as `+18016025346`.
        phone_number: String => required(), missing(PENDING), validator(validators::phone_number);
    }
    blocks {}
}

impl ActionModel for Park {
    const TYPE_NAME: &'static str = "joonto_number_park";

    async fn invoke(self, call: &ActionCall<'_>) -> Result<(), Failure> {
        let target = Target::new(&self.phone_number, call)?;
        let number = &target.number;
        let before = target.begin_with_number().await?;
        if before.class() == NumberClass::Held {
            target.tell(format!("{number} is parked already.")).await;
            return Ok(());
        }
        target.tell(format!("Parking {number}.")).await;
        match target.change(&StatusChange::Park).await {
            Ok(response) => target.see_through(response, "Parking").await?,
            // It may have taken effect: the number itself shows that.
            Err(error) => match target.look().await {
                Ok(Some(after)) if after.class() == NumberClass::Held => {}
                _ => return Err(texts::refused(number, "Parking", &error).into()),
            },
        }
        target.tell(format!("{number} is parked.")).await;
        Ok(())
    }
}
