//! `joonto_number_swap_sim`: another SIM under the same number.

use super::target::{PENDING, Target};
use super::{ActionCall, ActionModel};
use crate::joonto::{Error, Iccid, NumberRecord, StatusChange};
use crate::provider::diagnostics::actions as texts;
use crate::provider::validators;
use crate::terraform::resource::Failure;
use crate::terraform::{Diagnostic, Diagnostics};

crate::model! {
    /// Gives a number another SIM (subscriber identity module): the one named, or an eSIM (embedded
    /// SIM) that the API chooses. A swap uses up
    /// one of the swaps that the number has, and the vendor may charge for it. The provider never
    /// repeats a swap whose response was lost.
    ///
    /// After the next refresh, the number's `joonto_number` has the new SIM in `iccid`, and the
    /// codes of an eSIM in `qr_code` and `activation_code`. Where the configuration sets `iccid`,
    /// set it to the new SIM or remove it. Otherwise the next plan brings the old SIM back.
    pub(crate) struct SwapSim {
        /// Number in international form (E.164), such as `+18016025346`.
        phone_number: String => required(), missing(PENDING), validator(validators::phone_number);
        /// ICCID (integrated circuit card identifier) of the new SIM, for a physical SIM.
        iccid: String => optional(), validator(validators::iccid);
    }
    blocks {}
}

impl ActionModel for SwapSim {
    const TYPE_NAME: &'static str = "joonto_number_swap_sim";

    fn plan(&self, diagnostics: &mut Diagnostics) {
        let number = self.phone_number.as_str();
        diagnostics.push(texts::swaps_back(number, &self.iccid));
    }

    async fn invoke(self, call: &ActionCall<'_>) -> Result<(), Failure> {
        let target = Target::new(&self.phone_number, call)?;
        let number = &target.number;
        let iccid = self.iccid.as_str();
        let iccid = iccid.and_then(|text| Iccid::parse(text).ok());
        let before = target.begin_with_number().await?;
        if let (Some(asked), Some(has)) = (&iccid, before.iccid())
            && asked.same_sim(&has)
        {
            target
                .tell(format!("{number} is on SIM {has} already."))
                .await;
            return Ok(());
        }
        if before.swaps_remaining == Some(0) {
            return Err(texts::no_swaps_left(number).into());
        }
        target.tell(format!("Swapping the SIM of {number}.")).await;
        let change = StatusChange::SwapSim { iccid };
        match target.change(&change).await {
            Ok(response) => target.see_through(response, "The SIM swap").await?,
            Err(error) if error.is_unconfirmed() => {
                confirm(&target, &before, &error).await?;
            }
            Err(error) => {
                return Err(texts::refused(number, "The SIM swap", &error).into());
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

/// Reads the number after a lost response. Swapping again could use up a second swap.
async fn confirm(
    target: &Target<'_>,
    before: &NumberRecord,
    error: &Error,
) -> Result<(), Diagnostic> {
    let number = &target.number;
    match target.look().await {
        Ok(Some(after)) if was_swapped(before, &after) => Ok(()),
        _ => Err(texts::swap_unconfirmed(number, error)),
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
