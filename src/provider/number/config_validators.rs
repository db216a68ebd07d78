//! Rules that span attributes: combinations that cannot be, and advice on those that hardly
//! work. Each waits while a value it needs is unknown.

use super::columns;
use super::model::{NumberModel, given};
use crate::joonto::Iccid;
use crate::provider::diagnostics::plans as texts;
use crate::terraform::{Attr, Diagnostic};

/// The products the vendor lists.
const PRODUCT_TYPES: [&str; 4] = ["Sms-Only", "Data-Only", "Sms+Data", "Sms+Data+Voice"];

/// Why the API refuses a combination, if it does.
pub(super) fn refuse_impossible(number: &NumberModel) -> Option<Diagnostic> {
    match (number.number_type.as_str(), number.message_type.as_str()) {
        (Some("iot"), Some("a2p")) => Some(texts::iot_is_p2p()),
        (Some("voip"), Some("p2p")) => Some(texts::voip_is_a2p()),
        _ => None,
    }
}

/// Advice on a planned number, about what changes with this plan: `prior` is the number as it
/// is, `None` if it is to be bought.
pub(super) fn advise(planned: &NumberModel, prior: Option<&NumberModel>) -> Vec<Diagnostic> {
    let changes = |names: &[&str]| {
        prior.is_none_or(|prior| {
            names
                .iter()
                .any(|name| columns::differs(name, prior, planned))
        })
    };
    let is_type = |word: &str| planned.number_type.as_str() == Some(word);
    let has = |service: &Attr<bool>| *service == Attr::Known(true);
    let (has_voice, has_messages) = (has(&planned.voice_enabled), has(&planned.message_enabled));
    let iccid = planned.iccid.as_str().map(Iccid::parse);
    let is_mistyped = matches!(&iccid, Some(Ok(iccid)) if !iccid.check_digit_fits());
    let product = given(&planned.product_type).filter(|word| !PRODUCT_TYPES.contains(word));
    let unknown_product = |word: &str| texts::unknown_product(word, &PRODUCT_TYPES);
    let advice: [(&[&str], _); 6] = [
        (&["iccid"], is_mistyped.then(texts::check_digit)),
        (
            &["voice_enabled", "voice_route_id"],
            (has_voice && without_route(&planned.voice_route_id)).then(texts::voice_without_route),
        ),
        (
            &["message_enabled", "message_route_id"],
            (has_messages && without_route(&planned.message_route_id))
                .then(texts::messages_without_route),
        ),
        (
            &["voice_enabled", "number_type"],
            (has_voice && is_type("iot")).then(texts::iot_has_no_voice),
        ),
        (
            &["data_enabled", "number_type"],
            (has(&planned.data_enabled) && is_type("voip")).then(texts::voip_has_no_data),
        ),
        (&["product_type"], product.map(unknown_product)),
    ];
    let due = advice.into_iter().filter(|(names, _)| changes(names));
    due.filter_map(|(_, text)| text).collect()
}

fn without_route(route: &Attr<String>) -> bool {
    !route.is_unknown() && given(route).is_none()
}
