//! go-plugin's environment variables, and those that set the log level.

use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::num::ParseIntError;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use super::PluginInfo;
use super::address::Network;
use super::log::Verbosity;

/// The options in the environment, parsed once.
#[derive(Clone, Debug)]
pub struct HostEnvironment {
    pub(super) host: Option<HostOptions>,
    pub(super) listen: ListenOptions,
    pub(super) verbosity: Verbosity,
}

/// What a host asks for that started this process.
#[derive(Clone, Debug)]
pub(super) struct HostOptions {
    /// The protocol versions of the host. Empty if it does not say.
    pub(super) protocol_versions: BTreeSet<u32>,
    /// The certificate that the host presents. None if it wants no TLS.
    pub(super) certificate: Option<CertificateDer<'static>>,
    /// Whether the host understands a seventh field in the handshake line.
    pub(super) knows_multiplexing: bool,
}

/// Where to listen.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(any(unix, test)),
    expect(
        dead_code,
        reason = "there are no Unix sockets, so only the ports matter"
    )
)]
pub(super) struct ListenOptions {
    pub(super) network: Network,
    pub(super) socket_directory: PathBuf,
    pub(super) ports: RangeInclusive<u16>,
}

/// Any TCP port that is free.
pub(super) const ANY_PORT: RangeInclusive<u16> = 0..=0;

/// What is wrong with the environment.
///
/// A host's certificate that cannot be read is an error: without TLS, others could connect.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// The host's certificate is not PEM text.
    #[error("PLUGIN_CLIENT_CERT holds no certificate in PEM form")]
    ClientCertificate,
    /// A port is not a number below 65536.
    #[error("{name} is not a port number: {source}")]
    Port {
        /// The variable.
        name: &'static str,
        /// Why it cannot be read.
        source: ParseIntError,
    },
    /// The first port comes after the last.
    #[error("PLUGIN_MIN_PORT {min} is greater than PLUGIN_MAX_PORT {max}")]
    PortRange {
        /// The first.
        min: u16,
        /// The last.
        max: u16,
    },
}

impl HostEnvironment {
    /// Parses `variables`; those of the process are [`std::env::vars_os`].
    ///
    /// # Errors
    ///
    /// A variable of the host cannot be parsed. Without the magic cookie they are ignored.
    pub fn parse(
        info: &PluginInfo,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, EnvironmentError> {
        let variables = Variables(variables.into_iter().collect());
        let started_by_host = variables
            .get(info.cookie.name)
            .is_some_and(|value| value == info.cookie.value);
        let host = started_by_host
            .then(|| HostOptions::parse(&variables))
            .transpose()?;
        let ports = match host {
            Some(_) => variables.ports()?,
            None => ANY_PORT,
        };
        Ok(Self {
            host,
            listen: ListenOptions {
                network: Network::native(),
                socket_directory: variables
                    .get("PLUGIN_UNIX_SOCKET_DIR")
                    .or_else(|| variables.get("TMPDIR"))
                    .map_or_else(|| PathBuf::from("/tmp"), PathBuf::from),
                ports,
            },
            verbosity: info
                .log_variables
                .iter()
                .find_map(|name| variables.text(name))
                .map_or_else(Verbosity::default, |level| Verbosity::parse(&level)),
        })
    }

    /// Returns the level of the log.
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Returns the TCP ports that the host allows. Port 0 stands for any free port.
    #[cfg(feature = "fuzzing")]
    pub fn ports(&self) -> &RangeInclusive<u16> {
        &self.listen.ports
    }

    /// Replaces the system's usual network by `network`.
    pub fn over(mut self, network: Network) -> Self {
        self.listen.network = network;
        self
    }
}

impl HostOptions {
    fn parse(variables: &Variables) -> Result<Self, EnvironmentError> {
        Ok(Self {
            protocol_versions: variables
                .text("PLUGIN_PROTOCOL_VERSIONS")
                .unwrap_or_default()
                .split(',')
                .filter_map(|version| version.trim().parse().ok())
                .collect(),
            certificate: variables
                .get("PLUGIN_CLIENT_CERT")
                .map(|pem| {
                    CertificateDer::from_pem_slice(pem.as_encoded_bytes())
                        .map_err(|_| EnvironmentError::ClientCertificate)
                })
                .transpose()?,
            knows_multiplexing: variables.get("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }
}

/// The variables. An empty one counts as not set.
struct Variables(HashMap<OsString, OsString>);

impl Variables {
    fn get(&self, name: &str) -> Option<&OsStr> {
        let value = self.0.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name)?.to_string_lossy().into_owned())
    }

    fn ports(&self) -> Result<RangeInclusive<u16>, EnvironmentError> {
        let port = |name| {
            self.text(name)
                .map(|port| port.trim().parse::<u16>())
                .transpose()
                .map_err(|source| EnvironmentError::Port { name, source })
        };
        match (port("PLUGIN_MIN_PORT")?, port("PLUGIN_MAX_PORT")?) {
            (Some(min), Some(max)) if min > max => Err(EnvironmentError::PortRange { min, max }),
            (None | Some(0), _) | (_, None) => Ok(ANY_PORT),
            (Some(min), Some(max)) => Ok(min..=max),
        }
    }
}

#[cfg(test)]
mod tests;
