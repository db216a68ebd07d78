//! What a plan can say: about a number that exists, about a combination, and about a move.

use super::{Code, general, report};
use crate::provider::number::DeletionPolicy;
use crate::terraform::Diagnostic;

/// How many characters of an unknown word a warning shows.
const SHOWN: usize = 80;

/// How a number leaves its resource.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::provider) enum Departure {
    /// Another number takes its place.
    Replaced,
    /// Nothing takes its place.
    Destroyed,
}

/// The policy `prevent` refuses to destroy or replace the number.
pub(in crate::provider) fn prevented(name: &str) -> Diagnostic {
    general(
        Code::NumberPrevented,
        format!(
            "deletion_policy of {name} is \"prevent\", in the state or in the configuration, and \
             this plan would destroy or replace the number."
        ),
        "To destroy or replace it, set deletion_policy to \"cancel\", \"park\" or \"abandon\" and \
         apply that first. To keep it and stop managing it, use a `removed` block with \
         `lifecycle { destroy = false }`, or `terraform state rm`.",
    )
    .at_attribute("deletion_policy")
}

/// The configured policy may turn out to be `prevent`.
pub(in crate::provider) fn policy_unknown(name: &str) -> Diagnostic {
    general(
        Code::PolicyUnknown,
        format!(
            "This plan would replace {name}. Its deletion_policy comes from another resource that \
             is not applied yet, and may turn out to be \"prevent\"."
        ),
        "First apply that other resource: `terraform apply -target=RESOURCE`. Or set \
         deletion_policy to a fixed word: \"prevent\", \"park\", \"abandon\", or \"cancel\", which \
         releases the number.",
    )
    .at_attribute("deletion_policy")
}

/// The plan destroys or replaces a number.
pub(in crate::provider) fn departs(
    name: &str,
    policy: DeletionPolicy,
    departure: Departure,
) -> Diagnostic {
    let (code, verb) = match departure {
        Departure::Replaced => (Code::PlanReplaces, "replaces"),
        Departure::Destroyed => (Code::PlanDestroys, "destroys"),
    };
    let (effect, undo) = match policy {
        DeletionPolicy::Cancel => (
            "the apply cancels the number",
            "A cancelled number can be reactivated for 30 days. After that it is lost. To suspend \
             it instead, set deletion_policy to \"park\" and apply that first.",
        ),
        DeletionPolicy::Park => (
            "the apply parks the number: it stays in the account with its SIM and does not work",
            "The action joonto_number_reactivate brings a parked number back at any time.",
        ),
        DeletionPolicy::Abandon | DeletionPolicy::Prevent => (
            "the number leaves the state and stays in service, and you still pay for it",
            "To manage it again, run `terraform import`.",
        ),
    };
    let follows = match departure {
        Departure::Replaced => {
            "The apply buys a new number in its place, which costs money. If you do not want that, \
             undo the change that the plan marks with \"forces replacement\"."
        }
        Departure::Destroyed => "If you renamed its resource, a `moved` block keeps the number.",
    };
    report(
        code,
        name,
        format!(
            "This plan {verb} {name}. Its deletion_policy in the state is {:?}: {effect}.",
            policy.word()
        ),
        format!("{undo} {follows}"),
    )
}

/// An argument whose change would replace the number has no known value yet.
pub(in crate::provider) fn keeps_value(argument: &str, name: &str) -> Diagnostic {
    report(
        Code::ValueKept,
        &format!("{argument} of {name}"),
        format!(
            "{argument} is unknown until another resource is applied, and another value would \
             replace {name}. So this plan keeps the value in the state."
        ),
        format!(
            "Run `terraform plan` after the apply. If the value differs, that plan shows the \
             replacement, and this apply does not change {name}. If this plan has other changes of \
             it, Terraform then stops with \"inconsistent final plan\"."
        ),
    )
    .at_attribute(argument)
}

/// An argument that the API never returns is set or removed.
pub(in crate::provider) fn only_recorded(argument: &str, name: &str) -> Diagnostic {
    report(
        Code::OnlyRecorded,
        &format!("{argument} of {name}"),
        format!(
            "The API never returns {argument}, so setting or removing it only updates the state. \
             {name} itself does not change."
        ),
        "Check that the value is right for this number: a later change to another value replaces \
         it.",
    )
    .at_attribute(argument)
}

