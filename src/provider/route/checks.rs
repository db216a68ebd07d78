//! Checks of single attributes: which rule a value breaks, and what would be right.
//!
//! No text repeats the value: it may be a secret, and of any length.

use crate::joonto::{Column, Format};
use crate::provider::validators::{Validity, one_of};
use crate::terraform::value::Number;

/// A text of a column. `""` is as good as leaving out what need not be there.
pub(super) fn text(column: &Column, text: &str) -> Validity {
    match column.format {
        _ if column.is_required && text.is_empty() => not_empty(text),
        _ if text.is_empty() => Ok(()),
        Format::Any => Ok(()),
        Format::OneOf(words) => one_of(words, text),
        Format::HttpUrl => http_url(text),
        Format::Uri => uri(text),
    }
}

/// There is a text at all.
pub(super) fn not_empty(text: &str) -> Validity {
    match text.trim().is_empty() {
        false => Ok(()),
        true => Err("The value cannot be empty.".to_owned()),
    }
}

/// A URL that can be called.
fn http_url(text: &str) -> Validity {
    let has_host = || {
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?.split(':').next()?;
        let is_http = ["https", "http"]
            .iter()
            .any(|http| scheme.eq_ignore_ascii_case(http));
        let has_gaps = text.contains(|c: char| c.is_whitespace() || c.is_control());
        Some(is_http && !host.is_empty() && !has_gaps)
    };
    match has_host() {
        Some(true) => Ok(()),
        _ => Err(
            "The value is not a URL. A URL begins with https:// or http:// and names a host, \
             such as \"https://example.com/messages\"."
                .to_owned(),
        ),
    }
}

/// A URI of any kind.
fn uri(text: &str) -> Validity {
    let well_formed = || {
        let (scheme, rest) = text.split_once(':')?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        let rest = rest.trim_start_matches('/');
        (is_scheme && !rest.is_empty() && !text.contains(char::is_whitespace)).then_some(())
    };
    well_formed().ok_or_else(|| {
        "The value is not a URI. A URI has a scheme and no white space, such as \
         \"sip://sip.example.com\"."
            .to_owned()
    })
}

/// A port.
pub(super) fn port(number: &Number) -> Validity {
    match number.as_i64() {
        Some(1..=65535) => Ok(()),
        _ => Err("The value is not a port. A port is a whole number from 1 to 65535.".to_owned()),
    }
}

/// A whole number that is not negative.
pub(super) fn whole_number(number: &Number) -> Validity {
    match number.as_i64() {
        Some(0..) => Ok(()),
        _ => Err(format!(
            "The value is not a whole number from 0 to {}, the largest that the provider sends.",
            i64::MAX
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joonto::{RouteKind, VoiceRoute};

    fn accepts(name: &str, good: &[&str], bad: &[&str]) {
        let column = VoiceRoute::TABLE.column(name).expect("a column");
        for valid in good {
            assert_eq!(text(column, valid), Ok(()), "{valid:?}");
        }
        for bad in bad {
            assert!(text(column, bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn texts() {
        accepts("voice_url_method", &["GET", "POST", ""], &["get", "PUT"]);
        let words = ["None", "Basic", "Bearer"];
        accepts("voice_authentication_type", &words, &["basic"]);
        accepts("route_type", &["Trunk"], &["", "trunk"]);
        accepts("route_name", &["inbound"], &[""]);
        accepts(
            "voice_url",
            &[
                "https://example.com/sms",
                "http://192.0.2.1:8080",
                "HTTPS://example.com?a=b",
                "https://user@example.com",
                "",
            ],
            &[
                "example.com",
                "https://",
                "https:///sms",
                "ftp://example.com",
                "https://example.com/a b",
                "https://:8080/",
                "wss://example.com",
            ],
        );
        accepts(
            "wss_uri",
            &[
                "sip:a@example.com",
                "wss://192.0.2.3",
                "https://sip1.example.com",
            ],
            &["example.com", "sip:", "wss://", "1sip:a", "sip:a b"],
        );
    }

    #[test]
    fn numbers() {
        let number = |text: &str| text.parse::<Number>().expect("a number");
        for text in ["1", "5061", "65535"] {
            assert_eq!(port(&number(text)), Ok(()), "{text}");
        }
        for bad in ["0", "-1", "65536", "1.5", "1e30"] {
            assert!(port(&number(bad)).is_err(), "{bad}");
        }
        assert_eq!(whole_number(&number("0")), Ok(()));
        for bad in ["-1", "0.5"] {
            assert!(whole_number(&number(bad)).is_err(), "{bad}");
        }
    }
}
