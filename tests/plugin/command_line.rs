//! The program, started by hand.

use std::process::{Command, Output};

use harness::host::COOKIE;

use crate::{PROGRAM, launch};

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn without_the_cookie_it_says_what_it_is_and_how_to_install_it() {
    for cookie in [None, Some(""), Some("almost")] {
        let mut command = launch().command();
        command.env_remove(COOKIE.0);
        if let Some(cookie) = cookie {
            command.env(COOKIE.0, cookie);
        }
        let (code, stdout, stderr) = run(&mut command);
        assert_eq!(code, Some(1));
        assert_eq!(stdout, "", "the handshake is for hosts only");
        for part in ["plugin", "required_providers", "joonto/joonto"] {
            assert!(stderr.contains(part), "{part} in {stderr}");
        }
    }
}

#[test]
fn it_prints_its_version_and_its_options() {
    let version = env!("CARGO_PKG_VERSION");
    let (code, stdout, _) = run(Command::new(PROGRAM).arg("--version"));
    assert_eq!(code, Some(0));
    assert_eq!(stdout, format!("terraform-provider-joonto {version}\n"));
    let (code, stdout, _) = run(Command::new(PROGRAM).arg("--help"));
    assert_eq!(code, Some(0));
    for option in ["--debug", "--version", "--help", "required_providers"] {
        assert!(stdout.contains(option), "{option} in {stdout}");
    }
}

#[test]
fn unknown_arguments_are_refused() {
    for arguments in [&["--serve"][..], &["--version", "now"], &[""]] {
        let (code, stdout, stderr) = run(Command::new(PROGRAM).args(arguments));
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        let named = arguments.last().expect("an argument");
        assert!(stderr.contains(&format!(": {named}\n")), "{stderr}");
    }
}

#[test]
fn an_unreadable_variable_of_the_host_is_an_error() {
    for (name, value) in [
        // It must not serve without TLS.
        ("PLUGIN_CLIENT_CERT", "not a certificate"),
        ("PLUGIN_MIN_PORT", "low"),
        ("PLUGIN_MIN_PORT", "25001"),
    ] {
        let (code, stdout, stderr) = run(launch().command().env(name, value));
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{name}={value}");
        assert!(stderr.contains(name), "{name} in {stderr}");
    }
}
