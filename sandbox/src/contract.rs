//! What a request may hold. Each operation declares its request once, with [`request!`]: from that come the
//! parsed type, the checks, and `contract.json`.

use serde_json::{Map, Value, json};

/// The shape of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Bool,
    Integer,
    TextList,
    /// A list of `{"Number": "..."}`.
    NumberList,
    /// A list of `{"IpAddress": "..."}`.
    AddressList,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Bool => "bool",
            Self::Integer => "int",
            Self::TextList => "array of string",
            Self::NumberList => "array of {Number: string}",
            Self::AddressList => "array of {IpAddress: string}",
        }
    }
}

/// What a text must look like beyond being a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Any,
    AreaCode,
    Date,
    E164,
    Email,
    Iccid,
    Page,
    Uri,
    Zip,
}

impl Format {
    pub(crate) fn accepts(self, text: &str) -> bool {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::Any => !text.is_empty(),
            Self::AreaCode => text.len() == 3 && digits(text) && text.as_bytes()[0] >= b'2',
            Self::Date => crate::dates::parse_day(text).is_some(),
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
            Self::Uri => text.split_once("://").is_some_and(|(scheme, rest)| {
                ["http", "https", "ws", "wss", "sip", "sips"].contains(&scheme)
                    && !rest.is_empty()
                    && !text.contains(char::is_whitespace)
            }),
            Self::Zip => text.len() == 5 && digits(text),
        }
    }

    fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::Any => return None,
            Self::AreaCode => "3 digits, the first 2-9",
            Self::Date => "MM/DD/YYYY",
            Self::E164 => "E.164 with +",
            Self::Email => "email",
            Self::Iccid => "18-20 digits starting 89",
            Self::Page => "a number from 1, as text",
            Self::Uri => "uri",
            Self::Zip => "5 digits",
        })
    }
}

/// One field of a request, as declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    nullable: bool,
    blank: bool,
    words: &'static [&'static str],
    format: Format,
}

