//! Following an order: from the API's words to attributes, warnings, and its end.

use std::time::Duration;

use super::model::{PortInModel, UNSENT};
use super::{is_stuck, number_of};
use crate::context::Context;
use crate::joonto::{Order, OrderId, PortInReceipt, PortInState, Refusal};
use crate::provider::call::Call;
use crate::provider::diagnostics::port_ins;
use crate::provider::keyed::{KeyedResource as _, LOOKS};
use crate::terraform::{Attr, Diagnostic};

/// The first wait between two reads of an order, and the longest.
const POLL: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// How long a request of a create may take: its process notes every so often that it still acts.
pub(super) const ACTS_WITHIN: Duration = Duration::from_secs(90);

impl PortInModel {
    /// Takes over what the order says. Without a status word it is where it was.
    pub(super) fn flatten(&mut self, order: &Order) {
        let was_unsent = self.is_unsent();
        self.set_status(order.order_status.as_deref());
        let is_refused = self.state() == Some(PortInState::ResolutionRequired);
        let refusal = order.status_message.as_deref().map(Refusal::read);
        self.status_message = refusal.as_ref().and_then(Refusal::text).into();
        self.resolution_required = match is_refused {
            true => Attr::Known(resolution(refusal.as_ref())),
            false => Attr::Null,
        };
        if was_unsent && !self.is_final() {
            self.mark_unsent();
        }
    }

    /// Has the next plan send all arguments.
    pub(super) fn mark_unsent(&mut self) {
        let note = match self.resolution_required.as_str() {
            Some(what) => format!("{UNSENT} {what}"),
            None => UNSENT.to_owned(),
        };
        self.resolution_required = Attr::Known(note);
    }

    /// Takes over what a submit returned.
    pub(super) fn submitted(&mut self, receipt: Option<&PortInReceipt>) {
        self.wait_for_the_carrier();
        self.set_status(receipt.and_then(|receipt| receipt.status.as_deref()));
        if self.state() == Some(PortInState::ResolutionRequired) {
            self.resolution_required = Attr::Known(resolution(None));
        }
    }

    /// As an order is after a submit or an update.
    pub(super) fn wait_for_the_carrier(&mut self) {
        self.status = PortInState::Pending.as_str().into();
        self.status_message = Attr::Null;
        self.resolution_required = Attr::Null;
    }

    /// As an order is in a plan that may send an update.
    pub(super) fn may_change(&mut self) {
        self.status = Attr::Unknown;
        self.status_message = Attr::Unknown;
        self.resolution_required = Attr::Unknown;
    }

    /// Keeps what the API said before: nothing was sent.
    pub(super) fn keep(&mut self, prior: &Self) {
        self.status = prior.status.clone();
        self.status_message = prior.status_message.clone();
        self.resolution_required = prior.resolution_required.clone();
    }

    fn set_status(&mut self, word: Option<&str>) {
        match word.map(|word| (PortInState::of(word), word)) {
            Some((Some(state), _)) => self.status = state.as_str().into(),
            Some((None, word)) => {
                if let Some(word) = Refusal::read(word).text() {
                    self.status = Attr::Known(word);
                }
            }
            None => {}
        }
    }
}

/// What to correct, in words.
fn resolution(refusal: Option<&Refusal>) -> String {
    let names = |words: &[&str]| refusal.is_some_and(|refusal| refusal.names(words));
    let version = |argument: &str| format!("{argument} (and raise {argument}_version)");
    // What no argument corrects comes first.
    if names(&["6p", "lock", "locked", "freeze", "frozen"]) {
        return "The losing carrier has locked the number. Have the customer remove the lock there, \
                then change an argument, such as port_in_date, and apply."
            .to_owned();
    }
    if names(&["hold", "holds", "group", "contract", "winback", "suspended"]) {
        return "The losing carrier holds the number back. Destroy this port-in, have the customer \
                resolve it with the carrier, then submit it again."
            .to_owned();
    }
    let is_password = names(&["pin", "password", "passcode", "pass", "ssn"]);
    let is_of_account = names(&["pin", "password", "passcode", "pass"]);
    let is_account = names(&["account", "acct", "accounts"]) && !is_of_account;
    let address = ["address", "street", "city", "state", "zip", "postal"];
    let arguments = [
        (is_account, version("current_account_number_wo")),
        (is_password, version("current_account_password_wo")),
        (
            names(&["name", "subscriber", "owner"]),
            "subscriber_name".to_owned(),
        ),
        (names(&address), "billing_address".to_owned()),
        (names(&["sim", "iccid"]), "iccid".to_owned()),
        (names(&["date"]), "port_in_date".to_owned()),
    ];
    let wrong = arguments.into_iter().filter(|(is_wrong, _)| *is_wrong);
    let wrong: Vec<_> = wrong.map(|(_, argument)| argument).collect();
    match wrong.is_empty() {
        false => format!(
            "The losing carrier refused the order. Correct {}, then apply.",
            wrong.join(" and ")
        ),
        true => format!(
            "The losing carrier refused the order. Compare its data with a bill of that carrier: {}, \
             {}, subscriber_name and billing_address. Correct what differs, then apply.",
            version("current_account_number_wo"),
            version("current_account_password_wo")
        ),
    }
}

