//! The errors of this room, each with a code that never changes.
//!
//! None repeats a value: it may be a secret. Each says what is wrong with what, what it cost, and
//! what to do next.

use std::fmt::Display;

use super::diagnostics::Diagnostic;
use super::path::AttributePath;

/// A value that Terraform sent and that is not one of its type, because of `why` at `path`. `of` is
/// a type of the provider.
pub(super) fn unreadable(
    what: &str,
    of: &str,
    path: &AttributePath,
    why: &impl Display,
) -> Diagnostic {
    let of = match of {
        "" => String::new(),
        of => format!(" of {of}"),
    };
    let text = format!(
        "Terraform sent a {what}{of} that the provider cannot read: {why}. Nothing was changed. \
         This is a defect of the provider or of Terraform. Report it with the log of \
         `TF_LOG_PROVIDER=debug`."
    );
    Diagnostic::error(format!("Cannot read the {what}"), text)
        .at(path.clone())
        .with_code("TF001")
}

/// A value that the provider made and that is not one of its type.
pub(super) fn unwritable(what: &str, why: &impl Display) -> Diagnostic {
    let text = format!(
        "The provider made a {what} that does not fit its own schema: {why}. Run `terraform plan` \
         to see what the state holds. This is a defect of the provider. Report it with the log of \
         `TF_LOG_PROVIDER=debug`."
    );
    Diagnostic::error(format!("Cannot write the {what}"), text).with_code("TF002")
}

/// A panic: what was being done, and nothing of what the panic said, which may hold secrets.
pub(super) fn panicked(doing: &str, what: &str) -> Diagnostic {
    let text = format!(
        "The provider crashed while {doing} {what}. It is unknown whether anything changed. Run \
         `terraform plan`, and check the account before you apply again. Report the defect with \
         the log of `TF_LOG_PROVIDER=debug`."
    );
    Diagnostic::error("The provider crashed", text).with_code("TF003")
}

/// A panic after an object was made.
pub(super) fn panicked_late(type_name: &str) -> Diagnostic {
    let text = format!(
        "The provider crashed after creating this {type_name}. The object exists, and the state \
         holds what is known of it. Run `terraform plan`, which reads the rest. Report the defect \
         with the log of `TF_LOG_PROVIDER=debug`."
    );
    Diagnostic::warning("The provider crashed after creating the object", text).with_code("TF004")
}

/// Something that the provider does not offer.
pub(super) fn unsupported(kind: &str, name: &str) -> Diagnostic {
    let text = format!(
        "This provider has no {kind} called {name:?}. Nothing was changed. Check the spelling, \
         and the version of the provider."
    );
    Diagnostic::error(format!("Unsupported {kind}"), text).with_code("TF005")
}

/// A state store, which Terraform names only in what follows the request.
pub(super) fn no_state_stores() -> Diagnostic {
    let text = "This provider has no state stores.";
    Diagnostic::error("Unsupported state store", text).with_code("TF005")
}

/// An object that is to become one of another type, and cannot.
pub(super) fn unsupported_move(from: &str, provider: &str, to: &str) -> Diagnostic {
    let text = format!(
        "A {from} of {provider} cannot become a {to}. Nothing was changed. Remove the `moved` \
         block, and import the object as a {to}."
    );
    Diagnostic::error("Unsupported move", text).with_code("TF007")
}

/// An argument that is still unknown where everything has to be known.
pub(super) fn still_unknown(path: &AttributePath, of: &str) -> Diagnostic {
    let text = format!(
        "{path} of {of} is still unknown, so the provider does not know what to do. Nothing was \
         sent. First apply what the value comes from, then try again."
    );
    let name = path.to_string();
    Diagnostic::error(format!("{name} is unknown"), text)
        .at(path.clone())
        .with_code("TF006")
}

/// A configured attribute that only the provider sets.
pub(super) fn read_only(path: AttributePath) -> Diagnostic {
    let text = format!(
        "Only the provider sets {path}. Nothing was sent. Remove it from the configuration."
    );
    Diagnostic::error(format!("{path} is read-only"), text)
        .at(path)
        .with_code("TF010")
}

