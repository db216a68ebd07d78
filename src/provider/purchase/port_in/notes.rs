//! What planning, reading and destroying note of port-ins, and what plans ask.

use std::sync::atomic::Ordering;

use super::{PortIns, Said, port_in_of};
use crate::joonto::{E164, OrderId};
use crate::provider::purchase::journal::OpenPortIn;
use crate::sync::locked;

impl PortIns {
    /// A state holds this order, and the number unless it was cancelled: its record is closed. Not
    /// one of this command: what it was handed proves nothing about its own port-ins.
    pub(in crate::provider) async fn note_held(&self, number: Option<E164>, order: &OrderId) {
        let handed = &self.core.handed;
        handed.note(&port_in_of(order.as_str()));
        if let Some(number) = number {
            handed.note(&port_in_of(number.as_str()));
        }
        let run = self.core.journal.run().id();
        self.close_orders(order, |open| open.name.run() != run)
            .await;
    }

    /// Terraform let go of this order: its record is closed, also one of this very command.
    pub(in crate::provider) async fn note_deleted(&self, number: Option<&E164>, order: &OrderId) {
        let gone = number.map(ToString::to_string);
        locked(&self.gone).extend(gone.into_iter().chain([order.to_string()]));
        let own = number.and_then(|number| locked(&self.own).remove(number));
        if let Some(open) = own.flatten() {
            self.core.journal.close(&open).await;
        }
        self.close_orders(order, |_| true).await;
    }

    /// Whether two resources in state have the order.
    pub(in crate::provider) fn is_held_twice(&self, order: &OrderId) -> bool {
        self.core.handed.has_twice(&port_in_of(order.as_str()))
    }

    /// This plan creates a resource with the number, or else destroys one. Whether it does both:
    /// then the order would be cancelled, and another one submitted.
    pub(in crate::provider) fn plan(&self, number: &E164, creates: bool) -> bool {
        if locked(&self.own).contains_key(number) {
            return false;
        }
        let mut planned = locked(&self.planned);
        let both = planned.entry(number.clone()).or_default();
        both[usize::from(creates)] = true;
        both.iter().all(|is_planned| *is_planned)
    }

    /// The variable by which this machine is known to lose its records, once.
    pub(in crate::provider) fn needs_place(&self) -> Option<&'static str> {
        self.core.needs_place()
    }

    /// Loads what earlier runs left open, for plans to warn of, and closes what the user's line says
    /// was never submitted.
    pub(in crate::provider) async fn load(&self) {
        for open in self.earlier().await.unwrap_or_default() {
            let is_over = self.writer_is_over(open).await;
            if is_over && matches!(self.says_of(open), Some(Said::Nothing)) {
                self.core.journal.close(open).await;
            }
        }
    }

    /// The port-ins of this state that no run has handed to Terraform, and that no line speaks of:
    /// for a plan to warn of, once.
    pub(in crate::provider) fn warn_of_open(&self) -> Vec<&OpenPortIn> {
        if self.is_warned.swap(true, Ordering::Relaxed) {
            return Vec::new();
        }
        let open = self.earlier.get().into_iter().flatten();
        let is_left = |open: &&OpenPortIn| {
            open.is_ours && !open.was_returned() && self.says_of(open).is_none()
        };
        open.filter(is_left).collect()
    }

    /// The open port-in of a number that is planned, if an earlier run left one; and whether the
    /// user's line says what becomes of it.
    pub(in crate::provider) fn open_of(&self, number: &E164) -> Option<(&OpenPortIn, bool)> {
        let is_held = |open: &OpenPortIn| {
            let order = open.order();
            order.is_some_and(|id| self.is_held(id.as_str()))
        };
        let mut open = self.earlier.get()?.iter();
        let open = open.find(|open| open.number() == Some(number) && !is_held(open))?;
        Some((open, self.says_of(open).is_some()))
    }
}
