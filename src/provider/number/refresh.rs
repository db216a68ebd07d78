//! What the API tells of a number, written into what Terraform keeps of it.
//!
//! The API tells one thing in several spellings, some things not at all, and some only now and
//! then. What is absent, null or unreadable is *not told*, and never a difference.

use super::object::Number;
use crate::joonto::{self, Iccid, NumberRecord, NumberType, OrderId, Told};
use crate::terraform::Attr;

/// Which attributes a record may set that so far have no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unset {
    /// None that the user could manage: left out of the configuration, they are not looked at.
    Leave,
    /// All, after an import.
    Fill,
}

/// Brings `number` up to what `record` tells.
pub(super) fn refresh(number: &mut Number, record: &NumberRecord, unset: Unset) {
    // Nobody knows how reads tell a VoIP number; one that was bought as such stays one.
    if let Some(number_type) = record.number_type()
        && number.number_type.as_str() != Some(NumberType::Voip.as_str())
    {
        number.number_type = number_type.as_str().into();
    }
    if let Some(message_type) = record.message_type() {
        number.message_type = message_type.as_str().into();
    }
    if let Some(enabled) = record.message_enabled {
        number.message_enabled = Attr::Known(enabled);
    }
    if let Some(enabled) = record.voice_enabled {
        number.voice_enabled = Attr::Known(enabled);
    }

    let (message, voice) = (&record.message_route_id, &record.voice_route_id);
    managed(&mut number.message_route_id, unset, |current| {
        route(current, message, voice.is_told(), |_, _| true)
    });
    // Details may tell a voice route by an older kind of id that compares with nothing.
    managed(&mut number.voice_route_id, unset, |current| {
        route(current, voice, message.is_told(), |current, told| {
            told.starts_with("CRID-") || !current.starts_with("CRID-")
        })
    });
    managed(&mut number.iccid, unset, |current| {
        let told = record.iccid()?;
        let same = current
            .and_then(|c| Iccid::parse(c).ok())
            .is_some_and(|c| c.same_sim(&told));
        (!same).then(|| Attr::Known(told.digits().to_owned()))
    });
    managed(&mut number.product_type, unset, |current| {
        let told = record.product_type.as_deref()?;
        let same = current.is_some_and(|current| current.eq_ignore_ascii_case(told));
        (!same).then(|| told.into())
    });
    managed(&mut number.assigned_subscriber_id, unset, |current| {
        let told = record.assigned_subscriber_id.as_deref()?;
        // Some reads tell a subscriber by an older kind of id that compares with nothing.
        (current.is_none() || told.starts_with("TSUID-")).then(|| told.into())
    });

    if let Some(status) = &record.status {
        number.status = Attr::Known(status.clone());
    }
    if let Some(e164) = &record.number {
        number.id = Attr::Known(e164.to_string());
        number.phone_number_assigned = Attr::Known(e164.to_string());
    }
    fill(&mut number.phone_number_id, record.number_id.as_deref());
    fill(
        &mut number.order_id,
        record.order_id.as_ref().map(OrderId::as_str),
    );
    fill(
        &mut number.subscriber_id,
        record.assigned_subscriber_id.as_deref(),
    );
    if let Some(link) = &record.qr_code {
        refresh_qr_code(number, link.expose());
    }
}

/// Keeps `link` unless it says nothing new: only another activation code replaces the one kept,
/// and a link without a code fills no more than a gap.
pub(super) fn refresh_qr_code(number: &mut Number, link: &str) {
    let told = joonto::activation_code(link);
    match (&told, number.activation_code.as_str()) {
        (Some(told), Some(kept)) if told.as_str() == kept => return,
        (None, _) if number.qr_code.is_known() => return,
        _ => {}
    }
    number.qr_code = link.into();
    number.activation_code = told.into();
}

/// Applies what is told to an attribute that users may manage.
fn managed(
    attribute: &mut Attr<String>,
    unset: Unset,
    told: impl FnOnce(Option<&str>) -> Option<Attr<String>>,
) {
    if attribute.is_null() && unset == Unset::Leave {
        return;
    }
    if let Some(told) = told(attribute.as_str()) {
        *attribute = told;
    }
}

/// A route as told, if that differs from `current`.
///
/// An empty one was cleared elsewhere, provided that the same answer speaks of the other route:
/// one that speaks of no routes at all says nothing.
fn route(
    current: Option<&str>,
    told: &Told<String>,
    speaks_of_routes: bool,
    comparable: impl Fn(&str, &str) -> bool,
) -> Option<Attr<String>> {
    match (current.filter(|route| !route.is_empty()), told) {
        (Some(current), Told::Value(told)) => {
            (current != told && comparable(current, told)).then(|| told.as_str().into())
        }
        (Some(_), Told::Empty) => speaks_of_routes.then_some(Attr::Null),
        (None, Told::Value(told)) => Some(told.as_str().into()),
        (_, Told::Nothing) | (None, Told::Empty) => None,
    }
}

fn fill(attribute: &mut Attr<String>, told: Option<&str>) {
    if attribute.is_null() || attribute.is_unknown() {
        *attribute = told.map(str::to_owned).into();
    }
}
