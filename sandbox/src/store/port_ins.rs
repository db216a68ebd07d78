//! Port-ins: numbers that are on their way here from another carrier.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::numbers::Wait;
use crate::switches::{Lag, PortInWords, Switches};

/// Where a port-in is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PortInState {
    /// The losing carrier has not responded.
    Pending,
    /// The losing carrier has accepted, and there is a date.
    InProgress,
    /// The losing carrier has refused. An update can fix it.
    ResolutionRequired {
        /// A code, perhaps with a text: `8A-ACCOUNT_NUM_REQ_OR_INCORRECT`.
        message: String,
    },
    /// The number is here.
    Complete,
    /// It was ended. That is final.
    Cancelled,
}

impl PortInState {
    /// Whether anything can still become of it.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Complete | Self::Cancelled)
    }

    /// A refusal with this message.
    pub fn refused(message: &str) -> Self {
        Self::ResolutionRequired {
            message: message.to_owned(),
        }
    }
}

/// A port-in, beside what every order has.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct PortIn {
    /// The request that submitted it.
    pub(crate) request: u64,
    pub(crate) state: PortInState,
    /// How long it stays in this state, where it moves by itself.
    pub(crate) wait: Option<Wait>,
    /// What reads still show, and for how long.
    stale: Option<(PortInState, Wait)>,
    /// What was sent, as requests name it, updates merged into it. It holds secrets.
    pub(crate) fields: Map<String, Value>,
    /// What each update sent.
    pub(crate) updates: Vec<Map<String, Value>>,
}

impl PortIn {
    pub(crate) fn new(request: u64, fields: Map<String, Value>) -> Self {
        Self {
            request,
            state: PortInState::Pending,
            wait: None,
            stale: None,
            fields,
            updates: Vec::new(),
        }
    }

    /// Enters a state, from which it moves by itself after `step`. Reads show the one before for as long as `lag` says.
    pub(crate) fn enter(
        &mut self,
        state: PortInState,
        at: OffsetDateTime,
        step: Option<Lag>,
        lag: Option<Lag>,
    ) {
        let moves = matches!(state, PortInState::Pending | PortInState::InProgress);
        self.wait = step.filter(|_| moves).map(|step| Wait::starting(step, at));
        let before = std::mem::replace(&mut self.state, state);
        self.stale = lag.map(|lag| (before, Wait::starting(lag, at)));
    }

    /// The next state, if nobody interferes.
    pub(crate) fn next_state(&self, switches: &Switches) -> PortInState {
        match (&self.state, &switches.port_in_refusal) {
            (PortInState::Pending, Some(message)) => PortInState::refused(message),
            (PortInState::Pending, None) => PortInState::InProgress,
            _ => PortInState::Complete,
        }
    }

    /// What an update sent replaces what was there, an address field by field. What it did not send stays.
    pub(crate) fn update(&mut self, sent: Map<String, Value>) {
        for (key, value) in sent.clone() {
            match (self.fields.get_mut(&key), value) {
                (Some(Value::Object(held)), Value::Object(changes)) => held.extend(changes),
                (_, value) => {
                    self.fields.insert(key, value);
                }
            }
        }
        self.updates.push(sent);
    }

    /// A text that was sent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let text = self.fields.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    }

    /// The word and the message of its state, as a read shows them now. Counts the read.
    pub(crate) fn shown(
        &mut self,
        now: OffsetDateTime,
        switches: &Switches,
    ) -> (String, Option<String>) {
        if self
            .stale
            .as_mut()
            .is_some_and(|(_, wait)| !wait.holds(now))
        {
            self.stale = None;
        }
        let state = match &self.stale {
            Some((state, _)) => state,
            None => &self.state,
        };
        let message = match state {
            PortInState::ResolutionRequired { message } => Some(self.echoed(message, switches)),
            _ => None,
        };
        (self.word(state, switches), message)
    }

    /// The word for a state.
    pub(crate) fn word(&self, state: &PortInState, switches: &Switches) -> String {
        let is_resubmitted = !self.updates.is_empty();
        let word = match (state, switches.port_in_words) {
            (PortInState::Pending | PortInState::InProgress, _)
                if switches.port_in_open_word.is_some() =>
            {
                return switches.port_in_open_word.clone().unwrap_or_default();
            }
            (PortInState::Pending, PortInWords::Guides) if is_resubmitted => {
                "Pending Carrier Approval"
            }
            (PortInState::Pending, PortInWords::Guides) => "Submitted",
            (PortInState::Pending, _) => "Pending",
            (PortInState::InProgress, PortInWords::Notes) => "InProgress",
            (PortInState::InProgress, PortInWords::Guides) => "Scheduled",
            // The description has no word of its own for it.
            (PortInState::InProgress, PortInWords::Description) => "Pending",
            (PortInState::ResolutionRequired { .. }, PortInWords::Notes) => "ResolutionRequired",
            (PortInState::ResolutionRequired { .. }, PortInWords::Guides) => "Rejected",
            (PortInState::ResolutionRequired { .. }, PortInWords::Description) => "Error",
            (PortInState::Complete, PortInWords::Guides) => "Completed",
            (PortInState::Complete, _) => "Complete",
            (PortInState::Cancelled, _) => "Cancelled",
        };
        word.to_owned()
    }

    /// A message, by switch with the secrets that were sent.
    pub(crate) fn echoed(&self, message: &str, switches: &Switches) -> String {
        if !switches.port_in_echoes_secrets {
            return message.to_owned();
        }
        let sent = |name| self.text(name).unwrap_or_default();
        let (number, password) = (sent("CurrentAccountNumber"), sent("CurrentAccountPassword"));
        format!("{message} (account {number}, password {password})")
    }
}
