//! Every text about data limits and usage.

use super::codes::Code;
use super::{general, report, shown};
use crate::joonto::Error;
use crate::terraform::Diagnostic;

/// Two values that are not in order.
pub(in crate::provider) fn not_ascending(lower: &str, upper: &str) -> Diagnostic {
    let happened = format!("{lower} is not less than {upper}.");
    let next = "Choose values with notify_value < throttle_value < limit_value.";
    report(Code::LimitsNotAscending, lower, happened, next).at_attribute(lower)
}

/// A day that the period does not have.
pub(in crate::provider) fn no_such_day(days: u32) -> Diagnostic {
    let happened = format!("renewal_day is not a day of period_type, which has {days} days.");
    let next = "Choose a day from 1 to 31 for M, or from 1 to 7 for W.";
    general(Code::NoSuchDay, happened, next)
}

/// An element that is no number.
pub(in crate::provider) fn not_numbers(argument: &str) -> Diagnostic {
    let happened = format!("{argument} has an element that is not a number in E.164 form.");
    let next = "Write each number as a + and digits, such as \"+18016025346\".";
    report(Code::NotNumbers, argument, happened, next).at_attribute(argument)
}

/// A text of the API, fit to be shown.
pub(in crate::provider) fn quoted(text: &str) -> String {
    shown(text)
}

/// The renewal block was removed.
pub(in crate::provider) fn renewal_stays(name: &str) -> Diagnostic {
    let happened = format!("The API never removes the renewal of {name}. It stays as it was set.");
    let next = "To change it, set the block to other values instead of removing it.";
    report(Code::RenewalStays, name, happened, next)
}

/// The API says nothing of the limits of a number.
pub(in crate::provider) fn nothing_returned(number: &str, why: Option<&str>) -> Diagnostic {
    let why = why
        .map(|why| format!(": {}", shown(why)))
        .unwrap_or_default();
    let happened =
        format!("The API returns no data limit for {number}{why}. The state keeps the last one.");
    let next = "Check that the number exists and carries data.";
    report(Code::NoLimitReturned, number, happened, next)
}

/// The state names no number.
pub(in crate::provider) fn without_number() -> Diagnostic {
    let happened = "The resource has no phone_number, so the API cannot be asked.";
    let next = "Remove it with `terraform state rm`, and import it by its number.";
    general(Code::LimitWithoutNumber, happened, next)
}

/// The usage of some numbers was not returned.
pub(in crate::provider) fn usage_left_out(numbers: &[String]) -> Diagnostic {
    let happened = format!(
        "The API returns no data usage for {}. The map `usage` does not have them.",
        numbers.join(", ")
    );
    let next = "Check that these numbers exist and carry data.";
    general(Code::UsageLeftOut, happened, next)
}

/// Some usage was not reset. `done` was.
pub(in crate::provider) fn not_reset(failed: &[String], done: usize) -> Diagnostic {
    let happened = format!(
        "The usage of {} was not reset. That of {done} other numbers was.",
        failed.join(", ")
    );
    let next = "Invoke the action again for these numbers alone: a second reset of the others \
                forgets what they used in between.";
    general(Code::NotReset, happened, next)
}

/// A request to reset usage failed. `left` are those that were not reset; `done` others were.
pub(in crate::provider) fn reset_failed(error: &Error, left: &[String], done: usize) -> Diagnostic {
    let happened = format!(
        "{}. The usage of {} was not reset, as far as is known. That of {done} other numbers was.",
        super::sentence(error),
        left.join(", ")
    );
    let next = match error.is_unconfirmed() {
        true => {
            "Look at the usage of these numbers, with the data source joonto_data_usage. Then \
             invoke the action again for those that were not reset, and for no others."
        }
        false => {
            "Correct what the message names, then invoke the action again for these numbers alone."
        }
    };
    general(Code::ResetFailed, happened, next)
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
    let number = "+18015550100";
    let error = || Error::refused_for_tests(500);
    let numbers = [number.to_owned()];
    vec![
        (
            Code::LimitsNotAscending,
            not_ascending("notify_value", "limit_value"),
        ),
        (Code::NoSuchDay, no_such_day(7)),
        (Code::NotNumbers, not_numbers("phone_numbers")),
        (Code::RenewalStays, renewal_stays("the data limit of +1801")),
        (Code::NoLimitReturned, nothing_returned(number, Some("why"))),
        (Code::LimitWithoutNumber, without_number()),
        (Code::UsageLeftOut, usage_left_out(&numbers)),
        (Code::NotReset, not_reset(&numbers, 2)),
        (Code::ResetFailed, reset_failed(&error(), &numbers, 0)),
        (
            Code::ResetFailed,
            reset_failed(&error().unconfirmed(), &numbers, 100),
        ),
    ]
}
