//! How a number looks in responses. Details and inventory show the same thing in different words.

use serde_json::{Value, json};

use crate::dates;
use crate::ids::{Ids, mix};
use crate::store::numbers::{NumberKind, NumberStatus, StoredNumber};
use crate::switches::Switches;

/// A number as details show it.
pub(super) fn details(number: &StoredNumber, switches: &Switches) -> Value {
    let voip = number.kind == NumberKind::Voip;
    json!({
        "Number": number.number,
        "TNID": number.tnid,
        "OrderId": number.read_order_id,
        "NumberType": if voip { "voip" } else { "Mobile" },
        "MessageEnabled": number.message_enabled,
        "MessageRouteId": number.message_route_id,
        "VoiceEnabled": number.voice_enabled,
        "Classification": classification(number, switches),
        "MessageType": number.message_type.to_uppercase(),
        "VoiceRouteId": voice_route(number, switches),
        "Status": status_word(number, switches),
        "OriginalDatePurchased": if switches.details_tell_date { purchase_day(number) } else { None },
        "AssignedSubscriberId": if switches.subscriber_hidden { None } else { number.subscriber_id.clone() },
        "Iccid": number.iccid.as_ref().map(|iccid| read_iccid(iccid, switches)),
        "Cnam": cnam(number),
        "QrActivationLink": number.activation_code.as_ref().map(|code| qr_link(code, switches)),
        "SwapsRemaining": number.swaps_remaining,
        "NextSwapResetDate": dates::without_zone(number.next_swap_reset),
    })
}

/// A number as the inventory shows it, at a place in it: the place decides which of the vendor's spellings it has.
pub(super) fn inventory_item(number: &StoredNumber, place: usize, switches: &Switches) -> Value {
    let flag = |on: bool| {
        if place % 2 == 1 {
            json!(on.to_string())
        } else {
            json!(on)
        }
    };
    let mut item = details(number, switches);
    if let Some(fields) = item.as_object_mut() {
        fields.remove("TNID");
    }
    item["Tnid"] = json!(number.tnid);
    if number.kind != NumberKind::Voip {
        item["NumberType"] = json!("mobile");
    }
    item["MessageEnabled"] = flag(number.message_enabled);
    item["VoiceEnabled"] = flag(number.voice_enabled);
    item["MessageType"] = json!(number.message_type);
    item["VoiceRouteId"] = json!(number.voice_route_id);
    item["OriginalDatePurchased"] = json!(purchase_day(number));
    if place % 3 == 2 {
        let subscriber = number
            .subscriber_id
            .as_deref()
            .and_then(|id| id.strip_prefix("TSUID-"));
        item["AssignedSubscriberId"] = json!(subscriber.map(|rest| format!("SID-{rest}")));
    }
    item["ProductType"] = json!(number.product_type);
    item["PortOutPin"] = json!(number.port_out_pin);
    item
}

fn purchase_day(number: &StoredNumber) -> Option<String> {
    (!number.undated).then(|| dates::day(number.bought.date()))
}

/// `MVNO` or `IoT`; nothing for a VoIP number.
pub(super) fn classification(number: &StoredNumber, switches: &Switches) -> Option<&'static str> {
    match number.kind {
        NumberKind::Mvno => Some("MVNO"),
        NumberKind::Iot if switches.iot_in_capitals => Some("IOT"),
        NumberKind::Iot => Some("IoT"),
        NumberKind::Voip => None,
    }
}

fn status_word<'a>(number: &'a StoredNumber, switches: &'a Switches) -> Option<&'a str> {
    if switches.status_null {
        return None;
    }
    Some(match &number.status {
        NumberStatus::Active => &switches.active_word,
        NumberStatus::Parked => &switches.parked_word,
        NumberStatus::Cancelled { .. } => &switches.cancelled_word,
        NumberStatus::Other(word) => word,
    })
}

pub(super) fn read_iccid(iccid: &str, switches: &Switches) -> String {
    if switches.iccid_filler {
        format!("{iccid}F")
    } else {
        iccid.to_owned()
    }
}

fn voice_route(number: &StoredNumber, switches: &Switches) -> Option<String> {
    let id = number.voice_route_id.as_ref()?;
    if !switches.voice_route_as_digits {
        return Some(id.clone());
    }
    let hash = id.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
    Some(format!("T{:07}", hash % 10_000_000))
}

fn cnam(number: &StoredNumber) -> Option<String> {
    let parts: Vec<_> = number.cnam.iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// A fresh code to load an eSIM with.
pub(crate) fn activation_code(ids: &mut Ids) -> String {
    format!("LPA:1$SMDP.EXAMPLE.COM${}", ids.matching_id())
}

/// The link whose picture is the code. `:` and `$` travel unencoded.
pub(super) fn qr_link(code: &str, switches: &Switches) -> String {
    if switches.qr_without_text {
        return "https://api.telegent.com/qr-activation-link".into();
    }
    let picture = "&centerImageUrl=https://example.com/joonto-icon.png&ecLevel=H&format=png&centerImageSizeRatio=.3";
    let picture = if switches.qr_picture_options {
        picture
    } else {
        ""
    };
    format!("https://quickchart.io/qr?text={code}{picture}")
}
