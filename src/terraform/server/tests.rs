//! What Terraform gets when a provider fails, with a provider that fails on demand.

use bytes::Bytes;
use tonic::Request;

use super::*;
use crate::context::SystemClock;
use crate::proto::tfplugin6::provider_server::Provider as _;
use crate::terraform::diagnostics::Diagnostics;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::provider::Configuration;
use crate::terraform::resource::{
    AnyResource, Creation, Failure, Plan, PlanUpdate, ReadResult, Resource, ResourceInvocation,
    Stored, StoredAttributes, erase,
};
use crate::terraform::schema::Model as _;
use crate::terraform::value::to_wire;
use crate::terraform::{Attr, Diagnostic, Value};

crate::model! {
    /// A thing.
    struct Thing {
        /// What goes wrong with it.
        fate: String => required();
        /// What it is called.
        id: String => computed();
        /// What is found out last.
        weight: String => computed();
        /// What is never stored.
        secret_wo: String => optional(), write_only();
    }
    blocks {}
}

crate::model! {
    /// The provider of things.
    struct Nothing {
        /// Says nothing.
        silence: String => optional();
    }
    blocks {}
}

#[derive(Debug)]
struct Things;

impl Provider for Things {
    type Config = Nothing;

    fn resources(&self) -> Vec<Box<dyn AnyResource>> {
        vec![erase(Things)]
    }

    fn validate(&self, _: &Nothing, _: &mut Diagnostics) {}

    fn configure(&self, _: Configuration<Nothing>, _: &mut Diagnostics) {}
}

/// Panics if that is what the thing is fated to. What a panic says may be a secret.
fn meet(thing: &Thing, fate: &str) {
    assert!(thing.fate.as_str() != Some(fate), "a secret");
}

impl Resource for Things {
    type Object = Thing;
    type Private = Option<String>;

    const TYPE_NAME: &'static str = "test_thing";
    const VERSION: i64 = 1;
    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "id",
        of: "id",
        description: "Its id.",
    };

    /// Version 0 called the thing's `fate` its `lot`.
    fn upgrade(
        &self,
        from: i64,
        mut stored: StoredAttributes,
    ) -> Result<StoredAttributes, Diagnostic> {
        if from == 0
            && let Some(lot) = stored.remove("lot")
        {
            stored.insert("fate".to_owned(), lot);
        }
        Ok(stored)
    }

    async fn note_in_state(&self, thing: &Thing) {
        meet(thing, "note");
    }

    fn validate(&self, config: &Thing, _: &mut Diagnostics) {
        meet(config, "validate");
    }

    fn plan_create(&self, creation: Creation<Self>, _: &mut Diagnostics) -> Plan<Self> {
        meet(&creation.config, "plan");
        Plan {
            object: creation.proposed,
            private: None,
            requires_replace: Vec::new(),
        }
    }

    fn plan_update(&self, update: PlanUpdate<Self>, _: &mut Diagnostics) -> Plan<Self> {
        Plan {
            object: update.proposed,
            private: update.private,
            requires_replace: Vec::new(),
        }
    }

    fn plan_destroy(&self, prior: &Thing, _: &mut Diagnostics) {
        meet(prior, "plan");
    }

    async fn create(
        &self,
        planned: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        meet(&planned.object, "create at once");
        call.warn_with(Diagnostic::warning(
            "A warning",
            "Reported before it failed.",
        ));
        let mut made = planned.clone();
        made.object.id = "thing-1".into();
        let secret = call.config().secret_wo.as_str();
        assert!(secret.is_none_or(|secret| secret == "hush"));
        made.object.weight = secret.map(|_| "secret".to_owned()).into();
        // What it must not do.
        made.object.secret_wo = call.config().secret_wo.clone();
        // Something of a response that cannot be stored.
        made.object.fate = "another".into();
        made.private = Some("kept".to_owned());
        call.keep(made.clone());
        meet(&planned.object, "create late");
        if made.object.weight.is_null() {
            made.object.weight = "7".into();
        }
        Ok(made)
    }

    async fn read(
        &self,
        current: Stored<Self>,
        _: &ResourceInvocation<Self>,
    ) -> Result<ReadResult<Self>, Failure> {
        meet(&current.object, "read");
        Ok(ReadResult::Present(unknown_weight(current)))
    }

    async fn update(
        &self,
        prior: Thing,
        planned: Stored<Self>,
        call: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        meet(&prior, "update");
        call.keep(unknown_weight(planned));
        Err(Diagnostic::error("Half done", "It was.").into())
    }

    async fn delete(
        &self,
        prior: Stored<Self>,
        _: &ResourceInvocation<Self>,
    ) -> Result<(), Failure> {
        meet(&prior.object, "delete");
        Ok(())
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        assert!(id != "import", "a secret");
        Err(Diagnostic::error("No", "No."))
    }
}

