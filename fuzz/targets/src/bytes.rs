//! Makes choices, and values, from the bytes of an input.

use terraform_provider_joonto::terraform::value::{Type, Value};

/// Texts that mean something to the provider.
const WORDS: [&str; 40] = [
    "",
    "mvno",
    "iot",
    "voip",
    "p2p",
    "a2p",
    "A2P",
    "201",
    "84603",
    "+18016025346",
    "18016025346",
    "8901240397190195850",
    "8901240397190195850F",
    "Sms+Data",
    "Sms-Only",
    "cancel",
    "park",
    "prevent",
    "abandon",
    "MRID-1",
    "CRID-1",
    "AID-1",
    "TSUID-1",
    "NID-1",
    "JNUOID-1",
    "Active",
    "Complete",
    "Pending",
    "10m",
    "1h30m",
    "-5s",
    "LPA:1$smdp.example.com$4A-11",
    "https://quickchart.io/qr?text=LPA:1$smdp.example.com$4A-11",
    "https://example.com/hook",
    "sip.example.com:5060",
    "192.0.2.1",
    "192.0.2.0/33",
    "smpp",
    "2025-10-29T12:36:19+00:00",
    "\u{e9}\u{2028}\u{1f600}",
];

/// The bytes of an input, used up one by one; what comes after the last is zeros.
pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        match self.0 {
            [first, rest @ ..] => {
                self.0 = rest;
                *first
            }
            [] => 0,
        }
    }

    pub(crate) fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[usize::from(self.byte()) % choices.len()]
    }

    /// A value of a type, rarely null or unknown where it need not be.
    pub(crate) fn value(&mut self, ty: &Type) -> Value {
        match self.byte() {
            0..=79 => return Value::Null,
            80..=95 => return Value::Unknown,
            _ => {}
        }
        self.known(ty)
    }

    /// A value of a type that is there, whatever is inside it.
    pub(crate) fn known(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Bool => Value::Bool(self.byte() % 2 == 1),
            Type::Number => self.number(),
            Type::String => Value::from(self.text()),
            Type::List(element) | Type::Set(element) => {
                let length = self.byte() % 4;
                Value::List((0..length).map(|_| self.value(element)).collect())
            }
            Type::Map(element) => {
                let length = self.byte() % 4;
                let names = (0..length).map(|at| at.to_string());
                let elements: Vec<_> = names.map(|name| (name, self.value(element))).collect();
                Value::object(elements)
            }
            Type::Object(types) => {
                let attributes: Vec<_> = types
                    .iter()
                    .map(|(name, ty)| (name.clone(), self.value(ty)))
                    .collect();
                Value::object(attributes)
            }
        }
    }

    fn number(&mut self) -> Value {
        match self.byte() {
            0..=127 => Value::from(i64::from(self.byte())),
            128..=191 => Value::from(-i64::from(self.byte())),
            192..=223 => Value::from(i64::MAX - i64::from(self.byte())),
            _ => "1.5e300".parse().map_or(Value::Null, Value::Number),
        }
    }

    /// A word that means something, or the text that follows.
    pub(crate) fn text(&mut self) -> String {
        match usize::from(self.byte()) {
            word if word < WORDS.len() * 6 => WORDS[word % WORDS.len()].to_owned(),
            length => {
                let length = (length - WORDS.len() * 6).min(self.0.len());
                let (text, rest) = self.0.split_at(length);
                self.0 = rest;
                String::from_utf8_lossy(text).into_owned()
            }
        }
    }
}
