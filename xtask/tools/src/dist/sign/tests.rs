use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

const KEY: &str = "releases@joonto.test";

/// A GnuPG with one key, which no passphrase protects.
struct Keyring(TempDir);

impl Keyring {
    /// Nothing where there is no gpg, which is said.
    fn new() -> Option<Self> {
        if Command::new("gpg").arg("--version").output().is_err() {
            // Not by the macro, whose text is kept back when a test passes.
            let said = io::stderr().write_all(
                b"\n*** NOT RUN: there is no `gpg` on PATH, so no release was signed. ***\n",
            );
            said.expect("written");
            return None;
        }
        let keyring = Self(tempfile::tempdir().expect("a directory"));
        let mut child = keyring
            .gpg()
            .args(["--batch", "--quiet", "--generate-key"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("gpg on the search path");
        let mut input = child.stdin.take().expect("a pipe");
        write!(
            input,
            "%no-protection\nKey-Type: RSA\nKey-Length: 2048\nName-Email: {KEY}\n%commit\n"
        )
        .expect("written");
        drop(input);
        assert!(child.wait().expect("an end").success());
        Some(keyring)
    }

    /// Checksums beside it, and where their signature goes.
    fn sums(&self) -> [PathBuf; 2] {
        let file = self.0.path().join("SHA256SUMS");
        fs::write(&file, "0123  archive.zip\n").expect("written");
        [file, self.0.path().join("SHA256SUMS.sig")]
    }

    fn gpg(&self) -> Command {
        let mut gpg = Command::new("gpg");
        gpg.env("GNUPGHOME", self.0.path());
        gpg
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let ended = Command::new("gpgconf")
            .args(["--kill", "gpg-agent"])
            .env("GNUPGHOME", self.0.path())
            .status();
        assert!(ended.is_ok_and(|status| status.success()));
    }
}

#[test]
fn the_signature_is_binary_and_holds_for_these_checksums_alone() {
    let Some(keyring) = Keyring::new() else {
        return;
    };
    let [file, signature] = keyring.sums();
    sign(keyring.gpg(), KEY, &file, &signature).expect("signed");

    let bytes = fs::read(&signature).expect("a signature");
    assert!(
        !bytes.starts_with(b"-----BEGIN"),
        "the registry takes no armor"
    );
    let verifies = || {
        let mut gpg = keyring.gpg();
        let run = gpg.args(["--batch", "--verify"]).args([&signature, &file]);
        run.status().expect("gpg").success()
    };
    assert!(verifies());
    fs::write(&file, "4567  archive.zip\n").expect("written");
    assert!(!verifies());
}

#[test]
fn a_key_that_is_not_there_is_an_error() {
    let Some(keyring) = Keyring::new() else {
        return;
    };
    let [file, signature] = keyring.sums();
    let error = sign(keyring.gpg(), "nobody@joonto.test", &file, &signature);
    let error = error.expect_err("no such key");
    assert!(
        error.to_string().contains("nobody@joonto.test"),
        "{error:#}"
    );
    assert!(!signature.exists());
}
