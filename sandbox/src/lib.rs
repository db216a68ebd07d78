//! A simulated Joonto API to develop, test and play against: stateful, on loopback, as strict as the real one is
//! thought to be, and wrong on demand.
//!
//! ```
//! use joonto_sandbox::{Fault, FaultKind, Options, Sandbox};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let sandbox = Sandbox::start(Options::default()).await?;
//! let credentials = sandbox.credentials();
//! // ... point a client at sandbox.base_url() with credentials.account_key and credentials.account_secret ...
//!
//! // The next purchase is made, but its response is lost; inventory pages hold five records.
//! sandbox.fault(Fault::on("/v1.0/numbers/provision").after_commit(FaultKind::Drop));
//! sandbox.switch(|switches| switches.page_size = 5);
//!
//! // What happened? One purchase per commit, whatever the client saw.
//! let ledger = sandbox.ledger();
//! assert_eq!(ledger.purchases().len(), ledger.owned(&credentials.account_key).len());
//! ledger.assert_within_contract();
//! sandbox.shutdown().await;
//! # Ok::<(), anyhow::Error>(())
//! # })?;
//! # Ok::<(), anyhow::Error>(())
//! ```
//!
//! Time is the real one until [`Clock::advance`] or [`Clock::set`]; token lives, request windows, scheduled changes
//! and the 30 days of a cancelled number go by it. Delays of faults are real time.

mod clock;
mod contract;
mod control;
mod dates;
mod dialect;
mod faults;
mod ids;
mod ledger;
mod life;
mod limit;
mod operations;
mod options;
mod port_in;
mod reply;
mod server;
mod state;
mod store;
mod switches;
mod tokens;
mod world;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use crate::clock::Clock;
pub use crate::faults::{Aim, Chaos, EmptyIds, ErrorShape, Fault, FaultKind};
pub use crate::ledger::{
    Ledger, LedgerEntry, Placement, PortInOrder, Purchase, PurchaseState, Request,
};
pub use crate::options::Options;
pub use crate::port_in::PortInControl;
pub use crate::store::accounts::Credentials;
pub use crate::store::data::{DataPlan, LimitValues, Renewal};
pub use crate::store::numbers::{Device, E911Address, NumberKind, NumberStatus, StoredNumber};
pub use crate::store::port_ins::PortInState;
pub use crate::switches::{
    AccountList, DetailsKey, Edition, Lag, NewLimit, NoDevice, NullInUpdate, PageShift,
    PortInWords, Profile, RetryAfter, StatedExpiry, StatusKeys, SubscriberList, Switches,
    WebhookSecrets, WrongSource,
};

use crate::server::App;
use crate::world::World;

/// How long after a change the state file is written; one write serves many changes.
const SAVE_EVERY: Duration = Duration::from_millis(100);

/// A running sandbox. It ends with [`shutdown`](Self::shutdown), or when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<App>,
    api: SocketAddr,
    control: SocketAddr,
    opened: watch::Receiver<bool>,
    state: Option<PathBuf>,
    tasks: JoinSet<()>,
}

