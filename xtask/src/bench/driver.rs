//! Numbers bought, planned and ended with the calls that Terraform makes, as many at once as it
//! makes them, but without Terraform: it takes minutes over what the provider does in a second.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use harness::host::{Host, Launch};
use joonto_sandbox::Sandbox;
use tempfile::TempDir;
use terraform_provider_joonto::proto::tfplugin6::diagnostic::Severity;
use terraform_provider_joonto::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_joonto::proto::tfplugin6::schema::Block;
use terraform_provider_joonto::proto::tfplugin6::{self as wire, DynamicValue};
use terraform_provider_joonto::terraform::value::{self, Type, Value};
use tokio::task::JoinSet;
use tonic::transport::Channel;

use super::scene::{MESSAGE_ROUTE, VOICE_ROUTE};
use super::{Bench, process, state};

/// How many calls Terraform has under way.
const AT_ONCE: usize = 10;

pub(super) const NUMBER: &str = "joonto_number";

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
    pub(super) state: Value,
    pub(super) private: Vec<u8>,
}

impl Held {
    /// Before it is bought.
    pub(super) fn none() -> Self {
        Self {
            state: Value::Null,
            private: Vec::new(),
        }
    }
}

impl Driver {
    pub(super) async fn start(bench: &Bench, sandbox: &Sandbox) -> Result<Self> {
        let data = tempfile::tempdir_in(bench.scratch.path())?;
        let host = Launch::new(&bench.provider)
            .env("TF_DATA_DIR", data.path())
            .start()
            .await?;
        let calls = Calls::new(host.provider()).await?;
        calls.configure(sandbox).await?;
        Ok(Self {
            host,
            calls,
            _data: data,
        })
    }

    /// Single calls.
    pub(super) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The processor time the provider has used.
    pub(super) fn cpu(&self) -> Result<Duration> {
        let cpu = self.host.pid().and_then(process::cpu);
        cpu.context("the system does not tell a process' processor time")
    }

    /// Ends the provider the way Terraform does.
    pub(super) async fn shutdown(self) -> Result<()> {
        self.host.shutdown().await?;
        Ok(())
    }

    /// `terraform apply`, of numbers that are to be bought.
    pub(super) async fn create(&self, count: usize) -> Result<Vec<Held>> {
        let config = self.calls.config();
        self.each(vec![config; count], |mut calls, config| async move {
            calls.validate(&config).await?;
            calls.plan(&Held::none(), &config).await?;
            // Once more when its turn has come.
            let planned = calls.plan(&Held::none(), &config).await?;
            calls.apply(&Held::none(), planned).await
        })
        .await
    }

    /// `terraform plan`, of numbers that are as they should be.
    pub(super) async fn plan(&self, held: Vec<Held>) -> Result<Vec<Held>> {
        let config = self.calls.config();
        self.each(held, move |mut calls, held| {
            let config = config.clone();
            async move {
                calls.validate(&config).await?;
                calls.upgrade(&held).await?;
                let read = calls.read(held).await?;
                let planned = calls.plan(&read, &config).await?;
                if planned.state != read.state {
                    bail!("a plan that should change nothing changes {read:?}");
                }
                Ok(read)
            }
        })
        .await
    }

    /// `terraform destroy`, without the refresh before it.
    pub(super) async fn delete(&self, held: Vec<Held>) -> Result<()> {
        let ended = self
            .each(held, |mut calls, held| async move {
                calls.plan(&held, &Value::Null).await?;
                let planned = calls.plan(&held, &Value::Null).await?;
                calls.apply(&held, planned).await
            })
            .await?;
        match ended.iter().all(|held| held.state.is_null()) {
            true => Ok(()),
            false => bail!("numbers are left over"),
        }
    }

    /// Does `work` for each of `items`, a few at once.
    async fn each<I, T, F>(&self, items: Vec<I>, work: impl Fn(Calls, I) -> F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let mut done = Vec::with_capacity(items.len());
        let mut waiting = items.into_iter();
        let mut running = JoinSet::new();
        for item in waiting.by_ref().take(AT_ONCE) {
            running.spawn(work(self.calls.clone(), item));
        }
        while let Some(result) = running.join_next().await {
            done.push(result??);
            if let Some(item) = waiting.next() {
                running.spawn(work(self.calls.clone(), item));
            }
        }
        Ok(done)
    }
}

/// Terraform's side of the calls about numbers.
#[derive(Clone)]
pub(super) struct Calls {
    client: ProviderClient<Channel>,
    block: Arc<Block>,
    ty: Arc<Type>,
    provider: Arc<Type>,
}

impl Calls {
    async fn new(mut client: ProviderClient<Channel>) -> Result<Self> {
        let request = wire::get_provider_schema::Request {};
        let mut schemas = client.get_provider_schema(request).await?.into_inner();
        let provider = schemas.provider.and_then(|schema| schema.block);
        let number = schemas.resource_schemas.remove(NUMBER);
        let number = number.and_then(|schema| schema.block);
        let number = number.context("there is no number in the schema")?;
        Ok(Self {
            client,
            ty: Arc::new(block_type(&number)?),
            provider: Arc::new(block_type(&provider.unwrap_or_default())?),
            block: Arc::new(number),
        })
    }

