//! Planning: what an apply would make of a number. Pure: no calls, no clock.
//!
//! Terraform plans a replacement twice: with the number that goes, and then, for its successor,
//! without it. The second plan has what the first kept beside the number, and none of its warnings
//! is shown. `-replace` and `replace_triggered_by` show in the second plan only: the first one is
//! that of a number which stays. A tainted number shows in neither: its successor is planned like
//! any new number.

use super::deletion_policy::DeletionPolicy;
use super::model::{NumberModel, given, is_same_sim};
use super::resource::NumberResource;
use super::{columns, config_validators};
use crate::provider::diagnostics::{plans, purchase as texts, stops};
use crate::provider::purchase::Purchases;
use crate::terraform::resource::{Creation, Plan, PlanUpdate};
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
    columns::null_what_is_not_asked_for(&config, &mut planned);
    planned.deletion_policy = policy_word(&config);
    diagnostics.extend(config_validators::refuse_impossible(&planned));
    diagnostics.extend(config_validators::advise(&planned, None));
    Plan {
        object: planned,
        private: replaced.unwrap_or_default(),
        requires_replace: Vec::new(),
    }
}

/// Counts a planned purchase, and says what speaks against it, or comes before it.
pub(super) fn count(purchases: &Purchases, planned: &NumberModel, diagnostics: &mut Diagnostics) {
    // An unknown SIM counts as one: the create checks again.
    let names_sim = planned.iccid.is_unknown() || given(&planned.iccid).is_some();
    let planned = purchases.plan(names_sim);
    diagnostics.extend(planned.over_limit.map(texts::over_limit));
    diagnostics.extend(
        planned
            .needs_place
            .map(|variable| texts::needs_place(variable, "number_type")),
    );
    diagnostics.extend(purchases.warn_of_open().as_ref().map(stops::purchases_open));
}

/// Plans a change, or none.
pub(super) fn update(
    change: PlanUpdate<NumberResource>,
    diagnostics: &mut Diagnostics,
) -> NumberPlan {
    let PlanUpdate {
        prior,
        config,
        proposed: mut planned,
        private,
    } = change;
    planned.deletion_policy = policy_word(&config);
    columns::keep_equivalent(&prior, &mut planned);
    diagnostics.extend(config_validators::refuse_impossible(&planned));

    let requires_replace = columns::replacing(&prior, &planned);
    if requires_replace.is_empty() {
        diagnostics.extend(config_validators::advise(&planned, Some(&prior)));
        let name = prior.name();
        if prior.caller_name.is_known() && planned.caller_name.is_null() {
            diagnostics.push(plans::name_stays("caller_name", &name));
        }
        let recorded = columns::only_recorded(&prior, &planned).into_iter();
        diagnostics.extend(recorded.map(|argument| plans::only_recorded(argument, &name)));
        let kept = columns::keep_until_known(&prior, &mut planned).into_iter();
        diagnostics.extend(kept.map(|argument| plans::keeps_value(argument, &name)));
        // What an update may bring along becomes unknown; everything else is known to stay.
        let sent = columns::sent(&prior, &planned);
        if sent.contains("iccid") {
            planned.qr_code = Attr::Unknown;
            planned.activation_code = Attr::Unknown;
        }
        if !sent.is_empty() && prior.phone_number_assigned.is_null() {
            columns::forget_until_complete(&mut planned);
        }
    } else {
        // Terraform plans the new number next, and shows no warning of that plan.
        diagnostics.extend(config_validators::advise(&config, None));
        let refused = refuse_replacement(&prior.name(), prior.policy(), &config);
        diagnostics.push(refused.unwrap_or_else(|| match prior.policy() {
            DeletionPolicy::Park | DeletionPolicy::Abandon if keeps_sim(&prior, &config) => {
                texts::sim_stays_taken(&prior.name(), prior.policy().word())
            }
            policy => plans::replaces(&prior.name(), policy),
        }));
    }
    Plan {
        object: planned,
        // Made again from the object, in case it was lost: a failed update can cost it, and a
        // replacement on request differs from a purchase in nothing else.
        private: private.renewed(&prior),
        requires_replace,
    }
}

/// Warns of a destruction, or refuses it. The configuration is not known here: Terraform does not
/// show it.
pub(super) fn destroy(prior: &NumberModel, diagnostics: &mut Diagnostics) {
    diagnostics.push(match prior.policy() {
        DeletionPolicy::Prevent => prevented(&prior.name()),
        policy => plans::destroys(&prior.name(), policy),
    });
}

/// Why a number must not be replaced: the policy in its state or in its configuration is
/// `prevent`, or may be.
fn refuse_replacement(
    name: &str,
    in_state: DeletionPolicy,
    config: &NumberModel,
) -> Option<Diagnostic> {
    if in_state == DeletionPolicy::Prevent || config.policy() == DeletionPolicy::Prevent {
        return Some(prevented(name));
    }
    let may_prevent = config.deletion_policy.is_unknown();
    may_prevent.then(|| plans::policy_unknown(name))
}

fn policy_word(config: &NumberModel) -> Attr<String> {
    match &config.deletion_policy {
        Attr::Null => DeletionPolicy::default().word().into(),
        given => given.clone(),
    }
}

/// Whether the number that is bought in place of this one is for the same SIM.
fn keeps_sim(prior: &NumberModel, config: &NumberModel) -> bool {
    let sims = prior.iccid.as_str().zip(config.iccid.as_str());
    sims.is_some_and(|(prior, config)| is_same_sim(prior, config))
}

#[cfg(test)]
mod tests;
