//! What earlier runs left open comes before anything is bought.

use std::time::Duration;

use time::OffsetDateTime;

use super::choices;
use super::confirm::{Confirmation, Confirmed};
use super::core::Core;
use super::journal::{OpenPurchase, Record};
use super::open::{Next, Word};
use super::outcome::{Bought, NotBought, Notice, Obstacle};
use super::purchases::Purchases;
use super::stop;
use crate::context::Context;
use crate::joonto::{E164, NumberClass, NumberRecord, OrderClass, ProvisionRequest, Receipt};

/// A number that its order named this recently may not be visible yet.
const YOUNG: time::Duration = time::Duration::minutes(15);

/// Handles every open purchase that concerns a create with this request. Returns what an earlier
/// run bought for it; nothing if the create may buy. Adds what has ended to `ended`.
pub(super) async fn meet(
    purchases: &Purchases,
    request: &ProvisionRequest,
    create_timeout: Duration,
    context: &Context,
    ended: &mut Vec<String>,
) -> Result<Option<Bought>, NotBought> {
    let meeting = Meeting {
        purchases,
        core: &purchases.core,
        request,
        create_timeout,
        context,
    };
    loop {
        let next = purchases.open_records().await?.next(request)?;
        let (open, word) = match next {
            Next::Nothing => return Ok(None),
            Next::HeldBack(open) => {
                let stop = stop::held_back(purchases, &open, context).await;
                return Err(NotBought::HeldBack(Box::new(stop)));
            }
            Next::Equal(open, Word::Open) => {
                let mut all = purchases.open_records().await?;
                let word = all.assign(meeting.core, &open, context).await?;
                (open, word)
            }
            Next::Equal(open, word) => (open, word),
        };
        let name = open.name.clone();
        let recovered = meeting.handle(open, word, ended).await?;
        // What ended well is no longer open for the texts of others.
        if let Ok(mut all) = purchases.open_records().await {
            all.forget(&name);
        }
        if recovered.is_some() {
            return Ok(recovered);
        }
    }
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

/// A create, and what it meets.
struct Meeting<'a> {
    purchases: &'a Purchases,
    core: &'a Core,
    request: &'a ProvisionRequest,
    create_timeout: Duration,
    context: &'a Context,
}

