//! Every text about routes.

use super::{Code, Cost, capitalised, report, shown};
use crate::joonto::Error;
use crate::provider::explain::{next_step, sentence};
use crate::terraform::Diagnostic;
use crate::wait::Interrupted;

/// How many numbers are named at most.
const NAMED: usize = 10;

/// Why numbers that a plan moves can be in the way of a route that it deletes.
const ORDER: &str = "Terraform deletes a route before it moves numbers off it, unless the route's \
                     `lifecycle` has `create_before_destroy`.";

/// A plan that destroys or replaces a route.
pub(in crate::provider) fn departs(name: &str, is_replaced: bool) -> Diagnostic {
    let (code, verb) = match is_replaced {
        true => (Code::RouteReplaced, "replaces"),
        false => (Code::RouteDestroyed, "destroys"),
    };
    report(
        code,
        name,
        format!(
            "This plan {verb} {name}. The apply deletes it permanently, and numbers that still \
             use it lose their routing, also those that their deletion_policy keeps."
        ),
        &Cost::Planned,
        "Set another route on these numbers first.",
    )
}

/// An argument that is never sent is set or removed.
pub(in crate::provider) fn only_recorded(argument: &str, name: &str) -> Diagnostic {
    report(
        Code::OnlyRecorded,
        &format!("{argument} of {name}"),
        format!(
            "The API sets {argument} only when it creates a route, so setting or removing it later \
             only updates the state."
        ),
        &Cost::Planned,
        "Check that the state then says what is true of the route: a change to another value \
         replaces it.",
    )
    .at_attribute(argument)
}

/// The API refused to create it.
pub(in crate::provider) fn not_created(name: &str, error: &Error) -> Diagnostic {
    let happened = format!("{}.", sentence(error));
    report(
        Code::RouteNotCreated,
        name,
        happened,
        &Cost::NothingChanged,
        next(error),
    )
}

/// The wait for its turn was cancelled.
pub(in crate::provider) fn cancelled(name: &str, why: Interrupted) -> Diagnostic {
    report(
        Code::RouteCancelled,
        name,
        format!("The request to create {name} was cancelled before it was sent: {why}."),
        &Cost::NothingSent,
        "Apply again.",
    )
}

/// It may have been created, and cannot be looked for.
pub(in crate::provider) fn unconfirmed(name: &str, lost: &Error, why: &str) -> Diagnostic {
    report(
        Code::RouteUnconfirmed,
        name,
        format!(
            "{} The provider cannot find out whether it was created: {why}.",
            was_lost(name, lost)
        ),
        &Cost::NotRepeated,
        "Look for it in the account before you apply again. If it is there, import it:\n  \
         terraform import ADDRESS ID\nwith the address of this resource and the id of the route.",
    )
}

/// It was not created, as far as the account shows.
pub(in crate::provider) fn not_listed(name: &str, noun: &str, lost: &Error) -> Diagnostic {
    report(
        Code::RouteNotListed,
        name,
        format!(
            "{} The account's list shows no new {noun} like it, so most likely it was not created.",
            was_lost(name, lost)
        ),
        &Cost::NotRepeated,
        "Apply again.",
    )
}

/// It may be one of several.
pub(in crate::provider) fn ambiguous(name: &str, lost: &Error, ids: &[&str]) -> Diagnostic {
    let command = |id: &&str| format!("  terraform import ADDRESS {id}\n");
    let commands: String = ids.iter().map(command).collect();
    report(
        Code::RouteAmbiguous,
        name,
        format!(
            "{} The account's list shows several new routes like it, so somebody else creates \
             them too, and the provider adopted none.",
            was_lost(name, lost)
        ),
        &Cost::NotRepeated,
        format!(
            "If one of them is yours, import it before you apply again:\n{commands}with the \
             address of this resource."
        ),
    )
}

/// It is the one new route that is like what was to be created.
pub(in crate::provider) fn adopted(name: &str, id: &str, lost: &Error) -> Diagnostic {
    report(
        Code::RouteAdopted,
        id,
        format!(
            "{} The account's list shows {id} as the only new route like it.",
            was_lost(name, lost)
        ),
        &Cost::Created(id.to_owned()),
        "Nothing needs to be done.",
    )
}

