//! `joonto_number`: a phone number, from purchase to farewell.

mod checks;
mod completion;
mod create;
mod delete;
mod import;
mod object;
mod order;
mod plan;
mod read;
mod refresh;
mod rules;
mod settling;
mod update;

use super::account::Account;
use crate::terraform::resource::{Call, Creation, Failure, Plan, Reading, Stored, Update, Updated};
use crate::terraform::{Diagnostic, Diagnostics, Resource};

use object::Private;

pub(crate) use object::Number;
pub(super) use update::RouteOf;

/// The resource `joonto_number`.
#[derive(Debug)]
pub(super) struct NumberResource {
    account: Account,
}

impl NumberResource {
    /// Numbers of `account`.
    pub(super) fn new(account: Account) -> Self {
        Self { account }
    }

    /// The number is in state, so Terraform has what its purchase brought.
    fn note_in_state(&self, number: &Number) {
        if let Ok(connection) = self.account.connection() {
            let (digits, order) = (
                number.phone_number_assigned.as_str(),
                number.order_id.as_str(),
            );
            connection.purchases.seen(digits, order);
        }
    }
}

impl Resource for NumberResource {
    type Object = Number;
    type Private = Private;

    const TYPE_NAME: &'static str = "joonto_number";

    fn validate(&self, config: &Number, diagnostics: &mut Diagnostics) {
        rules::refuse_impossible(config, diagnostics);
    }

    fn plan_create(&self, creation: Creation<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        plan::create(creation, diagnostics)
    }

    fn plan_update(&self, update: Update<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        self.note_in_state(&update.prior);
        plan::update(update, diagnostics)
    }

    fn plan_destroy(&self, prior: &Number, diagnostics: &mut Diagnostics) {
        self.note_in_state(prior);
        plan::destroy(prior, diagnostics);
    }

    async fn create(
        &self,
        planned: Stored<Self>,
        call: &Call<Self>,
    ) -> Result<Stored<Self>, Failure> {
        create::create(&self.account.connection()?, planned.object, call).await
    }

    async fn read(
        &self,
        current: Stored<Self>,
        call: &Call<Self>,
    ) -> Result<Reading<Self>, Failure> {
        self.note_in_state(&current.object);
        read::read(&self.account.connection()?, current, call).await
    }

    async fn update(
        &self,
        prior: Number,
        planned: Stored<Self>,
        call: &Call<Self>,
    ) -> Updated<Self> {
        update::update(&self.account, prior, planned, call).await
    }

    async fn delete(&self, prior: Stored<Self>, call: &Call<Self>) -> Result<(), Failure> {
        delete::delete(&self.account, prior, call).await
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        import::import(id)
    }
}
