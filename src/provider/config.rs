//! The provider block, and the settings it and the environment amount to.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use object_store::ObjectStore;

use super::diagnostics::configuration as texts;
use super::purchase::{self, SharedPlace};
use crate::joonto::{BaseUrl, Credentials, PROXY_VARIABLES, Proxy, Secret, Settings};
use crate::terraform::schema::{AttrType as _, Attribute, Model as _};
use crate::terraform::value::Number;
use crate::terraform::{Attr, Diagnostic, Diagnostics, Value};

use crate::provider::validators::given;

crate::model! {
    /// Buys and manages phone numbers at Joonto: mobile (MVNO, mobile virtual network operator), IoT
    /// (Internet of Things) and VoIP (voice over IP).
    pub struct ProviderConfig {
        /// Account key (`DID-...`). Also from `JOONTO_ACCOUNT_KEY`.
        account_key: String => optional();
        /// Account secret. Also from `JOONTO_ACCOUNT_SECRET`.
        account_secret: String => optional(), sensitive();
        /// Ready token, in place of key and secret. A token is normally good for one endpoint only,
        /// so use key and secret where you can. Also from `JOONTO_TOKEN`.
        token: String => optional(), sensitive();
        /// Account (`AID-...`) of resources that name none, for distributors with several
        /// accounts. Also from `JOONTO_ACCOUNT_ID`.
        account_id: String => optional();
        /// Address of the API. Defaults to `https://api.telegent.com`. Plain http is accepted for
        /// loopback addresses only, unless `JOONTO_ALLOW_HTTP=1` is set. Also from
        /// `JOONTO_BASE_URL`.
        base_url: String => optional();
        /// Most requests to send in any minute; `0` means no limit. Defaults to 50, the API's
        /// standard tier. Also from `JOONTO_MAX_REQUESTS_PER_MINUTE`.
        max_requests_per_minute: Number => optional(), validator(whole_number);
        /// Most retries of a request that is safe to repeat. Defaults to 4. A purchase is retried
        /// only after a missing connection or a 429 within 2 seconds, and once after a 401 or 403
        /// within 2 seconds. Also from `JOONTO_MAX_RETRIES`.
        max_retries: Number => optional(), validator(whole_number);
        /// Place of the records of open purchases: `local`, a directory that outlives the machine,
        /// or a bucket: `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`, with
        /// credentials from the variables `AWS_*`, `GOOGLE_*` or `AZURE_*`, or of the machine.
        /// Defaults to a directory in Terraform's data directory. Required in CI (continuous
        /// integration), where that directory is lost with the job, unless every number is for a SIM
        /// (subscriber identity module). Also from `JOONTO_PURCHASE_JOURNAL`.
        purchase_journal: String => optional();
        /// Name of this state among those that share `purchase_journal`. Required where that is
        /// a directory or a bucket; HCP Terraform runs default to their workspace. Also from
        /// `JOONTO_STATE_NAME`.
        state_name: String => optional();
        /// Most numbers that a plan may buy; `0` means no limit. Defaults to 0. Each provider
        /// configuration (`alias`) counts its own numbers. Also from `JOONTO_PURCHASE_LIMIT`.
        purchase_limit: Number => optional(), validator(whole_number);
    }
    blocks {}
}

/// Where the API is unless configured otherwise.
const DEFAULT_BASE_URL: &str = "https://api.telegent.com";

/// The API's standard tier.
const DEFAULT_REQUESTS_PER_MINUTE: u32 = 50;

const DEFAULT_RETRIES: u32 = 4;

/// The `purchase_journal` that keeps records on this machine.
pub(super) const LOCAL: &str = "local";

/// The variables by which machines are known that are thrown away after a job.
const CI_VARIABLES: [&str; 6] = [
    "CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TFC_RUN_ID",
    "ATLANTIS_TERRAFORM_VERSION",
    "CODEBUILD_BUILD_ID",
];

/// The workspace of an HCP Terraform run, by organization and name.
const HCP_WORKSPACE: &str = "TFC_WORKSPACE_SLUG";

/// The environment variables the provider reads, captured once. Their values may be secrets:
/// they are never printed.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    /// What every bucket is, in place of the one that its address names.
    bucket: Option<Arc<dyn ObjectStore>>,
}

impl Environment {
    /// Keeps the variables that concern the provider; empty ones count as unset.
    pub fn capture(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let concerns = |name: &str| {
            name.starts_with("JOONTO_")
                || matches!(
                    name,
                    "TF_APPEND_USER_AGENT" | "TF_DATA_DIR" | "TF_WORKSPACE" | HCP_WORKSPACE
                )
                || purchase::is_bucket_variable(name)
                || CI_VARIABLES.contains(&name)
                || PROXY_VARIABLES.contains(&name)
        };
        let variables = variables
            .into_iter()
            .filter(|(name, value)| concerns(name) && !value.trim().is_empty());
        Self {
            variables: variables.collect(),
            bucket: None,
        }
    }

