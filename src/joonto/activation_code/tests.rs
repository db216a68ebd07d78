use super::*;

fn code(link: &str) -> Option<String> {
    activation_code(link).map(|code| code.expose().to_owned())
}

#[test]
fn codes_in_links() {
    let expected = Some("LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN".to_owned());
    let plain = "https://quickchart.io/qr?text=LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI-CIIWA-WAQIN";
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

#[test]
fn a_code_is_taken_apart_alone_and_in_its_link() {
    let alone = "LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI";
    let link = "https://quickchart.io/qr?text=LPA%3A1%24T-MOBILE.IDEMIA.IO%24LX9G1-Q12VI";
    for text in [alone, link, "  LPA:1$T-MOBILE.IDEMIA.IO$LX9G1-Q12VI\n"] {
        let code = ActivationCode::parse(text).expect(text);
        assert_eq!(code.text.expose(), alone);
        assert_eq!(code.smdp_address, "T-MOBILE.IDEMIA.IO");
        assert_eq!(
            code.matching_id.as_ref().map(Secret::expose),
            Some("LX9G1-Q12VI")
        );
        assert!(!code.confirmation_code_required);
    }
    for (text, matching_id, required) in [
        ("LPA:1$smdp.example.com$$1.3.6.1.4.1.31746$1", None, true),
        ("LPA:1$smdp.example.com$ID$$1", Some("ID"), true),
        ("LPA:1$smdp.example.com:8443$ID$1.3.6", Some("ID"), false),
    ] {
        let code = ActivationCode::parse(text).expect(text);
        assert_eq!(code.matching_id.as_ref().map(Secret::expose), matching_id);
        assert_eq!(code.confirmation_code_required, required, "{text}");
    }
}

#[test]
fn no_code_is_distinguished_from_a_bad_one() {
    for (text, expected) in [
        ("", "neither LPA:1$ nor"),
        ("1$smdp.example.com$ID", "neither LPA:1$ nor"),
        ("LPA:2$smdp.example.com$ID", "neither LPA:1$ nor"),
        (
            "https://example.com/qr-activation-link",
            "a link that has no",
        ),
        ("https://example.com/?text=hello", "a link that has no"),
        ("LPA:1$", "not the name of a server"),
        ("LPA:1$$ID", "not the name of a server"),
        ("LPA:1$not/a/name$ID", "not the name of a server"),
        ("LPA:1$smdp.example.com", "nothing follows"),
        ("LPA:1$smdp.example.com$A B", "a character"),
        ("LPA:1$smdp.example.com$ID$1.3$yes", "its last part"),
        ("LPA:1$smdp.example.com$ID$1.3$1$", "more parts"),
    ] {
        let error = ActivationCode::parse(text).expect_err(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}
