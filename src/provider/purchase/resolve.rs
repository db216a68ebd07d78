//! The user's word on open purchases: `JOONTO_PURCHASE_RESOLVED`.

use std::collections::BTreeMap;

use super::run::RunId;
use crate::joonto::{E164, OrderId};

/// The variable.
pub(in crate::provider) const VARIABLE: &str = "JOONTO_PURCHASE_RESOLVED";

/// What is still to be stored of each run that the user names, and the order of each port-in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Resolution {
    numbers: BTreeMap<RunId, Vec<E164>>,
    orders: BTreeMap<RunId, OrderId>,
}

impl Resolution {
    /// Reads `<run>=+1...,+1...;<run>=nothing`, and `<port-in>=JNUOID-...`.
    ///
    /// # Errors
    ///
    /// The part that cannot be read.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for part in text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let wrong = || part.to_owned();
            let (run, numbers) = part.split_once('=').ok_or_else(wrong)?;
            let run = RunId::parse(run.trim()).ok_or_else(wrong)?;
            if all.numbers.contains_key(&run) || all.orders.contains_key(&run) {
                return Err(wrong());
            }
            if let Some(order) = order(numbers) {
                all.orders.insert(run, order);
                continue;
            }
            let numbers = match numbers.trim() {
                "nothing" => Vec::new(),
                numbers => numbers
                    .split(',')
                    .map(number)
                    .collect::<Option<_>>()
                    .ok_or_else(wrong)?,
            };
            all.numbers.insert(run, numbers);
        }
        Ok(all)
    }

    /// What is to be stored of `run`; `None` if the user does not name it.
    pub(super) fn of(&self, run: &RunId) -> Option<&[E164]> {
        self.numbers.get(run).map(Vec::as_slice)
    }

    /// The order of a port-in, as the user says.
    pub(super) fn order_of(&self, port_in: &RunId) -> Option<&OrderId> {
        self.orders.get(port_in)
    }
}

/// A number with its plus, so that a placeholder or a lost digit is an error.
fn number(text: &str) -> Option<E164> {
    let text = text.trim();
    let number = E164::parse(text).ok()?;
    (number.as_str() == text).then_some(number)
}

/// The id of an order, such as `JNUOID-...`: letters before a hyphen, and more after it.
fn order(text: &str) -> Option<OrderId> {
    let (kind, rest) = text.trim().split_once('-')?;
    let is_kind = kind.ends_with("OID") && kind.bytes().all(|b| b.is_ascii_uppercase());
    let is_rest = !rest.is_empty()
        && rest
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    (is_kind && is_rest).then(|| OrderId::parse(text.trim()).ok())?
}

impl RunId {
    /// What the order of a port-in is, as a part of a line.
    pub(in crate::provider) fn resolved_to(&self, order: &str) -> String {
        format!("{self}={order}")
    }

    /// What is to be stored of a run, as a part of a line.
    pub(in crate::provider) fn resolved(&self, numbers: &[&str]) -> String {
        match numbers {
            [] => format!("{self}=nothing"),
            numbers => format!("{self}={}", numbers.join(",")),
        }
    }
}

/// The line of some parts.
pub(in crate::provider) fn line_of(parts: &[String]) -> String {
    format!("{VARIABLE}=\"{}\"", parts.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_runs_and_what_is_to_be_stored() {
        let run = |text: &str| RunId::parse(text).expect("a run");
        let text = " abcdef012345=+18015550100, +13855550101 ;000000000001=nothing; ";
        let resolution = Resolution::parse(text).expect("readable");
        let numbers = resolution.of(&run("abcdef012345")).expect("named");
        assert_eq!(numbers.len(), 2);
        assert_eq!(numbers[1].as_str(), "+13855550101");
        assert_eq!(resolution.of(&run("000000000001")), Some(&[][..]));
        assert_eq!(resolution.of(&run("000000000002")), None);
        let text = "abcdef012345=JNUOID-0c5b-1;000000000001=nothing";
        let resolution = Resolution::parse(text).expect("readable");
        let order = resolution.order_of(&run("abcdef012345"));
        assert_eq!(order.map(OrderId::as_str), Some("JNUOID-0c5b-1"));
        assert_eq!(resolution.of(&run("abcdef012345")), None);
        assert_eq!(Resolution::parse(""), Ok(Resolution::default()));
    }

    #[test]
    fn a_line_that_is_printed_can_be_read() {
        let run = RunId::parse("abcdef012345").expect("a run");
        for numbers in [&["+18015550100", "+13855550101"][..], &[]] {
            let line = line_of(&[run.resolved(numbers)]);
            let value = line.trim_start_matches("JOONTO_PURCHASE_RESOLVED=");
            let resolution = Resolution::parse(value.trim_matches('"')).expect("readable");
            assert_eq!(resolution.of(&run).map(<[E164]>::len), Some(numbers.len()));
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in [
            "nothing",
            "abcdef012345",
            "abcdef012345=",
            "abcdef012345=+18015550100,",
            "abcdef012345=8015550100",
            "abcdef012345=+1NUMBER",
            "short=nothing",
            "abcdef012345=+18015550100;x",
            "abcdef012345=+18015550100;abcdef012345=+18015550101",
            "abcdef012345=JNUOID-1;abcdef012345=nothing",
            "abcdef012345=JNUOID-",
            "abcdef012345=JNUOID-1,JNUOID-2",
        ] {
            assert!(Resolution::parse(text).is_err(), "{text}");
        }
    }
}