    /// The same, with `store` in place of every bucket: a store in memory, for tests.
    #[must_use]
    pub fn with_bucket(self, store: Arc<dyn ObjectStore>) -> Self {
        Self {
            bucket: Some(store),
            ..self
        }
    }

    /// The place that `purchase_journal` names.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn shared_place(&self, journal: &str) -> Result<SharedPlace, String> {
        let variables = self.variables.clone().into_iter();
        let variables = variables.filter(|(name, _)| purchase::is_bucket_variable(name));
        let place = SharedPlace::parse(journal, variables.collect())?;
        Ok(match &self.bucket {
            Some(store) => place.over(store),
            None => place,
        })
    }

    /// Where Terraform keeps what belongs to the working directory.
    pub(super) fn data_directory(&self) -> PathBuf {
        self.get("TF_DATA_DIR").unwrap_or(".terraform").into()
    }

    /// The workspace Terraform works in.
    pub(super) fn workspace(&self) -> String {
        let selected = || fs::read_to_string(self.data_directory().join("environment")).ok();
        let name = self.get("TF_WORKSPACE").map(str::to_owned);
        match name.or_else(selected).unwrap_or_default().trim() {
            "" => "default".to_owned(),
            name => name.to_owned(),
        }
    }

    /// The variable by which this machine is known to belong to a CI system, if it is.
    fn ci_variable(&self) -> Option<&'static str> {
        CI_VARIABLES.into_iter().find(|name| {
            let off = |value: &str| matches!(*name, "CI" | "TF_BUILD") && is_off(value);
            self.get(name).is_some_and(|value| !off(value))
        })
    }

    /// The variable's value, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

/// What configuration and environment amount to.
#[derive(Debug)]
pub(super) enum Resolved {
    /// Everything is known.
    Known {
        /// How to reach the API.
        settings: Box<Settings>,
        /// The account resources belong to unless they name one.
        account_id: Option<String>,
        /// How purchases are made.
        purchases: purchase::Options,
    },
    /// These arguments are not known yet.
    Unknown(Vec<&'static str>),
    /// There are errors, reported.
    Refused,
}

/// Works out the settings. Configuration wins over environment.
pub(super) fn resolve(
    config: &ProviderConfig,
    environment: &Environment,
    terraform_version: &str,
    diagnostics: &mut Diagnostics,
) -> Resolved {
    let unknown = unknown_arguments(config);
    if !unknown.is_empty() {
        return Resolved::Unknown(unknown);
    }
    let text = |attr: &Attr<String>, argument: &str| {
        let from_environment = environment.get(&variable_of(argument));
        given(attr).or(from_environment).map(str::to_owned)
    };
    let mut number = |attr: &Attr<Number>, argument: &str, default: u32| {
        let variable = variable_of(argument);
        let given = match attr {
            Attr::Known(number) => as_whole(number),
            _ => match environment.get(&variable) {
                Some(text) => text.trim().parse().ok(),
                None => Some(default),
            },
        };
        if given.is_none() {
            diagnostics.push(texts::number_invalid(argument, &variable));
        }
        given.unwrap_or(default)
    };
    let max_requests_per_minute = number(
        &config.max_requests_per_minute,
        "max_requests_per_minute",
        DEFAULT_REQUESTS_PER_MINUTE,
    );
    let max_retries = number(&config.max_retries, "max_retries", DEFAULT_RETRIES);
    let limit = number(&config.purchase_limit, "purchase_limit", 0);

    let journal = text(&config.purchase_journal, "purchase_journal");
    let state_name = text(&config.state_name, "state_name")
        .or_else(|| environment.get(HCP_WORKSPACE).map(str::to_owned));
    let shared = shared_journal(environment, journal.as_deref(), state_name)
        .map_err(|diagnostic| diagnostics.push(diagnostic))
        .unwrap_or_default();

    let base_url = text(&config.base_url, "base_url");
    let base_url = base_url.as_deref().unwrap_or(DEFAULT_BASE_URL);
    let allow_http = environment.get("JOONTO_ALLOW_HTTP") == Some("1");
    let base_url = BaseUrl::parse(base_url, allow_http)
        .map_err(|error| diagnostics.push(texts::base_url_invalid(error)))
        .ok();

    let proxy = base_url
        .as_ref()
        .map(|base_url| Proxy::of(base_url, |name| environment.get(name)));
    let proxy = proxy
        .transpose()
        .map_err(|error| diagnostics.push(texts::proxy_refused(error)))
        .unwrap_or_default()
        .flatten();

    // A configured token may be another account's than the environment's key and secret.
    let by_token = given(&config.token).is_some()
        && given(&config.account_key).is_none()
        && given(&config.account_secret).is_none();
    let key_or_secret = |attr, argument| text(attr, argument).filter(|_| !by_token);
    let credentials = credentials(
        key_or_secret(&config.account_key, "account_key"),
        key_or_secret(&config.account_secret, "account_secret"),
        text(&config.token, "token"),
    )
    .map_err(|diagnostic| diagnostics.push(diagnostic));

    match (base_url, credentials) {
        (Some(base_url), Ok(credentials)) if !diagnostics.has_errors() => Resolved::Known {
            purchases: purchase::Options {
                data_directory: environment.data_directory(),
                workspace: environment.workspace(),
                shared,
                limit,
                disposable: environment
                    .ci_variable()
                    .filter(|_| journal.is_none() && !base_url.is_loopback()),
                resolved: environment.get(purchase::VARIABLE).map(str::to_owned),
            },
            settings: Box::new(Settings {
                base_url,
                credentials,
                max_requests_per_minute,
                max_retries,
                user_agent: user_agent(terraform_version, environment),
                proxy,
            }),
            account_id: text(&config.account_id, "account_id"),
        },
        _ => Resolved::Refused,
    }
}

/// The place that `purchase_journal` names, with the state's name in it.
fn shared_journal(
    environment: &Environment,
    journal: Option<&str>,
    state_name: Option<String>,
) -> Result<Option<(SharedPlace, String)>, Diagnostic> {
    match (journal, state_name) {
        (None | Some(LOCAL), _) => Ok(None),
        (Some(_), None) => Err(texts::state_name_missing()),
        (Some(place), Some(name)) => {
            let place = environment.shared_place(place);
            let place = place.map_err(|why| texts::journal_invalid(&why))?;
            Ok(Some((place, name)))
        }
    }
}

/// The environment variable that stands in for an argument.
fn variable_of(argument: &str) -> String {
    format!("JOONTO_{}", argument.to_ascii_uppercase())
}

/// Whether a variable's value means that it is not set.
fn is_off(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "0" | "false")
}

