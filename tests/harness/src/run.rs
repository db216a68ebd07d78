//! One run of the command line, under way and over, and what it had to say.

use std::fmt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A command that was started. Dropped, it takes all it started down with it.
#[derive(Debug)]
pub struct Running {
    words: String,
    child: Child,
    group: Option<Group>,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
    limit: Duration,
}

impl Running {
    pub(crate) fn start(
        command: std::process::Command,
        words: String,
        limit: Duration,
    ) -> Result<Self> {
        let mut command = Command::from(command);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A group of its own, so that whatever it starts in turn can be ended with it.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start `{words}`"))?;
        let group = Group::of(&child);
        let stdout = read(child.stdout.take());
        let stderr = read(child.stderr.take());
        Ok(Self {
            words,
            child,
            group,
            stdout,
            stderr,
            limit,
        })
    }

    /// Sends a signal to it and to all it has started, as Ctrl-C and service managers do.
    #[cfg(all(unix, feature = "full"))]
    pub fn signal_all(&self, signal: crate::host::Signal) -> Result<()> {
        let group = self.group.as_ref().context("it is over")?.0;
        rustix::process::kill_process_group(group, signal.into())?;
        Ok(())
    }

    /// Interrupts it, as Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) -> Result<()> {
        let process = self.group.as_ref().context("it is over")?.0;
        rustix::process::kill_process(process, rustix::process::Signal::INT)?;
        Ok(())
    }

    /// Kills it and all it has started, as a machine that is taken away does.
    pub async fn kill_all(mut self) -> Result<()> {
        self.group.take().context("it is over")?.end();
        // Where there are no groups, and elsewhere without effect.
        let _ = self.child.start_kill();
        self.child.wait().await?;
        Ok(())
    }

    /// The id of the process, which is also that of its group.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends it where it stands, without a chance to clean up. Its plugins are left to notice.
    pub fn kill(&mut self) -> Result<()> {
        self.child.start_kill().context("it is over")
    }

    /// Waits for its end; an error where that does not come in time.
    pub async fn wait(mut self) -> Result<Run> {
        let Ok(status) = timeout(self.limit, self.child.wait()).await else {
            bail!(
                "`{}` was not done after {:?}, and was ended",
                self.words,
                self.limit
            );
        };
        let status = status?;
        // A plugin that outlives it may hold the streams open for a moment.
        let rest = async { anyhow::Ok(((&mut self.stdout).await?, (&mut self.stderr).await?)) };
        let (stdout, stderr) =
            timeout(Duration::from_secs(10), rest)
                .await
                .with_context(|| {
                    format!("something `{}` started holds its output open", self.words)
                })??;
        self.group = None;
        Ok(Run::new(
            std::mem::take(&mut self.words),
            status,
            stdout,
            stderr,
        ))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group.take() {
            group.end();
        }
    }
}

