//! What is kept beside a number, which Terraform stores and shows nobody.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::deletion_policy::DeletionPolicy;
use super::first_read::FirstRead;
use super::model::NumberModel;
use super::stale_reads::{StaleReads, UnshownName};
use crate::joonto::OrderId;

/// What is kept beside a number.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct NumberPrivate {
    /// The number, for plans that replace it: Terraform does not show them the object that goes.
    pub(super) number: Option<String>,
    /// What happens to the number when it is replaced.
    pub(super) policy: DeletionPolicy,
    /// The object was just imported, and a read has yet to fill it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) imported: bool,
    /// The SIM the number was last seen on, also where the user does not manage it: after a swap
    /// made elsewhere, it leads to the number that took this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sim: Option<String>,
    /// A change was made a while ago that reads may not show yet.
    #[serde(rename = "settling", skip_serializing_if = "Option::is_none")]
    pub(super) stale_reads: Option<StaleReads>,
    /// The caller name in the state does not show yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unshown_name: Option<UnshownName>,
    /// The record of the purchase, until a read finds that the state holds the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purchase: Option<String>,
    /// The run that bought it, for lines that name a number which is stored already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<String>,
    /// When the number was bought, by the API's clock and in seconds since 1970, until a read
    /// agrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bought_at: Option<i64>,
    /// When the order named the number, by the API's clock and in seconds since 1970. Reads of a
    /// young number may not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) named_at: Option<i64>,
    /// What the first reads returned, by which the number is known again.
    #[serde(skip_serializing_if = "FirstRead::is_empty")]
    pub(super) first_read: FirstRead,
    /// A whole inventory did not list the number while details showed it: it is another
    /// account's inventory, and proves nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_unlisted: bool,
    /// The order of a destroy that did not end in time: the next one follows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status_order: Option<StatusOrder>,
}

/// A change of status that the API may still carry out.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct StatusOrder {
    /// The order.
    pub(super) id: OrderId,
    /// The word of the change.
    pub(super) change: String,
}

impl NumberPrivate {
    /// What is kept beside `number`.
    pub(super) fn of(number: &NumberModel) -> Self {
        let name = number
            .phone_number_assigned
            .as_str()
            .or(number.order_id.as_str());
        Self {
            number: name.map(str::to_owned),
            policy: number.policy(),
            ..Self::default()
        }
    }

    /// What is kept beside `number` from now on, which was kept beside it before.
    pub(super) fn renewed(self, number: &NumberModel) -> Self {
        let Self { number, policy, .. } = Self::of(number);
        Self {
            number,
            policy,
            imported: false,
            ..self
        }
    }

    /// Whether there is anything that sets the number apart from another one of the same digits.
    pub(super) fn is_recognizable(&self) -> bool {
        self.bought_at.is_some() || !self.first_read.is_empty()
    }

    /// When the order named the number, by the API's clock.
    pub(super) fn named_at(&self) -> Option<OffsetDateTime> {
        let at = self.named_at?;
        OffsetDateTime::from_unix_timestamp(at).ok()
    }
}
