//! `joonto_number_refresh_nnid`: has the carrier's routing id of a number read again.

use super::target::{PENDING, Target};
use super::{ActionCall, ActionModel};
use crate::provider::diagnostics::actions as texts;
use crate::provider::validators;
use crate::terraform::resource::Failure;

/// What messages call the change.
const WHAT: &str = "Refreshing the NNID";

crate::model! {
    /// Has the service read the routing id (NNID) of a number again from the carrier. It is for a
    /// number that moved between networks and gets no messages since. Repeating it does no harm.
    pub(crate) struct RefreshNnid {
        /// Number in international form (E.164), such as `+18016025346`.
        phone_number: String => required(), missing(PENDING), validator(validators::phone_number);
    }
    blocks {}
}

impl ActionModel for RefreshNnid {
    const TYPE_NAME: &'static str = "joonto_number_refresh_nnid";

    async fn invoke(self, call: &ActionCall<'_>) -> Result<(), Failure> {
        let target = Target::new(&self.phone_number, call)?;
        let number = &target.number;
        let (client, context) = target.api();
        match client.refresh_nnid(number, context).await {
            Ok(true) => {
                target
                    .tell(format!("The NNID of {number} is refreshed."))
                    .await;
                Ok(())
            }
            Ok(false) => Err(texts::failed(number, WHAT, None).into()),
            Err(error) if error.is_not_found() => Err(texts::unknown(number).into()),
            Err(error) if error.is_transient() => {
                Err(texts::repeatable(number, WHAT, &error).into())
            }
            Err(error) => Err(texts::refused(number, WHAT, &error).into()),
        }
    }
}
