//! Importing: a number that exists already, by its digits or by its SIM.

use super::NumberResource;
use super::object::{DeletionPolicy, Number, Private};
use crate::joonto::{E164, Iccid};
use crate::terraform::resource::Stored;
use crate::terraform::{Attr, Diagnostic};

/// The object that `id` names, for the read that follows to fill.
pub(super) fn import(id: &str) -> Result<Stored<NumberResource>, Diagnostic> {
    let mut number = Number {
        deletion_policy: DeletionPolicy::default().word().into(),
        ..Number::default()
    };
    let id = id.trim();
    if let Some(iccid) = id.strip_prefix("iccid:") {
        let iccid = Iccid::parse(iccid.trim()).map_err(|_| malformed(id))?;
        number.iccid = iccid.digits().into();
    } else {
        let e164 = E164::parse(id).map_err(|_| malformed(id))?;
        number.phone_number_assigned = e164.as_str().into();
        number.id = Attr::Known(e164.to_string());
    }
    Ok(Stored {
        object: number,
        private: Private {
            imported: true,
            ..Private::default()
        },
    })
}

fn malformed(id: &str) -> Diagnostic {
    Diagnostic::error(
        "Not an import id of a number",
        format!(
            "{id:?} names no number. Import a joonto_number by its E.164 number, such as \
             \"+18016025346\", or by its SIM, such as \"iccid:8901240397190195850\"."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sims_can_be_imported() {
        let by_number = import("+18016025346").expect("a number");
        assert_eq!(
            by_number.object.phone_number_assigned.as_str(),
            Some("+18016025346")
        );
        let by_sim = import("iccid:8901240397190195850F").expect("a SIM");
        assert_eq!(by_sim.object.iccid.as_str(), Some("8901240397190195850"));
        for stored in [by_number, by_sim] {
            assert!(stored.private.imported);
            assert_eq!(stored.object.deletion_policy.as_str(), Some("cancel"));
        }
    }

    #[test]
    fn other_ids_are_refused_with_both_forms() {
        for id in ["", "iccid:", "iccid:12", "NID-8bdf915a", "+1"] {
            let error = import(id).expect_err(id);
            assert!(error.detail().contains("iccid:8901240397190195850"));
        }
    }
}
