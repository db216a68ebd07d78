//! Every text about data limits and usage.

use super::message::messages;
use super::{sentence, shown};
use crate::joonto::Error;

messages! {
    "JN820" Error NOTHING_CHANGED "{lower} is too large"
        cause "The values of a data limit do not ascend."
        cure "Choose values with `notify_value` < `throttle_value` < `limit_value`."
    /// Two values that are not in order.
    fn not_ascending(lower: &str, upper: &str) at lower;
        happened("{lower} is not less than {upper}.")
        next("Choose values with notify_value < throttle_value < limit_value.")

    "JN821" Error NOTHING_CHANGED "renewal_day is not a day of its period"
        cause "A month has the days 1 to 31, a week 1 to 7."
        cure "Choose a day that the period has."
    /// A day that the period does not have.
    fn no_such_day(days: u32)
        happened("renewal_day is not a day of period_type, which has {days} days.")
        next("Choose a day from 1 to 31 for M, or from 1 to 7 for W.")

    "JN822" Error NOTHING_CHANGED "{argument} has an element that is no number"
        cause "An element is not a phone number in E.164 form."
        cure "Write each number as a + and digits."
    /// An element that is no number.
    fn not_numbers(argument: &str) at argument;
        happened("{argument} has an element that is not a number in E.164 form.")
        next("Write each number as a + and digits, such as \"+18016025346\".")

    "JN823" Warning PLANNED "The renewal of {name} stays"
        cause "The block `renewal` was removed, and the API never removes a renewal."
        cure "Set the block to other values instead of removing it."
    /// The renewal block was removed.
    fn renewal_stays(name: &str)
        happened("The API never removes the renewal of {name}. It stays as it was set.")
        next("To change it, set the block to other values instead of removing it.")

    "JN824" Warning NOTHING_CHANGED "No data limit of {number} is returned"
        cause "The API returns nothing for the number, or an error for it alone."
        cure "Check that the number exists and carries data."
    /// The API says nothing of the limits of a number.
    fn nothing_returned(number: &str, why: Option<&str>)
        happened("The API returns no data limit for {number}{}. The state keeps the last one.",
            why.map(|why| format!(": {}", shown(why))).unwrap_or_default())
        next("Check that the number exists and carries data.")

    "JN825" Error NOTHING_CHANGED "A data limit without a number"
        cause "The state holds a data limit without `phone_number`."
        cure "Remove it with `terraform state rm`, and import it by its number."
    /// The state names no number.
    fn without_number()
        happened("The resource has no phone_number, so the API cannot be asked.")
        next("Remove it with `terraform state rm`, and import it by its number.")

    "JN826" Warning ONLY_READ "Some data usage is not returned"
        cause "The API returns no usage for some of the numbers."
        cure "Check that these numbers exist and carry data."
    /// The usage of some numbers was not returned.
    fn usage_left_out(numbers: &[String])
        happened("The API returns no data usage for {}. The map `usage` does not have them.",
            numbers.join(", "))
        next("Check that these numbers exist and carry data.")

    "JN827" Error MAY_HAVE_CHANGED "Some data usage was not reset"
        cause "The API refused the reset for some of the numbers, or said nothing of them."
        cure "Invoke the action again for these numbers alone."
    /// Some usage was not reset. `done` was.
    fn not_reset(failed: &[String], done: usize)
        happened("The usage of {} was not reset. That of {done} other numbers was.",
            failed.join(", "))
        next("Invoke the action again for these numbers alone: a second reset of the others \
              forgets what they used in between.")

    "JN828" Error MAY_HAVE_CHANGED "Data usage was not reset"
        cause "The API refused the reset, or its response was lost."
        cure "Look at the usage before you invoke the action again."
    /// A request to reset usage failed. `left` are those that were not reset; `done` others were.
    fn reset_failed(error: &Error, left: &[String], done: usize)
        happened("{}. The usage of {} was not reset, as far as is known. That of {done} other \
                  numbers was.", sentence(error), left.join(", "))
        next("{}", match error.is_unconfirmed() {
            true => "Look at the usage of these numbers, with the data source joonto_data_usage. \
                     Then invoke the action again for those that were not reset, and for no \
                     others.",
            false => "Correct what the message names, then invoke the action again for these \
                      numbers alone.",
        })
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(&'static str, crate::terraform::Diagnostic)> {
    let number = "+18015550100";
    let error = || Error::refused_for_tests(500);
    let numbers = [number.to_owned()];
    vec![
        ("JN820", not_ascending("notify_value", "limit_value")),
        ("JN821", no_such_day(7)),
        ("JN822", not_numbers("phone_numbers")),
        ("JN823", renewal_stays("the data limit of +1801")),
        ("JN824", nothing_returned(number, Some("why"))),
        ("JN825", without_number()),
        ("JN826", usage_left_out(&numbers)),
        ("JN827", not_reset(&numbers, 2)),
        ("JN828", reset_failed(&error(), &numbers, 0)),
        ("JN828", reset_failed(&error().unconfirmed(), &numbers, 100)),
    ]
}
