//! Numbers that were sold, and what is known of each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::data::DataPlan;
use crate::switches::Lag;

/// A cancelled number can be brought back for so long; then it is purged.
pub(crate) const REACTIVATION_WINDOW: Duration = Duration::days(30);

/// What a number was bought as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberKind {
    /// A mobile number.
    Mvno,
    /// A number for a device.
    Iot,
    /// A number without a SIM.
    Voip,
}

/// Where a number is in its life.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStatus {
    /// In use.
    Active,
    /// Suspended; number and SIM are kept.
    Parked,
    /// Ended; it can be brought back for 30 days.
    Cancelled {
        /// When.
        at: OffsetDateTime,
    },
    /// A word nobody has heard of; the number is treated as live.
    Other(String),
}

/// The address for emergency calls, as the service writes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct E911Address {
    /// House number and street.
    pub street1: String,
    /// A further line.
    pub street2: Option<String>,
    /// The city.
    pub city: String,
    /// Two letters.
    pub state: String,
    /// Five digits, or nine with a hyphen.
    pub zip: String,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Device {
    /// Its serial number, whose first eight digits name the model.
    pub imei: String,
    /// `DeviceModel`, in the sample the maker.
    pub model: String,
    /// `DeviceName`, in the sample the model.
    pub name: String,
}

/// A number somebody owns.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct StoredNumber {
    /// E.164.
    pub number: String,
    /// The owner.
    pub account_key: String,
    /// The owner's account it belongs to.
    pub account_id: String,
    /// What it was bought as, or was changed to.
    pub kind: NumberKind,
    /// `a2p` or `p2p`.
    pub message_type: String,
    /// Whether messages are on.
    pub message_enabled: bool,
    /// Whether calls are on.
    pub voice_enabled: bool,
    /// Whether data is on, where it was said.
    pub data_enabled: Option<bool>,
    /// `MRID-...`
    pub message_route_id: Option<String>,
    /// `CRID-...`
    pub voice_route_id: Option<String>,
    /// Digits only.
    pub iccid: Option<String>,
    /// One of the four words, where one was said.
    pub product_type: Option<String>,
    /// `TSUID-...`
    pub subscriber_id: Option<String>,
    /// Where it is in its life.
    pub status: NumberStatus,
    /// The zip code given.
    pub zip_code: String,
    /// The id the purchase returned, `NID-...`.
    pub nid: String,
    /// The id reads response, `TNID-...`.
    pub tnid: String,
    /// The order that bought it, as its purchase named it, `JNUOID-...`.
    pub order_id: String,
    /// The order as reads name it, `TNOID-...`.
    pub read_order_id: String,
    /// When it was bought.
    pub bought: OffsetDateTime,
    /// Reads do not tell when.
    #[serde(default)]
    pub undated: bool,
    /// Its data.
    #[serde(default)]
    pub data: DataPlan,
    /// Caller name, in two parts.
    pub cnam: [Option<String>; 2],
    /// What the eSIM is loaded with, `LPA:1$...`.
    pub activation_code: Option<String>,
    /// How many changes of number or SIM are left.
    pub swaps_remaining: u32,
    /// When there are more again.
    pub next_swap_reset: OffsetDateTime,
    /// A secret the inventory tells.
    pub port_out_pin: String,
    /// The address that emergency services get.
    #[serde(default)]
    pub e911: Option<E911Address>,
    /// The device it was last seen in.
    #[serde(default)]
    pub device: Option<Device>,
    /// Not in the inventory yet.
    pub(crate) hidden: Option<Wait>,
    /// Details by number do not find it yet.
    #[serde(default)]
    pub(crate) unknown: Option<Wait>,
    /// Details by ICCID do not find it yet.
    #[serde(default)]
    pub(crate) unbound: Option<Wait>,
    /// What reads still show.
    pub(crate) stale: Option<Box<Stale>>,
    /// An equal number that nobody bought and only the inventory shows.
    pub(crate) twin: Option<String>,
}

impl StoredNumber {
    /// The number as it is, for reads that lag behind what happens to it now.
    pub(crate) fn into_stale(self, lag: Lag, now: OffsetDateTime) -> Box<Stale> {
        Box::new(Stale {
            shown: Self {
                stale: None,
                ..self
            },
            wait: Wait::starting(lag, now),
        })
    }

    /// Whether it is the owner's: not cancelled.
    pub fn is_owned(&self) -> bool {
        !matches!(self.status, NumberStatus::Cancelled { .. })
    }

