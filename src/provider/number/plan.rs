//! Planning: what an apply would make of a number. Pure: no calls, no clock.

use super::object::{DeletionPolicy, Number};
use super::{NumberResource, rules, update};
use crate::joonto::Iccid;
use crate::provider::diagnostics::{purchase as texts, stops};
use crate::provider::purchase::Purchases;
use crate::terraform::resource::{Creation, Plan, Update as Change};
use crate::terraform::{Attr, Diagnostic, Diagnostics};

type NumberPlan = Plan<NumberResource>;

/// Plans a purchase.
pub(super) fn create(
    creation: Creation<NumberResource>,
    diagnostics: &mut Diagnostics,
) -> NumberPlan {
    let Creation {
        config,
        proposed: mut planned,
        replaced,
    } = creation;
    if let Some(replaced) = &replaced
        && replaced.policy == DeletionPolicy::Prevent
    {
        diagnostics.push(prevented(
            replaced.number.as_deref().unwrap_or("the number"),
        ));
    }
    null_what_is_not_asked_for(&config, &mut planned);
    planned.deletion_policy = policy_word(&config);
    rules::refuse_impossible(&planned, diagnostics);
    rules::advise(&planned, None, diagnostics);
    Plan {
        object: planned,
        private: replaced.unwrap_or_default(),
        requires_replace: Vec::new(),
    }
}

/// Counts a planned purchase, and says what speaks against it, or comes before it.
pub(super) fn count(purchases: &Purchases, planned: &Number, diagnostics: &mut Diagnostics) {
    // An unknown SIM counts as one: the create checks again.
    let names_sim =
        planned.iccid.is_unknown() || planned.iccid.as_str().is_some_and(|t| !t.is_empty());
    let planned = purchases.plan(names_sim);
    diagnostics.extend(planned.over_limit.map(texts::over_limit));
    diagnostics.extend(planned.needs_place.map(texts::needs_place));
    diagnostics.extend(purchases.warn_of_open().as_ref().map(stops::purchases_open));
}

/// Plans a change, or none.
pub(super) fn update(change: Change<NumberResource>, diagnostics: &mut Diagnostics) -> NumberPlan {
    let Change {
        prior,
        config,
        proposed: mut planned,
        private,
    } = change;
    planned.deletion_policy = policy_word(&config);
    keep_equivalent(&prior, &mut planned);
    rules::refuse_impossible(&planned, diagnostics);

    let requires_replace = replacing(&prior, &planned);
    if requires_replace.is_empty() {
        rules::advise(&planned, Some(&prior), diagnostics);
        note_what_is_only_recorded(&prior, &planned, diagnostics);
        if update::is_sent(&prior, &planned) {
            forget_what_changes(&prior, &mut planned);
        }
    } else {
        // Terraform plans the new number next, and shows no warning of that plan.
        rules::advise(&config, None, diagnostics);
        diagnostics.push(match prior.policy() {
            DeletionPolicy::Prevent => prevented(&prior.name()),
            DeletionPolicy::Park | DeletionPolicy::Abandon if keeps_sim(&prior, &config) => {
                texts::sim_stays_taken(&prior.name(), prior.policy().word())
            }
            _ => farewell(&prior, Farewell::Replaced),
        });
    }
    Plan {
        object: planned,
        // Said anew by the object, in case it was lost: a failed update can cost it, and a
        // replacement on request is told apart from a purchase by nothing else.
        private: private.renewed(&prior),
        requires_replace,
    }
}

/// Warns of a destruction, or refuses it.
pub(super) fn destroy(prior: &Number, diagnostics: &mut Diagnostics) {
    diagnostics.push(match prior.policy() {
        DeletionPolicy::Prevent => prevented(&prior.name()),
        _ => farewell(prior, Farewell::Destroyed),
    });
}

/// The error for destroying a number whose policy is `prevent`.
pub(super) fn prevented(name: &str) -> Diagnostic {
    Diagnostic::error(
        "The number must not be destroyed",
        format!(
            "deletion_policy of {name} is \"prevent\", and this plan would destroy or replace it. \
             Nothing was changed. To let it go, set deletion_policy to \"cancel\", \"park\" or \
             \"abandon\" and apply that first; to keep it but stop managing it, use a `removed` \
             block with `destroy = false`."
        ),
    )
    .at_attribute("deletion_policy")
}

/// How a number goes.
enum Farewell {
    /// Another one takes its place.
    Replaced,
    /// Nothing does.
    Destroyed,
}

/// The warning for a plan that ends a live number.
fn farewell(prior: &Number, how: Farewell) -> Diagnostic {
    let name = prior.name();
    let (verb, meaning) = match how {
        Farewell::Replaced => (
            "replaces",
            "Another number, with other digits, is bought in its place.",
        ),
        Farewell::Destroyed => (
            "destroys",
            "If its resource was only renamed, a `moved` block keeps it.",
        ),
    };
    let (effect, undo) = match prior.policy() {
        DeletionPolicy::Cancel => (
            "the number is cancelled",
            "A cancelled number can be reactivated for 30 days; after that it is lost. To \
             suspend it instead, set deletion_policy to \"park\" and apply that first.",
        ),
        DeletionPolicy::Park => (
            "the number is parked: suspended, with number and SIM kept",
            "A parked number can be activated again at any time.",
        ),
        DeletionPolicy::Abandon | DeletionPolicy::Prevent => (
            "the number is only forgotten: it stays active, and is still paid for",
            "`terraform import` takes it up again.",
        ),
    };
    Diagnostic::warning(
        format!("This plan {verb} {name}"),
        format!(
            "Its deletion_policy is {:?}: {effect}. {undo} {meaning}",
            prior.policy().word()
        ),
    )
}

