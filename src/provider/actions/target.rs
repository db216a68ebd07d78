//! The number an action is about.

use std::time::Duration;

use crate::joonto::{
    E164, Error, Lookup, NumberRecord, OrderClass, OrderEnd, OrderPoll, StatusAnswer,
};
use crate::provider::account::{Account, Connection};
use crate::provider::diagnostics::{lists, values};
use crate::terraform::action::Progress;
use crate::terraform::resource::Failure;
use crate::terraform::{Attr, Diagnostic, Invocation};
use crate::wait::Waits;

/// How long an action may take, waits for the request limit included.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The first wait between two looks, and the longest.
const POLL: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// A number, the way to it, and who wants to know how it gets on.
pub(super) struct Target<'a> {
    pub(super) connection: Connection,
    pub(super) number: E164,
    pub(super) waits: Waits,
    progress: &'a Progress,
}

impl<'a> Target<'a> {
    /// The number that the configuration names.
    pub(super) fn new(
        account: &Account,
        phone_number: &Attr<String>,
        progress: &'a Progress,
        invocation: &Invocation,
    ) -> Result<Self, Failure> {
        let number = phone_number.as_str().map(E164::parse);
        let Some(Ok(number)) = number else {
            return Err(values::action_without_number().into());
        };
        let connection = account.connection()?;
        connection.fleet.wrote(&number);
        Ok(Self {
            connection,
            number,
            waits: invocation.waits().within(TIMEOUT),
            progress,
        })
    }

    /// Tells how it gets on.
    pub(super) async fn tell(&self, what: impl Into<String>) {
        self.progress.tell(what).await;
    }

    /// The number as it is; `None` if this account has no such number.
    pub(super) async fn look(&self) -> Result<Option<NumberRecord>, Error> {
        let lookup = Lookup::Number(self.number.clone());
        self.connection.client.details(&lookup, &self.waits).await
    }

    /// The number as it is before anything is done.
    pub(super) async fn begin(&self) -> Result<Option<NumberRecord>, Failure> {
        let found = self.look().await;
        found.map_err(|error| lists::cannot_look_up(self.number.as_str(), &error).into())
    }

    /// Sees an order that was taken through to its end.
    pub(super) async fn see_through(
        &self,
        answer: StatusAnswer,
        what: &'static str,
    ) -> Result<(), Diagnostic> {
        let failed = |why: Option<&str>| not_done(&self.number, what, why.unwrap_or("no reason"));
        let item = answer.outcome_of(&self.number);
        if let Some(item) = item.filter(|item| item.is_failed()) {
            return Err(failed(item.message.as_deref()));
        }
        let id = match (answer.order_class(), answer.order_id) {
            (OrderClass::Failed, _) => return Err(failed(answer.error_message.as_deref())),
            (OrderClass::Done, _) | (OrderClass::GoingOn, None) => return Ok(()),
            (OrderClass::GoingOn, Some(id)) => id,
        };
        let mut poll = OrderPoll::new(&self.connection.client, &id);
        let end = loop {
            match poll.step(&self.waits).await {
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
            OrderEnd::Pending { why, .. } => Err(Diagnostic::error(
                format!("{what} of {} is still pending", self.number),
                format!(
                    "The API took order {id} and has not finished it: {why}. Do not repeat the \
                     action; refresh later to see what became of the number."
                ),
            )),
        }
    }

    /// Looks at the number until it is as it should be, or the wait is over.
    pub(super) async fn becomes(
        &self,
        what: &'static str,
        as_it_should: impl Fn(&NumberRecord) -> bool,
    ) -> Result<(), Diagnostic> {
        let (mut pause, longest) = POLL;
        loop {
            let status = match self.look().await {
                Ok(Some(record)) if as_it_should(&record) => return Ok(()),
                Ok(Some(record)) => record.status.unwrap_or_else(|| "not told".to_owned()),
                Ok(None) => "not to be found".to_owned(),
                Err(error) => {
                    tracing::warn!(number = %self.number, %error, "the number could not be read");
                    "not to be read".to_owned()
                }
            };
            self.tell(format!("The status of {} is {status}.", self.number))
                .await;
            if let Err(why) = self.waits.sleep(pause).await {
                return Err(Diagnostic::error(
                    format!("{what} of {} is not visible yet", self.number),
                    format!(
                        "The API took the change, and {} does not show it: its status is {status}, \
                         and {why}. Refresh later.",
                        self.number
                    ),
                ));
            }
            pause = (pause * 3 / 2).min(longest);
        }
    }
}

/// What others of this process read from now on is to show what was done, however that ended.
impl Drop for Target<'_> {
    fn drop(&mut self) {
        self.connection.fleet.wrote(&self.number);
    }
}

/// Something that was asked for and not done.
pub(super) fn not_done(number: &E164, what: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        format!("{what} of {number} failed"),
        format!("{number} is as it was: {why}."),
    )
}

/// A number that is not there to do anything to.
pub(super) fn not_there(number: &E164, why: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Nothing can be done to {number}"),
        format!("{why}. Nothing was changed."),
    )
    .at_attribute("phone_number")
}

/// Why a number that an action is about can be null.
pub(super) const PENDING: &str = "If it comes from a joonto_number, the number has none yet: its \
                                  order is pending; refresh, then invoke the action again.";

/// The reason when the account has no such number.
pub(super) const UNKNOWN: &str = "The API does not know the number: it is mistyped, or belongs to \
                                  another account than the provider's credentials";