/// A `caller_name` block that is removed, of which nothing is sent.
pub(in crate::provider) fn name_stays(name: &str) -> Diagnostic {
    report(
        Code::OnlyRecorded,
        &format!("caller_name of {name}"),
        format!("Removing the block sends nothing: {name} keeps its caller name."),
        "To take the name away, set both of its parts to \"\" and apply that before you remove the \
         block.",
    )
    .at_attribute("caller_name")
}

/// A plan without the arguments that every number has.
pub(in crate::provider) fn incomplete() -> Diagnostic {
    general(
        Code::PlanIncomplete,
        "Terraform asked for a number without a usable number_type, message_type, message_enabled \
         or voice_enabled.",
        "This is a defect of the provider or of Terraform: report it with the log of \
         `TF_LOG=debug`.",
    )
}

/// `iot` with `a2p`.
pub(in crate::provider) fn iot_is_p2p() -> Diagnostic {
    general(
        Code::IotIsP2p,
        "number_type \"iot\" does not support message_type \"a2p\".",
        "Set message_type to \"p2p\", or number_type to \"mvno\" for a2p messages.",
    )
    .at_attribute("message_type")
}

/// `voip` with `p2p`.
pub(in crate::provider) fn voip_is_a2p() -> Diagnostic {
    general(
        Code::VoipIsA2p,
        "number_type \"voip\" does not support message_type \"p2p\".",
        "Set message_type to \"a2p\", or number_type to \"mvno\" or \"iot\" for p2p messages.",
    )
    .at_attribute("message_type")
}

/// The last digit of an ICCID is wrong.
pub(in crate::provider) fn check_digit() -> Diagnostic {
    general(
        Code::CheckDigit,
        "The last digit of iccid does not follow from the others, so a digit may be mistyped.",
        "Check it against the card.",
    )
    .at_attribute("iccid")
}

/// Calls have no route.
pub(in crate::provider) fn voice_without_route() -> Diagnostic {
    general(
        Code::VoiceWithoutRoute,
        "voice_enabled is true, but the number has no voice_route_id: calls have no destination, \
         and the API may refuse the order.",
        "Set voice_route_id, or set voice_enabled to false.",
    )
    .at_attribute("voice_enabled")
}

/// Messages have no route.
pub(in crate::provider) fn messages_without_route() -> Diagnostic {
    general(
        Code::MessagesWithoutRoute,
        "message_enabled is true, but the number has no message_route_id: messages have no \
         destination, and the API may refuse the order.",
        "Set message_route_id, or set message_enabled to false.",
    )
    .at_attribute("message_enabled")
}

/// Voice on an IoT number.
pub(in crate::provider) fn iot_has_no_voice() -> Diagnostic {
    general(
        Code::IotHasNoVoice,
        "voice_enabled is true, but IoT numbers carry no voice calls.",
        "Set number_type to \"mvno\" for a number that takes calls, or voice_enabled to false.",
    )
    .at_attribute("voice_enabled")
}

/// Data on a VoIP number.
pub(in crate::provider) fn voip_has_no_data() -> Diagnostic {
    general(
        Code::VoipHasNoData,
        "data_enabled is true, but VoIP numbers have no SIM to carry data.",
        "Set number_type to \"mvno\" or \"iot\" for a number with data, or remove data_enabled.",
    )
    .at_attribute("data_enabled")
}

/// A product that is none of those known.
pub(in crate::provider) fn unknown_product(product: &str, known: &[&str]) -> Diagnostic {
    let shown: String = product.chars().take(SHOWN).collect();
    general(
        Code::UnknownProduct,
        format!(
            "{shown:?} is not a product that this version of the provider knows ({}). It is sent \
             unchanged.",
            known.join(", ")
        ),
        "Check the spelling.",
    )
    .at_attribute("product_type")
}

/// A `moved` block from something that cannot become this resource.
pub(in crate::provider) fn move_refused(from: &str, provider: &str, to: &str) -> Diagnostic {
    general(
        Code::MoveRefused,
        format!(
            "{from} of {provider} cannot become {to}. Only a {to} of a provider called joonto \
             can, whatever its host and namespace."
        ),
        format!(
            "To keep the object and stop managing it as a {from}, replace the `moved` block by\n\n  \
             removed {{\n    from = {from}.NAME\n    lifecycle {{\n      destroy = false\n    \
             }}\n  }}\n\nor run `terraform state rm {from}.NAME`. Then import it as a {to}."
        ),
    )
}
