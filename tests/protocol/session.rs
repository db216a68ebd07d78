//! What Terraform's core does with a provider, one operation at a time.

use std::collections::BTreeMap;

use harness::host::{Host, Launch};
use terraform_provider_joonto::proto::tfplugin6::{
    self as wire, attribute_path::step::Selector, diagnostic::Severity,
    provider_client::ProviderClient, schema::Block,
};
use terraform_provider_joonto::terraform::value::{self, Type, Value};
use tonic::transport::Channel;

use crate::plan_rule;

const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-joonto");

/// What users may set of a number, apart from its `timeouts`. The last is a block.
pub(crate) const ARGUMENTS: [&str; 15] = [
    "number_type",
    "message_type",
    "message_enabled",
    "voice_enabled",
    "data_enabled",
    "message_route_id",
    "voice_route_id",
    "area_code",
    "zip_code",
    "iccid",
    "product_type",
    "account_id",
    "assigned_subscriber_id",
    "deletion_policy",
    "caller_name",
];

/// The one resource type there is to plan.
pub(crate) const NUMBER: &str = "joonto_number";

/// A provider that runs, and its schemas.
pub(crate) struct Session {
    /// What the provider keeps beside Terraform's state.
    _data: tempfile::TempDir,
    host: Host,
    pub(crate) schemas: wire::get_provider_schema::Response,
    provider_type: Type,
    number_type: Type,
}

/// A plan that got a response, and that Terraform would take.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) state: Value,
    pub(crate) private: Vec<u8>,
    pub(crate) replaces: Vec<String>,
    pub(crate) diagnostics: Vec<TestDiagnostic>,
}

/// An object that was read or applied.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) state: Value,
    pub(crate) private: Vec<u8>,
    pub(crate) diagnostics: Vec<TestDiagnostic>,
    pub(crate) deferred: Option<wire::Deferred>,
}

/// A diagnostic.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TestDiagnostic {
    pub(crate) is_error: bool,
    pub(crate) summary: String,
    pub(crate) detail: String,
    /// Attribute names and keys, joined by dots. Empty for the whole block.
    pub(crate) path: String,
}

impl From<wire::Diagnostic> for TestDiagnostic {
    fn from(diagnostic: wire::Diagnostic) -> Self {
        let severity = diagnostic.severity();
        assert_ne!(severity, Severity::Invalid, "{diagnostic:?}");
        assert!(!diagnostic.summary.is_empty(), "{diagnostic:?}");
        assert!(!diagnostic.summary.contains('\n'), "{diagnostic:?}");
        assert!(diagnostic.detail.ends_with('.'), "{diagnostic:?}");
        Self {
            is_error: severity == Severity::Error,
            summary: diagnostic.summary,
            detail: diagnostic.detail,
            path: diagnostic
                .attribute
                .map(|path| dotted(&path))
                .unwrap_or_default(),
        }
    }
}

impl TestDiagnostic {
    /// The code at the end of the detail; empty where there is none.
    pub(crate) fn code(&self) -> &str {
        let code = self.detail.rsplit_once("Code: ");
        code.map_or("", |(_, code)| code.trim_end_matches('.'))
    }
}

/// The codes of diagnostics, in the order of these.
pub(crate) fn codes(diagnostics: &[TestDiagnostic]) -> Vec<&str> {
    diagnostics.iter().map(TestDiagnostic::code).collect()
}

/// Diagnostics in a form for tests.
pub(crate) fn read_diagnostics(diagnostics: Vec<wire::Diagnostic>) -> Vec<TestDiagnostic> {
    diagnostics.into_iter().map(TestDiagnostic::from).collect()
}

/// The only error there is.
pub(crate) fn only_error(diagnostics: &[TestDiagnostic]) -> &TestDiagnostic {
    let errors: Vec<_> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error)
        .collect();
    assert_eq!(errors.len(), 1, "one error: {diagnostics:?}");
    errors[0]
}

