//! Signing the checksums with GnuPG.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::cargo::succeed;

/// Names the key to sign with: its fingerprint, or whatever else GnuPG knows it by.
///
/// The key itself, and its passphrase, are between GnuPG and its agent.
pub(super) const KEY: &str = "JOONTO_GPG_KEY";

/// Writes a detached binary signature of `file`, the only form the registry takes.
pub(super) fn sign(mut gpg: Command, key: &str, file: &Path, signature: &Path) -> Result<()> {
    gpg.args(["--batch", "--yes", "--local-user", key, "--output"])
        .args([
            signature.as_os_str(),
            "--detach-sign".as_ref(),
            file.as_os_str(),
        ])
        .stdin(Stdio::null());
    succeed(&mut gpg, &format!("sign with gpg and the key {key}"))
}

// Releases are signed on Linux; how gpg finds its home elsewhere is not ours to test.
#[cfg(all(test, unix))]
mod tests;