    async fn configure(&self, sandbox: &Sandbox) -> Result<()> {
        let credentials = sandbox.credentials();
        let config = object(
            &self.provider,
            [
                ("base_url", sandbox.base_url().as_str().into()),
                ("account_key", credentials.account_key.as_str().into()),
                ("account_secret", credentials.account_secret.as_str().into()),
                ("max_requests_per_minute", 0.into()),
            ],
        )?;
        let request = wire::configure_provider::Request {
            terraform_version: "1.15.5".to_owned(),
            config: Some(value::to_wire(&config, &self.provider)?),
            client_capabilities: None,
        };
        let answer = self.client.clone().configure_provider(request).await?;
        check(&answer.into_inner().diagnostics)
    }

    /// The configuration of every number.
    pub(super) fn config(&self) -> Value {
        let arguments = [
            ("number_type", "mvno".into()),
            ("message_type", "p2p".into()),
            ("message_enabled", true.into()),
            ("voice_enabled", true.into()),
            ("data_enabled", true.into()),
            ("message_route_id", MESSAGE_ROUTE.into()),
            ("voice_route_id", VOICE_ROUTE.into()),
        ];
        object(&self.ty, arguments).unwrap_or(Value::Null)
    }

    pub(super) fn write(&self, number: &Value) -> Result<DynamicValue> {
        Ok(value::to_wire(number, &self.ty)?)
    }

    fn held(&self, wire: Option<&DynamicValue>, private: &[u8]) -> Result<Held> {
        Ok(Held {
            state: value::from_wire(wire, &self.ty)?,
            private: private.to_vec(),
        })
    }

    pub(super) async fn schema(&mut self) -> Result<()> {
        let request = wire::get_provider_schema::Request {};
        self.client.get_provider_schema(request).await?;
        Ok(())
    }

    pub(super) async fn validate(&mut self, config: &Value) -> Result<()> {
        let request = wire::validate_resource_config::Request {
            type_name: NUMBER.to_owned(),
            config: Some(self.write(config)?),
            client_capabilities: None,
        };
        let answer = self.client.validate_resource_config(request).await?;
        check(&answer.into_inner().diagnostics)
    }

    async fn upgrade(&mut self, held: &Held) -> Result<()> {
        let json = serde_json::to_vec(&state::json(&held.state)?)?;
        let request = wire::upgrade_resource_state::Request {
            type_name: NUMBER.to_owned(),
            version: 0,
            raw_state: Some(wire::RawState {
                json: json.into(),
                ..Default::default()
            }),
        };
        let answer = self.client.upgrade_resource_state(request).await?;
        check(&answer.into_inner().diagnostics)
    }

    async fn read(&mut self, held: Held) -> Result<Held> {
        let request = wire::read_resource::Request {
            type_name: NUMBER.to_owned(),
            current_state: Some(self.write(&held.state)?),
            private: held.private.into(),
            ..Default::default()
        };
        let answer = self.client.read_resource(request).await?.into_inner();
        check(&answer.diagnostics)?;
        self.held(answer.new_state.as_ref(), &answer.private)
    }

    pub(super) async fn plan(&mut self, prior: &Held, config: &Value) -> Result<Held> {
        let request = wire::plan_resource_change::Request {
            type_name: NUMBER.to_owned(),
            prior_state: Some(self.write(&prior.state)?),
            proposed_new_state: Some(self.write(&self.proposed(&prior.state, config))?),
            config: Some(self.write(config)?),
            prior_private: prior.private.clone().into(),
            ..Default::default()
        };
        let answer = self.client.plan_resource_change(request).await?;
        let answer = answer.into_inner();
        check(&answer.diagnostics)?;
        self.held(answer.planned_state.as_ref(), &answer.planned_private)
    }

    async fn apply(&mut self, prior: &Held, planned: Held) -> Result<Held> {
        let request = wire::apply_resource_change::Request {
            type_name: NUMBER.to_owned(),
            prior_state: Some(self.write(&prior.state)?),
            planned_state: Some(self.write(&planned.state)?),
            planned_private: planned.private.into(),
            ..Default::default()
        };
        let answer = self.client.apply_resource_change(request).await?;
        let answer = answer.into_inner();
        check(&answer.diagnostics)?;
        self.held(answer.new_state.as_ref(), &answer.private)
    }

    /// What is configured, and for the rest what there was: what Terraform asks a plan to start
    /// from.
    fn proposed(&self, prior: &Value, config: &Value) -> Value {
        let Value::Map(given) = config else {
            return config.clone();
        };
        let mut proposed = given.clone();
        for attribute in self.block.attributes.iter().filter(|one| one.computed) {
            let name = &attribute.name;
            if let (Some(value @ Value::Null), Some(before)) =
                (proposed.get_mut(name), prior.get(name))
            {
                *value = before.clone();
            }
        }
        Value::Map(proposed)
    }
}

fn check(diagnostics: &[wire::Diagnostic]) -> Result<()> {
    match diagnostics
        .iter()
        .find(|one| one.severity() == Severity::Error)
    {
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
fn object<const N: usize>(ty: &Type, set: [(&str, Value); N]) -> Result<Value> {
    let Type::Object(types) = ty else {
        bail!("blocks are objects");
    };
    let nulls = types.keys().map(|name| (name.clone(), Value::Null));
    let mut attributes: BTreeMap<_, _> = nulls.collect();
    attributes.extend(set.map(|(name, value)| (name.to_owned(), value)));
    Ok(Value::Map(attributes))
}
