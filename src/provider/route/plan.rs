//! Planning: what an apply would make of a route. Pure: no calls, no clock.

use super::model::{ManagedRoute, RouteModel};
use super::{RoutePrivate, RouteResource};
use crate::provider::diagnostics::{plans, routes};
use crate::terraform::Diagnostics;
use crate::terraform::resource::{Creation, Plan, PlanUpdate};
use crate::terraform::value::Value;

/// Plans a new route.
pub(super) fn create<K: ManagedRoute>(
    creation: Creation<RouteResource<K>>,
    diagnostics: &mut Diagnostics,
) -> Plan<RouteResource<K>> {
    let Creation {
        config,
        proposed: mut planned,
        replaced: _,
    } = creation;
    planned.plan_switches(&config, None);
    planned.validate(diagnostics);
    Plan {
        object: planned,
        private: RoutePrivate::default(),
        requires_replace: Vec::new(),
    }
}

/// Plans a change, or none.
pub(super) fn update<K: ManagedRoute>(
    change: PlanUpdate<RouteResource<K>>,
    diagnostics: &mut Diagnostics,
) -> Plan<RouteResource<K>> {
    let PlanUpdate {
        prior,
        config,
        proposed: mut planned,
        private,
    } = change;
    planned.plan_switches(&config, Some(&prior));
    planned.validate(diagnostics);
    let requires_replace = plan_account(&prior, &mut planned, diagnostics);
    Plan {
        object: planned,
        private,
        requires_replace,
    }
}

/// A route stays in its account: only another known one needs another route. Setting the account of
/// a route that names none, or removing it, is written down and not sent.
fn plan_account<K: ManagedRoute>(
    prior: &RouteModel<K>,
    planned: &mut RouteModel<K>,
    diagnostics: &mut Diagnostics,
) -> Vec<&'static str> {
    const ACCOUNT: &str = "account_id";
    let name = prior.name();
    let given = |route: &RouteModel<K>| match route.get(ACCOUNT) {
        Value::String(id) if id.is_empty() => Value::Null,
        other => other.clone(),
    };
    match (given(prior), given(planned)) {
        (before, after) if before == after => {}
        (Value::Null, _) | (_, Value::Null) => {
            diagnostics.push(routes::only_recorded(ACCOUNT, &name));
        }
        (before, Value::Unknown) => {
            diagnostics.push(plans::keeps_value(ACCOUNT, &name));
            planned.set(ACCOUNT, before);
        }
        _ => {
            diagnostics.push(routes::departs(&name, true));
            return vec![ACCOUNT];
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joonto::MessageRoute;
    use crate::terraform::Diagnostic;

    #[test]
    fn only_another_known_account_replaces_a_route() {
        let (none, unset, unknown) = (|| Value::Null, || Value::from(""), || Value::Unknown);
        let (one, two) = (|| Value::from("AID-1"), || Value::from("AID-2"));
        for (prior, proposed, planned, code) in [
            (one(), one(), one(), None),
            (one(), two(), two(), Some("JN505")),
            (one(), unset(), unset(), Some("JN205")),
            (one(), unknown(), one(), Some("JN204")),
            (unset(), one(), one(), Some("JN205")),
            (none(), one(), one(), Some("JN205")),
            (unset(), none(), none(), None),
            (none(), unset(), unset(), None),
            (unset(), unknown(), unknown(), Some("JN205")),
        ] {
            let row = format!("{:?} {:?}", prior.as_str(), proposed.as_str());
            let with = |account: Value| {
                let mut route = RouteModel::<MessageRoute>::default();
                route.set("account_id", account);
                route
            };
            let change = PlanUpdate {
                prior: with(prior),
                config: with(proposed.clone()),
                proposed: with(proposed),
                private: RoutePrivate::default(),
            };
            let mut diagnostics = Diagnostics::new();
            let plan = update(change, &mut diagnostics);
            let codes: Vec<_> = diagnostics.iter().filter_map(Diagnostic::code).collect();
            assert_eq!(codes, Vec::from_iter(code), "{row}");
            assert_eq!(plan.object.get("account_id"), &planned, "{row}");
            assert_eq!(
                plan.requires_replace.len(),
                usize::from(code == Some("JN505"))
            );
        }
    }
}
