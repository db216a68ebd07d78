//! Every text about what is looked up: lists, and single numbers and routes.
//!
//! Resources are made of lists, with `for_each`: one that is too short would cancel what it leaves
//! out. So a list is whole or it is an error.

use super::{Code, general, next_step, report, sentence, shown};
use crate::joonto::Error;
use crate::terraform::Diagnostic;

/// How many words are listed.
const WORDS: usize = 20;

/// The inventory ended early, or its pages do not agree.
pub(in crate::provider) fn incomplete(read: usize, total: Option<u64>) -> Diagnostic {
    let of = match total {
        Some(total) => format!("{read} of {total} numbers were read"),
        None => {
            format!("{read} numbers were read, and the inventory does not say how many there are")
        }
    };
    general(
        Code::InventoryIncomplete,
        format!(
            "{of}: the inventory ended early, or changed while it was read. The provider returns no \
             incomplete list: with `for_each` over it, Terraform would cancel the numbers that it \
             lacks."
        ),
        "Plan again. If it persists, contact Joonto support.",
    )
}

/// Records without a number, or with one that is none.
pub(in crate::provider) fn unreadable(unreadable: usize, total: usize) -> Diagnostic {
    general(
        Code::RecordsNotRead,
        format!(
            "The inventory has {total} records, and {unreadable} without a valid phone number. The \
             provider returns no incomplete list: with `for_each` over it, Terraform would cancel \
             the numbers that it lacks."
        ),
        "Plan again. If it persists, contact Joonto support.",
    )
}

/// Records that lack what a filter compares.
pub(in crate::provider) fn undecided(argument: &str, missing: usize, total: usize) -> Diagnostic {
    report(
        Code::FilterUndecided,
        argument,
        format!(
            "The inventory has {total} records, and {missing} without {argument}. So the provider \
             cannot say whether these numbers belong to the list."
        ),
        format!("Remove {argument} and filter the numbers in the configuration, or plan again."),
    )
    .at_attribute(argument)
}

/// A filter with a word that no number has. `seen` are the words that numbers do have.
pub(in crate::provider) fn word_unknown<'a>(
    argument: &str,
    word: &str,
    seen: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let seen: Vec<String> = seen.take(WORDS).map(shown).collect();
    let seen = match seen.is_empty() {
        true => "The account has no numbers.".to_owned(),
        false => format!("The account's numbers have these: {}.", seen.join(", ")),
    };
    report(
        Code::WordUnknown,
        argument,
        format!(
            "No number has {argument} = {}, so the list is empty. {seen}",
            shown(word)
        ),
        "Check the spelling before you apply: resources with `for_each` over an empty list are \
         destroyed.",
    )
    .at_attribute(argument)
}

/// Something that could not be looked up.
pub(in crate::provider) fn cannot_look_up(what: &str, error: &Error) -> Diagnostic {
    report(
        Code::LookUpFailed,
        what,
        format!("{}.", sentence(error)),
        next_step(error, "try again"),
    )
}

/// Something that is not there to be looked up.
pub(in crate::provider) fn not_found(what: &str) -> Diagnostic {
    report(
        Code::NotFound,
        what,
        format!("The API does not know {what}."),
        "Check the spelling, and whether the provider's credentials belong to its account.",
    )
}

/// A number that is looked up by nothing, or by two things. `problem` says which.
pub(in crate::provider) fn one_of_two_needed(problem: &str) -> Diagnostic {
    general(
        Code::OneOfTwoNeeded,
        format!(
            "A number is looked up by its phone_number or by the iccid of its SIM, and {problem}."
        ),
        "Set exactly one of them.",
    )
    .at_attribute("phone_number")
}