    /// The number as the plainest purchase brings it: for a device, messages and calls off, no product, no routes.
    pub fn make_plain(&mut self) {
        self.kind = NumberKind::Iot;
        self.message_type = "p2p".into();
        self.message_enabled = false;
        self.voice_enabled = false;
        self.data_enabled = None;
        self.message_route_id = None;
        self.voice_route_id = None;
        self.product_type = None;
    }

    /// The number as a read shows it at `now`, without counting one.
    pub(crate) fn shown(&self, now: OffsetDateTime) -> &Self {
        match &self.stale {
            Some(stale) if stale.wait.lasts(now) => &stale.shown,
            _ => self,
        }
    }

    pub(crate) fn uses_route(&self, id: &str) -> bool {
        self.message_route_id.as_deref() == Some(id) || self.voice_route_id.as_deref() == Some(id)
    }
}

/// What reads show instead of the present state, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Stale {
    pub(crate) shown: StoredNumber,
    pub(crate) wait: Wait,
}

/// The rest of a lag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Wait {
    Reads(u32),
    Until(OffsetDateTime),
}

impl Wait {
    pub(crate) fn starting(lag: Lag, now: OffsetDateTime) -> Self {
        match lag {
            Lag::Reads(reads) => Self::Reads(reads),
            Lag::Time(time) => Self::Until(now + time),
        }
    }

    /// Whether a read would still have to wait; counts nothing.
    pub(crate) fn lasts(&self, now: OffsetDateTime) -> bool {
        match self {
            Self::Reads(left) => *left > 0,
            Self::Until(then) => now < *then,
        }
    }

    /// Whether time alone has ended it.
    pub(crate) fn is_past(&self, now: OffsetDateTime) -> bool {
        matches!(self, Self::Until(_)) && !self.lasts(now)
    }

    /// Whether this read still has to wait; counts the read.
    pub(crate) fn holds(&mut self, now: OffsetDateTime) -> bool {
        match self {
            Self::Reads(0) => false,
            Self::Reads(left) => {
                *left -= 1;
                true
            }
            Self::Until(then) => now < *then,
        }
    }
}

/// All numbers.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Numbers {
    by_number: BTreeMap<String, StoredNumber>,
    /// The order of purchase, which is the order of the inventory.
    order: Vec<String>,
}

impl Numbers {
    pub(crate) fn insert(&mut self, number: StoredNumber) {
        self.order.push(number.number.clone());
        self.by_number.insert(number.number.clone(), number);
    }

    pub(crate) fn get(&self, number: &str) -> Option<&StoredNumber> {
        self.by_number.get(number)
    }

    pub(crate) fn get_mut(&mut self, number: &str) -> Option<&mut StoredNumber> {
        self.by_number.get_mut(number)
    }

    pub(crate) fn remove(&mut self, number: &str) -> Option<StoredNumber> {
        self.order.retain(|other| other != number);
        self.by_number.remove(number)
    }

    /// In order of purchase.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &StoredNumber> {
        self.order
            .iter()
            .filter_map(|number| self.by_number.get(number))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut StoredNumber> {
        self.by_number.values_mut()
    }

    /// The numbers that reads show with a SIM, the one bought last first. One whose present state has the SIM counts
    /// too.
    pub(crate) fn of_sim(
        &self,
        account_key: &str,
        iccid: &str,
        now: OffsetDateTime,
    ) -> Vec<String> {
        let has_sim = |number: &StoredNumber| number.iccid.as_deref() == Some(iccid);
        self.iter()
            .rev()
            .filter(|number| number.account_key == account_key)
            .filter(|number| has_sim(number) || has_sim(number.shown(now)))
            .map(|number| number.number.clone())
            .collect()
    }

    /// Whether any number of the account has the SIM.
    pub(crate) fn has_sim(&self, account_key: &str, iccid: &str) -> bool {
        self.iter().any(|number| {
            number.account_key == account_key && number.iccid.as_deref() == Some(iccid)
        })
    }

    /// The cancelled numbers whose time is over at `now`.
    pub(crate) fn expired(&self, now: OffsetDateTime) -> Vec<String> {
        let over = |number: &&StoredNumber| match number.status {
            NumberStatus::Cancelled { at } => at + REACTIVATION_WINDOW <= now,
            _ => false,
        };
        self.by_number
            .values()
            .filter(over)
            .map(|number| number.number.clone())
            .collect()
    }
}
