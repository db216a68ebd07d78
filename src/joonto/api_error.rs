//! What the API says about an error, fit for an error text.

use std::fmt;

use super::lenient_json::{Json, LenientObject, text};
use super::refusal::Refusal;

/// Longer messages are cut.
const MAX_CHARS: usize = 300;

/// The API's own words about an error; or, when there are none, what there was instead.
///
/// Printed behind a status: `": no such number"`, or `" with a non-JSON body"`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VendorMessage(Result<String, &'static str>);

impl VendorMessage {
    /// Finds the words in the body of a response, if it could be received. Any of `secrets` in
    /// them is masked.
    pub(super) fn read(body: Option<&[u8]>, secrets: &[&str]) -> Self {
        let Some(body) = body else {
            return Self(Err("a body that broke off"));
        };
        if body.trim_ascii().is_empty() {
            return Self(Err("an empty body"));
        }
        let (said, otherwise) = match Json::read(body) {
            Some(json) => (words(&json), "no message"),
            None => (
                std::str::from_utf8(body).ok().map(str::to_owned),
                "a non-JSON body",
            ),
        };
        // HTML does not come from the API, but from something in front of it.
        match said.filter(|said| !said.contains('<') && !said.trim().is_empty()) {
            Some(said) => Self(Ok(presentable(&said, secrets))),
            None => Self(Err(otherwise)),
        }
    }

    /// Words that were read, and masked, before.
    pub(super) fn said(words: &str) -> Self {
        Self(Ok(presentable(words, &[])))
    }

    /// Words that are not shown, because they may repeat personal data.
    pub(super) fn personal() -> Self {
        Self(Err(
            "a message that is not shown, since it may hold personal data",
        ))
    }

    /// The same, without words that may be secrets.
    pub(super) fn listed_words(self) -> Self {
        let shown = |words: String| Refusal::read(&words).text();
        match self.0.map(shown) {
            Ok(Some(words)) => Self(Ok(words)),
            Ok(None) => Self(Err("no message")),
            Err(what) => Self(Err(what)),
        }
    }

    /// The words, if there are any.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref().ok()
    }
}

impl fmt::Display for VendorMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(text) => write!(f, ": {text}"),
            Err(what) => write!(f, " with {what}"),
        }
    }
}

/// The words of an error body: the documented `Message`, else the shapes seen elsewhere.
fn words(json: &Json) -> Option<String> {
    let Some(fields) = LenientObject::of(json) else {
        return text(json);
    };
    let own = [
        "ErrorMessage",
        "OrderStatusMessage",
        "StatusMessage",
        "Error",
    ];
    let mut said = fields
        .text("Message")
        .or_else(|| problem(fields))
        .or_else(|| fields.text_of(&own))?;
    // The vendor's support asks for this one.
    if let Some(id) = fields.text("TransactionLogId") {
        said.push_str(&format!(" (TransactionLogId {id})"));
    }
    Some(said)
}

/// Title, detail and the list of errors of a problem body.
fn problem(fields: LenientObject<'_>) -> Option<String> {
    let mut parts: Vec<String> = ["Title", "Detail"]
        .iter()
        .filter_map(|name| fields.text(name))
        .collect();
    for errors in fields.named("Errors").filter_map(LenientObject::of) {
        for (field, messages) in errors.iter() {
            let messages = match messages {
                Json::List(list) => list.iter().filter_map(text).collect::<Vec<_>>().join(", "),
                other => text(other).unwrap_or_default(),
            };
            if !messages.is_empty() {
                parts.push(format!("{field}: {messages}"));
            }
        }
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// One line, not too long, and without secrets. They are masked as they are; then again, since one
/// may show only once what is no text is left out; and before the cut, so that no half of one stays.
fn presentable(said: &str, secrets: &[&str]) -> String {
    let said = mask(said, secrets);
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    let mut line = mask(&line, secrets);
    if let Some((end, _)) = line.char_indices().nth(MAX_CHARS) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Replaces each of `secrets` in `text`.
pub(super) fn mask(text: &str, secrets: &[&str]) -> String {
    secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
}

#[cfg(test)]
mod tests;
