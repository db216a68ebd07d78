//! Planning: what an apply would make of a number. Pure: no calls, no clock.
//!
//! Terraform plans a replacement twice: with the number that goes, and then, for its successor,
//! without it. The second plan has what the first kept beside the number, and none of its warnings
//! is shown. `-replace` and `replace_triggered_by` show in the second plan only: the first one is
//! that of a number which stays. A tainted number shows in neither: its successor is planned like
//! any new number.

use super::deletion_policy::DeletionPolicy;
use super::model::{Number, given};
use super::{NumberResource, config_validators, update};
use crate::joonto::Iccid;
use crate::provider::diagnostics::plans::{self, Departure};
use crate::provider::diagnostics::{purchase as texts, stops};
use crate::provider::purchase::Purchases;
use crate::terraform::resource::{Creation, Plan, Update as Change};
use crate::terraform::{Attr, Diagnostic, Diagnostics};

pub(super) use crate::provider::diagnostics::plans::prevented;

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
    if let Some(replaced) = &replaced {
        let name = replaced.number.as_deref().unwrap_or("the number");
        diagnostics.extend(refuse_replacement(name, replaced.policy, &config));
    }
    null_what_is_not_asked_for(&config, &mut planned);
    planned.deletion_policy = policy_word(&config);
    config_validators::refuse_impossible(&planned, diagnostics);
    config_validators::advise(&planned, None, diagnostics);
    Plan {
        object: planned,
        private: replaced.unwrap_or_default(),
        requires_replace: Vec::new(),
    }
}

/// Counts a planned purchase, and says what speaks against it, or comes before it.
pub(super) fn count(purchases: &Purchases, planned: &Number, diagnostics: &mut Diagnostics) {
    // An unknown SIM counts as one: the create checks again.
    let names_sim = may_be_given(&planned.iccid);
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
    config_validators::refuse_impossible(&planned, diagnostics);

    let requires_replace = replacing(&prior, &planned);
    if requires_replace.is_empty() {
        config_validators::advise(&planned, Some(&prior), diagnostics);
        note_what_is_only_recorded(&prior, &planned, diagnostics);
        keep_until_known(&prior, &mut planned, diagnostics);
        if update::is_sent(&prior, &planned) {
            forget_what_changes(&prior, &mut planned);
        }
    } else {
        // Terraform plans the new number next, and shows no warning of that plan.
        config_validators::advise(&config, None, diagnostics);
        let refused = refuse_replacement(&prior.name(), prior.policy(), &config);
        diagnostics.push(refused.unwrap_or_else(|| match prior.policy() {
            DeletionPolicy::Park | DeletionPolicy::Abandon if keeps_sim(&prior, &config) => {
                texts::sim_stays_taken(&prior.name(), prior.policy().word())
            }
            policy => plans::departs(&prior.name(), policy, Departure::Replaced),
        }));
    }
    Plan {
        object: planned,
        // Said anew by the object, in case it was lost: a failed update can cost it, and a
        // replacement on request is told apart from a purchase by nothing else.
        private: private.renewed(&prior),
        requires_replace,
    }
}

/// Warns of a destruction, or refuses it. The configuration is not known here: Terraform does not
/// show it.
pub(super) fn destroy(prior: &Number, diagnostics: &mut Diagnostics) {
    diagnostics.push(match prior.policy() {
        DeletionPolicy::Prevent => prevented(&prior.name()),
        policy => plans::departs(&prior.name(), policy, Departure::Destroyed),
    });
}

/// Why a number must not be replaced: the policy in its state or in its configuration is
/// `prevent`, or may be.
fn refuse_replacement(name: &str, in_state: DeletionPolicy, config: &Number) -> Option<Diagnostic> {
    if in_state == DeletionPolicy::Prevent || config.policy() == DeletionPolicy::Prevent {
        return Some(prevented(name));
    }
    let may_prevent = config.deletion_policy.is_unknown();
    may_prevent.then(|| plans::policy_unknown(name))
}

fn policy_word(config: &Number) -> Attr<String> {
    match &config.deletion_policy {
        Attr::Null => DeletionPolicy::default().word().into(),
        given => given.clone(),
    }
}

