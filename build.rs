//! Compiles `proto/` into Rust: messages, server stubs, and client stubs for the tests.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sources = ["proto/tfplugin6.proto", "proto/goplugin.proto"];
    for source in sources {
        println!("cargo::rerun-if-changed={source}");
    }
    let descriptors = protox::compile(sources, ["proto"])?;
    tonic_prost_build::configure()
        // Values are passed on as slices of the received message instead of copies.
        .bytes(".tfplugin6")
        .build_transport(false)
        .out_dir(PathBuf::from(std::env::var("OUT_DIR")?))
        .compile_fds(descriptors)?;
    Ok(())
}
