//! Every text about routes.

use super::message::messages;
use super::{capitalised, sentence};
use crate::context::Interrupted;
use crate::joonto::Error;
use crate::terraform::Diagnostic;

messages! {
    "JN504" Warning PLANNED "This plan destroys {name}"
        cause "The route, or its block, is removed from the configuration."
        cure "Set another route on the numbers that use it first."
    /// A plan that destroys a route.
    fn destroys(name: &str)
        happened("This plan destroys {name}. {DELETES}")
        next("First set another route on every number that uses it.")

    "JN505" Warning PLANNED "This plan replaces {name}"
        cause "An argument changes that the API sets only when it creates a route."
        cure "Set another route on the numbers that use it first, or undo the change."
    /// A plan that replaces a route.
    fn replaces(name: &str)
        happened("This plan replaces {name}. {DELETES}")
        next("First set another route on every number that uses it.")

    "JN510" Error NOT_STORED "{name} was not created"
        cause "The API refused to create the route, or could not be reached."
        cure "Correct what the message names, then apply again."

    "JN511" Error NOTHING_CHANGED "{name} was not created"
        cause "Terraform was stopped, or a deadline passed, before the request was sent."
        cure "Apply again."
    /// The wait for its turn was cancelled.
    fn cancelled(name: &str, why: Interrupted)
        happened("The request to create {name} was cancelled before it was sent: {why}.")
        next("Apply again.")

    "JN512" Error NOT_REPEATED "{name} may have been created"
        cause "The response was lost, and the list of routes cannot be read."
        cure "Look for the route in the account, and import it if it is there."
    /// It may have been created, and cannot be looked for.
    fn unconfirmed(name: &str, lost: &Error, why: &str)
        happened("The response to creating {name} was lost: {lost}. The provider cannot find out \
                  whether it was created: {why}.")
        next("Look for it in the account before you apply again. If it is there, import it:\n  \
              terraform import ADDRESS ID\nwith the address of this resource and the id of the \
              route.")

    "JN513" Error NOT_REPEATED "{name} was not created"
        cause "The response was lost, and the account lists no new route like it."
        cure "Apply again."
    /// It was not created, as far as the account shows.
    fn not_listed(name: &str, noun: &str, lost: &Error)
        happened("The response to creating {name} was lost: {lost}. The account's list shows no \
                  new {noun} like it, so most likely it was not created.")
        next("Apply again.")

    "JN514" Error NOT_REPEATED "{name} may have been created"
        cause "The response was lost, and the account lists several new routes like it."
        cure "Import the route that is yours, then apply again."
    /// It may be one of several.
    fn ambiguous(name: &str, lost: &Error, ids: &[&str])
        happened("The response to creating {name} was lost: {lost}. The account's list shows \
                  several new routes like it, so somebody else creates them too, and the provider \
                  adopted none.")
        next("If one of them is yours, import it before you apply again:\n{}with the address of \
              this resource.",
            ids.iter().map(|id| format!("  terraform import ADDRESS {id}\n")).collect::<String>())

    "JN515" Warning CREATED "Adopted {id} after a lost response"
        cause "The response was lost, and the account lists one new route like it."
        cure "Nothing needs to be done."
    /// It is the one new route that is like what was to be created.
    fn adopted(id: &str, lost: &Error)
        happened("The response to creating {id} was lost: {lost}. The account lists exactly one \
                  new route with these settings: {id}.")
        next("Nothing needs to be done.")

    "JN516" Warning CREATED "`enabled` of {name} may differ"
        cause "The API created the route with another `enabled`, and the correction failed."
        cure "Run `terraform plan`, which shows what is left to do."
    /// It was created, and whether it is in service is not known.
    fn enabled_unverified(name: &str, error: &Error)
        happened("The API returned another value of `enabled` for {name} than the configuration \
                  sets, and the provider could not correct it: {error}.")
        next("Run `terraform plan`. If it shows a change, apply it.")

    "JN520" Error NOTHING_CHANGED "Cannot read {name}"
        cause "The API refused to return the route, or could not be reached."
        cure "Correct what the message names, then plan again."

    "JN521" Error NOTHING_CHANGED "Cannot import {name}"
        cause "The account has no route with this id."
        cure "Check the id and the provider's credentials."

    "JN522" Error NOTHING_CHANGED "Not an import id of a {type_name}"
        cause "The text is not the id of such a route."
        cure "Give an id that begins with `MRID-` for a message route, `CRID-` for a voice route."

    "JN523" Warning REMOVED "{name} no longer exists"
        cause "The API no longer knows the route."
        cure "Apply to create another, and set its id on numbers that name the old one."

    "JN524" Error NOTHING_CHANGED "A {type_name} without an id"
        cause "The state holds a route without `route_id`, so the API cannot be asked."
        cure "Remove it with `terraform state rm`, and import the route by its id."
    /// The state does not say which route it is.
    fn without_id(type_name: &str)
        happened("The state holds a {type_name} without route_id, so the API cannot be asked.")
        next("Remove it with `terraform state rm`, and import the route by its id.")

    "JN525" Error NOTHING_CHANGED "{name} was created with other credentials"
        cause "The route was created with other credentials, or at another `base_url`."
        cure "Configure the credentials that it was created with."

    "JN530" Error LAST_READ "Cannot change {name}"
        cause "The API refused the change, or could not be reached."
        cure "Correct what the message names, then apply again."
    /// A change that the API did not make. `advice` is what may help.
    fn not_changed(name: &str, error: &Error, advice: &str)
        happened("{}.", sentence(error))
        next("{}", format!("Apply again to make the rest of the change. {advice}").trim_end())

    "JN531" Error LAST_READ "{name} kept removed arguments"
        cause "The API accepted the change and kept the values of arguments that were removed."
        cure "Set the arguments to a value, or replace the route."
    /// Arguments that were removed, and that the API kept.
    fn not_unset(name: &str, names: &[&str])
        happened("This change removes {} of {name}. The API accepted the change and kept the \
                  value, so it does not allow unsetting it. Everything else was changed.",
            names.join(", "))
        next("Set {} to a value, or replace the route with `-replace`.", names.join(", "))

    "JN532" Warning LAST_READ "Cannot verify {name}"
        cause "The route was changed, and could not be read afterwards."
        cure "Run `terraform plan`, which reads the route again."
    /// It was changed, and whether what was removed is gone is not known.
    fn unverified(name: &str, error: &Error)
        happened("{} was changed. Whether every removed argument is unset could not be read: \
                  {error}.",
            capitalised(name))
        next("The next refresh shows it.")

    "JN540" Error LAST_READ "{name} was not deleted"
        cause "The API refused to delete the route, or could not be reached."
        cure "Apply again."

    "JN541" Error NOTHING_CHANGED "{name} was not deleted"
        cause "Numbers still use the route."
        cure "Set another route on these numbers first, or use `create_before_destroy`."
    /// The API refuses to delete it, most likely because of the numbers that use it.
    fn in_use(name: &str, error: &Error, users: Result<Vec<String>, Error>)
        happened("{}. {}", sentence(error), match users {
            Ok(users) if users.is_empty() => {
                "The inventory shows no number that uses it.".to_owned()
            }
            Ok(users) => format!("These numbers still use it: {}.", some_of(&users)),
            Err(error) => format!("Which numbers still use it could not be read: {error}."),
        })
        next("Set another route on numbers that use it first. {ORDER}")

    "JN542" Warning REMOVED "{name} was in use"
        cause "The inventory, which can lag, showed numbers on the route that was deleted."
        cure "Set another route on these numbers: until then they have no routing."
    /// It was deleted, and numbers used it.
    fn deleted_in_use(name: &str, users: &[String])
        happened("{} was deleted. The inventory, which can lag, still showed these numbers on it: \
                  {}.",
            capitalised(name), some_of(users))
        next("Set another route on them: until then they have no routing. {ORDER}")
}

