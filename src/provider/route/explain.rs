//! Errors about routes in the terms of the user: what happened, and what to do next.

use std::fmt::Display;

use super::{RouteObject, name_of};
use crate::joonto::{Error, Route};
use crate::provider::account::Connection;
use crate::provider::diagnostics::{capitalised, next_step, sentence};
use crate::terraform::Diagnostic;

/// How many numbers are named at most.
const NAMED: usize = 10;

/// Why numbers that a plan moves can be in the way of a route that it deletes.
pub(super) const ORDER: &str = "Terraform deletes a route before it moves numbers off it, unless the \
                                route's `lifecycle` has `create_before_destroy`.";

/// A route that was not made.
pub(super) fn cannot_create<R: RouteObject>(route: &R, error: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("{} was not created", capitalised(&name_of(route))),
        format!("{}. No route was created.", sentence(error)),
    )
}

/// A route that was given up before anything was sent.
pub(super) fn not_begun<R: RouteObject>(route: &R, why: impl Display) -> Diagnostic {
    Diagnostic::error(
        format!("{} was not created", capitalised(&name_of(route))),
        format!("It was given up before it was sent: {why}. No route was created."),
    )
}

fn lost(route: &impl RouteObject, doubt: &Error) -> String {
    format!(
        "The answer to creating {} was lost: {doubt}.",
        name_of(route)
    )
}

/// A route that may have been made, and cannot be looked for.
pub(super) fn in_doubt<R: RouteObject>(route: &R, doubt: &Error, why: &dyn Display) -> Diagnostic {
    Diagnostic::error(
        format!("{} may have been created", capitalised(&name_of(route))),
        format!(
            "{} Whether it was made could not be found out: {why}.\n\nBefore you apply again, look \
             for it in the account. If it is there, take it up with `terraform import ADDRESS ID`, \
             with the address of this resource and the route's id.",
            lost(route, doubt)
        ),
    )
}

/// A route that was not made, as far as the account shows.
pub(super) fn none_seen<R: RouteObject>(route: &R, doubt: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("{} was not created", capitalised(&name_of(route))),
        format!(
            "{} The account's list shows no new {} like it, so most likely none was made. Apply \
             again.",
            lost(route, doubt),
            R::NOUN
        ),
    )
}

/// A route that may be one of several.
pub(super) fn several_seen<R: RouteObject>(route: &R, doubt: &Error, ids: &[&str]) -> Diagnostic {
    let commands: Vec<String> = ids
        .iter()
        .map(|id| format!("  terraform import ADDRESS {id}"))
        .collect();
    Diagnostic::error(
        format!("{} may have been created", capitalised(&name_of(route))),
        format!(
            "{} The account's list shows several new routes like it, so somebody else is creating \
             them too, and none was taken up. If one of them is this resource's, import it before \
             you apply again:\n{}\nwith the address of this resource for ADDRESS.",
            lost(route, doubt),
            commands.join("\n")
        ),
    )
}

/// A route that could not be read.
pub(super) fn cannot_read<R: RouteObject>(route: &R, error: &Error) -> Diagnostic {
    Diagnostic::error(
        format!("Cannot read {}", name_of(route)),
        format!(
            "{}. Nothing was changed, and what the state holds is kept. {}",
            sentence(error),
            next_step(error, "plan again")
        ),
    )
}

/// A route that could not be imported.
pub(super) fn cannot_import<R: RouteObject>(route: &R) -> Diagnostic {
    let name = name_of(route);
    Diagnostic::error(
        format!("Cannot import {name}"),
        format!(
            "{name} cannot be imported: the API does not know it. Most likely the id is mistyped, \
             or the route belongs to another account than the provider's credentials."
        ),
    )
}

