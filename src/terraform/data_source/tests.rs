//! How look-ups end, with a data source that fails on demand.

use std::sync::Arc;

use tonic::Request;

use super::*;
use crate::context::SystemClock;
use crate::proto::tfplugin6::provider_server::Provider as _;
use crate::proto::tfplugin6::{self as wire, deferred::Reason};
use crate::terraform::provider::Configuration;
use crate::terraform::resource::AnyResource;
use crate::terraform::value::{from_wire, to_wire};
use crate::terraform::{Attr, Provider, TerraformService};

crate::model! {
    /// A thing.
    struct Thing {
        /// Which.
        name: String => required();
        /// What it weighs.
        weight: String => computed();
        /// What it is called elsewhere.
        alias: String => optional_computed();
    }
    blocks {}
}

crate::model! {
    /// The provider of things.
    struct Nothing {
        /// Says nothing.
        silence: String => optional();
    }
    blocks {}
}

#[derive(Debug)]
struct Things;

impl Provider for Things {
    type Config = Nothing;

    fn resources(&self) -> Vec<Box<dyn AnyResource>> {
        Vec::new()
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource>> {
        vec![erase(Things)]
    }

    fn validate(&self, _: &Nothing, _: &mut Diagnostics) {}

    fn configure(&self, _: Configuration<Nothing>, _: &mut Diagnostics) {}
}

impl DataSource for Things {
    type Object = Thing;

    const TYPE_NAME: &'static str = "test_thing";

    fn validate(&self, config: &Thing, diagnostics: &mut Diagnostics) {
        if config.name.as_str() == Some("nobody") {
            diagnostics.push(Diagnostic::error("Nobody", "Nobody.").at_attribute("name"));
        }
    }

    async fn read(&self, config: Thing, invocation: &Invocation) -> Result<Thing, Failure> {
        let diagnostic = Diagnostic::error("No", "No.");
        match config.name.as_str() {
            Some("panic") => panic!("a secret"),
            Some("nowhere") => Err(Failure::Failed(diagnostic)),
            Some("later") => Err(Failure::NotConfigured(diagnostic)),
            _ => {
                invocation.warn_with(Diagnostic::warning("A warning", "A warning."));
                Ok(Thing {
                    name: "another".into(),
                    weight: Attr::Unknown,
                    alias: "found".into(),
                })
            }
        }
    }
}

fn ty() -> crate::terraform::Type {
    Thing::block().ty()
}

fn thing(name: &str, weight: Value, alias: Value) -> Value {
    Value::object([
        ("name", Value::from(name)),
        ("weight", weight),
        ("alias", alias),
    ])
}

async fn read(config: &Value, deferral_allowed: bool) -> wire::read_data_source::Response {
    let request = wire::read_data_source::Request {
        type_name: "test_thing".to_owned(),
        config: Some(to_wire(config, &ty()).expect("a thing")),
        client_capabilities: Some(wire::ClientCapabilities {
            deferral_allowed,
            ..Default::default()
        }),
        ..Default::default()
    };
    let server = TerraformService::new(Things, Arc::new(SystemClock));
    let response = server.read_data_source(Request::new(request)).await;
    response.expect("never a status").into_inner()
}

fn object(response: &wire::read_data_source::Response) -> Value {
    from_wire(response.state.as_ref(), &ty()).expect("a thing")
}

/// Terraform may have used the configuration before it was answered, and takes nothing unknown.
#[tokio::test]
async fn what_the_user_wrote_stays_and_nothing_unknown_is_found() {
    let found = read(&thing("a", Value::Null, Value::Null), false).await;
    assert_eq!(object(&found), thing("a", Value::Null, "found".into()));
    assert_eq!(found.diagnostics.len(), 1);

    let found = read(&thing("a", Value::Null, "mine".into()), false).await;
    assert_eq!(object(&found), thing("a", Value::Null, "mine".into()));
}

#[tokio::test]
async fn a_look_up_that_fails_stores_nothing() {
    for name in ["nowhere", "panic"] {
        for deferral_allowed in [false, true] {
            let failed = read(&thing(name, Value::Null, Value::Null), deferral_allowed).await;
            assert_eq!(failed.diagnostics.len(), 1);
            assert!(!failed.diagnostics[0].detail.contains("secret"));
            assert_eq!((failed.state, failed.deferred), (None, None));
        }
    }
}

#[tokio::test]
async fn what_the_provider_cannot_look_up_yet_is_put_off_where_terraform_allows() {
    let config = thing("later", Value::Null, Value::Null);
    let put_off = read(&config, true).await;
    let expected = thing("later", Value::Unknown, Value::Unknown);
    assert_eq!(object(&put_off), expected);
    let reason = put_off.deferred.map(|deferred| deferred.reason());
    assert_eq!(reason, Some(Reason::ProviderConfigUnknown));
    assert_eq!(put_off.diagnostics, []);

    let refused = read(&config, false).await;
    assert_eq!((refused.state, refused.deferred), (None, None));
    assert_eq!(refused.diagnostics[0].summary, "No");
}

#[tokio::test]
async fn a_configuration_is_checked_by_schema_and_source() {
    let server = TerraformService::new(Things, Arc::new(SystemClock));
    for (config, path) in [
        (thing("nobody", Value::Null, Value::Null), "name"),
        (thing("a", "7".into(), Value::Null), "weight"),
    ] {
        let request = wire::validate_data_resource_config::Request {
            type_name: "test_thing".to_owned(),
            config: Some(to_wire(&config, &ty()).expect("a thing")),
        };
        let response = server.validate_data_resource_config(Request::new(request));
        let diagnostics = response
            .await
            .expect("never a status")
            .into_inner()
            .diagnostics;
        let expected = crate::terraform::AttributePath::root().attribute(path);
        assert_eq!(diagnostics[0].attribute, Some((&expected).into()));
    }
}
