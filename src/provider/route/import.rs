//! Importing: a route that exists already, by its id.

use super::model::{ManagedRoute, RouteModel};
use super::{RoutePrivate, RouteResource};
use crate::joonto::{ROUTE_TABLES, RouteId, RouteTable};
use crate::provider::diagnostics::routes;
use crate::terraform::Diagnostic;
use crate::terraform::resource::Stored;

/// The object that `id` names, for the read that follows to fill.
pub(super) fn import<K: ManagedRoute>(id: &str) -> Result<Stored<RouteResource<K>>, Diagnostic> {
    let id = id.trim();
    let is_of = |table: &&&RouteTable| id.starts_with(table.prefix);
    let kind = ROUTE_TABLES.iter().find(is_of).map(|table| table.noun);
    let problem = if let Some(other) = kind.filter(|noun| *noun != K::TABLE.noun) {
        Some(format!("is a {other}"))
    } else if id.contains(char::is_whitespace) || RouteId::parse(id).is_err() {
        Some(format!("names no {}", K::TABLE.noun))
    } else {
        None
    };
    if let Some(problem) = problem {
        let prefix = K::TABLE.prefix;
        return Err(routes::not_an_id(id, &problem, K::TYPE_NAME, prefix));
    }
    let mut object = RouteModel::default();
    object.set("id", id);
    object.set("route_id", id);
    Ok(Stored {
        object,
        private: RoutePrivate { imported: true },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::joonto::{MessageRoute, VoiceRoute};

    #[test]
    fn routes_are_imported_by_their_id() {
        let stored = import::<MessageRoute>(" MRID-1 ").expect("an id");
        assert!(stored.private.imported);
        assert_eq!(stored.object.text("route_id"), Some("MRID-1"));
        assert!(
            import::<VoiceRoute>("T9992774").is_ok(),
            "an older kind of id"
        );
        let swapped = import::<VoiceRoute>("MRID-1").expect_err("the other kind");
        assert!(swapped.detail().contains("message route"));
        assert_eq!(swapped.code(), Some("JN522"));
        for bad in ["", " ", "MRID-1 MRID-2"] {
            import::<MessageRoute>(bad).expect_err(bad);
        }
    }
}
