//! How a message is declared: once, in the file of its subject.

/// How a message is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Severity {
    /// The operation did not happen as asked.
    Error,
    /// The operation goes on.
    Warning,
}

/// What the documentation says of a message.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// The code, such as `JN101`. It never changes and is never used again.
    pub code: &'static str,
    /// How the message is shown.
    pub severity: Severity,
    /// The summary, in which `{name}` and the like stand for a number, an order or an argument.
    pub summary: &'static str,
    /// Why the message appears, in one sentence.
    pub cause: &'static str,
    /// What the user does about it, in one sentence.
    pub cure: &'static str,
}

/// Declares the messages of a subject.
///
/// A code comes with its severity, what it cost (in `cost`), its summary, and its cause and cure
/// for the documentation. Below it stands a function for each text that has the code: what
/// `happened` and what to do `next`, as arguments of `format!`. The summary names parameters that
/// all of these functions have. A text that is `at` an attribute points to it.
macro_rules! messages {
    ($(
        $code:literal $severity:ident $cost:ident $summary:literal
            cause $cause:literal
            cure $cure:literal
        $(
            $(#[$documentation:meta])*
            fn $name:ident($($parameter:ident: $kind:ty),*) $(at $attribute:expr;)?
                happened($($happened:tt)*)
                next($($next:tt)*)
        )*
    )*) => {
        /// Only the documentation reads them, so that a release does not carry causes and cures.
        pub(super) const MESSAGES: &[super::Message] = &[$(super::Message {
            code: $code,
            severity: super::Severity::$severity,
            summary: $summary,
            cause: $cause,
            cure: $cure,
        }),*];

        $($(
            $(#[$documentation])*
            pub(in crate::provider) fn $name($($parameter: $kind),*) -> super::Diagnostic {
                super::report(
                    $code,
                    super::Severity::$severity,
                    format_args!($summary),
                    format_args!($($happened)*),
                    super::cost::$cost,
                    format_args!($($next)*),
                )
                $(.at_attribute($attribute))?
            }
        )*)*
    };
}

pub(super) use messages;
