//! Importing: a route that exists already, by its id.

use super::{Private, RouteObject, RouteResource};
use crate::joonto::RouteId;
use crate::provider::diagnostics::shown;
use crate::terraform::resource::Stored;
use crate::terraform::{Attr, Diagnostic};

/// The object that `id` names, for the read that follows to fill.
pub(super) fn import<R: RouteObject>(id: &str) -> Result<Stored<RouteResource<R>>, Diagnostic> {
    let (other, other_noun) = R::OTHER;
    let problem = if id.trim().starts_with(other) {
        Some(format!("is a {other_noun}"))
    } else if id.trim().contains(char::is_whitespace) || RouteId::parse(id).is_err() {
        Some(format!("names no {}", R::NOUN))
    } else {
        None
    };
    if let Some(problem) = problem {
        return Err(Diagnostic::error(
            format!("Not an import id of a {}", R::NOUN),
            format!(
                "{} {problem}. Import a {} by its id, which begins with {}.",
                shown(id),
                R::TYPE_NAME,
                R::PREFIX
            ),
        ));
    }
    let mut object = R::default();
    let common = object.common_mut();
    *common.id = Attr::Known(id.trim().to_owned());
    *common.route_id = Attr::Known(id.trim().to_owned());
    Ok(Stored {
        object,
        private: Private { imported: true },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::message_route::MessageRoute;
    use crate::provider::voice_route::VoiceRoute;

    #[test]
    fn routes_are_imported_by_their_id() {
        let stored = import::<MessageRoute>(" MRID-1 ").expect("an id");
        assert!(stored.private.imported);
        assert_eq!(stored.object.route_id.as_str(), Some("MRID-1"));
        assert!(
            import::<VoiceRoute>("T9992774").is_ok(),
            "an older kind of id"
        );
        let swapped = import::<VoiceRoute>("MRID-1").expect_err("the other kind");
        assert!(swapped.detail().contains("message route"));
        for bad in ["", " ", "MRID-1 MRID-2"] {
            import::<MessageRoute>(bad).expect_err(bad);
        }
    }
}
