//! Activation codes of eSIMs, as users and the API write them.

use terraform_provider_joonto::joonto::{ActivationCode, activation_code};

use crate::{Allowance, Seed};

pub(crate) const ALLOWANCE: Allowance = Allowance {
    fixed: 1 << 10,
    per_byte: 16,
};

pub(crate) fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(code) = ActivationCode::parse(&text) {
        assert!(!code.smdp_address.is_empty());
        let again = ActivationCode::parse(code.text.expose());
        assert_eq!(again.as_ref(), Ok(&code), "what was read is a code");
        let shown = format!("{code:?}");
        assert!(!shown.contains(code.text.expose()), "a secret is shown");
    }
    if let Some(code) = activation_code(&text) {
        assert!(code.expose().starts_with("LPA:1$"));
    }
}

pub(crate) fn seeds() -> Vec<Seed> {
    let texts = [
        ("code", "LPA:1$smdp.example.com$4A-11-7C"),
        ("confirmed", "LPA:1$smdp.example.com:443$4A-11-7C$1.3.6.1$1"),
        ("by-phone", " LPA:1$smdp.example.com$ "),
        (
            "link",
            "https://quickchart.io/qr?size=200&text=LPA:1$smdp.example.com$4A-11-7C#top",
        ),
        (
            "escaped",
            "https://quickchart.io/qr?text=LPA%3A1%24smdp.example.com%244A-11-7C&format=png",
        ),
        ("other-link", "https://example.com/qr.png"),
    ];
    texts.map(|(name, text)| (name, text.into())).into()
}
