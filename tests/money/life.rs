//! What Terraform does with a number once it is in state, and with what is around it.

use serde_json::{Map, Value as Json};
use terraform_provider_joonto::proto::tfplugin6::provider_server::Provider as _;
use terraform_provider_joonto::proto::tfplugin6::schema::Block;
use terraform_provider_joonto::proto::tfplugin6::schema::nested_block::NestingMode;
use terraform_provider_joonto::proto::tfplugin6::{self as wire, DynamicValue};
use terraform_provider_joonto::terraform::Value;
use terraform_provider_joonto::terraform::value;
use tonic::Request;

use crate::scene::{Created, Provider, dynamic, type_of};

const NUMBER: &str = "joonto_number";

/// An object of any type, as Terraform keeps it.
pub(crate) struct Kept {
    /// None: it is gone.
    pub(crate) state: Option<DynamicValue>,
    private: Vec<u8>,
    pub(crate) diagnostics: Vec<wire::Diagnostic>,
}

impl Provider {
    /// The block of numbers.
    pub(crate) fn numbers(&self) -> &Block {
        block(&self.schema.resource_schemas[NUMBER])
    }

    /// A configuration with these arguments, the others null.
    pub(crate) fn config(&self, block: &Block, arguments: &Json) -> DynamicValue {
        dynamic(&Json::Object(blank(block, arguments)))
    }

    /// Reads what is in state, as a refresh does.
    pub(crate) async fn read(&self, stored: &Created) -> Created {
        let (_, state) = stored.state.as_ref().expect("it is in state");
        let read = wire::read_resource::Request {
            type_name: NUMBER.into(),
            current_state: Some(state.clone()),
            private: stored.private.clone().into(),
            ..Default::default()
        };
        let read = self.server.read_resource(Request::new(read)).await;
        let read = read.expect("a response").into_inner();
        self.created(read.new_state, &read.private, &read.diagnostics)
    }

    /// Whether a plan with these arguments has nothing to do.
    pub(crate) async fn is_settled(&self, stored: &Created, arguments: &Json) -> bool {
        let (before, _) = stored.state.as_ref().expect("it is in state");
        let planned = self.plan(stored, arguments).await;
        let planned = value::from_wire(planned.planned_state.as_ref(), &self.ty);
        planned.expect("a plan") == *before
    }

    /// Changes what is in state to these arguments.
    pub(crate) async fn update(&self, stored: &Created, arguments: &Json) -> Created {
        let plan = self.plan(stored, arguments).await;
        let (_, state) = stored.state.as_ref().expect("it is in state");
        let config = self.config(self.numbers(), arguments);
        let kept = self.applied(NUMBER, Some(state), config, plan).await;
        self.created(kept.state, &kept.private, &kept.diagnostics)
    }

    async fn plan(
        &self,
        stored: &Created,
        arguments: &Json,
    ) -> wire::plan_resource_change::Response {
        let (prior, state) = stored.state.as_ref().expect("it is in state");
        let config = blank(self.numbers(), arguments);
        let proposed = proposed(self.numbers(), prior, &config);
        let plan = wire::plan_resource_change::Request {
            type_name: NUMBER.into(),
            prior_state: Some(state.clone()),
            proposed_new_state: Some(dynamic(&Json::Object(proposed))),
            config: Some(dynamic(&Json::Object(config))),
            prior_private: stored.private.clone().into(),
            ..Default::default()
        };
        let plan = self.server.plan_resource_change(Request::new(plan)).await;
        plan.expect("a response").into_inner()
    }

    /// Plans and destroys what is in state.
    pub(crate) async fn destroy(&self, stored: &Created) -> Created {
        let (_, state) = stored.state.as_ref().expect("it is in state");
        let nothing = dynamic(&Json::Null);
        let kept = self.change(NUMBER, Some(state), &stored.private, nothing);
        let kept = kept.await;
        self.created(kept.state, &kept.private, &kept.diagnostics)
    }

    /// Plans and makes an object of any type.
    pub(crate) async fn make(&self, type_name: &str, arguments: &Json) -> Kept {
        let config = self.config(block(&self.schema.resource_schemas[type_name]), arguments);
        self.change(type_name, None, &[], config).await
    }

    /// Plans and destroys it.
    pub(crate) async fn unmake(&self, type_name: &str, made: &Kept) -> Kept {
        let nothing = dynamic(&Json::Null);
        self.change(type_name, made.state.as_ref(), &made.private, nothing)
            .await
    }

