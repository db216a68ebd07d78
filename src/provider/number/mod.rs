//! `joonto_number`: a phone number, from purchase to cancellation.

mod caller_name;
mod column;
mod columns;
mod config_validators;
mod create;
mod delete;
mod deletion_policy;
mod first_read;
mod import;
mod list;
mod lookup;
mod model;
mod plan;
mod private;
mod read;
mod resource;
mod stale_reads;
mod update;

use crate::context::Context;
use crate::provider::call::Call;
use crate::provider::keyed::NUMBER_IDENTITY;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::resource::{
    Creation, Failure, Plan, PlanUpdate, ReadResult, ResourceInvocation, Stored,
};
use crate::terraform::{Diagnostic, Diagnostics, Resource};

use private::NumberPrivate;
use resource::NumberResource;

pub(super) use columns::of_record;
pub(super) use deletion_policy::DeletionPolicy;
pub(super) use list::ListConfig;
pub(super) use lookup::look_up;
pub(crate) use model::NumberModel;

impl Resource for NumberResource {
    type Object = NumberModel;
    type Private = NumberPrivate;

    const TYPE_NAME: &'static str = "joonto_number";

    const IDENTITY: IdentitySchema = IdentitySchema {
        of: "phone_number_assigned",
        ..NUMBER_IDENTITY
    };

    async fn note_in_state(&self, number: &NumberModel) {
        if let Ok(data) = self.handle.data() {
            let order = number.order_id.as_str();
            let number = number.phone_number_assigned.as_str();
            data.purchases.note_in_state(number, order).await;
        }
    }

    async fn prepare_plan(&self, context: &Context) {
        if let Ok(data) = self.handle.data() {
            data.purchases.load_open(context).await;
        }
    }

    fn validate(&self, config: &NumberModel, diagnostics: &mut Diagnostics) {
        diagnostics.extend(config_validators::refuse_impossible(config));
    }

    fn plan_create(&self, creation: Creation<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        if let Ok(data) = self.handle.data() {
            plan::count(&data.purchases, &creation.config, diagnostics);
        }
        plan::create(creation, diagnostics)
    }

    fn plan_update(&self, update: PlanUpdate<Self>, diagnostics: &mut Diagnostics) -> Plan<Self> {
        if let (Some(number), Some(run)) = (update.prior.e164(), &update.private.run)
            && let Ok(data) = self.handle.data()
        {
            data.purchases.handed().note_run(&number, run);
        }
        plan::update(update, diagnostics)
    }

    fn plan_destroy(&self, prior: &NumberModel, diagnostics: &mut Diagnostics) {
        plan::destroy(prior, diagnostics);
    }

    async fn create(
        &self,
        planned: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        let call = Call::new(self, planned.object.create_timeout(), invocation)?;
        create::create(planned.object, &call).await
    }

    async fn read(
        &self,
        current: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<ReadResult<Self>, Failure> {
        let call = Call::new(self, current.object.read_timeout(), invocation)?;
        read::read(current, &call).await
    }

    async fn update(
        &self,
        prior: NumberModel,
        planned: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        update::update(self, prior, planned, invocation).await
    }

    async fn delete(
        &self,
        prior: Stored<Self>,
        invocation: &ResourceInvocation<Self>,
    ) -> Result<(), Failure> {
        delete::delete(self, prior, invocation).await
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        import::import(id)
    }
}
