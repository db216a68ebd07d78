//! What Terraform keeps of a webhook, and what a read changes of it.

use std::collections::BTreeMap;

use crate::joonto::{AccountId, Webhook};
use crate::provider::validators::{self, Validity, valid_if};
use crate::terraform::Attr;
use crate::terraform::schema::Set;
use crate::terraform::value::Number;

pub(super) use crate::provider::validators::given;

/// The events that the API describes.
pub(super) const EVENTS: &[&str] = &[
    "Order_Update",
    "New_Sms",
    "Call_Completed",
    "Call_On_Hold",
    "Call_Recording",
    "Call_In_Progress",
    "Call_Ringing",
];
/// The HTTP methods; the first is the default.
pub(super) const METHODS: &[&str] = &["POST", "PUT"];
/// The formats; the first is the default.
pub(super) const FORMATS: &[&str] = &["json", "xml"];
/// The types of authentication.
const TYPES: &[&str] = &["none", "basic", "token"];

/// How many characters the API takes for an argument, and for all events joined.
pub(super) const LONGEST: usize = 255;

crate::model! {
    /// A webhook: the API calls its URL when one of its events occurs. A webhook has no signature:
    /// its receiver can check nothing but the user name and password, or the token, of the
    /// `authentication` block. The vendor does not document what a call contains, nor whether it is
    /// repeated.
    pub(crate) struct WebhookModel {
        /// URL that the API calls, `https://...`, of at most 255 characters.
        url: String => required(), validator(https);
        /// Names of the events. The API describes `Order_Update`, `New_Sms`, `Call_Completed`,
        /// `Call_On_Hold`, `Call_Recording`, `Call_In_Progress` and `Call_Ringing`; other names
        /// are sent with a warning. Capitals do not count.
        events: Set<String> => required();
        /// HTTP method of the call: `POST` or `PUT`. Defaults to `POST`.
        method: String => optional_computed(), validator(|text: &str| validators::one_of(METHODS, text));
        /// Format of what is sent: `json` or `xml`. Defaults to `json`.
        data_format: String => optional_computed(), validator(|text: &str| validators::one_of(FORMATS, text));
        /// Account (`AID-...`) that the webhook belongs to, needed by distributors with several
        /// accounts. Defaults to the provider's `account_id`. A change to another account replaces
        /// the webhook.
        account_id: String => optional_computed(), replaces(), validator(|text: &str| at_most(100, text));

        /// Id of the webhook, `WID-...`. An import takes it alone, or as `AID-.../WID-...` with the
        /// account that the webhook belongs to.
        id: String => computed();
        /// Whether the API sends events. It cannot be set; a refresh warns if it is false.
        active: bool => computed();
    }
    blocks {
        authentication: AuthenticationModel;
    }
}

crate::model! {
    /// How the API proves to the receiver who it is. Without this block it does not.
    pub(crate) struct AuthenticationModel {
        /// Type of authentication: `none`, `basic` (needs `username` and `password_wo`) or `token`
        /// (needs `token_wo`).
        r#type: String => required(), validator(|text: &str| validators::one_of(TYPES, text));
        /// User name. Never compared with what the API returns.
        username: String => optional(), sensitive(), validator(longest);
        /// Password, never stored in plan or state. Needs `password_wo_version`, and Terraform 1.11
        /// or later.
        password_wo: String => optional(), sensitive(), write_only(), validator(longest);
        /// Version of `password_wo`. Another number sends it again.
        password_wo_version: Number => optional();
        /// Token, never stored in plan or state. Needs `token_wo_version`, and Terraform 1.11 or
        /// later.
        token_wo: String => optional(), sensitive(), write_only(), validator(longest);
        /// Version of `token_wo`. Another number sends it again.
        token_wo_version: Number => optional();
    }
    blocks {}
}

fn at_most(count: usize, text: &str) -> Validity {
    let is_short = text.chars().count() <= count;
    valid_if(
        is_short,
        &format!("The value has more than {count} characters."),
    )
}

fn longest(text: &str) -> Validity {
    at_most(LONGEST, text)
}

fn https(text: &str) -> Validity {
    at_most(LONGEST, text)?;
    let host = text
        .get(..8)
        .filter(|scheme| scheme.eq_ignore_ascii_case("https://"))
        .and_then(|_| text[8..].split(['/', '?', '#']).next())
        .and_then(|authority| authority.rsplit('@').next()?.split(':').next());
    let has_gaps = text.contains(|c: char| c.is_whitespace() || c.is_control());
    valid_if(
        host.is_some_and(|host| !host.is_empty()) && !has_gaps,
        "The value is not a URL that begins with https:// and names a host, such as \
         \"https://example.com/events\".",
    )
}

/// The names of events by which they are compared, each with its first spelling.
pub(super) fn distinct(events: &Attr<Set<String>>) -> BTreeMap<String, &str> {
    let mut names = BTreeMap::new();
    for name in events.known().into_iter().flat_map(Set::known) {
        let name = name.trim();
        names.entry(name.to_lowercase()).or_insert(name);
    }
    names
}

/// Whether both name the same events. What is unknown may be anything.
pub(super) fn same_events(one: &Attr<Set<String>>, other: &Attr<Set<String>>) -> bool {
    let is_known = |events: &Attr<Set<String>>| events.known().is_some_and(Set::is_wholly_known);
    is_known(one) && is_known(other) && distinct(one).keys().eq(distinct(other).keys())
}

/// The events as the API writes a list.
pub(super) fn joined(events: &Attr<Set<String>>) -> String {
    Vec::from_iter(distinct(events).into_values()).join(",")
}

/// The name of a type of authentication, for a word of the API.
pub(super) fn type_of(word: &str) -> String {
    match word.to_lowercase() {
        word if word == "bearer" => "token".to_owned(),
        word => word,
    }
}

impl WebhookModel {
    /// Takes over what a read returns, in the spelling of before where both mean the same. What it
    /// does not return is no difference, and secrets are never compared.
    pub(super) fn flatten(&mut self, returned: &Webhook) {
        self.id = returned.id().into();
        self.active = returned.is_active.into();
        if self.account_id.is_null() || self.account_id.is_unknown() {
            self.account_id = returned
                .account_id
                .as_ref()
                .map(AccountId::to_string)
                .into();
        }
        if let Some(url) = &returned.url {
            self.url = url.as_str().into();
        }
        for (kept, text, known) in [
            (&mut self.method, &returned.method, METHODS),
            (&mut self.data_format, &returned.data_format, FORMATS),
        ] {
            if let Some(text) = text {
                let same = |word: &&&str| word.eq_ignore_ascii_case(text);
                *kept = known.iter().find(same).map_or(&**text, |word| *word).into();
            }
        }
        if let Some(events) = &returned.events {
            let events = Attr::Known(events.iter().cloned().collect());
            if !same_events(&self.events, &events) {
                self.events = events;
            }
        }
        if let Some(word) = &returned.authentication_type {
            let word = type_of(word);
            match &mut self.authentication {
                Attr::Known(block) => block.r#type = Attr::Known(word),
                // No block says `none`.
                _ if word == "none" => {}
                unset => {
                    *unset = Attr::Known(AuthenticationModel {
                        r#type: Attr::Known(word),
                        ..AuthenticationModel::default()
                    });
                }
            }
        }
    }
}
