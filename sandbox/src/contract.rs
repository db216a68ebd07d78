//! What a request may hold. Each operation declares its request once, with [`request!`] or, for routes, as a table of
//! fields: from that come the parsed type, the checks, and `contract.json`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::switches::Edition;

/// The shape of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Text,
    Bool,
    Integer,
    TextList,
    /// A list of `{"Number": "..."}`.
    NumberList,
    /// A list of `{"IpAddress": "..."}`.
    AddressList,
    /// An object with the fields that its own field lists.
    Object,
}

impl FieldKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Bool => "bool",
            Self::Integer => "int",
            Self::TextList => "array of string",
            Self::NumberList => "array of {Number: string}",
            Self::AddressList => "array of {IpAddress: string}",
            Self::Object => "object",
        }
    }
}

/// What a text must look like beyond being a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Any,
    AreaCode,
    Date,
    /// The documented form of a day, or the one of older notes.
    DayOrDate,
    E164,
    Email,
    Iccid,
    Page,
    State,
    Uri,
    Zip,
    ZipPlusFour,
}

impl Format {
    pub(crate) fn accepts(self, text: &str) -> bool {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::Any => !text.is_empty(),
            Self::AreaCode => text.len() == 3 && digits(text) && text.as_bytes()[0] >= b'2',
            Self::Date => crate::dates::parse_day(text).is_some(),
            Self::DayOrDate => crate::dates::parse_iso_day(text)
                .or(crate::dates::parse_day(text))
                .is_some(),
            Self::E164 => text.strip_prefix('+').is_some_and(|rest| {
                digits(rest) && (8..=15).contains(&rest.len()) && !rest.starts_with('0')
            }),
            Self::Email => text.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !host.contains('@')
            }),
            Self::Iccid => {
                (18..=20).contains(&text.len()) && digits(text) && text.starts_with("89")
            }
            Self::Page => digits(text) && text.len() <= 9 && !text.starts_with('0'),
            Self::State => text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()),
            Self::Uri => text.split_once("://").is_some_and(|(scheme, rest)| {
                ["http", "https", "ws", "wss", "sip", "sips"].contains(&scheme)
                    && !rest.is_empty()
                    && !text.contains(char::is_whitespace)
            }),
            Self::Zip => text.len() == 5 && digits(text),
            Self::ZipPlusFour => match text.split_once('-') {
                Some((zip, four)) => Self::Zip.accepts(zip) && four.len() == 4 && digits(four),
                None => Self::Zip.accepts(text),
            },
        }
    }

    fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::Any => return None,
            Self::AreaCode => "3 digits, the first 2-9",
            Self::Date => "MM/DD/YYYY",
            Self::DayOrDate => "YYYY-MM-DD",
            Self::E164 => "E.164 with +",
            Self::Email => "email",
            Self::Iccid => "18-20 digits starting 89",
            Self::Page => "a number from 1, as text",
            Self::State => "2 letters",
            Self::Uri => "uri",
            Self::Zip => "5 digits",
            Self::ZipPlusFour => "5 digits, or 9 with a hyphen",
        })
    }
}

/// One field of a request, as declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
    nullable: bool,
    blank: bool,
    words: &'static [&'static str],
    format: Format,
    /// Needed, null and words are rules of the description alone: the wide edition has none of them.
    editorial: bool,
    /// How many characters a text may have.
    max: Option<usize>,
    /// What an object holds, and nothing else.
    inside: &'static [Field],
}

impl Field {
    pub(crate) const fn named(name: &'static str) -> Self {
        Self {
            name,
            kind: FieldKind::Text,
            required: false,
            nullable: false,
            blank: false,
            words: &[],
            format: Format::Any,
            editorial: false,
            max: None,
            inside: &[],
        }
    }

    /// An object of these fields.
    pub(crate) const fn inside(mut self, fields: &'static [Field]) -> Self {
        self.kind = FieldKind::Object;
        self.inside = fields;
        self
    }

    /// A field whose rules are those of the description, not of the service's own models.
    pub(crate) const fn editorial(mut self, required: bool) -> Self {
        self.editorial = true;
        self.required = required;
        self
    }

