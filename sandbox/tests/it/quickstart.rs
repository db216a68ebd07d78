//! The transcript in the README, run as it stands.

use std::process::Stdio;

use joonto_sandbox::Sandbox;
use tokio::io::AsyncWriteExt as _;

use crate::client::*;

const README: &str = include_str!("../../README.md");
/// Printed after each command, so that outputs can be distinguished.
const MARK: &str = "-- end of command --";

/// A command of the transcript and what the README says it prints.
struct TranscriptStep {
    command: String,
    output: Vec<String>,
}

fn transcript() -> Vec<TranscriptStep> {
    let mut steps: Vec<TranscriptStep> = Vec::new();
    let mut inside = false;
    for line in README.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (
                line.strip_prefix("$ "),
                line.strip_prefix("> "),
                line,
                steps.last_mut(),
            ) {
                (Some(command), ..) => steps.push(TranscriptStep {
                    command: command.into(),
                    output: Vec::new(),
                }),
                (_, Some(more), _, Some(step)) => step.command.push_str(&format!("\n{more}")),
                (_, _, output, Some(step)) => step.output.push(output.into()),
                _ => panic!("output before any command: {line}"),
            },
        }
    }
    steps
}

/// Compares a line with one of the README, where `…` stands for anything.
fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn check(steps: &[TranscriptStep], outputs: &[Vec<String>]) {
    assert_eq!(steps.len(), outputs.len(), "{outputs:?}");
    for (step, output) in steps.iter().zip(outputs) {
        let same = step.output.len() == output.len()
            && step
                .output
                .iter()
                .zip(output)
                .all(|(pattern, line)| fits(pattern, line));
        let (expected, got) = (step.output.join("\n"), output.join("\n"));
        assert!(
            same,
            "$ {}\nREADME: {expected}\n   now: {got}",
            step.command
        );
    }
}

async fn in_a_shell(sandbox: &Sandbox, steps: &[TranscriptStep]) -> Vec<Vec<String>> {
    let credentials = sandbox.credentials();
    let mut shell = tokio::process::Command::new("sh")
        .arg("-s")
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", credentials.account_secret)
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let script: String = steps
        .iter()
        .map(|step| format!("{}\necho\necho '{MARK}'\n", step.command))
        .collect();
    let mut input = shell.stdin.take().unwrap();
    input.write_all(script.as_bytes()).await.unwrap();
    drop(input);
    let limit = std::time::Duration::from_secs(60);
    let output = tokio::time::timeout(limit, shell.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut outputs: Vec<&str> = text.split(MARK).collect();
    outputs.pop();
    outputs
        .iter()
        .map(|text| {
            text.lines()
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

/// The same steps without curl: the calls are read from the commands, the shell's own lines print nothing.
async fn without_curl(client: &Client, steps: &[TranscriptStep]) -> Vec<Vec<String>> {
    let mut outputs = Vec::new();
    for TranscriptStep { command, .. } in steps {
        let response = if command.starts_with("curl ") {
            let body = client.token_body(DETAILS);
            Some(finish(client.ask_token(&body).await).await)
        } else if let Some(call) = command.strip_prefix("joonto ") {
            client.forget_tokens();
            let mut words = call.splitn(3, ' ');
            let (method, path) = (words.next().unwrap(), words.next().unwrap());
            match words.next() {
                Some(body) if method == "POST" => {
                    let body = serde_json::from_str(body.trim_matches('\'')).unwrap();
                    Some(client.post(path, body).await)
                }
                _ => {
                    let (path, query) = path.split_once('?').unwrap();
                    let (key, value) = query.split_once('=').unwrap();
                    Some(client.get(path, &[(key, &value.replace("%2B", "+"))]).await)
                }
            }
        } else {
            None
        };
        outputs.push(
            response
                .into_iter()
                .map(|(_, body)| body.to_string())
                .collect(),
        );
    }
    outputs
}

async fn at_a_fixed_time() -> (Sandbox, Client) {
    let (sandbox, client) = fresh().await;
    sandbox.clock().stop();
    sandbox
        .clock()
        .set(time::macros::datetime!(2026-11-23 04:00:00 UTC));
    (sandbox, client)
}

#[tokio::test]
async fn the_readmes_transcript_with_curl() {
    let steps = transcript();
    assert!(steps.len() > 10);
    let (sandbox, client) = at_a_fixed_time().await;
    let curl = std::process::Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let outputs = if curl.is_ok_and(|status| status.success()) {
        in_a_shell(&sandbox, &steps).await
    } else {
        loudly(
            "\n*** There is no `curl` on PATH: the README's steps are run with another client. ***\n",
        );
        without_curl(&client, &steps).await
    };
    check(&steps, &outputs);
    assert!(sandbox.ledger().violations().is_empty());
    assert_eq!(sandbox.ledger().purchases().len(), 1);
}

#[tokio::test]
async fn the_readmes_transcript_without_curl() {
    let steps = transcript();
    let (sandbox, client) = at_a_fixed_time().await;
    check(&steps, &without_curl(&client, &steps).await);
    assert!(sandbox.ledger().violations().is_empty());
}
