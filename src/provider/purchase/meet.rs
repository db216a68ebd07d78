//! What earlier runs left open comes before anything is bought.

use std::time::Duration;

use super::choices;
use super::confirm::{Confirmed, Decided, complete};
use super::core::Core;
use super::earlier::{Earlier, await_writer};
use super::journal::OpenRecord;
use super::open::{Next, Word};
use super::outcome::{Bought, NotBought, Notice, Obstacle};
use super::proof::SimPurchase;
use super::stop;
use crate::context::Context;
use crate::joonto::{
    E164, NumberClass, NumberRecord, OrderClass, OrderId, ProvisionRequest, Receipt,
};

/// A number that its order named this recently may not be visible yet.
const YOUNG: time::Duration = time::Duration::minutes(15);

/// Handles every open purchase that concerns a create with this request. Returns what an earlier
/// run bought for it; nothing if the create may buy. Adds what has ended to `ended`.
pub(super) async fn meet(
    earlier: &Earlier,
    request: &ProvisionRequest,
    create_timeout: Duration,
    context: &Context,
    ended: &mut Vec<String>,
) -> Result<Option<Bought>, NotBought> {
    let core = &*earlier.core;
    loop {
        let next = earlier.with(async |open| open.next(request)).await;
        let (open, word) = match next.map_err(NotBought::RecordsUnreadable)? {
            Next::Nothing => return Ok(None),
            Next::Unreadable(why) => return Err(why),
            Next::HeldBack(open) => {
                let stop = stop::held_back(earlier, &open, context).await;
                return Err(NotBought::HeldBack(Box::new(stop)));
            }
            Next::Equal(open, Word::Open) => {
                let word = earlier.with(async |all| all.assign(core, &open, context).await);
                let word = word.await.map_err(NotBought::RecordsUnreadable)??;
                (open, word)
            }
            Next::Equal(open, word) => (open, word),
        };
        let meeting = Meeting {
            earlier,
            core,
            request,
            create_timeout,
            context,
        };
        let name = open.name.clone();
        let handled = meeting.handle(open, word, ended).await?;
        // What ended well is no longer open for the texts of others.
        let forgetting = earlier.with(async |all| all.forget(&name));
        let _ = forgetting.await;
        match handled {
            Handled::Closed => {}
            Handled::Recovered(bought) => return Ok(Some(*bought)),
        }
    }
}

/// How an equal open purchase was handled.
enum Handled {
    /// It is closed: the create goes on.
    Closed,
    /// Its number is stored.
    Recovered(Box<Bought>),
}

/// What a read says of a number or an order that an earlier run bought.
enum InAccount {
    /// It is there.
    There(Box<Receipt>, Option<Box<NumberRecord>>),
    /// It has ended: this number, if there was one.
    Ended(Option<E164>),
    /// This does not decide it.
    Unclear,
}

struct Meeting<'a> {
    earlier: &'a Earlier,
    core: &'a Core,
    request: &'a ProvisionRequest,
    create_timeout: Duration,
    context: &'a Context,
}

