//! What a losing carrier refuses, without the secrets that it may repeat.

/// The words of a refusal that are shown. Any other may be a secret that the message repeats.
const SHOWN_WORDS: &str = "\
    accepted account accounts acct activated activation active address again already an and another \
    apartment are at awaiting balance be been billing business by can cancellation cancelled cannot \
    carrier city code complete \
    completed completion contact contract correct current customer data date day days dd disconnected \
    do does due eligible error exists fee first for format found free freeze frozen gens group has \
    have hold holds iccid imei in inactive incorrect info information invalid is it landline last \
    later line locked lock losing match matching mismatch mismatched missing mm mobile must name nbr \
    new network no not num number of old on open operation operator or order other out owner pass passcode password \
    past payment pending phone pin plan please processing port portin portindate porting postal prepaid provided \
    provider provide received refused rejected req request requested required resolution resubmit review scheduled sim \
    ssn state status street submit submitted subscriber support suspended the this ticket to toll too \
    type unknown unit until update updated validated validating was winback with wrong yyyy zip";

/// What was refused, as far as it can be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal(Vec<String>);

impl Refusal {
    /// Reads a message of the API.
    pub fn read(message: &str) -> Self {
        let mut shown: Vec<String> = Vec::new();
        for word in message.split(|c: char| !c.is_ascii_alphanumeric()) {
            let is_number_of = |before: Option<&String>| before.is_some_and(|it| it == "GENS");
            let word = match word {
                "" => continue,
                word if is_shown(word) => word,
                // The number of a vendor's code.
                word if word.len() == 4 && is_number_of(shown.last()) => word,
                _ => "…",
            };
            if word != "…" || shown.last().is_none_or(|last| last != "…") {
                shown.push(word.to_owned());
            }
        }
        shown.truncate(40);
        Self(shown)
    }

    /// Whether it has one of these words, in lower case.
    pub fn names(&self, words: &[&str]) -> bool {
        let lower = |word: &String| word.to_ascii_lowercase();
        self.0
            .iter()
            .any(|word| words.contains(&lower(word).as_str()))
    }

    /// Its words, or nothing if it has none.
    pub fn text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(" "))
    }
}

/// A word of the list, or the code of a refusal, such as `8A` or `1P`.
fn is_shown(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_code = matches!(
        word.as_bytes(),
        [digit, letter] if digit.is_ascii_digit() && letter.is_ascii_uppercase()
    );
    is_code || SHOWN_WORDS.split_whitespace().any(|shown| shown == lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_shows_words_of_the_list_and_codes_alone() {
        let shown = |message: &str| Refusal::read(message).text().unwrap_or_default();
        assert_eq!(
            shown("8A-ACCOUNT_NUM_REQ_OR_INCORRECT"),
            "8A ACCOUNT NUM REQ OR INCORRECT"
        );
        assert_eq!(shown("1P-Other"), "1P Other");
        assert_eq!(
            shown("Account number \"4471-0093\" and PIN swordfish do not match."),
            "Account number … and PIN … do not match"
        );
        assert_eq!(
            shown("GENS-0041: contact support 0041"),
            "GENS 0041 contact support …"
        );
        assert_eq!(shown(" - "), "");
    }
}
