//! What Terraform keeps of a number.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::checks;
use super::first_read::FirstRead;
use super::settling::Settling;
use crate::terraform::{Attr, duration};

crate::model! {
    /// A phone number.
    ///
    /// Creating one buys it: exactly one number for each resource, whatever the network does
    /// meanwhile. Destroying one acts as its `deletion_policy` says.
    ///
    /// A number that the account no longer has is removed from the state with a warning, and the
    /// next apply buys another. That takes proof: details and the whole inventory of its account
    /// miss it, and it was bought more than 15 minutes ago. Without proof the state keeps it. More
    /// than five missing numbers in one run are an error, however many others were found. So are a
    /// number that was bought with other credentials, and one whose SIM has another number. Set
    /// `JOONTO_ACCEPT_MISSING=1` in the environment if missing numbers really are gone.
    pub(crate) struct Number {
        /// The kind of number: `mvno` (message types `a2p` and `p2p`), `iot` (`p2p` only) or
        /// `voip` (`a2p` only). A change between `mvno` and `iot` is made in place; to or from
        /// `voip` it needs a new number.
        number_type: String => required(), check(checks::number_type);
        /// Who talks to whom: `a2p` (application to person) or `p2p` (person to person).
        message_type: String => required(), check(checks::message_type);
        /// Whether the number sends and receives SMS and MMS.
        message_enabled: bool => required();
        /// Whether the number makes and takes voice calls.
        voice_enabled: bool => required();
        /// Whether the number carries data. A change needs a new number.
        data_enabled: bool => optional();
        /// The message route (`MRID-...`) that messages take. Left out, it stays as it is; `""`
        /// detaches the number from its route.
        message_route_id: String => optional_computed(), check(checks::message_route_id);
        /// The voice route (`CRID-...`) that calls take. Left out, it stays as it is; `""`
        /// detaches the number from its route.
        voice_route_id: String => optional_computed(), check(checks::voice_route_id);
        /// The preferred area code, three digits. It is tried before `zip_code`; with neither,
        /// the number comes from anywhere. A change needs a new number.
        area_code: String => optional(), check(unset_or(checks::area_code));
        /// The preferred US zip code, five digits, for when `area_code` has nothing to offer.
        /// The zip code the number was given is in `assigned_zip_code`. A change needs a new
        /// number.
        zip_code: String => optional(), check(unset_or(checks::zip_code));
        /// The SIM's ICCID: 18 to 20 digits beginning with 89, as printed on the card; a
        /// trailing filler letter is ignored. Needed for a physical SIM. Left out, the state holds
        /// what the API returns.
        iccid: String => optional_computed(), check(unset_or(checks::iccid));
        /// The product: `Sms-Only`, `Data-Only`, `Sms+Data` or `Sms+Data+Voice`. The API asks for
        /// one today. Left out, none is sent, and the state holds what the API returns.
        product_type: String => optional_computed();
        /// The account (`AID-...`) the number is bought for, needed by distributors with several
        /// accounts. Defaults to the provider's `account_id`. A change needs a new number.
        account_id: String => optional();
        /// The subscriber (`TSUID-...`) the number is assigned to. Left out, the state holds what
        /// the API returns.
        assigned_subscriber_id: String => optional_computed();
        /// What destroying does: `cancel` (ends the number; reactivating undoes it for 30 days),
        /// `park` (suspends it, number and SIM are kept), `abandon` (only forgets it) or
        /// `prevent` (refuses). Defaults to `cancel`. Destroying uses the policy in the state: a
        /// change takes an apply of its own, which calls nothing. `prevent` refuses to replace the
        /// number as soon as the state or the configuration says so.
        deletion_policy: String => optional_computed(), check(checks::deletion_policy);

        /// The number in E.164 form, such as `+18016025346`.
        id: String => computed();
        /// The purchase order.
        order_id: String => computed();
        /// When the order was placed, as the API wrote it.
        order_date: String => computed();
        /// How the order stands, as the API put it.
        order_status: String => computed();
        /// What the API said of a problem with the order.
        error_message: String => computed();
        /// The number that was assigned, in E.164 form.
        phone_number_assigned: String => computed();
        /// The API's own id of the number.
        phone_number_id: String => computed();
        /// A link to a picture of the eSIM's QR code. Anybody who has it can load the eSIM.
        qr_code: String => computed(), sensitive();
        /// The eSIM's activation code (`LPA:1$...`), taken from the QR link.
        activation_code: String => computed(), sensitive();
        /// The subscriber the number belongs to.
        subscriber_id: String => computed();
        /// The zip code the number was given, which may differ from the one asked for.
        assigned_zip_code: String => computed();
        /// The number's status, such as `Active`.
        status: String => computed();
        /// A short hash of the API's host and the account key: whose number this is.
        account_fingerprint: String => computed();
    }
    blocks {
        timeouts: Timeouts;
    }
}

