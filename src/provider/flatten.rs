//! From what the API returns to a model: what numbers and routes share.

/// Which attributes a read may set that so far have no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum UnsetFields {
    /// None that the configuration may have left out on purpose: what an update compares. What the
    /// API sets by itself is no difference.
    Leave,
    /// All: the state holds what the API returns, configured or not.
    Fill,
}
