//! Validators of single columns: which rule a value breaks, and what would be right.
//!
//! No text repeats the value: it may be a secret, and of any length.

use crate::joonto::{Column, Format};
use crate::provider::validators::{Validity, one_of, valid_if};
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
    valid_if(!text.trim().is_empty(), "The value cannot be empty.")
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
    valid_if(
        has_host().unwrap_or(false),
        "The value is not a URL. A URL begins with https:// or http:// and names a host, such as \
         \"https://example.com/messages\".",
    )
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
        Some(is_scheme && !rest.is_empty() && !text.contains(char::is_whitespace))
    };
    valid_if(
        well_formed().unwrap_or(false),
        "The value is not a URI. A URI has a scheme and no white space, such as \
         \"sip://sip.example.com\".",
    )
}

/// A port.
pub(super) fn port(number: &Number) -> Validity {
    valid_if(
        matches!(number.as_i64(), Some(1..=65535)),
        "The value is not a port. A port is a whole number from 1 to 65535.",
    )
}

/// A whole number that is not negative.
pub(super) fn whole_number(number: &Number) -> Validity {
    let max = i64::MAX;
    valid_if(
        matches!(number.as_i64(), Some(0..)),
        &format!(
            "The value is not a whole number from 0 to {max}, the largest that the provider sends."
        ),
    )
}

#[cfg(test)]
mod tests;
