//! Destroys: the request is sent whatever reads say, it is followed to its end, and only a number
//! that has ended leaves the state.

use std::time::{Duration, Instant};

use harness::{Result, Run};
use joonto_sandbox::{Fault, FaultKind, Lag, NumberStatus, Request, StoredNumber};
use serde_json::json;

use super::{
    ORDER, STATUS, Scene, Scenes, assert_errors, complete, count, errors, plain, sorted, stored,
};

const LAG: Duration = Duration::from_secs(45);

pub(super) const BLIND: &[&str] = &["-destroy", "-refresh=false"];

/// Both ways to destroy.
pub(super) const WAYS: [&[&str]; 2] = [&["-destroy"], BLIND];

/// The numbers of each request to change a status.
fn sent(scene: &Scene) -> Vec<Vec<String>> {
    let ledger = scene.sandbox.ledger();
    let numbers = |request: &Request| {
        let items = request.body["PhoneNumbers"].as_array().cloned();
        let items = items.unwrap_or_default();
        sorted(items.iter().filter_map(|item| {
            let number = item["Number"].as_str();
            number.map(str::to_owned)
        }))
    };
    ledger
        .requests_to(STATUS)
        .into_iter()
        .map(numbers)
        .collect()
}

/// How often a change of this number was sent.
pub(super) fn sent_for(scene: &Scene, number: &str) -> usize {
    let all = sent(scene).into_iter().flatten();
    all.filter(|one| one == number).count()
}

fn status(scene: &Scene, number: &str) -> Option<NumberStatus> {
    scene.sandbox.number(number).map(|number| number.status)
}

/// Every error is about one of these numbers, and each has one.
#[track_caller]
pub(super) fn assert_each(run: &Run, code: &str, numbers: &[String]) {
    assert_eq!(errors(run), vec![code; numbers.len()], "{run}");
    for number in numbers {
        assert!(run.errors().any(|error| error.says(number)), "{run}");
    }
}

// C39
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroy_is_sent_while_reads_lag_and_forgets_nothing() {
    let mut scenes = Scenes::default();
    for arguments in WAYS {
        for (size, more) in [
            (1, ""),
            (1, "iccid = \"8901240397190195850\""),
            (5, ""),
            (40, ""),
        ] {
            let name = format!("{arguments:?}, {size} {more}");
            scenes.add(name, destroyed_early(arguments, size, more));
        }
        scenes.add(format!("{arguments:?}, a pending order"), async move {
            let main = plain("n", "timeouts {\n    create = \"1s\"\n  }");
            let scene = Scene::new(&main).await?;
            scene.sandbox.switch(|s| {
                s.lag_reads(Lag::Time(LAG));
                s.changes_lag = true;
                s.pending_forever = true;
            });
            scene.project.apply().await?.ok()?;
            complete(&scene);
            let bought = scene.ours();
            let refused = scene.project.apply_with(arguments).await?.failed()?;
            assert_each(&refused, "JN420", &bought);
            assert_eq!((sent_for(&scene, &bought[0]), scene.ours()), (1, bought));
            scene.sandbox.clock().advance(LAG);
            scene.project.apply_with(arguments).await?.ok()?;
            assert_eq!((scene.ours().len(), scene.posts()), (0, 1));
            scene.end().await
        });
    }
    scenes.play_at_once(3).await;
}

async fn destroyed_early(arguments: &[&str], size: usize, more: &str) -> Result<()> {
    let main = plain("n", &format!("count = {size}\n  {more}"));
    let scene = Scene::new(&main).await?;
    scene.sandbox.switch(|s| {
        s.lag_reads(Lag::Time(LAG));
        s.changes_lag = true;
    });
    scene.project.apply().await?.ok()?;
    let bought = scene.ours();
    // The API knows the numbers as little as its reads do.
    let refused = scene.project.apply_with(arguments).await?.failed()?;
    assert_each(&refused, "JN420", &bought);
    assert!(refused.errors().all(|error| error.says("HTTP 404")));
    for number in &bought {
        assert!(sent_for(&scene, number) > 0, "the cancel is sent: {number}");
    }
    assert_eq!(
        (stored(&scene.project)?, scene.ours()),
        (bought.clone(), bought)
    );

    // Only reads lag.
    scene.sandbox.switch(|s| s.changes_lag = false);
    if size == 5 {
        scene.sandbox.clock().advance(LAG);
    }
    scene.project.apply_with(arguments).await?.ok()?;
    assert_eq!((scene.ours().len(), stored(&scene.project)?.len()), (0, 0));
    assert_eq!(scene.posts(), size);
    scene.end().await
}

