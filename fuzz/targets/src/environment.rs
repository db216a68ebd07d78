//! The environment that a process is started in: what the host asks for, and what the user sets.

use std::ffi::OsString;

use terraform_provider_joonto::plugin::{self, MagicCookie, PluginInfo};
use terraform_provider_joonto::proto::tfplugin6 as wire;

use crate::objects::{self, ObjectKind};
use crate::service::{self, Service};
use crate::{Allowance, Seed};

pub(crate) const ALLOWANCE: Allowance = service::ALLOWANCE;

const INFO: PluginInfo = PluginInfo {
    name: "terraform-provider-joonto",
    version: "0.0.0",
    address: "registry.terraform.io/joonto/joonto",
    app_protocol: 6,
    cookie: MagicCookie {
        name: "COOKIE",
        value: "cookie",
    },
    log_variables: &["TF_LOG_PROVIDER_JOONTO", "TF_LOG_PROVIDER", "TF_LOG"],
};

/// What no diagnostic may show.
const CANARY: &str = "canary-4711";

/// Reads `NAME=VALUE` between zero bytes, as the system keeps them.
pub(crate) fn run(input: &[u8]) {
    // A diagnostic may show the value of another variable.
    if String::from_utf8_lossy(input).contains(CANARY) {
        return;
    }
    let given = [("COOKIE", "cookie"), ("JOONTO_ACCOUNT_SECRET", CANARY)];
    let given = given.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let variables = input.split(|byte| *byte == 0).filter_map(|entry| {
        let at = entry.iter().position(|byte| *byte == b'=')?;
        Some((&entry[..at], &entry[at + 1..]))
    });
    let variables: Vec<_> = given.into_iter().chain(variables).collect();
    let as_started = variables.iter().map(|(name, value)| (os(name), os(value)));
    if let Ok(environment) = plugin::HostEnvironment::parse(&INFO, as_started) {
        let ports = environment.ports();
        let any = *ports == (0..=0);
        assert!(
            any || (!ports.contains(&0) && !ports.is_empty()),
            "{ports:?}"
        );
    }
    configure(&variables);
}

/// Configures a provider whose block is empty, so that the environment decides.
fn configure(variables: &[(&[u8], &[u8])]) {
    let texts = variables.iter().filter_map(|(name, value)| {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        Some((text(name)?, text(value)?))
    });
    let request = wire::configure_provider::Request {
        terraform_version: "1.15.5".to_owned(),
        config: Some(objects::empty(ObjectKind::Provider, "")),
        ..Default::default()
    };
    let service = Service::new(texts);
    let response = service.ask(async |mut client| client.configure_provider(request).await);
    for diagnostic in response.diagnostics {
        let text = [diagnostic.summary, diagnostic.detail].concat();
        assert!(!text.contains(CANARY), "a diagnostic shows a secret");
    }
}

#[cfg(unix)]
fn os(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

pub(crate) fn seeds() -> Vec<Seed> {
    // What is between the lines need not be a certificate here: it is compared, byte for byte.
    let certificate =
        "PLUGIN_CLIENT_CERT=-----BEGIN CERTIFICATE-----\nMIIBIjAN\n-----END CERTIFICATE-----\n";
    let host = [
        "PLUGIN_PROTOCOL_VERSIONS=5,6",
        "PLUGIN_MIN_PORT=10000",
        "PLUGIN_MAX_PORT=25000",
        "PLUGIN_UNIX_SOCKET_DIR=/tmp/plugin",
        "PLUGIN_MULTIPLEX_GRPC=true",
        "TF_LOG=trace",
        certificate,
    ];
    let key = [
        "JOONTO_ACCOUNT_KEY=DID-1",
        "JOONTO_ACCOUNT_ID=AID-1",
        "JOONTO_BASE_URL=http://127.0.0.1:8080/v1?q",
        "JOONTO_MAX_REQUESTS_PER_MINUTE=50",
        "JOONTO_MAX_RETRIES=4",
        "TF_APPEND_USER_AGENT=a tool/1.0",
    ];
    let token = [
        "JOONTO_ACCOUNT_SECRET=",
        "JOONTO_TOKEN=a.b.c",
        "JOONTO_ALLOW_HTTP=1",
    ];
    let wrong = [
        "PLUGIN_MIN_PORT=99999",
        "JOONTO_MAX_RETRIES=-1",
        "JOONTO_BASE_URL=ftp://[::1",
    ];
    vec![
        ("host", host.join("\0").into()),
        ("key", key.join("\0").into()),
        ("token", token.join("\0").into()),
        ("wrong", wrong.join("\0").into()),
    ]
}
