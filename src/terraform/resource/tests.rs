//! What older versions stored.

use super::{
    Creation, Failure, Plan, PlanUpdate, ReadResult, Resource, ResourceInvocation, Stored,
    StoredAttributes, erase,
};
use crate::proto::tfplugin6::RawState;
use crate::proto::tfplugin6::upgrade_resource_state::Request;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Attr, Diagnostic, Diagnostics, Value};

crate::model! {
    /// A line whose `digits` version 0 stored as `number`.
    pub(in crate::terraform) struct Line {
        /// Its digits.
        digits: String => required();
        /// New in version 1.
        label: String => optional();
    }
    blocks {}
}

/// Lines, which are planned and stored as they are given.
pub(in crate::terraform) struct Lines;

impl Resource for Lines {
    type Object = Line;
    type Private = ();

    const TYPE_NAME: &'static str = "example_line";
    const VERSION: i64 = 1;
    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "digits",
        of: "digits",
        description: "Its digits.",
    };

    fn upgrade(
        &self,
        from: i64,
        mut stored: StoredAttributes,
    ) -> Result<StoredAttributes, Diagnostic> {
        if from == 0
            && let Some(number) = stored.remove("number")
        {
            stored.insert("digits".to_owned(), number);
        }
        Ok(stored)
    }

    fn validate(&self, _: &Line, _: &mut Diagnostics) {}

    fn plan_create(&self, creation: Creation<Self>, _: &mut Diagnostics) -> Plan<Self> {
        plan(creation.proposed)
    }

    fn plan_update(&self, update: PlanUpdate<Self>, _: &mut Diagnostics) -> Plan<Self> {
        plan(update.proposed)
    }

    fn plan_destroy(&self, _: &Line, _: &mut Diagnostics) {}

    async fn create(
        &self,
        planned: Stored<Self>,
        _: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        Ok(planned)
    }

    async fn read(
        &self,
        current: Stored<Self>,
        _: &ResourceInvocation<Self>,
    ) -> Result<ReadResult<Self>, Failure> {
        Ok(ReadResult::Present(current))
    }

    async fn update(
        &self,
        _: Line,
        planned: Stored<Self>,
        _: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        Ok(planned)
    }

    async fn delete(&self, _: Stored<Self>, _: &ResourceInvocation<Self>) -> Result<(), Failure> {
        Ok(())
    }

    fn import(&self, id: &str) -> Result<Stored<Self>, Diagnostic> {
        let digits = Attr::Known(id.to_owned());
        let object = Line {
            digits,
            ..Line::default()
        };
        Ok(Stored {
            object,
            private: (),
        })
    }
}

fn plan(object: Line) -> Plan<Lines> {
    Plan {
        object,
        private: (),
        requires_replace: Vec::new(),
    }
}

async fn upgraded(version: i64, stored: &'static str) -> Result<Value, Diagnostic> {
    let lines = erase(Lines);
    let raw_state = Some(RawState {
        json: stored.into(),
        ..RawState::default()
    });
    let request = Request {
        version,
        raw_state,
        ..Request::default()
    };
    let upgraded = lines.upgrade(request).await?.upgraded_state;
    lines.decode(upgraded.as_ref(), "line")
}

#[tokio::test]
async fn what_an_older_version_stored_is_translated() {
    let current = Value::object([("digits", "1".into()), ("label", Value::Null)]);
    for (version, stored) in [
        (0, r#"{"number":"1"}"#),
        (1, r#"{"digits":"1","label":null}"#),
    ] {
        assert_eq!(upgraded(version, stored).await, Ok(current.clone()));
    }
}

#[tokio::test]
async fn what_is_no_object_cannot_be_translated() {
    let error = upgraded(0, "[]").await.expect_err("a list");
    assert!(
        error.detail().contains("example_line of version 0"),
        "{error:?}"
    );
}
