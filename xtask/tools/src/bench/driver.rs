//! Numbers bought, planned and ended with the calls that Terraform makes, as many at once as it
//! makes them, but without Terraform: it takes minutes over what the provider does in a second.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use harness::host::{Host, Launch};
use joonto_sandbox::Sandbox;
use tempfile::TempDir;
use terraform_provider_joonto::proto::tfplugin6::diagnostic::Severity;
use terraform_provider_joonto::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_joonto::proto::tfplugin6::schema::Block;
use terraform_provider_joonto::proto::tfplugin6::{self as wire, DynamicValue};
use terraform_provider_joonto::terraform::value::{self, Type, Value};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use super::scene::{self, MESSAGE_ROUTE, VOICE_ROUTE};
use super::{Bench, process, state};

/// How many calls Terraform has under way.
const AT_ONCE: usize = 10;

const NUMBER: &str = "joonto_number";

/// A provider that runs and is configured for a sandbox.
pub(super) struct Driver {
    host: Host,
    calls: Calls,
    /// Where the provider keeps its journal.
    _data: TempDir,
}

/// A number as Terraform would hold it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) state: DynamicValue,
    pub(super) private: Vec<u8>,
}

impl Held {
    fn of(state: Option<DynamicValue>, private: &[u8]) -> Self {
        Self {
            state: state.unwrap_or_default(),
            private: private.to_vec(),
        }
    }

    /// Before it is bought.
    pub(super) fn none() -> Self {
        Self::of(Some(null()), &[])
    }
}

/// Null, as MessagePack.
fn null() -> DynamicValue {
    DynamicValue {
        msgpack: vec![0xc0].into(),
        ..Default::default()
    }
}

impl Driver {
    pub(super) async fn start(bench: &Bench, sandbox: &Sandbox) -> Result<Self> {
        let data = tempfile::tempdir_in(bench.scratch.path())?;
        let launch = Launch::new(&bench.provider).env("TF_DATA_DIR", data.path());
        let environment = scene::environment(sandbox).into_iter();
        let launch = environment.fold(launch, |launch, (name, value)| launch.env(name, value));
        let host = launch.start().await?;
        Ok(Self {
            calls: Calls::new(host.provider()).await?,
            host,
            _data: data,
        })
    }

    /// Single calls.
    pub(super) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The processor time the provider has used.
    pub(super) fn cpu(&self) -> Result<Duration> {
        process::cpu(self.host.pid().context("the provider has ended")?)
    }

    /// Ends the provider the way Terraform does.
    pub(super) async fn shutdown(self) -> Result<()> {
        self.host.shutdown().await?;
        Ok(())
    }

    /// `terraform apply`, of numbers that are to be bought.
    pub(super) async fn create(&self, count: usize) -> Result<Vec<Held>> {
        let config = self.calls.config()?;
        self.each(vec![config; count], |mut calls, config| async move {
            let none = Held::none();
            calls.validate(&config).await?;
            calls.plan(&none, &config).await?;
            // Once more when its turn has come.
            let planned = calls.plan(&none, &config).await?;
            calls.apply(&none, planned).await
        })
        .await
    }

    /// `terraform plan`, of numbers that are as they should be.
    pub(super) async fn plan(&self, held: Vec<Held>) -> Result<Vec<Held>> {
        let config = self.calls.config()?;
        self.each(held, move |mut calls, held| {
            let config = config.clone();
            async move {
                calls.validate(&config).await?;
                calls.upgrade(&held).await?;
                let read = calls.read(held).await?;
                let planned = calls.plan(&read, &config).await?;
                let is_empty = planned.state == read.state;
                ensure!(
                    is_empty,
                    "a plan that should change nothing changes {read:?}"
                );
                Ok(read)
            }
        })
        .await
    }

    /// `terraform destroy`, without the refresh before it.
    pub(super) async fn delete(&self, held: Vec<Held>) -> Result<()> {
        let ended = self
            .each(held, |mut calls, held| async move {
                calls.plan(&held, &null()).await?;
                let planned = calls.plan(&held, &null()).await?;
                calls.apply(&held, planned).await
            })
            .await?;
        let are_gone = ended.iter().all(|held| held.state == null());
        ensure!(are_gone, "numbers are left over");
        Ok(())
    }

    /// Does `work` for each of `items`, a few at once.
    async fn each<I, T, F>(&self, items: Vec<I>, work: impl Fn(Calls, I) -> F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = JoinSet::new();
        for item in items {
            let turn = Arc::clone(&turns).acquire_owned().await?;
            let work = work(self.calls.clone(), item);
            running.spawn(async move {
                let done = work.await;
                drop(turn);
                done
            });
        }
        running.join_all().await.into_iter().collect()
    }
}

/// Makes a call that no error may come of.
macro_rules! call {
    ($self:ident.$method:ident($request:expr)) => {{
        let response = $self.client.$method($request).await?.into_inner();
        check(&response.diagnostics)?;
        response
    }};
}

/// Terraform's side of the calls about numbers.
#[derive(Clone)]
pub(super) struct Calls {
    client: ProviderClient<Channel>,
    block: Arc<Block>,
    ty: Arc<Type>,
}

