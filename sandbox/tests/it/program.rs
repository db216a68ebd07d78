//! The program: what it prints, and what it keeps.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::*;

/// The running program and what it printed first.
struct Program {
    process: Child,
    printed: Vec<String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_joonto-sandbox"))
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut printed = Vec::new();
        for line in output.lines() {
            let line = line.unwrap();
            let last = line.starts_with("Ctrl-C");
            printed.push(line);
            if last {
                break;
            }
        }
        Self { process, printed }
    }

    fn value(&self, name: &str) -> String {
        let line = self.printed.iter().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in {:?}", self.printed))
            .trim()
            .to_owned()
    }

    async fn inventory(&self) -> Value {
        let base = self.value("export JOONTO_BASE_URL=");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let ask = json!({
            "AccountKey": self.value("export JOONTO_ACCOUNT_KEY="),
            "AccountSecret": self.value("export JOONTO_ACCOUNT_SECRET="),
            "ApiEndpoint": format!("{base}{INVENTORY}"),
        });
        let (_, token) = finish(
            http.post(format!("{base}{TOKENS}"))
                .json(&ask)
                .send()
                .await
                .unwrap(),
        )
        .await;
        let read = http
            .get(format!("{base}{INVENTORY}"))
            .bearer_auth(token["token"].as_str().unwrap());
        let (status, response) = finish(read.send().await.unwrap()).await;
        assert_eq!(status, 200, "{response}");
        response
    }

    /// Asks it to end, as a shell or a service manager would, and sees that it does.
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing else runs on this thread"
    )]
    fn end(mut self) {
        assert!(
            Command::new("kill")
                .arg(self.process.id().to_string())
                .status()
                .unwrap()
                .success()
        );
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            if let Some(status) = self.process.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it did not end");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn it_prints_what_a_client_needs_and_keeps_its_state() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("state.json");
    let state = file.to_str().unwrap();
    let program = Program::start(&["--fleet", "120", "--state", state, "--page-size", "7"]);
    let response = program.inventory().await;
    assert_eq!(
        (
            &response["TotalResults"],
            response["PhoneNumbers"].as_array().unwrap().len()
        ),
        (&json!(120), 7)
    );
    assert!(program.value("Control:").starts_with("http://127.0.0.1:"));
    program.end();
    assert!(Path::new(state).is_file());
    let again = Program::start(&["--state", state]);
    assert_eq!(again.inventory().await["TotalResults"], 120);
    again.end();
}

#[tokio::test]
async fn it_limits_requests_unless_switched_off() {
    for (arguments, expected) in [
        (vec![], Some(50)),
        (vec!["--limit", "0"], None),
        (vec!["--limit", "7"], Some(7)),
    ] {
        let program = Program::start(&arguments);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/switches", program.value("Control:"));
        let switches: Value = http.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(switches["limit"], json!(expected));
    }
}

#[test]
fn chaos_prints_its_seed_and_takes_it_back() {
    let program = Program::start(&["--chaos", "30"]);
    let line = program.value("Chaos:");
    let seed = line.rsplit(' ').next().unwrap().to_owned();
    assert_eq!(
        line,
        format!("30 % of calls; replay with --chaos 30 --chaos-seed {seed}")
    );
    let again = Program::start(&["--chaos", "30", "--chaos-seed", &seed]);
    assert_eq!(again.value("Chaos:"), line);
}

#[test]
fn it_prints_the_contract() {
    let program = Command::new(env!("CARGO_BIN_EXE_joonto-sandbox"))
        .arg("--print-contract")
        .output()
        .unwrap();
    let printed: Value = serde_json::from_slice(&program.stdout).unwrap();
    assert_eq!(printed, joonto_sandbox::contract());
}
