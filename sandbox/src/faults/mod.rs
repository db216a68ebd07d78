//! Faults on demand: what goes wrong, for which call, and on which side of the change.

mod kind;
pub(crate) mod spoil;
pub(crate) mod wire;

use serde::{Deserialize, Serialize};

pub use self::kind::{EmptyIds, ErrorShape, FaultKind};
use crate::ids::mix;
use crate::ledger::Placement;
use crate::operations;

/// A fault, aimed.
///
/// ```
/// use joonto_sandbox::{Fault, FaultKind};
/// // The second purchase is made, and its response never comes.
/// let fault = Fault::on("/v1.0/numbers/provision").nth(2).after_commit(FaultKind::Drop);
/// // Reads of the second page fail, however often they are tried.
/// let other = Fault::on("/v1.0/numbers/inventory").query("PageNumber=2").always().before_commit(FaultKind::status(500));
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The path it waits at; `*` for any.
    #[serde(default = "any")]
    path: String,
    #[serde(default)]
    method: Option<String>,
    /// A text the query must contain.
    #[serde(default)]
    query: Option<String>,
    /// The matching call it strikes first, counted from 1.
    #[serde(default = "one")]
    nth: u64,
    /// How many matching calls it strikes from then on; none = all.
    #[serde(default = "once")]
    times: Option<u64>,
    placement: Placement,
    kind: FaultKind,
    #[serde(default)]
    seen: u64,
}

fn any() -> String {
    "*".into()
}

fn one() -> u64 {
    1
}

fn once() -> Option<u64> {
    Some(1)
}

impl Fault {
    /// Aims at a path, such as `/v1.0/numbers/provision`; `*` is any.
    pub fn on(path: impl Into<String>) -> Aim {
        Aim(Self {
            path: path.into(),
            method: None,
            query: None,
            nth: 1,
            times: Some(1),
            placement: Placement::Before,
            kind: FaultKind::Drop,
            seen: 0,
        })
    }

    /// Whether there is an operation it could strike.
    pub(crate) fn can_strike(&self) -> bool {
        self.path == "*" || operations::is_path(&self.path)
    }

    /// The fault in a line, for people.
    pub(crate) fn describe(&self) -> String {
        let times = match self.times {
            Some(times) => format!("{times} time(s)"),
            None => "always".into(),
        };
        let side = match self.placement {
            Placement::Before => "before",
            Placement::After => "after",
        };
        format!(
            "{} {}{} from call {} on, {times}: {} {side} commit ({} seen)",
            self.method.as_deref().unwrap_or("any method"),
            self.path,
            self.query
                .as_deref()
                .map(|query| format!("?…{query}…"))
                .unwrap_or_default(),
            self.nth,
            self.kind.name(),
            self.seen,
        )
    }

    fn matches(&self, method: &str, path: &str, query: &str) -> bool {
        (self.path == "*" || self.path == path)
            && self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self
                .query
                .as_deref()
                .is_none_or(|wanted| query.contains(wanted))
    }

    /// Counts a matching call and says whether it is struck.
    fn count(&mut self) -> bool {
        self.seen += 1;
        self.seen >= self.nth && self.times.is_none_or(|times| self.seen - self.nth < times)
    }

    fn is_spent(&self) -> bool {
        self.times
            .is_some_and(|times| self.seen >= self.nth.saturating_add(times) - 1)
    }
}

/// A fault that is not finished: say what happens with [`before_commit`](Aim::before_commit) or
/// [`after_commit`](Aim::after_commit).
#[derive(Clone, Debug)]
#[must_use]
pub struct Aim(Fault);

impl Aim {
    /// Only calls of this method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.0.method = Some(method.into());
        self
    }

    /// Only calls whose query contains this text, as it is on the wire.
    pub fn query(mut self, text: impl Into<String>) -> Self {
        self.0.query = Some(text.into());
        self
    }

    /// The first call struck, counted from 1 and from when the fault is set.
    pub fn nth(mut self, nth: u64) -> Self {
        self.0.nth = nth.max(1);
        self
    }

    /// How many calls are struck; without this, one.
    pub fn times(mut self, times: u64) -> Self {
        self.0.times = Some(times);
        self
    }

    /// Every call from the n-th on is struck.
    pub fn always(mut self) -> Self {
        self.0.times = None;
        self
    }

    /// It strikes before anything is changed.
    #[must_use]
    pub fn before_commit(self, kind: FaultKind) -> Fault {
        self.place(Placement::Before, kind)
    }

    /// The change is made; the response is what suffers.
    #[must_use]
    pub fn after_commit(self, kind: FaultKind) -> Fault {
        self.place(Placement::After, kind)
    }

    fn place(self, placement: Placement, kind: FaultKind) -> Fault {
        Fault {
            placement,
            kind,
            ..self.0
        }
    }
}

