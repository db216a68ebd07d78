//! Numbers to plan with.

use terraform_provider_joonto::terraform::value::Value;

use crate::session::{Planned, Session};

/// The number of the user's own document.
pub(crate) const E164: &str = "+18016025346";

pub(crate) const QR_CODE: &str = "https://quickchart.io/qr?text=LPA:1$H.EXAMPLE$CODE&format=png";

/// The arguments that must be given, and some that may.
pub(crate) fn arguments() -> Vec<(&'static str, Value)> {
    vec![
        ("number_type", "mvno".into()),
        ("message_type", "p2p".into()),
        ("message_enabled", true.into()),
        ("voice_enabled", false.into()),
        ("message_route_id", "MRID-1".into()),
        ("area_code", "201".into()),
    ]
}

/// What the provider adds to them once the number is bought.
pub(crate) fn bought() -> Vec<(&'static str, Value)> {
    vec![
        ("deletion_policy", "cancel".into()),
        ("id", E164.into()),
        ("order_id", "JNUOID-1".into()),
        ("order_date", "2025-10-29T12:36:19+00:00".into()),
        ("order_status", "Complete".into()),
        ("phone_number_assigned", E164.into()),
        ("phone_number_id", "NID-1".into()),
        ("qr_code", QR_CODE.into()),
        ("activation_code", "LPA:1$H.EXAMPLE$CODE".into()),
        ("subscriber_id", "TSUID-1".into()),
        ("assigned_zip_code", "84603".into()),
        ("status", "Active".into()),
    ]
}

/// `base` with `changes` made to it.
pub(crate) fn with(
    mut base: Vec<(&'static str, Value)>,
    changes: &[(&'static str, Value)],
) -> Vec<(&'static str, Value)> {
    base.extend(changes.iter().cloned());
    base
}

impl Session {
    /// A configuration: the usual arguments with some changes.
    pub(crate) fn config(&self, changes: &[(&'static str, Value)]) -> Value {
        self.number(&with(arguments(), changes))
    }

    /// A number that was bought with the usual arguments, with some changes.
    pub(crate) fn live(&self, changes: &[(&'static str, Value)]) -> Value {
        self.number(&with(with(arguments(), &bought()), changes))
    }

    /// What the provider keeps beside `number`: as it says itself, when nothing changes.
    pub(crate) async fn private_of(&self, number: &Value) -> Vec<u8> {
        let kept = self.config_of(number);
        let planned = self.plan(number, &kept, b"").await;
        let applied = self.apply(number, &planned).await;
        assert_eq!(applied.diagnostics, []);
        applied.private
    }

    /// The configuration that changes nothing about `number`.
    pub(crate) fn config_of(&self, number: &Value) -> Value {
        let mut config = number.as_map().expect("an object").clone();
        for attribute in &self.number_block().attributes {
            if !attribute.required && !attribute.optional {
                config.insert(attribute.name.clone().into(), Value::Null);
            }
        }
        Value::Map(config)
    }

    /// Plans a purchase.
    pub(crate) async fn plan_create(&self, config: &Value) -> Planned {
        self.plan(&Value::Null, config, b"").await
    }
}

/// The names of the attributes that are unknown.
pub(crate) fn unknown_names(number: &Value) -> Vec<&str> {
    let attributes = number.as_map().expect("an object").iter();
    let unknown = attributes.filter(|(_, value)| value.is_unknown());
    unknown.map(|(name, _)| &**name).collect()
}