impl Sandbox {
    /// Starts one on the current tokio runtime.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let switches = Switches {
            profile: options.profile,
            limit: options.limit,
            token_life: options.token_life,
            page_size: options.page_size,
            ..Switches::default()
        };
        let mut world = World::new(options.seed, Clock::default(), switches);
        let found = match &options.state {
            Some(path) => state::load(&mut world, path)?,
            None => false,
        };
        if !found {
            world.seed_fleet(options.fleet);
        }

        let (listener, api) = bind(options.address, options.port).await?;
        let (control_listener, control) = bind(options.address, options.control_port).await?;
        let shared = Arc::new(App::new(world));
        let (opened_sender, opened) = watch::channel(true);
        let mut tasks = JoinSet::new();
        tasks.spawn(server::run(
            listener,
            api,
            Arc::clone(&shared),
            opened_sender,
        ));
        let router = control::router(Arc::clone(&shared));
        tasks.spawn(async move {
            // Serving ends only with the task.
            let _ = axum::serve(control_listener, router).await;
        });
        if let Some(path) = options.state.clone() {
            tasks.spawn(keep_saved(path, Arc::clone(&shared)));
        }
        Ok(Self {
            shared,
            api,
            control,
            opened,
            state: options.state,
            tasks,
        })
    }

    /// `http://127.0.0.1:PORT`, the API; paths begin with `/v1.0/`.
    pub fn base_url(&self) -> String {
        url(self.api)
    }

    /// `http://127.0.0.1:PORT`, the control side: a page at `/`, JSON below it.
    pub fn control_url(&self) -> String {
        url(self.control)
    }

    /// The default account's credentials. It owns the two routes the seed's request names.
    pub fn credentials(&self) -> Credentials {
        self.shared
            .world()
            .store
            .accounts
            .default()
            .credentials
            .clone()
    }

    /// Another owner's credentials, who sees nothing of the default account's.
    pub fn second_account(&self) -> Credentials {
        self.shared
            .world()
            .store
            .accounts
            .second()
            .credentials
            .clone()
    }

    /// Everything that happened so far.
    pub fn ledger(&self) -> Ledger {
        self.shared.world().snapshot()
    }

    /// Changes settings.
    pub fn switch<T>(&self, change: impl FnOnce(&mut Switches) -> T) -> T {
        change(&mut self.shared.world().switches)
    }

    /// Sets a fault.
    ///
    /// # Panics
    ///
    /// If no operation is at the fault's path: it would never strike, and its test would show nothing.
    pub fn fault(&self, fault: Fault) {
        assert!(
            fault.can_strike(),
            "no operation is where this fault waits: {fault:?}"
        );
        self.shared.world().faults.place(fault);
    }

    /// Sets random faults, or ends them.
    pub fn chaos(&self, chaos: Option<Chaos>) {
        self.shared.world().faults.set_chaos(chaos);
    }

    /// Removes every fault that still waits.
    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// The faults that still wait.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.world().faults.waiting().to_vec()
    }

    /// Lets the responses go that [`FaultKind::Hold`] keeps back at this moment.
    pub fn release(&self) {
        self.shared.released.send_modify(|times| *times += 1);
    }

    /// The number, of any owner.
    pub fn number(&self, number: &str) -> Option<StoredNumber> {
        self.shared.world().store.numbers.get(number).cloned()
    }

    /// The status of a SIM, if it ever was set or bound: `Active`, `Suspended` or `Empty`.
    pub fn sim_status(&self, iccid: &str) -> Option<String> {
        let world = self.shared.world();
        world.store.sims.get(iccid).map(|sim| sim.status.clone())
    }

    /// Changes a number behind everybody's back. False if there is no such number; the number itself cannot change.
    pub fn edit(&self, number: &str, change: impl FnOnce(&mut StoredNumber)) -> bool {
        let mut world = self.shared.world();
        world.dirty = true;
        let Some(found) = world.store.numbers.get_mut(number) else {
            return false;
        };
        change(found);
        number.clone_into(&mut found.number);
        true
    }

    /// Another program buys a number with these credentials, at this moment.
    pub fn buy_elsewhere(&self, account_key: &str) -> Option<StoredNumber> {
        self.shared.world().buy_behind_the_scenes(account_key)
    }

    /// Another program creates a subscriber with an id of the caller's choice.
    pub fn subscribe_elsewhere(&self, id: &str, name: &str, email: &str) {
        let mut world = self.shared.world();
        let owner = world.store.accounts.default().credentials.clone();
        let subscriber = store::subscribers::Subscriber {
            id: id.into(),
            account_key: owner.account_key,
            account_id: owner.account_id,
            name: name.into(),
            email: email.into(),
            role: "Subscriber".into(),
            phone_numbers: Vec::new(),
        };
        world.store.subscribers.insert(id.into(), subscriber);
    }

    /// As [`buy_elsewhere`](Self::buy_elsewhere), with fields of one's choice. The number itself and its owner stay
    /// as drawn.
    pub fn buy_elsewhere_with(
        &self,
        account_key: &str,
        change: impl FnOnce(&mut StoredNumber),
    ) -> Option<StoredNumber> {
        let mut world = self.shared.world();
        world.buy_behind_the_scenes_with(account_key, None, |number| {
            change(number);
            Ok(())
        })
    }

    /// As [`buy_elsewhere_with`](Self::buy_elsewhere_with), in an area code, which need not be one the sandbox sells.
    pub fn buy_elsewhere_in(
        &self,
        account_key: &str,
        area_code: &str,
        change: impl FnOnce(&mut StoredNumber),
    ) -> Option<StoredNumber> {
        let mut world = self.shared.world();
        world.buy_behind_the_scenes_with(account_key, Some(area_code), |number| {
            change(number);
            Ok(())
        })
    }

    /// Hides a number from details and inventory, or shows it again.
    pub fn hide(&self, number: &str, hidden: bool) {
        self.shared.world().hide(number, hidden);
    }

    /// Removes a number permanently, as if it had never existed.
    pub fn vanish(&self, number: &str) -> bool {
        self.shared.world().vanish(number)
    }

    /// Moves a number to the other owner: the first one's credentials see it no more.
    pub fn steal(&self, number: &str) -> bool {
        self.shared.world().steal(number)
    }

    /// What the message or voice route holds, as requests name it, secrets included.
    pub fn route(&self, id: &str) -> Option<serde_json::Value> {
        let mut world = self.shared.world();
        let route = world.store.route_mut(id)?;
        Some(serde_json::Value::Object(route.fields.clone()))
    }

    /// Sets one field of a route behind everybody's back; null removes it. False if there is no
    /// such route.
    pub fn edit_route(&self, id: &str, name: &str, value: serde_json::Value) -> bool {
        let mut world = self.shared.world();
        world.dirty = true;
        let Some(route) = world.store.route_mut(id) else {
            return false;
        };
        match value {
            serde_json::Value::Null => route.fields.remove(name),
            value => route.fields.insert(name.to_owned(), value),
        };
        true
    }

    /// Removes a route permanently, as if it had never existed.
    pub fn vanish_route(&self, id: &str) -> bool {
        let mut world = self.shared.world();
        world.dirty = true;
        let store = &mut world.store;
        let message = store.message_routes.remove(id);
        message.or(store.voice_routes.remove(id)).is_some()
    }

    /// What a webhook holds, as requests name it, secrets included.
    pub fn webhook(&self, id: &str) -> Option<serde_json::Value> {
        let world = self.shared.world();
        let webhook = world.store.webhooks.get(id)?;
        Some(serde_json::Value::Object(webhook.fields.clone()))
    }

    /// Sets one field of a webhook behind everybody's back. False if there is no such webhook.
    pub fn edit_webhook(&self, id: &str, name: &str, value: serde_json::Value) -> bool {
        let mut world = self.shared.world();
        world.dirty = true;
        let webhook = world.store.webhooks.get_mut(id);
        webhook.is_some_and(|it| {
            it.fields.insert(name.to_owned(), value);
            true
        })
    }

    /// Removes a webhook permanently, as if it had never existed.
    pub fn vanish_webhook(&self, id: &str) -> bool {
        let mut world = self.shared.world();
        world.dirty = true;
        world.store.webhooks.remove(id).is_some()
    }

    /// Completes a pending order, or an open port-in.
    pub fn complete_order(&self, order_id: &str) -> bool {
        self.shared.world().finish_order(order_id, None)
    }

    /// Makes a pending order fail. A port-in is refused, which an update can fix.
    pub fn fail_order(&self, order_id: &str, message: &str) -> bool {
        self.shared
            .world()
            .finish_order(order_id, Some(message.to_owned()))
    }

    /// Sets how many numbers an area code has left.
    pub fn stock(&self, area_code: &str, remaining: u32) {
        self.shared.world().store.stock.set(area_code, remaining);
    }

    /// The sandbox's clock.
    pub fn clock(&self) -> Clock {
        self.shared.world().clock.clone()
    }

    /// Closes the API's port, so that connections are refused, or opens it again. Open connections stay.
    pub async fn listen(&self, open: bool) {
        self.shared.listening.send_replace(open);
        let mut opened = self.opened.clone();
        // The server task outlives every handle; if it is gone, nothing listens anyway.
        let _ = opened.wait_for(|now| *now == open).await;
    }

    /// Waits until every connection that a client opened before is closed, and every request that is carried out later
    /// is done. The port has to be open.
    pub async fn all_served(&self) {
        // Connections are accepted in order: once this one is closed, all earlier ones are counted.
        if let Ok(mut last) = TcpStream::connect(self.api).await {
            let _ = last.write_all(b"no request\r\n\r\n").await;
            let _ = last.read_to_end(&mut Vec::new()).await;
        }
        let _ = self
            .shared
            .busy
            .subscribe()
            .wait_for(|busy| *busy == 0)
            .await;
    }

    /// Stops serving, closes every connection and writes the state file.
    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
        if let Some(path) = &self.state {
            save(&self.shared, path);
        }
    }
}