/// Random faults: each matching call is struck with a chance, by a fault picked from a list. What happens to the n-th
/// call depends on the seed and on n alone, so a run can be had again from its seed.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Chaos {
    /// Print it; it is all that is needed to replay.
    pub seed: u64,
    /// The path; `*` for any.
    pub path: String,
    /// How many calls of a hundred are struck.
    pub percent: u8,
    /// What may happen.
    pub kinds: Vec<(Placement, FaultKind)>,
}

impl Chaos {
    /// Every fault that a purchase can meet, before and after its commit.
    pub fn of_everything(seed: u64, path: impl Into<String>, percent: u8) -> Self {
        let late = |millis| FaultKind::Delay(std::time::Duration::from_millis(millis));
        let kinds = [
            FaultKind::Drop,
            FaultKind::Reset,
            FaultKind::HalfClose,
            late(20),
            late(700),
            FaultKind::status(408),
            FaultKind::status(500),
            FaultKind::status(502),
            FaultKind::status(504),
            FaultKind::status_retry_after(503, "1"),
            FaultKind::status_as(502, ErrorShape::Html),
            FaultKind::status_as(200, ErrorShape::Empty),
            FaultKind::Truncate,
            FaultKind::ChunkedWithoutEnd,
            FaultKind::NullBody,
            FaultKind::WrongTypes,
            FaultKind::EmptyIds(EmptyIds::Missing),
            FaultKind::InvalidUtf8,
            FaultKind::StaleConnection,
        ];
        let sides = [Placement::Before, Placement::After];
        let kinds = sides
            .iter()
            .flat_map(|side| kinds.iter().map(|kind| (*side, kind.clone())))
            .collect();
        Self {
            seed,
            path: path.into(),
            percent,
            kinds,
        }
    }
}

/// A fault that struck.
#[derive(Clone, Debug)]
pub(crate) struct Struck {
    pub(crate) placement: Placement,
    pub(crate) kind: FaultKind,
}

/// The faults that wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
    chaos: Option<(Chaos, u64)>,
}

impl Faults {
    pub(crate) fn place(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub(crate) fn set_chaos(&mut self, chaos: Option<Chaos>) {
        self.chaos = chaos.map(|chaos| (chaos, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.chaos = None;
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    pub(crate) fn chaos(&self) -> Option<&Chaos> {
        self.chaos.as_ref().map(|(chaos, _)| chaos)
    }

    /// The fault for this call, if any. Every fault that matches counts the call; the one set first strikes.
    pub(crate) fn strike(&mut self, method: &str, path: &str, query: &str) -> Option<Struck> {
        let mut struck = None;
        for fault in &mut self.waiting {
            if fault.matches(method, path, query) && fault.count() && struck.is_none() {
                struck = Some(Struck {
                    placement: fault.placement,
                    kind: fault.kind.clone(),
                });
            }
        }
        self.waiting.retain(|fault| !fault.is_spent());
        struck.or_else(|| self.random(path))
    }

    fn random(&mut self, path: &str) -> Option<Struck> {
        let (chaos, count) = self.chaos.as_mut()?;
        if (chaos.path != "*" && chaos.path != path) || chaos.kinds.is_empty() {
            return None;
        }
        *count += 1;
        let roll = mix(chaos.seed ^ mix(*count));
        if roll % 100 >= u64::from(chaos.percent) {
            return None;
        }
        let (placement, kind) = chaos.kinds[(roll >> 32) as usize % chaos.kinds.len()].clone();
        Some(Struck { placement, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(faults: &mut Faults, calls: usize) -> Vec<bool> {
        (0..calls)
            .map(|_| faults.strike("POST", "/a", "").is_some())
            .collect()
    }

    #[test]
    fn a_fault_strikes_the_nth_call_so_many_times() {
        let mut faults = Faults::default();
        faults.place(
            Fault::on("/a")
                .nth(2)
                .times(2)
                .before_commit(FaultKind::Drop),
        );
        assert_eq!(struck(&mut faults, 4), [false, true, true, false]);
        assert!(faults.waiting().is_empty());
        faults.place(
            Fault::on("/a")
                .method("GET")
                .always()
                .before_commit(FaultKind::Drop),
        );
        assert_eq!(struck(&mut faults, 2), [false, false]);
        faults.place(
            Fault::on("*")
                .nth(2)
                .always()
                .before_commit(FaultKind::Drop),
        );
        assert_eq!(struck(&mut faults, 3), [false, true, true]);
    }

    #[test]
    fn chaos_replays_from_its_seed() {
        let run = |seed| {
            let mut faults = Faults::default();
            let kinds = vec![(Placement::After, FaultKind::Drop)];
            faults.set_chaos(Some(Chaos {
                seed,
                path: "*".into(),
                percent: 30,
                kinds,
            }));
            struck(&mut faults, 200)
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let hits = run(1).iter().filter(|hit| **hit).count();
        assert!((30..90).contains(&hits), "{hits} of 200 at 30 %");
    }
}