/// An object that must not leave as it is.
fn unknown_weight(mut stored: Stored<Things>) -> Stored<Things> {
    stored.object.weight = Attr::Unknown;
    stored
}

const NAME: &str = "test_thing";

fn server() -> TerraformService {
    TerraformService::new(Things, Arc::new(SystemClock))
}

fn thing(fate: &str, id: &Value, weight: &Value) -> Value {
    Value::object([
        ("fate", Value::from(fate)),
        ("id", id.clone()),
        ("weight", weight.clone()),
        ("secret_wo", Value::Null),
    ])
}

fn existing(fate: &str) -> Value {
    thing(fate, &"thing-1".into(), &"7".into())
}

fn wire(value: &Value) -> Option<wire::DynamicValue> {
    Some(to_wire(value, &Thing::block().ty()).expect("a thing"))
}

async fn apply(prior: &Value, planned: &Value) -> wire::apply_resource_change::Response {
    let request = wire::apply_resource_change::Request {
        type_name: NAME.to_owned(),
        prior_state: wire(prior),
        planned_state: wire(planned),
        planned_private: Bytes::from_static(b"\"planned\""),
        ..Default::default()
    };
    let response = server().apply_resource_change(Request::new(request)).await;
    response.expect("never a status").into_inner()
}

/// The one diagnostic: an error for a panic, which does not say what the panic said.
fn is_failure(diagnostics: &[wire::Diagnostic]) {
    let [failure] = diagnostics else {
        panic!("one diagnostic: {diagnostics:?}")
    };
    assert_eq!(failure.severity(), wire::diagnostic::Severity::Error);
    assert_eq!(failure.summary, "The provider crashed");
    assert!(!failure.detail.contains("secret"), "{failure:?}");
}

/// Every RPC runs in a task of its own; these are the ones that run a resource's own code.
#[tokio::test]
async fn a_panic_is_the_error_of_its_own_call() {
    let server = server();
    let request = wire::validate_resource_config::Request {
        type_name: NAME.to_owned(),
        config: wire(&thing("validate", &Value::Null, &Value::Null)),
        client_capabilities: None,
    };
    let response = server.validate_resource_config(Request::new(request)).await;
    is_failure(&response.expect("never a status").into_inner().diagnostics);

    let config = wire(&thing("plan", &Value::Null, &Value::Null));
    let request = wire::plan_resource_change::Request {
        type_name: NAME.to_owned(),
        config: config.clone(),
        proposed_new_state: config,
        ..Default::default()
    };
    let response = server.plan_resource_change(Request::new(request)).await;
    is_failure(&response.expect("never a status").into_inner().diagnostics);

    let request = wire::read_resource::Request {
        type_name: NAME.to_owned(),
        current_state: wire(&existing("read")),
        ..Default::default()
    };
    let response = server.read_resource(Request::new(request)).await;
    is_failure(&response.expect("never a status").into_inner().diagnostics);

    let request = wire::import_resource_state::Request {
        type_name: NAME.to_owned(),
        id: "import".to_owned(),
        ..Default::default()
    };
    let response = server.import_resource_state(Request::new(request)).await;
    is_failure(&response.expect("never a status").into_inner().diagnostics);

    // The server is none the worse.
    let request = wire::get_metadata::Request {};
    let response = server.get_metadata(Request::new(request)).await;
    assert_eq!(response.expect("a response").into_inner().diagnostics, []);
}

/// An error without an object: Terraform keeps the prior one and what is beside it.
#[tokio::test]
async fn a_panic_in_a_change_or_an_end_leaves_the_object_as_it_was() {
    for (fate, planned) in [("update", existing("better")), ("delete", Value::Null)] {
        let applied = apply(&existing(fate), &planned).await;
        is_failure(&applied.diagnostics);
        assert!(applied.new_state.is_none());
    }
}

