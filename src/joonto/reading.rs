//! What a readable answer to a purchase means: HTTP 200 can be a failure.

use super::answers::ProvisionAnswer;
use super::words::OrderClass;

/// The meaning of an answer to a purchase, and what is to be done about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PurchaseReading {
    /// A number was bought.
    Bought {
        /// What the API remarked all the same.
        warning: Option<String>,
    },
    /// A number was bought, but the answer does not say which: ask the order, then the details.
    BoughtUnnamed,
    /// The order is under way: poll it.
    Pending {
        /// What the API remarked.
        warning: Option<String>,
    },
    /// The answer does not agree with itself: ask the order, which may say that it failed.
    AskOrder {
        /// What the API remarked.
        message: String,
        /// What to do when the order does not say that it failed.
        otherwise: Otherwise,
    },
    /// Nothing was bought, as far as told.
    Failed {
        /// Why, if the API said so.
        message: Option<String>,
    },
    /// The order failed, yet a number is named: the details know whether it exists.
    Contradictory {
        /// What the API remarked.
        message: Option<String>,
    },
    /// Nothing can be concluded: the purchase is in doubt.
    Unusable,
}

/// What to do with an order that did not fail after all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Otherwise {
    /// It claims to be done without naming a number: the purchase is in doubt.
    Reconcile,
    /// It is under way: poll it.
    Poll,
}

/// Reads an answer to a purchase.
#[must_use]
pub fn read_purchase(answer: &ProvisionAnswer) -> PurchaseReading {
    let message = answer.error_message.clone();
    let names_number = answer.phone_number_assigned.is_some() || answer.phone_number_id.is_some();
    match (answer.order_class(), names_number, message) {
        (OrderClass::Failed, false, message) => PurchaseReading::Failed { message },
        (OrderClass::Failed, true, message) => PurchaseReading::Contradictory { message },
        (_, false, message) if answer.order_id.is_none() => match message {
            Some(_) => PurchaseReading::Failed { message },
            None => PurchaseReading::Unusable,
        },
        (OrderClass::Done, true, warning) => PurchaseReading::Bought { warning },
        (OrderClass::Done, false, None) => PurchaseReading::BoughtUnnamed,
        (OrderClass::Done, false, Some(message)) => PurchaseReading::AskOrder {
            message,
            otherwise: Otherwise::Reconcile,
        },
        (OrderClass::GoingOn, false, Some(message)) => PurchaseReading::AskOrder {
            message,
            otherwise: Otherwise::Poll,
        },
        (OrderClass::GoingOn, _, warning) => PurchaseReading::Pending { warning },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joonto::OrderId;

    #[test]
    fn every_row_of_the_table() {
        let text = || Some("text".to_owned());
        let failed = |message| PurchaseReading::Failed { message };
        let ask = |otherwise| PurchaseReading::AskOrder {
            message: "text".into(),
            otherwise,
        };
        // Status word, number there, order id there, message there, reading.
        let rows = [
            (
                "Complete",
                true,
                true,
                false,
                PurchaseReading::Bought { warning: None },
            ),
            (
                "Complete",
                true,
                false,
                false,
                PurchaseReading::Bought { warning: None },
            ),
            (
                "Complete",
                true,
                true,
                true,
                PurchaseReading::Bought { warning: text() },
            ),
            (
                "Complete",
                true,
                false,
                true,
                PurchaseReading::Bought { warning: text() },
            ),
            (
                "Complete",
                false,
                true,
                false,
                PurchaseReading::BoughtUnnamed,
            ),
            ("Complete", false, true, true, ask(Otherwise::Reconcile)),
            ("Complete", false, false, false, PurchaseReading::Unusable),
            ("Complete", false, false, true, failed(text())),
            ("Error", false, true, false, failed(None)),
            ("Error", false, true, true, failed(text())),
            ("Error", false, false, false, failed(None)),
            ("Error", false, false, true, failed(text())),
            (
                "Error",
                true,
                true,
                false,
                PurchaseReading::Contradictory { message: None },
            ),
            (
                "Error",
                true,
                true,
                true,
                PurchaseReading::Contradictory { message: text() },
            ),
            (
                "Error",
                true,
                false,
                false,
                PurchaseReading::Contradictory { message: None },
            ),
            (
                "Error",
                true,
                false,
                true,
                PurchaseReading::Contradictory { message: text() },
            ),
            (
                "Pending",
                false,
                true,
                false,
                PurchaseReading::Pending { warning: None },
            ),
            (
                "Pending",
                true,
                true,
                false,
                PurchaseReading::Pending { warning: None },
            ),
            (
                "Pending",
                true,
                false,
                false,
                PurchaseReading::Pending { warning: None },
            ),
            ("Pending", false, true, true, ask(Otherwise::Poll)),
            (
                "Pending",
                true,
                true,
                true,
                PurchaseReading::Pending { warning: text() },
            ),
            (
                "Pending",
                true,
                false,
                true,
                PurchaseReading::Pending { warning: text() },
            ),
            ("Pending", false, false, false, PurchaseReading::Unusable),
            ("Pending", false, false, true, failed(text())),
        ];
        for (status, has_number, has_order, has_message, reading) in rows {
            for by_id in [false, true] {
                let answer = ProvisionAnswer {
                    order_id: has_order.then(|| OrderId::parse("JNUOID-1").expect("valid")),
                    order_status: Some(status.to_owned()),
                    phone_number_assigned: (has_number && !by_id)
                        .then(|| "+18016025346".to_owned()),
                    phone_number_id: (has_number && by_id).then(|| "NID-1".to_owned()),
                    error_message: has_message.then(|| "text".to_owned()),
                    ..ProvisionAnswer::default()
                };
                assert_eq!(read_purchase(&answer), reading, "{answer:?}");
            }
        }
    }

    #[test]
    fn no_status_counts_as_going_on() {
        let answer = ProvisionAnswer {
            phone_number_assigned: Some("+18016025346".into()),
            ..ProvisionAnswer::default()
        };
        assert_eq!(
            read_purchase(&answer),
            PurchaseReading::Pending { warning: None }
        );
        assert_eq!(
            read_purchase(&ProvisionAnswer::default()),
            PurchaseReading::Unusable
        );
    }
}