/// It was created, and whether it is in service is not known.
pub(in crate::provider) fn enabled_unverified(name: &str, error: &Error) -> Diagnostic {
    report(
        Code::RouteEnabledUnverified,
        name,
        format!(
            "The response to creating {name} contradicts `enabled`, and the provider could not \
             read or correct it: {error}."
        ),
        &Cost::Created(capitalised(name)),
        "Run `terraform plan`: it shows what is left to do.",
    )
}

/// It could not be read.
pub(in crate::provider) fn unreadable(name: &str, error: &Error) -> Diagnostic {
    let happened = format!("{}.", sentence(error));
    report(
        Code::RouteUnreadable,
        name,
        happened,
        &Cost::NothingChanged,
        next(error),
    )
}

/// The account has no such route to import.
pub(in crate::provider) fn not_imported(name: &str) -> Diagnostic {
    report(
        Code::RouteNotImported,
        name,
        format!("The API does not know {name} in this account."),
        &Cost::NothingChanged,
        "Most likely the id is mistyped, or the route belongs to another account than the \
         provider's credentials: check both.",
    )
}

/// A text that cannot be the id of such a route.
pub(in crate::provider) fn not_an_id(
    id: &str,
    problem: &str,
    type_name: &str,
    prefix: &str,
) -> Diagnostic {
    report(
        Code::RouteIdInvalid,
        type_name,
        format!("{} {problem}.", shown(id)),
        &Cost::NothingChanged,
        format!("Give the id of a {type_name}, which begins with {prefix}."),
    )
}

/// The account no longer has it.
pub(in crate::provider) fn gone(name: &str) -> Diagnostic {
    report(
        Code::RouteGone,
        name,
        format!("The API no longer knows {name}."),
        &Cost::Removed,
        "The next apply creates another route in its place, with another id. Set that on numbers \
         that still name the old one.",
    )
}

/// The state does not say which route it is.
pub(in crate::provider) fn without_id(type_name: &str) -> Diagnostic {
    report(
        Code::RouteWithoutId,
        type_name,
        format!("The state holds a {type_name} without route_id, so the API cannot be asked."),
        &Cost::NothingChanged,
        "Remove it with `terraform state rm`, and import the route by its id.",
    )
}

/// To another account it never existed, so that it is missing proves nothing.
pub(in crate::provider) fn another_account(name: &str) -> Diagnostic {
    report(
        Code::RouteOfAnotherAccount,
        name,
        format!(
            "{} was created with other credentials, or at another base_url, than the provider has \
             now. This account cannot say whether it exists.",
            capitalised(name)
        ),
        &Cost::NothingChanged,
        "Configure the credentials it was created with. If the account changed hands, remove the \
         route with `terraform state rm` and import it again.",
    )
}

/// A change that the API did not make. `advice` is what may help.
pub(in crate::provider) fn not_changed(name: &str, error: &Error, advice: &str) -> Diagnostic {
    report(
        Code::RouteNotChanged,
        name,
        format!("{}.", sentence(error)),
        &Cost::LastRead(name.to_owned()),
        format!("Apply again to make the rest of the change. {advice}").trim_end(),
    )
}

/// What to do where the API refuses to unset something.
pub(in crate::provider) fn unset_advice(names: &[&str]) -> String {
    match names.join(", ") {
        names if names.is_empty() => names,
        names => format!(
            "The change removes {names}, and the API may not allow unsetting that: set a value, \
             or replace the route with `-replace`."
        ),
    }
}

/// Arguments that were removed, and that the API kept.
pub(in crate::provider) fn not_unset(name: &str, names: &[&str]) -> Diagnostic {
    let names = names.join(", ");
    report(
        Code::RouteNotUnset,
        name,
        format!(
            "This change removes {names} of {name}. The API accepted the change and kept the \
             value, so it does not allow unsetting it. Everything else was changed."
        ),
        &Cost::LastRead(name.to_owned()),
        format!("Set {names} to a value, or replace the route with `-replace`."),
    )
}

/// It was changed, and whether what was removed is gone is not known.
pub(in crate::provider) fn unverified(name: &str, error: &Error) -> Diagnostic {
    report(
        Code::RouteUnverified,
        name,
        format!(
            "{} was changed. Whether every removed argument is unset could not be read: {error}.",
            capitalised(name)
        ),
        &Cost::LastRead(name.to_owned()),
        "The next refresh shows it.",
    )
}

