//! A working directory in which Terraform runs with this provider, normally without `init`.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::cli::Cli;
#[cfg(unix)]
use crate::cli::isolated;
use crate::run::{Plan, Run, Running};

/// How long one command may take, unless a test sets another time: long, for machines with much else to do.
const TIME_LIMIT: Duration = Duration::from_secs(180);

/// The addresses by which configurations call the provider.
const ADDRESSES: [&str; 2] = [
    "registry.terraform.io/joonto/joonto",
    "registry.opentofu.org/joonto/joonto",
];

/// The file `plan` leaves for `apply_plan` and `show`.
const PLAN_FILE: &str = "planned.tfplan";

const CLI_CONFIG: &str = "cli.tfrc";

/// A Terraform working directory, in which `joonto/joonto` is the given program.
///
/// A file `versions.tf` that requires the provider is there from the start; `main.tf` and others
/// are written by the test. The provider is configured through environment variables, or a
/// `provider` block the test writes.
#[derive(Debug)]
pub struct Project {
    cli: Cli,
    directory: PathBuf,
    env: BTreeMap<OsString, OsString>,
    time_limit: Duration,
    /// Removes the directory in the end.
    _temporary: Option<TempDir>,
}

impl Project {
    /// A temporary directory, gone when this is dropped.
    pub fn new(cli: &Cli, provider: &Path) -> Result<Self> {
        let temporary = tempfile::Builder::new().prefix("joonto-").tempdir()?;
        let project = Self::in_directory(cli, provider, temporary.path())?;
        Ok(Self {
            _temporary: Some(temporary),
            ..project
        })
    }

    /// A temporary directory in which [`init`](Self::init) installs the provider from `mirror`, a
    /// directory laid out as Terraform's documentation says.
    pub fn with_mirror(cli: &Cli, mirror: &Path) -> Result<Self> {
        let temporary = tempfile::Builder::new().prefix("joonto-").tempdir()?;
        let project = Self::bare(cli, temporary.path())?;
        let mirror = mirror.display().to_string();
        project.install_by(&format!(
            "filesystem_mirror {{\n    path = {mirror:?}\n  }}"
        ))?;
        Ok(Self {
            _temporary: Some(temporary),
            ..project
        })
    }

    /// A directory that stays.
    pub fn in_directory(cli: &Cli, provider: &Path, directory: &Path) -> Result<Self> {
        let project = Self::bare(cli, directory)?;
        let plugins = project.directory.join(".plugins");
        fs::create_dir_all(&plugins)?;
        link(provider, &plugins)?;
        let overrides: Vec<String> = ADDRESSES
            .iter()
            .map(|address| format!("    {address:?} = {:?}\n", plugins.display().to_string()))
            .collect();
        project.install_by(&format!("dev_overrides {{\n{}  }}", overrides.concat()))?;
        Ok(project)
    }

