//! Every text about what is looked up: lists, and single numbers and routes.
//!
//! Resources are made of lists, with `for_each`: one that is too short would cancel what it leaves
//! out. So a list is whole or it is an error.

use super::message::messages;
use super::{next_step, sentence, shown};
use crate::joonto::Error;
use crate::terraform::Diagnostic;

messages! {
    "JN340" Error ONLY_READ "The list of numbers is incomplete"
        cause "The inventory ended early, or changed while it was read."
        cure "Plan again."
    /// The inventory ended early, or its pages do not agree.
    fn incomplete(read: usize, total: Option<u64>)
        happened("{}: the inventory ended early, or changed while it was read. {NEVER}",
            match total {
                Some(total) => format!("{read} of {total} numbers were read"),
                None => format!(
                    "{read} numbers were read, and the inventory does not say how many there are"
                ),
            })
        next("Plan again. If it persists, contact Joonto support.")

    "JN341" Error ONLY_READ "Records of numbers cannot be read"
        cause "Records of the inventory name no valid number."
        cure "Plan again; if it persists, contact Joonto support."
    /// Records without a number, or with one that is none.
    fn unreadable(unreadable: usize, total: usize)
        happened("The inventory has {total} records, and {unreadable} without a valid phone \
                  number. {NEVER}")
        next("Plan again. If it persists, contact Joonto support.")

    "JN342" Error ONLY_READ "The list cannot be filtered by {argument}"
        cause "Records of the inventory lack the value that the filter compares."
        cure "Remove the argument, and filter in the configuration."
    /// Records that lack what a filter compares.
    fn undecided(argument: &str, missing: usize, total: usize) at argument;
        happened("The inventory has {total} records, and {missing} without {argument}. So the \
                  provider cannot say whether these numbers belong to the list.")
        next("Remove {argument} and filter the numbers in the configuration, or plan again.")

    "JN343" Warning ONLY_READ "No number has this {argument}"
        cause "The filter names a word that no number of the account has."
        cure "Check the spelling."
    fn empty(argument: &str, word: &str, seen: &str) at argument;
        happened("No number has {argument} = {}, so the list is empty. {seen}", shown(word))
        next("Check the spelling before you apply: resources with `for_each` over an empty list \
              are destroyed.")

    "JN344" Error ONLY_READ "Cannot read {what}"
        cause "The API could not be reached, or responded with an error."
        cure "Correct what the message names, then try again."
    /// Something that could not be looked up.
    fn cannot_look_up(what: &str, error: &Error)
        happened("{}.", sentence(error))
        next("{}", next_step(error, "try again"))

    "JN345" Error ONLY_READ "{what} was not found"
        cause "The API does not know it in this account."
        cure "Check the spelling and the provider's credentials."
    /// Something that is not there to be looked up.
    fn not_found(what: &str)
        happened("The API does not know {what}.")
        next("Check the spelling, and whether the provider's credentials belong to its account.")

    "JN346" Error ONLY_READ "Set exactly one of phone_number and iccid"
        cause "The data source has neither argument, or both."
        cure "Set one of them."
    /// A number that is looked up by nothing, or by two things. `problem` says which.
    fn one_of_two_needed(problem: &str) at "phone_number";
        happened("A number is looked up by its phone_number or by the iccid of its SIM, and \
                  {problem}.")
        next("Set exactly one of them.")
}

const NEVER: &str = "The provider returns no incomplete list: with `for_each` over it, Terraform \
                     would cancel the numbers that it lacks.";

/// How many words are listed.
const WORDS: usize = 20;

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
    empty(argument, word, &seen)
}
