//! Finding out what purchases brought whose answer was lost.

use std::collections::BTreeSet;
use std::time::Duration;

use super::evidence::{Finding, Wanted, account_for};
use super::journal::{LeftInDoubt, Ticket};
use super::{Bought, InDoubt, NotBought, Purchases, SNAPSHOT_PAGES, Snapshot, Verdict};
use crate::joonto::{
    Client, E164, Error, Iccid, Inventory, Lookup, NumberClass, NumberRecord, OrderId,
    ProvisionRequest,
};
use crate::wait::Waits;

/// The pauses between looks at the inventory, which may lag: a minute in all.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(15),
    Duration::from_secs(25),
];

/// A purchase whose answer was lost.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    ticket: Ticket,
    wanted: Wanted,
    iccid: Option<Iccid>,
    account_id: Option<String>,
}

impl Doubt {
    pub(super) fn new(ticket: Ticket, request: &ProvisionRequest, wanted: Wanted) -> Self {
        Self {
            ticket,
            iccid: request.iccid.clone(),
            account_id: request.account_id.as_ref().map(|id| id.as_str().to_owned()),
            wanted,
        }
    }

    fn left(ticket: Ticket, wanted: Wanted) -> Self {
        let iccid = wanted
            .iccid
            .as_deref()
            .and_then(|text| Iccid::parse(text).ok());
        Self {
            ticket,
            iccid,
            account_id: wanted.account_id.clone(),
            wanted,
        }
    }
}

/// Reads the whole inventory, within bounds. The inner error says why it is not whole.
pub(super) async fn read_inventory(
    client: &Client,
    waits: &Waits,
) -> Result<Result<Inventory, String>, Error> {
    let inventory = client.urgent().inventory(SNAPSHOT_PAGES, waits).await?;
    Ok(match inventory {
        inventory if !inventory.is_complete => Err(format!(
            "the inventory could not be read to its end (within {SNAPSHOT_PAGES} pages)"
        )),
        inventory
            if inventory
                .numbers
                .iter()
                .any(|record| record.number.is_none()) =>
        {
            Err("a number in the inventory could not be read".to_owned())
        }
        inventory => Ok(inventory),
    })
}

/// What is needed to tell what is new.
struct Basis {
    snapshot: Result<BTreeSet<E164>, String>,
    known: BTreeSet<E164>,
}

impl Purchases {
    /// Finds out what a purchase of this process brought, together with all others in doubt.
    pub(super) async fn find_out(&self, ticket: Ticket, waits: &Waits) -> Verdict {
        // Once the gate is ours, every purchase that was sent has come home, and no other starts.
        let _all_home = self.0.gate.write().await;
        if let Some(verdict) = self.ledger().verdicts.remove(&ticket) {
            return verdict;
        }
        let doubts = std::mem::take(&mut self.ledger().doubts);
        let snapshot = match self.0.snapshot.get() {
            Some(Snapshot::Taken(numbers)) => Ok(numbers.clone()),
            Some(Snapshot::Unavailable(why)) => Err(why.clone()),
            None => Err("the inventory was not read before the purchase".into()),
        };
        let basis = Basis {
            snapshot,
            known: BTreeSet::new(),
        };
        let verdicts = self.reconcile(&doubts, basis, &PAUSES, waits).await;
        let mut own = Verdict::Unknown("the purchase was not looked into".into());
        for (doubt, verdict) in doubts.iter().zip(verdicts) {
            if let Verdict::Bought(number) = &verdict {
                let receipt = super::Receipt {
                    number: Some(number.to_string()),
                    ..super::Receipt::default()
                };
                self.0.journal.answered(doubt.ticket, receipt).await;
            }
            match doubt.ticket == ticket {
                true => own = verdict,
                false => drop(self.ledger().verdicts.insert(doubt.ticket, verdict)),
            }
        }
        own
    }

