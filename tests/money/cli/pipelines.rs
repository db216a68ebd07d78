//! The pipelines of the guide: their shell steps run as they stand, each in a fresh checkout.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use harness::s3::S3Server;
use harness::{Cli, Project, Result, Run};
use joonto_sandbox::{Fault, FaultKind};
use tempfile::TempDir;
use tools::dist::{Platform, Program, VERSION};

use super::backend::Backend;
use super::bucket::give_up;
use super::{PROVIDER, PROVISION, RESOLVED, Scene, Scenes, committed, numbers_of, plain, until};

/// Where the snippets keep their records. The test's bucket stands in for it.
const DOCUMENTED: &str = "my-terraform-records";

/// Each file, and what its platform sets besides.
const PLATFORMS: [(&str, &[(&str, &str)]); 6] = [
    ("github-actions.yml", &[("CI", "true")]),
    ("gitlab-ci.yml", &[("CI", "true")]),
    (
        "atlantis.yaml",
        &[
            ("ATLANTIS_TERRAFORM_VERSION", "1.15.5"),
            ("PLANFILE", "default.tfplan"),
        ],
    ),
    (
        "hcp-terraform.sh",
        &[
            ("TFC_RUN_ID", "run-1"),
            ("TFC_WORKSPACE_SLUG", "organization/meters"),
        ],
    ),
    ("Jenkinsfile", &[("JENKINS_URL", "https://ci.example.com")]),
    ("buildspec.yml", &[("CODEBUILD_BUILD_ID", "numbers:1")]),
];

/// What a file says: variables with their values as written, and the shell steps in order.
#[derive(Debug, Default)]
struct Snippet {
    variables: BTreeMap<String, String>,
    steps: Vec<String>,
}

