//! The data of a number: its limits, what it has used, and when that restarts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::numbers::Wait;
use crate::switches::Lag;

/// The data of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct DataPlan {
    /// What was set; without it, data stops at 20 MB.
    pub limits: Option<LimitValues>,
    /// Bytes used.
    pub used: u64,
    /// What was set of it.
    pub renewal: Option<Renewal>,
    /// What reads still show.
    pub(crate) stale: Option<Box<StalePlan>>,
}

/// Limits, as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct LimitValues {
    /// `KB`, `MB`, `GB` or `TB`.
    pub unit: Option<String>,
    /// Somebody is notified from here on.
    pub notify: Option<i64>,
    /// Data is slow from here on.
    pub throttle: Option<i64>,
    /// How slow, such as `1-mbps`.
    pub speed: Option<String>,
    /// Data stops here.
    pub limit: Option<i64>,
}

/// When the usage restarts from zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Renewal {
    /// Whether it does.
    pub auto_renew: Option<bool>,
    /// `M` or `W`.
    pub period_type: Option<String>,
    /// The day of the month or the week.
    pub renewal_day: Option<i64>,
    /// How many of them.
    pub period_value: Option<i64>,
}

/// What reads show for a while after a change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct StalePlan {
    shown: Option<LimitValues>,
    wait: Wait,
}

impl StalePlan {
    pub(crate) fn new(before: DataPlan, lag: Lag, now: OffsetDateTime) -> Box<Self> {
        Box::new(Self {
            shown: before.limits,
            wait: Wait::starting(lag, now),
        })
    }
}

impl DataPlan {
    /// What was sent replaces what was there; what was not sent stays.
    pub(crate) fn set(&mut self, sent: &LimitValues) {
        let sent = sent.clone();
        let old = self.limits.take().unwrap_or_default();
        self.limits = Some(LimitValues {
            unit: sent.unit.or(old.unit),
            notify: sent.notify.or(old.notify),
            throttle: sent.throttle.or(old.throttle),
            speed: sent.speed.or(old.speed),
            limit: sent.limit.or(old.limit),
        });
    }

    /// The data as a read shows it now. Counts the read.
    pub(crate) fn shown(&mut self, now: OffsetDateTime) -> Self {
        let stale = self.stale.as_mut();
        let stale = stale.and_then(|stale| stale.wait.holds(now).then(|| stale.shown.clone()));
        match stale {
            Some(limits) => Self {
                limits,
                ..self.clone()
            },
            None => {
                self.stale = None;
                self.clone()
            }
        }
    }

    /// Bytes until data stops.
    pub(crate) fn remaining(&self) -> u64 {
        let limits = self
            .limits
            .clone()
            .unwrap_or_else(LimitValues::default_limit);
        limits.bytes(limits.limit).saturating_sub(self.used)
    }

    /// Used and left, for people.
    pub(crate) fn describe(&self) -> String {
        let (used, left) = (amount(self.used), amount(self.remaining()));
        format!("{used} used, {left} left")
    }

    /// What happens to data now.
    pub(crate) fn behavior(&self) -> &'static str {
        let limits = self
            .limits
            .clone()
            .unwrap_or_else(LimitValues::default_limit);
        let is_past = |value: Option<i64>| value.is_some() && self.used >= limits.bytes(value);
        match (is_past(limits.limit), is_past(limits.throttle)) {
            (true, _) => "Blocked",
            (false, true) => "Throttled",
            (false, false) => "Active",
        }
    }
}

impl LimitValues {
    /// Where data stops until somebody sets a limit.
    pub(crate) fn default_limit() -> Self {
        Self {
            unit: Some("MB".to_owned()),
            limit: Some(20),
            ..Self::default()
        }
    }

    /// Positive, and ascending.
    pub(crate) fn check(&self) -> Result<(), String> {
        let values = [
            ("NotifyValue", self.notify),
            ("ThrottleValue", self.throttle),
            ("LimitValue", self.limit),
        ];
        let given = values
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let given: Vec<_> = given.collect();
        for (name, value) in &given {
            if !(1..=i64::from(i32::MAX)).contains(value) {
                return Err(format!("{name} must be a positive integer"));
            }
        }
        match given.windows(2).find(|pair| pair[0].1 >= pair[1].1) {
            Some(pair) => Err(format!("{} must be less than {}", pair[0].0, pair[1].0)),
            None => Ok(()),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "NotifyValue": self.notify,
            "ThrottleValue": self.throttle,
            "LimitValue": self.limit,
            "ValueUnit": self.unit,
            "ThrottleSpeed": self.speed,
        })
    }

    fn bytes(&self, value: Option<i64>) -> u64 {
        let units = ["B", "KB", "MB", "GB", "TB"];
        let unit = self.unit.as_deref().unwrap_or("MB");
        let power = units.iter().position(|known| *known == unit).unwrap_or(2);
        u64::try_from(value.unwrap_or_default()).unwrap_or_default() << (10 * power)
    }
}

impl Renewal {
    pub(crate) fn check(&self) -> Result<(), String> {
        let days = match self.period_type.as_deref() {
            Some("W") => 7,
            _ => 31,
        };
        match self.renewal_day {
            Some(day) if !(1..=days).contains(&day) => {
                Err(format!("RenewalDay must be between 1 and {days}"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "AutoRenew": self.auto_renew,
            "PeriodType": self.period_type,
            "PeriodValue": self.period_value,
            "RenewalDay": self.renewal_day,
        })
    }
}

/// Bytes as the API writes them: in the largest unit that leaves a whole number in front, with one decimal if needed.
pub(crate) fn amount(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut power = 0;
    while power + 1 < UNITS.len() && bytes >> (10 * (power + 1)) > 0 {
        power += 1;
    }
    let tenths = (bytes * 10) >> (10 * power);
    match tenths % 10 {
        0 => format!("{} {}", tenths / 10, UNITS[power]),
        tenth => format!("{}.{tenth} {}", tenths / 10, UNITS[power]),
    }
}
