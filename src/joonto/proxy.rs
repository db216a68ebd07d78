//! The proxy on the way to the API, as the environment names it.
//!
//! It is found once, when the provider is configured: one that is malformed is an error then, and
//! never a connection that leaves it out. Errors name it by host and port, without its password.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::Url;

use super::base_url::BaseUrl;

/// The variables that name a proxy or exclude hosts from it.
pub const VARIABLES: [&str; 8] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// How long the proxy is asked for the reason of its refusal, for each step.
const PROBE: Duration = Duration::from_secs(3);

/// A proxy that every request goes through.
#[derive(Clone)]
pub struct Proxy {
    variable: &'static str,
    /// With user name and password.
    url: Url,
    intercept: Intercept,
}

/// Why a variable cannot be used. Its value is not part of the error: it may hold a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ProxyError {
    /// The variable.
    pub variable: &'static str,
    /// Whether it names a proxy of a kind that the provider does not speak to, such as SOCKS.
    pub is_unsupported: bool,
}

impl Proxy {
    /// The proxy that the environment names for requests to `base_url`, if it names one.
    ///
    /// # Errors
    ///
    /// When what it names is no http or https proxy.
    pub fn of<'a>(
        base_url: &BaseUrl,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Option<Self>, ProxyError> {
        // No proxy leads to this very machine.
        if base_url.is_loopback() && base_url.is_plain_http() {
            return Ok(None);
        }
        let (proxies, exclusions) = VARIABLES.split_at(6);
        let other = match base_url.is_plain_http() {
            true => "HTTPS_PROXY",
            false => "HTTP_PROXY",
        };
        let mut names = proxies
            .iter()
            .filter(|name| !name.eq_ignore_ascii_case(other));
        let is_set = |name: &&&str| value(name).is_some_and(|text| !text.trim().is_empty());
        let (Some(&variable), Ok(target)) = (names.find(is_set), base_url.as_str().parse::<Uri>())
        else {
            return Ok(None);
        };
        let excluded = exclusions
            .iter()
            .find_map(|name| value(name))
            .unwrap_or_default();
        let intercept = |proxy: &str| {
            let matcher = Matcher::builder()
                .all(proxy.to_owned())
                .no(excluded.to_owned());
            matcher.build().intercept(&target)
        };
        if intercept("http://proxy.invalid").is_none() {
            return Ok(None);
        }
        let text = value(variable).unwrap_or_default().trim();
        let url = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("http://{text}")),
        };
        let error = |is_unsupported| ProxyError {
            variable,
            is_unsupported,
        };
        let url = url.map_err(|_| error(false))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(error(url.has_host()));
        }
        let intercept = intercept(url.as_str()).ok_or_else(|| error(false))?;
        Ok(Some(Self {
            variable,
            url,
            intercept,
        }))
    }

    /// The same for the HTTP client.
    pub(super) fn for_client(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::all(self.url.clone())
    }

    /// What the proxy says to a connection to `base_url`, in a sentence, when it does not make one.
    ///
    /// The HTTP client keeps the status to itself, so the proxy is asked once more. Nothing is sent
    /// to the API.
    pub(super) async fn refusal(&self, base_url: &BaseUrl) -> Option<String> {
        let (proxy, target) = (self.clone(), base_url.clone());
        let asked = tokio::task::spawn_blocking(move || proxy.ask(&target)).await;
        let line = asked.ok()?.ok()?;
        let status: Option<u16> = line
            .strip_prefix("HTTP/")
            .and_then(|rest| rest.split(' ').nth(1)?.trim().parse().ok());
        match status {
            Some(200) => None,
            Some(407) => {
                Some("the proxy asks for another user name and password (status 407)".to_owned())
            }
            Some(status) => Some(format!("the proxy refused with status {status}")),
            None if line.is_empty() => Some("the proxy closed the connection".to_owned()),
            None => Some("the proxy's response is not HTTP".to_owned()),
        }
    }

    /// Asks for a tunnel, and returns the first line of the response.
    fn ask(&self, target: &BaseUrl) -> std::io::Result<String> {
        let unreadable = || std::io::Error::from(std::io::ErrorKind::Unsupported);
        // Through TLS the reason stays with the client.
        if self.url.scheme() != "http" {
            return Err(unreadable());
        }
        let (host, port) = (self.url.host_str().unwrap_or_default(), self.port());
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let address = (host, port)
            .to_socket_addrs()?
            .next()
            .ok_or_else(unreadable)?;
        let mut stream = TcpStream::connect_timeout(&address, PROBE)?;
        stream.set_read_timeout(Some(PROBE))?;
        stream.set_write_timeout(Some(PROBE))?;
        let target: Url = target.as_str().parse().map_err(|_| unreadable())?;
        let target = format!(
            "{}:{}",
            target.host_str().unwrap_or_default(),
            target.port_or_known_default().unwrap_or(443)
        );
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
        if let Some(credentials) = self.intercept.basic_auth() {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(credentials.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request)?;
        let mut line = Vec::new();
        let mut rest = stream.take(1024);
        let mut byte = [0];
        while rest.read(&mut byte)? == 1 && byte != *b"\n" {
            line.push(byte[0]);
        }
        Ok(String::from_utf8_lossy(&line).trim().to_owned())
    }

    fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(80)
    }
}

/// By host and port, and by its variable: never with its password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(
            f,
            "the proxy {host}:{} that {} names",
            self.port(),
            self.variable
        )
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