impl Snippet {
    fn read(name: &str) -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pipelines");
        let snippet = Self::parse(name, &fs::read_to_string(folder.join(name))?);
        assert!(!snippet.steps.is_empty(), "{name} has no shell step");
        Ok(snippet)
    }

    /// Reads what these files use of their languages, and no more.
    fn parse(name: &str, text: &str) -> Self {
        let mut snippet = Self::default();
        let mut named = None;
        let mut lists_commands = false;
        for line in text.lines().map(str::trim) {
            let step = match name {
                "Jenkinsfile" => line.strip_prefix("sh '").and_then(|s| s.strip_suffix('\'')),
                "hcp-terraform.sh" => line.starts_with("terraform ").then_some(line),
                _ if lists_commands => line.strip_prefix("- "),
                _ => line.strip_prefix("- run: "),
            };
            if let Some(step) = step {
                snippet.steps.push(step.to_owned());
                continue;
            }
            lists_commands = ["script:", "commands:"].contains(&line);
            let line = line.strip_prefix("export ").unwrap_or(line);
            let separator = match name {
                "Jenkinsfile" => " = ",
                "hcp-terraform.sh" => "=",
                _ => ": ",
            };
            let Some((key, value)) = line.split_once(separator) else {
                continue;
            };
            let value = value.trim_matches('\'');
            match key {
                // An `env` step of Atlantis.
                "name" => named = Some(value.to_owned()),
                "value" => {
                    let key = named.take().expect("a name before its value");
                    snippet.variables.insert(key, value.to_owned());
                }
                _ if key.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
                    snippet.variables.insert(key.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        snippet
    }
}

/// Everything that outlives a job.
struct Pipeline {
    name: &'static str,
    snippet: Snippet,
    scene: Scene,
    backend: Backend,
    bucket: S3Server,
    mirror: TempDir,
    /// What only the platform knows: its own variables, secrets, and where the test's API is.
    given: BTreeMap<String, String>,
}

impl Pipeline {
    async fn new(name: &'static str, of_platform: &[(&str, &str)]) -> Result<Self> {
        let (scene, backend) = (Scene::new("").await?, Backend::start().await?);
        let bucket = S3Server::start().await?;
        let credentials = scene.sandbox.credentials();
        let mut given = bucket.env();
        given.extend(
            [
                ("JOONTO_BASE_URL", scene.sandbox.base_url()),
                ("JOONTO_ACCOUNT_KEY", credentials.account_key),
                ("JOONTO_ACCOUNT_SECRET", credentials.account_secret),
                ("JOONTO_MAX_REQUESTS_PER_MINUTE", "0".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        given.extend(
            of_platform
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        Ok(Self {
            name,
            snippet: Snippet::read(name)?,
            scene,
            backend,
            bucket,
            mirror: mirror()?,
            given,
        })
    }

    /// A fresh checkout on a fresh disk, with the variables of the job.
    fn checkout(&self, pasted: &str) -> Result<Project> {
        let mut project = Project::with_mirror(&Cli::find()?, self.mirror.path())?;
        project.main(&plain("n", ""))?;
        let address = self.backend.url("meters");
        project.write(
            "backend.tf",
            &format!("terraform {{\n  backend \"http\" {{\n    address = {address:?}\n  }}\n}}\n"),
        )?;
        for (name, value) in &self.given {
            project.env(name, value);
        }
        for (name, value) in &self.snippet.variables {
            let is_secret = value.contains("secrets.")
                || value.starts_with("credentials(")
                || value.starts_with("joonto:");
            if value.contains("inputs.resolved") {
                project.env(name, pasted);
            } else if is_secret {
                assert!(self.given.contains_key(name), "no secret {name}");
            } else {
                assert!(!value.contains("${{"), "{name}: {value}");
                project.env(name, value.replace(DOCUMENTED, self.bucket.bucket()));
            }
        }
        Ok(project)
    }

    /// Runs the steps until one fails. Each is a shell of its own.
    async fn run(&self, project: &Project) -> Result<Run> {
        let mut last = None;
        for step in &self.snippet.steps {
            let run = project.start_script(step)?.wait().await?;
            let has_failed = !run.status.success();
            last = Some(run);
            if has_failed {
                break;
            }
        }
        Ok(last.expect("a step"))
    }

    /// One number was sold, the state holds it, nothing is to do, and no record is left.
    async fn assert_settled(self) -> Result<()> {
        let name = self.name;
        assert_eq!(
            (self.scene.posts(), self.scene.ours().len()),
            (1, 1),
            "{name}"
        );
        assert_eq!(numbers_of(&self.backend.state("meters")), self.scene.ours());
        let fresh = self.checkout("")?;
        fresh.init().await?.ok()?;
        fresh.assert_empty_plan().await?;
        assert_eq!(self.bucket.objects().await?, [""; 0], "{name}");
        self.scene.end().await
    }
}

/// A directory from which `terraform init` installs the provider.
fn mirror() -> Result<TempDir> {
    let mirror = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let platform = Platform::host()?;
    for host in ["registry.terraform.io", "registry.opentofu.org"] {
        let package = format!("{host}/joonto/joonto/{VERSION}/{platform}");
        let package = mirror.path().join(package);
        fs::create_dir_all(&package)?;
        let program = package.join(Program::Provider.file_name(platform));
        if fs::hard_link(PROVIDER, &program).is_err() {
            fs::copy(PROVIDER, &program)?;
        }
    }
    Ok(mirror)
}

#[test]
fn every_file_is_run() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pipelines");
    let found = super::sorted(fs::read_dir(folder)?.map(|entry| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("a name in UTF-8")
    }));
    let run = super::sorted(PLATFORMS.iter().map(|(name, _)| (*name).to_owned()));
    assert_eq!(found, run);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_steps_of_every_pipeline_buy_one_number() {
    let mut scenes = Scenes::default();
    for (name, of_platform) in PLATFORMS {
        scenes.add(name, async move {
            let pipeline = Pipeline::new(name, of_platform).await?;
            let job = pipeline.checkout("")?;
            pipeline.run(&job).await?.ok()?;
            // The next plan closes it.
            let records = pipeline.bucket.objects().await?;
            assert_eq!(records.len(), 1, "{name}: {records:?}");
            pipeline.assert_settled().await
        });
    }
    scenes.play_at_once(2).await;
}

// C28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_was_killed_is_run_again_with_the_line_that_it_printed() -> Result<()> {
    let (name, of_platform) = PLATFORMS[0];
    let pipeline = Pipeline::new(name, of_platform).await?;
    let (scene, steps) = (&pipeline.scene, &pipeline.snippet.steps);
    let hold = Fault::on(PROVISION).after_commit(FaultKind::Hold);
    scene.sandbox.fault(hold);
    let gone = pipeline.checkout("")?;
    let (apply, before) = steps.split_last().expect("a step");
    for step in before {
        gone.start_script(step)?.wait().await?.ok()?;
    }
    let running = gone.start_script(apply)?;
    until(|| committed(1)(&scene.sandbox.ledger())).await;
    running.kill_all().await?;
    drop(gone);
    scene.sandbox.clear_faults();
    scene.sandbox.release();
    super::complete(scene);
    assert_eq!(give_up(&pipeline.bucket).await?, 1);
    let bought = scene.ours();

    // Run again as it is, it stops and prints the line.
    let again = pipeline.checkout("")?;
    let stopped = pipeline.run(&again).await?.failed()?;
    assert!(stopped.says("Code: JN111."), "{stopped}");
    let printed = [stopped.stdout.as_str(), &stopped.stderr].concat();
    let opening = format!("{RESOLVED}=\"");
    let mut lines = printed.split(&opening).skip(1);
    let pasted = lines
        .find_map(|rest| rest.split_once('"').map(|(line, _)| line))
        .expect("a line");
    assert!(pasted.ends_with(&format!("={}", bought[0])), "{stopped}");
    assert_eq!(scene.posts(), 1);

    // The page says where to put it.
    let resumed = pipeline.checkout(pasted)?;
    let run = pipeline.run(&resumed).await?.ok()?;
    assert!(run.says("Code: JN121."), "{run}");
    pipeline.assert_settled().await
}
