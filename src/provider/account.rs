//! The account a configured provider works with.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::OnceCell;

use super::purchase::Purchases;
use crate::joonto::{Client, Error, Inventory};
use crate::terraform::Diagnostic;
use crate::terraform::resource::Failure;
use crate::wait::Waits;

/// How many pages of the inventory are read for imports at the most.
const IMPORT_PAGES: u32 = 20;

/// So many numbers may turn out missing, one by one, while not a single one is found.
const MISSES_BELIEVED: usize = 20;

/// The account that the last configuration named, shared by everything that calls the API.
#[derive(Clone, Debug, Default)]
pub(super) struct Account(Arc<RwLock<State>>);

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    NotConfigured,
    Unknown(Vec<&'static str>),
    Connected(Connection),
}

/// A way to the API, and what goes with it.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    /// The API.
    pub(super) client: Client,
    /// What is bought with it.
    pub(super) purchases: Purchases,
    /// The account that resources belong to unless they name one.
    pub(super) account_id: Option<String>,
    /// What reads found so far.
    pub(super) sightings: Sightings,
    /// The inventory as the first import found it: one walk serves all imports of a run.
    inventory: Arc<OnceCell<Inventory>>,
}

impl Connection {
    /// A way to the API over `client`.
    pub(super) fn new(
        client: Client,
        purchases: Purchases,
        account_id: Option<String>,
        sightings: Sightings,
    ) -> Self {
        Self {
            client,
            purchases,
            account_id,
            sightings,
            inventory: Arc::default(),
        }
    }

    /// The inventory, read once in a run. Only for what nothing else tells: it is not renewed.
    pub(super) async fn inventory(&self, waits: &Waits) -> Result<&Inventory, Error> {
        self.inventory
            .get_or_try_init(|| self.client.inventory(IMPORT_PAGES, waits))
            .await
    }
}

/// What the reads of a run found and missed.
///
/// Every number missing at once looks like credentials of another account, or an outage that
/// answers 404. Believing it would plan to buy a whole fleet anew.
#[derive(Clone, Debug)]
pub(super) struct Sightings {
    accept_missing: bool,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    is_any_found: bool,
    missing: BTreeSet<String>,
}

impl Sightings {
    /// Nothing was looked for yet. With `accept_missing` whatever is missing is believed to be
    /// gone.
    pub(super) fn new(accept_missing: bool) -> Self {
        Self {
            accept_missing,
            seen: Arc::default(),
        }
    }

    /// The account has a number that was asked for.
    pub(super) fn found(&self) {
        self.seen().is_any_found = true;
    }

    /// The account does not have `number`. Whether that is to be believed.
    pub(super) fn misses(&self, number: &str) -> bool {
        let mut seen = self.seen();
        seen.missing.insert(number.to_owned());
        self.accept_missing || seen.is_any_found || seen.missing.len() <= MISSES_BELIEVED
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    /// From now on, work with `connection`.
    pub(super) fn connect(&self, connection: Connection) {
        self.set(State::Connected(connection));
    }

    /// From now on, nothing can be called: these arguments are not known yet.
    pub(super) fn not_known_yet(&self, arguments: Vec<&'static str>) {
        self.set(State::Unknown(arguments));
    }

    /// From now on, nothing can be called.
    pub(super) fn disconnect(&self) {
        self.set(State::NotConfigured);
    }

    /// The way to the API.
    pub(super) fn connection(&self) -> Result<Connection, Failure> {
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            State::Connected(connection) => Ok(connection.clone()),
            State::Unknown(arguments) => Err(Failure::NotConfigured(Diagnostic::error(
                "The provider's configuration is not known yet",
                format!(
                    "The Joonto API has to be called, but {} of the provider block will only be \
                     known once something else is applied. Apply that first, with `-target`, or \
                     give the provider a value that is known while planning.",
                    arguments.join(", ")
                ),
            ))),
            State::NotConfigured => Err(Failure::Failed(Diagnostic::error(
                "The provider is not configured",
                "The Joonto API has to be called, but the provider has no usable configuration. \
                 This is a defect of the provider or of Terraform; please report it.",
            ))),
        }
    }

    fn set(&self, state: State) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn believed(sightings: &Sightings) -> usize {
        (0..30)
            .filter(|number| sightings.misses(&number.to_string()))
            .count()
    }

    #[test]
    fn twenty_misses_are_believed_while_nothing_is_found() {
        let sightings = Sightings::new(false);
        assert_eq!(believed(&sightings), 20);
        assert!(!sightings.misses("29"), "asked again, it is no other miss");
        sightings.found();
        assert!(sightings.misses("30"));
    }

    #[test]
    fn all_misses_are_believed_once_a_number_was_found_or_the_user_says_so() {
        let sightings = Sightings::new(false);
        sightings.found();
        assert_eq!(believed(&sightings), 30);
        assert_eq!(believed(&Sightings::new(true)), 30);
    }
}
