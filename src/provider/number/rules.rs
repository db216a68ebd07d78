//! Rules that span attributes: combinations that cannot be, and advice on those that hardly
//! work. Each waits while a value it needs is unknown.

use super::object::Number;
use crate::joonto::Iccid;
use crate::terraform::{Attr, Diagnostic, Diagnostics};

/// The products the vendor lists.
const PRODUCT_TYPES: [&str; 4] = ["Sms-Only", "Data-Only", "Sms+Data", "Sms+Data+Voice"];

/// Combinations the API refuses.
pub(super) fn refuse_impossible(number: &Number, diagnostics: &mut Diagnostics) {
    match (number.number_type.as_str(), number.message_type.as_str()) {
        (Some("iot"), Some("a2p")) => diagnostics.push(
            Diagnostic::error(
                "IoT numbers are p2p only",
                "number_type \"iot\" does not support message_type \"a2p\". Use message_type \
                 \"p2p\", or number_type \"mvno\" for a2p messages.",
            )
            .at_attribute("message_type"),
        ),
        (Some("voip"), Some("p2p")) => diagnostics.push(
            Diagnostic::error(
                "VoIP numbers are a2p only",
                "number_type \"voip\" does not support message_type \"p2p\". Use message_type \
                 \"a2p\", or number_type \"mvno\" or \"iot\" for p2p messages.",
            )
            .at_attribute("message_type"),
        ),
        _ => {}
    }
}

/// Advice on a planned number, about what changes with this plan: `prior` is the number as it
/// is, `None` if it is to be bought.
pub(super) fn advise(planned: &Number, prior: Option<&Number>, diagnostics: &mut Diagnostics) {
    let mut warn = |attribute: &str, summary: &str, detail: String| {
        diagnostics.push(Diagnostic::warning(summary, detail).at_attribute(attribute));
    };

    if changes(planned, prior, |n| &n.iccid)
        && let Some(iccid) = planned.iccid.as_str()
        && Iccid::parse(iccid).is_ok_and(|iccid| !iccid.check_digit_fits())
    {
        warn(
            "iccid",
            "The ICCID's check digit is wrong",
            format!(
                "The last digit of {iccid:?} does not follow from the others, so a digit may be \
                 mistyped. Compare it with the card."
            ),
        );
    }

    if (changes(planned, prior, |n| &n.voice_enabled)
        || changes(planned, prior, |n| &n.voice_route_id))
        && planned.voice_enabled == Attr::Known(true)
        && without_route(&planned.voice_route_id)
    {
        warn(
            "voice_enabled",
            "Voice without a voice route",
            "voice_enabled is true, but the number has no voice_route_id: calls have nowhere to \
             go, and the API may refuse the order."
                .to_owned(),
        );
    }

    if (changes(planned, prior, |n| &n.message_enabled)
        || changes(planned, prior, |n| &n.message_route_id))
        && planned.message_enabled == Attr::Known(true)
        && without_route(&planned.message_route_id)
    {
        warn(
            "message_enabled",
            "Messages without a message route",
            "message_enabled is true, but the number has no message_route_id: messages have \
             nowhere to go, and the API may refuse the order."
                .to_owned(),
        );
    }

    if (changes(planned, prior, |n| &n.voice_enabled)
        || changes(planned, prior, |n| &n.number_type))
        && planned.voice_enabled == Attr::Known(true)
        && planned.number_type.as_str() == Some("iot")
    {
        warn(
            "voice_enabled",
            "IoT numbers have no voice",
            "voice_enabled is true, but IoT numbers carry no voice calls. Use number_type \
             \"mvno\" for a number that can be called."
                .to_owned(),
        );
    }

    if (changes(planned, prior, |n| &n.data_enabled) || changes(planned, prior, |n| &n.number_type))
        && planned.data_enabled == Attr::Known(true)
        && planned.number_type.as_str() == Some("voip")
    {
        warn(
            "data_enabled",
            "VoIP numbers have no data",
            "data_enabled is true, but VoIP numbers have no SIM to carry data.".to_owned(),
        );
    }

    if changes(planned, prior, |n| &n.product_type)
        && let Some(product) = planned.product_type.as_str()
        && !PRODUCT_TYPES.contains(&product)
    {
        warn(
            "product_type",
            "Unknown product type",
            format!(
                "{product:?} is not a product this version of the provider knows ({}). It is sent \
                 as it is.",
                PRODUCT_TYPES.join(", ")
            ),
        );
    }
}

/// Whether the plan gives the attribute a value it did not have; always, for a new number.
fn changes<T: PartialEq>(
    planned: &Number,
    prior: Option<&Number>,
    attribute: impl Fn(&Number) -> &Attr<T>,
) -> bool {
    prior.is_none_or(|prior| attribute(prior) != attribute(planned))
}

fn without_route(route: &Attr<String>) -> bool {
    match route {
        Attr::Null => true,
        Attr::Unknown => false,
        Attr::Known(route) => route.is_empty(),
    }
}
