//! From a handshake line to a connection.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tonic::transport::{Channel, Endpoint};

use super::ClientCertificate;

/// A stream of bytes both ways.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// What a plugin says on its first line, read as go-plugin's client reads it.
#[derive(Clone, Debug)]
pub struct HandshakeLine {
    /// Field 2: the version of the plugin's protocol.
    pub app_protocol: u32,
    /// Field 3: `unix` or `tcp`.
    pub network: String,
    /// Field 4: where to connect.
    pub address: String,
    /// Field 6: the plugin's certificate.
    pub certificate: Option<CertificateDer<'static>>,
}

impl HandshakeLine {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// go-plugin's client would refuse it.
    pub fn parse(line: &str) -> anyhow::Result<Self> {
        let fields: Vec<&str> = line.trim().split('|').collect();
        ensure!(
            fields.len() >= 4,
            "unrecognized remote plugin message: {line:?}"
        );
        ensure!(fields[0] == "1", "incompatible core API version: {line:?}");
        ensure!(
            fields.get(4) == Some(&"grpc"),
            "unsupported plugin protocol: {line:?}"
        );
        ensure!(
            matches!(fields[2], "unix" | "tcp"),
            "unknown address type: {line:?}"
        );
        let certificate = match fields.get(5) {
            // Shorter ones are no certificate to go-plugin either.
            Some(text) if text.len() > 50 => {
                let der = STANDARD_NO_PAD.decode(text);
                Some(der.context("error parsing server cert")?.into())
            }
            _ => None,
        };
        Ok(Self {
            app_protocol: fields[1].parse().context("the application protocol")?,
            network: fields[2].to_owned(),
            address: fields[3].to_owned(),
            certificate,
        })
    }
}

/// A plugin that listens, and who we are to it.
#[derive(Clone, Debug)]
pub struct Peer {
    handshake: HandshakeLine,
    identity: Option<ClientCertificate>,
}

impl Peer {
    /// The plugin behind `handshake`, which expects `identity` (none: no TLS).
    #[must_use]
    pub fn new(handshake: HandshakeLine, identity: Option<ClientCertificate>) -> Self {
        Self {
            handshake,
            identity,
        }
    }

    /// The same plugin, met by somebody else (none: without any certificate).
    #[must_use]
    pub fn met_by(&self, identity: Option<ClientCertificate>) -> Self {
        Self::new(self.handshake.clone(), identity)
    }

    /// What the plugin said of itself.
    #[must_use]
    pub fn handshake(&self) -> &HandshakeLine {
        &self.handshake
    }

    /// Who we are to it.
    #[must_use]
    pub fn identity(&self) -> Option<&ClientCertificate> {
        self.identity.as_ref()
    }

    /// The plugin's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        PathBuf::from(&self.handshake.address)
    }

    /// A connection without TLS.
    ///
    /// # Errors
    ///
    /// Nobody listens there.
    pub async fn dial(&self) -> anyhow::Result<Box<dyn Io>> {
        let address = &self.handshake.address;
        match self.handshake.network.as_str() {
            #[cfg(unix)]
            "unix" => Ok(Box::new(tokio::net::UnixStream::connect(address).await?)),
            _ => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }

    /// A connection with TLS, as Terraform makes it: it trusts the plugin's certificate alone.
    ///
    /// In TLS 1.3 this succeeds before the plugin has looked at our certificate. If it refuses
    /// that, the first read says so.
    ///
    /// # Errors
    ///
    /// The plugin has no certificate, or the wrong one.
    pub async fn dial_tls(&self) -> anyhow::Result<TlsStream<Box<dyn Io>>> {
        let certificate = self.handshake.certificate.clone();
        let mut roots = RootCertStore::empty();
        roots.add(certificate.context("the plugin offers no TLS")?)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        let mut config = match &self.identity {
            Some(identity) => {
                config.with_client_cert_resolver(Arc::new(identity.resolver(&provider)?))
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from("localhost")?;
        let stream = self.dial().await?;
        Ok(TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await?)
    }

    /// A gRPC connection of its own, with TLS if the plugin offers it.
    ///
    /// # Errors
    ///
    /// No connection is possible.
    pub async fn channel(&self) -> anyhow::Result<Channel> {
        const WINDOW: u32 = 4 * 1024 * 1024;
        let peer = self.clone();
        let connector = tower::service_fn(move |_| {
            let peer = peer.clone();
            async move {
                let stream: Box<dyn Io> = if peer.handshake.certificate.is_some() {
                    Box::new(peer.dial_tls().await?)
                } else {
                    peer.dial().await?
                };
                anyhow::Ok(TokioIo::new(stream))
            }
        });
        Ok(Endpoint::from_static("http://localhost")
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .connect_with_connector(connector)
            .await?)
    }
}
