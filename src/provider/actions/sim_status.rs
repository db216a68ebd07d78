//! `joonto_sim_set_status`: switches a SIM off and on.

use super::{ActionCall, ActionModel};
use crate::joonto::{Iccid, SimStatus};
use crate::provider::diagnostics::actions as texts;
use crate::provider::validators;
use crate::terraform::Diagnostics;
use crate::terraform::resource::Failure;

crate::model! {
    /// Switches a SIM (subscriber identity module) off or on, such as that of a lost phone. A
    /// suspended SIM stops the line: no calls, no messages, no data. It keeps its number, and
    /// setting it to `Active` starts the line again.
    ///
    /// The API does not return the status of a SIM, so no plan shows it. Setting the status that a
    /// SIM has changes nothing: after a lost response, the provider sends the request again.
    pub(crate) struct SetSimStatus {
        /// ICCID (integrated circuit card identifier) of the SIM.
        iccid: String => required(), missing(UNREAD), validator(validators::iccid);
        /// Status to set: `Active` or `Suspended`.
        status: String => required(), validator(validators::sim_status);
    }
    blocks {}
}

/// Why a SIM that an action is about can be null.
const UNREAD: &str = "If it comes from a joonto_number, the state does not have its SIM yet. \
                      Refresh, then invoke the action again.";

impl ActionModel for SetSimStatus {
    const TYPE_NAME: &'static str = "joonto_sim_set_status";

    fn plan(&self, diagnostics: &mut Diagnostics) {
        if self.status.as_str() == Some(SimStatus::Suspended.as_str()) {
            let which = self.iccid.as_str().unwrap_or("the action");
            diagnostics.push(texts::suspends_line(which));
        }
    }

    async fn invoke(self, call: &ActionCall<'_>) -> Result<(), Failure> {
        let iccid = self.iccid.as_str().map(Iccid::parse);
        let status = self.status.as_str().and_then(SimStatus::parse);
        let (Some(Ok(iccid)), Some(status)) = (iccid, status) else {
            return Err(texts::without_sim().into());
        };
        let word = status.as_str();
        call.tell(format!("Setting SIM {iccid} to {word}.")).await;
        let client = &call.data.client;
        let response = client.set_sim_status(&iccid, status, &call.context).await;
        let response = response.map_err(|error| texts::sim_status_failed(&iccid, &error))?;
        if response.is_refused {
            return Err(texts::sim_status_refused(&iccid).into());
        }
        // An unknown word is shown as it is.
        let now = response.status.as_deref().unwrap_or(word);
        call.tell(format!("The status of SIM {iccid} is {now}."))
            .await;
        Ok(())
    }
}