#[tokio::test]
async fn a_panic_before_anything_was_made_is_an_error_and_nothing_is_stored() {
    let planned = thing("create at once", &Value::Unknown, &Value::Unknown);
    let applied = apply(&Value::Null, &planned).await;
    is_failure(&applied.diagnostics);
    assert_eq!(applied.new_state, wire(&Value::Null));
}

/// An error here would taint what was made, and tainted things are destroyed.
#[tokio::test]
async fn a_panic_after_something_was_made_is_a_warning_and_all_that_is_known_is_stored() {
    let planned = thing("create late", &Value::Unknown, &Value::Unknown);
    let applied = apply(&Value::Null, &planned).await;
    let summaries: Vec<_> = applied
        .diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.severity(), diagnostic.summary.as_str()))
        .collect();
    assert_eq!(
        summaries,
        [
            (wire::diagnostic::Severity::Warning, "A warning"),
            (
                wire::diagnostic::Severity::Warning,
                "The provider crashed after creating the object"
            ),
        ]
    );
    // As planned where the plan knew, as kept where it did not, and nothing unknown.
    let stored = thing("create late", &"thing-1".into(), &Value::Null);
    assert_eq!(applied.new_state, wire(&stored));
    assert_eq!(applied.private, Bytes::from_static(b"\"kept\""));
}

/// Terraform refuses an object with unknown parts, and what was read or half done is lost.
#[tokio::test]
async fn nothing_unknown_leaves_but_in_a_plan() {
    let known = thing("fine", &"thing-1".into(), &Value::Null);
    let applied = apply(&existing("fine"), &existing("fine")).await;
    assert_eq!(applied.diagnostics[0].summary, "Half done");
    assert_eq!(applied.new_state, wire(&known));
    assert_eq!(applied.private, Bytes::from_static(b"\"planned\""));

    let request = wire::read_resource::Request {
        type_name: NAME.to_owned(),
        current_state: wire(&existing("fine")),
        ..Default::default()
    };
    let response = server().read_resource(Request::new(request)).await;
    let read = response.expect("never a status").into_inner();
    assert_eq!(read.diagnostics, []);
    assert_eq!(read.new_state, wire(&known));
}

fn with_secret(mut thing: Value, secret: &Value) -> Value {
    if let Value::Map(attributes) = &mut thing {
        attributes.insert("secret_wo".into(), secret.clone());
    }
    thing
}

#[tokio::test]
async fn what_is_write_only_is_refused_where_terraform_would_store_it() {
    for (allowed, secret, paths) in [
        (false, "hush".into(), 1),
        (false, Value::Null, 0),
        (true, "hush".into(), 0),
    ] {
        let request = wire::validate_resource_config::Request {
            type_name: NAME.to_owned(),
            config: wire(&with_secret(
                thing("fine", &Value::Null, &Value::Null),
                &secret,
            )),
            client_capabilities: Some(wire::ClientCapabilities {
                write_only_attributes_allowed: allowed,
                ..Default::default()
            }),
        };
        let response = server()
            .validate_resource_config(Request::new(request))
            .await;
        let diagnostics = response.expect("never a status").into_inner().diagnostics;
        assert_eq!(diagnostics.len(), paths, "{diagnostics:?}");
        assert!(diagnostics.iter().all(|d| d.attribute.is_some()));
    }
}

