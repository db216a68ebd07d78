//! `joonto_number_refresh_nnid`: has the carrier's routing id of a number read again.

use super::target::{PENDING, Target};
use crate::provider::diagnostics::actions as texts;
use crate::provider::provider_data::ProviderHandle;
use crate::provider::validators;
use crate::terraform::action::Progress;
use crate::terraform::resource::Failure;
use crate::terraform::{Action, Invocation};

/// What messages call the change.
const WHAT: &str = "Refreshing the NNID";

crate::model! {
    /// Has the service read the routing id (NNID) of a number again from the carrier. It is for a
    /// number that moved between networks and gets no messages since. Repeating it does no harm.
    pub(crate) struct RefreshNnidConfig {
        /// Number in international form (E.164), such as `+18016025346`.
        phone_number: String => required(), missing(PENDING), validator(validators::phone_number);
    }
    blocks {}
}

/// The action `joonto_number_refresh_nnid`.
#[derive(Debug)]
pub(in crate::provider) struct RefreshNnid(pub(in crate::provider) ProviderHandle);

impl Action for RefreshNnid {
    type Config = RefreshNnidConfig;

    const TYPE_NAME: &'static str = "joonto_number_refresh_nnid";

    async fn invoke(
        &self,
        config: RefreshNnidConfig,
        progress: &Progress,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let target = Target::new(&self.0, &config.phone_number, progress, invocation)?;
        let number = &target.number;
        let client = &target.data.client;
        match client.refresh_nnid(number, &target.context).await {
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
