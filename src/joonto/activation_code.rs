//! The activation code inside an eSIM's QR link.

use super::secret::Secret;

/// The text a phone reads from the picture behind `link`: `LPA:1$<host>$<matching id>`.
///
/// Nothing when the link is of another shape; links on reads often are.
#[must_use]
pub fn activation_code(link: &str) -> Option<Secret> {
    let (_, query) = link.split_once('?')?;
    let (query, _) = query.split_once('#').unwrap_or((query, ""));
    let text = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("text="))?;
    let code = percent_decoded(text)?;
    code.starts_with("LPA:1$").then(|| Secret::new(code))
}

/// Decodes `%41` and the like; a `+` stays one.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => char::from(*high)
                .to_digit(16)
                .zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match escaped.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(link: &str) -> Option<String> {
        activation_code(link).map(|code| code.expose().to_owned())
    }

    #[test]
    fn codes_in_links() {
        let expected = Some("LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN".to_owned());
        let plain =
            "https://quickchart.io/qr?text=LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN";
        assert_eq!(code(plain), expected);
        assert_eq!(
            code(&format!("{plain}&centerImageUrl=https://x/y.png&ecLevel=H")),
            expected
        );
        let encoded = "https://quickchart.io/qr?size=3&text=LPA%3A1%24T-MOBILE.IDEMIA.IO%24LX9G1-Q12VI-CIIWA-WAQIN#x";
        assert_eq!(code(encoded), expected);
        assert_eq!(
            code("https://x/?text=LPA:1$h$a+b%2").as_deref(),
            Some("LPA:1$h$a+b%2")
        );
    }

    #[test]
    fn links_without_a_code() {
        for link in [
            "",
            "https://x/",
            "https://x/?text=",
            "https://x/?text=hello",
            "https://x/?a=LPA:1$h$m",
            "https://x/?text=LPA:1$%ff",
        ] {
            assert_eq!(code(link), None, "{link}");
        }
    }
}