/// What changes behind the back of a scene of C53, and what that is.
type Edit = (&'static str, fn(&mut StoredNumber), bool);

// C53
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_digits_of_another_purchase_are_left_alone() {
    let mut scenes = Scenes::default();
    let changes: [Edit; 3] = [
        (
            "id and date",
            |number| {
                number.tnid = "TNID-00000000000000000000dead".to_owned();
                number.order_id = "JNUOID-other".to_owned();
                number.subscriber_id = Some("TSUID-other".to_owned());
                number.bought -= time::Duration::days(40);
            },
            true,
        ),
        (
            "the id",
            |number| number.tnid = "TNID-00000000000000000000dead".to_owned(),
            false,
        ),
        (
            "the date",
            |number| number.bought -= time::Duration::days(40),
            false,
        ),
    ];
    for (name, change, is_other) in changes {
        for (size, tells_date) in [(1, true), (1, false), (3, false)] {
            scenes.add(
                format!("{name}, {size}, date by details: {tells_date}"),
                other_purchase(size, tells_date, change, is_other),
            );
        }
    }
    for (first, then) in [(1, 3), (3, 1)] {
        scenes.add(
            format!("first read with {first}, then with {then}"),
            other_endpoint(first, then, changes[0].1),
        );
    }
    scenes.play_at_once(3).await;
}

/// The first read is served by one endpoint, and the next by the other: a lone number by its
/// details, several by the inventory.
async fn other_endpoint(first: usize, then: usize, change: fn(&mut StoredNumber)) -> Result<()> {
    let scene = Scene::new(&count(3)).await?;
    scene.project.apply().await?.ok()?;
    let targets = |count: usize| -> Vec<&str> {
        match count {
            1 => vec!["-target=joonto_number.n[0]"],
            _ => Vec::new(),
        }
    };
    // The state keeps the ids of this read.
    let read = [vec!["-refresh-only"], targets(first)].concat();
    scene.project.apply_with(&read).await?.ok()?;
    let n = scene.project.resource("joonto_number.n[0]").await?;
    let theirs = n["phone_number_assigned"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(scene.sandbox.edit(&theirs, change));
    let plan = scene.project.plan_with(&targets(then)).await?.failed()?;
    assert_each(&plan, "JN321", std::slice::from_ref(&theirs));
    for way in WAYS {
        let destroy = [way.to_vec(), targets(then)].concat();
        let refused = scene.project.apply_with(&destroy).await?.failed()?;
        assert_each(&refused, "JN321", std::slice::from_ref(&theirs));
    }
    assert_eq!(sent_for(&scene, &theirs), 0);
    assert_eq!(status(&scene, &theirs), Some(NumberStatus::Active));
    scene.end().await
}

async fn other_purchase(
    size: usize,
    tells_date: bool,
    change: fn(&mut StoredNumber),
    is_other: bool,
) -> Result<()> {
    let scene = Scene::new(&count(size)).await?;
    scene.sandbox.switch(|s| s.details_tell_date = tells_date);
    scene.project.apply().await?.ok()?;
    // The first read, and the state keeps it.
    scene.project.apply().await?.quiet()?;
    let bought = scene.ours();
    let before = scene.sandbox.number(&bought[0]);
    assert!(scene.sandbox.edit(&bought[0], change));
    if !is_other {
        scene.project.assert_empty_plan().await?.quiet()?;
        scene.project.apply_with(BLIND).await?.ok()?;
        assert_eq!(scene.ours().len(), 0);
        return scene.end().await;
    }
    let theirs = &bought[..1];
    let planned = scene.project.plan().await?.failed()?;
    assert_each(&planned, "JN321", theirs);
    let error = planned.error()?;
    assert!(error.says("terraform state rm"), "{planned}");
    let refused = scene.project.destroy().await?.failed()?;
    assert_each(&refused, "JN321", theirs);
    assert_eq!(sent(&scene), [[""; 0]; 0], "no status request");
    let refused = scene.project.apply_with(BLIND).await?.failed()?;
    assert_each(&refused, "JN321", theirs);
    assert_eq!(sent_for(&scene, &theirs[0]), 0);
    assert_eq!(status(&scene, &theirs[0]), Some(NumberStatus::Active));
    assert_eq!(stored(&scene.project)?, theirs);
    // Given back, it can be destroyed.
    let kept = before.expect("it was there");
    scene.sandbox.edit(&bought[0], |number| *number = kept);
    scene.project.destroy().await?.ok()?;
    assert_eq!((scene.ours().len(), scene.posts()), (0, size));
    scene.end().await
}

// C55
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_failed_item_of_a_joint_response_keeps_its_number() {
    let mut scenes = Scenes::default();
    for (size, policy, code) in [
        (4, "park", "JN421"),
        (4, "cancel", "JN420"),
        (1, "cancel", "JN420"),
    ] {
        scenes.add(format!("{policy}, {size}"), failed_item(size, policy, code));
    }
    scenes.play().await;
}

async fn failed_item(size: usize, policy: &str, code: &str) -> Result<()> {
    let main = format!("count = {size}\n  deletion_policy = \"{policy}\"");
    let scene = Scene::new(&plain("n", &main)).await?;
    scene.project.apply().await?.ok()?;
    let bought = scene.ours();
    let kept = bought[size / 2].clone();
    scene.sandbox.switch(|s| {
        let message = "the carrier holds the number".to_owned();
        s.failed_items.insert(kept.clone(), message);
    });
    let refused = scene.project.destroy().await?;
    assert_errors(&refused, &[code]);
    let error = refused.error()?;
    assert!(error.says(&kept), "{refused}");
    assert!(error.says("the carrier holds the number"), "{refused}");
    assert_eq!(stored(&scene.project)?, std::slice::from_ref(&kept));
    for number in &bought {
        assert_eq!(sent_for(&scene, number), 1, "{number}: {:?}", sent(&scene));
        let is_active = status(&scene, number) == Some(NumberStatus::Active);
        assert_eq!(is_active, *number == kept, "{number}");
    }
    scene.sandbox.switch(|s| s.failed_items.clear());
    scene.project.destroy().await?.ok()?;
    assert_eq!(stored(&scene.project)?.len(), 0);
    assert_ne!(status(&scene, &kept), Some(NumberStatus::Active));
    scene.end().await
}

// C56
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_order_is_followed_to_its_end() {
    let mut scenes = Scenes::default();
    for size in [1, 3] {
        scenes.add(format!("it fails, {size}"), async move {
            let scene = pending(size, "", Lag::Reads(1)).await?;
            let ends_in_error = Some("refused by the carrier".to_owned());
            scene
                .sandbox
                .switch(|s| s.status_ends_in_error = ends_in_error);
            let failed = scene.project.destroy().await?;
            assert_each(&failed, "JN420", &scene.ours());
            let orders = scene.sandbox.ledger().requests_to(ORDER).len();
            assert!(orders >= 2, "it is polled: {orders}");
            for error in failed.errors() {
                assert!(error.says("JNUOID-"), "{failed}");
                assert!(error.says("refused by the carrier"), "{failed}");
            }
            assert_eq!(
                (scene.ours().len(), stored(&scene.project)?.len()),
                (size, size)
            );
            scene.end().await
        });
        scenes.add(format!("it completes, {size}"), async move {
            let lag = Lag::Time(Duration::from_secs(1));
            let scene = pending(size, "", lag).await?;
            scene.project.destroy().await?.ok()?;
            assert_eq!((scene.ours().len(), stored(&scene.project)?.len()), (0, 0));
            let orders = scene.sandbox.ledger().requests_to(ORDER).len();
            assert!(
                (2..=3).contains(&orders),
                "it is polled once for all: {orders}"
            );
            scene.end().await
        });
        scenes.add(format!("it takes too long, {size}"), async move {
            let timeout = "timeouts {\n    delete = \"2s\"\n  }";
            let scene = pending(size, timeout, Lag::Time(Duration::from_secs(3600))).await?;
            let began = Instant::now();
            let failed = scene.project.destroy().await?;
            assert!(began.elapsed() < Duration::from_secs(60));
            assert_each(&failed, "JN422", &scene.ours());
            assert!(
                failed.errors().all(|error| error.says("JNUOID-")),
                "{failed}"
            );
            assert_eq!(
                (scene.ours().len(), stored(&scene.project)?.len()),
                (size, size)
            );
            scene.end().await
        });
    }
    scenes.add("there is no order to poll", async {
        let scene = Scene::new(&count(1)).await?;
        scene.project.apply().await?.ok()?;
        let number = scene.ours().remove(0);
        let bare = FaultKind::Edit {
            set: serde_json::Map::new(),
            remove: vec!["OrderId".to_owned(), "OrderStatus".to_owned()],
        };
        let lag = Some(Lag::Reads(1));
        scene.sandbox.switch(|s| s.status_lag = lag);
        scene.sandbox.fault(Fault::on(STATUS).after_commit(bare));
        scene.project.destroy().await?.ok()?;
        assert_eq!(sent_for(&scene, &number), 1);
        let reads = scene.sandbox.ledger().requests_to(super::DETAILS).len();
        assert!(reads >= 2, "the number is followed: {reads}");
        assert_eq!((scene.ours().len(), stored(&scene.project)?.len()), (0, 0));
        scene.end().await
    });
    scenes.play_at_once(4).await;
}

/// Numbers whose change of status is an order that pends.
pub(super) async fn pending(size: usize, arguments: &str, lag: Lag) -> Result<Scene> {
    let main = plain("n", &format!("count = {size}\n  {arguments}"));
    let scene = Scene::new(&main).await?;
    scene.project.apply().await?.ok()?;
    scene.sandbox.switch(|s| s.status_pending = Some(lag));
    Ok(scene)
}

// C57
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_never_completes_can_only_be_forgotten() {
    let mut scenes = Scenes::default();
    for names_none in [false, true] {
        scenes.add(format!("complete without a number: {names_none}"), async move {
            let timeouts = "timeouts {\n    create = \"1s\"\n    update = \"1s\"\n    delete = \"1s\"\n  }";
            let main = plain("n", timeouts);
            let scene = Scene::new(&main).await?;
            scene.sandbox.switch(|s| s.pending_forever = true);
            if names_none {
                let set = json!({ "OrderStatus": "Complete", "PhoneNumbersOrdered": [] });
                let none = FaultKind::Edit {
                    set: set.as_object().cloned().unwrap_or_default(),
                    remove: Vec::new(),
                };
                scene.sandbox.fault(Fault::on(ORDER).always().after_commit(none));
            }
            scene.project.apply().await?.ok()?;
            let order = scene.sandbox.ledger().orders[0].order_id.clone();
            let polls = |scene: &Scene| scene.sandbox.ledger().requests_to(ORDER).len();
            scene.project.assert_empty_plan().await?;

            scene.project.main(&main.replace("message_enabled = false", "message_enabled = true"))?;
            for arguments in [&["-refresh=false"] as &[&str], BLIND, &["-destroy"]] {
                let before = polls(&scene);
                let refused = scene.project.apply_with(arguments).await?;
                assert_errors(&refused, &["JN424"]);
                let error = refused.error()?;
                assert!(error.says(&order) && error.says("terraform state rm"), "{refused}");
                assert!(polls(&scene) > before, "it is polled");
            }
            assert_eq!(scene.project.state()?["resources"][0]["instances"].as_array().map(Vec::len), Some(1));

            let policy = format!("deletion_policy = \"abandon\"\n  {timeouts}");
            scene.project.main(&plain("n", &policy))?;
            let requests = scene.sandbox.ledger().requests.len();
            scene.project.apply_with(&["-refresh=false"]).await?.ok()?;
            scene.project.apply_with(BLIND).await?.ok()?;
            assert_eq!(scene.sandbox.ledger().requests.len(), requests, "nothing is called");
            assert_eq!(scene.project.state()?["resources"], json!([]));
            assert_eq!((scene.posts(), sent(&scene).len()), (1, 0));
            complete(&scene);
            scene.end().await
        });
    }
    scenes.play().await;
}
