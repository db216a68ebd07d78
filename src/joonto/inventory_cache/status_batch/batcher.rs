//! Where those who want the same change of status wait for each other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, oneshot};

use super::super::super::ids::E164;
use super::super::super::status::StatusChange;
use super::Fate;
use crate::sync::locked;
use crate::wait::Stopper;

/// What Terraform has under way at once, unless it is told otherwise. A group of so many is
/// complete, if the last one was no larger.
const PARALLELISM: usize = 10;

/// Any other group as large as the last one is complete when nobody has joined it for so long.
const QUIET: Duration = Duration::from_millis(50);

/// Or so long after it might have gone, whoever is still coming.
const AT_MOST: Duration = Duration::from_millis(200);

/// A smaller one waits for so long: Terraform comes back with as many as were answered last, but
/// it writes its state for each of them first.
const RETURN: Duration = Duration::from_millis(500);

/// Numbers in one request at most.
const FULL: usize = 50;

/// So many joint requests are refused, without one that was not, until the API is believed to
/// take one number each.
const REFUSALS: u32 = 2;

/// The changes that share requests. Swapping SIMs is not among them: it uses up something that
/// comes back to nobody, and each number has its own SIM.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    Activate,
    Cancel,
    Park,
}

impl Kind {
    pub(super) fn of(change: &StatusChange) -> Option<Self> {
        match change {
            StatusChange::Activate => Some(Self::Activate),
            StatusChange::Cancel => Some(Self::Cancel),
            StatusChange::Park => Some(Self::Park),
            StatusChange::SwapSim { .. } => None,
        }
    }

    pub(super) fn change(self) -> StatusChange {
        match self {
            Self::Activate => StatusChange::Activate,
            Self::Cancel => StatusChange::Cancel,
            Self::Park => StatusChange::Park,
        }
    }

    /// Held while a request of this kind is under way.
    pub(super) fn turn(self, desk: &Desk) -> &tokio::sync::Mutex<()> {
        &desk.turns[self as usize]
    }
}

/// All groups there are.
#[derive(Default)]
pub(in super::super) struct Desk {
    groups: Arc<Mutex<Groups>>,
    /// Told of everyone who takes a seat.
    joined: Notify,
    turns: [tokio::sync::Mutex<()>; 3],
    experience: Mutex<Experience>,
}

#[derive(Default)]
struct Groups {
    /// The group of each kind that can be joined.
    open: HashMap<Kind, u64>,
    waiting: HashMap<u64, Waiting>,
    sent: HashMap<u64, Sent>,
    /// How many shared the last request of each kind: Terraform comes back with about as many.
    last: HashMap<Kind, usize>,
    begun: u64,
    seats: u64,
}

/// A group that is not sent yet.
struct Waiting {
    members: Vec<Member>,
    last_joined: Instant,
    /// Since when it might have been sent.
    ready_at: Option<Instant>,
}

struct Member {
    seat: u64,
    number: E164,
    fate: oneshot::Sender<Fate>,
}

/// A group whose request waits for leave or for its answer.
struct Sent {
    stopper: Stopper,
    /// How many still want its answer.
    wanted_by: usize,
}

/// What joint requests have come to.
#[derive(Default)]
struct Experience {
    has_worked: bool,
    refused: u32,
    is_bad: bool,
}

/// The name of a group.
pub(super) struct Group {
    id: u64,
    kind: Kind,
}

impl Group {
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }
}

impl Desk {
    /// Whether joint requests have not proved useless.
    pub(super) fn takes_several(&self) -> bool {
        !self.experience().is_bad
    }