impl Meeting<'_> {
    /// Handles an equal open purchase. Returns its number if that is to be stored; nothing if the
    /// purchase is closed, so that the create goes on.
    async fn handle(
        &self,
        open: OpenPurchase,
        word: Word,
        ended: &mut Vec<String>,
    ) -> Result<Option<Bought>, NotBought> {
        match word {
            Word::Store(number) => return self.store(&open, number).await,
            Word::Surplus(number) => {
                return Err(self.refused(&open, number, Obstacle::Surplus).await);
            }
            Word::Close | Word::Open => return self.close(&open).await,
            Word::Unsaid => {}
        }
        let written = self.core.await_writer(open, self.context).await;
        let Some(open) = written.map_err(NotBought::Cancelled)? else {
            return Ok(None);
        };
        if let Err(why) = &open.record {
            let all = self.purchases.open_records().await?;
            return Err(all.unreadable(&open.name, why));
        }
        let was_returned = open.was_returned();
        if open.is_unconfirmed() && !was_returned {
            return self.prove(&open).await;
        }
        let found = self.look_up(&open).await;
        if let InAccount::There(receipt, _) = &found
            && let Some(number) = &receipt.number
        {
            if self.core.handed.has(number.as_str()) {
                // Terraform handed it over: the state holds it.
                return self.close(&open).await;
            }
            if !self.core.take(&open.name, number).await {
                return self.stop(&open).await;
            }
        }
        match found {
            InAccount::Ended(number) => {
                let name = number.map_or_else(|| choices::name_of(&open), |n| n.to_string());
                ended.push(name);
                self.close(&open).await
            }
            InAccount::There(receipt, record) if !was_returned => {
                self.recover(&open, *receipt, record, ended).await
            }
            // The SIM proves more than an order that cannot be read.
            InAccount::Unclear if !was_returned && open.number().is_none() => {
                self.prove(&open).await
            }
            InAccount::There(..) | InAccount::Unclear => self.stop(&open).await,
        }
    }

    async fn close(&self, open: &OpenPurchase) -> Result<Option<Bought>, NotBought> {
        self.core.journal.close(open).await;
        Ok(None)
    }

    async fn stop(&self, open: &OpenPurchase) -> Result<Option<Bought>, NotBought> {
        let stop = stop::open(self.purchases, open, self.context).await;
        Err(NotBought::Open(Box::new(stop)))
    }

    /// Reads the number, or the order, that an earlier run bought.
    async fn look_up(&self, open: &OpenPurchase) -> InAccount {
        let mut receipt = open
            .record()
            .map(|record| record.what.receipt.clone())
            .unwrap_or_default();
        receipt.number = open.number().cloned();
        receipt.order_id = open.order().cloned();
        if receipt.number.is_none()
            && let Some(id) = &receipt.order_id
        {
            match self.core.client.order(id, self.context).await {
                Ok(order) if order.class() == OrderClass::Failed => return InAccount::Ended(None),
                Ok(order) => {
                    receipt.order_status = order.order_status.or(receipt.order_status);
                    receipt.number = order.numbers.into_iter().next();
                }
                // An order just placed may not be visible yet.
                Err(error) if error.is_not_found() && !open.is_sending() && self.is_young(open) => {
                }
                Err(_) => return InAccount::Unclear,
            }
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

    fn is_young(&self, open: &OpenPurchase) -> bool {
        let age = open
            .record()
            .map(|r| self.core.client.server_time() - r.sent_at());
        age.is_some_and(|age| age < YOUNG)
    }

    /// Claims the purchase for what is to be stored. False if another recovery was first: it
    /// counts as returned.
    async fn claim(&self, open: &OpenPurchase, receipt: &Receipt) -> Result<bool, NotBought> {
        let (number, order) = (receipt.number.as_ref(), receipt.order_id.as_ref());
        // A claim is replaced where the user's line says so.
        let replaces = open.is_claimed();
        let claim = self.core.journal.claim(open, number, order, replaces);
        let claimed = claim.await.map_err(NotBought::NotRecorded)?;
        Ok(claimed.is_some())
    }

    /// Claims what an earlier run bought and did not return.
    async fn recover(
        &self,
        open: &OpenPurchase,
        receipt: Receipt,
        record: Option<Box<NumberRecord>>,
        ended: &mut Vec<String>,
    ) -> Result<Option<Bought>, NotBought> {
        if !self.claim(open, &receipt).await? {
            return self.stop(open).await;
        }
        let name = receipt.name().unwrap_or_default();
        let recovered = Notice::Recovered(name.clone());
        if record.is_some() || receipt.number.is_some() {
            return Ok(Some(self.bought(
                open,
                receipt,
                record.map(|r| *r),
                recovered,
            )));
        }
        let limit = self.context.within(self.create_timeout);
        let mut confirmation = Confirmation::new(self.core, open.clone(), false, &limit);
        confirmation.notices.push(recovered);
        match confirmation.complete(receipt).await {
            Confirmed::Bought(bought) => {
                let notices = confirmation.notices;
                Ok(Some(self.recovered(open, Bought { notices, ..*bought })))
            }
            Confirmed::Refused(_) | Confirmed::Unconfirmed(_) => {
                ended.push(name);
                self.close(open).await
            }
        }
    }

    /// What an earlier run bought, as it is stored.
    fn bought(
        &self,
        open: &OpenPurchase,
        receipt: Receipt,
        record: Option<NumberRecord>,
        notice: Notice,
    ) -> Bought {
        let at = OffsetDateTime::UNIX_EPOCH;
        let mut bought = match record {
            Some(record) => Bought::of_record(&open.name, receipt, record, at),
            None => Bought::of_order(&open.name, receipt, at),
        };
        bought.notices.push(notice);
        self.recovered(open, bought)
    }

    /// Dates it to when it was sent: the first read compares dates with that. Of a record that
    /// cannot be read nothing is known.
    fn recovered(&self, open: &OpenPurchase, mut bought: Bought) -> Bought {
        if let Some(number) = &bought.receipt.number {
            self.core.cache.wrote(number);
        }
        let sent_at = open.record().map(Record::sent_at);
        bought.bought_at = sent_at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        bought
    }

    /// Stores a number that the user's line names.
    async fn store(&self, open: &OpenPurchase, number: E164) -> Result<Option<Bought>, NotBought> {
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
        let known = open.record().map(|record| record.what.receipt.clone());
        let receipt = Receipt {
            number: Some(number.clone()),
            ..known.unwrap_or_default()
        };
        if !self.claim(open, &receipt).await? {
            return self.stop(open).await;
        }
        // Another run may have claimed the number for another purchase meanwhile. Each looks after
        // its claim is written, so at least one sees the other's.
        if self.core.in_use(Some(&open.name)).await.has(&number) {
            self.core.journal.withdraw(open).await;
            return Err(self.refused(open, number, Obstacle::Taken).await);
        }
        if let Ok(mut all) = self.purchases.open_records().await {
            all.close_resolved(self.core).await;
        }
        let recovered = Notice::Recovered(number.to_string());
        Ok(Some(self.bought(open, receipt, record, recovered)))
    }

    async fn refused(&self, open: &OpenPurchase, number: E164, obstacle: Obstacle) -> NotBought {
        match self.purchases.open_records().await {
            Ok(all) => all.refused(open, number, obstacle),
            Err(why) => why,
        }
    }

    /// Asks the SIM of an earlier purchase what it carries now, and adopts what that proves.
    async fn prove(&self, open: &OpenPurchase) -> Result<Option<Bought>, NotBought> {
        let Some(record) = self.core.prove(open, false, self.context).await else {
            return self.stop(open).await;
        };
        let Some(number) = record.number.clone() else {
            return self.stop(open).await;
        };
        let receipt = Receipt {
            number: Some(number.clone()),
            ..Receipt::default()
        };
        let is_free = self.core.journal.reserve(&open.name, &number);
        if !is_free || !self.claim(open, &receipt).await? {
            return self.stop(open).await;
        }
        let adopted = Notice::Adopted(number);
        Ok(Some(self.bought(open, receipt, Some(record), adopted)))
    }
}
