//! How far a list goes, and how it ends.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::context::{Canceller, SystemClock};
use crate::terraform::Attr;
use crate::terraform::resource;
use crate::terraform::resource::tests::{Line, Lines};

/// Endless lines, of which it counts those that were made up.
#[derive(Clone, Debug, Default)]
struct Endless(Arc<AtomicUsize>);

impl ListResource for Endless {
    type Config = Line;
    type Resource = Lines;

    async fn list(
        &self,
        _: Line,
        finds: &Finds<Lines>,
        invocation: &Invocation,
    ) -> Result<(), Failure> {
        invocation.warn_with(Diagnostic::warning("A warning", "Lines are endless."));
        loop {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            let line = Line {
                digits: Attr::Known(number.to_string()),
                label: Attr::Unknown,
            };
            if finds.add(number.to_string(), line).await.is_break() {
                return Ok(());
            }
        }
    }
}

fn context() -> Context {
    Context::new(Arc::new(SystemClock), Canceller::new().signal())
}

fn request(limit: i64) -> Request {
    Request {
        include_resource_object: true,
        limit,
        ..Request::default()
    }
}

#[tokio::test]
async fn a_list_ends_with_its_limit_and_holds_nothing_unknown() {
    for limit in [0, 1, 3] {
        let (list, resource) = (erase(Endless::default()), resource::erase(Lines));
        let (sender, mut receiver) = mpsc::channel(1);
        let listing = list.list(request(limit), &*resource, sender, context());
        let taking = async {
            let (mut taken, mut warnings) = (Vec::new(), 0);
            while let Some(event) = receiver.recv().await {
                warnings += event.diagnostic.len();
                if event.identity.is_some() {
                    let object = resource.decode(event.resource_object.as_ref(), "object");
                    assert!(object.expect("a line").is_wholly_known());
                    taken.push(event.display_name);
                }
            }
            (taken, warnings)
        };
        let (listed, (taken, warnings)) = tokio::join!(listing, taking);
        listed.expect("a known configuration");
        let expected: Vec<_> = (0..limit).map(|number| number.to_string()).collect();
        assert_eq!(taken, expected);
        assert_eq!(warnings, usize::from(limit > 0));
    }
}

#[tokio::test]
async fn nothing_is_looked_up_for_somebody_who_has_gone() {
    let lines = Endless::default();
    let (list, resource) = (erase(lines.clone()), resource::erase(Lines));
    let (sender, mut receiver) = mpsc::channel(1);
    let listing = list.list(request(1_000_000), &*resource, sender, context());
    let leaving = async move {
        receiver.recv().await;
    };
    let (listed, ()) = tokio::join!(listing, leaving);
    listed.expect("a known configuration");
    // Those on their way when the listener left, and no more.
    assert!(lines.0.load(Ordering::Relaxed) < 10);
}