    /// What earlier runs left of purchases like this one: a number to take up, or nothing.
    pub(super) async fn left_by_earlier_runs(
        &self,
        wanted: &Wanted,
        waits: &Waits,
        warn: &(dyn Fn(&str, String) + Send + Sync),
    ) -> Result<Option<Bought>, NotBought> {
        let inner = &*self.0;
        let _only_one = waits
            .wait_for(inner.past.lock())
            .await
            .map_err(NotBought::GivenUp)?;
        while let Some(left) = inner.journal.left_in_doubt(&inner.scope, wanted) {
            self.settle_left(left, waits).await?;
        }
        let leftover = inner.journal.leftover(&inner.scope, wanted);
        for report in leftover.reports {
            warn(
                "An earlier purchase was not seen in the state",
                format!(
                    "{report} If it is not managed elsewhere, take it up with `terraform import` or \
                     cancel it. A new number is bought now."
                ),
            );
        }
        Ok(leftover.claim.map(|receipt| {
            let number = receipt
                .number
                .as_deref()
                .and_then(|number| E164::parse(number).ok());
            self.ledger().known.extend(number);
            Bought::Claimed(receipt)
        }))
    }

    /// Finds out about the purchases that an earlier run left in doubt.
    async fn settle_left(&self, left: LeftInDoubt, waits: &Waits) -> Result<(), NotBought> {
        let inner = &*self.0;
        let purchases = left.purchases();
        let newest = purchases
            .iter()
            .map(|(_, _, at)| *at)
            .max()
            .unwrap_or_default();
        let age = waits.clock().utc().unix_timestamp().saturating_sub(newest);
        let age = Duration::from_secs(u64::try_from(age).unwrap_or_default());
        // The inventory may lag by a minute, counted from the purchase.
        let mut passed = Duration::ZERO;
        let pauses: Vec<Duration> = PAUSES
            .into_iter()
            .filter(|pause| {
                passed += *pause;
                passed > age
            })
            .collect();
        let snapshot = left
            .snapshot()
            .ok_or_else(|| "no snapshot was written down".to_owned());
        let basis = Basis {
            snapshot,
            known: left.explained(&inner.journal),
        };
        let doubts: Vec<Doubt> = purchases
            .into_iter()
            .map(|(ticket, wanted, _)| Doubt::left(ticket, wanted))
            .collect();
        let verdicts = {
            let _all_home = inner.gate.write().await;
            self.reconcile(&doubts, basis, &pauses, waits).await
        };
        let path = left.path().display().to_string();
        let mut found = Vec::new();
        let mut problem = None;
        for (doubt, verdict) in doubts.iter().zip(verdicts) {
            match verdict {
                Verdict::Bought(number) => found.push((doubt.ticket, Some(number))),
                Verdict::NoneSeen => found.push((doubt.ticket, None)),
                Verdict::Unsure(numbers) | Verdict::LeftUnsure(numbers, _) => {
                    problem = Some(Verdict::LeftUnsure(numbers, path.clone()));
                }
                Verdict::Unknown(why) => problem = Some(Verdict::Unknown(why)),
            }
        }
        let written = left.settle(&inner.journal, found);
        let problem = problem.or(written.err().map(Verdict::Unknown));
        match problem {
            None => Ok(()),
            Some(verdict) => Err(NotBought::InDoubt(InDoubt {
                cause: "an earlier run was ended while it waited for the answer".into(),
                sent_at: time::OffsetDateTime::from_unix_timestamp(newest)
                    .unwrap_or(time::OffsetDateTime::UNIX_EPOCH),
                verdict,
            })),
        }
    }

