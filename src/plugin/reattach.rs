//! The line that a developer gives to Terraform.

use serde_json::json;

use super::PluginInfo;
use super::address::Address;

/// The variable that makes Terraform use running providers.
const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// Returns a text that says how to make Terraform use this process.
pub(super) fn notice(info: PluginInfo, address: &Address) -> String {
    let providers = json!({
        info.address: {
            "Protocol": "grpc",
            "ProtocolVersion": info.app_protocol,
            "Pid": std::process::id(),
            "Test": true,
            "Addr": {
                "Network": address.network.to_string(),
                "String": address.location,
            },
        },
    })
    .to_string();
    let introduction = format!(
        "{} {} is running. To use it, set this where you run Terraform; to end it, press Ctrl-C.",
        info.name, info.version
    );
    if cfg!(windows) {
        format!(
            "{introduction}\n\n\
             Command Prompt:\n\n\tset \"{VARIABLE}={providers}\"\n\n\
             PowerShell:\n\n\t$env:{VARIABLE}='{}'\n\n",
            providers.replace('\'', "''")
        )
    } else {
        let quoted = providers.replace('\'', r"'\''");
        format!("{introduction}\n\n\t{VARIABLE}='{quoted}'\n\n")
    }
}
