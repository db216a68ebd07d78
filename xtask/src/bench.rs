//! `cargo xtask bench`.

/// Measures.
pub(crate) fn run() -> anyhow::Result<()> {
    anyhow::bail!("there is nothing to measure yet")
}
