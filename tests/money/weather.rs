//! What goes wrong in a storm, and what is asked for meanwhile.

use std::time::Duration;

use joonto_sandbox::{EmptyIds, ErrorShape, FaultKind, Placement};
use serde_json::{Value as Json, json};

use crate::runner::Dice;
use crate::scene::{MESSAGE_ROUTE, number};

/// What may be asked for: requests that are equal, that a record tells apart, that differ in where
/// the number should come from, and that name a SIM of their own.
pub(crate) fn request(dice: &mut Dice, is_sim: bool, iccid: &str) -> Json {
    match dice.below(8) {
        _ if is_sim => number(("mvno", "a2p"), (false, true), json!({ "iccid": iccid })),
        0 | 1 => number(
            ("mvno", "a2p"),
            (true, false),
            json!({ "message_route_id": MESSAGE_ROUTE }),
        ),
        2 => number(("mvno", "p2p"), (true, true), json!({})),
        3 => number(
            ("iot", "p2p"),
            (true, false),
            json!({ "product_type": "Data-Only", "data_enabled": true }),
        ),
        4 => number(("voip", "a2p"), (true, true), json!({})),
        5 => number(("mvno", "a2p"), (false, true), json!({ "iccid": iccid })),
        6 => number(
            ("mvno", "a2p"),
            (false, false),
            json!({ "area_code": *["801", "385", "202"].get(dice.below(3)).expect("one") }),
        ),
        _ => number(("mvno", "a2p"), (false, false), json!({})),
    }
}

/// 400, 404 and a quick 401, 403 or 429 are refusals by rule 1, so they come before the commit.
pub(crate) fn faults() -> Vec<(Placement, FaultKind)> {
    let page = |status| FaultKind::Body {
        status,
        content_type: "text/html".into(),
        text: "<html>Bad gateway</html>".into(),
    };
    let longer_than_the_limit = Duration::from_millis(900);
    let mut before = vec![
        FaultKind::Drop,
        FaultKind::Reset,
        FaultKind::Hang,
        FaultKind::Delay(longer_than_the_limit),
        FaultKind::CommitLate(Duration::from_millis(30)),
        FaultKind::status(429),
        FaultKind::status_retry_after(408, "1"),
        FaultKind::status_retry_after(503, "1"),
        FaultKind::RedirectToSelf { status: 307 },
        FaultKind::RedirectToSelf { status: 308 },
    ];
    before.extend(
        ["2", "0", "-5", "soon", "86400"].map(|wait| FaultKind::status_retry_after(429, wait)),
    );
    before.extend([400, 401, 403, 404, 405, 409, 415, 422, 500, 502, 520].map(FaultKind::status));
    let mut after = vec![
        FaultKind::Drop,
        FaultKind::Drop,
        FaultKind::Reset,
        FaultKind::HalfClose,
        FaultKind::Hang,
        FaultKind::Delay(longer_than_the_limit),
        FaultKind::Delay(Duration::from_millis(20)),
        FaultKind::Truncate,
        FaultKind::ChunkedWithoutEnd,
        FaultKind::WrongTypes,
        FaultKind::NullBody,
        FaultKind::EmptyIds(EmptyIds::Blank),
        FaultKind::EmptyIds(EmptyIds::Missing),
        FaultKind::EmptyIds(EmptyIds::Null),
        FaultKind::status_as(200, ErrorShape::Empty),
        FaultKind::status_retry_after(503, "1"),
        FaultKind::Drip(Duration::from_millis(20)),
        FaultKind::HeadersOnly,
        FaultKind::Oversized(2),
        page(200),
        page(404),
        page(502),
    ];
    after.extend([405, 408, 409, 422, 499, 500, 504].map(FaultKind::status));
    let before = before.into_iter().map(|kind| (Placement::Before, kind));
    let after = after.into_iter().map(|kind| (Placement::After, kind));
    before.chain(after).collect()
}