    pub(crate) const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    pub(crate) const fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    pub(crate) const fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    /// Null is allowed and means something.
    pub(crate) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Null and `""` are documented as "not set".
    pub(crate) const fn or_blank(mut self) -> Self {
        self.nullable = true;
        self.blank = true;
        self
    }

    /// Fills in what the Rust type of the field says; the macro calls it.
    pub(crate) const fn typed(mut self, kind: FieldKind, required: bool) -> Self {
        self.kind = kind;
        self.required |= required;
        self
    }

    /// What is wrong with what was sent for this field, if anything is.
    pub(crate) fn check(&self, value: Option<&Value>, edition: Edition) -> Result<(), String> {
        match value {
            None | Some(Value::Null) if self.editorial && edition == Edition::Wide => Ok(()),
            Some(value) if self.editorial && edition == Edition::Wide => Self {
                words: &[],
                ..*self
            }
            .check_value(value, edition),
            None | Some(Value::Null) if self.required => {
                Err(format!("The {} field is required.", self.name))
            }
            None => Ok(()),
            Some(Value::Null) if self.nullable => Ok(()),
            Some(Value::String(text)) if text.is_empty() && self.blank => Ok(()),
            Some(value) => self.check_value(value, edition),
        }
    }

    fn check_value(&self, value: &Value, edition: Edition) -> Result<(), String> {
        match (self.kind, value) {
            (FieldKind::Text, Value::String(text)) => self.check_text(text),
            (FieldKind::Bool, Value::Bool(_)) => Ok(()),
            (FieldKind::Integer, value) if value.is_i64() => Ok(()),
            (FieldKind::TextList, Value::Array(items))
                if items.iter().all(|item| self.is_text(item)) =>
            {
                Ok(())
            }
            (FieldKind::NumberList, Value::Array(items)) => self.check_numbers(items),
            (FieldKind::AddressList, Value::Array(items))
                if items.iter().all(|item| item["IpAddress"].is_string()) =>
            {
                Ok(())
            }
            (FieldKind::Object, Value::Object(fields)) => self.check_inside(fields, edition),
            _ => Err(self.wrong_type()),
        }
    }

    fn check_inside(&self, sent: &Input, edition: Edition) -> Result<(), String> {
        let of_this = |problem| format!("{}: {problem}", self.name);
        let is_known = |key: &&String| self.inside.iter().any(|field| field.name == **key);
        if let Some(unknown) = sent.keys().find(|key| !is_known(key)) {
            return Err(of_this(format!("{unknown} is not a field of this request")));
        }
        let mut checked = self.inside.iter();
        checked
            .try_for_each(|field| field.check(sent.get(field.name), edition))
            .map_err(of_this)
    }

    fn check_text(&self, text: &str) -> Result<(), String> {
        if !self.words.is_empty() && !self.words.contains(&text) {
            return Err(format!(
                "{} must be one of {}",
                self.name,
                self.words.join(", ")
            ));
        }
        if let Some(max) = self.max.filter(|max| text.chars().count() > *max) {
            return Err(format!("{} must have at most {max} characters", self.name));
        }
        if !self.format.accepts(text) {
            let expected = self.format.word().unwrap_or("a text that is not empty");
            return Err(format!("{} must be {expected}", self.name));
        }
        Ok(())
    }

    fn is_text(&self, item: &Value) -> bool {
        item.as_str()
            .is_some_and(|text| self.check_text(text).is_ok())
    }

    fn check_numbers(&self, items: &[Value]) -> Result<(), String> {
        const NUMBER: Field = Field::named("Number").format(Format::E164);
        const ICCID: Field = Field::named("ICCID").format(Format::Iccid);
        if items.is_empty() {
            return Err(format!("{} must not be empty", self.name));
        }
        for item in items {
            let number = item.get("Number").ok_or_else(|| self.wrong_type())?;
            NUMBER.check_value(number, Edition::Strict)?;
            ICCID.check(item.get("ICCID"), Edition::Strict)?;
        }
        Ok(())
    }

    fn wrong_type(&self) -> String {
        format!("{} must be of type {}", self.name, self.kind.word())
    }

