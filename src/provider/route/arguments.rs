//! Arguments between what Terraform keeps and what the API is told and tells.

use crate::joonto::{Addresses, Change, Port, Secret, Told};
use crate::provider::diagnostics::values;
use crate::terraform::schema::Set;
use crate::terraform::value::Number;
use crate::terraform::{Attr, Diagnostics};

/// Which attributes an answer may set that so far have no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::provider) enum Unset {
    /// None: left out of the configuration, they are not looked at. What the API sets by itself
    /// is no difference.
    Leave,
    /// All, after an import.
    Fill,
}

/// A value as it is sent; nothing if it stands for "not set".
pub(in crate::provider) trait Sent<W> {
    fn sent(&self) -> Option<W>;

    /// Whether no part of it is unknown.
    fn is_wholly_known(&self) -> bool {
        true
    }
}

/// A value as answers tell it.
pub(in crate::provider) trait Heard<W>: Sent<W> + Sized {
    fn heard(told: &W) -> Self;

    /// Whether telling this is as good as telling that there is none.
    fn is_nothing(told: &W) -> bool {
        let _ = told;
        false
    }
}

impl Sent<String> for String {
    fn sent(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.clone())
    }
}

impl Heard<String> for String {
    fn heard(told: &String) -> Self {
        told.clone()
    }
}

impl Sent<Secret> for String {
    fn sent(&self) -> Option<Secret> {
        (!self.is_empty()).then(|| Secret::new(self.as_str()))
    }
}

impl Sent<bool> for bool {
    fn sent(&self) -> Option<bool> {
        Some(*self)
    }
}

impl Heard<bool> for bool {
    fn heard(told: &bool) -> Self {
        *told
    }

    fn is_nothing(told: &bool) -> bool {
        !told
    }
}

impl Sent<i64> for Number {
    fn sent(&self) -> Option<i64> {
        self.as_i64()
    }
}

impl Heard<i64> for Number {
    fn heard(told: &i64) -> Self {
        Self::from(*told)
    }
}

impl Sent<Port> for Number {
    fn sent(&self) -> Option<Port> {
        self.as_i64()?.try_into().ok().map(Port)
    }
}

impl Heard<Port> for Number {
    fn heard(told: &Port) -> Self {
        Self::from(i64::from(told.0))
    }
}

impl Sent<Addresses> for Set<String> {
    fn sent(&self) -> Option<Addresses> {
        Some(Addresses(self.known().cloned().collect()))
    }

    fn is_wholly_known(&self) -> bool {
        Self::is_wholly_known(self)
    }
}

impl Heard<Addresses> for Set<String> {
    fn heard(told: &Addresses) -> Self {
        told.0.iter().cloned().collect()
    }

    fn is_nothing(told: &Addresses) -> bool {
        told.0.is_empty()
    }
}

/// What is sent so that `prior` becomes `planned`.
pub(in crate::provider) fn change<T: Sent<W>, W: PartialEq>(
    prior: &Attr<T>,
    planned: &Attr<T>,
) -> Change<W> {
    let is_known = |planned: &Attr<T>| planned.known().is_none_or(T::is_wholly_known);
    if planned.is_unknown() || !is_known(planned) {
        return Change::Keep;
    }
    let sent = |attr: &Attr<T>| attr.known().and_then(T::sent);
    match (sent(prior), sent(planned)) {
        (prior, planned) if prior == planned => Change::Keep,
        (_, Some(planned)) => Change::Set(planned),
        (_, None) => Change::Clear,
    }
}

/// What is sent of a secret that can be given in two ways: as an argument that is stored, and as
/// one that only the configuration holds, of which nothing but another version tells that it is
/// another.
pub(in crate::provider) fn change_secret(
    stored: (&Attr<String>, &Attr<String>),
    version: (&Attr<Number>, &Attr<Number>),
    write_only: &Attr<String>,
) -> Change<Secret> {
    let stored = change(stored.0, stored.1);
    let (prior, planned) = version;
    match write_only.known().and_then(Sent::sent) {
        Some(secret) if prior != planned => Change::Set(secret),
        // It took the place of the stored one.
        Some(_) => Change::Keep,
        None if stored.is_keep() && prior.is_known() && planned.is_null() => Change::Clear,
        None => stored,
    }
}

/// Takes over what an answer tells. What it does not tell is no difference.
pub(in crate::provider) fn tell<T: Heard<W>, W: PartialEq>(
    attribute: &mut Attr<T>,
    told: &Told<W>,
    unset: Unset,
) {
    if let Told::Value(told) = told
        && !(attribute.is_null() && (unset == Unset::Leave || T::is_nothing(told)))
        && attribute.known().and_then(T::sent).as_ref() != Some(told)
    {
        *attribute = Attr::Known(T::heard(told));
    }
}