/// Terraform refuses any object that holds one.
#[tokio::test]
async fn what_is_write_only_reaches_who_makes_a_thing_and_is_in_no_response() {
    let hush = Value::from("hush");
    let config = with_secret(thing("fine", &Value::Null, &Value::Null), &hush);
    let request = wire::plan_resource_change::Request {
        type_name: NAME.to_owned(),
        config: wire(&config),
        proposed_new_state: wire(&config),
        ..Default::default()
    };
    let response = server().plan_resource_change(Request::new(request)).await;
    let planned = response.expect("never a status").into_inner().planned_state;
    let unknown = Value::Unknown;
    assert_eq!(planned, wire(&thing("fine", &unknown, &unknown)));

    let request = wire::plan_resource_change::Request {
        type_name: NAME.to_owned(),
        prior_state: wire(&existing("fine")),
        config: wire(&config),
        proposed_new_state: wire(&with_secret(existing("fine"), &hush)),
        ..Default::default()
    };
    let response = server().plan_resource_change(Request::new(request)).await;
    let changed = response.expect("never a status").into_inner().planned_state;
    assert_eq!(changed, wire(&existing("fine")));

    let request = wire::apply_resource_change::Request {
        type_name: NAME.to_owned(),
        prior_state: wire(&Value::Null),
        planned_state: planned,
        config: wire(&config),
        ..Default::default()
    };
    let response = server().apply_resource_change(Request::new(request)).await;
    let applied = response.expect("never a status").into_inner();
    assert_eq!(applied.diagnostics.len(), 1, "{:?}", applied.diagnostics);
    let stored = thing("fine", &"thing-1".into(), &"secret".into());
    assert_eq!(applied.new_state, wire(&stored));

    let state = br#"{"fate":"fine","id":"thing-1","weight":"7","secret_wo":"hush"}"#;
    let request = wire::upgrade_resource_state::Request {
        type_name: NAME.to_owned(),
        raw_state: Some(wire::RawState {
            json: Bytes::from_static(state),
            ..Default::default()
        }),
        ..Default::default()
    };
    let response = server().upgrade_resource_state(Request::new(request)).await;
    let upgraded = response.expect("never a status").into_inner();
    assert_eq!(upgraded.upgraded_state, wire(&existing("fine")));
}

/// An object that another provider's state holds, in a form of version `version`.
async fn move_here(
    provider: &str,
    type_name: &str,
    version: i64,
    state: &'static [u8],
) -> wire::move_resource_state::Response {
    let request = wire::move_resource_state::Request {
        source_provider_address: provider.to_owned(),
        source_type_name: type_name.to_owned(),
        source_schema_version: version,
        source_state: Some(wire::RawState {
            json: Bytes::from_static(state),
            ..Default::default()
        }),
        source_private: Bytes::from_static(b"\"kept\""),
        target_type_name: NAME.to_owned(),
        ..Default::default()
    };
    let response = server().move_resource_state(Request::new(request)).await;
    response.expect("never a status").into_inner()
}

const OLD: &[u8] = br#"{"lot":"fine","id":"thing-1","weight":"7","secret_wo":"hush"}"#;
const NEW: &[u8] = br#"{"fate":"fine","id":"thing-1","weight":"7","secret_wo":null}"#;

#[tokio::test]
async fn a_move_from_another_address_keeps_the_object_and_what_is_beside_it() {
    for (provider, version, state) in [
        ("registry.terraform.io/acme/test", 1, NEW),
        ("registry.example.com/telecom/test", 0, OLD),
        ("test", 0, OLD),
    ] {
        let moved = move_here(provider, NAME, version, state).await;
        assert_eq!(moved.diagnostics, [], "{provider}");
        assert_eq!(moved.target_state, wire(&existing("fine")), "{provider}");
        assert_eq!(moved.target_private, Bytes::from_static(b"\"kept\""));
    }
}

#[tokio::test]
async fn a_resource_learns_of_what_a_move_brings() {
    let state = br#"{"fate":"note","id":"thing-1","weight":"7","secret_wo":null}"#;
    let moved = move_here("registry.terraform.io/acme/test", NAME, 1, state).await;
    assert_eq!(moved.diagnostics.len(), 1, "the note panics: {moved:?}");
    assert_eq!(moved.target_state, None);
}

#[tokio::test]
async fn a_move_from_another_type_provider_or_newer_version_is_an_error() {
    for (provider, type_name, version) in [
        ("registry.terraform.io/acme/test", "test_other", 1),
        ("registry.terraform.io/test/acme", NAME, 1),
        ("registry.terraform.io/acme/test_thing", NAME, 1),
        ("registry.terraform.io/acme/tes", NAME, 1),
        ("", NAME, 1),
        ("registry.terraform.io/acme/", NAME, 1),
        ("registry.terraform.io/acme/test", NAME, 2),
    ] {
        let refused = move_here(provider, type_name, version, NEW).await;
        let [error] = &refused.diagnostics[..] else {
            panic!("{provider}, {type_name}: {:?}", refused.diagnostics)
        };
        assert_eq!(error.severity(), wire::diagnostic::Severity::Error);
        assert_eq!(refused.target_state, None);
    }
}
