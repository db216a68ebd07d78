//! What every error text has to say.

use crate::joonto::{E164, Iccid, Inventory, Lookup, NumberRecord, OrderId};
use crate::terraform::Diagnostic;

use super::*;

const NUMBER: &str = "+12025550143";
const ORDER: &str = "JNUOID-1";

/// The errors about one number or order, without those that pass an API's error on.
fn texts() -> Vec<(&'static str, Diagnostic)> {
    let number = E164::parse(NUMBER).expect("a number");
    let order = OrderId::parse(ORDER).expect("an order");
    let lookup = Lookup::Number(number.clone());
    let empty = Inventory::default();
    let full = Inventory {
        numbers: vec![NumberRecord::default()],
        ..Inventory::default()
    };
    let route: RouteOf = |record| &record.message_route_id;
    let cleared = [("message_route_id", route)];
    vec![
        (ORDER, update_pending(&number, &order, None, "stopped")),
        (NUMBER, update_failed(&number, None)),
        (NUMBER, cannot_clear(&number, &cleared, "the API refused")),
        (NUMBER, import_of_ended(NUMBER, "Cancelled")),
        (NUMBER, import_of_unknown(&lookup, None)),
        (NUMBER, import_of_unknown(&lookup, Some(&empty))),
        (NUMBER, import_of_unknown(&lookup, Some(&full))),
    ]
}

#[test]
fn errors_name_their_subject_the_money_and_the_next_step() {
    for (subject, error) in texts() {
        let text = format!("{}\n{}", error.summary(), error.detail());
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        assert!(says(&[subject]), "{text}");
        assert!(
            says(&["bought", "paid for", "Nothing was changed"]),
            "{text}"
        );
        let steps = [
            "pply again",
            "ry again",
            "lan again",
            "terraform import",
            "import by",
            "import it",
            "check those",
            "mistyped",
            "Name another",
        ];
        assert!(says(&steps), "{text}");
        assert!(!text.contains("  ") && !text.contains(".."), "{text}");
    }
}

#[test]
fn an_import_says_what_is_likely() {
    let sim = Iccid::parse("8901240397190195850").expect("a SIM");
    let number = Lookup::Number(E164::parse(NUMBER).expect("a number"));
    let (none, some) = (
        Inventory::default(),
        Inventory {
            numbers: vec![NumberRecord::default(); 2],
            ..Inventory::default()
        },
    );
    for (lookup, inventory, likely) in [
        (&number, Some(&none), "no numbers at all"),
        (&number, Some(&some), "2 other numbers"),
        (&Lookup::Sim(sim), Some(&some), "the SIM carries no number"),
        (&number, None, "or it belongs to another account"),
    ] {
        let error = import_of_unknown(lookup, inventory);
        assert!(error.detail().contains(likely), "{}", error.detail());
    }
}
