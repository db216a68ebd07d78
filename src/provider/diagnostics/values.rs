//! Every text about a value that cannot be used.

use super::{Code, general};
use crate::terraform::Diagnostic;

/// A text that is no activation code. It may be a secret.
pub(in crate::provider) fn no_activation_code(error: &str) -> Diagnostic {
    general(
        Code::ActivationUnreadable,
        format!("This is not an activation code: {error}."),
        "Give the text of an eSIM's QR code (LPA:1$...) or the QR link itself, such as the qr_code \
         of a joonto_number.",
    )
}

/// A secret that is given in both ways.
pub(in crate::provider) fn secret_given_twice(stored: &str, write_only: &str) -> Diagnostic {
    general(
        Code::SecretGivenTwice,
        format!("{stored} and {write_only} are both set, and both hold the same secret."),
        format!("Keep {write_only}, which is never stored, and remove {stored}."),
    )
    .at_attribute(stored)
}

/// A secret that is not stored, so that nothing but its version tells that it changed.
pub(in crate::provider) fn secret_needs_version(write_only: &str, version: &str) -> Diagnostic {
    general(
        Code::SecretNeedsVersion,
        format!(
            "{write_only} is never stored, so only {version} shows that it changed, and {version} \
             is not set."
        ),
        format!("Set {version} to a number. Change that number whenever {write_only} changes."),
    )
    .at_attribute(write_only)
}

/// A route to a URL without one.
pub(in crate::provider) fn route_needs_url() -> Diagnostic {
    general(
        Code::RouteNeedsUrl,
        "route_type is \"URL\", and there is no voice_url: calls have nowhere to go.",
        "Set voice_url.",
    )
    .at_attribute("route_type")
}