/// The arguments that are not known yet, in the order of the block.
fn unknown_arguments(config: &ProviderConfig) -> Vec<&'static str> {
    let values = config.clone().into_value();
    let is_unknown = |name: &&str| values.get(name).is_some_and(Value::is_unknown);
    let block = ProviderConfig::block();
    let names = block.attributes().iter().map(Attribute::name);
    names.filter(is_unknown).collect()
}

/// Key and secret if both are there, else the token.
fn credentials(
    key: Option<String>,
    secret: Option<String>,
    token: Option<String>,
) -> Result<Credentials, Diagnostic> {
    match (key, secret, token) {
        (Some(account_key), Some(secret), _) => Ok(Credentials::KeyAndSecret {
            account_key,
            account_secret: Secret::new(secret),
        }),
        (None, None, Some(token)) => Ok(Credentials::Token(Secret::new(token))),
        (None, None, None) => Err(texts::credentials_missing()),
        (Some(_), None, _) => Err(texts::credential_missing("account_key", "account_secret")),
        (None, Some(_), _) => Err(texts::credential_missing("account_secret", "account_key")),
    }
}

fn user_agent(terraform_version: &str, environment: &Environment) -> String {
    let ours = concat!("terraform-provider-joonto/", env!("CARGO_PKG_VERSION"));
    let terraform = match terraform_version {
        "" => String::new(),
        version => format!("Terraform/{version} (+https://www.terraform.io) "),
    };
    let appended = environment
        .get("TF_APPEND_USER_AGENT")
        .map(str::trim)
        .unwrap_or_default();
    // A header holds visible ASCII only; anything else would fail every request.
    let visible = |c: char| match c {
        ' '..='~' => c,
        _ => '?',
    };
    let agent = format!("{terraform}{ours} {appended}");
    agent.trim().chars().map(visible).collect()
}

fn whole_number(number: &Number) -> Result<(), String> {
    match as_whole(number) {
        Some(_) => Ok(()),
        None => Err(format!("Must be a whole number from 0 to {}.", u32::MAX)),
    }
}

fn as_whole(number: &Number) -> Option<u32> {
    u32::try_from(number.as_i64()?).ok()
}

#[cfg(test)]
mod tests;
