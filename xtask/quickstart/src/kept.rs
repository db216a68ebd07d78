//! A sandbox that outlives the command, and the way to use it by hand.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use harness::{Cli, Project};
use tokio::process::{Child, Command};

const LOG: &str = "sandbox.log";
const PROCESS: &str = "sandbox.pid";

/// The sandbox as a process of its own. Dropped before [`leave`](Self::leave), it is ended.
pub(crate) struct KeptSandbox {
    child: Child,
    directory: PathBuf,
    /// The provider's environment.
    pub(crate) variables: BTreeMap<String, String>,
    /// The address of its control page.
    pub(crate) control: String,
}

impl KeptSandbox {
    /// Starts `program` and waits until it says where it listens.
    pub(crate) async fn start(program: &Path, directory: &Path) -> Result<Self> {
        let log = directory.join(LOG);
        let mut command = Command::new(program);
        command
            .args(["--port", "0", "--state"])
            .arg(directory.join("sandbox.json"))
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .kill_on_drop(true);
        // The terminal's Ctrl-C is for the command, not for what stays.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().context("cannot start the sandbox")?;

        let begin = Instant::now();
        loop {
            let text = fs::read_to_string(&log)?;
            let variables = variables_in(&text);
            if variables.len() == 3 {
                let control = after(&text, "Control:").unwrap_or_default().to_owned();
                return Ok(Self {
                    child,
                    directory: directory.to_owned(),
                    variables,
                    control,
                });
            }
            if let Some(status) = child.try_wait()? {
                bail!("the sandbox ended at once ({status}):\n{text}");
            }
            if begin.elapsed() > Duration::from_secs(10) {
                bail!("the sandbox does not say where it listens:\n{text}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets it run on, and notes which process it is.
    pub(crate) fn leave(self) -> Result<()> {
        let id = self.child.id().context("the sandbox has ended")?;
        fs::write(self.directory.join(PROCESS), format!("{id}\n"))?;
        // Not dropped: that would end it.
        std::mem::forget(self.child);
        Ok(())
    }
}

/// The command that stops the sandbox of `directory` and clears it away.
pub(crate) fn how_to_stop(directory: &Path) -> String {
    let id = fs::read_to_string(directory.join(PROCESS)).unwrap_or_default();
    match (cfg!(windows), id.trim()) {
        (true, id) => format!(
            "taskkill /f /pid {id} & rmdir /s /q {}",
            directory.display()
        ),
        (false, "") => format!("rm -r {}", directory.display()),
        (false, id) => format!("kill {id}; rm -r {}", directory.display()),
    }
}

/// Writes a command that is Terraform with everything set, and says how to type it.
pub(crate) fn write_wrapper(
    cli: &Cli,
    project: &Project,
    variables: &BTreeMap<String, String>,
) -> Result<&'static str> {
    let config = project.cli_config().display().to_string();
    let fixed = [
        ("TF_CLI_CONFIG_FILE", config.as_str()),
        ("CHECKPOINT_DISABLE", "1"),
    ];
    let variables = variables.iter().map(|(name, value)| (&**name, &**value));
    let mut text = match cfg!(windows) {
        true => String::new(),
        false => "#!/bin/sh\n# Terraform with this provider, against this sandbox.\n".to_owned(),
    };
    for (name, value) in fixed.into_iter().chain(variables) {
        text += &match cfg!(windows) {
            true => format!("@set \"{name}={value}\"\r\n"),
            false => format!("export {name}={}\n", quoted(value)),
        };
    }
    let words = cli.words().into_iter();
    let words: Vec<String> = words.map(|word| quoted(&word.to_string_lossy())).collect();
    let words = words.join(" ");
    if cfg!(windows) {
        project.write("tf.cmd", &format!("{text}@{words} %*\r\n"))?;
        return Ok("tf");
    }
    project.write("tf", &format!("{text}exec {words} \"$@\"\n"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(project.path().join("tf"), fs::Permissions::from_mode(0o755))?;
    }
    Ok("./tf")
}

/// A word as the shell takes it.
fn quoted(text: &str) -> String {
    match cfg!(windows) {
        true => format!("\"{text}\""),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// The `export NAME=VALUE` lines in what the sandbox prints.
fn variables_in(text: &str) -> BTreeMap<String, String> {
    // Only whole lines: the last one may still be on its way.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter_map(|line| line.strip_prefix("export ")?.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(label))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sandbox_prints_is_understood_line_by_line() {
        let text =
            "API:     http://127.0.0.1:1\nControl: http://127.0.0.1:2\n\nexport A=1\nexport B=";
        let expected = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        assert_eq!(variables_in(text), expected);
        assert_eq!(after(text, "Control:"), Some("http://127.0.0.1:2"));
    }
}
