//! A provider in this very process, spoken to as Terraform speaks to it, and the sandbox it buys from.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use joonto_sandbox::{Options, Sandbox};
use object_store::memory::InMemory;
use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;
use terraform_provider_joonto::context::{Clock, SystemClock};
use terraform_provider_joonto::proto::tfplugin6::provider_server::Provider as _;
use terraform_provider_joonto::proto::tfplugin6::{self as wire, DynamicValue};
use terraform_provider_joonto::provider::{Environment, Joonto, Run, RunId, Runs};
use terraform_provider_joonto::terraform::value;
use terraform_provider_joonto::terraform::{TerraformService, Type, Value};
use tonic::Request;

use crate::clock::FastClock;

/// The routes that the sandbox's default account owns.
pub(crate) const MESSAGE_ROUTE: &str = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a";
pub(crate) const VOICE_ROUTE: &str = "CRID-4dec6beb-3985-444b-8c06-8baa70dc145";

/// What somebody changes of a number behind everybody's back.
pub(crate) type Edit = fn(&mut joonto_sandbox::StoredNumber);

/// A sandbox, and a directory for what providers keep beside Terraform's state.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<dyn Clock>,
    variables: Vec<(String, String)>,
    pub(crate) data: TempDir,
    /// What every bucket is.
    pub(crate) bucket: Arc<InMemory>,
    runs: AtomicU64,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.expect("a sandbox");
        let data = TempDir::new().expect("a directory");
        let credentials = sandbox.credentials();
        let variables = [
            ("JOONTO_BASE_URL", sandbox.base_url()),
            ("JOONTO_ACCOUNT_KEY", credentials.account_key),
            ("JOONTO_ACCOUNT_SECRET", credentials.account_secret),
            ("JOONTO_MAX_REQUESTS_PER_MINUTE", "0".to_owned()),
            ("TF_DATA_DIR", data.path().display().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        Self {
            sandbox,
            clock: Arc::new(FastClock::new()),
            variables: variables.into(),
            data,
            bucket: Arc::new(InMemory::new()),
            runs: AtomicU64::new(0),
        }
    }

    /// A Terraform command that begins now.
    pub(crate) fn run(&self) -> Run {
        let nth = self.runs.fetch_add(1, Ordering::Relaxed);
        let id = RunId::parse(&format!("run{nth:09}")).expect("twelve letters and digits");
        Run::new(id, self.clock.utc())
    }

    /// Sets a variable for the providers that are started from now on; empty means unset.
    pub(crate) fn env(&mut self, name: &str, value: &str) {
        self.variables.retain(|(set, _)| set != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Starts a provider, as each Terraform command does.
    pub(crate) async fn provider(&self) -> Provider {
        self.provider_of(self.run()).await
    }

    /// Starts a provider whose waits and time limits are those of the world.
    pub(crate) async fn provider_with_real_time_limits(&self) -> Provider {
        self.provider_by(self.run(), Arc::new(SystemClock)).await
    }

    /// Starts one more provider of a command.
    pub(crate) async fn provider_of(&self, run: Run) -> Provider {
        self.provider_by(run, Arc::clone(&self.clock)).await
    }

    async fn provider_by(&self, run: Run, clock: Arc<dyn Clock>) -> Provider {
        let environment = Environment::capture(self.variables.iter().cloned());
        let environment = environment.with_bucket(self.bucket.clone());
        let joonto = Joonto::new(environment, Arc::clone(&clock), Runs::One(run));
        let server = TerraformService::new(joonto, clock);
        let schema = server
            .get_provider_schema(Request::new(Default::default()))
            .await
            .expect("a schema")
            .into_inner();
        let numbers = schema.resource_schemas["joonto_number"].block.as_ref();
        let numbers = numbers.expect("a block");
        let configuration = schema.provider.as_ref();
        let configuration = configuration.and_then(|schema| schema.block.as_ref());
        let nothing: Map<String, Json> = configuration
            .expect("a block")
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), Json::Null))
            .collect();
        let request = wire::configure_provider::Request {
            terraform_version: "1.13.5".into(),
            config: Some(dynamic(&Json::Object(nothing))),
            ..Default::default()
        };
        let configured = server.configure_provider(Request::new(request)).await;
        let diagnostics = configured.expect("a response").into_inner().diagnostics;
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        Provider {
            ty: type_of(numbers),
            schema: Arc::new(schema),
            server,
        }
    }

    /// The numbers that the account owns, sorted.
    pub(crate) fn owned(&self) -> Vec<String> {
        let key = self.sandbox.credentials().account_key;
        let mut owned = self.sandbox.ledger().owned(&key);
        owned.sort();
        owned
    }

    /// How many purchases were asked for.
    pub(crate) fn purchase_requests(&self) -> usize {
        let ledger = self.sandbox.ledger();
        ledger.requests_to("/v1.0/numbers/provision").len()
    }
}

