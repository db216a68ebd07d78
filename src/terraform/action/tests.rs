//! What an action reports, with one that fails on demand.

use std::sync::Arc;

use tokio_stream::StreamExt as _;
use tonic::Request;

use super::*;
use crate::context::SystemClock;
use crate::proto::tfplugin6::invoke_action::event::Type;
use crate::proto::tfplugin6::provider_server::Provider as _;
use crate::proto::tfplugin6::{self as wire};
use crate::terraform::provider::Configuration;
use crate::terraform::resource::AnyResource;
use crate::terraform::value::to_wire;
use crate::terraform::{Provider, TerraformService, Value};

crate::model! {
    /// What to do.
    struct Deed {
        /// How it ends.
        fate: String => required(), validator(|fate: &str| match fate {
            "refused" => Err("That is not done.".to_owned()),
            _ => Ok(()),
        });
    }
    blocks {}
}

#[derive(Debug)]
struct Doer;

impl Provider for Doer {
    type Config = Deed;

    fn resources(&self) -> Vec<Box<dyn AnyResource>> {
        Vec::new()
    }

    fn actions(&self) -> Vec<Box<dyn AnyAction>> {
        vec![erase(Doer)]
    }

    fn validate(&self, _: &Deed, _: &mut Diagnostics) {}

    fn configure(&self, _: Configuration<Deed>, _: &mut Diagnostics) {}
}

impl Action for Doer {
    type Config = Deed;

    const TYPE_NAME: &'static str = "test_deed";

    fn plan(&self, _: &Deed, diagnostics: &mut Diagnostics) {
        diagnostics.push(Diagnostic::warning("Think twice", "It cannot be undone."));
    }

    async fn invoke(
        &self,
        config: Deed,
        progress: &Progress,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        progress.tell("One.").await;
        invocation.warn_with(Diagnostic::warning("A warning", "A warning."));
        match config.fate.as_str() {
            Some("panic") => panic!("a secret"),
            Some("fail") => return Err(Diagnostic::error("No", "No.").into()),
            _ => progress.tell("Two.").await,
        }
        Ok(())
    }
}

fn config(fate: &str) -> Option<wire::DynamicValue> {
    let config = Value::object([("fate", Value::from(fate))]);
    Some(to_wire(&config, &Deed::block().ty()).expect("a deed"))
}

/// The progress that was reported, and the summaries at the end.
async fn invoke(fate: &str) -> (Vec<String>, Vec<String>) {
    let request = wire::invoke_action::Request {
        action_type: "test_deed".to_owned(),
        config: config(fate),
        ..Default::default()
    };
    let server = TerraformService::new(Doer, Arc::new(SystemClock));
    let response = server.invoke_action(Request::new(request)).await;
    let events = response.expect("a stream").into_inner().collect::<Vec<_>>();
    let mut reported = Vec::new();
    let mut ends = Vec::new();
    for event in events.await {
        assert!(ends.is_empty(), "nothing comes after the end");
        match event.expect("never a status").r#type.expect("one or other") {
            Type::Progress(progress) => reported.push(progress.message),
            Type::Completed(completed) => ends.push(completed.diagnostics),
        }
    }
    assert_eq!(ends.len(), 1, "it ends once");
    let diagnostics = ends.into_iter().flatten();
    let summaries = diagnostics.map(|reported| {
        assert!(!reported.detail.contains("secret"));
        reported.summary
    });
    (reported, summaries.collect())
}

#[tokio::test]
async fn an_action_tells_of_its_progress_and_ends_once() {
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    for (fate, reported, ends) in [
        ("fine", &["One.", "Two."][..], &["A warning"][..]),
        ("fail", &["One."], &["A warning", "No"]),
        ("panic", &["One."], &["The provider crashed"]),
        // What was unknown while planning is checked before anything is done.
        ("refused", &[], &["Invalid fate"]),
    ] {
        assert_eq!(invoke(fate).await, (words(reported), words(ends)), "{fate}");
    }
}

#[tokio::test]
async fn a_plan_tells_what_there_is_to_know() {
    let server = TerraformService::new(Doer, Arc::new(SystemClock));
    let request = wire::plan_action::Request {
        action_type: "test_deed".to_owned(),
        config: config("fine"),
        ..Default::default()
    };
    let response = server.plan_action(Request::new(request)).await;
    let planned = response.expect("never a status").into_inner();
    assert_eq!(planned.diagnostics[0].summary, "Think twice");
    assert_eq!(planned.deferred, None);
}
