//! Every text about a value that cannot be used.

use super::{Code, Cost, report};
use crate::joonto::{ActivationCodeError, ProxyError};
use crate::terraform::{Attr, Diagnostic};

/// A variable that names no proxy, or none that the provider can use.
pub(in crate::provider) fn proxy_refused(error: ProxyError) -> Diagnostic {
    let variable = error.variable;
    match error.is_unsupported {
        false => report(
            Code::ProxyMalformed,
            variable,
            format!(
                "The environment variable {variable} is set, and its value names no proxy. \
                 Requests do not go out past a proxy that is meant to be used."
            ),
            &Cost::NothingChanged,
            format!(
                "Set {variable} to a URL such as `http://proxy.example:3128`, with user name and \
                 password before the host where they are needed, or unset it."
            ),
        ),
        true => report(
            Code::ProxyUnsupported,
            variable,
            format!(
                "The environment variable {variable} names a proxy of another kind than http or \
                 https, which the provider cannot use."
            ),
            &Cost::NothingChanged,
            format!(
                "Set {variable} to an http or https proxy, or exclude the API's host in NO_PROXY."
            ),
        ),
    }
}

/// A text that is no activation code. It may be a secret.
pub(in crate::provider) fn no_activation_code(error: &ActivationCodeError) -> Diagnostic {
    report(
        Code::ActivationUnreadable,
        "",
        format!("This is not an activation code: {error}."),
        &Cost::OnlyRead,
        "Give the text of an eSIM's QR code (LPA:1$...) or the QR link itself, such as the qr_code \
         of a joonto_number.",
    )
}

/// An action on a number that is none.
pub(in crate::provider) fn action_without_number() -> Diagnostic {
    report(
        Code::ActionWithoutNumber,
        "",
        "phone_number is no number in E.164 form.",
        &Cost::NothingSent,
        "Correct it, then invoke the action again.",
    )
    .at_attribute("phone_number")
}

/// A SIM that is swapped while the configuration names the old one. `number` is null where it is
/// not known yet.
pub(in crate::provider) fn swaps_back(number: Option<&str>, iccid: &Attr<String>) -> Diagnostic {
    let whose = match number {
        Some(number) => format!("the joonto_number of {number}"),
        None => "its joonto_number".to_owned(),
    };
    let what = match iccid {
        Attr::Null => "take it out",
        _ => "set it to the new one",
    };
    report(
        Code::SwapsBack,
        "",
        format!(
            "The action changes the SIM and not the configuration. If {whose} configures iccid, \
             the next plan would bring the old SIM back."
        ),
        &Cost::NothingSent,
        format!("Where iccid is configured, {what}."),
    )
}

/// A secret that is given in both ways.
pub(in crate::provider) fn secret_given_twice(stored: &str, write_only: &str) -> Diagnostic {
    report(
        Code::SecretGivenTwice,
        &format!("{stored} and {write_only} exclude each other"),
        "Both hold the same secret.",
        &Cost::NothingSent,
        format!("Keep {write_only}, which is never stored, and remove {stored}."),
    )
    .at_attribute(stored)
}

/// A secret that is not stored, so that nothing but its version tells that it changed.
pub(in crate::provider) fn secret_needs_version(write_only: &str, version: &str) -> Diagnostic {
    report(
        Code::SecretNeedsVersion,
        &format!("{write_only} needs {version}"),
        format!("{write_only} is never stored, so a change of it cannot be seen."),
        &Cost::NothingSent,
        format!("Set {version} to a number, and to another one whenever {write_only} changes."),
    )
    .at_attribute(write_only)
}

/// A route to a URL without one.
pub(in crate::provider) fn route_needs_url() -> Diagnostic {
    report(
        Code::RouteNeedsUrl,
        "",
        "route_type is \"URL\", and there is no voice_url: calls have nowhere to go.",
        &Cost::NothingSent,
        "Set voice_url.",
    )
    .at_attribute("route_type")
}
