//! Following an order until it is decided.

use std::time::Duration;

use crate::joonto::{Client, Order, OrderClass, OrderId};
use crate::wait::{Interrupted, Waits};

/// The first wait between two looks at an order, and the longest.
const POLL: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

/// How an order stands after it was followed.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Carried out.
    Done(Order),
    /// Will not be carried out.
    Failed(Order),
    /// Neither, as far as it was followed.
    Open {
        /// The last word of the API, if there was any.
        status: Option<String>,
        /// Why it was followed no longer.
        why: Interrupted,
    },
}

/// Looks at the order again and again until it is decided or the wait is over.
///
/// A look that fails says nothing about the order, nor does one that does not find it: an order
/// just placed may not be visible yet.
pub(super) async fn follow(client: &Client, id: &OrderId, waits: &Waits) -> Outcome {
    let (mut pause, longest) = POLL;
    let mut status = None;
    loop {
        match client.order(id, waits).await {
            Ok(order) => match order.class() {
                OrderClass::Done => return Outcome::Done(order),
                OrderClass::Failed => return Outcome::Failed(order),
                OrderClass::GoingOn => status = order.order_status.or(status),
            },
            Err(error) => tracing::warn!(order = %id, %error, "the order could not be read"),
        }
        if let Err(why) = waits.sleep(pause).await {
            return Outcome::Open { status, why };
        }
        pause = (pause * 3 / 2).min(longest);
    }
}