/// The type of a block's objects.
pub(crate) fn type_of(block: &wire::schema::Block) -> Type {
    let attributes = block.attributes.iter().map(attribute_type);
    let blocks = block.block_types.iter().map(|nested| {
        let ty = type_of(nested.block.as_ref().expect("a block"));
        (nested.type_name.clone(), ty)
    });
    Type::object(attributes.chain(blocks))
}

fn attribute_type(attribute: &wire::schema::Attribute) -> (String, Type) {
    let ty = match &attribute.nested_type {
        // The provider nests in lists alone.
        Some(nested) => {
            let items = nested.attributes.iter().map(attribute_type);
            Type::list(Type::object(items))
        }
        None => Type::from_json(&attribute.r#type).expect("a type"),
    };
    (attribute.name.clone(), ty)
}

pub(crate) fn dynamic(json: &Json) -> DynamicValue {
    DynamicValue {
        json: json.to_string().into(),
        ..DynamicValue::default()
    }
}

/// Where a provider runs that is to be killed: its own threads, whose work ends with them.
pub(crate) struct Machine(tokio::runtime::Runtime);

impl Machine {
    pub(crate) fn start() -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build();
        Self(runtime.expect("a runtime"))
    }

    /// Begins a create there.
    pub(crate) fn create(&self, provider: &Provider, arguments: Json) {
        let provider = provider.clone();
        self.0
            .spawn(async move { provider.create(&arguments).await });
    }

    /// Ends everything there wherever it is, as SIGKILL does.
    pub(crate) fn kill(self) {
        self.0.shutdown_background();
    }
}

/// A provider that was started and configured.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) server: TerraformService,
    pub(crate) ty: Type,
    pub(crate) schema: Arc<wire::get_provider_schema::Response>,
}

/// How a create, or what came after it, ended.
#[derive(Debug)]
pub(crate) struct Created {
    /// What Terraform stores, if there is anything.
    pub(crate) state: Option<(Value, DynamicValue)>,
    /// What only the provider reads of it.
    pub(crate) private: Vec<u8>,
    pub(crate) errors: Vec<Text>,
    pub(crate) warnings: Vec<Text>,
}

/// A diagnostic: its code, summary and detail.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl Text {
    fn of(diagnostic: &wire::Diagnostic) -> Self {
        let code = diagnostic.detail.rsplit_once("Code: ");
        let code = code.map_or("", |(_, code)| code.trim_end_matches('.'));
        Self {
            code: code.to_owned(),
            text: format!("{}\n{}", diagnostic.summary, diagnostic.detail),
        }
    }

    /// The lines that can be pasted: the values of JOONTO_PURCHASE_RESOLVED.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = self.text.lines().filter_map(|line| {
            let value = line.trim().strip_prefix("JOONTO_PURCHASE_RESOLVED=")?;
            Some(value.trim_matches('"').to_owned())
        });
        lines.collect()
    }
}

impl Created {
    /// The number in state.
    pub(crate) fn number(&self) -> Option<String> {
        let (state, _) = self.state.as_ref()?;
        let number = state.get("phone_number_assigned")?.as_str()?;
        assert_eq!(state.get("id").and_then(Value::as_str), Some(number));
        Some(number.to_owned())
    }

    pub(crate) fn text(&self, attribute: &str) -> Option<&str> {
        self.state.as_ref()?.0.get(attribute)?.as_str()
    }

    /// Expects an error, nothing in state, and no taint.
    pub(crate) fn error(&self) -> &Text {
        assert!(self.state.is_none(), "{self:?}");
        let [error] = self.errors.as_slice() else {
            panic!("one error, not {self:?}");
        };
        error
    }

    /// Expects success with one warning.
    pub(crate) fn warning(&self) -> &Text {
        assert!(self.errors.is_empty() && self.state.is_some(), "{self:?}");
        let [warning] = self.warnings.as_slice() else {
            panic!("one warning, not {self:?}");
        };
        warning
    }

    /// The codes of its errors and warnings.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let all = self.errors.iter().chain(&self.warnings);
        all.map(|text| text.code.as_str()).collect()
    }
}

