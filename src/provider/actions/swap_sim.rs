//! `joonto_number_swap_sim`: another SIM under the same number.

use super::target::{PENDING, Target, UNKNOWN, not_done, not_there};
use crate::joonto::{Iccid, NumberClass, NumberRecord, StatusChange};
use crate::provider::account::Account;
use crate::provider::diagnostics::values;
use crate::provider::validators;
use crate::terraform::action::Progress;
use crate::terraform::resource::Failure;
use crate::terraform::{Action, Diagnostic, Diagnostics, Invocation};

crate::model! {
    /// Gives a number another SIM: the one named, or an eSIM of the API's choice. Uses up one of
    /// the swaps the number has, for which the vendor may charge. It is never repeated after an
    /// answer that was lost.
    ///
    /// After the next refresh the number's `joonto_number` has the new SIM in `iccid` (if it had
    /// one there), and what an eSIM is loaded with in `qr_code` and `activation_code`. Where the
    /// configuration sets `iccid`, change it to the new one or take it out: the next plan would
    /// swap back.
    pub(crate) struct SwapSimConfig {
        /// The number in E.164 form, such as `+18016025346`.
        phone_number: String => required(), missing(PENDING), check(validators::phone_number);
        /// The new SIM's ICCID, for a physical SIM.
        iccid: String => optional(), check(validators::iccid);
    }
    blocks {}
}

/// The action `joonto_number_swap_sim`.
#[derive(Debug)]
pub(in crate::provider) struct SwapSim {
    account: Account,
}

impl SwapSim {
    /// Swaps SIMs of numbers of `account`.
    pub(in crate::provider) fn new(account: Account) -> Self {
        Self { account }
    }
}

impl Action for SwapSim {
    type Config = SwapSimConfig;

    const TYPE_NAME: &'static str = "joonto_number_swap_sim";

    fn validate(&self, _: &SwapSimConfig, _: &mut Diagnostics) {}

    fn plan(&self, config: &SwapSimConfig, diagnostics: &mut Diagnostics) {
        let number = config.phone_number.as_str();
        diagnostics.push(values::swaps_back(number, &config.iccid));
    }

    async fn invoke(
        &self,
        config: SwapSimConfig,
        progress: &Progress,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        let target = Target::new(&self.account, &config.phone_number, progress, invocation)?;
        let number = &target.number;
        let iccid = config
            .iccid
            .as_str()
            .and_then(|text| Iccid::parse(text).ok());
        let Some(before) = target.begin().await? else {
            return Err(not_there(number, UNKNOWN).into());
        };
        if before.class() == NumberClass::Gone {
            return Err(not_there(number, "The number is cancelled").into());
        }
        if let (Some(asked), Some(has)) = (&iccid, before.iccid())
            && asked.same_sim(&has)
        {
            target
                .tell(format!("{number} is on SIM {has} already."))
                .await;
            return Ok(());
        }
        if before.swaps_remaining == Some(0) {
            return Err(not_there(number, "The number has no swaps left").into());
        }
        target.tell(format!("Swapping the SIM of {number}.")).await;
        let (client, waits) = (&target.connection.client, &target.waits);
        let numbers = std::slice::from_ref(number);
        let change = StatusChange::SwapSim { iccid };
        match client.change_status(&change, numbers, waits).await {
            Ok(answer) => target.see_through(answer, "The SIM swap").await?,
            Err(error) if error.is_in_doubt() => {
                settle_doubt(&target, &before, &error.to_string()).await?;
            }
            Err(error) => {
                return Err(not_done(number, "The SIM swap", &error.to_string()).into());
            }
        }
        target
            .tell(format!(
                "The SIM of {number} was swapped. Refresh, and read activation_code and qr_code of \
                 its joonto_number to load an eSIM."
            ))
            .await;
        Ok(())
    }
}

/// The answer was lost. The number itself tells whether it has another SIM now; swapping again
/// could use up a second swap.
async fn settle_doubt(
    target: &Target<'_>,
    before: &NumberRecord,
    why: &str,
) -> Result<(), Diagnostic> {
    let number = &target.number;
    match target.look().await {
        Ok(Some(after)) if was_swapped(before, &after) => Ok(()),
        _ => Err(Diagnostic::error(
            format!("The SIM of {number} may have been swapped"),
            format!(
                "{why}. The swap was not sent again, because that could use up a second one, and \
                 {number} does not show another SIM so far. Refresh in some minutes, and compare \
                 its iccid and swaps before you invoke the action again."
            ),
        )),
    }
}

fn was_swapped(before: &NumberRecord, after: &NumberRecord) -> bool {
    let another_sim = match (before.iccid(), after.iccid()) {
        (Some(before), Some(after)) => !before.same_sim(&after),
        (None, Some(_)) => true,
        (_, None) => false,
    };
    let used_up = after
        .swaps_remaining
        .zip(before.swaps_remaining)
        .is_some_and(|(after, before)| after < before);
    another_sim || used_up
}
