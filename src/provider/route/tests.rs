//! What an import id names, and what a plan makes of another account, without the API.

use super::*;
use crate::joonto::{MessageRoute, VoiceRoute};
use crate::terraform::value::Value;

#[test]
fn routes_are_imported_by_their_id() {
    let keyed = RouteModel::<MessageRoute>::keyed("MRID-1").expect("an id");
    assert_eq!(keyed.text("route_id"), Some("MRID-1"));
    let older = RouteModel::<VoiceRoute>::keyed("T9992774");
    assert!(older.is_ok(), "an older kind of id");
    let swapped = RouteModel::<VoiceRoute>::keyed("MRID-1").expect_err("the other kind");
    assert!(swapped.contains("CRID-"), "{swapped}");
    for bad in ["", "MRID-1 MRID-2"] {
        RouteModel::<MessageRoute>::keyed(bad).expect_err(bad);
    }
}

#[test]
fn only_another_known_account_replaces_a_route() {
    let (none, unset, unknown) = (|| Value::Null, || Value::from(""), || Value::Unknown);
    let (one, two) = (|| Value::from("AID-1"), || Value::from("AID-2"));
    for (prior, proposed, planned, code) in [
        (one(), one(), one(), None),
        (one(), two(), two(), Some("JN505")),
        (one(), unset(), unset(), Some("JN205")),
        (one(), unknown(), one(), Some("JN204")),
        (unset(), one(), one(), Some("JN205")),
        (none(), one(), one(), Some("JN205")),
        (unset(), none(), none(), None),
        (none(), unset(), unset(), None),
        (unset(), unknown(), unknown(), Some("JN205")),
    ] {
        let row = format!("{:?} {:?}", prior.as_str(), proposed.as_str());
        let with = |account: Value| {
            let mut route = RouteModel::<MessageRoute>::default();
            route.set("account_id", account);
            route
        };
        let (prior, config, mut route) = (with(prior), with(proposed.clone()), with(proposed));
        let mut diagnostics = Diagnostics::new();
        route.plan(Some(&prior), &config, &mut diagnostics);
        let codes: Vec<_> = diagnostics.iter().filter_map(Diagnostic::code).collect();
        assert_eq!(codes, Vec::from_iter(code), "{row}");
        assert_eq!(route.get("account_id"), &planned, "{row}");
    }
}
