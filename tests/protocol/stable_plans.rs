//! Planning what is planned already changes nothing: for every resource, whatever is configured.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use terraform_provider_joonto::proto::tfplugin6::{
    plan_resource_change::{Request, Response},
    schema::{Attribute, Block},
};
use terraform_provider_joonto::terraform::value::{self, Type, Value};
use tokio::runtime::Handle;

use crate::plan_rule;
use crate::session::{Session, block, block_type, read_diagnostics};

/// Plans that were made and accepted, for one resource.
const CASES: u32 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn planning_a_planned_number_changes_nothing() {
    replays_equal("joonto_number").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_a_planned_message_route_changes_nothing() {
    replays_equal("joonto_message_route").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_a_planned_voice_route_changes_nothing() {
    replays_equal("joonto_voice_route").await;
}

async fn replays_equal(type_name: &'static str) {
    let session = Session::start().await;
    let planner = Planner::new(&session, type_name);
    let configs = (planner.config(), planner.config());
    tokio::task::block_in_place(|| {
        TestRunner::new(Config::with_cases(CASES))
            .run(&configs, |(first, then)| {
                Handle::current().block_on(planner.check(&first, &then))
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    });
}

/// Plans objects of one type.
struct Planner<'a> {
    session: &'a Session,
    type_name: &'static str,
    block: &'a Block,
    ty: Type,
}

impl<'a> Planner<'a> {
    fn new(session: &'a Session, type_name: &'static str) -> Self {
        let block = block(&session.schemas.resource_schemas[type_name]);
        Self {
            session,
            type_name,
            block,
            ty: block_type(block),
        }
    }

    /// Makes `first` out of nothing, and `then` out of that; each plan is planned again,
    /// unchanged and as it would be stored. Configurations that are refused are others' business.
    async fn check(&self, first: &Value, then: &Value) -> Result<(), TestCaseError> {
        let Some(made) = self.planned_twice(&Value::Null, first, b"").await? else {
            return Err(TestCaseError::reject("cannot be made"));
        };
        let made = self.stored(made);
        self.planned_twice(&made, first, b"").await?;
        self.planned_twice(&made, then, b"").await?;
        Ok(())
    }

    /// A plan, if there is one, which is no different when it is planned again.
    async fn planned_twice(
        &self,
        prior: &Value,
        config: &Value,
        private: &[u8],
    ) -> Result<Option<Value>, TestCaseError> {
        let Some((planned, response)) = self.plan(prior, config, private).await else {
            return Ok(None);
        };
        for planned in [planned.clone(), self.stored(planned.clone())] {
            let again = self.plan(&planned, config, &response.planned_private).await;
            let Some((again, response)) = again else {
                return Err(TestCaseError::fail("what was planned is refused"));
            };
            prop_assert_eq!(texts_of(&again), texts_of(&planned));
            prop_assert_eq!(response.requires_replace, []);
        }
        Ok(Some(planned))
    }

    async fn plan(
        &self,
        prior: &Value,
        config: &Value,
        private: &[u8],
    ) -> Option<(Value, Response)> {
        let proposed = plan_rule::proposed_new(self.block, prior, config);
        let write = |value| Some(value::to_wire(value, &self.ty).expect("an object of the type"));
        let request = Request {
            type_name: self.type_name.to_owned(),
            prior_state: write(prior),
            proposed_new_state: write(&proposed),
            config: write(config),
            prior_private: private.to_vec().into(),
            ..Request::default()
        };
        let response = self.session.client().plan_resource_change(request).await;
        let response = response.expect("a response").into_inner();
        if read_diagnostics(response.diagnostics.clone())
            .iter()
            .any(|diagnostic| diagnostic.is_error)
        {
            return None;
        }
        let planned = value::from_wire(response.planned_state.as_ref(), &self.ty);
        Some((planned.expect("an object of the type"), response))
    }

    /// What would be in state: the service has decided everything.
    fn stored(&self, planned: Value) -> Value {
        let Value::Map(mut attributes) = planned else {
            return planned;
        };
        for attribute in &self.block.attributes {
            if let Some(value @ Value::Unknown) = attributes.get_mut(attribute.name.as_str()) {
                let choices = choices(&attribute.name, &type_of(attribute));
                *value = choices.into_iter().next().expect("a choice");
            }
        }
        Value::Map(attributes)
    }

    /// Configurations in which what may be left out often is.
    fn config(&self) -> impl Strategy<Value = Value> + use<> {
        let attributes = self.block.attributes.iter().map(|attribute| {
            let choices = choices(&attribute.name, &type_of(attribute));
            let chosen = prop::sample::select(choices);
            let value = match (attribute.required, attribute.optional) {
                (true, _) => chosen.boxed(),
                // Write-only arguments are in no plan.
                (_, true) if !attribute.write_only => {
                    prop_oneof![2 => Just(Value::Null), 1 => chosen].boxed()
                }
                _ => Just(Value::Null).boxed(),
            };
            (Just(attribute.name.clone()), value)
        });
        let blocks = self.block.block_types.iter().map(|nested| {
            let block = nested.block.as_ref().expect("a block");
            let inside = block.attributes.iter().map(|attribute| {
                let choices = choices(&attribute.name, &type_of(attribute));
                let chosen = prop::sample::select(choices);
                (
                    Just(attribute.name.clone()),
                    prop_oneof![Just(Value::Null), chosen],
                )
            });
            let inside = inside.collect::<Vec<_>>().prop_map(Value::object);
            let value = prop_oneof![Just(Value::Null), inside].boxed();
            (Just(nested.type_name.clone()), value)
        });
        let all: Vec<_> = attributes.chain(blocks).collect();
        all.prop_map(Value::object)
    }
}

fn type_of(attribute: &Attribute) -> Type {
    Type::from_json(&attribute.r#type).expect("a type")
}

/// Values that an attribute may have. The first is what the service would tell.
pub(crate) fn choices(name: &str, ty: &Type) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().copied().map(Value::from).collect();
    match ty {
        Type::Bool => vec![true.into(), false.into()],
        Type::Number => vec![1.into(), 5060.into()],
        Type::Set(_) => vec![
            Value::List(vec!["192.0.2.1".into(), "192.0.2.2".into()]),
            Value::List(Vec::new()),
        ],
        _ => match name {
            "number_type" => texts(&["mvno", "iot", "voip"]),
            "message_type" => texts(&["p2p", "a2p"]),
            "area_code" => texts(&["201", "305", ""]),
            "zip_code" => texts(&["84603", "10001", ""]),
            "iccid" => texts(&[
                "8901240397190195850",
                "8901240397190195850F",
                "8901240397190195868",
                "",
            ]),
            "product_type" => texts(&["Sms+Data", "SMS+DATA", "Sms-Only", ""]),
            "deletion_policy" => texts(&["cancel", "park", "abandon", "prevent"]),
            "message_route_id" => texts(&["MRID-1", "MRID-2", ""]),
            "voice_route_id" => texts(&["CRID-1", "CRID-2", ""]),
            "account_id" => texts(&["AID-1", "AID-2", ""]),
            "assigned_subscriber_id" => texts(&["TSUID-1", "TSUID-2", ""]),
            "route_type" => texts(&["Trunk", "URL", "Forward"]),
            "id" | "phone_number_assigned" => texts(&["+18016025346"]),
            "transfer_caller_id" => texts(&["Transferee", "Transferor"]),
            "create" | "read" | "update" | "delete" => texts(&["5m", "1h"]),
            "first_name" | "last_name" => texts(&["Ada", "Example", ""]),
            name if name.contains("method") => texts(&["POST", "GET"]),
            name if name.contains("authentication") => texts(&["None", "Basic", "Bearer"]),
            name if name.contains("url") => texts(&["https://example.com/a", "https://b.example"]),
            name if name.contains("transport") => texts(&["UDP", "TLS"]),
            name if name.contains("uri") => texts(&["wss://example.com/a", "sip:b.example"]),
            name if name.contains("trunk_ip") => texts(&["192.0.2.1", "192.0.2.2"]),
            _ => texts(&["one", "two"]),
        },
    }
}

/// An object in full: `Debug` keeps values to itself.
fn texts_of(object: &Value) -> BTreeMap<&str, Result<&str, &Value>> {
    let attributes = object.as_map().expect("an object").iter();
    attributes
        .map(|(name, value)| (&**name, value.as_str().ok_or(value)))
        .collect()
}
