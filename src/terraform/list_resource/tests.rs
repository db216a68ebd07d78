//! How far a list goes, and how it ends.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::context::{Canceller, SystemClock};
use crate::terraform::Attr;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::resource::{
    Creation, Plan, PlanUpdate, ReadResult, ResourceInvocation, Stored,
};

crate::model! {
    /// A thing.
    struct Thing {
        /// Which.
        name: String => required();
        /// What it weighs.
        weight: String => computed();
    }
    blocks {}
}

/// Endless things, of which it counts those that were made up.
#[derive(Clone, Debug, Default)]
struct Things(Arc<AtomicUsize>);

impl Resource for Things {
    type Object = Thing;
    type Private = ();

    const TYPE_NAME: &'static str = "test_thing";
    const IDENTITY: Option<IdentitySchema> = Some(IdentitySchema {
        attribute: "name",
        description: "Which.",
    });

    fn identity(&self, thing: &Thing) -> Option<String> {
        thing.name.as_str().map(str::to_owned)
    }

    fn validate(&self, _: &Thing, _: &mut Diagnostics) {}

    fn plan_create(&self, creation: Creation<Self>, _: &mut Diagnostics) -> Plan<Self> {
        Plan {
            object: creation.proposed,
            private: (),
            requires_replace: Vec::new(),
        }
    }

    fn plan_update(&self, update: PlanUpdate<Self>, _: &mut Diagnostics) -> Plan<Self> {
        Plan {
            object: update.proposed,
            private: (),
            requires_replace: Vec::new(),
        }
    }

    fn plan_destroy(&self, _: &Thing, _: &mut Diagnostics) {}

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
        _: Thing,
        planned: Stored<Self>,
        _: &ResourceInvocation<Self>,
    ) -> Result<Stored<Self>, Failure> {
        Ok(planned)
    }

    async fn delete(&self, _: Stored<Self>, _: &ResourceInvocation<Self>) -> Result<(), Failure> {
        Ok(())
    }

    fn import(&self, _: &str) -> Result<Stored<Self>, Diagnostic> {
        Err(Diagnostic::error("No", "No."))
    }
}

impl ListResource for Things {
    type Config = Thing;
    type Resource = Self;

    fn validate(&self, _: &Thing, _: &mut Diagnostics) {}

    async fn list(
        &self,
        _: Thing,
        finds: &Finds<Self>,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        invocation.warn_with(Diagnostic::warning("A warning", "Things are endless."));
        loop {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            let thing = Thing {
                name: Attr::Known(number.to_string()),
                weight: Attr::Unknown,
            };
            if finds.add(number.to_string(), thing).await.is_break() {
                return Ok(());
            }
        }
    }
}

fn context() -> Context {
    Context::new(Arc::new(SystemClock), Canceller::new().signal())
}

#[tokio::test]
async fn a_list_ends_with_its_limit_and_holds_nothing_unknown() {
    for limit in [0, 1, 3] {
        let things = Things::default();
        let list = erase(things.clone());
        let (sender, mut receiver) = mpsc::channel(1);
        let listing = list.list(Value::Null, limit, sender, context());
        let taking = async {
            let mut taken = Vec::new();
            while let Some(find) = receiver.recv().await {
                assert!(find.object.is_wholly_known());
                taken.push(find.display_name);
            }
            taken
        };
        let (diagnostics, taken) = tokio::join!(listing, taking);
        let diagnostics = diagnostics.expect("a known configuration");
        let expected: Vec<_> = (0..limit).map(|number| number.to_string()).collect();
        assert_eq!(taken, expected);
        assert_eq!(diagnostics.iter().count(), usize::from(limit > 0));
    }
}

#[tokio::test]
async fn nothing_is_looked_up_for_somebody_who_has_gone() {
    let things = Things::default();
    let list = erase(things.clone());
    let (sender, mut receiver) = mpsc::channel(1);
    let listing = list.list(Value::Null, 1_000_000, sender, context());
    let leaving = async move {
        receiver.recv().await;
    };
    let (listed, ()) = tokio::join!(listing, leaving);
    listed.expect("a known configuration");
    // Those on their way when the listener left, and no more.
    assert!(things.0.load(Ordering::Relaxed) < 10);
}