impl Calls {
    /// Of a provider that takes its configuration from its environment.
    async fn new(mut client: ProviderClient<Channel>) -> Result<Self> {
        let request = wire::get_provider_schema::Request {};
        let mut schemas = client.get_provider_schema(request).await?.into_inner();
        let provider = schemas.provider.and_then(|schema| schema.block);
        let number = schemas.resource_schemas.remove(NUMBER);
        let number = number.and_then(|schema| schema.block);
        let number = number.context("there is no number in the schema")?;
        let mut calls = Self {
            client,
            ty: Arc::new(block_type(&number)?),
            block: Arc::new(number),
        };
        calls.configure(&provider.unwrap_or_default()).await?;
        Ok(calls)
    }

    async fn configure(&mut self, provider: &Block) -> Result<()> {
        let provider = block_type(provider)?;
        let config = object(&provider, [])?;
        call!(self.configure_provider(wire::configure_provider::Request {
            terraform_version: "1.15.5".to_owned(),
            config: Some(config),
            client_capabilities: None,
        }));
        Ok(())
    }

    /// The configuration of every number.
    pub(super) fn config(&self) -> Result<DynamicValue> {
        let arguments = [
            ("number_type", "mvno".into()),
            ("message_type", "p2p".into()),
            ("message_enabled", true.into()),
            ("voice_enabled", true.into()),
            ("data_enabled", true.into()),
            ("message_route_id", MESSAGE_ROUTE.into()),
            ("voice_route_id", VOICE_ROUTE.into()),
        ];
        object(&self.ty, arguments)
    }

    /// The attributes that Terraform does not show.
    pub(super) fn sensitive(&self) -> impl Iterator<Item = &str> {
        let attributes = self.block.attributes.iter().filter(|one| one.sensitive);
        attributes.map(|one| one.name.as_str())
    }

    /// A number as state files have it.
    pub(super) fn json(&self, number: &DynamicValue) -> Result<serde_json::Value> {
        state::json(&value::from_wire(Some(number), &self.ty)?)
    }

    pub(super) async fn schema(&mut self) -> Result<()> {
        call!(self.get_provider_schema(wire::get_provider_schema::Request {}));
        Ok(())
    }

    pub(super) async fn validate(&mut self, config: &DynamicValue) -> Result<()> {
        call!(
            self.validate_resource_config(wire::validate_resource_config::Request {
                type_name: NUMBER.to_owned(),
                config: Some(config.clone()),
                client_capabilities: None,
            })
        );
        Ok(())
    }

    async fn upgrade(&mut self, held: &Held) -> Result<()> {
        let json = serde_json::to_vec(&self.json(&held.state)?)?;
        call!(
            self.upgrade_resource_state(wire::upgrade_resource_state::Request {
                type_name: NUMBER.to_owned(),
                version: 0,
                raw_state: Some(wire::RawState {
                    json: json.into(),
                    ..Default::default()
                }),
            })
        );
        Ok(())
    }

    async fn read(&mut self, held: Held) -> Result<Held> {
        let response = call!(self.read_resource(wire::read_resource::Request {
            type_name: NUMBER.to_owned(),
            current_state: Some(held.state),
            private: held.private.into(),
            ..Default::default()
        }));
        Ok(Held::of(response.new_state, &response.private))
    }

    pub(super) async fn plan(&mut self, prior: &Held, config: &DynamicValue) -> Result<Held> {
        // What is configured, and for the rest what there was: the whole number, as nothing is to change.
        let proposed = match *config == null() || prior.state == null() {
            true => config,
            false => &prior.state,
        };
        let response = call!(
            self.plan_resource_change(wire::plan_resource_change::Request {
                type_name: NUMBER.to_owned(),
                prior_state: Some(prior.state.clone()),
                proposed_new_state: Some(proposed.clone()),
                config: Some(config.clone()),
                prior_private: prior.private.clone().into(),
                ..Default::default()
            })
        );
        Ok(Held::of(response.planned_state, &response.planned_private))
    }

    async fn apply(&mut self, prior: &Held, planned: Held) -> Result<Held> {
        let response = call!(
            self.apply_resource_change(wire::apply_resource_change::Request {
                type_name: NUMBER.to_owned(),
                prior_state: Some(prior.state.clone()),
                planned_state: Some(planned.state),
                planned_private: planned.private.into(),
                ..Default::default()
            })
        );
        Ok(Held::of(response.new_state, &response.private))
    }
}

fn check(diagnostics: &[wire::Diagnostic]) -> Result<()> {
    let mut errors = diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error);
    match errors.next() {
        Some(error) => bail!("{}: {}", error.summary, error.detail),
        None => Ok(()),
    }
}

fn block_type(block: &Block) -> Result<Type> {
    let mut types = Vec::new();
    for attribute in &block.attributes {
        types.push((attribute.name.clone(), Type::from_json(&attribute.r#type)?));
    }
    for nested in &block.block_types {
        let inner = nested.block.as_ref().context("a block without a block")?;
        types.push((nested.type_name.clone(), block_type(inner)?));
    }
    Ok(Type::object(types))
}

/// An object with these attributes, the others null.
fn object<const N: usize>(ty: &Type, set: [(&str, Value); N]) -> Result<DynamicValue> {
    let Type::Object(types) = ty else {
        bail!("blocks are objects");
    };
    let nulls = types.keys().map(|name| (name.as_str(), Value::Null));
    Ok(value::to_wire(&Value::object(nulls.chain(set)), ty)?)
}