crate::model! {
    /// How long operations may take, as durations such as `90s` or `1h30m`.
    pub(crate) struct Timeouts {
        /// Buying a number and waiting for its order. Defaults to `20m`.
        create: String => optional(), check(checks::duration);
        /// Reading a number. Defaults to `5m`.
        read: String => optional(), check(checks::duration);
        /// Changing a number. Defaults to `10m`.
        update: String => optional(), check(checks::duration);
        /// Ending a number. Defaults to `10m`.
        delete: String => optional(), check(checks::duration);
    }
    blocks {}
}

/// A check that lets `""` pass, which is as good as not set.
fn unset_or(check: impl Fn(&str) -> Result<(), String>) -> impl Fn(&str) -> Result<(), String> {
    move |text| match text {
        "" => Ok(()),
        text => check(text),
    }
}

/// The text, if it is known and set. `""` is unset.
pub(super) fn given(attr: &Attr<String>) -> Option<&str> {
    attr.as_str().filter(|text| !text.is_empty())
}

impl Number {
    /// How long buying may take.
    pub(super) fn create_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.create.as_str(), 20)
    }

    /// How long reading may take.
    pub(super) fn read_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.read.as_str(), 5)
    }

    /// How long changing may take.
    pub(super) fn update_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.update.as_str(), 10)
    }

    /// How long ending may take.
    pub(super) fn delete_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.delete.as_str(), 10)
    }

    fn timeout(&self, which: impl Fn(&Timeouts) -> Option<&str>, minutes: u64) -> Duration {
        let given = self.timeouts.known().and_then(which);
        given
            .and_then(|text| duration::parse(text).ok())
            .unwrap_or(Duration::from_secs(minutes * 60))
    }

    /// What destroying this number does.
    pub(super) fn policy(&self) -> DeletionPolicy {
        self.deletion_policy
            .as_str()
            .and_then(DeletionPolicy::from_word)
            .unwrap_or_default()
    }

    /// What messages call this number: its digits, or its order while it has none.
    pub(in crate::provider) fn name(&self) -> String {
        match (self.phone_number_assigned.as_str(), self.order_id.as_str()) {
            (Some(number), _) => number.to_owned(),
            (None, Some(order)) => format!("the number of order {order}"),
            (None, None) => "the number".to_owned(),
        }
    }
}

/// What destroying a number does.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::provider) enum DeletionPolicy {
    /// Ends the number.
    #[default]
    Cancel,
    /// Suspends it.
    Park,
    /// Only forgets it.
    Abandon,
    /// Refuses.
    Prevent,
}

impl DeletionPolicy {
    /// Every policy.
    pub(super) const ALL: [Self; 4] = [Self::Cancel, Self::Park, Self::Abandon, Self::Prevent];

    /// The word users write.
    pub(in crate::provider) fn word(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Park => "park",
            Self::Abandon => "abandon",
            Self::Prevent => "prevent",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}

/// What is kept beside a number.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Private {
    /// The number, for plans that replace it: they are not told of the object that goes.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) settling: Option<Settling>,
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
}

impl Private {
    /// What is kept beside `number`.
    pub(super) fn of(number: &Number) -> Self {
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
    pub(super) fn renewed(self, number: &Number) -> Self {
        Self {
            sim: self.sim,
            settling: self.settling,
            purchase: self.purchase,
            run: self.run,
            bought_at: self.bought_at,
            named_at: self.named_at,
            first_read: self.first_read,
            is_unlisted: self.is_unlisted,
            ..Self::of(number)
        }
    }

    /// When the order named the number, by the API's clock.
    pub(super) fn named_at(&self) -> Option<OffsetDateTime> {
        let at = self.named_at?;
        OffsetDateTime::from_unix_timestamp(at).ok()
    }
}