/// Warns of an order that does not go on by itself.
pub(super) fn warn(port_in: &PortInModel, call: &Call<'_, PortInModel>) {
    let name = port_in.name();
    match port_in.state() {
        Some(PortInState::ResolutionRequired) => {
            let message = port_in.status_message.as_str();
            let what = port_in.resolution_required.as_str().unwrap_or_default();
            call.warn_with(port_ins::refused_by_carrier(&name, message, what));
        }
        Some(PortInState::Cancelled) => call.warn_with(port_ins::order_cancelled(&name)),
        _ => {}
    }
}

/// Waits until the order is complete, refused or cancelled, or the wait is over.
pub(super) async fn wait(
    port_in: &mut PortInModel,
    order_id: &OrderId,
    call: &Call<'_, PortInModel>,
    context: &Context,
) {
    let mut pause = POLL.0;
    let is_over = |port_in: &PortInModel| {
        port_in.is_final() || port_in.state() == Some(PortInState::ResolutionRequired)
    };
    while !is_over(port_in) {
        if let Err(why) = context.sleep(pause).await {
            call.warn_with(port_ins::still_open(&port_in.name(), why));
            return;
        }
        let number = number_of(port_in);
        if let Some(number) = &number {
            call.data.purchases.port_ins.renew(number, order_id).await;
        }
        let soon = context.within(ACTS_WITHIN);
        match call.data.client.port_in_order(order_id, &soon).await {
            Ok(order) if number.is_none_or(|number| order.may_be_of(&number)) => {
                port_in.flatten(&order);
            }
            Ok(_) => tracing::warn!(order = %order_id, "the order is about another number"),
            Err(error) => tracing::warn!(order = %order_id, %error, "the order could not be read"),
        }
        pause = (pause * 3 / 2).min(POLL.1);
    }
}

/// Cancels an open order. Returns how it ended: it may have been complete already.
pub(super) async fn cancel(
    name: &str,
    order_id: &OrderId,
    call: &Call<'_, PortInModel>,
) -> Result<PortInState, Diagnostic> {
    let (client, context) = (&call.data.client, &call.context);
    let cancelled = client.cancel_port_in(order_id, context).await;
    let (refused, has_failed) = match cancelled {
        Ok(receipt) if receipt.state() == Some(PortInState::Cancelled) => {
            return Ok(PortInState::Cancelled);
        }
        Ok(receipt) => (None, receipt.has_failed()),
        Err(error) => (Some(error), true),
    };
    // What the response leaves open, or refuses, the order decides. A read may lag.
    let looks = if has_failed { 2 } else { LOOKS.len() };
    let mut is_open = false;
    for look in &LOOKS[..looks] {
        if context.sleep(*look).await.is_err() {
            break;
        }
        if let Ok(order) = client.port_in_order(order_id, context).await {
            match order.port_in_state() {
                Some(state) if state.is_final() => return Ok(state),
                _ => is_open = true,
            }
        }
    }
    Err(match refused {
        Some(error) if is_stuck(&error) => port_ins::stuck(name, order_id, &error),
        error => port_ins::not_cancelled(name, order_id, is_open, error.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_argument_to_change() {
        for (message, argument) in [
            (
                "8A-ACCOUNT_NUM_REQ_OR_INCORRECT",
                "current_account_number_wo_version",
            ),
            (
                "6B: PIN does not match the account",
                "current_account_password_wo_version",
            ),
            ("Zip code mismatch", "billing_address"),
            ("Subscriber name does not match", "subscriber_name"),
            ("6P-NUMBER_LOCKED", "remove the lock"),
            ("Account is on hold", "Destroy this port-in"),
            ("1P-Other", "Compare its data"),
        ] {
            let text = resolution(Some(&Refusal::read(message)));
            assert!(text.contains(argument), "{message}: {text}");
        }
        let text = resolution(Some(&Refusal::read("6B PIN of the account")));
        assert!(!text.contains("account_number"), "{text}");
        assert!(resolution(None).contains("Compare its data"));
    }
}