    fn describe(&self) -> Value {
        let mut described =
            json!({ "name": self.name, "type": self.kind.word(), "required": self.required });
        if !self.words.is_empty() {
            described["enum"] = json!(self.words);
        }
        if let Some(format) = self.format.word() {
            described["format"] = json!(format);
        }
        if let Some(max) = self.max {
            described["max"] = json!(max);
        }
        if self.nullable {
            described["nullable"] = json!(true);
        }
        if !self.inside.is_empty() {
            described["fields"] = self.inside.iter().map(Self::describe).collect();
        }
        described
    }
}

/// An optional field: absent, null, or there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Given<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<T> Given<T> {
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    pub(crate) fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

/// An item of a list of numbers.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct NumberItem {
    #[serde(rename = "Number")]
    pub(crate) number: String,
    #[serde(rename = "ICCID")]
    pub(crate) iccid: Option<String>,
}

/// A Rust type that stands for a kind of JSON value.
pub(crate) trait WireValue: for<'a> Deserialize<'a> {
    const KIND: FieldKind;
}

impl WireValue for String {
    const KIND: FieldKind = FieldKind::Text;
}

impl WireValue for bool {
    const KIND: FieldKind = FieldKind::Bool;
}

impl WireValue for i64 {
    const KIND: FieldKind = FieldKind::Integer;
}

impl WireValue for Vec<String> {
    const KIND: FieldKind = FieldKind::TextList;
}

impl WireValue for Vec<NumberItem> {
    const KIND: FieldKind = FieldKind::NumberList;
}

/// A field of a request struct: a plain type is required, a [`Given`] is not.
pub(crate) trait FromWire: Sized {
    const KIND: FieldKind;
    const REQUIRED: bool;
    /// Reads a value that its field has checked.
    fn read(value: Option<&Value>) -> serde_json::Result<Self>;
}

impl<T: WireValue> FromWire for T {
    const KIND: FieldKind = T::KIND;
    const REQUIRED: bool = true;
    fn read(value: Option<&Value>) -> serde_json::Result<Self> {
        T::deserialize(value.unwrap_or(&Value::Null))
    }
}

impl<T: WireValue> FromWire for Given<T> {
    const KIND: FieldKind = T::KIND;
    const REQUIRED: bool = false;
    fn read(value: Option<&Value>) -> serde_json::Result<Self> {
        match value {
            None => Ok(Self::Absent),
            Some(Value::Null) => Ok(Self::Null),
            Some(Value::String(text)) if text.is_empty() => Ok(Self::Null),
            Some(value) => T::deserialize(value).map(Self::Value),
        }
    }
}

/// A request as it came, before it is understood.
pub(crate) type Input = Map<String, Value>;

/// A request type made by [`request!`].
pub(crate) trait Request: Sized {
    const FIELDS: &'static [Field];
    /// Reads a request that its fields have checked.
    fn read(input: &Input) -> serde_json::Result<Self>;
}

/// Declares a request: a Rust type, its wire names and its rules, in one place.
macro_rules! request {
    ($(#[$meta:meta])* $name:ident { $( $field:ident : $type:ty = $spec:expr; )* }) => {
        $(#[$meta])*
        #[derive(Debug)]
        #[allow(dead_code, reason = "some fields are checked and then mean nothing to the sandbox")]
        pub(crate) struct $name { $( pub(crate) $field: $type, )* }

        impl $crate::contract::Request for $name {
            const FIELDS: &'static [$crate::contract::Field] = &[
                $( ($spec).typed(
                    <$type as $crate::contract::FromWire>::KIND,
                    <$type as $crate::contract::FromWire>::REQUIRED,
                ), )*
            ];

            fn read(input: &$crate::contract::Input) -> serde_json::Result<Self> {
                let _ = input;
                Ok(Self {
                    $( $field: $crate::contract::FromWire::read(input.get(($spec).name))?, )*
                })
            }
        }
    };
}
pub(crate) use request;

/// The whole contract as JSON: what `contract.json` holds.
pub(crate) fn describe() -> Value {
    let operations: Vec<_> = crate::operations::all()
        .iter()
        .map(|operation| {
            let fields: Vec<_> = operation.fields.iter().map(Field::describe).collect();
            json!({
                "operation": operation.name,
                "method": operation.method,
                "path": operation.path,
                "in": if operation.is_query() { "query" } else { "body" },
                "closed": operation.closed,
                "fields": fields,
            })
        })
        .collect();
    json!({ "operations": operations })
}