impl Provider {
    /// Plans and makes a number, as Terraform does for a new resource.
    pub(crate) async fn create(&self, arguments: &Json) -> Created {
        let (config, plan) = self.planned(arguments).await;
        let (errors, _) = sorted(&plan.diagnostics);
        assert!(errors.is_empty(), "{errors:?}");
        let apply = wire::apply_resource_change::Request {
            type_name: "joonto_number".into(),
            prior_state: Some(dynamic(&Json::Null)),
            planned_state: plan.planned_state,
            planned_private: plan.planned_private,
            config: Some(config),
            ..Default::default()
        };
        let applied = self.server.apply_resource_change(Request::new(apply)).await;
        let applied = applied.expect("a response").into_inner();
        self.created(applied.new_state, &applied.private, &applied.diagnostics)
    }

    /// What Terraform is left with.
    pub(crate) fn created(
        &self,
        state: Option<DynamicValue>,
        private: &[u8],
        diagnostics: &[wire::Diagnostic],
    ) -> Created {
        let (errors, warnings) = sorted(diagnostics);
        let object = value::from_wire(state.as_ref(), &self.ty).expect("a state");
        Created {
            state: (!object.is_null()).then(|| (object, state.unwrap_or_default())),
            private: private.to_vec(),
            errors,
            warnings,
        }
    }

    /// Plans over what is in state, as each `terraform plan` and `apply` begins: the state hands
    /// the object over first.
    pub(crate) async fn plan_over(&self, created: &Created) {
        let Some((object, state)) = &created.state else {
            return;
        };
        let attribute = |name: &str| object.get(name).and_then(Value::as_str);
        let stored = json!({
            "phone_number_assigned": attribute("phone_number_assigned"),
            "order_id": attribute("order_id"),
        });
        let upgrade = wire::upgrade_resource_state::Request {
            type_name: "joonto_number".into(),
            version: 0,
            raw_state: Some(wire::RawState {
                json: stored.to_string().into(),
                ..Default::default()
            }),
        };
        let upgraded = self.server.upgrade_resource_state(Request::new(upgrade));
        let upgraded = upgraded.await.expect("a response").into_inner();
        assert!(upgraded.diagnostics.is_empty(), "{upgraded:?}");
        let plan = wire::plan_resource_change::Request {
            type_name: "joonto_number".into(),
            prior_state: Some(state.clone()),
            proposed_new_state: Some(state.clone()),
            config: Some(state.clone()),
            ..Default::default()
        };
        let plan = self.server.plan_resource_change(Request::new(plan)).await;
        plan.expect("a response");
    }

    /// Plans a new number; returns the warnings.
    #[cfg(unix)]
    pub(crate) async fn plan_new(&self, arguments: &Json) -> Vec<Text> {
        sorted(&self.planned(arguments).await.1.diagnostics).1
    }

    /// The configuration of a new number, and its plan.
    async fn planned(
        &self,
        arguments: &Json,
    ) -> (DynamicValue, wire::plan_resource_change::Response) {
        let config = self.config(self.numbers(), arguments);
        let plan = wire::plan_resource_change::Request {
            type_name: "joonto_number".into(),
            prior_state: Some(dynamic(&Json::Null)),
            proposed_new_state: Some(config.clone()),
            config: Some(config.clone()),
            ..Default::default()
        };
        let plan = self.server.plan_resource_change(Request::new(plan)).await;
        (config, plan.expect("a response").into_inner())
    }

    /// Interrupts it, as the first Ctrl-C makes Terraform do.
    pub(crate) async fn stop(&self) {
        let stopped = self.server.stop_provider(Request::new(Default::default()));
        stopped.await.expect("a response");
    }
}

/// Errors and warnings.
pub(crate) fn sorted(diagnostics: &[wire::Diagnostic]) -> (Vec<Text>, Vec<Text>) {
    let (errors, warnings): (Vec<&wire::Diagnostic>, Vec<&wire::Diagnostic>) = diagnostics
        .iter()
        .partition(|diagnostic| diagnostic.severity() == wire::diagnostic::Severity::Error);
    (
        errors.into_iter().map(Text::of).collect(),
        warnings.into_iter().map(Text::of).collect(),
    )
}

/// The arguments of a number, beside those that every number needs.
pub(crate) fn number(kind: (&str, &str), flags: (bool, bool), others: Json) -> Json {
    let mut arguments = json!({
        "number_type": kind.0,
        "message_type": kind.1,
        "message_enabled": flags.0,
        "voice_enabled": flags.1,
    });
    let others = others.as_object().expect("arguments").clone();
    arguments.as_object_mut().expect("arguments").extend(others);
    arguments
}

/// The plainest of numbers.
pub(crate) fn plain() -> Json {
    number(("mvno", "a2p"), (true, false), json!({}))
}