/// A required argument that is null.
pub(super) fn required(path: AttributePath, missing: &str) -> Diagnostic {
    let gap = if missing.is_empty() { "" } else { " " };
    let text = format!(
        "{path} is required, and its value is null.{gap}{missing} Nothing was sent. Set {path}."
    );
    Diagnostic::error(format!("{path} has no value"), text)
        .at(path)
        .with_code("TF011")
}

/// White space around a text.
pub(super) fn white_space(path: AttributePath) -> Diagnostic {
    let text = format!(
        "{path} begins or ends with white space, such as a space, a tab or a new line. It often \
         comes from a file or a heredoc. Reads return texts without it, so every plan would show \
         a difference. Nothing was sent. Remove it with trimspace(...), such as \
         `trimspace(file(\"name.txt\"))`."
    );
    Diagnostic::error(format!("White space around {path}"), text)
        .at(path)
        .with_code("TF012")
}

/// An element of a collection that is null or empty.
pub(super) fn element(path: AttributePath, what: &str) -> Diagnostic {
    let text = format!(
        "An element of {path} is {what}. No element can be null or empty. Nothing was sent. Leave \
         it out: `compact([...])` drops such elements."
    );
    Diagnostic::error(format!("{path} has an element that is {what}"), text)
        .at(path)
        .with_code("TF013")
}

/// A value that breaks a rule of its attribute.
pub(super) fn invalid(path: AttributePath, problem: &str) -> Diagnostic {
    Diagnostic::error(format!("Invalid {path}"), problem)
        .at(path)
        .with_code("TF014")
}

/// A write-only argument in a Terraform that would store it.
pub(super) fn write_only(path: AttributePath) -> Diagnostic {
    let text = format!(
        "{path} is write-only: the provider uses it and stores it nowhere. This version of \
         Terraform would store it in plan and state. Nothing was sent. Use Terraform 1.11 or \
         later, or the argument of the same meaning that is not write-only."
    );
    Diagnostic::error(format!("{path} needs Terraform 1.11 or later"), text)
        .at(path)
        .with_code("TF015")
}

/// A call of a function with too many or too few arguments.
pub(super) fn wrong_count(function: &str, expected: usize, found: usize) -> Diagnostic {
    let text = format!("{function} takes {expected}, and the call has {found}. Correct the call.");
    Diagnostic::error("Wrong number of arguments", text).with_code("TF016")
}

/// A stored object that makes no sense.
pub(super) fn unreadable_state(type_name: &str, why: &impl Display) -> Diagnostic {
    let text = format!(
        "The state holds a {type_name} that the provider cannot read: {why}. Nothing was changed. \
         Restore the state from a backup, or remove the object with `terraform state rm` and \
         import it again."
    );
    Diagnostic::error("Cannot read the stored object", text).with_code("TF021")
}

/// A stored object in a form that only Terraform 0.11 and older had.
pub(super) fn too_old(type_name: &str) -> Diagnostic {
    let text = format!(
        "The state holds a {type_name} in the form of Terraform 0.11 or older, which no version of \
         this provider has written. Nothing was changed. Remove it with `terraform state rm`, and \
         import the object again."
    );
    Diagnostic::error("Stored object too old", text).with_code("TF025")
}

/// A stored identity that makes no sense.
pub(super) fn unreadable_identity() -> Diagnostic {
    Diagnostic::error(
        "Cannot read the stored identity",
        "The state holds an identity that the provider cannot read. Nothing was changed. Remove \
         the identity from the state and run `terraform apply -refresh-only`, or import the \
         object again.",
    )
    .with_code("TF022")
}

/// An identity without its one attribute.
pub(super) fn incomplete_identity(attribute: &str) -> Diagnostic {
    let text = format!(
        "The identity has no {attribute}. Nothing was imported. Give one in the import block: \
         `identity = {{ {attribute} = \"...\" }}`."
    );
    Diagnostic::error("Incomplete identity", text).with_code("TF023")
}

/// An identity that no object can have.
pub(super) fn not_an_identity(type_name: &str, attribute: &str, description: &str) -> Diagnostic {
    let text = format!(
        "{attribute} of the import block identifies no {type_name}. {attribute}: {description} \
         Nothing was imported. Correct the import block."
    );
    Diagnostic::error(format!("Not the identity of a {type_name}"), text).with_code("TF024")
}