fn policy_word(config: &Number) -> Attr<String> {
    match &config.deletion_policy {
        Attr::Null => DeletionPolicy::default().word().into(),
        given => given.clone(),
    }
}

/// The service decides none of these: what is not asked for is not there.
fn null_what_is_not_asked_for(config: &Number, planned: &mut Number) {
    for (asked, planned) in [
        (&config.message_route_id, &mut planned.message_route_id),
        (&config.voice_route_id, &mut planned.voice_route_id),
        (&config.product_type, &mut planned.product_type),
        (
            &config.assigned_subscriber_id,
            &mut planned.assigned_subscriber_id,
        ),
    ] {
        if asked.is_null() {
            *planned = Attr::Null;
        }
    }
}

/// Another way to write the same value is no change.
fn keep_equivalent(prior: &Number, planned: &mut Number) {
    if same_sim(prior.iccid.as_str(), planned.iccid.as_str()) {
        planned.iccid.clone_from(&prior.iccid);
    }
    if let (Some(before), Some(after)) =
        (prior.product_type.as_str(), planned.product_type.as_str())
        && before.eq_ignore_ascii_case(after)
    {
        planned.product_type.clone_from(&prior.product_type);
    }
}

/// Whether the number that is bought in place of this one is for the same SIM.
fn keeps_sim(prior: &Number, config: &Number) -> bool {
    same_sim(prior.iccid.as_str(), config.iccid.as_str())
}

fn same_sim(a: Option<&str>, b: Option<&str>) -> bool {
    match (a.map(Iccid::parse), b.map(Iccid::parse)) {
        (Some(Ok(a)), Some(Ok(b))) => a.same_sim(&b),
        _ => false,
    }
}

/// What an update may bring along becomes unknown; everything else is known to stay.
fn forget_what_changes(prior: &Number, planned: &mut Number) {
    if prior.iccid != planned.iccid {
        planned.qr_code = Attr::Unknown;
        planned.activation_code = Attr::Unknown;
    }
    if prior.phone_number_assigned.is_null() {
        for attribute in [
            &mut planned.id,
            &mut planned.phone_number_assigned,
            &mut planned.phone_number_id,
            &mut planned.qr_code,
            &mut planned.activation_code,
            &mut planned.subscriber_id,
            &mut planned.order_status,
            &mut planned.status,
        ] {
            *attribute = Attr::Unknown;
        }
    }
}

/// The attributes whose change needs a new number.
///
/// The API never tells `data_enabled`, `area_code`, `zip_code` and `account_id`, so between null
/// and a value nothing is known to differ.
fn replacing(prior: &Number, planned: &Number) -> Vec<&'static str> {
    fn another<T: PartialEq>(prior: &Attr<T>, planned: &Attr<T>) -> bool {
        !prior.is_null() && !planned.is_null() && prior != planned
    }
    let voip = |attr: &Attr<String>| attr.as_str() == Some("voip");
    let mut names = Vec::new();
    if another(&prior.number_type, &planned.number_type)
        && (voip(&prior.number_type) || voip(&planned.number_type))
    {
        names.push("number_type");
    }
    if another(&prior.data_enabled, &planned.data_enabled) {
        names.push("data_enabled");
    }
    for (name, prior, planned) in [
        ("area_code", &prior.area_code, &planned.area_code),
        ("zip_code", &prior.zip_code, &planned.zip_code),
        ("account_id", &prior.account_id, &planned.account_id),
    ] {
        if another(prior, planned) {
            names.push(name);
        }
    }
    names
}

/// Warns of changes that are written down and not sent.
fn note_what_is_only_recorded(prior: &Number, planned: &Number, diagnostics: &mut Diagnostics) {
    let recorded = [
        (
            "data_enabled",
            prior.data_enabled.is_null() != planned.data_enabled.is_null(),
        ),
        (
            "area_code",
            prior.area_code.is_null() != planned.area_code.is_null(),
        ),
        (
            "zip_code",
            prior.zip_code.is_null() != planned.zip_code.is_null(),
        ),
        (
            "account_id",
            prior.account_id.is_null() != planned.account_id.is_null(),
        ),
    ];
    for (name, _) in recorded.into_iter().filter(|(_, changed)| *changed) {
        diagnostics.push(
            Diagnostic::warning(
                format!("{name} is recorded, and nothing is sent"),
                format!(
                    "The API does not tell the {name} of {}, so setting or removing it here is \
                     only written to the state. The number itself does not change.",
                    prior.name()
                ),
            )
            .at_attribute(name),
        );
    }
}
