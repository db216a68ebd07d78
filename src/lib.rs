//! A Terraform provider that buys and manages Joonto phone numbers.
//!
//! The rooms of the house, and which may know which: `main` hands a [`provider`] to the
//! [`plugin`] server; `provider` is where [`terraform`] and [`joonto`] meet; those two never
//! know of each other, and `plugin` knows of neither. `ARCHITECTURE.md` has the whole picture.

pub mod context;
pub mod joonto;
pub mod plugin;
pub mod provider;
pub mod sync;
pub mod terraform;

/// The wire types that `build.rs` generates from `proto/`.
#[allow(missing_docs, unreachable_pub, clippy::all)]
pub mod proto {
    /// Terraform's provider protocol, version 6.
    pub mod tfplugin6 {
        tonic::include_proto!("tfplugin6");
    }

    /// go-plugin's process-level services.
    pub mod goplugin {
        tonic::include_proto!("plugin");
    }
}
