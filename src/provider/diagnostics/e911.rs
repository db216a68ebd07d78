//! Texts about E911 addresses. None holds a part of an address.

use super::message::messages;

messages! {
    "JN850" Error ONLY_READ "{name} was refused"
        cause "The address is not in the Master Street Address Guide, or the number is not the account's."
        cure "Correct the address or `phone_number`, then apply again."
    /// An address that the API did not take.
    fn refused(name: &str, why: &str)
        happened("{why}.")
        next("Check that the account has the number, and that street, city, state and zip are an \
              address in the Master Street Address Guide (MSAG). A distributor with several \
              accounts has to set account_id as well. Then apply again.")

    "JN851" Warning UPDATED "{name} differs at the API"
        cause "The API took the address, and returns another one."
        cure "Write the address as the attributes `reported_...` have it."
    /// An address that the API shows otherwise than it was set.
    fn stored_differently(name: &str, parts: &[&str])
        happened("The API took {name}, and shows another {} than was set.", parts.join(", "))
        next("Run `terraform plan` in some minutes. If it shows a change, compare the address with \
              the attributes that begin with reported_, and write it as they do.")
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(&'static str, crate::terraform::Diagnostic)> {
    let name = "the E911 address of +18016025346";
    let error = crate::joonto::Error::refused_for_tests(400);
    vec![
        ("JN850", refused(name, &super::sentence(&error))),
        ("JN851", stored_differently(name, &["street1", "zip"])),
    ]
}