/// The same for a switch, of which one that is off is told from one that is not there.
pub(in crate::provider) fn tell_switch(
    attribute: &mut Attr<bool>,
    told: &Told<bool>,
    unset: Unset,
) {
    if let Told::Value(told) = told
        && !(attribute.is_null() && unset == Unset::Leave)
    {
        *attribute = Attr::Known(*told);
    }
}

/// A secret is given in one of two ways, and what is not stored needs a version.
pub(in crate::provider) fn check_secret(
    stored: (&str, &Attr<String>),
    write_only: (&str, &Attr<String>),
    version: (&str, &Attr<Number>),
    diagnostics: &mut Diagnostics,
) {
    let (name, _) = write_only;
    if write_only.1.is_null() {
        return;
    }
    if stored.1.is_known() {
        diagnostics.push(values::secret_given_twice(stored.0, name));
    }
    if version.1.is_null() {
        diagnostics.push(values::secret_needs_version(name, version.0));
    }
}

/// Whether what was to be taken away is told all the same.
pub(in crate::provider) fn is_still_told<T: Heard<W>, W>(
    _: &Attr<T>,
    change: &Change<W>,
    told: &Told<W>,
) -> bool {
    change.is_clear() && told.value().is_some_and(|told| !T::is_nothing(told))
}

/// Says how the arguments of a route travel, within the `impl` of
/// [`RouteObject`](super::RouteObject): attributes, settings and answers have the same names.
///
/// `told` come back in answers; so do `switches`, which are on or not, and `enabled`. `untold` and
/// `secrets` are never refreshed.
macro_rules! arguments {
    (
        $told_type:ty, $settings:ident;
        told: $($told:ident),*;
        switches: $($switch:ident),*;
        untold: $($untold:ident),*;
        secrets: $($secret:ident or $write_only:ident of $version:ident),*;
    ) => {
        type Told = $told_type;

        fn common(&self) -> Common<&Attr<String>, &Attr<bool>> {
            Common {
                id: &self.id,
                route_id: &self.route_id,
                route_name: &self.route_name,
                account_id: &self.account_id,
                account_fingerprint: &self.account_fingerprint,
                enabled: &self.enabled,
            }
        }

        fn common_mut(&mut self) -> Common<&mut Attr<String>, &mut Attr<bool>> {
            Common {
                id: &mut self.id,
                route_id: &mut self.route_id,
                route_name: &mut self.route_name,
                account_id: &mut self.account_id,
                account_fingerprint: &mut self.account_fingerprint,
                enabled: &mut self.enabled,
            }
        }

        fn changes(&self, prior: &Self, config: &Self) -> $settings {
            $settings {
                enabled: route::change(&prior.enabled, &self.enabled),
                $($told: route::change(&prior.$told, &self.$told),)*
                $($switch: route::change(&prior.$switch, &self.$switch),)*
                $($untold: route::change(&prior.$untold, &self.$untold),)*
                $($secret: route::change_secret(
                    (&prior.$secret, &self.$secret),
                    (&prior.$version, &self.$version),
                    &config.$write_only,
                ),)*
            }
        }

        fn cleared(settings: &$settings) -> Vec<&'static str> {
            settings.cleared()
        }

        fn refresh(&mut self, told: &$told_type, unset: Unset) {
            route::tell_switch(&mut self.enabled, &told.enabled, Unset::Fill);
            $(route::tell(&mut self.$told, &told.$told, unset);)*
            $(route::tell_switch(&mut self.$switch, &told.$switch, unset);)*
            self.refresh_more(told);
        }

        fn not_cleared(settings: &$settings, told: &$told_type) -> Vec<&'static str> {
            let none = Self::default();
            [
                $((
                    stringify!($told),
                    route::is_still_told(&none.$told, &settings.$told, &told.$told),
                ),)*
                $((
                    stringify!($switch),
                    route::is_still_told(&none.$switch, &settings.$switch, &told.$switch),
                ),)*
            ]
            .into_iter()
            .filter_map(|(name, is_there)| is_there.then_some(name))
            .collect()
        }

        fn restore(&mut self, prior: &Self, names: &[&str]) {
            $(if names.contains(&stringify!($told)) {
                self.$told.clone_from(&prior.$told);
            })*
            $(if names.contains(&stringify!($switch)) {
                self.$switch = prior.$switch;
            })*
        }

        fn plan_switches(&mut self, config: &Self, prior: Option<&Self>) {
            let _ = (config, prior);
            $(if config.$switch.is_null() {
                let prior = prior.map(|prior| prior.$switch);
                self.$switch = prior.filter(|prior| *prior == Attr::Known(false)).unwrap_or_default();
            })*
        }

        fn validate(&self, diagnostics: &mut Diagnostics) {
            $(route::check_secret(
                (stringify!($secret), &self.$secret),
                (stringify!($write_only), &self.$write_only),
                (stringify!($version), &self.$version),
                diagnostics,
            );)*
            self.validate_more(diagnostics);
        }

        fn told_enabled(told: &$told_type) -> &Told<bool> {
            &told.enabled
        }
    };
}

