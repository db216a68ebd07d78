//! What the API tells of a number, written into what Terraform keeps of it.
//!
//! The API tells one thing in several spellings, some things not at all, and some only now and
//! then. What is absent, null or unreadable is *not told*, and never a difference.

use super::model::{Number, given};
use crate::joonto::{self, Iccid, NumberRecord, NumberType, OrderId, Told};
use crate::terraform::Attr;

/// Which attributes a record may set that so far have no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unset {
    /// None of the five that the user could manage: what an update has to compare.
    Leave,
    /// All: the state holds what the API returns, configured or not.
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
    // `""` detaches: it is set.
    let is_unset = number.message_route_id.is_null();
    managed(&mut number.message_route_id, is_unset, unset, |current| {
        route(current, message, voice.is_told(), |_, _| true)
    });
    // Details may return an older kind of id, which compares with nothing and replaces nothing.
    let is_unset = number.voice_route_id.is_null();
    managed(&mut number.voice_route_id, is_unset, unset, |current| {
        route(current, voice, message.is_told(), |current, told| {
            told.starts_with("CRID-") || current.is_none_or(|id| !id.starts_with("CRID-"))
        })
    });
    let is_unset = given(&number.iccid).is_none();
    managed(&mut number.iccid, is_unset, unset, |current| {
        let told = record.iccid()?;
        let same = current
            .and_then(|c| Iccid::parse(c).ok())
            .is_some_and(|c| c.same_sim(&told));
        (!same).then(|| Attr::Known(told.digits().to_owned()))
    });
    let is_unset = given(&number.product_type).is_none();
    managed(&mut number.product_type, is_unset, unset, |current| {
        let told = record.product_type.as_deref()?;
        let same = current.is_some_and(|current| current.eq_ignore_ascii_case(told));
        (!same).then(|| told.into())
    });
    let is_unset = given(&number.assigned_subscriber_id).is_none();
    managed(
        &mut number.assigned_subscriber_id,
        is_unset,
        unset,
        |current| {
            // Some reads return an older kind of id, which compares with nothing.
            let told = record.assigned_subscriber_id.as_deref()?;
            let is_new = told.starts_with("TSUID-") && current != Some(told);
            is_new.then(|| told.into())
        },
    );

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
        (Some(told), Some(kept)) if told.expose() == kept => return,
        (None, _) if number.qr_code.is_known() => return,
        _ => {}
    }
    number.qr_code = link.into();
    number.activation_code = told.map(|code| code.expose().to_owned()).into();
}

/// Applies what is told to an attribute that users may manage.
fn managed(
    attribute: &mut Attr<String>,
    is_unset: bool,
    unset: Unset,
    told: impl FnOnce(Option<&str>) -> Option<Attr<String>>,
) {
    if is_unset && unset == Unset::Leave {
        return;
    }
    if let Some(told) = told(given(attribute)) {
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
    comparable: impl Fn(Option<&str>, &str) -> bool,
) -> Option<Attr<String>> {
    match (current, told) {
        (_, Told::Value(told)) => {
            let is_new = current != Some(told) && comparable(current, told);
            is_new.then(|| told.as_str().into())
        }
        (Some(_), Told::Empty) => speaks_of_routes.then_some(Attr::Null),
        (_, Told::Nothing) | (None, Told::Empty) => None,
    }
}

fn fill(attribute: &mut Attr<String>, told: Option<&str>) {
    if attribute.is_null() || attribute.is_unknown() {
        *attribute = told.map(str::to_owned).into();
    }
}
