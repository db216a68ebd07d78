//! What a message's event cost, in one wording. Each code has its own.

/// No request left for this resource.
pub(super) const NOTHING_SENT: &str = "No purchase was sent for this resource.";

/// Proof that nothing was bought.
pub(super) const NOTHING_BOUGHT: &str = "Nothing was bought and no money was spent.";

/// A number was bought, once.
pub(super) const BOUGHT: &str = "One number was bought, and it is in the state.";

/// A number was ordered, once, and the order is all that is known.
pub(super) const ORDERED: &str = "One number was ordered, and the order is in the state.";

/// It is not known whether anything was bought.
pub(super) const UNKNOWN: &str = "A number may have been bought and may cost money. It is not in \
                                  the state, and nothing was sent again.";

/// Nothing changed, at the API or in state.
pub(super) const NOTHING_CHANGED: &str = "Nothing was changed or bought.";

/// The number was not changed; what else happened is not said.
pub(super) const UNCHANGED: &str = "The number was not changed.";

/// It is a plan that says so.
pub(super) const PLANNED: &str = "Nothing is sent before the apply.";

/// A look-up, which changes nothing.
pub(super) const ONLY_READ: &str = "Nothing was changed.";

/// A record was closed.
pub(super) const CLOSED: &str = "Its record is closed, and nothing else was changed for it.";

/// It is no longer in state.
pub(super) const REMOVED: &str = "Nothing was bought. It is removed from the state.";

/// The number stays in state, and may have to be paid for.
pub(super) const KEPT: &str = "Nothing was bought. The state keeps the number, which may be in \
                               service and is paid for until it is cancelled.";

/// An update was not made, or not all of it.
pub(super) const REFRESHED: &str =
    "Nothing was bought, and the state holds what the API returns now.";

/// An update was made.
pub(super) const UPDATED: &str = "The change was made, and nothing was bought.";

/// A request was sent for the number, and may have taken effect.
pub(super) const MAY_HAVE_CHANGED: &str =
    "The number may have changed. Nothing was bought, and nothing is sent again.";

/// A route or another object was created, once.
pub(super) const CREATED: &str =
    "It was created once, and it is in the state. No number was bought.";

/// It is not known whether a route or another object was created.
pub(super) const NOT_REPEATED: &str = "It is not in the state, and nothing was sent again.";

/// An object was not created.
pub(super) const NOT_STORED: &str = "Nothing was bought, and it is not in the state.";

/// The state holds what was read of a route or another object.
pub(super) const LAST_READ: &str =
    "Nothing was bought. The state holds what the API returned last for it.";

/// No port-in was sent.
pub(super) const NOT_SUBMITTED: &str = "No port-in was submitted for this resource now.";

/// A port-in was submitted, once.
pub(super) const SUBMITTED: &str = "One port-in was submitted, and its order is in the state.";

/// It is not known whether a port-in was submitted.
pub(super) const SUBMIT_UNKNOWN: &str = "A port-in may have been submitted and may cost a fee. It \
                                         is not in the state, and nothing was sent again.";