/// It could not be deleted.
pub(in crate::provider) fn not_deleted(name: &str, error: &Error) -> Diagnostic {
    let happened = format!("{}.", sentence(error));
    let cost = Cost::LastRead(name.to_owned());
    report(
        Code::RouteNotDeleted,
        name,
        happened,
        &cost,
        "Apply again to retry.",
    )
}

/// The API refuses to delete it, most likely because of the numbers that use it.
pub(in crate::provider) fn in_use(
    name: &str,
    error: &Error,
    users: Result<Vec<String>, Error>,
) -> Diagnostic {
    let users = match users {
        Ok(users) if users.is_empty() => "The inventory shows no number that uses it.".to_owned(),
        Ok(users) => format!("These numbers still use it: {}.", some_of(&users)),
        Err(error) => format!("Which numbers still use it could not be read: {error}."),
    };
    report(
        Code::RouteInUse,
        name,
        format!("{}. {users}", sentence(error)),
        &Cost::Unchanged(capitalised(name)),
        format!("Set another route on numbers that use it first. {ORDER}"),
    )
}

/// It was deleted, and numbers used it.
pub(in crate::provider) fn deleted_in_use(name: &str, users: &[String]) -> Diagnostic {
    report(
        Code::RouteDeletedInUse,
        name,
        format!(
            "{} was deleted. The inventory, which can lag, still showed these numbers on it: {}.",
            capitalised(name),
            some_of(users)
        ),
        &Cost::Removed,
        format!("Set another route on them: until then they have no routing. {ORDER}"),
    )
}

fn was_lost(name: &str, lost: &Error) -> String {
    format!("The response to creating {name} was lost: {lost}.")
}

fn next(error: &Error) -> &'static str {
    match next_step(error).trim() {
        "" => "Correct what the message names, and apply again.",
        next => next,
    }
}

/// The first of these numbers, and how many more there are.
fn some_of(numbers: &[String]) -> String {
    let named: Vec<&str> = numbers.iter().take(NAMED).map(String::as_str).collect();
    let more = match numbers.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", named.join(", "))
}

/// Every text, by code.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Code, Diagnostic)> {
    let name = "message route \"inbound\" (MRID-1)";
    let error = || Error::refused_for_tests(500);
    let (one, many) = (
        vec!["+18015550100".to_owned()],
        vec![String::from("+1"); 12],
    );
    vec![
        (Code::RouteReplaced, departs(name, true)),
        (Code::RouteDestroyed, departs(name, false)),
        (Code::OnlyRecorded, only_recorded("account_id", "it")),
        (Code::RouteNotCreated, not_created(name, &error())),
        (Code::RouteCancelled, cancelled(name, Interrupted::Stopped)),
        (Code::RouteUnconfirmed, unconfirmed(name, &error(), "why")),
        (Code::RouteNotListed, not_listed(name, "route", &error())),
        (
            Code::RouteAmbiguous,
            ambiguous(name, &error(), &["MRID-1", "MRID-2"]),
        ),
        (Code::RouteAdopted, adopted(name, "MRID-1", &error())),
        (
            Code::RouteEnabledUnverified,
            enabled_unverified(name, &error()),
        ),
        (Code::RouteUnreadable, unreadable(name, &error())),
        (Code::RouteNotImported, not_imported(name)),
        (
            Code::RouteIdInvalid,
            not_an_id(
                &"x".repeat(3000),
                "is no id",
                "joonto_message_route",
                "MRID-",
            ),
        ),
        (Code::RouteGone, gone(name)),
        (Code::RouteWithoutId, without_id("joonto_message_route")),
        (Code::RouteOfAnotherAccount, another_account(name)),
        (Code::RouteNotChanged, not_changed(name, &error(), "")),
        (
            Code::RouteNotChanged,
            not_changed(name, &error(), &unset_advice(&["wss_uri"])),
        ),
        (
            Code::RouteNotUnset,
            not_unset(name, &["voice_url", "wss_uri"]),
        ),
        (Code::RouteUnverified, unverified(name, &error())),
        (Code::RouteNotDeleted, not_deleted(name, &error())),
        (Code::RouteInUse, in_use(name, &error(), Ok(one.clone()))),
        (Code::RouteInUse, in_use(name, &error(), Err(error()))),
        (Code::RouteDeletedInUse, deleted_in_use(name, &many)),
    ]
}
