//! What a release is built for.

use std::env::consts;
use std::fmt;

use anyhow::{Context as _, Result};

/// A system and a processor, by Terraform's names for them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Platform {
    /// `linux`, `darwin` or `windows`.
    pub os: &'static str,
    /// `amd64` or `arm64`.
    pub arch: &'static str,
}

impl Platform {
    /// The platform this runs on.
    pub fn host() -> Result<Self> {
        let os = match consts::OS {
            "macos" => "darwin",
            other => other,
        };
        let arch = match consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        TARGETS
            .iter()
            .map(|target| target.platform)
            .find(|platform| platform.os == os && platform.arch == arch)
            .with_context(|| format!("nothing is released for {os}_{arch}"))
    }

    /// What the names of programs end in.
    #[must_use]
    pub fn program_suffix(self) -> &'static str {
        if self.os == "windows" { ".exe" } else { "" }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.os, self.arch)
    }
}

/// A platform, and Rust's name for what is built for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) platform: Platform,
    pub(super) triple: &'static str,
}

impl Target {
    /// The one that Rust calls `triple`.
    pub(super) fn named(triple: &str) -> Result<Self> {
        let mut all = TARGETS.into_iter().chain([WINDOWS_GNU]);
        all.find(|target| target.triple == triple)
            .with_context(|| format!("nothing is released for {triple}"))
    }

    /// The same platform, as a machine of that platform builds it.
    pub(super) fn built_on(self, here: Platform) -> Self {
        match (here.os, self.platform.os) {
            ("linux", "windows") => WINDOWS_GNU,
            _ => self,
        }
    }
}

/// Windows, as Linux builds it: with mingw-w64. The release itself is built on Windows.
pub(super) const WINDOWS_GNU: Target = target("windows", "amd64", "x86_64-pc-windows-gnu");

/// Everything a release is built for.
///
/// On Linux it is linked statically, so that it runs on any distribution: one with an old C library
/// as well as Alpine, which Terraform's own container image is made of.
pub(super) const TARGETS: [Target; 5] = [
    target("darwin", "amd64", "x86_64-apple-darwin"),
    target("darwin", "arm64", "aarch64-apple-darwin"),
    target("linux", "amd64", "x86_64-unknown-linux-musl"),
    target("linux", "arm64", "aarch64-unknown-linux-musl"),
    target("windows", "amd64", "x86_64-pc-windows-msvc"),
];

const fn target(os: &'static str, arch: &'static str, triple: &'static str) -> Target {
    Target {
        platform: Platform { os, arch },
        triple,
    }
}
