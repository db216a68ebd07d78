//! Numbers bought, planned and ended with the calls that Terraform makes, as many at once as it
//! makes them, but without Terraform: it takes minutes over what the provider does in a second.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use harness::host::{Host, Launch};
use joonto_sandbox::Sandbox;
use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;
use terraform_provider_joonto::proto::tfplugin6::diagnostic::Severity;
use terraform_provider_joonto::proto::tfplugin6::schema::Block;
use terraform_provider_joonto::proto::tfplugin6::{self as wire, DynamicValue};

use super::{Bench, process};

/// How many calls Terraform has under way.
const AT_ONCE: usize = 10;

pub(super) const NUMBER: &str = "joonto_number";

/// A provider that runs and is configured for a sandbox.
pub(super) struct Driver {
    host: Host,
    /// The configuration of every number.
    pub(super) config: DynamicValue,
    /// The attributes that Terraform does not show.
    pub(super) sensitive: Vec<String>,
    /// Where the provider keeps its journal.
    _data: TempDir,
}

/// A number as Terraform would hold it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    state: DynamicValue,
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

    /// The attributes as state files have them.
    pub(super) fn attributes(&self) -> Result<Map<String, Json>> {
        Ok(rmp_serde::from_slice(&self.state.msgpack)?)
    }
}

/// Makes a call that no error may come of.
macro_rules! call {
    ($self:ident.$method:ident($request:expr)) => {{
        let response = $self.host.provider().$method($request).await?.into_inner();
        check(&response.diagnostics)?;
        response
    }};
}

impl Driver {
    pub(super) async fn start(bench: &Bench, sandbox: &Sandbox) -> Result<Self> {
        let data = tempfile::tempdir_in(bench.scratch.path())?;
        let launch = Launch::new(&bench.provider).env("TF_DATA_DIR", data.path());
        let environment = environment(sandbox).into_iter();
        let launch = environment.fold(launch, |launch, (name, value)| launch.env(name, value));
        let host = launch.start().await?;
        let request = wire::get_provider_schema::Request {};
        let schemas = host.provider().get_provider_schema(request).await?;
        let mut schemas = schemas.into_inner();
        let number = schemas.resource_schemas.remove(NUMBER);
        let [provider, number] = [schemas.provider, number].map(|schema| schema?.block);
        let number = number.context("there is no number in the schema")?;
        let sensitive = number.attributes.iter().filter(|one| one.sensitive);
        let driver = Self {
            host,
            config: object(&number, &arguments())?,
            sensitive: sensitive.map(|one| one.name.clone()).collect(),
            _data: data,
        };
        // The environment has all of it.
        let config = object(&provider.unwrap_or_default(), &Json::Null)?;
        call!(
            driver.configure_provider(wire::configure_provider::Request {
                terraform_version: "1.15.5".to_owned(),
                config: Some(config),
                client_capabilities: None,
            })
        );
        Ok(driver)
    }

    /// Ends the provider the way Terraform does.
    pub(super) async fn shutdown(self) -> Result<()> {
        self.host.shutdown().await?;
        Ok(())
    }

    /// Does `work`, and says how much processor time the provider used for it.
    pub(super) async fn measured<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<(T, Duration)> {
        let pid = self.host.pid().context("the provider has ended")?;
        let before = process::cpu(pid)?;
        let done = work.await?;
        Ok((done, process::cpu(pid)? - before))
    }

    /// `terraform apply`, of numbers that are to be bought.
    pub(super) async fn create(&self, count: usize) -> Result<Vec<Held>> {
        let none = &Held::none();
        let bought = (0..count).map(async |_| {
            self.validate().await?;
            self.plan(none, &self.config).await?;
            // Once more when its turn has come.
            let planned = self.plan(none, &self.config).await?;
            self.apply(none, planned).await
        });
        a_few_at_once(bought).await
    }