    /// Looks again and again until everything is explained or a minute is over.
    async fn reconcile(
        &self,
        doubts: &[Doubt],
        mut basis: Basis,
        pauses: &[Duration],
        waits: &Waits,
    ) -> Vec<Verdict> {
        let mut verdicts: Vec<Verdict> = vec![Verdict::NoneSeen; doubts.len()];
        let mut pauses = pauses.iter();
        loop {
            self.look(doubts, &mut verdicts, &mut basis, waits).await;
            let settled = |verdict: &Verdict| matches!(verdict, Verdict::Bought(_));
            if verdicts.iter().all(settled) {
                break;
            }
            let Some(pause) = pauses.next() else { break };
            if let Err(why) = waits.sleep(*pause).await {
                for verdict in verdicts.iter_mut().filter(|verdict| !settled(verdict)) {
                    *verdict = Verdict::Unknown(format!("the search was cut short: {why}"));
                }
                break;
            }
        }
        let bought = verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::Bought(number) => Some(number.clone()),
            _ => None,
        });
        self.ledger().known.extend(bought);
        verdicts
    }

    /// One look: at the SIMs, at pending orders, at the inventory.
    async fn look(
        &self,
        doubts: &[Doubt],
        verdicts: &mut [Verdict],
        basis: &mut Basis,
        waits: &Waits,
    ) {
        let mut by_inventory = Vec::new();
        for (at, doubt) in doubts.iter().enumerate() {
            let Some(verdict) = verdicts.get_mut(at) else {
                continue;
            };
            match (&verdict, &doubt.iccid) {
                (Verdict::Bought(number), _) => drop(basis.known.insert(number.clone())),
                (_, Some(iccid)) => {
                    *verdict = self.ask_sim(iccid, &basis.known, waits).await;
                    if let Verdict::Bought(number) = &verdict {
                        basis.known.insert(number.clone());
                    }
                }
                (_, None) => by_inventory.push(at),
            }
        }
        if by_inventory.is_empty() {
            return;
        }
        self.ask_pending_orders(waits).await;
        let wanted: Vec<&Doubt> = by_inventory
            .iter()
            .filter_map(|at| doubts.get(*at))
            .collect();
        let found = self.ask_inventory(&wanted, basis, waits).await;
        for (at, found) in by_inventory.into_iter().zip(found) {
            if let Some(verdict) = verdicts.get_mut(at) {
                *verdict = found;
            }
        }
    }

    /// A SIM has one number at the most, and knows it.
    async fn ask_sim(&self, iccid: &Iccid, known: &BTreeSet<E164>, waits: &Waits) -> Verdict {
        match self
            .0
            .client
            .urgent()
            .details(&Lookup::Sim(iccid.clone()), waits)
            .await
        {
            Ok(Some(record)) if record.class() != NumberClass::Gone => match record.number {
                Some(number)
                    if !known.contains(&number) && !self.ledger().known.contains(&number) =>
                {
                    Verdict::Bought(number)
                }
                _ => Verdict::NoneSeen,
            },
            Ok(_) => Verdict::NoneSeen,
            Err(error) => Verdict::Unknown(error.to_string()),
        }
    }

    async fn ask_pending_orders(&self, waits: &Waits) {
        let orders: Vec<String> = self.ledger().pending.keys().cloned().collect();
        for order in orders.iter().filter_map(|order| OrderId::parse(order).ok()) {
            if let Ok(answer) = self.0.client.order(&order, waits).await
                && let Some(number) = answer.numbers.first()
            {
                self.completed(&order, Some(number)).await;
            }
        }
    }

    async fn ask_inventory(&self, doubts: &[&Doubt], basis: &Basis, waits: &Waits) -> Vec<Verdict> {
        let unknown = |why: String| vec![Verdict::Unknown(why); doubts.len()];
        let snapshot = match &basis.snapshot {
            Ok(snapshot) => snapshot,
            Err(why) => return unknown(why.clone()),
        };
        let inventory = match read_inventory(&self.0.client, waits).await {
            Ok(Ok(inventory)) => inventory,
            Ok(Err(why)) => return unknown(why),
            Err(error) => return unknown(error.to_string()),
        };
        let foreign = doubts
            .iter()
            .any(|doubt| match (&doubt.account_id, &inventory.account_id) {
                (Some(ours), Some(theirs)) => ours != theirs.as_str(),
                _ => false,
            });
        if foreign {
            return unknown("the inventory is that of another account".into());
        }
        let (own, pending): (BTreeSet<E164>, Vec<Wanted>) = {
            let ledger = self.ledger();
            (
                ledger.known.clone(),
                ledger
                    .pending
                    .values()
                    .map(|(_, wanted)| wanted.clone())
                    .collect(),
            )
        };
        let is_new = |record: &NumberRecord| {
            record.number.as_ref().is_some_and(|number| {
                !snapshot.contains(number) && !basis.known.contains(number) && !own.contains(number)
            })
        };
        let new: Vec<NumberRecord> = inventory
            .numbers
            .into_iter()
            .filter(|record| is_new(record))
            .collect();
        let wanted: Vec<&Wanted> = doubts.iter().map(|doubt| &doubt.wanted).collect();
        account_for(&wanted, &pending.iter().collect::<Vec<_>>(), &new)
            .into_iter()
            .map(|finding| match finding {
                Finding::Bought(number) => Verdict::Bought(number),
                Finding::NoneSeen => Verdict::NoneSeen,
                Finding::Unsure(numbers) => Verdict::Unsure(numbers),
            })
            .collect()
    }
}
