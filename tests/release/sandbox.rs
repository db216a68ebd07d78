//! The sandbox as its users get it: unpacked, started, and tested against with the released
//! provider. The files are those of the guide *The sandbox*.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use harness::{Cli, Project, Result};
use joonto_sandbox::Ledger;
use serde_json::Value;
use tools::dist::{Platform, Program};

use crate::mirror::{Mirror, released};

const CONFIG: &str = include_str!("../../examples/sandbox/number.tf");
const TEST: &str = include_str!("../../examples/sandbox/number.tftest.hcl");
const FAULTS: &str = include_str!("../../examples/sandbox/faults.sh");
const CONTAINER: &str = include_str!("../../examples/sandbox/Containerfile");

/// A directory with the page's configuration and its test, the unpacked sandbox, and the provider
/// in a mirror.
struct Page {
    project: Project,
    sandbox: PathBuf,
    _mirror: Mirror,
}

impl Page {
    fn new() -> Result<Self> {
        let platform = Platform::host()?;
        let mirror = Mirror::new(&released(Program::Provider)?.archive(platform))?;
        let project = Project::with_mirror(&Cli::find()?, mirror.path())?;
        project
            .write("versions.tf", "")?
            .main(CONFIG)?
            .write("number.tftest.hcl", TEST)?;
        unpack(
            &released(Program::Sandbox)?.archive(platform),
            project.path(),
        )?;
        let sandbox = project.path().join(Program::Sandbox.file_name(platform));
        Ok(Self {
            project,
            sandbox,
            _mirror: mirror,
        })
    }
}

/// Unpacks an archive with the modes of its files, as `unzip` does.
fn unpack(archive: &Path, directory: &Path) -> Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(archive)?)?;
    for index in 0..archive.len() {
        let mut packed = archive.by_index(index)?;
        let place = directory.join(packed.name()?.as_ref());
        io::copy(&mut packed, &mut File::create(&place)?)?;
        #[cfg(unix)]
        if let Some(mode) = packed.unix_mode() {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

/// The running sandbox, and what it printed. It ends with this.
struct Running {
    process: Child,
    printed: Vec<String>,
}

impl Running {
    fn start(program: &Path, arguments: &[String]) -> Result<Self> {
        let mut process = Command::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(process.stdout.take().expect("piped"));
        let mut running = Self {
            process,
            printed: Vec::new(),
        };
        for line in output.lines() {
            running.printed.push(line?);
            if running
                .printed
                .last()
                .is_some_and(|l| l.starts_with("Ctrl-C"))
            {
                break;
            }
        }
        Ok(running)
    }

    fn value(&self, name: &str) -> &str {
        let line = self.printed.iter().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in {:?}", self.printed))
            .trim()
    }

    async fn ledger(&self) -> Result<Ledger> {
        let ledger = http().get(format!("{}/ledger", self.value("Control:")));
        Ok(ledger.send().await?.error_for_status()?.json().await?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn http() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy().build();
    client.expect("a client")
}

/// The arguments that the container's recipe gives, but on this machine and on any port.
fn container_arguments() -> Result<Vec<String>> {
    let entry = CONTAINER
        .lines()
        .find_map(|line| line.strip_prefix("ENTRYPOINT "));
    let words: Vec<String> = serde_json::from_str(entry.expect("an entry point"))?;
    assert_eq!(words[0], format!("/{}", Program::Sandbox.name()));
    let mut arguments = words[1..].to_vec();
    let given: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert_eq!(given, ["--address", "0.0.0.0", "--control-port", "8391"]);
    arguments[1] = "127.0.0.1".to_owned();
    arguments[3] = "0".to_owned();
    arguments.extend(["--port", "0"].map(str::to_owned));
    Ok(arguments)
}

#[tokio::test]
async fn the_released_sandbox_serves_the_test_of_its_page() -> Result<()> {
    let mut page = Page::new()?;
    let sandbox = Running::start(&page.sandbox, &container_arguments()?)?;
    for name in [
        "JOONTO_BASE_URL",
        "JOONTO_ACCOUNT_KEY",
        "JOONTO_ACCOUNT_SECRET",
    ] {
        let value = sandbox.value(&format!("export {name}="));
        page.project.env(name, value);
    }
    page.project.init().await?.ok()?;
    let tested = page.project.run(["test", "-no-color"]).await?.ok()?;
    assert!(tested.says("2 passed, 0 failed"), "{tested}");
    let ledger = sandbox.ledger().await?;
    assert_eq!(ledger.purchases().len(), 1);
    assert_eq!(ledger.changes_of("update").len(), 1);
    assert_eq!(ledger.changes_of("cancel").len(), 1);
    assert!(ledger.violations().is_empty(), "{:#?}", ledger.violations());

    // The page's fault: the number is bought, and the create stops.
    let (_, body) = FAULTS.split_once("-d '").expect("a body");
    let body: Value = serde_json::from_str(body.trim_end().trim_end_matches('\''))?;
    let faults = http().post(format!("{}/faults", sandbox.value("Control:")));
    faults.json(&body).send().await?.error_for_status()?;
    let stopped = page.project.apply().await?.failed()?;
    assert!(stopped.says("JN110"), "{stopped}");
    assert_eq!(sandbox.ledger().await?.purchases().len(), 2);
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn the_script_of_the_page_starts_and_ends_its_own_sandbox() -> Result<()> {
    const SCRIPT: &str = include_str!("../../examples/sandbox/test.sh");
    let mut page = Page::new()?;
    // As in a pipeline, where purchases from the real service need a place for their records.
    page.project.env("CI", "true");
    let tested = page.project.start_script(SCRIPT)?.wait().await?.ok()?;
    assert!(tested.says("2 passed, 0 failed"), "{tested}");
    let printed = std::fs::read_to_string(page.project.path().join("sandbox.log"))?;
    let control = printed
        .lines()
        .find_map(|line| line.strip_prefix("Control:"));
    let ended = http().get(control.expect("an address").trim()).send().await;
    assert!(ended.expect_err("it has ended").is_connect());
    Ok(())
}
