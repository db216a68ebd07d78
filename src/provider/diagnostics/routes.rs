//! Every text about routes.

use super::codes::Code;
use super::objects::failed;
use super::{capitalised, report, sentence};
use crate::context::Interrupted;
use crate::joonto::Error;
use crate::terraform::Diagnostic;

/// How many numbers are named at most.
const NAMED: usize = 10;

/// Why numbers that a plan moves can be in the way of a route that it deletes.
const ORDER: &str = "Terraform deletes a route before it moves numbers off it, unless the route's \
                     `lifecycle` has `create_before_destroy`.";

/// The codes that routes have for texts about objects of any type, from before these were shared.
const OWN: [(Code, Code); 8] = [
    (Code::ObjectNotCreated, Code::RouteNotCreated),
    (Code::ObjectUnreadable, Code::RouteUnreadable),
    (Code::ObjectNotImported, Code::RouteNotImported),
    (Code::ObjectKeyInvalid, Code::RouteIdInvalid),
    (Code::ObjectGone, Code::RouteGone),
    (Code::ObjectOfAnotherAccount, Code::RouteOfAnotherAccount),
    (Code::ObjectNotChanged, Code::RouteNotChanged),
    (Code::ObjectNotDeleted, Code::RouteNotDeleted),
];

/// A text about objects of any type, with the code that routes have for it.
pub(in crate::provider) fn coded(text: Diagnostic) -> Diagnostic {
    let is_its = |(shared, _): &&(Code, Code)| text.code() == Some(shared.row().0);
    match OWN.iter().find(is_its) {
        Some((_, own)) => text.with_code(own.row().0),
        None => text,
    }
}

/// A plan that destroys or replaces a route.
pub(in crate::provider) fn departs(name: &str, is_replaced: bool) -> Diagnostic {
    let (code, verb) = match is_replaced {
        true => (Code::RouteReplaced, "replaces"),
        false => (Code::RouteDestroyed, "destroys"),
    };
    let happened = format!(
        "This plan {verb} {name}. The apply deletes it permanently. Numbers that still use it then \
         have no routing, and so have parked and abandoned ones."
    );
    let next = "First set another route on every number that uses it.";
    report(code, name, happened, next)
}

/// An argument that is never sent is set or removed.
pub(in crate::provider) fn only_recorded(argument: &str, name: &str) -> Diagnostic {
    let subject = format!("{argument} of {name}");
    let happened = format!(
        "The API sets {argument} only when it creates a route, so setting or removing it later \
         only updates the state."
    );
    let next = "Check that the state then says what is true of the route: a change to another \
                value replaces it.";
    report(Code::OnlyRecorded, &subject, happened, next).at_attribute(argument)
}

/// The wait for its turn was cancelled.
pub(in crate::provider) fn cancelled(name: &str, why: Interrupted) -> Diagnostic {
    let happened = format!("The request to create {name} was cancelled before it was sent: {why}.");
    let next = "Apply again.";
    report(Code::RouteCancelled, name, happened, next)
}

/// It may have been created, and cannot be looked for.
pub(in crate::provider) fn unconfirmed(name: &str, lost: &Error, why: &str) -> Diagnostic {
    let found = format!("The provider cannot find out whether it was created: {why}.");
    let next = "Look for it in the account before you apply again. If it is there, import it:\n  \
                terraform import ADDRESS ID\nwith the address of this resource and the id of the \
                route.";
    was_lost(Code::RouteUnconfirmed, name, lost, &found, next)
}

/// It was not created, as far as the account shows.
pub(in crate::provider) fn not_listed(name: &str, noun: &str, lost: &Error) -> Diagnostic {
    let found = format!(
        "The account's list shows no new {noun} like it, so most likely it was not created."
    );
    let next = "Apply again.";
    was_lost(Code::RouteNotListed, name, lost, &found, next)
}

/// It may be one of several.
pub(in crate::provider) fn ambiguous(name: &str, lost: &Error, ids: &[&str]) -> Diagnostic {
    let found = "The account's list shows several new routes like it, so somebody else creates \
                 them too, and the provider adopted none.";
    let command = |id: &&str| format!("  terraform import ADDRESS {id}\n");
    let commands: String = ids.iter().map(command).collect();
    let next = format!(
        "If one of them is yours, import it before you apply again:\n{commands}with the address of \
         this resource."
    );
    was_lost(Code::RouteAmbiguous, name, lost, found, &next)
}

