//! What this process' own records name, and those that it recovers.

use std::collections::{BTreeSet, HashMap};

use super::name::RecordName;
use crate::joonto::{E164, Iccid};

/// The records that this process owns. A fleet has thousands: they are found by what they name.
#[derive(Debug, Default)]
pub(super) struct Own {
    records: HashMap<RecordName, Named>,
    of_numbers: HashMap<E164, BTreeSet<RecordName>>,
    of_sims: HashMap<String, BTreeSet<RecordName>>,
}

/// What a record names.
#[derive(Debug, Default)]
struct Named {
    number: Option<E164>,
    iccid: Option<Iccid>,
}

impl Own {
    /// A purchase is recorded.
    pub(super) fn insert(&mut self, name: &RecordName, iccid: Option<Iccid>) {
        if let Some(iccid) = &iccid {
            let of_sim = self.of_sims.entry(iccid.key().to_owned());
            of_sim.or_default().insert(name.clone());
        }
        let number = None;
        self.records.insert(name.clone(), Named { number, iccid });
    }

    /// The purchase is closed.
    pub(super) fn remove(&mut self, name: &RecordName) {
        let Named { number, iccid } = self.records.remove(name).unwrap_or_default();
        let of_number = number.and_then(|number| self.of_numbers.get_mut(&number));
        let of_sim = iccid.and_then(|iccid| self.of_sims.get_mut(iccid.key()));
        for names in of_number.into_iter().chain(of_sim) {
            names.remove(name);
        }
    }

    /// Has the record name the number.
    pub(super) fn name(&mut self, name: &RecordName, number: E164) {
        let named = self.records.entry(name.clone()).or_default();
        let former = named.number.replace(number.clone());
        if let Some(names) = former.and_then(|former| self.of_numbers.get_mut(&former)) {
            names.remove(name);
        }
        self.of_numbers
            .entry(number)
            .or_default()
            .insert(name.clone());
    }

    /// The number that the record names.
    pub(super) fn number_of(&self, name: &RecordName) -> Option<&E164> {
        self.records.get(name)?.number.as_ref()
    }

    /// The records that name the number.
    pub(super) fn naming(&self, number: &E164) -> impl Iterator<Item = &RecordName> {
        self.of_numbers.get(number).into_iter().flatten()
    }

    /// The number of another record than `except` that is for the SIM; nothing if there is none.
    pub(super) fn bought_for(
        &self,
        iccid: &Iccid,
        except: Option<&RecordName>,
    ) -> Option<Option<E164>> {
        let of_sim = self.of_sims.get(iccid.key()).into_iter().flatten();
        let mut others = of_sim.filter(|name| Some(*name) != except);
        others.find_map(|name| {
            let named = self.records.get(name)?;
            let is_for = named.iccid.as_ref().is_some_and(|own| own.same_sim(iccid));
            is_for.then(|| named.number.clone())
        })
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
