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
    #[must_use]
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The address as text, without trailing `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone, without port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether the API is on this very machine, as the sandbox is.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Whether requests travel in the clear.
    #[must_use]
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
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, &'static str> {
        BaseUrl::parse(text, false).map(|url| url.endpoint("/v1.0/x"))
    }

    #[test]
    fn the_version_is_never_doubled() {
        for text in ["", "/", "/v1.0", "/v1.0/", "//"] {
            let text = format!("https://API.telegent.com{text}");
            assert_eq!(
                parse(&text).as_deref(),
                Ok("https://api.telegent.com/v1.0/x"),
                "{text}"
            );
        }
        assert_eq!(
            parse(" https://proxy.example:8443/joonto/v1.0 ").as_deref(),
            Ok("https://proxy.example:8443/joonto/v1.0/x")
        );
    }

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for host in ["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:1"] {
            let url = BaseUrl::parse(&format!("http://{host}"), false).expect(host);
            assert!(url.is_loopback() && url.is_plain_http());
        }
        for host in [
            "example.com",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "0.0.0.0",
        ] {
            let text = format!("http://{host}");
            assert_eq!(parse(&text), Err(PLAIN_HTTP), "{host}");
            assert!(BaseUrl::parse(&text, true).is_ok(), "{host}");
        }
    }

    #[test]
    fn what_has_no_place_in_the_address_is_refused() {
        assert_eq!(parse("api.telegent.com"), Err(NOT_A_URL));
        assert_eq!(parse(""), Err(NOT_A_URL));
        assert_eq!(
            parse("ftp://example.com"),
            Err("the URL must begin with https://")
        );
        assert_eq!(
            parse("https://u:p@example.com"),
            Err("the URL must not contain a user name or password")
        );
        assert_eq!(
            parse("https://example.com?a=b"),
            Err("the URL must end with its host or path: no \"?\" and no \"#\"")
        );
        assert_eq!(
            parse("https://example.com#a"),
            Err("the URL must end with its host or path: no \"?\" and no \"#\"")
        );
    }
}