    /// A directory in which Terraform does not know yet where the provider is.
    fn bare(cli: &Cli, directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory)?;
        let project = Self {
            cli: cli.clone(),
            // Terraform follows links when it reads the configuration of the provider's place.
            directory: directory.canonicalize()?,
            env: BTreeMap::new(),
            time_limit: TIME_LIMIT,
            _temporary: None,
        };
        project.write(
            "versions.tf",
            "terraform {\n  required_providers {\n    joonto = {\n      source = \
             \"joonto/joonto\"\n    }\n  }\n}\n",
        )?;
        Ok(project)
    }

    /// Gives one way to get providers, and no other: a test must not reach for a registry.
    fn install_by(&self, method: &str) -> Result<&Self> {
        let config = format!("provider_installation {{\n  {method}\n}}\n");
        self.write(CLI_CONFIG, &config)
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.directory
    }

    /// The file that tells Terraform where the provider is, for `TF_CLI_CONFIG_FILE`.
    #[must_use]
    pub fn cli_config(&self) -> PathBuf {
        self.directory.join(CLI_CONFIG)
    }

    /// Sets an environment variable for every command that follows.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.env
            .insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        self
    }

    /// Unsets what [`env`](Self::env) has set.
    pub fn env_remove(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.env.remove(name.as_ref());
        self
    }

    /// Sets how long each command may take.
    pub fn time_limit(&mut self, limit: Duration) -> &mut Self {
        self.time_limit = limit;
        self
    }

    /// Writes a file, such as `variables.tf`.
    pub fn write(&self, name: &str, text: &str) -> Result<&Self> {
        let path = self.directory.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(self)
    }

    /// Writes `main.tf`.
    pub fn main(&self, text: &str) -> Result<&Self> {
        self.write("main.tf", text)
    }

    /// Starts a command and comes back at once.
    pub fn start<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Running> {
        let mut command = self.cli.command(&self.cli_config());
        command
            .args(arguments)
            .current_dir(&self.directory)
            .envs(&self.env);
        let typed = command.get_args().skip(self.cli.words().len() - 1);
        let words: Vec<_> = typed.map(OsStr::to_string_lossy).collect();
        let words = format!("{} {}", self.cli, words.join(" "));
        Running::start(command, words, self.time_limit)
    }

    /// Starts a shell script, in which `terraform` is the command line of this project.
    #[cfg(unix)]
    pub fn start_script(&self, script: &str) -> Result<Running> {
        use std::os::unix::fs::PermissionsExt as _;

        let programs = self.directory.join(".programs");
        fs::create_dir_all(&programs)?;
        let shim = programs.join("terraform");
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let mut words = self.cli.words();
        // By its name alone, the script would find itself.
        let mut named = std::env::split_paths(&rest).map(|folder| folder.join(&words[0]));
        if let Some(program) = named.find(|path| path.is_file()) {
            words[0] = program.into();
        }
        let quoted: Vec<String> = words
            .iter()
            .map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''")))
            .collect();
        fs::write(
            &shim,
            format!("#!/bin/sh\nexec {} \"$@\"\n", quoted.join(" ")),
        )?;
        fs::set_permissions(&shim, fs::Permissions::from_mode(0o755))?;
        let path = std::iter::once(programs).chain(std::env::split_paths(&rest));
        let mut command = isolated(OsStr::new("bash"), &self.cli_config());
        command
            .args(["-e", "-c", script])
            .current_dir(&self.directory)
            .envs(&self.env)
            .env("PATH", std::env::join_paths(path)?);
        Running::start(command, script.to_owned(), self.time_limit)
    }

    /// Runs a command to its end, whichever that is.
    pub async fn run<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Run> {
        self.start(arguments)?.wait().await
    }

    /// `terraform init`, which development overrides need not.
    pub async fn init(&self) -> Result<Run> {
        self.run(["init", "-no-color", "-input=false"]).await
    }

    /// `terraform validate`.
    pub async fn validate(&self) -> Result<Run> {
        self.run(["validate", "-json", "-no-color"]).await
    }

    /// `terraform plan`; what it plans is kept for [`apply_plan`](Self::apply_plan).
    pub async fn plan(&self) -> Result<Run> {
        self.plan_with(&[]).await
    }

    /// `terraform plan` with further arguments.
    pub async fn plan_with(&self, arguments: &[&str]) -> Result<Run> {
        let out = format!("-out={PLAN_FILE}");
        self.run(
            [
                &["plan", "-json", "-no-color", "-input=false", &out],
                arguments,
            ]
            .concat(),
        )
        .await
    }

    /// Plans, expects that to succeed, and reads the plan.
    pub async fn plan_json(&self) -> Result<Plan> {
        self.plan_json_with(&[]).await
    }

    /// Plans with further arguments, expects that to succeed, and reads the plan.
    pub async fn plan_json_with(&self, arguments: &[&str]) -> Result<Plan> {
        let run = self.plan_with(arguments).await?.ok()?;
        Ok(Plan {
            run,
            json: self.show(&[PLAN_FILE]).await?,
        })
    }

    /// `terraform apply`, without asking.
    pub async fn apply(&self) -> Result<Run> {
        self.apply_with(&[]).await
    }

    /// `terraform apply` with further arguments.
    pub async fn apply_with(&self, arguments: &[&str]) -> Result<Run> {
        let fixed = [
            "apply",
            "-json",
            "-no-color",
            "-input=false",
            "-auto-approve",
        ];
        self.run([&fixed, arguments].concat()).await
    }

    /// Applies what was planned last.
    pub async fn apply_plan(&self) -> Result<Run> {
        self.run(["apply", "-json", "-no-color", "-input=false", PLAN_FILE])
            .await
    }

    /// `terraform destroy`, without asking.
    pub async fn destroy(&self) -> Result<Run> {
        self.apply_with(&["-destroy"]).await
    }

    /// `terraform import`, which knows no JSON: see [`Run::says`].
    pub async fn import(&self, address: &str, id: &str) -> Result<Run> {
        self.run(["import", "-no-color", "-input=false", address, id])
            .await
    }

    /// The state, as `terraform show -json` tells it: sensitive values too.
    pub async fn show_json(&self) -> Result<Value> {
        self.show(&[]).await
    }

    /// The attributes of one resource in state.
    pub async fn resource(&self, address: &str) -> Result<Value> {
        let state = self.show_json().await?;
        let resources = state["values"]["root_module"]["resources"].as_array();
        let resource = resources
            .into_iter()
            .flatten()
            .find(|one| one["address"] == address);
        let resource = resource.with_context(|| format!("{address} is not in state: {state}"))?;
        Ok(resource["values"].clone())
    }

    /// The state file itself, with what only the provider reads; null where there is none.
    pub fn state(&self) -> Result<Value> {
        match fs::read(self.directory.join("terraform.tfstate")) {
            Ok(text) => Ok(serde_json::from_slice(&text)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Value::Null),
            Err(error) => Err(error.into()),
        }
    }

    /// What the plan file of the last [`plan`](Self::plan) holds, which is an archive: its members
    /// by name, as text where they are text.
    #[cfg(feature = "full")]
    pub fn plan_file(&self) -> Result<BTreeMap<String, String>> {
        use std::io::Read as _;

        let file = fs::File::open(self.directory.join(PLAN_FILE))?;
        let mut archive = zip::ZipArchive::new(file).context("the plan file is no archive")?;
        let mut members = BTreeMap::new();
        for place in 0..archive.len() {
            let mut member = archive.by_index(place)?;
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            members.insert(member.name()?.into_owned(), text);
        }
        Ok(members)
    }

    /// Fails unless a plan would change nothing, and says what it would.
    pub async fn assert_empty_plan(&self) -> Result<Run> {
        let run = self.plan_with(&["-detailed-exitcode"]).await?;
        match run.status.code() {
            Some(0) => Ok(run),
            Some(2) => {
                let plan = Plan {
                    json: self.show(&[PLAN_FILE]).await?,
                    run,
                };
                let changes: Vec<String> = plan
                    .changes()
                    .iter()
                    .map(|change| format!("\n  {change}"))
                    .collect();
                bail!(
                    "the plan should have been empty, but would{}",
                    changes.concat()
                )
            }
            _ => bail!("the plan should have been empty, but failed\n{run}"),
        }
    }

    async fn show(&self, arguments: &[&str]) -> Result<Value> {
        let run = self
            .run([&["show", "-json", "-no-color"], arguments].concat())
            .await?
            .ok()?;
        serde_json::from_str(&run.stdout).context("`terraform show` did not print JSON")
    }
}

/// Puts the provider into `plugins` under the name Terraform looks for.
fn link(provider: &Path, plugins: &Path) -> Result<()> {
    let name = format!("terraform-provider-joonto{}", std::env::consts::EXE_SUFFIX);
    let place = plugins.join(name);
    let provider = provider
        .canonicalize()
        .with_context(|| format!("there is no provider at {}", provider.display()))?;
    if place.symlink_metadata().is_ok() {
        fs::remove_file(&place)?;
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(&provider, &place)?;
    #[cfg(not(unix))]
    fs::copy(&provider, &place)?;
    Ok(())
}
