//! Planning: what an apply would make of a route. Pure: no calls, no clock.

use super::{Kind, Private, RouteResource};
use crate::provider::diagnostics::routes;
use crate::terraform::Diagnostics;
use crate::terraform::resource::{Creation, Plan, Update as Change};

/// Plans a new route.
pub(super) fn create<K: Kind>(
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
        private: Private::default(),
        requires_replace: Vec::new(),
    }
}

/// Plans a change, or none.
pub(super) fn update<K: Kind>(
    change: Change<RouteResource<K>>,
    diagnostics: &mut Diagnostics,
) -> Plan<RouteResource<K>> {
    let Change {
        prior,
        config,
        proposed: mut planned,
        private,
    } = change;
    planned.plan_switches(&config, Some(&prior));
    planned.validate(diagnostics);
    // A route stays in its account.
    let (before, after) = (prior.text("account_id"), planned.text("account_id"));
    let mut requires_replace = Vec::new();
    if let (Some(before), Some(after)) = (before, after)
        && before != after
    {
        requires_replace.push("account_id");
        diagnostics.push(routes::departs(&prior.name(), true));
    }
    Plan {
        object: planned,
        private,
        requires_replace,
    }
}
