//! Where the API is.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

const NOT_A_URL: &str = "not a URL such as \"https://api.telegent.com\"";
const PLAIN_HTTP: &str = "plain http would send the credentials in the clear; it is allowed to \
                          this machine only, or with JOONTO_ALLOW_HTTP=1";

/// The address of the API, without the version: `https://api.telegent.com`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BaseUrl {
    /// Without trailing `/`: the paths of the operations begin with one.
    text: String,
    host: String,
    is_loopback: bool,
}

impl BaseUrl {
    /// Reads an address as users write it: with or without a trailing `/` or `/v1.0`.
    ///
    /// Plain http is taken to this very machine only, unless `allow_plain_http` says otherwise:
    /// credentials travel in every request.
    ///
    /// # Errors
    ///
    /// What is wrong with the address. Its text is not part of the error: it may hold a password.
    pub fn parse(text: &str, allow_plain_http: bool) -> Result<Self, &'static str> {
        let url = Url::parse(text.trim()).map_err(|_| NOT_A_URL)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err("the URL must begin with https://");
        }
        let host = url.host_str().ok_or(NOT_A_URL)?.to_owned();
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL must not contain a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("the URL must end with its host or path: no \"?\" and no \"#\"");
        }
        let is_loopback = is_loopback(&host);
        if url.scheme() == "http" && !is_loopback && !allow_plain_http {
            return Err(PLAIN_HTTP);
        }
        let text = url.as_str().trim_end_matches('/');
        let text = text.strip_suffix("/v1.0").unwrap_or(text);
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            host,
            is_loopback,
        })
    }

    /// The full address of the operation at `path`, which begins with `/v1.0/`.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The address as text, without trailing `/`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone, without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the API is on this very machine, as the sandbox is.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Whether requests travel in the clear.
    pub fn is_plain_http(&self) -> bool {
        self.text.starts_with("http:")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests;