    async fn change(
        &self,
        type_name: &str,
        prior: Option<&DynamicValue>,
        private: &[u8],
        wanted: DynamicValue,
    ) -> Kept {
        let nothing = dynamic(&Json::Null);
        let plan = wire::plan_resource_change::Request {
            type_name: type_name.into(),
            prior_state: Some(prior.unwrap_or(&nothing).clone()),
            proposed_new_state: Some(wanted.clone()),
            config: Some(wanted.clone()),
            prior_private: private.to_vec().into(),
            ..Default::default()
        };
        let plan = self.server.plan_resource_change(Request::new(plan)).await;
        let plan = plan.expect("a response").into_inner();
        self.applied(type_name, prior, wanted, plan).await
    }

    /// Applies a plan, unless it failed.
    async fn applied(
        &self,
        type_name: &str,
        prior: Option<&DynamicValue>,
        config: DynamicValue,
        plan: wire::plan_resource_change::Response,
    ) -> Kept {
        if is_failed(&plan.diagnostics) {
            return Kept {
                state: prior.cloned(),
                private: plan.planned_private.to_vec(),
                diagnostics: plan.diagnostics,
            };
        }
        let apply = wire::apply_resource_change::Request {
            type_name: type_name.into(),
            prior_state: Some(prior.cloned().unwrap_or_else(|| dynamic(&Json::Null))),
            planned_state: plan.planned_state,
            planned_private: plan.planned_private,
            config: Some(config),
            ..Default::default()
        };
        let applied = self.server.apply_resource_change(Request::new(apply)).await;
        let applied = applied.expect("a response").into_inner();
        let state = match applied.new_state.filter(|state| !is_null(state)) {
            // Terraform keeps what it had, if it gets an error and nothing else.
            None if is_failed(&applied.diagnostics) => prior.cloned(),
            state => state,
        };
        Kept {
            state,
            private: applied.private.to_vec(),
            diagnostics: applied.diagnostics,
        }
    }

    /// Reads a data source: what it found, if it did not fail.
    pub(crate) async fn look_up(&self, type_name: &str, arguments: &Json) -> Option<Value> {
        let block = block(&self.schema.data_source_schemas[type_name]);
        let config = self.config(block, arguments);
        let read = wire::read_data_source::Request {
            type_name: type_name.into(),
            config: Some(config),
            ..Default::default()
        };
        let read = self.server.read_data_source(Request::new(read)).await;
        let read = read.expect("a response").into_inner();
        let found = value::from_wire(read.state.as_ref(), &type_of(block)).expect("an object");
        (!is_failed(&read.diagnostics)).then_some(found)
    }
}

/// Whether there is an error among them.
pub(crate) fn is_failed(diagnostics: &[wire::Diagnostic]) -> bool {
    let error = wire::diagnostic::Severity::Error;
    diagnostics.iter().any(|one| one.severity() == error)
}

fn is_null(state: &DynamicValue) -> bool {
    // MessagePack's nil.
    matches!(&state.msgpack[..], [] | [0xc0]) && matches!(&state.json[..], b"" | b"null")
}

fn block(schema: &wire::Schema) -> &Block {
    schema.block.as_ref().expect("a block")
}

fn blank(block: &Block, arguments: &Json) -> Map<String, Json> {
    let nulls = block
        .attributes
        .iter()
        .map(|a| (a.name.clone(), Json::Null));
    let blocks = block.block_types.iter().map(|nested| {
        let empty = match nested.nesting() {
            NestingMode::List | NestingMode::Set => Json::Array(Vec::new()),
            _ => Json::Null,
        };
        (nested.type_name.clone(), empty)
    });
    let mut config: Map<String, Json> = nulls.chain(blocks).collect();
    config.extend(arguments.as_object().expect("arguments").clone());
    config
}

/// What Terraform proposes: the configuration, and what is computed as it was.
fn proposed(block: &Block, prior: &Value, config: &Map<String, Json>) -> Map<String, Json> {
    let mut proposed = config.clone();
    for attribute in block.attributes.iter().filter(|a| a.computed) {
        if config[&attribute.name].is_null() {
            let before = prior.get(&attribute.name).map_or(Json::Null, json_of);
            proposed.insert(attribute.name.clone(), before);
        }
    }
    proposed
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::String(text) => text.clone().into(),
        Value::Bool(is_so) => (*is_so).into(),
        Value::Null => Json::Null,
        other => panic!("no computed attribute of a number is {}", other.kind()),
    }
}