impl Meeting<'_> {
    async fn handle(
        &self,
        open: OpenRecord,
        word: Word,
        ended: &mut Vec<String>,
    ) -> Result<Handled, NotBought> {
        match word {
            Word::Store(number) => return self.store(&open, number).await,
            Word::Surplus(number) => {
                return Err(self.refused(&open, number, Obstacle::Surplus).await);
            }
            Word::Close | Word::Open => {
                self.core.journal.close(&open).await;
                return Ok(Handled::Closed);
            }
            Word::Unsaid => {}
        }
        let written = await_writer(self.core, open, self.context).await;
        let Some(open) = written.map_err(NotBought::Cancelled)? else {
            return Ok(Handled::Closed);
        };
        if let Err(why) = &open.record {
            let unreadable = self
                .earlier
                .with(async |all| all.unreadable(&open.name, why));
            return Err(unreadable
                .await
                .unwrap_or_else(NotBought::RecordsUnreadable));
        }
        let was_returned = open.was_returned();
        if open.is_unconfirmed() && !was_returned {
            return match self.prove(&open).await {
                Some(record) => self.adopt(&open, record).await,
                None => self.stop(&open).await,
            };
        }
        let found = self.look_up(&open).await;
        if let InAccount::There(receipt, _) = &found
            && let Some(number) = &receipt.number
        {
            if self.core.handed.holds(number) {
                // Terraform handed it over: the state holds it.
                self.core.journal.close(&open).await;
                return Ok(Handled::Closed);
            }
            if !self.core.take(&open.name, number).await {
                return self.stop(&open).await;
            }
        }
        match found {
            InAccount::Ended(number) => {
                let name = number.map_or_else(|| choices::name_of(&open), |n| n.to_string());
                self.core.journal.close(&open).await;
                ended.push(name);
                Ok(Handled::Closed)
            }
            InAccount::There(receipt, record) if !was_returned => {
                self.recover(&open, *receipt, record, ended).await
            }
            // The SIM proves more than an order that cannot be read.
            InAccount::Unclear if !was_returned && open.number().is_none() => {
                match self.prove(&open).await {
                    Some(record) => self.adopt(&open, record).await,
                    None => self.stop(&open).await,
                }
            }
            InAccount::There(..) | InAccount::Unclear => self.stop(&open).await,
        }
    }

    async fn stop(&self, open: &OpenRecord) -> Result<Handled, NotBought> {
        let stop = stop::open(self.earlier, open, self.context).await;
        Err(NotBought::Open(Box::new(stop)))
    }

    /// Reads the number, or the order, that an earlier run bought.
    async fn look_up(&self, open: &OpenRecord) -> InAccount {
        let mut receipt = open
            .record()
            .map(|record| record.receipt.clone())
            .unwrap_or_default();
        receipt.number = open.number().cloned();
        receipt.order_id = open.order().cloned();
        if receipt.number.is_none()
            && let Some(id) = receipt.order_id.clone()
            && let Some(found) = self.look_up_order(open, &id, &mut receipt).await
        {
            return found;
        }
        let Some(number) = receipt.number.clone() else {
            return match receipt.order_id {
                Some(_) => InAccount::There(Box::new(receipt), None),
                None => InAccount::Unclear,
            };
        };
        match self.core.read_number(&number, self.context).await {
            Ok(Some(record)) if record.class() == NumberClass::Gone => {
                InAccount::Ended(record.number)
            }
            Ok(Some(record)) => InAccount::There(Box::new(receipt), Some(Box::new(record))),
            Ok(None) if self.is_young(open) => InAccount::There(Box::new(receipt), None),
            Ok(None) | Err(_) => InAccount::Unclear,
        }
    }

    /// Reads the order. Nothing if it names its number, which decides then.
    async fn look_up_order(
        &self,
        open: &OpenRecord,
        id: &OrderId,
        receipt: &mut Receipt,
    ) -> Option<InAccount> {
        match self.core.client.order(id, self.context).await {
            Ok(order) => {
                let class = order.class();
                receipt.order_status = order.order_status.or(receipt.order_status.take());
                receipt.number = order.numbers.into_iter().next();
                match class {
                    OrderClass::Failed => Some(InAccount::Ended(None)),
                    OrderClass::GoingOn | OrderClass::Done => None,
                }
            }
            // An order just placed may not be visible yet.
            Err(error) if error.is_not_found() && !open.is_sending() && self.is_young(open) => None,
            Err(_) => Some(InAccount::Unclear),
        }
    }

    fn is_young(&self, open: &OpenRecord) -> bool {
        let age = open
            .record()
            .map(|r| self.core.client.server_time() - r.sent_at());
        age.is_some_and(|age| age < YOUNG)
    }

    /// Claims what an earlier run bought and did not return.
    async fn recover(
        &self,
        open: &OpenRecord,
        receipt: Receipt,
        record: Option<Box<NumberRecord>>,
        ended: &mut Vec<String>,
    ) -> Result<Handled, NotBought> {
        let claimed = self.core.journal.claim(open, &receipt).await;
        if !claimed.map_err(NotBought::NotRecorded)? {
            // Another recovery was first: it counts as returned.
            return self.stop(open).await;
        }
        let name = receipt.name().unwrap_or_default();
        let mut notices = vec![Notice::Recovered(name.clone())];
        let at = self.core.client.server_time();
        let decided = match record {
            Some(record) => Decided::of_record(receipt, *record, at),
            None if receipt.number.is_some() => Decided::of_order(receipt, at),
            None => {
                let limit = self.context.within(self.create_timeout);
                match complete(self.core, &open.name, None, receipt, &limit, &mut notices).await {
                    Confirmed::Bought(decided) => decided,
                    Confirmed::Refused(_) | Confirmed::Unconfirmed(_) => {
                        self.core.journal.close(open).await;
                        ended.push(name);
                        return Ok(Handled::Closed);
                    }
                }
            }
        };
        Ok(self.recovered(open, decided, notices))
    }

    fn recovered(&self, open: &OpenRecord, decided: Decided, notices: Vec<Notice>) -> Handled {
        if let Some(number) = &decided.receipt.number {
            self.core.cache.wrote(number);
        }
        Handled::Recovered(Box::new(
            decided
                .dated(sent_at(open))
                .into_bought(&open.name, notices),
        ))
    }

    /// Stores a number that the user's line names.
    async fn store(&self, open: &OpenRecord, number: E164) -> Result<Handled, NotBought> {
        let _turn = self.core.storing.lock().await;
        let mut checked = match self.core.read_number(&number, self.context).await {
            _ if self.core.is_in_state(&number) => Err(Obstacle::InState),
            Err(error) => match NotBought::unread(&error) {
                Some(why) => return Err(why),
                None => Err(Obstacle::Unread),
            },
            Ok(Some(record)) if record.class() == NumberClass::Gone => Err(Obstacle::Ended),
            Ok(Some(record)) if !self.request.admits(&record) => Err(Obstacle::Unlike),
            Ok(None) if !self.is_young(open) || open.number() != Some(&number) => {
                Err(Obstacle::NotShown)
            }
            Ok(record) => Ok(record),
        };
        if checked.is_ok() && !self.core.take(&open.name, &number).await {
            checked = Err(Obstacle::Taken);
        }
        let record = match checked {
            Ok(record) => record,
            Err(obstacle) => return Err(self.refused(open, number, obstacle).await),
        };
        let receipt = Receipt {
            number: Some(number.clone()),
            ..open.record().map(|r| r.receipt.clone()).unwrap_or_default()
        };
        let claimed = self.core.journal.claim(open, &receipt).await;
        if !claimed.map_err(NotBought::NotRecorded)? {
            return self.stop(open).await;
        }
        // Another run may have claimed the number for another purchase meanwhile. Each looks after
        // its claim is written, so at least one sees the other's.
        if self.core.in_use(Some(&open.name)).await.has(&number) {
            self.core.journal.withdraw(open).await;
            return Err(self.refused(open, number, Obstacle::Taken).await);
        }
        let closing = self
            .earlier
            .with(async |all| all.close_resolved(self.core).await);
        let _ = closing.await;
        let at = self.core.client.server_time();
        let decided = match record {
            Some(record) => Decided::of_record(receipt, record, at),
            None => Decided::of_order(receipt, at),
        };
        let notices = vec![Notice::Recovered(number.to_string())];
        Ok(self.recovered(open, decided, notices))
    }

    async fn refused(&self, open: &OpenRecord, number: E164, obstacle: Obstacle) -> NotBought {
        let refused = self
            .earlier
            .with(async |all| all.refused(open, number, obstacle));
        refused.await.unwrap_or_else(NotBought::RecordsUnreadable)
    }

    /// Asks the SIM of an earlier purchase what it carries now.
    async fn prove(&self, open: &OpenRecord) -> Option<NumberRecord> {
        let record = open.record()?;
        let purchase = SimPurchase {
            name: &open.name,
            is_own: false,
            request: &record.request,
            before: record.sim_before.as_ref(),
            sent_at: record.sent_at(),
        };
        self.core.prove(purchase, self.context).await
    }

    async fn adopt(&self, open: &OpenRecord, record: NumberRecord) -> Result<Handled, NotBought> {
        let receipt = Receipt {
            number: record.number.clone(),
            ..Receipt::default()
        };
        let number = receipt.number.clone();
        if !number.is_some_and(|number| self.core.journal.reserve(&open.name, &number)) {
            return self.stop(open).await;
        }
        let claimed = self.core.journal.claim(open, &receipt).await;
        match claimed.map_err(NotBought::NotRecorded)? {
            false => self.stop(open).await,
            true => {
                let notices = record.number.clone().map(Notice::Adopted);
                let decided = Decided::of_record(receipt, record, self.core.client.server_time());
                Ok(self.recovered(open, decided, notices.into_iter().collect()))
            }
        }
    }
}

/// When the purchase was sent: the first read compares dates with it. Of a record that cannot be
/// read nothing is known.
fn sent_at(open: &OpenRecord) -> time::OffsetDateTime {
    let at = open.record().map(super::journal::Record::sent_at);
    at.unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}
