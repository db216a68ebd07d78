//! The log, on standard error for the host to read.

use std::fmt;
use std::io::{self, Write as _};

use serde_json::{Map, Value};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::hclog::LogLine;

/// The crate that the level applies to.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// The level of the log.
///
/// The default, without a variable, is warnings and errors. They do not delay the start, and a host
/// without a log drops them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verbosity(LevelFilter);

impl Default for Verbosity {
    fn default() -> Self {
        Self(LevelFilter::WARN)
    }
}

impl Verbosity {
    /// Parses a level as Terraform does: `JSON` and unknown levels mean everything.
    pub fn parse(level: &str) -> Self {
        let level = level.trim();
        let known = [
            ("DEBUG", LevelFilter::DEBUG),
            ("INFO", LevelFilter::INFO),
            ("WARN", LevelFilter::WARN),
            ("ERROR", LevelFilter::ERROR),
            ("OFF", LevelFilter::OFF),
        ];
        let found = known
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(level));
        Self(found.map_or(LevelFilter::TRACE, |(_, filter)| filter))
    }

    /// Starts the log, once per process. Earlier events are lost.
    pub fn start(self) {
        let log = Hclog {
            level: self.0,
            write,
        };
        // The only error is that the log has started before.
        let _ = tracing_subscriber::registry().with(log).try_init();
    }
}

/// Writes a line to standard error in one call, so that lines do not mix.
pub(super) fn write(line: &str) {
    // If this fails, the host is gone.
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Turns events into lines, with the fields of their spans.
struct Hclog<W> {
    level: LevelFilter,
    write: W,
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&str) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        // At finer levels HTTP libraries log headers, and headers hold tokens.
        let limit = match metadata.module_path() {
            Some(path) if path.split("::").next() == Some(OURS) => self.level,
            _ => self.level.min(LevelFilter::WARN),
        };
        *metadata.level() <= limit
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        let scope = ctx.event_scope(event);
        for span in scope.into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.values.extend(of_span.values.clone());
            }
        }
        event.record(&mut fields);
        let line = LogLine {
            at: OffsetDateTime::now_utc(),
            level: *event.metadata().level(),
            module: &module(event.metadata().target()),
            message: &fields.message,
            fields: fields.values,
        };
        (self.write)(&line.render());
    }
}

/// Returns a target as hclog writes it: with dots, and without the name of the crate.
fn module(target: &str) -> String {
    target
        .strip_prefix(OURS)
        .and_then(|rest| rest.strip_prefix("::"))
        .unwrap_or(target)
        .replace("::", ".")
}

#[derive(Default)]
struct Fields {
    message: String,
    values: Map<String, Value>,
}

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        match (field.name(), value.into()) {
            ("message", Value::String(text)) => self.message = text,
            ("message", other) => self.message = other.to_string(),
            (name, value) => {
                self.values.insert(name.to_owned(), value);
            }
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }
}

/// Returns the line of an error. It does not use the subscriber, which may be the cause.
pub(super) fn error_line(module: &str, message: &str, fields: Map<String, Value>) -> String {
    LogLine {
        at: OffsetDateTime::now_utc(),
        level: Level::ERROR,
        module,
        message,
        fields,
    }
    .render()
}

#[cfg(test)]
mod tests;