/// It is the one new route that is like what was to be created.
pub(in crate::provider) fn adopted(id: &str, lost: &Error) -> Diagnostic {
    let found = format!("The account lists exactly one new route with these settings: {id}.");
    let next = "Nothing needs to be done.";
    was_lost(Code::RouteAdopted, id, lost, &found, next)
}

/// It was created, and whether it is in service is not known.
pub(in crate::provider) fn enabled_unverified(name: &str, error: &Error) -> Diagnostic {
    let happened = format!(
        "The API returned another value of `enabled` for {name} than the configuration sets, and \
         the provider could not correct it: {error}."
    );
    let next = "Run `terraform plan`. If it shows a change, apply it.";
    report(Code::RouteEnabledUnverified, name, happened, next)
}

/// The state does not say which route it is.
pub(in crate::provider) fn without_id(type_name: &str) -> Diagnostic {
    let happened =
        format!("The state holds a {type_name} without route_id, so the API cannot be asked.");
    let next = "Remove it with `terraform state rm`, and import the route by its id.";
    report(Code::RouteWithoutId, type_name, happened, next)
}

/// A change that the API did not make. `advice` is what may help.
pub(in crate::provider) fn not_changed(name: &str, error: &Error, advice: &str) -> Diagnostic {
    let next = format!("Apply again to make the rest of the change. {advice}");
    failed(Code::RouteNotChanged, name, error, next.trim_end())
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
    let happened = format!(
        "This change removes {names} of {name}. The API accepted the change and kept the value, so \
         it does not allow unsetting it. Everything else was changed."
    );
    let next = format!("Set {names} to a value, or replace the route with `-replace`.");
    report(Code::RouteNotUnset, name, happened, next)
}

/// It was changed, and whether what was removed is gone is not known.
pub(in crate::provider) fn unverified(name: &str, error: &Error) -> Diagnostic {
    let happened = format!(
        "{} was changed. Whether every removed argument is unset could not be read: {error}.",
        capitalised(name)
    );
    let next = "The next refresh shows it.";
    report(Code::RouteUnverified, name, happened, next)
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
    let happened = format!("{}. {users}", sentence(error));
    let next = format!("Set another route on numbers that use it first. {ORDER}");
    report(Code::RouteInUse, name, happened, next)
}

/// It was deleted, and numbers used it.
pub(in crate::provider) fn deleted_in_use(name: &str, users: &[String]) -> Diagnostic {
    let happened = format!(
        "{} was deleted. The inventory, which can lag, still showed these numbers on it: {}.",
        capitalised(name),
        some_of(users)
    );
    let next = format!("Set another route on them: until then they have no routing. {ORDER}");
    report(Code::RouteDeletedInUse, name, happened, next)
}

/// What was found after the response to a creation was lost.
fn was_lost(code: Code, name: &str, lost: &Error, found: &str, next: &str) -> Diagnostic {
    let happened = format!("The response to creating {name} was lost: {lost}. {found}");
    report(code, name, happened, next)
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
    let own = |(code, text): (Code, Diagnostic)| {
        let own = OWN.iter().find(|(shared, _)| *shared == code);
        own.map(|(_, own)| (*own, coded(text)))
    };
    let mut samples: Vec<_> = super::objects::samples()
        .into_iter()
        .filter_map(own)
        .collect();
    samples.extend([
        (Code::RouteReplaced, departs(name, true)),
        (Code::RouteDestroyed, departs(name, false)),
        (Code::OnlyRecorded, only_recorded("account_id", "it")),
        (Code::RouteCancelled, cancelled(name, Interrupted::Stopped)),
        (Code::RouteUnconfirmed, unconfirmed(name, &error(), "why")),
        (Code::RouteNotListed, not_listed(name, "route", &error())),
        (
            Code::RouteAmbiguous,
            ambiguous(name, &error(), &["MRID-1", "MRID-2"]),
        ),
        (Code::RouteAdopted, adopted("MRID-1", &error())),
        (
            Code::RouteEnabledUnverified,
            enabled_unverified(name, &error()),
        ),
        (Code::RouteWithoutId, without_id("joonto_message_route")),
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
        (Code::RouteInUse, in_use(name, &error(), Ok(one))),
        (Code::RouteInUse, in_use(name, &error(), Err(error()))),
        (Code::RouteDeletedInUse, deleted_in_use(name, &many)),
    ]);
    samples
}