/// No purchase returns these: what is not asked for is null until a refresh.
fn null_what_is_not_asked_for(config: &Number, planned: &mut Number) {
    for (asked, planned) in [
        (&config.message_route_id, &mut planned.message_route_id),
        (&config.voice_route_id, &mut planned.voice_route_id),
        (&config.product_type, &mut planned.product_type),
    ] {
        if asked.is_null() {
            *planned = Attr::Null;
        }
    }
}

/// Another way to write the same value is no change, nor is `""`, which leaves things as they are.
fn keep_equivalent(prior: &Number, planned: &mut Number) {
    for (prior, planned) in [
        (&prior.iccid, &mut planned.iccid),
        (&prior.product_type, &mut planned.product_type),
        (
            &prior.assigned_subscriber_id,
            &mut planned.assigned_subscriber_id,
        ),
    ] {
        if planned.as_str() == Some("") && !prior.is_null() {
            planned.clone_from(prior);
        }
    }
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
    if update::changes(&prior.iccid, &planned.iccid) {
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

/// The attributes of which one known value becomes another, which needs a new number.
///
/// The API never returns `data_enabled`, `area_code`, `zip_code` and `account_id`, so between
/// unset and a value nothing is known to differ.
fn replacing(prior: &Number, planned: &Number) -> Vec<&'static str> {
    fn another<T: PartialEq>(prior: Option<T>, planned: Option<T>) -> bool {
        matches!((prior, planned), (Some(prior), Some(planned)) if prior != planned)
    }
    let mut names = Vec::new();
    let types = [&prior.number_type, &planned.number_type].map(given);
    if another(types[0], types[1]) && types.contains(&Some("voip")) {
        names.push("number_type");
    }
    if another(prior.data_enabled.known(), planned.data_enabled.known()) {
        names.push("data_enabled");
    }
    for (name, prior, planned) in never_returned(prior, planned) {
        if another(given(prior), given(planned)) {
            names.push(name);
        }
    }
    names
}

/// The texts that the API never returns, before and after.
fn never_returned<'a>(
    prior: &'a Number,
    planned: &'a Number,
) -> [(&'static str, &'a Attr<String>, &'a Attr<String>); 3] {
    [
        ("area_code", &prior.area_code, &planned.area_code),
        ("zip_code", &prior.zip_code, &planned.zip_code),
        ("account_id", &prior.account_id, &planned.account_id),
    ]
}

/// An argument whose change would replace the number keeps its value until another one is known:
/// Terraform would take an unknown value for a change.
fn keep_until_known(prior: &Number, planned: &mut Number, diagnostics: &mut Diagnostics) {
    let mut kept = Vec::new();
    if planned.data_enabled.is_unknown() && prior.data_enabled.is_known() {
        planned.data_enabled.clone_from(&prior.data_enabled);
        kept.push("data_enabled");
    }
    for (name, prior, planned) in [
        ("number_type", &prior.number_type, &mut planned.number_type),
        ("area_code", &prior.area_code, &mut planned.area_code),
        ("zip_code", &prior.zip_code, &mut planned.zip_code),
        ("account_id", &prior.account_id, &mut planned.account_id),
    ] {
        if planned.is_unknown() && given(prior).is_some() {
            planned.clone_from(prior);
            kept.push(name);
        }
    }
    diagnostics.extend(
        kept.into_iter()
            .map(|name| plans::keeps_value(name, &prior.name())),
    );
}

/// Warns of changes that are written down and not sent.
fn note_what_is_only_recorded(prior: &Number, planned: &Number, diagnostics: &mut Diagnostics) {
    let data = (
        "data_enabled",
        prior.data_enabled.is_known(),
        !planned.data_enabled.is_null(),
    );
    let texts = never_returned(prior, planned);
    let texts =
        texts.map(|(name, prior, planned)| (name, given(prior).is_some(), may_be_given(planned)));
    for (name, was_set, is_set) in [data].into_iter().chain(texts) {
        if was_set != is_set {
            diagnostics.push(plans::only_recorded(name, &prior.name()));
        }
    }
}

/// Whether the text is set, as far as is known.
fn may_be_given(attr: &Attr<String>) -> bool {
    attr.is_unknown() || given(attr).is_some()
}

#[cfg(test)]
mod tests;
