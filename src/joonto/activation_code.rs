//! The eSIM activation code inside a QR link.

/// The activation code (`LPA:1$...`) that a QR link carries, if it carries one.
///
/// The code is the link's `text` parameter up to the next `&`, percent-decoded where it holds a
/// `%`. A `+` in it is a `+`: these links are not form-encoded. Links of other shapes carry none,
/// which is no error.
#[must_use]
pub fn activation_code(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let text = query
        .split('&')
        .find_map(|parameter| parameter.strip_prefix("text="))?;
    let code = percent_decoded(text)?;
    let is_code = code.starts_with("LPA:1$") && !code.contains(char::is_whitespace);
    is_code.then_some(code)
}

/// `None` for what is no text once decoded, or holds a broken escape.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_text_of_the_link() {
        let code = Some("LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN");
        for link in [
            "https://quickchart.io/qr?text=LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN&\
             centerImageUrl=https://joonto.com/icon.png&ecLevel=H",
            "https://quickchart.io/qr?text=LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN",
            "https://example.com/?size=2&text=LPA%3A1%24T-MOBILE.IDEMIA.IO%24LX9G1-Q12VI-CIIWA-WAQIN",
        ] {
            assert_eq!(activation_code(link).as_deref(), code, "{link}");
        }
    }

    #[test]
    fn a_plus_stays_a_plus() {
        assert_eq!(
            activation_code("x?text=LPA:1$a$b+c").as_deref(),
            Some("LPA:1$a$b+c")
        );
    }

    #[test]
    fn other_links_carry_no_code() {
        for link in [
            "",
            "https://api.telegent.com/qr-activation-link",
            "https://example.com/?text=hello",
            "https://example.com/?text=LPA:1$a%2",
            "https://example.com/?text=LPA:1$a%zz",
            "https://example.com/?text=LPA:1$%ff",
            "https://example.com/?context=LPA:1$a$b",
        ] {
            assert_eq!(activation_code(link), None, "{link}");
        }
    }
}
