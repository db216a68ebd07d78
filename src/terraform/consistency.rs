//! Whether what an apply returns is what its plan promised.
//!
//! Terraform checks each response against the plan and drops one that does not fit, and with it
//! all trace of what was made. This is the same check, made before the response leaves, while
//! there is still something to be done about it.
//!
//! In short: what the plan knew stays as it was; what it did not know may become anything known
//! that keeps to what was said of it; and a set may lose elements that turn out equal, but never
//! gains one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use super::diagnostics::Diagnostic;
use super::path::{AttributePath, PathStep};
use super::texts;
use super::value::{Type, Value, element_step, nfc, without_duplicates};

/// One place where a response is not what was planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompatibility {
    /// Where. What is inside a set has no address of its own and is given that of the set.
    pub path: AttributePath,
    /// In what way.
    pub reason: Reason,
}

/// In what way a response is not what was planned. Never tells a value: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Everything must be known after apply.
    #[error("is still unknown after apply")]
    StillUnknown,
    /// The value is not one of the type.
    #[error("is not of the type that the schema gives it")]
    WrongType,
    /// Planned with a value, returned as null.
    #[error("was planned to have a value, but is null")]
    BecameNull,
    /// Planned as null, returned with a value.
    #[error("was planned to be null, but has a value")]
    WasNull,
    /// Another value than planned.
    #[error("differs from the planned value")]
    Changed,
    /// An element or attribute of the plan is not in the response.
    #[error("was planned, but is missing")]
    Missing,
    /// An element or attribute of the response is not in the plan.
    #[error("was not planned")]
    Unplanned,
    /// A set has more elements than planned.
    #[error("has more elements ({actual}) than planned ({planned})")]
    SetGrew {
        /// How many were planned.
        planned: usize,
        /// How many there are.
        actual: usize,
    },
    /// No element of the returned set can be what a planned one became.
    #[error("lacks a planned element")]
    SetElementMissing,
    /// An element of the returned set can be none of those planned.
    #[error("has an element that was not planned")]
    SetElementUnplanned,
}

impl fmt::Display for Incompatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            write!(f, "the object {}", self.reason)
        } else {
            write!(f, "{} {}", self.path, self.reason)
        }
    }
}

/// All places where `actual`, the response, is not what `planned` promised. None means that
/// Terraform will take it.
pub fn incompatibilities(planned: &Value, actual: &Value, ty: &Type) -> Vec<Incompatibility> {
    let mut check = Comparison::default();
    check.compare(planned, actual, ty);
    check.found
}

/// The object to store after `planned` was applied with the result `response`.
///
/// What the plan knew stays verbatim; what it left unknown comes from the response, and is null
/// where the response does not tell. Terraform drops an object that does not fit its plan, and
/// with it whatever was bought, so the result is checked by Terraform's own rule, and an
/// attribute that would break it falls back to null.
pub(super) fn conform(planned: &Value, response: Value, ty: &Type) -> Value {
    let mut conformed = fill(planned, response);
    for breach in incompatibilities(planned, &conformed, ty) {
        tracing::error!(
            attribute = %breach.path,
            reason = %breach.reason,
            "a response did not fit its plan; the attribute is stored as null"
        );
        if let ([PathStep::Attribute(name), ..], Value::Map(object)) =
            (breach.path.steps(), &mut conformed)
        {
            object.insert(name.clone(), Value::Null);
        }
    }
    conformed
}

/// What was found, without a plan to fit it to. Terraform refuses an object with unknown parts:
/// they become null.
pub(super) fn known(found: Value) -> Value {
    match found {
        Value::Unknown => Value::Null,
        Value::List(elements) => Value::List(elements.into_iter().map(known).collect()),
        Value::Map(elements) => Value::Map(
            elements
                .into_iter()
                .map(|(name, element)| (name, known(element)))
                .collect(),
        ),
        known => known,
    }
}