fn dotted(path: &wire::AttributePath) -> String {
    let steps = path.steps.iter().map(|step| match &step.selector {
        Some(Selector::AttributeName(name) | Selector::ElementKeyString(name)) => name.clone(),
        Some(Selector::ElementKeyInt(index)) => index.to_string(),
        None => panic!("a step without a selector"),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// A token that names its account, without which nothing is bought: `{"nameid":"DID-1"}`.
pub(crate) const TOKEN: &str = "e30.eyJuYW1laWQiOiJESUQtMSJ9.x";

impl Session {
    /// A provider that has not been configured, as it validates.
    pub(crate) async fn start() -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let host = Launch::new(PROGRAM)
            .env("TF_DATA_DIR", data.path())
            .start()
            .await
            .expect("the plugin starts");
        let request = wire::get_provider_schema::Request {};
        let schemas = host.provider().get_provider_schema(request).await;
        let schemas = schemas.expect("a response").into_inner();
        let provider_type = block_type(block(schemas.provider.as_ref().expect("a schema")));
        let number_type = block_type(block(&schemas.resource_schemas[NUMBER]));
        Self {
            _data: data,
            host,
            schemas,
            provider_type,
            number_type,
        }
    }

    /// A provider that is configured with `arguments`.
    pub(crate) async fn configured(arguments: &[(&str, Value)]) -> Self {
        let session = Self::start().await;
        assert_eq!(session.configure(arguments).await, []);
        session
    }

    /// A provider whose API is at `base_url`.
    pub(crate) async fn with_api(base_url: &str) -> Self {
        Self::with_api_asked(base_url, 1).await
    }

    /// A provider whose API nobody serves.
    pub(crate) async fn without_api() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        Self::with_api_asked(&format!("http://{address}"), 0).await
    }

    async fn with_api_asked(base_url: &str, retries: i64) -> Self {
        Self::configured(&[
            ("token", TOKEN.into()),
            ("base_url", base_url.into()),
            ("max_requests_per_minute", 0.into()),
            ("max_retries", retries.into()),
        ])
        .await
    }

    pub(crate) fn client(&self) -> ProviderClient<Channel> {
        self.host.provider()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.host.is_running().expect("the system can tell")
    }

    pub(crate) fn number_block(&self) -> &Block {
        block(&self.schemas.resource_schemas[NUMBER])
    }

    pub(crate) fn number_type(&self) -> &Type {
        &self.number_type
    }

    /// A number with these attributes, the others null.
    pub(crate) fn number<'a>(&self, set: impl IntoIterator<Item = &'a (&'a str, Value)>) -> Value {
        object(&self.number_type, set)
    }

    /// A provider block with these arguments, the others null.
    pub(crate) fn provider_block(&self, set: &[(&str, Value)]) -> Value {
        object(&self.provider_type, set)
    }

    pub(crate) fn write(&self, number: &Value) -> wire::DynamicValue {
        value::to_wire(number, &self.number_type).expect("a number")
    }

    pub(crate) fn read_back(&self, wire: Option<&wire::DynamicValue>) -> Value {
        value::from_wire(wire, &self.number_type).expect("a number")
    }

    pub(crate) fn write_provider_block(&self, config: &Value) -> wire::DynamicValue {
        value::to_wire(config, &self.provider_type).expect("a provider block")
    }

    pub(crate) async fn configure(&self, arguments: &[(&str, Value)]) -> Vec<TestDiagnostic> {
        let request = wire::configure_provider::Request {
            terraform_version: "1.15.5".to_owned(),
            config: Some(self.write_provider_block(&self.provider_block(arguments))),
            client_capabilities: None,
        };
        let response = self.client().configure_provider(request).await;
        read_diagnostics(response.expect("a response").into_inner().diagnostics)
    }

    pub(crate) async fn validate(&self, config: &Value) -> Vec<TestDiagnostic> {
        let request = wire::validate_resource_config::Request {
            type_name: NUMBER.to_owned(),
            config: Some(self.write(config)),
            client_capabilities: None,
        };
        let response = self.client().validate_resource_config(request).await;
        read_diagnostics(response.expect("a response").into_inner().diagnostics)
    }

    /// Plans what becomes of `prior` under `config` (null: to be destroyed), and checks that
    /// Terraform would take the plan.
    pub(crate) async fn plan(&self, prior: &Value, config: &Value, private: &[u8]) -> Planned {
        let request = self.plan_request(prior, config, private);
        let response = self.client().plan_resource_change(request).await;
        let response = response.expect("a response").into_inner();
        assert!(!response.legacy_type_system && response.deferred.is_none());
        let planned = Planned {
            state: self.read_back(response.planned_state.as_ref()),
            private: response.planned_private.to_vec(),
            replaces: response.requires_replace.iter().map(dotted).collect(),
            diagnostics: read_diagnostics(response.diagnostics),
        };
        if !planned
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.is_error)
        {
            let block = self.number_block();
            let breaches = plan_rule::breaches(block, prior, config, &planned.state);
            assert!(breaches.is_empty(), "{breaches:#?}");
            for path in &planned.replaces {
                let before = prior.get(path).expect("a path that exists");
                assert_ne!(
                    before,
                    &planned.state.as_map().expect("an object")[path.as_str()]
                );
            }
        }
        planned
    }

    /// What Terraform sends for that.
    pub(crate) fn plan_request(
        &self,
        prior: &Value,
        config: &Value,
        private: &[u8],
    ) -> wire::plan_resource_change::Request {
        let proposed = plan_rule::proposed_new(self.number_block(), prior, config);
        wire::plan_resource_change::Request {
            type_name: NUMBER.to_owned(),
            prior_state: Some(self.write(prior)),
            proposed_new_state: Some(self.write(&proposed)),
            config: Some(self.write(config)),
            prior_private: private.to_vec().into(),
            ..Default::default()
        }
    }

    pub(crate) async fn apply(&self, prior: &Value, planned: &Planned) -> Answered {
        let request = self.apply_request(prior, planned);
        let response = self.client().apply_resource_change(request).await;
        let response = response.expect("a response").into_inner();
        assert!(!response.legacy_type_system);
        Answered {
            state: self.read_back(response.new_state.as_ref()),
            private: response.private.to_vec(),
            diagnostics: read_diagnostics(response.diagnostics),
            deferred: None,
        }
    }

    pub(crate) fn apply_request(
        &self,
        prior: &Value,
        planned: &Planned,
    ) -> wire::apply_resource_change::Request {
        wire::apply_resource_change::Request {
            type_name: NUMBER.to_owned(),
            prior_state: Some(self.write(prior)),
            planned_state: Some(self.write(&planned.state)),
            planned_private: planned.private.clone().into(),
            ..Default::default()
        }
    }

    pub(crate) async fn read(
        &self,
        current: &Value,
        private: &[u8],
        deferral_allowed: bool,
    ) -> Answered {
        let request = wire::read_resource::Request {
            type_name: NUMBER.to_owned(),
            current_state: Some(self.write(current)),
            private: private.to_vec().into(),
            client_capabilities: Some(wire::ClientCapabilities {
                deferral_allowed,
                ..Default::default()
            }),
            ..Default::default()
        };
        let response = self.client().read_resource(request).await;
        let response = response.expect("a response").into_inner();
        Answered {
            state: self.read_back(response.new_state.as_ref()),
            private: response.private.to_vec(),
            diagnostics: read_diagnostics(response.diagnostics),
            deferred: response.deferred,
        }
    }
}

