//! What Terraform does with a number once it is in state.

use serde_json::Value as Json;
use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::proto::tfplugin6::provider_server::Provider as _;
use tonic::Request;

use crate::scene::{Created, Provider, dynamic};

const NUMBER: &str = "joonto_number";

impl Provider {
    /// Plans and destroys what is in state.
    pub(crate) async fn destroy(&self, stored: &Created) -> Created {
        self.change(stored, dynamic(&Json::Null)).await
    }

    async fn change(&self, stored: &Created, wanted: wire::DynamicValue) -> Created {
        let (_, state) = stored.state.as_ref().expect("it is in state");
        let plan = wire::plan_resource_change::Request {
            type_name: NUMBER.into(),
            prior_state: Some(state.clone()),
            proposed_new_state: Some(wanted.clone()),
            config: Some(wanted.clone()),
            prior_private: stored.private.clone().into(),
            ..Default::default()
        };
        let plan = self.server.plan_resource_change(Request::new(plan)).await;
        let plan = plan.expect("a response").into_inner();
        let planned = self.created(None, &[], &plan.diagnostics);
        if !planned.errors.is_empty() {
            let state = Some(state.clone());
            return self.created(state, &stored.private, &plan.diagnostics);
        }
        let apply = wire::apply_resource_change::Request {
            type_name: NUMBER.into(),
            prior_state: Some(state.clone()),
            planned_state: plan.planned_state,
            planned_private: plan.planned_private,
            config: Some(wanted),
            ..Default::default()
        };
        let applied = self.server.apply_resource_change(Request::new(apply)).await;
        let applied = applied.expect("a response").into_inner();
        self.created(applied.new_state, &applied.private, &applied.diagnostics)
    }
}