/// A change that was not made, as far as the API says.
pub(super) fn cannot_update<R: RouteObject>(
    route: &R,
    settings: &<R::Told as Route>::Settings,
    error: &Error,
) -> Diagnostic {
    let is_refused = error.status() == Some(400);
    let cleared = R::cleared(settings);
    let hint = match (is_refused, R::hint(settings)) {
        (true, Some(hint)) => format!(" {hint}"),
        (true, None) if !cleared.is_empty() => format!(
            " This change removes {}, and the API may not allow unsetting that. Give it a value, \
             or replace the route.",
            cleared.join(", ")
        ),
        _ => String::new(),
    };
    Diagnostic::error(
        format!("Cannot change {}", name_of(route)),
        format!(
            "{}. The state holds what the API tells of the route now; apply again to make the \
             rest of the change.{hint}",
            sentence(error)
        ),
    )
}

/// Arguments that were removed, and that the API kept.
pub(super) fn cannot_unset<R: RouteObject>(route: &R, names: &[&str]) -> Diagnostic {
    let names = names.join(", ");
    Diagnostic::error(
        format!("The API does not allow unsetting {names}"),
        format!(
            "{names} of {} was to be removed. The API took the change and kept the value, so it \
             does not allow unsetting it. Everything else was changed. Give it a value, or replace \
             the route with `-replace`.",
            name_of(route)
        ),
    )
}

/// A route that could not be deleted.
pub(super) fn cannot_delete<R: RouteObject>(route: &R, error: &Error) -> Diagnostic {
    let name = name_of(route);
    Diagnostic::error(
        format!("{} was not deleted", capitalised(&name)),
        format!(
            "{}. The route is kept in the state; apply again to retry.",
            sentence(error)
        ),
    )
}

/// A route that the API refuses to delete, most likely because of those who use it.
pub(super) fn refused_to_delete<R: RouteObject>(
    route: &R,
    error: &Error,
    users: Result<Vec<String>, Error>,
) -> Diagnostic {
    let users = match users {
        Ok(users) if users.is_empty() => "The inventory shows no number that uses it.".to_owned(),
        Ok(users) => format!(
            "These numbers still use it: {}. Move them to another route first. {ORDER}",
            some_of(&users)
        ),
        Err(problem) => format!("Which numbers still use it could not be read: {problem}."),
    };
    Diagnostic::error(
        format!("{} was not deleted", capitalised(&name_of(route))),
        format!(
            "{}. {users} The route is kept in the state.",
            sentence(error)
        ),
    )
}

/// The first of these numbers, and how many more there are.
pub(super) fn some_of(numbers: &[String]) -> String {
    let named: Vec<&str> = numbers.iter().take(NAMED).map(String::as_str).collect();
    let more = match numbers.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", named.join(", "))
}

/// A route without an id.
pub(super) fn nothing_to_ask_by<R: RouteObject>() -> Diagnostic {
    Diagnostic::error(
        format!("A {} without an id", R::NOUN),
        format!(
            "The state holds a {} without a route_id, so the API cannot be asked about it. Remove \
             it with `terraform state rm`, and import the route by its id.",
            R::TYPE_NAME
        ),
    )
}

/// Refuses to believe that a route is gone when the credentials are not those it was made with:
/// to another account it never was there.
pub(super) fn same_account<R: RouteObject>(
    route: &R,
    connection: &Connection,
) -> Result<(), Diagnostic> {
    let ours = connection.client.fingerprint().to_string();
    match route.common().account_fingerprint.as_str() {
        Some(theirs) if theirs != ours => {
            let name = name_of(route);
            Err(Diagnostic::error(
                format!("{} belongs to another account", capitalised(&name)),
                format!(
                    "{name} was created with other credentials (or at another base_url) than the \
                     provider has now, so this account cannot tell whether it still exists. \
                     Nothing was changed, and the state is kept. Configure the credentials it was \
                     created with. If the account really changed hands, remove the route with \
                     `terraform state rm` and import it anew."
                ),
            ))
        }
        _ => Ok(()),
    }
}
