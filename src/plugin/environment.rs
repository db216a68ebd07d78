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
    not(unix),
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
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Returns the TCP ports that the host allows. Port 0 stands for any free port.
    #[cfg(feature = "fuzzing")]
    #[must_use]
    pub fn ports(&self) -> &RangeInclusive<u16> {
        &self.listen.ports
    }

    /// Replaces the system's usual network by `network`.
    #[must_use]
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
mod tests {
    use super::super::MagicCookie;
    use super::*;

    const INFO: PluginInfo = PluginInfo {
        name: "terraform-provider-thing",
        version: "1.2.3",
        address: "registry.terraform.io/acme/thing",
        app_protocol: 6,
        cookie: MagicCookie {
            name: "COOKIE",
            value: "crumbs",
        },
        log_variables: &["TF_LOG_PROVIDER_THING", "TF_LOG"],
    };

    fn parse(variables: &[(&str, &str)]) -> Result<HostEnvironment, EnvironmentError> {
        HostEnvironment::parse(
            &INFO,
            variables
                .iter()
                .map(|(name, value)| (OsString::from(name), OsString::from(value))),
        )
    }

    fn from_host(variables: &[(&str, &str)]) -> Result<HostEnvironment, EnvironmentError> {
        parse(&[&[("COOKIE", "crumbs")], variables].concat())
    }

    fn host(variables: &[(&str, &str)]) -> HostOptions {
        from_host(variables)
            .expect("a good environment")
            .host
            .expect("the cookie is there")
    }

    #[test]
    fn only_the_exact_cookie_is_a_host() {
        for (variables, expected) in [
            (&[][..], false),
            (&[("COOKIE", "")], false),
            (&[("COOKIE", "crumb")], false),
            (&[("cookie", "crumbs")], false),
            (&[("COOKIE", "crumbs")], true),
        ] {
            let environment = parse(variables).expect("a good environment");
            assert_eq!(environment.host.is_some(), expected, "{variables:?}");
        }
    }

    #[test]
    fn versions_are_a_set_in_any_order() {
        let versions = |text| host(&[("PLUGIN_PROTOCOL_VERSIONS", text)]).protocol_versions;
        assert_eq!(versions("5,6"), versions("6, 5,5"));
        assert_eq!(versions("6,next"), BTreeSet::from([6]));
        assert_eq!(versions(""), BTreeSet::new());
    }

    #[test]
    fn a_bad_certificate_is_an_error_and_never_plain_text() {
        let junk = from_host(&[("PLUGIN_CLIENT_CERT", "junk")]);
        assert!(matches!(junk, Err(EnvironmentError::ClientCertificate)));
        assert!(host(&[("PLUGIN_CLIENT_CERT", "")]).certificate.is_none());
        let pem = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
        let certificate = host(&[("PLUGIN_CLIENT_CERT", pem)]).certificate;
        assert_eq!(certificate.expect("one").as_ref(), [1, 2, 3]);
    }

    #[test]
    fn ports_are_a_range() {
        let ports = |min, max| {
            from_host(&[("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)])
                .map(|environment| environment.listen.ports)
        };
        assert_eq!(ports("10000", "25000").expect("good"), 10000..=25000);
        for (min, max) in [("", ""), ("0", "0"), ("10000", ""), ("", "25000")] {
            assert_eq!(ports(min, max).expect("good"), ANY_PORT);
        }
        assert!(matches!(
            ports("2", "1"),
            Err(EnvironmentError::PortRange { min: 2, max: 1 })
        ));
        assert!(matches!(
            ports("70000", "80000"),
            Err(EnvironmentError::Port { .. })
        ));
    }

    #[test]
    fn without_a_host_its_variables_do_not_matter() {
        let environment = parse(&[("PLUGIN_CLIENT_CERT", "junk"), ("PLUGIN_MIN_PORT", "x")]);
        assert!(environment.is_ok());
    }

    #[test]
    fn the_socket_directory_falls_back() {
        let directory = |variables: &[_]| {
            let environment = parse(variables).expect("a good environment");
            environment.listen.socket_directory
        };
        let temp = ("TMPDIR", "/t");
        assert_eq!(directory(&[]), PathBuf::from("/tmp"));
        assert_eq!(directory(&[temp]), PathBuf::from("/t"));
        assert_eq!(
            directory(&[temp, ("PLUGIN_UNIX_SOCKET_DIR", "/s")]),
            PathBuf::from("/s")
        );
    }

    #[test]
    fn the_first_log_variable_that_is_set_wins() {
        let verbosity = |variables: &[_]| parse(variables).expect("good").verbosity();
        assert_eq!(verbosity(&[]), Verbosity::default());
        assert_eq!(
            verbosity(&[("TF_LOG", "INFO"), ("TF_LOG_PROVIDER_THING", "error")]),
            Verbosity::parse("ERROR")
        );
        assert_eq!(
            verbosity(&[("TF_LOG", "INFO"), ("TF_LOG_PROVIDER_THING", "")]),
            Verbosity::parse("info")
        );
    }
}