    /// Learns from a joint request.
    pub(super) fn learn<'a>(&self, fates: impl IntoIterator<Item = &'a Fate>) {
        let fates: Vec<_> = fates.into_iter().collect();
        let all = |is: fn(&Fate) -> bool| fates.iter().all(|fate| is(fate));
        let mut experience = self.experience();
        if all(|fate| matches!(fate, Fate::Answered(_))) {
            experience.has_worked = true;
        } else if all(|fate| matches!(fate, Fate::Refused | Fate::LeftOut)) {
            // Perhaps for a reason of its own: one of the numbers, say.
            experience.refused += 1;
            experience.is_bad |= !experience.has_worked && experience.refused >= REFUSALS;
        } else if fates.iter().any(|fate| matches!(fate, Fate::LeftOut)) {
            experience.is_bad = true;
        }
    }

    /// Takes a seat in the group that is open. If that is a new one, it is handed out to be sent.
    pub(super) fn join(&self, kind: Kind, number: &E164, now: Instant) -> (Seat, Option<Group>) {
        let mut groups = locked(&self.groups);
        groups.seats += 1;
        let (sender, receiver) = oneshot::channel();
        let member = Member {
            seat: groups.seats,
            number: number.clone(),
            fate: sender,
        };
        let open = groups.open.get(&kind).copied();
        let id = open.unwrap_or(groups.begun + 1);
        let seat = Seat {
            groups: Arc::clone(&self.groups),
            group: id,
            seat: member.seat,
            fate: receiver,
            is_over: false,
        };
        if open.is_none() {
            groups.begun = id;
            groups.open.insert(kind, id);
        }
        let waiting = groups.waiting.entry(id).or_insert_with(|| Waiting {
            members: Vec::new(),
            last_joined: now,
            ready_at: None,
        });
        waiting.members.push(member);
        waiting.last_joined = now;
        if waiting.members.len() >= FULL {
            groups.open.remove(&kind);
        }
        drop(groups);
        self.joined.notify_waiters();
        (seat, open.is_none().then_some(Group { id, kind }))
    }

    /// Completes when somebody takes a seat.
    pub(super) fn joined(&self) -> Notified<'_> {
        self.joined.notified()
    }

    /// For how long more `group`, whose turn it is, is to wait for others. Nothing: it is sent.
    pub(super) fn gathers(&self, group: &Group, now: Instant) -> Option<Duration> {
        let mut groups = locked(&self.groups);
        let last = groups.last.get(&group.kind).copied().unwrap_or_default();
        let waiting = groups.waiting.get_mut(&group.id)?;
        let size = waiting.members.len();
        let is_complete = size >= FULL || (size == PARALLELISM && size >= last);
        if size == 0 || is_complete {
            return None;
        }
        let ready_at = *waiting.ready_at.get_or_insert(now);
        let until = if size < last {
            ready_at + RETURN
        } else {
            (waiting.last_joined.max(ready_at) + QUIET).min(ready_at + AT_MOST)
        };
        (until > now).then(|| until - now)
    }

    /// Closes `group` to be sent; `stopper` ends its waits once nobody wants it any more.
    /// Nothing when that is so already.
    pub(super) fn close(&self, group: &Group, stopper: Stopper) -> Option<Members> {
        let mut groups = locked(&self.groups);
        if groups.open.get(&group.kind) == Some(&group.id) {
            groups.open.remove(&group.kind);
        }
        let members = groups.waiting.remove(&group.id)?.members;
        if members.is_empty() {
            return None;
        }
        let wanted_by = members.len();
        groups.last.insert(group.kind, wanted_by);
        groups.sent.insert(group.id, Sent { stopper, wanted_by });
        Some(Members {
            groups: Arc::clone(&self.groups),
            group: group.id,
            members,
        })
    }

    fn experience(&self) -> MutexGuard<'_, Experience> {
        locked(&self.experience)
    }
}

/// Those whose request is under way.
pub(super) struct Members {
    groups: Arc<Mutex<Groups>>,
    group: u64,
    members: Vec<Member>,
}

impl Members {
    /// Their numbers, each once.
    pub(super) fn numbers(&self) -> Vec<E164> {
        let mut numbers: Vec<_> = self.members.iter().map(|m| m.number.clone()).collect();
        numbers.sort();
        numbers.dedup();
        numbers
    }

    /// Tells each what became of its number.
    pub(super) fn tell(mut self, fate: impl Fn(&E164) -> Fate) {
        for member in self.members.drain(..) {
            // One who has gone does not want to know.
            let _ = member.fate.send(fate(&member.number));
        }
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        locked(&self.groups).sent.remove(&self.group);
    }
}

/// The place of one who waits; given up when dropped.
pub(super) struct Seat {
    groups: Arc<Mutex<Groups>>,
    group: u64,
    seat: u64,
    fate: oneshot::Receiver<Fate>,
    is_over: bool,
}

impl Seat {
    /// What became of the number. Nothing when the one who sent the request came to grief.
    pub(super) async fn fate(&mut self) -> Option<Fate> {
        let fate = (&mut self.fate).await.ok();
        self.is_over = true;
        fate
    }

    /// Gives the place up. Returns whether the number was not sent, and will not be.
    pub(super) fn leave(&mut self) -> bool {
        let mut groups = locked(&self.groups);
        let was_over = std::mem::replace(&mut self.is_over, true);
        if let Some(waiting) = groups.waiting.get_mut(&self.group) {
            waiting.members.retain(|member| member.seat != self.seat);
            return true;
        }
        if let Some(sent) = groups.sent.get_mut(&self.group)
            && !was_over
        {
            sent.wanted_by -= 1;
            if sent.wanted_by == 0 {
                sent.stopper.stop();
            }
        }
        false
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !self.is_over {
            self.leave();
        }
    }
}
