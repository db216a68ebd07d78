//! Writes the line to standard output, and closes that.

use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
#[cfg(windows)]
use filedescriptor::{FileDescriptor, StdioDescriptor};
use tokio_rustls::rustls::pki_types::CertificateDer;

use super::address::Address;

/// What the host needs to connect. Displayed, it is the handshake line.
#[derive(Clone, Debug)]
pub struct Handshake {
    pub(super) app_protocol: u32,
    pub(super) address: Address,
    pub(super) certificate: Option<CertificateDer<'static>>,
    pub(super) knows_multiplexing: bool,
}

impl Handshake {
    /// The version of go-plugin's own protocol.
    const CORE_PROTOCOL: u32 = 1;

    /// Returns the address of the plugin.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Writes the line, then closes standard output. If a library printed there later, the host
    /// would read it, or it could block on a pipe that the host no longer reads.
    pub(super) fn announce(&self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(format!("{self}\n").as_bytes())?;
        stdout.flush()?;
        close_stdout()
    }
}

/// Puts the null device in place of standard output.
#[cfg(unix)]
fn close_stdout() -> io::Result<()> {
    let null = File::options().write(true).open("/dev/null")?;
    Ok(rustix::stdio::dup2_stdout(null)?)
}

/// Puts the null device in place of standard output.
#[cfg(windows)]
fn close_stdout() -> io::Result<()> {
    let null = File::options().write(true).open("NUL")?;
    let pipe = FileDescriptor::redirect_stdio(&null, StdioDescriptor::Stdout);
    // The host's pipe: dropping it is what closes it.
    pipe.map(drop).map_err(io::Error::other)
}

impl fmt::Display for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Address { network, location } = &self.address;
        write!(
            f,
            "{}|{}|{network}|{location}|grpc|",
            Self::CORE_PROTOCOL,
            self.app_protocol
        )?;
        if let Some(certificate) = &self.certificate {
            // The host's decoder refuses padding.
            f.write_str(&STANDARD_NO_PAD.encode(certificate))?;
        }
        // A host that did not ask for a seventh field takes it for a part of the sixth.
        if self.knows_multiplexing {
            f.write_str("|false")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::Network;
    use super::*;

    #[test]
    fn a_line_has_six_fields_and_a_seventh_on_request() {
        let mut handshake = Handshake {
            app_protocol: 6,
            address: Address {
                network: Network::Unix,
                location: "/tmp/s".into(),
            },
            certificate: None,
            knows_multiplexing: false,
        };
        assert_eq!(handshake.to_string(), "1|6|unix|/tmp/s|grpc|");
        handshake.certificate = Some(vec![0xfb, 0xff, 0xfe, 0x01].into());
        assert_eq!(handshake.to_string(), "1|6|unix|/tmp/s|grpc|+//+AQ");
        handshake.knows_multiplexing = true;
        assert_eq!(handshake.to_string(), "1|6|unix|/tmp/s|grpc|+//+AQ|false");
    }
}