pub(in crate::provider) use arguments;

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: i64) -> Attr<Number> {
        Attr::Known(Number::from(number))
    }

    #[test]
    fn a_secret_is_sent_when_it_or_its_version_differs() {
        let (old, new) = (Attr::from("old"), Attr::from("new"));
        let none = Attr::Null;
        let (first, second) = (version(1), version(2));
        let set = |text: &str| Change::Set(Secret::new(text));
        let rows = [
            // Stored ones.
            (
                (&none, &none),
                (&Attr::Null, &Attr::Null),
                &none,
                Change::Keep,
            ),
            ((&none, &old), (&Attr::Null, &Attr::Null), &none, set("old")),
            (
                (&old, &old),
                (&Attr::Null, &Attr::Null),
                &none,
                Change::Keep,
            ),
            ((&old, &new), (&Attr::Null, &Attr::Null), &none, set("new")),
            (
                (&old, &none),
                (&Attr::Null, &Attr::Null),
                &none,
                Change::Clear,
            ),
            // Write-only ones.
            ((&none, &none), (&Attr::Null, &first), &new, set("new")),
            ((&none, &none), (&first, &first), &new, Change::Keep),
            ((&none, &none), (&first, &second), &new, set("new")),
            ((&none, &none), (&first, &Attr::Null), &none, Change::Clear),
            // From one to the other.
            ((&old, &none), (&Attr::Null, &first), &new, set("new")),
            ((&none, &new), (&first, &Attr::Null), &none, set("new")),
        ];
        for (number, (stored, versions, write_only, expected)) in rows.into_iter().enumerate() {
            let change = change_secret(stored, versions, write_only);
            assert_eq!(change, expected, "row {number}");
        }
    }

    #[test]
    fn empty_is_unset_and_unknown_is_not_sent() {
        let text = |text: &str| Attr::from(text);
        let sent = |prior: &Attr<String>, planned: &Attr<String>| -> Change<String> {
            change(prior, planned)
        };
        assert_eq!(sent(&Attr::Null, &text("")), Change::Keep);
        assert_eq!(sent(&text("a"), &text("")), Change::Clear);
        assert_eq!(sent(&text("a"), &Attr::Null), Change::Clear);
        assert_eq!(sent(&text("a"), &Attr::Unknown), Change::Keep);
        assert_eq!(sent(&text("a"), &text("b")), Change::Set("b".to_owned()));
    }

    #[test]
    fn what_is_not_told_or_not_managed_is_no_difference() {
        let told = Told::Value("b".to_owned());
        let after = |attribute: &Attr<String>, told: &Told<String>, unset| {
            let mut attribute = attribute.clone();
            tell(&mut attribute, told, unset);
            attribute
        };
        assert_eq!(after(&"a".into(), &told, Unset::Leave), "b".into());
        assert_eq!(after(&"a".into(), &Told::Nothing, Unset::Leave), "a".into());
        assert_eq!(after(&"a".into(), &Told::Empty, Unset::Leave), "a".into());
        assert_eq!(after(&Attr::Null, &told, Unset::Leave), Attr::Null);
        assert_eq!(after(&Attr::Null, &told, Unset::Fill), "b".into());

        let mut addresses = Attr::<Set<String>>::Null;
        tell(
            &mut addresses,
            &Told::Value(Addresses::default()),
            Unset::Fill,
        );
        assert_eq!(addresses, Attr::Null, "an empty list is as good as none");
        let mut addresses = Attr::Known(Set::from_iter(["192.0.2.1".to_owned()]));
        tell(
            &mut addresses,
            &Told::Value(Addresses::default()),
            Unset::Leave,
        );
        assert_eq!(addresses, Attr::Known(Set::default()), "emptied elsewhere");
    }
}