/// How many numbers are named at most.
const NAMED: usize = 10;

/// What becomes of a route that leaves its resource.
const DELETES: &str = "The apply deletes it permanently. Numbers that still use it then have no \
                       routing, and so have parked and abandoned ones.";

/// Why numbers that a plan moves can be in the way of a route that it deletes.
const ORDER: &str = "Terraform deletes a route before it moves numbers off it, unless the route's \
                     `lifecycle` has `create_before_destroy`.";

/// The codes that routes have for texts about objects of any type, from before these were shared.
const OWN: [(&str, &str); 8] = [
    ("JN801", "JN510"),
    ("JN804", "JN520"),
    ("JN806", "JN521"),
    ("JN807", "JN522"),
    ("JN805", "JN523"),
    ("JN808", "JN525"),
    ("JN809", "JN530"),
    ("JN810", "JN540"),
];

/// A text about objects of any type, with the code that routes have for it.
pub(in crate::provider) fn coded(text: Diagnostic) -> Diagnostic {
    match OWN.iter().find(|&&(shared, _)| text.code() == Some(shared)) {
        Some(&(_, own)) => text.with_code(own),
        None => text,
    }
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
pub(super) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let name = "message route \"inbound\" (MRID-1)";
    let error = || Error::refused_for_tests(500);
    let (one, many) = (
        vec!["+18015550100".to_owned()],
        vec![String::from("+1"); 12],
    );
    let own = |(code, text): (&'static str, Diagnostic)| {
        let own = OWN.iter().find(|(shared, _)| *shared == code);
        own.map(|(_, own)| (*own, coded(text)))
    };
    let mut samples: Vec<_> = super::objects::samples()
        .into_iter()
        .filter_map(own)
        .collect();
    samples.extend([
        ("JN505", replaces(name)),
        ("JN504", destroys(name)),
        ("JN511", cancelled(name, Interrupted::Stopped)),
        ("JN512", unconfirmed(name, &error(), "why")),
        ("JN513", not_listed(name, "route", &error())),
        ("JN514", ambiguous(name, &error(), &["MRID-1", "MRID-2"])),
        ("JN515", adopted("MRID-1", &error())),
        ("JN516", enabled_unverified(name, &error())),
        ("JN524", without_id("joonto_message_route")),
        ("JN530", not_changed(name, &error(), "")),
        (
            "JN530",
            not_changed(name, &error(), &unset_advice(&["wss_uri"])),
        ),
        ("JN531", not_unset(name, &["voice_url", "wss_uri"])),
        ("JN532", unverified(name, &error())),
        ("JN541", in_use(name, &error(), Ok(one))),
        ("JN541", in_use(name, &error(), Err(error()))),
        ("JN542", deleted_in_use(name, &many)),
    ]);
    samples
}
