//! Who may call: distributors with their key and secret, and the accounts under them.

use serde::{Deserialize, Serialize};

/// What a client needs to call the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Credentials {
    /// The distributor, `DID-...`.
    pub account_key: String,
    /// Its secret.
    pub account_secret: String,
    /// The account its numbers belong to unless a request says otherwise, `AID-...`.
    pub account_id: String,
}

/// A distributor: credentials, the accounts under it, and what the account call tells.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Distributor {
    pub(crate) credentials: Credentials,
    pub(crate) accounts: Vec<Account>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Account {
    pub(crate) account_id: String,
    pub(crate) name: String,
}

impl Distributor {
    pub(crate) fn key(&self) -> &str {
        &self.credentials.account_key
    }

    pub(crate) fn owns(&self, account_id: &str) -> bool {
        self.accounts
            .iter()
            .any(|account| account.account_id == account_id)
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Accounts {
    distributors: Vec<Distributor>,
}

impl Accounts {
    pub(crate) fn new() -> Self {
        let distributor = |key: &str, secret: &str, accounts: &[(&str, &str)]| Distributor {
            credentials: Credentials {
                account_key: key.into(),
                account_secret: secret.into(),
                account_id: accounts[0].0.into(),
            },
            accounts: accounts
                .iter()
                .map(|(id, name)| Account {
                    account_id: (*id).into(),
                    name: (*name).into(),
                })
                .collect(),
        };
        Self {
            distributors: vec![
                distributor(
                    "DID-5d1f0c1e-7a52-4a53-9d6e-2f4f0b6f9a11",
                    "sandbox-secret",
                    &[
                        (
                            "AID-9c1d7e30-52b4-4f6a-8e1b-0d3c5a7f9b12",
                            "Example Account",
                        ),
                        ("AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d", "Example Branch"),
                    ],
                ),
                distributor(
                    "DID-0e2d4c6b-8a97-4b5c-9d3e-1f2a3b4c5d6e",
                    "other-sandbox-secret",
                    &[(
                        "AID-7b5d3f19-0e2c-4a68-9c8e-5d7f9b1a3c5e",
                        "Another Account",
                    )],
                ),
            ],
        }
    }

    pub(crate) fn default(&self) -> &Distributor {
        &self.distributors[0]
    }

    pub(crate) fn second(&self) -> &Distributor {
        &self.distributors[1]
    }

    pub(crate) fn all(&self) -> &[Distributor] {
        &self.distributors
    }

    pub(crate) fn by_key(&self, key: &str) -> Option<&Distributor> {
        self.distributors
            .iter()
            .find(|distributor| distributor.key() == key)
    }

    /// The account of that id, if the distributor of that key has it.
    pub(crate) fn account(&self, key: &str, account_id: &str) -> Option<&Account> {
        self.by_key(key)?
            .accounts
            .iter()
            .find(|account| account.account_id == account_id)
    }
}
