//! The tables of routes: a column for each setting, with all that is to be known of it.

use super::super::operation::Operation;

/// A kind of route: what the API calls it, and the settings it has.
#[derive(Debug)]
pub struct RouteTable {
    /// What texts call such a route.
    pub noun: &'static str,
    /// How its ids begin.
    pub prefix: &'static str,
    /// Its settings.
    pub columns: &'static [Column],
    /// The id in bodies and responses.
    pub(super) id: &'static str,
    /// The id in queries, where case matters.
    pub(super) id_in_query: &'static str,
    pub(super) create: &'static Operation,
    pub(super) get: &'static Operation,
    pub(super) update: &'static Operation,
    pub(super) delete: &'static Operation,
    pub(super) list: &'static Operation,
}

/// One setting of a route.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Column {
    /// The attribute that holds it.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What to know in order to set it.
    pub note: &'static str,
    /// The kind of its values.
    pub kind: ValueKind,
    /// The form of its texts.
    pub format: Format,
    /// Whether every route has it.
    pub is_required: bool,
    /// Whether it stays as it is where it is left out. Other settings are taken away.
    pub stays: bool,
    /// Whether its value is never shown, nor compared with what the API returns.
    pub is_sensitive: bool,
    /// The attributes of a secret that is never stored, and of its version.
    pub write_only: Option<(&'static str, &'static str)>,
    /// The responses that return it.
    pub returned_by: &'static [ReturnedBy],
    /// Its name in requests and responses.
    pub(super) api: &'static str,
    /// Another name that responses may have for it.
    pub(super) also: &'static str,
}

/// The kinds of values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ValueKind {
    /// Text.
    Text,
    /// On or off.
    Flag,
    /// A whole number from 0 on.
    Number,
    /// A port, which is text in requests.
    Port,
    /// A set of IP addresses.
    Addresses,
}

/// The forms of texts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// Any text.
    Any,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A URL that can be called.
    HttpUrl,
    /// A URI with any scheme.
    Uri,
}

/// The responses that return a route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReturnedBy {
    /// The one about this route alone. The one to its creation returns everything.
    Read,
    /// The account's list of routes.
    List,
}

impl RouteTable {
    /// The setting that an attribute holds.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Column {
    /// Whether any response returns it.
    pub const fn is_returned(&self) -> bool {
        !self.returned_by.is_empty()
    }

    /// Whether it is a switch of which "off" and "left out" are the same.
    pub fn is_switch(&self) -> bool {
        self.kind == ValueKind::Flag && self.is_returned() && !self.stays
    }

    const fn new(name: &'static str, api: &'static str, kind: ValueKind) -> Self {
        Self {
            name,
            doc: "",
            note: "",
            kind,
            format: Format::Any,
            is_required: false,
            stays: false,
            is_sensitive: false,
            write_only: None,
            returned_by: &[ReturnedBy::Read, ReturnedBy::List],
            api,
            also: api,
        }
    }

    pub(super) const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    pub(super) const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    pub(super) const fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    pub(super) const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    pub(super) const fn stays(mut self) -> Self {
        self.stays = true;
        self
    }

    pub(super) const fn sensitive(mut self) -> Self {
        self.is_sensitive = true;
        self.returned_by(&[])
    }

    pub(super) const fn also(mut self, also: &'static str) -> Self {
        self.also = also;
        self
    }

    pub(super) const fn returned_by(mut self, returned_by: &'static [ReturnedBy]) -> Self {
        self.returned_by = returned_by;
        self
    }
}

pub(super) const fn text(name: &'static str, api: &'static str) -> Column {
    Column::new(name, api, ValueKind::Text)
}

pub(super) const fn flag(name: &'static str, api: &'static str) -> Column {
    Column::new(name, api, ValueKind::Flag)
}

pub(super) const fn number(name: &'static str, api: &'static str) -> Column {
    Column::new(name, api, ValueKind::Number)
}

pub(super) const fn port(name: &'static str, api: &'static str) -> Column {
    Column::new(name, api, ValueKind::Port)
}

pub(super) const fn addresses(name: &'static str, api: &'static str) -> Column {
    Column::new(name, api, ValueKind::Addresses)
}

/// A secret by three attributes: stored, write-only, and the version of the latter.
pub(super) const fn secret(names: [&'static str; 3], api: &'static str) -> Column {
    let [stored, write_only, version] = names;
    Column {
        write_only: Some((write_only, version)),
        ..text(stored, api).sensitive()
    }
}