/// What every operation's request may hold, as JSON: the content of `contract.json`.
pub fn contract() -> serde_json::Value {
    contract::describe()
}

/// Where clients reach what listens there: on loopback, if it listens everywhere.
fn url(mut listening: SocketAddr) -> String {
    if listening.ip().is_unspecified() {
        listening.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{listening}")
}

async fn bind(address: IpAddr, port: u16) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((address, port))
        .await
        .with_context(|| format!("cannot listen on port {port} of {address}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn keep_saved(path: PathBuf, shared: Arc<App>) {
    loop {
        tokio::time::sleep(SAVE_EVERY).await;
        save(&shared, &path);
    }
}

#[allow(
    clippy::print_stderr,
    reason = "a development tool's only way to say that state is not being kept"
)]
fn save(shared: &App, path: &Path) {
    // The guard must not live through the writing.
    let changed = state::changed(&mut shared.world());
    if let Some(changed) = changed
        && let Err(error) = state::write(path, &changed)
    {
        eprintln!("joonto-sandbox: cannot write {}: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_listens_everywhere_is_reached_on_this_machine() {
        for (listening, reached) in [
            ("0.0.0.0:8390", "http://127.0.0.1:8390"),
            ("[::]:8390", "http://127.0.0.1:8390"),
            ("127.0.0.1:8390", "http://127.0.0.1:8390"),
        ] {
            assert_eq!(url(listening.parse().expect("an address")), reached);
        }
    }
}