/// The schema's block, which Terraform crashes without.
pub(crate) fn block(schema: &wire::Schema) -> &Block {
    schema.block.as_ref().expect("a block")
}

/// The type of a block's objects, from the schema as the wire has it.
pub(crate) fn block_type(block: &Block) -> Type {
    let attributes = block.attributes.iter().map(attribute_type);
    let blocks = block.block_types.iter().map(|nested| {
        let inner = nested.block.as_ref().expect("a block");
        (nested.type_name.clone(), block_type(inner))
    });
    Type::object(attributes.chain(blocks))
}

fn attribute_type(attribute: &wire::schema::Attribute) -> (String, Type) {
    let ty = match &attribute.nested_type {
        // The provider nests in lists alone.
        Some(nested) => {
            let items = nested.attributes.iter().map(attribute_type);
            Type::List(Box::new(Type::object(items)))
        }
        None => Type::from_json(&attribute.r#type).expect("a type"),
    };
    (attribute.name.clone(), ty)
}

pub(crate) fn object<'a>(ty: &Type, set: impl IntoIterator<Item = &'a (&'a str, Value)>) -> Value {
    let Type::Object(types) = ty else {
        panic!("blocks are objects")
    };
    let nulls = types.keys().map(|name| (name.clone(), Value::Null));
    let mut object: BTreeMap<_, _> = nulls.collect();
    for (name, value) in set {
        let before = object.insert((*name).to_owned().into(), value.clone());
        assert!(before.is_some(), "there is no {name}");
    }
    Value::Map(object)
}