/// The processes a command consists of.
#[derive(Debug)]
struct Group(#[cfg(unix)] rustix::process::Pid);

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Option<Self> {
        rustix::process::Pid::from_raw(child.id()?.try_into().ok()?).map(Self)
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Option<Self> {
        Some(Self())
    }

    fn end(self) {
        // That it may be over already is no problem.
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(self.0, rustix::process::Signal::KILL);
    }
}

fn read(stream: Option<impl tokio::io::AsyncRead + Send + Unpin + 'static>) -> JoinHandle<String> {
    tokio::spawn(async move {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What came before a broken pipe is still worth showing.
            let _ = stream.read_to_end(&mut bytes).await;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A run that is over.
#[derive(Debug)]
pub struct Run {
    /// What was typed.
    pub words: String,
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// The JSON messages on its standard output, where it writes such.
    pub messages: Vec<Value>,
    /// The errors and warnings among them, without Terraform's own about development overrides.
    pub diagnostics: Vec<Diagnostic>,
}

impl Run {
    fn new(words: String, status: ExitStatus, stdout: String, stderr: String) -> Self {
        let messages: Vec<Value> = match serde_json::from_str(&stdout) {
            Ok(whole) => vec![whole],
            Err(_) => stdout
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .collect(),
        };
        let diagnostics = messages
            .iter()
            .flat_map(|message| match message["diagnostics"].as_array() {
                Some(list) => list.iter().collect(),
                None => vec![&message["diagnostic"]],
            })
            .filter_map(|diagnostic| Diagnostic::deserialize(diagnostic).ok())
            .filter(|diagnostic| !diagnostic.is_about_overrides())
            .collect();
        Self {
            words,
            status,
            stdout,
            stderr,
            messages,
            diagnostics,
        }
    }

    /// Expects success.
    pub fn ok(self) -> Result<Self> {
        if !self.status.success() {
            bail!("it should have succeeded\n{self}");
        }
        Ok(self)
    }

    /// Expects success without a word of warning.
    pub fn quiet(self) -> Result<Self> {
        let run = self.ok()?;
        if !run.diagnostics.is_empty() {
            bail!("there should have been no warning\n{run}");
        }
        Ok(run)
    }

    /// Expects failure.
    pub fn failed(self) -> Result<Self> {
        if self.status.success() {
            bail!("it should have failed\n{self}");
        }
        Ok(self)
    }

    /// Its errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Its warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Warning)
    }

    /// Expects exactly one error, and hands it over.
    pub fn error(&self) -> Result<&Diagnostic> {
        one(self.errors()).with_context(|| format!("there should have been one error\n{self}"))
    }

    /// Expects exactly one warning, and hands it over.
    pub fn warning(&self) -> Result<&Diagnostic> {
        one(self.warnings()).with_context(|| format!("there should have been one warning\n{self}"))
    }

    /// Whether `text` stands anywhere in what it said, however that was broken into lines.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        let wanted = unwrapped(text);
        let spoken = self.diagnostics.iter().map(Diagnostic::to_string);
        [self.stdout.clone(), self.stderr.clone()]
            .into_iter()
            .chain(spoken)
            .any(|said| unwrapped(&said).contains(&wanted))
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}`: {}", self.words, self.status)?;
        for diagnostic in &self.diagnostics {
            writeln!(f, "{diagnostic}")?;
        }
        if self.diagnostics.is_empty() && !self.stdout.is_empty() {
            writeln!(f, "standard output:\n{}", self.stdout.trim_end())?;
        }
        if !self.stderr.is_empty() {
            writeln!(f, "standard error:\n{}", self.stderr.trim_end())?;
        }
        Ok(())
    }
}

fn one<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

/// A text in one line, without the frame Terraform draws beside its diagnostics.
fn unwrapped(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| !matches!(*word, "│" | "╷" | "╵"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The command fails.
    Error,
    /// It goes on.
    Warning,
}

/// An error or a warning.
#[derive(Clone, Debug, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The headline.
    pub summary: String,
    /// The explanation.
    #[serde(default)]
    pub detail: String,
    /// The resource it is about.
    pub address: Option<String>,
    pub(crate) snippet: Option<Snippet>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Snippet {
    pub(crate) code: String,
}

impl Diagnostic {
    /// Whether `text` stands in it, however that is broken into lines.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        unwrapped(&format!("{}\n{}", self.summary, self.detail)).contains(&unwrapped(text))
    }

    fn is_about_overrides(&self) -> bool {
        self.severity == Severity::Warning
            && self.summary == "Provider development overrides are in effect"
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        write!(f, "{severity}: {}", self.summary)?;
        if let Some(address) = &self.address {
            write!(f, "\n  with {address}")?;
        }
        if let Some(line) = self.line() {
            write!(f, "\n  at `{line}`")?;
        }
        if !self.detail.is_empty() {
            write!(f, "\n  {}", self.detail.replace('\n', "\n  "))?;
        }
        Ok(())
    }
}

/// A plan that succeeded.
#[derive(Debug)]
pub struct Plan {
    /// The run that made it.
    pub run: Run,
    /// The plan, as `terraform show -json` tells it.
    pub json: Value,
}

impl Plan {
    /// What it would do.
    #[must_use]
    pub fn changes(&self) -> Vec<PlannedChange> {
        self.list("resource_changes")
            .filter(|change| change.actions != ["no-op"])
            .collect()
    }

    /// What has changed behind Terraform's back.
    #[must_use]
    pub fn drift(&self) -> Vec<PlannedChange> {
        self.list("resource_drift").collect()
    }

    fn list(&self, name: &str) -> impl Iterator<Item = PlannedChange> {
        self.json[name]
            .as_array()
            .into_iter()
            .flatten()
            .map(PlannedChange::from_json)
    }
}

/// What a plan does to one resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlannedChange {
    /// Which resource.
    pub address: String,
    /// `["create"]`, `["update"]`, `["delete", "create"]`, ...
    pub actions: Vec<String>,
    /// The attributes whose value changes, or is known after apply only.
    pub attributes: Vec<String>,
}

impl PlannedChange {
    fn from_json(change: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let change_of = &change["change"];
        let (before, after) = (&change_of["before"], &change_of["after"]);
        let unknown = &change_of["after_unknown"];
        let names = [before, after, unknown].map(|value| value.as_object().into_iter());
        let mut attributes: Vec<String> = names
            .into_iter()
            .flatten()
            .flat_map(|object| object.keys().cloned())
            .filter(|name| before[name] != after[name] || is_unknown(&unknown[name]))
            .collect();
        attributes.sort();
        attributes.dedup();
        let actions = change_of["actions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        Self {
            address: text(&change["address"]),
            actions,
            attributes,
        }
    }
}

/// `after_unknown` tells `true` for what is unknown, in the shape of the value.
fn is_unknown(value: &Value) -> bool {
    match value {
        Value::Bool(unknown) => *unknown,
        Value::Array(items) => items.iter().any(is_unknown),
        Value::Object(fields) => fields.values().any(is_unknown),
        _ => false,
    }
}

impl fmt::Display for PlannedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions = self.actions.join(", then ");
        write!(
            f,
            "{actions} {}: {}",
            self.address,
            self.attributes.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn over(stdout: &str) -> Run {
        Run::new(
            "terraform".to_owned(),
            ExitStatus::default(),
            stdout.to_owned(),
            String::new(),
        )
    }

    #[test]
    fn diagnostics_are_found_in_one_document_and_in_a_stream_of_messages() {
        let diagnostic = json!({
            "severity": "error",
            "summary": "No such number",
            "detail": "It is\ngone.",
            "address": "joonto_number.a",
            "snippet": { "code": "  iccid = \"8901\"", "context": null },
        });
        let whole = json!({ "valid": false, "diagnostics": [diagnostic] });
        let stream = format!(
            "{}\n{}\n",
            json!({ "type": "version" }),
            json!({ "type": "diagnostic", "diagnostic": diagnostic }),
        );
        for text in [serde_json::to_string_pretty(&whole).expect("JSON"), stream] {
            let run = over(&text);
            let error = run.error().expect("one error");
            assert!(error.points_at("iccid") && !error.points_at("icc"));
            assert!(run.says("is gone."));
        }
    }

    #[test]
    fn the_warning_that_every_test_would_give_is_left_out() {
        let run = over(
            &json!({ "diagnostics": [{
                "severity": "warning",
                "summary": "Provider development overrides are in effect",
                "detail": "...",
            }]})
            .to_string(),
        );
        assert!(run.quiet().is_ok());
    }

    #[test]
    fn a_change_names_the_attributes_that_change() {
        let change = PlannedChange::from_json(&json!({
            "address": "joonto_number.a",
            "change": {
                "actions": ["update"],
                "before": { "same": 1, "other": 1, "gone": 1, "block": { "a": 1 } },
                "after": { "same": 1, "other": 2, "block": {} },
                "after_unknown": { "new": true, "same": false, "block": { "a": true } },
            },
        }));
        assert_eq!(change.attributes, ["block", "gone", "new", "other"]);
        assert_eq!(change.actions, ["update"]);
    }

    #[test]
    fn terraforms_frame_does_not_hide_a_sentence() {
        let run = over("╷\n│ Error: it is not\n│ there\n╵\n");
        assert!(run.says("it is not there"));
    }
}
