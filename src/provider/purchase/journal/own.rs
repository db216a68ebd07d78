//! What this process' own records name, and those that it recovers.

use std::collections::BTreeMap;

use super::name::RecordName;
use crate::joonto::{E164, Iccid};

/// The records that this process owns.
#[derive(Debug, Default)]
pub(super) struct Own(BTreeMap<RecordName, Named>);

/// What a record names.
#[derive(Debug, Default)]
struct Named {
    number: Option<E164>,
    iccid: Option<Iccid>,
}

impl Own {
    /// A purchase is recorded.
    pub(super) fn insert(&mut self, name: &RecordName, iccid: Option<Iccid>) {
        let number = None;
        self.0.insert(name.clone(), Named { number, iccid });
    }

    /// The purchase is closed.
    pub(super) fn remove(&mut self, name: &RecordName) {
        self.0.remove(name);
    }

    /// Has the record name the number.
    pub(super) fn name(&mut self, name: &RecordName, number: E164) {
        self.0.entry(name.clone()).or_default().number = Some(number);
    }

    /// The number that the record names.
    pub(super) fn number_of(&self, name: &RecordName) -> Option<&E164> {
        self.0.get(name)?.number.as_ref()
    }

    /// The records that name the number.
    pub(super) fn naming(&self, number: &E164) -> impl Iterator<Item = &RecordName> {
        let is_it = |named: &Named| named.number.as_ref() == Some(number);
        let naming = self.0.iter().filter(move |(_, named)| is_it(named));
        naming.map(|(name, _)| name)
    }

    /// The number of another record than `except` that is for the SIM; nothing if there is none.
    pub(super) fn bought_for(
        &self,
        iccid: &Iccid,
        except: Option<&RecordName>,
    ) -> Option<Option<E164>> {
        let is_for = |named: &Named| named.iccid.as_ref().is_some_and(|own| own.same_sim(iccid));
        let mut others = self.0.iter();
        let found = others.find(|(name, named)| is_for(named) && Some(*name) != except);
        found.map(|(_, named)| named.number.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(sequence: &str) -> RecordName {
        RecordName::of_path(&format!("a.b.aaaaaaaaaaaa.7/{sequence}-1.json")).expect("a record")
    }

    #[test]
    fn a_number_leads_to_its_records_until_they_are_closed() {
        let number = |text| E164::parse(text).expect("a number");
        let (one, other) = (number("+18015550100"), number("+18015550101"));
        let (first, moved, second) = (record("1"), record("2"), record("3"));
        let sim = Iccid::parse("8901240397190195850").expect("a SIM");
        let mut own = Own::default();
        own.insert(&first, Some(sim.clone()));
        own.name(&first, other.clone());
        own.name(&first, one.clone());
        own.insert(&moved, Some(sim.clone()));
        own.name(&moved, one.clone());
        own.name(&second, other.clone());

        assert_eq!(own.naming(&one).collect::<Vec<_>>(), [&first, &moved]);
        assert_eq!(own.naming(&other).collect::<Vec<_>>(), [&second]);
        assert_eq!(own.number_of(&moved), Some(&one));
        own.remove(&first);
        assert_eq!(own.bought_for(&sim, None), Some(Some(one.clone())));
        assert_eq!(own.bought_for(&sim, Some(&moved)), None);
        own.remove(&moved);
        assert_eq!(own.naming(&one).count(), 0);
    }
}
