//! What a plan can say: about a number that exists, about a combination, and about a move.

use super::message::messages;
use super::shown;
use crate::provider::number::DeletionPolicy;

messages! {
    "JN201" Error UNCHANGED "The number must not be destroyed"
        cause "The plan destroys or replaces a number whose `deletion_policy` is `prevent`."
        cure "Set another `deletion_policy` and apply that first, or use a `removed` block."
    /// The policy `prevent` refuses to destroy or replace the number.
    fn prevented(name: &str) at "deletion_policy";
        happened("deletion_policy of {name} is \"prevent\", in the state or in the configuration, \
                  and this plan would destroy or replace the number.")
        next("To destroy or replace it, set deletion_policy to \"cancel\", \"park\" or \"abandon\" \
              and apply that first. To keep it and stop managing it, use a `removed` block with \
              `lifecycle {{ destroy = false }}`, or `terraform state rm`.")

    "JN202" Warning PLANNED "This plan destroys {name}"
        cause "The plan removes the resource, and `deletion_policy` decides about the number."
        cure "Check the plan before you apply it."
    /// The plan destroys a number, and nothing takes its place.
    fn destroys(name: &str, policy: DeletionPolicy)
        happened("This plan destroys {name}. {}", effect(policy))
        next("{} If you renamed its resource, a `moved` block keeps the number.", undo(policy))

    "JN203" Warning PLANNED "This plan replaces {name}"
        cause "The plan changes an argument that only a new number can have."
        cure "Check the plan before you apply it: the new number has other digits."
    /// The plan destroys a number, and another one takes its place.
    fn replaces(name: &str, policy: DeletionPolicy)
        happened("This plan replaces {name}. {}", effect(policy))
        next("{} The apply buys a new number in its place, which costs money. If you do not want \
              that, undo the change that the plan marks with \"forces replacement\".", undo(policy))

    "JN204" Warning PLANNED "{argument} of {name} is not known yet"
        cause "The argument comes from another resource, and a new value would replace this one."
        cure "Run `terraform plan` after the apply to see whether the value changed."
    /// An argument whose change would replace the object has no known value yet.
    fn keeps_value(argument: &str, name: &str) at argument;
        happened("{argument} is unknown until another resource is applied, and another value would \
                  replace {name}. So this plan keeps the value in the state.")
        next("Run `terraform plan` after the apply. If the value differs, that plan shows the \
              replacement, and this apply does not change {name}. If this plan has other changes \
              of it, Terraform then stops with \"inconsistent final plan\".")

    "JN205" Warning PLANNED "{argument} of {name} changes in the state only"
        cause "The API never returns the argument, or cannot unset it: the change sends nothing."
        cure "Check that the value is right for this number."
    /// An argument that the API never returns is set or removed.
    fn only_recorded(argument: &str, name: &str) at argument;
        happened("The API never returns {argument}, so setting or removing it only updates the \
                  state. {name} itself does not change.")
        next("Check that the value is right for this number: a later change to another value \
              replaces it.")
    /// An argument of a route that is never sent is set or removed.
    fn set_at_creation_only(argument: &str, name: &str) at argument;
        happened("The API sets {argument} only when it creates a route, so setting or removing it \
                  later only updates the state.")
        next("Check that the state then says what is true of the route: a change to another value \
              replaces it.")
    /// A block that is removed, of which nothing is sent: `argument` is `caller_name`.
    fn name_stays(argument: &str, name: &str) at argument;
        happened("Removing the block sends nothing: {name} keeps its caller name.")
        next("To take the name away, set both of its parts to \"\" and apply that before you \
              remove the block.")

    "JN206" Error UNCHANGED "deletion_policy is not known yet"
        cause "The plan replaces a number, and its `deletion_policy` comes from another resource."
        cure "Apply that other resource first, or write the policy as a constant."
    /// The configured policy may turn out to be `prevent`.
    fn policy_unknown(name: &str) at "deletion_policy";
        happened("This plan would replace {name}. Its deletion_policy comes from another resource \
                  that is not applied yet, and may turn out to be \"prevent\".")
        next("First apply that other resource: `terraform apply -target=RESOURCE`. Or set \
              deletion_policy to a fixed word: \"prevent\", \"park\", \"abandon\", or \"cancel\", \
              which releases the number.")

    "JN207" Error NOTHING_SENT "The plan is incomplete"
        cause "Terraform asked for a number without the arguments that every number has."
        cure "Report the defect with the log of `TF_LOG_PROVIDER=debug`."
    /// A plan without the arguments that every number has.
    fn incomplete()
        happened("Terraform asked for a number without a usable number_type, message_type, \
                  message_enabled or voice_enabled.")
        next("This is a defect of the provider or of Terraform: report it with the log of \
              `TF_LOG_PROVIDER=debug`.")

    "JN210" Error NOTHING_SENT "IoT numbers are p2p only"
        cause "`number_type` is `iot` and `message_type` is `a2p`."
        cure "Set `message_type` to `p2p`, or `number_type` to `mvno`."
    /// `iot` with `a2p`.
    fn iot_is_p2p() at "message_type";
        happened("number_type \"iot\" does not support message_type \"a2p\".")
        next("Set message_type to \"p2p\", or number_type to \"mvno\" for a2p messages.")

    "JN211" Error NOTHING_SENT "VoIP numbers are a2p only"
        cause "`number_type` is `voip` and `message_type` is `p2p`."
        cure "Set `message_type` to `a2p`, or `number_type` to `mvno` or `iot`."
    /// `voip` with `p2p`.
    fn voip_is_a2p() at "message_type";
        happened("number_type \"voip\" does not support message_type \"p2p\".")
        next("Set message_type to \"a2p\", or number_type to \"mvno\" or \"iot\" for p2p messages.")

    "JN212" Warning PLANNED "The ICCID's check digit is wrong"
        cause "The last digit of `iccid` does not follow from the others."
        cure "Compare `iccid` with the card."
    /// The last digit of an ICCID is wrong.
    fn check_digit() at "iccid";
        happened("The last digit of iccid does not follow from the others, so a digit may be \
                  mistyped.")
        next("Check it against the card.")

    "JN213" Warning PLANNED "Voice without a voice route"
        cause "`voice_enabled` is set, and `voice_route_id` is not."
        cure "Set `voice_route_id`, unless calls need no route."
    /// Calls have no route.
    fn voice_without_route() at "voice_enabled";
        happened("voice_enabled is true, but the number has no voice_route_id: calls have no \
                  destination, and the API may refuse the order.")
        next("Set voice_route_id, or set voice_enabled to false.")

    "JN214" Warning PLANNED "Messages without a message route"
        cause "`message_enabled` is set, and `message_route_id` is not."
        cure "Set `message_route_id`, unless messages need no route."
    /// Messages have no route.
    fn messages_without_route() at "message_enabled";
        happened("message_enabled is true, but the number has no message_route_id: messages have \
                  no destination, and the API may refuse the order.")
        next("Set message_route_id, or set message_enabled to false.")

    "JN215" Warning PLANNED "IoT numbers have no voice"
        cause "`number_type` is `iot` and `voice_enabled` is true."
        cure "Set `voice_enabled` to false."
    /// Voice on an IoT number.
    fn iot_has_no_voice() at "voice_enabled";
        happened("voice_enabled is true, but IoT numbers carry no voice calls.")
        next("Set number_type to \"mvno\" for a number that takes calls, or voice_enabled to \
              false.")

    "JN216" Warning PLANNED "VoIP numbers have no data"
        cause "`number_type` is `voip` and `data_enabled` is true."
        cure "Remove `data_enabled`."
    /// Data on a VoIP number.
    fn voip_has_no_data() at "data_enabled";
        happened("data_enabled is true, but VoIP numbers have no SIM to carry data.")
        next("Set number_type to \"mvno\" or \"iot\" for a number with data, or remove \
              data_enabled.")

    "JN217" Warning PLANNED "Unknown product type"
        cause "This version of the provider does not know the `product_type`."
        cure "Check the spelling."
    /// A product that is none of those known.
    fn unknown_product(product: &str, known: &[&str]) at "product_type";
        happened("{} is not a product that this version of the provider knows ({}). It is sent \
                  unchanged.", shown(product), known.join(", "))
        next("Check the spelling.")

    "JN220" Error NOTHING_CHANGED "Unsupported move"
        cause "A `moved` block names a resource that cannot become this one."
        cure "Remove the old resource from the state, then import its number."
    /// A `moved` block from something that cannot become this resource.
    fn move_refused(from: &str, provider: &str, to: &str)
        happened("{from} of {provider} cannot become {to}. Only a {to} of a provider called joonto \
                  can, whatever its host and namespace.")
        next("To keep the object and stop managing it as a {from}, replace the `moved` block \
              by\n\n  removed {{\n    from = {from}.NAME\n    lifecycle {{\n      destroy = \
              false\n    }}\n  }}\n\nor run `terraform state rm {from}.NAME`. Then import it as a \
              {to}.")
}

/// What becomes of a number that leaves its resource.
fn effect(policy: DeletionPolicy) -> String {
    let effect = match policy {
        DeletionPolicy::Cancel => "the apply cancels the number",
        DeletionPolicy::Park => {
            "the apply parks the number: it stays in the account with its SIM and does not work"
        }
        DeletionPolicy::Abandon | DeletionPolicy::Prevent => {
            "the number leaves the state and stays in service, and you still pay for it"
        }
    };
    format!(
        "Its deletion_policy in the state is {:?}: {effect}.",
        policy.word()
    )
}

/// How the number comes back.
fn undo(policy: DeletionPolicy) -> &'static str {
    match policy {
        DeletionPolicy::Cancel => {
            "A cancelled number can be reactivated for 30 days. After that it is lost. To suspend \
             it instead, set deletion_policy to \"park\" and apply that first."
        }
        DeletionPolicy::Park => {
            "The action joonto_number_reactivate brings a parked number back at any time."
        }
        DeletionPolicy::Abandon | DeletionPolicy::Prevent => {
            "To manage it again, run `terraform import`."
        }
    }
}
