//! The number that an action changes.

use std::time::Duration;

use super::ActionCall;
use crate::context::Context;
use crate::joonto::{
    Client, E164, Error, Lookup, NumberClass, NumberRecord, OrderClass, OrderEnd, OrderPoll,
    StatusChange, StatusResponse,
};
use crate::provider::diagnostics::actions as texts;
use crate::provider::diagnostics::lists;
use crate::terraform::resource::Failure;
use crate::terraform::{Attr, Diagnostic};

/// The first wait between two looks, and the longest.
const POLL: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// The number that a running action changes.
pub(super) struct Target<'a> {
    pub(super) number: E164,
    pub(super) call: &'a ActionCall<'a>,
}

impl<'a> Target<'a> {
    /// The number that the configuration names.
    pub(super) fn new(
        phone_number: &Attr<String>,
        call: &'a ActionCall<'a>,
    ) -> Result<Self, Diagnostic> {
        let number = phone_number.as_str().unwrap_or_default();
        let number = E164::parse(number).map_err(|_| texts::without_number())?;
        call.data.cache.wrote(&number);
        Ok(Self { number, call })
    }

    /// The API, and how the action waits for it.
    pub(super) fn api(&self) -> (&Client, &Context) {
        (&self.call.data.client, &self.call.context)
    }

    /// Reports progress.
    pub(super) async fn tell(&self, what: impl Into<String>) {
        self.call.tell(what).await;
    }

    /// Reads the number; `None` if this account has no such number.
    pub(super) async fn look(&self) -> Result<Option<NumberRecord>, Error> {
        let (client, context) = self.api();
        client
            .details(&Lookup::Number(self.number.clone()), context)
            .await
    }

    /// Reads the number before anything is changed.
    pub(super) async fn begin(&self) -> Result<Option<NumberRecord>, Failure> {
        let found = self.look().await;
        found.map_err(|error| lists::cannot_look_up(self.number.as_str(), &error).into())
    }

    /// Reads the number before anything is changed. One that is unknown or cancelled is refused.
    pub(super) async fn begin_with_number(&self) -> Result<NumberRecord, Failure> {
        match self.begin().await? {
            Some(record) if record.class() != NumberClass::Gone => Ok(record),
            Some(_) => Err(texts::is_cancelled(&self.number).into()),
            None => Err(texts::unknown(&self.number).into()),
        }
    }

    /// Asks for a change of the number's status.
    pub(super) async fn change(&self, change: &StatusChange) -> Result<StatusResponse, Error> {
        let (client, context) = self.api();
        let numbers = std::slice::from_ref(&self.number);
        client.change_status(change, numbers, context).await
    }

    /// Polls the order of a change until it ends.
    pub(super) async fn see_through(
        &self,
        response: StatusResponse,
        what: &'static str,
    ) -> Result<(), Diagnostic> {
        let failed = |why: Option<&str>| texts::failed(&self.number, what, why);
        let item = response.outcome_of(&self.number);
        if let Some(item) = item.filter(|item| item.is_failed()) {
            return Err(failed(item.message.as_deref()));
        }
        let id = match (response.order_class(), response.order_id) {
            (OrderClass::Failed, _) => return Err(failed(response.error_message.as_deref())),
            (OrderClass::Done, _) | (OrderClass::GoingOn, None) => return Ok(()),
            (OrderClass::GoingOn, Some(id)) => id,
        };
        let (client, context) = self.api();
        let mut poll = OrderPoll::new(client, &id);
        let end = loop {
            match poll.step(context).await {
                Some(end) => break end,
                None => {
                    let status = poll.status().unwrap_or("pending");
                    self.tell(format!("Order {id} is {status}.")).await;
                }
            }
        };
        match end {
            OrderEnd::Complete(_) => Ok(()),
            OrderEnd::Failed(order) => Err(failed(order.status_message.as_deref())),
            OrderEnd::Pending { why, .. } => Err(texts::pending(&self.number, what, &id, why)),
        }
    }

    /// Reads the number until it is `as_it_should`, or the wait is over.
    pub(super) async fn becomes(
        &self,
        what: &'static str,
        as_it_should: impl Fn(&NumberRecord) -> bool,
    ) -> Result<(), Diagnostic> {
        let (mut pause, longest) = POLL;
        loop {
            let status = match self.look().await {
                Ok(Some(record)) if as_it_should(&record) => return Ok(()),
                Ok(record) => record.and_then(|record| record.status),
                Err(error) => {
                    tracing::warn!(number = %self.number, %error, "the number could not be read");
                    None
                }
            };
            let shown = status.as_deref().unwrap_or("unknown");
            self.tell(format!("The status of {} is {shown}.", self.number))
                .await;
            if let Err(why) = self.call.context.sleep(pause).await {
                let status = status.as_deref();
                return Err(texts::not_visible(&self.number, what, status, why));
            }
            pause = (pause * 3 / 2).min(longest);
        }
    }
}

/// Later reads of this process have to show the change, however the action ended.
impl Drop for Target<'_> {
    fn drop(&mut self) {
        self.call.data.cache.wrote(&self.number);
    }
}

/// Why a number that an action is about can be null.
pub(super) const PENDING: &str = "If it comes from a joonto_number, the number has none yet: its \
                                  order is pending. Refresh, then invoke the action again.";
