//! Finding out what purchases brought whose answer was lost.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::evidence::{Finding, Wanted, account_for};
use super::journal::{LeftInDoubt, Lively, Ticket};
use super::{Bought, InDoubt, NotBought, Owned, Purchases, SNAPSHOT_PAGES, Snapshot, Verdict};
use crate::joonto::{
    Client, E164, Error, Iccid, Inventory, Lookup, NumberClass, NumberRecord, OrderClass,
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

/// How long a purchase that another process has sent may take to come home, looking included.
const OTHERS_TAKE: Duration = Duration::from_secs(200);

/// How long a process may take to end after it has its answers.
const OTHERS_END: Duration = Duration::from_secs(2);

/// How often that is looked at.
const OTHERS_LOOK: Duration = Duration::from_millis(500);

/// A purchase whose answer was lost.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    ticket: Ticket,
    wanted: Wanted,
    /// The SIM it was for.
    sim: Option<Iccid>,
    /// Whether the snapshot was whole before it was sent. A purchase for a SIM does not wait for
    /// one, and one taken later may show what it brought.
    is_after_snapshot: bool,
}

impl Doubt {
    pub(super) fn new(ticket: Ticket, wanted: Wanted, is_after_snapshot: bool) -> Self {
        let iccid = wanted.iccid.as_deref().map(Iccid::parse);
        Self {
            ticket,
            is_after_snapshot,
            sim: iccid.and_then(Result::ok),
            wanted,
        }
    }

