//! Rules that span attributes: combinations that cannot be, and advice on those that hardly
//! work. Each waits while a value it needs is unknown.

use super::model::{NumberModel, given};
use crate::joonto::Iccid;
use crate::provider::diagnostics::plans as texts;
use crate::terraform::{Attr, Diagnostics};

/// The products the vendor lists.
const PRODUCT_TYPES: [&str; 4] = ["Sms-Only", "Data-Only", "Sms+Data", "Sms+Data+Voice"];

/// Combinations the API refuses.
pub(super) fn refuse_impossible(number: &NumberModel, diagnostics: &mut Diagnostics) {
    match (number.number_type.as_str(), number.message_type.as_str()) {
        (Some("iot"), Some("a2p")) => diagnostics.push(texts::iot_is_p2p()),
        (Some("voip"), Some("p2p")) => diagnostics.push(texts::voip_is_a2p()),
        _ => {}
    }
}

/// Advice on a planned number, about what changes with this plan: `prior` is the number as it
/// is, `None` if it is to be bought.
pub(super) fn advise(
    planned: &NumberModel,
    prior: Option<&NumberModel>,
    diagnostics: &mut Diagnostics,
) {
    if changes(planned, prior, |n| &n.iccid)
        && let Some(iccid) = planned.iccid.as_str()
        && Iccid::parse(iccid).is_ok_and(|iccid| !iccid.check_digit_fits())
    {
        diagnostics.push(texts::check_digit());
    }

    let voice_changes = changes(planned, prior, |n| &n.voice_enabled);
    let has_voice = planned.voice_enabled == Attr::Known(true);
    if (voice_changes || changes(planned, prior, |n| &n.voice_route_id))
        && has_voice
        && without_route(&planned.voice_route_id)
    {
        diagnostics.push(texts::voice_without_route());
    }

    if (changes(planned, prior, |n| &n.message_enabled)
        || changes(planned, prior, |n| &n.message_route_id))
        && planned.message_enabled == Attr::Known(true)
        && without_route(&planned.message_route_id)
    {
        diagnostics.push(texts::messages_without_route());
    }

    let type_changes = changes(planned, prior, |n| &n.number_type);
    if (voice_changes || type_changes) && has_voice && planned.number_type.as_str() == Some("iot") {
        diagnostics.push(texts::iot_has_no_voice());
    }

    if (changes(planned, prior, |n| &n.data_enabled) || type_changes)
        && planned.data_enabled == Attr::Known(true)
        && planned.number_type.as_str() == Some("voip")
    {
        diagnostics.push(texts::voip_has_no_data());
    }

    if changes(planned, prior, |n| &n.product_type)
        && let Some(product) = given(&planned.product_type)
        && !PRODUCT_TYPES.contains(&product)
    {
        diagnostics.push(texts::unknown_product(product, &PRODUCT_TYPES));
    }
}

/// Whether the plan gives the attribute a value it did not have; always, for a new number.
fn changes<T: PartialEq>(
    planned: &NumberModel,
    prior: Option<&NumberModel>,
    attribute: impl Fn(&NumberModel) -> &Attr<T>,
) -> bool {
    prior.is_none_or(|prior| attribute(prior) != attribute(planned))
}

fn without_route(route: &Attr<String>) -> bool {
    !route.is_unknown() && given(route).is_none()
}
