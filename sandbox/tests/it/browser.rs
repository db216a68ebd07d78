//! The control page in a real browser, driven over Chromium's debugging pipe: what a person sees, and what a click does.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::pipe;

use crate::client::*;

const PATIENCE: Duration = Duration::from_secs(60);

struct Browser {
    process: Child,
    commands: pipe::Sender,
    answers: pipe::Receiver,
    unread: Vec<u8>,
    session: Option<String>,
    next: u64,
    _directory: tempfile::TempDir,
}

impl Browser {
    async fn start(program: PathBuf) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (commands, answers) = (
            directory.path().join("commands"),
            directory.path().join("answers"),
        );
        assert!(
            Command::new("mkfifo")
                .args([&commands, &answers])
                .status()
                .unwrap()
                .success()
        );
        // Opened for both directions, so that neither side waits for the other to open its end.
        let open = || {
            let mut options = pipe::OpenOptions::new();
            options.read_write(true);
            options
        };
        let process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$COMMANDS\" 4>\"$ANSWERS\""])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .arg(format!(
                "--user-data-dir={}",
                directory.path().join("profile").display()
            ))
            .arg("--remote-debugging-pipe")
            .env("COMMANDS", &commands)
            .env("ANSWERS", &answers)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            process,
            commands: open().open_sender(&commands).unwrap(),
            answers: open().open_receiver(&answers).unwrap(),
            unread: Vec::new(),
            session: None,
            next: 0,
            _directory: directory,
        }
    }

    /// Sends a command and waits for its answer; events that come meanwhile are dropped.
    async fn command(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.commands.write_all(&bytes).await.unwrap();
        loop {
            let answer = tokio::time::timeout(PATIENCE, self.message())
                .await
                .expect("the browser answers");
            if answer["id"] == self.next {
                return answer["result"].clone();
            }
        }
    }

    async fn message(&mut self) -> Value {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == 0) {
                let message: Vec<u8> = self.unread.drain(..=end).collect();
                return serde_json::from_slice(&message[..end]).unwrap();
            }
            self.answers.read_buf(&mut self.unread).await.unwrap();
        }
    }

    async fn open(&mut self, url: &str) {
        let target = self
            .command("Target.createTarget", json!({ "url": url }))
            .await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.command("Target.attachToTarget", attach).await;
        self.session = Some(session["sessionId"].as_str().unwrap().to_owned());
    }

    async fn evaluate(&mut self, script: &str) -> Value {
        let result = self
            .command(
                "Runtime.evaluate",
                json!({ "expression": script, "returnByValue": true }),
            )
            .await;
        result["result"]["value"].clone()
    }

    /// Waits until the page shows a text, through as many of its own reloads as it takes.
    async fn wait_for(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let seen = self
                .evaluate("document.body ? document.body.innerText : ''")
                .await;
            if seen.as_str().is_some_and(|seen| seen.contains(text)) {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{text} never appeared in: {seen}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Presses the button of that name in the row of that number, as soon as the page has it.
    async fn click(&mut self, number: &str, button: &str) {
        let script = format!(
            "(() => {{
                const rows = [...document.querySelectorAll('#numbers tr')];
                const row = rows.find(row => row.innerText.includes('{number}'));
                const button = row && row.querySelector('form[action$=\"/{button}\"] button');
                if (button) button.click();
                return !!button;
            }})()"
        );
        let start = Instant::now();
        while self.evaluate(&script).await != true {
            assert!(
                start.elapsed() < PATIENCE,
                "no button {button} for {number}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|file| file.is_file())
}

#[tokio::test]
async fn the_control_page_in_a_real_browser() {
    let Some(program) = on_path("chromium") else {
        loudly(
            "\n*** NOT RUN: there is no `chromium` on PATH, so nobody has looked at the control page. ***\n",
        );
        return;
    };
    let (sandbox, client) = fresh().await;
    let (one, two, three) = (
        client.buy_number().await,
        client.buy_number().await,
        client.buy_number().await,
    );
    let mut browser = Browser::start(program).await;
    browser.open(&sandbox.control_url()).await;
    for text in [
        "Joonto sandbox",
        "Numbers (3)",
        &one,
        &two,
        &three,
        PROVISION,
    ] {
        browser.wait_for(text).await;
    }

    let four = client.buy_number().await;
    browser.wait_for(&four).await;
    browser.wait_for("Numbers (4)").await;

    browser.click(&one, "cancel").await;
    browser.wait_for("cancelled").await;
    assert_eq!(client.details(&one).await.1["Status"], "Cancelled");
    browser.click(&two, "park").await;
    browser.wait_for("parked").await;
    assert_eq!(client.details(&two).await.1["Status"], "Parked");
    browser.click(&three, "steal").await;
    browser.wait_for("another").await;
    assert_envelope(&client.details(&three).await, 404);
    assert_eq!(sandbox.ledger().owned(client.key()), [two, four]);
}