    /// `terraform plan`, of numbers that are as they should be.
    pub(super) async fn refresh(&self, held: Vec<Held>) -> Result<Vec<Held>> {
        let refreshed = held.into_iter().map(async |held| {
            self.validate().await?;
            self.upgrade(&held).await?;
            let read = self.read(held).await?;
            let planned = self.plan(&read, &self.config).await?;
            let is_empty = planned.state == read.state;
            ensure!(
                is_empty,
                "a plan that should change nothing changes {read:?}"
            );
            Ok(read)
        });
        a_few_at_once(refreshed).await
    }

    /// `terraform destroy`, without the refresh before it.
    pub(super) async fn delete(&self, held: Vec<Held>) -> Result<()> {
        let ended = held.into_iter().map(async |held| {
            self.plan(&held, &null()).await?;
            let planned = self.plan(&held, &null()).await?;
            self.apply(&held, planned).await
        });
        let ended = a_few_at_once(ended).await?;
        let are_gone = ended.iter().all(|held| held.state == null());
        ensure!(are_gone, "numbers are left over");
        Ok(())
    }

    pub(super) async fn schema(&self) -> Result<()> {
        call!(self.get_provider_schema(wire::get_provider_schema::Request {}));
        Ok(())
    }

    pub(super) async fn validate(&self) -> Result<()> {
        call!(
            self.validate_resource_config(wire::validate_resource_config::Request {
                type_name: NUMBER.to_owned(),
                config: Some(self.config.clone()),
                client_capabilities: None,
            })
        );
        Ok(())
    }

    async fn upgrade(&self, held: &Held) -> Result<()> {
        let json = serde_json::to_vec(&held.attributes()?)?;
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

    async fn read(&self, held: Held) -> Result<Held> {
        let response = call!(self.read_resource(wire::read_resource::Request {
            type_name: NUMBER.to_owned(),
            current_state: Some(held.state),
            private: held.private.into(),
            ..Default::default()
        }));
        Ok(Held::of(response.new_state, &response.private))
    }

    pub(super) async fn plan(&self, prior: &Held, config: &DynamicValue) -> Result<Held> {
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

    async fn apply(&self, prior: &Held, planned: Held) -> Result<Held> {
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

/// A provider's environment.
pub(super) fn environment(sandbox: &Sandbox) -> [(&'static str, String); 4] {
    let credentials = sandbox.credentials();
    [
        ("JOONTO_BASE_URL", sandbox.base_url()),
        ("JOONTO_ACCOUNT_KEY", credentials.account_key),
        ("JOONTO_ACCOUNT_SECRET", credentials.account_secret),
        ("JOONTO_MAX_REQUESTS_PER_MINUTE", "0".to_owned()),
    ]
}

/// What is configured of every number. The routes are those of a sandbox that has just been started.
pub(super) fn arguments() -> Json {
    json!({
        "number_type": "mvno",
        "message_type": "p2p",
        "message_enabled": true,
        "voice_enabled": true,
        "data_enabled": true,
        "message_route_id": "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a",
        "voice_route_id": "CRID-4dec6beb-3985-444b-8c06-8baa70dc145",
    })
}

/// An object with these attributes, the others null.
fn object(block: &Block, set: &Json) -> Result<DynamicValue> {
    let attributes = block.attributes.iter().map(|one| &one.name);
    let names = attributes.chain(block.block_types.iter().map(|one| &one.type_name));
    let object: Map<_, _> = names
        .map(|name| (name.clone(), set[name].clone()))
        .collect();
    Ok(DynamicValue {
        msgpack: rmp_serde::to_vec(&object)?.into(),
        ..Default::default()
    })
}

/// Null, as MessagePack.
fn null() -> DynamicValue {
    DynamicValue {
        msgpack: vec![0xc0].into(),
        ..Default::default()
    }
}

/// Makes of calls what Terraform makes of them: a few are under way at any time.
async fn a_few_at_once<F>(calls: impl Iterator<Item = F>) -> Result<Vec<Held>>
where
    F: Future<Output = Result<Held>>,
{
    let running = stream::iter(calls).buffer_unordered(AT_ONCE);
    running.try_collect().await
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