impl Field {
    pub(crate) const fn named(name: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Text,
            required: false,
            nullable: false,
            blank: false,
            words: &[],
            format: Format::Any,
        }
    }

    pub(crate) const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    pub(crate) const fn format(mut self, format: Format) -> Self {
        self.format = format;
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
    pub(crate) const fn typed(mut self, kind: Kind, required: bool) -> Self {
        self.kind = kind;
        self.required = required;
        self
    }

    fn check_text(&self, text: &str) -> Result<(), String> {
        if !self.words.is_empty() && !self.words.contains(&text) {
            return Err(format!(
                "{} must be one of {}",
                self.name,
                self.words.join(", ")
            ));
        }
        if !self.format.accepts(text) {
            let expected = self.format.word().unwrap_or("a text that is not empty");
            return Err(format!("{} must be {expected}", self.name));
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
        if self.nullable {
            described["nullable"] = json!(true);
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NumberItem {
    pub(crate) number: String,
    pub(crate) iccid: Option<String>,
}

/// An item of a white list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddressItem(pub(crate) String);

/// A Rust type that stands for a kind of JSON value.
pub(crate) trait WireValue: Sized {
    const KIND: Kind;
    fn parse(field: &Field, value: &Value) -> Result<Self, String>;
    /// The value as it travels.
    fn write(self) -> Value;
}

impl WireValue for String {
    const KIND: Kind = Kind::Text;
    fn parse(field: &Field, value: &Value) -> Result<Self, String> {
        let text = value.as_str().ok_or_else(|| field.wrong_type())?;
        field.check_text(text)?;
        Ok(text.to_owned())
    }

    fn write(self) -> Value {
        Value::String(self)
    }
}

impl WireValue for bool {
    const KIND: Kind = Kind::Bool;
    fn parse(field: &Field, value: &Value) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| field.wrong_type())
    }

    fn write(self) -> Value {
        Value::Bool(self)
    }
}

impl WireValue for i64 {
    const KIND: Kind = Kind::Integer;
    fn parse(field: &Field, value: &Value) -> Result<Self, String> {
        value.as_i64().ok_or_else(|| field.wrong_type())
    }

    fn write(self) -> Value {
        Value::from(self)
    }
}

impl WireValue for Vec<String> {
    const KIND: Kind = Kind::TextList;
    fn parse(field: &Field, value: &Value) -> Result<Self, String> {
        let items = value.as_array().ok_or_else(|| field.wrong_type())?;
        items
            .iter()
            .map(|item| String::parse(field, item).map_err(|_| field.wrong_type()))
            .collect()
    }

    fn write(self) -> Value {
        Value::from(self)
    }
}

impl WireValue for Vec<NumberItem> {
    const KIND: Kind = Kind::NumberList;
    fn parse(field: &Field, value: &Value) -> Result<Self, String> {
        let number = Field::named("Number").format(Format::E164);
        let iccid = Field::named("ICCID").format(Format::Iccid);
        let items = value.as_array().ok_or_else(|| field.wrong_type())?;
        if items.is_empty() {
            return Err(format!("{} must not be empty", field.name));
        }
        items
            .iter()
            .map(|item| {
                Ok(NumberItem {
                    number: String::parse(
                        &number,
                        item.get("Number").ok_or_else(|| field.wrong_type())?,
                    )?,
                    iccid: item
                        .get("ICCID")
                        .map(|value| String::parse(&iccid, value))
                        .transpose()?,
                })
            })
            .collect()
    }

    fn write(self) -> Value {
        self.into_iter()
            .map(|item| json!({ "Number": item.number, "ICCID": item.iccid }))
            .collect()
    }
}

impl WireValue for Vec<AddressItem> {
    const KIND: Kind = Kind::AddressList;
    fn parse(field: &Field, value: &Value) -> Result<Self, String> {
        let items = value.as_array().ok_or_else(|| field.wrong_type())?;
        items
            .iter()
            .map(|item| {
                let address = item.get("IpAddress").and_then(Value::as_str);
                address
                    .map(|address| AddressItem(address.to_owned()))
                    .ok_or_else(|| field.wrong_type())
            })
            .collect()
    }

    fn write(self) -> Value {
        self.into_iter()
            .map(|AddressItem(address)| json!({ "IpAddress": address }))
            .collect()
    }
}

/// A field of a request struct: a plain type is required, a [`Given`] is not.
pub(crate) trait FromWire: Sized {
    const KIND: Kind;
    const REQUIRED: bool;
    fn read(field: &Field, value: Option<&Value>) -> Result<Self, String>;
    /// The value as it travelled; none for a field that was absent.
    fn sent(self) -> Option<Value>;
}

impl<T: WireValue> FromWire for T {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = true;
    fn read(field: &Field, value: Option<&Value>) -> Result<Self, String> {
        match value {
            None | Some(Value::Null) => Err(format!("The {} field is required.", field.name)),
            Some(value) => T::parse(field, value),
        }
    }

    fn sent(self) -> Option<Value> {
        Some(self.write())
    }
}

impl<T: WireValue> FromWire for Given<T> {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = false;
    fn read(field: &Field, value: Option<&Value>) -> Result<Self, String> {
        match value {
            None => Ok(Self::Absent),
            Some(Value::Null) if field.nullable => Ok(Self::Null),
            Some(Value::String(text)) if text.is_empty() && field.blank => Ok(Self::Null),
            Some(value) => T::parse(field, value).map(Self::Value),
        }
    }

    fn sent(self) -> Option<Value> {
        match self {
            Self::Absent => None,
            Self::Null => Some(Value::Null),
            Self::Value(value) => Some(value.write()),
        }
    }
}

/// Where an operation's request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Body,
    Query,
}

/// A request as it came, before it is understood.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) fields: Map<String, Value>,
}

/// A request type made by [`request!`].
pub(crate) trait Request: Sized {
    const FIELDS: &'static [Field];
    fn read(input: &Input) -> Result<Self, Vec<String>>;
    /// The fields that were sent, under their wire names.
    fn into_fields(self) -> Map<String, Value>;
}

/// Keys of the input that the contract does not know.
pub(crate) fn unknown_keys(fields: &[Field], input: &Input) -> Vec<String> {
    let known = |key: &String| fields.iter().any(|field| field.name == key);
    let unknown = input.fields.keys().filter(|key| !known(key));
    unknown
        .map(|key| format!("{key} is not a field of this request"))
        .collect()
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

            fn read(input: &$crate::contract::Input) -> Result<Self, Vec<String>> {
                let mut problems = Vec::new();
                let mut declared = Self::FIELDS.iter();
                $(
                    let $field = declared.next().and_then(|field| {
                        let value = input.fields.get(field.name);
                        <$type as $crate::contract::FromWire>::read(field, value)
                            .map_err(|problem| problems.push(problem))
                            .ok()
                    });
                )*
                match ($( $field, )*) {
                    ($( Some($field), )*) => Ok(Self { $( $field, )* }),
                    #[allow(unreachable_patterns, reason = "a request without fields cannot fail")]
                    _ => Err(problems),
                }
            }

            fn into_fields(self) -> serde_json::Map<String, serde_json::Value> {
                let mut fields = serde_json::Map::new();
                let mut declared = Self::FIELDS.iter();
                $(
                    if let (Some(field), Some(value)) =
                        (declared.next(), $crate::contract::FromWire::sent(self.$field))
                    {
                        fields.insert(field.name.to_owned(), value);
                    }
                )*
                fields
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
                "in": match operation.source { Source::Body => "body", Source::Query => "query" },
                "closed": operation.closed,
                "fields": fields,
            })
        })
        .collect();
    json!({ "operations": operations })
}
