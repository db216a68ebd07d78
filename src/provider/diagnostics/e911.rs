//! Texts about E911 addresses. None holds a part of an address.

use super::codes::Code;
use super::{report, sentence};
use crate::joonto::Error;
use crate::terraform::Diagnostic;

/// What the API said, as a sentence.
pub(in crate::provider) fn said(error: &Error) -> String {
    format!("{}.", sentence(error))
}

/// An address that the API did not take.
pub(in crate::provider) fn refused(name: &str, happened: &str) -> Diagnostic {
    let next = "Check that the account has the number, and that street, city, state and zip are \
                an address in the Master Street Address Guide (MSAG). A distributor with several \
                accounts has to set account_id as well. Then apply again.";
    report(Code::AddressRefused, name, happened, next)
}

/// An address that the API shows otherwise than it was set.
pub(in crate::provider) fn stored_differently(name: &str, parts: &[&str]) -> Diagnostic {
    let happened = format!(
        "The API took {name}, and shows another {} than was set.",
        parts.join(", ")
    );
    let next = "Run `terraform plan` in some minutes. If it shows a change, compare the address \
                with the attributes that begin with reported_, and write it as they do.";
    report(Code::AddressDiffers, name, happened, next)
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
    let name = "the E911 address of +18016025346";
    vec![
        (
            Code::AddressRefused,
            refused(name, &said(&Error::refused_for_tests(400))),
        ),
        (
            Code::AddressDiffers,
            stored_differently(name, &["street1", "zip"]),
        ),
    ]
}