/// The plan, with its unknown parts taken from the response.
fn fill(planned: &Value, response: Value) -> Value {
    match (planned, response) {
        (Value::Unknown, response) if response.is_wholly_known() => response,
        (Value::Unknown, _) => Value::Null,
        (Value::Map(planned), response) => {
            let mut responses = match response {
                Value::Map(responses) => responses,
                _ => BTreeMap::new(),
            };
            let filled = planned.iter().map(|(name, planned)| {
                let response = responses.remove(name).unwrap_or(Value::Null);
                (name.clone(), fill(planned, response))
            });
            Value::Map(filled.collect())
        }
        (planned, _) if planned.is_wholly_known() => planned.clone(),
        (_, response) => response,
    }
}

/// Where the first unknown part of a value is, if it has one.
///
/// Without its type a value does not tell sets from lists: the path is that of list elements.
fn first_unknown(value: &Value) -> Option<AttributePath> {
    match value {
        Value::Unknown => Some(AttributePath::root()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        Value::List(elements) => elements.iter().enumerate().find_map(|(index, element)| {
            first_unknown(element).map(|path| path.inside(element_step(index)))
        }),
        Value::Map(elements) => elements.iter().find_map(|(name, element)| {
            first_unknown(element).map(|path| path.inside(PathStep::Attribute(name.clone())))
        }),
    }
}

/// Refuses what is still unknown in part, where Terraform promises that it is known: `of` is what
/// it is of.
pub(super) fn known_whole(config: &Value, of: &str) -> Result<(), Diagnostic> {
    match first_unknown(config) {
        Some(path) => Err(texts::still_unknown(&path, of)),
        None => Ok(()),
    }
}

/// A comparison under way: where it is, and what it found.
#[derive(Default)]
struct Comparison {
    path: Vec<PathStep>,
    found: Vec<Incompatibility>,
}

impl Comparison {
    fn report(&mut self, reason: Reason) {
        self.found.push(Incompatibility {
            path: self.path.clone().into(),
            reason,
        });
    }

    /// Goes on one step further in.
    fn at(&mut self, step: PathStep, check: impl FnOnce(&mut Self)) {
        self.path.push(step);
        check(self);
        self.path.pop();
    }

    fn compare(&mut self, planned: &Value, actual: &Value, ty: &Type) {
        match (planned, actual) {
            (_, Value::Unknown) => return self.report(Reason::StillUnknown),
            (Value::Unknown, _) => return self.check_final(actual, ty),
            (Value::Null, Value::Null) => return,
            (_, Value::Null) => return self.report(Reason::BecameNull),
            (Value::Null, _) => return self.report(Reason::WasNull),
            _ => {}
        }
        match (ty, planned, actual) {
            (Type::Bool, Value::Bool(planned), Value::Bool(actual)) => {
                self.require(planned == actual, Reason::Changed);
            }
            (Type::Number, Value::Number(planned), Value::Number(actual)) => {
                self.require(planned == actual, Reason::Changed);
            }
            (Type::String, Value::String(planned), Value::String(actual)) => {
                // Terraform brings both to one normal form before it compares.
                let same = planned == actual || nfc(planned.as_str()) == nfc(actual.as_str());
                self.require(same, Reason::Changed);
            }
            (Type::List(element), Value::List(planned), Value::List(actual)) => {
                for index in 0..planned.len().max(actual.len()) {
                    let (planned, actual) = (planned.get(index), actual.get(index));
                    self.at(element_step(index), |check| {
                        check.compare_parts(planned, actual, Some(element));
                    });
                }
            }
            (Type::Set(element), Value::List(planned), Value::List(actual)) => {
                self.compare_sets(planned, actual, element);
            }
            (Type::Map(element), Value::Map(planned), Value::Map(actual)) => {
                let names = planned.keys().chain(actual.keys());
                for name in names.collect::<BTreeSet<_>>() {
                    let (planned, actual) = (planned.get(name), actual.get(name));
                    self.at(PathStep::Attribute(name.clone()), |check| {
                        check.compare_parts(planned, actual, Some(element));
                    });
                }
            }
            (Type::Object(types), Value::Map(planned), Value::Map(actual)) => {
                let names = types.keys().chain(planned.keys()).chain(actual.keys());
                for name in names.collect::<BTreeSet<_>>() {
                    let (planned, actual) = (planned.get(name), actual.get(name));
                    self.at(PathStep::Attribute(name.clone()), |check| {
                        check.compare_parts(planned, actual, types.get(name));
                    });
                }
            }
            _ => self.report(Reason::WrongType),
        }
    }

    fn compare_parts(
        &mut self,
        planned: Option<&Value>,
        actual: Option<&Value>,
        ty: Option<&Type>,
    ) {
        match (planned, actual, ty) {
            (Some(planned), Some(actual), Some(ty)) => self.compare(planned, actual, ty),
            (_, None, _) => self.report(Reason::Missing),
            (None, Some(_), _) => self.report(Reason::Unplanned),
            (Some(_), Some(_), None) => self.report(Reason::WrongType),
        }
    }

    fn compare_sets(&mut self, planned: &[Value], actual: &[Value], ty: &Type) {
        let found_before = self.found.len();
        for element in actual {
            self.check_final(element, ty);
        }
        if self.found.len() > found_before {
            return;
        }
        let planned = without_duplicates(Vec::from_iter(planned));
        let actual = without_duplicates(Vec::from_iter(actual));
        if actual.len() > planned.len() {
            self.report(Reason::SetGrew {
                planned: planned.len(),
                actual: actual.len(),
            });
        }
        // Most elements are the very same; only the others are tried against each other.
        let in_plan: HashSet<&Value> = planned.iter().copied().collect();
        let in_response: HashSet<&Value> = actual.iter().copied().collect();
        let missing = planned.iter().any(|planned| {
            !in_response.contains(planned) && !actual.iter().any(|actual| fits(planned, actual, ty))
        });
        let unplanned = actual.iter().any(|actual| {
            !in_plan.contains(actual) && !planned.iter().any(|planned| fits(planned, actual, ty))
        });
        self.require(!missing, Reason::SetElementMissing);
        self.require(!unplanned, Reason::SetElementUnplanned);
    }

    /// Checks a value of which the plan knew nothing: that it is known, and one of its type.
    fn check_final(&mut self, value: &Value, ty: &Type) {
        match (ty, value) {
            (_, Value::Unknown) => self.report(Reason::StillUnknown),
            (_, Value::Null)
            | (Type::Bool, Value::Bool(_))
            | (Type::Number, Value::Number(_))
            | (Type::String, Value::String(_)) => {}
            (Type::Set(ty), Value::List(elements)) => {
                for element in elements {
                    self.check_final(element, ty);
                }
            }
            (Type::List(ty), Value::List(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    self.at(element_step(index), |check| check.check_final(element, ty));
                }
            }
            (Type::Map(ty), Value::Map(elements)) => {
                for (name, element) in elements {
                    let step = PathStep::Attribute(name.clone());
                    self.at(step, |check| check.check_final(element, ty));
                }
            }
            (Type::Object(types), Value::Map(attributes)) if types.keys().eq(attributes.keys()) => {
                for ((name, attribute), ty) in attributes.iter().zip(types.values()) {
                    let step = PathStep::Attribute(name.clone());
                    self.at(step, |check| check.check_final(attribute, ty));
                }
            }
            _ => self.report(Reason::WrongType),
        }
    }

    fn require(&mut self, holds: bool, reason: Reason) {
        if !holds {
            self.report(reason);
        }
    }
}

/// Whether the planned element of a set can have become the actual one.
fn fits(planned: &Value, actual: &Value, ty: &Type) -> bool {
    incompatibilities(planned, actual, ty).is_empty()
}

#[cfg(test)]
mod tests;