    pub(super) fn ticket(&self) -> Ticket {
        self.ticket
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

/// What is needed to tell what is new, and whose it may be.
struct Basis {
    /// What was owned before.
    snapshot: Result<Owned, String>,
    /// The journal that is looked into, whose entries are the doubts themselves.
    journal: Option<PathBuf>,
    /// Purchases that were looked into before, in vain, and may have brought a number all the
    /// same. They come after those in doubt.
    unresolved: Vec<Doubt>,
}

impl Purchases {
    /// Finds out what a purchase of this process brought, together with all others in doubt.
    pub(super) async fn find_out(&self, ticket: Ticket, waits: &Waits) -> Verdict {
        // Once the gate is ours, every purchase that was sent has come home, and no other starts.
        let _all_home = match waits.wait_for(self.0.gate.write()).await {
            Ok(all_home) => all_home,
            Err(why) => return Verdict::Unknown(format!("the search was cut short: {why}")),
        };
        let (doubts, unresolved) = {
            let mut ledger = self.ledger();
            if let Some(verdict) = ledger.verdicts.remove(&ticket) {
                return verdict;
            }
            (
                std::mem::take(&mut ledger.doubts),
                ledger.unresolved.clone(),
            )
        };
        let snapshot = match self.0.snapshot.get() {
            Some(Snapshot::Taken(owned)) => Ok(owned.clone()),
            Some(Snapshot::Unavailable(why)) => Err(why.clone()),
            None => Err("the inventory was not read before the purchase".into()),
        };
        let basis = Basis {
            snapshot,
            journal: None,
            unresolved,
        };
        let verdicts = self.reconcile(&doubts, &basis, &PAUSES, waits).await;
        let mut ledger = self.ledger();
        let mut own = Verdict::Unknown("the purchase was not looked into".into());
        for (doubt, verdict) in doubts.into_iter().zip(verdicts) {
            if doubt.ticket == ticket {
                own = verdict.clone();
            } else {
                ledger.verdicts.insert(doubt.ticket, verdict.clone());
            }
            if !matches!(verdict, Verdict::Bought(_)) {
                ledger.unresolved.push(doubt);
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
        self.await_others(wanted, waits).await?;
        while let Some(left) = inner.journal.left_in_doubt(&inner.scope, wanted) {
            self.settle_left(left, wanted, waits).await?;
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
        if leftover.claim.is_none() {
            let unseen = self.still_there(leftover.unseen, waits).await;
            if !unseen.is_empty() {
                return Err(NotBought::Unseen(unseen));
            }
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

    /// Leaves out the numbers that have ended since, in whatever way: nobody is missing those.
    async fn still_there(
        &self,
        unseen: Vec<(String, PathBuf)>,
        waits: &Waits,
    ) -> Vec<(String, PathBuf)> {
        let mut left = Vec::new();
        for (name, path) in unseen {
            let details = match E164::parse(&name) {
                Ok(number) => {
                    let lookup = Lookup::Number(number);
                    self.0.client.urgent().details(&lookup, waits).await.ok()
                }
                // It is known by its order alone.
                Err(_) => None,
            };
            let has_ended =
                details.is_some_and(|record| record.is_none_or(|r| r.class() == NumberClass::Gone));
            if has_ended {
                self.0.journal.seen(Some(&name), None);
            } else {
                left.push((name, path));
            }
        }
        left
    }

    /// Lets purchases like this one come home that other processes have sent: a provider may
    /// outlive its Terraform for as long as it waits for an answer.
    async fn await_others(&self, wanted: &Wanted, waits: &Waits) -> Result<(), NotBought> {
        let inner = &*self.0;
        let began = waits.clock().now();
        while let Some(lively) = inner.journal.lively(&inner.scope, wanted) {
            let waited = waits.clock().now() - began;
            match lively {
                Lively::UnderWay(path) if waited >= OTHERS_TAKE => {
                    return Err(NotBought::Elsewhere(path.display().to_string()));
                }
                Lively::Answered(path) if waited >= OTHERS_END => inner.journal.note_alive(path),
                _ => {
                    let slept = waits.sleep(OTHERS_LOOK).await;
                    slept.map_err(NotBought::GivenUp)?;
                }
            }
        }
        Ok(())
    }

    /// Finds out about the purchases that an earlier run left in doubt. An error, if one of them
    /// is like the one at hand and cannot be resolved.
    async fn settle_left(
        &self,
        left: LeftInDoubt,
        wanted: &Wanted,
        waits: &Waits,
    ) -> Result<(), NotBought> {
        let inner = &*self.0;
        let purchases = left.purchases();
        let newest = purchases
            .iter()
            .map(|(_, at)| *at)
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
        let snapshot = left.snapshot();
        let basis = Basis {
            snapshot: snapshot.ok_or_else(|| "no snapshot was written down".to_owned()),
            journal: Some(left.path().to_owned()),
            unresolved: Vec::new(),
        };
        let doubts: Vec<Doubt> = purchases.into_iter().map(|(doubt, _)| doubt).collect();
        let verdicts = {
            let all_home = waits.wait_for(inner.gate.write()).await;
            let _all_home = all_home.map_err(NotBought::GivenUp)?;
            self.reconcile(&doubts, &basis, &pauses, waits).await
        };
        let path = left.path().display().to_string();
        let mut found = Vec::new();
        let mut problem = None;
        for (doubt, verdict) in doubts.iter().zip(verdicts) {
            let verdict = match verdict {
                Verdict::Bought(number) => {
                    found.push((doubt.ticket, Some(number)));
                    continue;
                }
                Verdict::NoneSeen => {
                    found.push((doubt.ticket, None));
                    continue;
                }
                Verdict::Unsure(numbers) => Verdict::LeftUnsure(numbers, path.clone()),
                verdict => verdict,
            };
            if doubt.wanted == *wanted {
                problem = Some(verdict);
            }
        }
        let written = left.settle(&inner.journal, found);
        let problem = problem.or(written.err().map(Verdict::Unknown));
        match problem {
            None => Ok(()),
            Some(verdict) => Err(NotBought::InDoubt(InDoubt {
                cause: "an earlier run was ended before it knew the answer".into(),
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
        basis: &Basis,
        pauses: &[Duration],
        waits: &Waits,
    ) -> Vec<Verdict> {
        let mut verdicts: Vec<Verdict> = vec![Verdict::NoneSeen; doubts.len()];
        let mut pauses = pauses.iter();
        loop {
            self.look(doubts, &mut verdicts, basis, waits).await;
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
        verdicts
    }

    /// One look: at the SIMs, at pending orders, at the inventory. What is found is known.
    async fn look(&self, doubts: &[Doubt], verdicts: &mut [Verdict], basis: &Basis, waits: &Waits) {
        let mut by_inventory = Vec::new();
        for (doubt, verdict) in doubts.iter().zip(verdicts) {
            if matches!(verdict, Verdict::Bought(_)) {
                continue;
            }
            match &doubt.sim {
                Some(iccid) => {
                    let before = basis.snapshot.as_ref().ok();
                    let before = before.filter(|_| doubt.is_after_snapshot);
                    *verdict = self.ask_sim(iccid, before, basis, waits).await;
                    self.note_found(verdict);
                }
                None => by_inventory.push((doubt, verdict)),
            }
        }
        if by_inventory.is_empty() {
            return;
        }
        self.ask_pending_orders(waits).await;
        let wanted: Vec<&Doubt> = by_inventory.iter().map(|(doubt, _)| *doubt).collect();
        let found = self.ask_inventory(&wanted, basis, waits).await;
        for ((_, verdict), found) in by_inventory.into_iter().zip(found) {
            *verdict = found;
            self.note_found(verdict);
        }
    }

    fn note_found(&self, verdict: &Verdict) {
        if let Verdict::Bought(number) = verdict {
            self.ledger().known.insert(number.clone());
        }
    }

    /// The numbers that are explained, and the purchases that may have brought others.
    fn elsewhere(&self, basis: &Basis) -> (BTreeSet<E164>, Vec<Wanted>) {
        let (mut known, mut open) = self
            .0
            .journal
            .elsewhere(&self.0.scope, basis.journal.as_deref());
        let ledger = self.ledger();
        known.extend(ledger.known.iter().cloned());
        open.extend(ledger.pending.values().map(|(_, wanted)| wanted.clone()));
        if basis.journal.is_some() {
            let unresolved = ledger.unresolved.iter();
            open.extend(unresolved.map(|doubt| doubt.wanted.clone()));
        }
        (known, open)
    }

    /// A SIM has one number at the most, and knows it. `before` is what was owned before the
    /// purchase, if that is known.
    async fn ask_sim(
        &self,
        iccid: &Iccid,
        before: Option<&Owned>,
        basis: &Basis,
        waits: &Waits,
    ) -> Verdict {
        let lookup = Lookup::Sim(iccid.clone());
        let record = match self.0.client.urgent().details(&lookup, waits).await {
            Ok(Some(record)) if record.class() != NumberClass::Gone => record,
            Ok(_) => return Verdict::NoneSeen,
            Err(error) => return Verdict::Unknown(error.to_string()),
        };
        let Some(number) = record.number else {
            return Verdict::Unknown("the SIM's number could not be read".into());
        };
        let was_there = before.is_some_and(|owned| owned.numbers.contains(&number));
        if was_there || self.elsewhere(basis).0.contains(&number) {
            return Verdict::NoneSeen;
        }
        Verdict::Bought(number)
    }

    async fn ask_pending_orders(&self, waits: &Waits) {
        let pending = self.ledger().pending.clone();
        for (order, _) in pending.into_values() {
            match self.0.client.order(&order, waits).await {
                Ok(answer) if answer.class() == OrderClass::Failed => self.failed(&order).await,
                Ok(answer) => {
                    if let Some(number) = answer.numbers.first() {
                        self.completed(&order, Some(number)).await;
                    }
                }
                Err(error) => tracing::debug!(%order, %error, "the order could not be read"),
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
        let told = inventory.account_id.as_ref().map(|id| id.as_str());
        let expected = doubts
            .iter()
            .filter_map(|doubt| doubt.wanted.account_id.as_deref())
            .chain(snapshot.account.as_deref());
        let is_foreign = |expected: &str| told.is_some_and(|told| told != expected);
        if expected.into_iter().any(is_foreign) {
            return unknown("the inventory is that of another account".into());
        }
        let (known, open) = self.elsewhere(basis);
        let is_new = |record: &NumberRecord| {
            let number = record.number.as_ref();
            number
                .is_some_and(|number| !snapshot.numbers.contains(number) && !known.contains(number))
        };
        let new: Vec<NumberRecord> = inventory.numbers.into_iter().filter(is_new).collect();
        let unresolved = basis.unresolved.iter().filter(|doubt| doubt.sim.is_none());
        let wanted: Vec<&Wanted> = doubts
            .iter()
            .copied()
            .chain(unresolved)
            .map(|doubt| &doubt.wanted)
            .collect();
        account_for(&wanted, &open.iter().collect::<Vec<_>>(), &new)
            .into_iter()
            .take(doubts.len())
            .map(|finding| match finding {
                Finding::Bought(number) => Verdict::Bought(number),
                Finding::NoneSeen => Verdict::NoneSeen,
                Finding::Unsure(numbers) => Verdict::Unsure(numbers),
            })
            .collect()
    }
}
