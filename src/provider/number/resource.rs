//! The resource `joonto_number`, which every operation on a number is one of.

use crate::provider::account::Account;

/// The resource `joonto_number`.
#[derive(Debug)]
pub(in crate::provider) struct NumberResource {
    pub(super) account: Account,
}

impl NumberResource {
    /// Numbers of `account`.
    pub(in crate::provider) fn new(account: Account) -> Self {
        Self { account }
    }
}
