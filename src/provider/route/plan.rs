//! Planning: what an apply would make of a route. Pure: no calls, no clock.

use super::{Private, RouteObject, RouteResource, name_of};
use crate::terraform::resource::{Creation, Plan, Update as Change};
use crate::terraform::{Attr, Diagnostic, Diagnostics};

/// Plans a new route.
pub(super) fn create<R: RouteObject>(
    creation: Creation<RouteResource<R>>,
    diagnostics: &mut Diagnostics,
) -> Plan<RouteResource<R>> {
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
pub(super) fn update<R: RouteObject>(
    change: Change<RouteResource<R>>,
    diagnostics: &mut Diagnostics,
) -> Plan<RouteResource<R>> {
    let Change {
        prior,
        config,
        proposed: mut planned,
        private,
    } = change;
    planned.plan_switches(&config, Some(&prior));
    planned.validate(diagnostics);
    // A route stays in its account.
    let (before, after) = (prior.common().account_id, planned.common().account_id);
    let mut requires_replace = Vec::new();
    if let (Attr::Known(before), Attr::Known(after)) = (before, after)
        && before != after
    {
        requires_replace.push("account_id");
        diagnostics.push(farewell(&prior, "replaces"));
    }
    Plan {
        object: planned,
        private,
        requires_replace,
    }
}

/// The warning for a plan that ends a route.
pub(super) fn farewell<R: RouteObject>(prior: &R, verb: &str) -> Diagnostic {
    let name = name_of(prior);
    Diagnostic::warning(
        format!("This plan {verb} {name}"),
        "A route is deleted for good, at once, and cannot be brought back; numbers that still use \
         it lose their routing. Move them to another route first.",
    )
}
