//! The caller name: two arguments, which reads return as one text, in whatever spelling.

use crate::terraform::Value;

crate::model! {
    /// Caller name (CNAM, calling name): what called people see. A purchase cannot carry it: the
    /// provider sends it right after, and a warning says if that failed. It shows after one to two
    /// days. Until it does, for three days at most, another name that the API returns is no
    /// difference. Neither are capitals, punctuation and the order of the parts, nor a name that
    /// the API returns cut off.
    ///
    /// Removing the block sends nothing: the number keeps its name. The API returns the name as one
    /// text, so an import leaves it out.
    pub(crate) struct CallerName {
        /// First part of the name. If unset, it stays as it is. `""` removes it, unless the API
        /// refuses that.
        first_name: String => optional();
        /// Last part of the name. If unset, it stays as it is. `""` removes it, unless the API
        /// refuses that.
        last_name: String => optional();
    }
    blocks {}
}

/// The length from which a name may be one that was cut off: caller names have 15 characters.
const CUT: usize = 15;

/// The parts of a name, first and last.
pub(super) fn parts(name: &Value) -> [&Value; 2] {
    ["first_name", "last_name"].map(|part| name.get(part).unwrap_or(&Value::Null))
}

/// Whether the name that a read returns is this one. A part that is unset can be anything.
pub(super) fn is_shown(name: &Value, returned: &str) -> bool {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let parts = parts(name).map(Value::as_str);
    let is_whole = parts.iter().all(Option::is_some);
    let [first, last] = parts.map(Option::unwrap_or_default);
    // A blank at the cut is lost as well.
    let length = returned.chars().count();
    let is_blank_at = |text: String| text.chars().nth(length) == Some(' ');
    let is_cut = length >= CUT
        || (length + 1 == CUT
            && [(first, last), (last, first)]
                .iter()
                .any(|(one, other)| is_blank_at(format!("{one} {other}"))));
    let [first, last] = parts.map(|part| plain(part.unwrap_or_default()));
    let returned = plain(returned);
    [format!("{first}{last}"), format!("{last}{first}")]
        .iter()
        .any(|name| {
            *name == returned
                || (!is_whole && returned.contains(name))
                || (is_cut && name.starts_with(&returned))
        })
}

/// The name that the state is to have, if a read returns another one than `kept`. Nobody can say
/// where one text has to be divided: it is made to differ where `kept` has a part.
pub(super) fn reported(kept: &Value, returned: &str) -> Option<Value> {
    if kept.as_map().is_none() || is_shown(kept, returned) {
        return None;
    }
    let [first, last] = parts(kept);
    let is_given = |part: &Value| part.as_str().is_some_and(|text| !text.is_empty());
    let (first, last) = match (is_given(first), is_given(last)) {
        (true, true) => {
            let (first, last) = returned.rsplit_once(' ').unwrap_or((returned, ""));
            (first.trim_end().into(), last.into())
        }
        (false, true) => (first.clone(), returned.into()),
        (_, false) => (returned.into(), last.clone()),
    };
    Some(Value::object([("first_name", first), ("last_name", last)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(first: Option<&str>, last: Option<&str>) -> Value {
        let part = |part: Option<&str>| part.map_or(Value::Null, Value::from);
        Value::object([("first_name", part(first)), ("last_name", part(last))])
    }

    #[test]
    fn one_name_has_many_spellings() {
        let ada = name(Some("Ada"), Some("O'Brien"));
        for same in ["Ada O'Brien", "ADA OBRIEN", "O'BRIEN, ADA"] {
            assert!(is_shown(&ada, same), "{same}");
        }
        for other in ["Ada", "Ada O'Brien Jr", "Ada O'Bri", "Bob O'Brien"] {
            assert!(!is_shown(&ada, other), "{other}");
        }
        let long = name(Some("Example"), Some("Corporation"));
        assert!(is_shown(&long, "EXAMPLE CORPORA"));
        assert!(!is_shown(&long, "EXAMPLE CORPOR"));
    }

    #[test]
    fn an_unset_part_can_be_anything_and_an_empty_one_is_none() {
        assert!(is_shown(&name(Some("Ada"), None), "Ada Example"));
        assert!(!is_shown(&name(Some("Ada"), Some("")), "Ada Example"));
        assert!(!is_shown(&name(Some("Ada"), None), "Bob Example"));
        assert!(is_shown(&Value::Null, "Bob Example"));
    }

    #[test]
    fn another_name_differs_where_the_state_has_a_part() {
        let rows = [
            (
                (Some("Ada"), Some("Example")),
                "Bob van Dam",
                (Some("Bob van"), Some("Dam")),
            ),
            (
                (Some("Ada"), Some("Example")),
                "Bob",
                (Some("Bob"), Some("")),
            ),
            ((Some("Ada"), None), "Bob Dam", (Some("Bob Dam"), None)),
            ((None, Some("Example")), "Bob Dam", (None, Some("Bob Dam"))),
            ((Some(""), Some("")), "Bob Dam", (Some("Bob Dam"), Some(""))),
        ];
        for ((first, last), returned, (new_first, new_last)) in rows {
            let reported = reported(&name(first, last), returned);
            assert!(
                reported == Some(name(new_first, new_last)),
                "{first:?} {last:?}"
            );
        }
        assert_eq!(reported(&Value::Null, "Bob Dam"), None);
        assert_eq!(reported(&name(Some("Ada"), Some("Dam")), "Ada Dam"), None);
    }
}
