//! A SIM carries one number: it is asked before a purchase, kept from others meanwhile, and asked
//! again after a lost response. What it proves is for `proof`.

use std::sync::Arc;
use std::time::Duration;

use super::candidates::PAGES;
use super::choices::Choices;
use super::core::{Core, InUse};
use super::journal::{OpenPurchase, RecordName, RecordedPurchase, Status};
use super::outcome::NotBought;
use super::proof::{self, Proof, purchase_date};
use crate::context::Context;
use crate::joonto::{E164, Iccid, Lookup, NumberClass, NumberRecord, ProvisionRequest};
use crate::sync::locked;

/// The seconds between reads of a SIM: a minute in all.
const SIM_PAUSES: [u64; 7] = [1, 2, 4, 8, 15, 15, 15];

/// The SIM that a purchase is for, kept from other purchases of this process.
pub(super) struct FreeSim {
    pub(super) before: Option<E164>,
    /// Open purchases for it whose numbers have ended.
    pub(super) ended: Vec<RecordName>,
    _turn: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Core {
    /// Asks what the SIM carries. Only a free SIM is bought for.
    pub(super) async fn free_sim(
        &self,
        request: &ProvisionRequest,
        context: &Context,
    ) -> Result<FreeSim, NotBought> {
        let Some(iccid) = &request.iccid else {
            return Ok(FreeSim {
                before: None,
                ended: Vec::new(),
                _turn: None,
            });
        };
        let turn = context.wait_for(self.sim_turn(iccid).lock_owned()).await;
        let turn = turn.map_err(NotBought::Cancelled)?;
        if let Some(bought) = self.journal.bought_for(iccid, None) {
            return Err(NotBought::SimBoughtFor(iccid.clone(), bought));
        }
        let mut ended = Vec::new();
        self.refuse_rivals(request, &mut ended, Some(context))
            .await?;
        let lookup = Lookup::Sim(iccid.clone());
        let carried = self.client.urgent().details(&lookup, context).await;
        let carried = carried.map_err(|error| {
            let unread = NotBought::unread(&error);
            unread.unwrap_or_else(|| NotBought::SimUnreadable(iccid.clone(), error))
        })?;
        let before = match carried {
            Some(record) if record.class() == NumberClass::Gone => record.number,
            Some(record) => match record.number {
                Some(number) if locked(&self.cancelled).contains(&number) => Some(number),
                number => {
                    return Err(NotBought::SimTaken {
                        iccid: iccid.clone(),
                        number,
                        status: record.status,
                    });
                }
            },
            None => None,
        };
        Ok(FreeSim {
            before,
            ended,
            _turn: Some(turn),
        })
    }

    /// Fails if another open purchase is for the same SIM, unless its number has `ended`. Without
    /// `context` nothing is read: a purchase that holds a permit must not wait for another.
    pub(super) async fn refuse_rivals(
        &self,
        request: &ProvisionRequest,
        ended: &mut Vec<RecordName>,
        context: Option<&Context>,
    ) -> Result<(), NotBought> {
        let Some(iccid) = &request.iccid else {
            return Ok(());
        };
        let others = self.journal.others::<RecordedPurchase>().await;
        let others = others.map_err(NotBought::RecordsUnreadable)?;
        for rival in others.iter().filter(|open| open.is_for(iccid)) {
            if ended.contains(&rival.name) {
                continue;
            }
            let has_ended = match context {
                Some(context) => has_ended(self, rival, context).await,
                None => false,
            };
            if !has_ended {
                let mut run = others.clone();
                run.retain(|open| open.name.run() == rival.name.run());
                let mut choices = Choices::of(&run);
                choices.forget(rival.number());
                return Err(NotBought::SimReserved {
                    iccid: iccid.clone(),
                    rival: Box::new(rival.clone()),
                    choices: Box::new(choices),
                });
            }
            ended.push(rival.name.clone());
            if rival.is_ours {
                self.journal.close(rival).await;
            }
        }
        Ok(())
    }

    fn sim_turn(&self, iccid: &Iccid) -> Arc<tokio::sync::Mutex<()>> {
        let mut sims = locked(&self.sims);
        Arc::clone(sims.entry(iccid.key().to_owned()).or_default())
    }

    /// Asks the SIM of an own purchase, if it has one, whether it proves the purchase.
    pub(super) async fn prove_own(
        &self,
        open: &mut OpenPurchase,
        context: &Context,
    ) -> Option<NumberRecord> {
        open.iccid()?;
        // This process acts on it for a while yet.
        let receipt = open.record()?.what.receipt.clone();
        let now = self.client.server_time();
        let journal = &self.journal;
        journal.note(open, Status::Sending, &receipt, now).await;
        let record = self.prove(open, true, context).await?;
        let number = record.number.as_ref()?;
        journal.reserve(&open.name, number).then_some(record)
    }

    /// Reads the SIM of a purchase for up to a minute. Returns the number that proves the purchase,
    /// which this run sent if `is_own`.
    pub(super) async fn prove(
        &self,
        open: &OpenPurchase,
        is_own: bool,
        context: &Context,
    ) -> Option<NumberRecord> {
        let iccid = open.iccid()?;
        let lookup = Lookup::Sim(iccid.clone());
        let client = self.client.urgent();
        let mut pauses = SIM_PAUSES.iter();
        loop {
            let carried = client.details(&lookup, context).await.ok().flatten();
            if let Some(record) = carried {
                match self.compare(open, is_own, &record, context).await {
                    Proof::Bought(_) => return Some(record),
                    Proof::NotYet => {}
                    Proof::NotProved(number, why) => {
                        tracing::warn!(%number, why, "the SIM's number proves nothing");
                        return None;
                    }
                }
            }
            let pause = Duration::from_secs(*pauses.next()?);
            context.sleep(pause).await.ok()?;
        }
    }

    async fn compare(
        &self,
        open: &OpenPurchase,
        is_own: bool,
        carried: &NumberRecord,
        context: &Context,
    ) -> Proof {
        let (Ok(others), Some(purchase)) = (self.journal.others().await, open.record()) else {
            return Proof::NotYet;
        };
        let in_use = InUse {
            core: self,
            except: Some(&open.name),
            others,
        };
        let has_rival = open
            .iccid()
            .is_some_and(|iccid| in_use.has_purchase_for(iccid));
        let before = purchase.what.sim_before.as_ref();
        let date = match (purchase_date(carried), &carried.number) {
            (None, Some(number)) if Some(number) != before => {
                self.listed_date(number, context).await
            }
            (date, _) => date,
        };
        let is_named = |number: &E164| in_use.has(number);
        proof::decide(purchase, is_own, carried, date, has_rival, is_named)
    }

    /// The day a number was bought, from the inventory.
    async fn listed_date(&self, number: &E164, context: &Context) -> Option<time::Date> {
        let inventory = self.client.urgent().inventory(PAGES, context).await.ok()?;
        let is_it = |record: &&NumberRecord| record.number.as_ref() == Some(number);
        inventory.numbers.iter().find(is_it).and_then(purchase_date)
    }
}

/// Whether the number of an open purchase is known and has ended.
async fn has_ended(core: &Core, open: &OpenPurchase, context: &Context) -> bool {
    let Some(number) = open.number() else {
        return false;
    };
    let read = core.read_number(number, context).await;
    matches!(read, Ok(Some(record)) if record.class() == NumberClass::Gone)
}
