//! The other side of a port-in, for tests: the losing carrier, and what the order holds.

use serde_json::{Map, Value};

use crate::operations;
use crate::store::orders::OrderState;
use crate::store::port_ins::{PortIn, PortInState};
use crate::{Credentials, Sandbox};

/// The last port-in of a number, or the one of an order. It need not be there yet.
#[derive(Debug)]
pub struct PortInControl<'a> {
    sandbox: &'a Sandbox,
    of: String,
}

impl Sandbox {
    /// The last port-in of a number, or the one of an order id.
    ///
    /// ```
    /// # use joonto_sandbox::{Options, PortInState, Sandbox};
    /// # use serde_json::json;
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let sandbox = Sandbox::start(Options::default()).await?;
    /// let order = sandbox.port_in_elsewhere(&sandbox.credentials(), "+12025550177", json!({}));
    /// let port_in = sandbox.port_in("+12025550177");
    /// port_in.refuse("8A-ACCOUNT_NUM_REQ_OR_INCORRECT");
    /// port_in.complete();
    /// assert_eq!(port_in.state(), Some(PortInState::Complete));
    /// assert_eq!(port_in.order_id(), Some(order));
    /// # Ok::<(), anyhow::Error>(())
    /// # })?;
    /// # Ok::<(), anyhow::Error>(())
    /// ```
    pub fn port_in(&self, number_or_order: &str) -> PortInControl<'_> {
        PortInControl {
            sandbox: self,
            of: number_or_order.to_owned(),
        }
    }

    /// Another program submits a port-in with these credentials, and with such fields of the request. Its order id.
    pub fn port_in_elsewhere(
        &self,
        owner: &Credentials,
        number: &str,
        fields: impl Into<Value>,
    ) -> String {
        let fields = match fields.into() {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let mut world = self.shared.world();
        operations::submit_elsewhere(&mut world, &owner.account_key, number, fields)
    }
}

impl PortInControl<'_> {
    /// The losing carrier accepts, and there is a date.
    ///
    /// # Panics
    ///
    /// If no port-in is open, as all that move one: the test would show nothing.
    #[track_caller]
    pub fn schedule(&self) {
        self.must_move(PortInState::InProgress);
    }

    /// The losing carrier refuses, with a code such as `8A-ACCOUNT_NUM_REQ_OR_INCORRECT`.
    #[track_caller]
    pub fn refuse(&self, message: &str) {
        self.must_move(PortInState::refused(message));
    }

    /// The number arrives.
    #[track_caller]
    pub fn complete(&self) {
        self.must_move(PortInState::Complete);
    }

    /// Somebody ends the port-in by hand.
    #[track_caller]
    pub fn cancel(&self) {
        self.must_move(PortInState::Cancelled);
    }

    /// Moves it to any state. False if it is not open.
    pub fn set(&self, state: PortInState) -> bool {
        let mut world = self.sandbox.shared.world();
        let now = world.clock.now();
        world.let_due_happen(now);
        let id = world.port_in_order(&self.of).map(|order| order.id.clone());
        id.is_some_and(|id| world.move_port_in(0, &id, state, now))
    }

    /// Where it is; none if there is none.
    pub fn state(&self) -> Option<PortInState> {
        let mut world = self.sandbox.shared.world();
        let now = world.clock.now();
        world.let_due_happen(now);
        drop(world);
        self.look(|port_in| port_in.state.clone())
    }

    /// The id of its order.
    pub fn order_id(&self) -> Option<String> {
        let world = self.sandbox.shared.world();
        world.port_in_order(&self.of).map(|order| order.id.clone())
    }

    /// What it holds, as requests name it, updates merged into it. Secrets are included.
    pub fn fields(&self) -> Option<Value> {
        self.look(|port_in| Value::Object(port_in.fields.clone()))
    }

    /// What each update sent, without the order id. Secrets are included.
    pub fn updates(&self) -> Vec<Value> {
        let updates = self.look(|port_in| port_in.updates.clone());
        let updates = updates.into_iter().flatten();
        updates.map(Value::Object).collect()
    }

    /// Whether it holds this account number at the losing carrier.
    pub fn has_account_number(&self, number: &str) -> bool {
        self.holds("CurrentAccountNumber", number)
    }

    /// Whether it holds this password of the account at the losing carrier.
    pub fn has_account_password(&self, password: &str) -> bool {
        self.holds("CurrentAccountPassword", password)
    }

    fn holds(&self, name: &str, text: &str) -> bool {
        self.look(|port_in| port_in.text(name) == Some(text)) == Some(true)
    }

    #[track_caller]
    fn must_move(&self, to: PortInState) {
        let of = &self.of;
        assert!(self.set(to), "no port-in of {of} is open");
    }

    fn look<T>(&self, read: impl FnOnce(&PortIn) -> T) -> Option<T> {
        let world = self.sandbox.shared.world();
        match &world.port_in_order(&self.of)?.state {
            OrderState::PortIn(port_in) => Some(read(port_in)),
            _ => None,
        }
    }
}
