//! Fleets of which a part, or all, is not visible: refreshed as Terraform does it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;

use crate::context::Clock;
use crate::joonto::inventory_cache::testing::{Asked, Fails, Script, e164};
use crate::joonto::inventory_cache::{InventoryCache, ListedIn, Presence, Subject, Unlisted};
use crate::joonto::types::AccountId;

fn subject(n: u32, named_at: Option<OffsetDateTime>) -> Subject {
    Subject {
        number: e164(n),
        named_at,
        listed_in: ListedIn::Any,
    }
}

/// Decides `numbers` as Terraform does: `parallel` at a time, the next as soon as one is decided.
async fn refresh(
    script: &Arc<Script>,
    cache: &InventoryCache,
    numbers: std::ops::Range<u32>,
    parallel: usize,
    named_at: Option<OffsetDateTime>,
) -> BTreeMap<u32, Presence> {
    let queue: Arc<Mutex<VecDeque<u32>>> = Arc::new(Mutex::new(numbers.collect()));
    let decided = Arc::new(Mutex::new(BTreeMap::new()));
    let workers: Vec<_> = (0..parallel)
        .map(|_| {
            let (script, cache) = (script.clone(), cache.clone());
            let (queue, decided) = (queue.clone(), decided.clone());
            tokio::spawn(async move {
                loop {
                    let next = queue.lock().expect("queue").pop_front();
                    let Some(n) = next else { return };
                    let (subject, context) = (subject(n, named_at), script.context());
                    let presence = cache.presence(&subject, &context).await;
                    let presence = presence.expect("readable");
                    decided.lock().expect("decided").insert(n, presence);
                    // Terraform has its own work to do in between.
                    script.clock.sleep(Duration::from_millis(1)).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("no panic");
    }
    let decided = decided.lock().expect("decided");
    decided.clone()
}

fn hide(script: &Script, hidden: impl Fn(u32) -> bool) {
    script.account().records.retain(|record| {
        let digits = record.number.as_ref().expect("a number").as_str();
        let n: u32 = digits[digits.len() - 7..].parse().expect("digits");
        !hidden(n - 5_550_000)
    });
}

fn word(presence: &Presence) -> &'static str {
    match presence {
        Presence::There(..) => "there",
        Presence::Contradicted(..) => "contradicted",
        Presence::Ended(_) => "ended",
        Presence::Gone => "gone",
        Presence::Young => "young",
        Presence::Unconfirmed(_) => "unconfirmed",
        Presence::Unproved(_) => "unproved",
        Presence::TooMany(_) => "too many",
    }
}

/// What the plan of a fleet comes to: whether it fails, and what it drops if it does not.
fn plan(decided: &BTreeMap<u32, Presence>) -> Result<Vec<u32>, ()> {
    let fails = |p: &Presence| matches!(p, Presence::TooMany(_) | Presence::Unproved(_));
    if decided.values().any(fails) {
        return Err(());
    }
    let is_dropped = |p: &Presence| matches!(p, Presence::Gone | Presence::Ended(_));
    let dropped = decided.iter().filter(|(_, p)| is_dropped(p));
    Ok(dropped.map(|(n, _)| *n).collect())
}

// C41, C42
#[tokio::test]
async fn the_same_plan_at_every_parallelism() {
    for (size, hidden, others) in [
        (1, 1, 3),
        (5, 5, 3),
        (5, 1, 0),
        (20, 1, 0),
        (20, 5, 0),
        (20, 19, 0),
        (24, 4, 0),
        (24, 6, 0),
        (24, 23, 0),
        (40, 40, 3),
        (40, 39, 0),
    ] {
        for parallel in [1, 10, 30, 100] {
            let script = Script::new(size + others, 7);
            // Spread over the fleet.
            let is_hidden = move |n: u32| n < size && (n * 7) % size < hidden;
            hide(&script, is_hidden);
            let decided = refresh(&script, &script.cache(), 0..size, parallel, None).await;
            let what = format!("{hidden} of {size}, {parallel} at once: {decided:?}");
            let missing: Vec<u32> = (0..size).filter(|n| is_hidden(*n)).collect();
            assert_eq!(missing.len(), hidden as usize);
            let expected = (hidden < 6).then_some(missing.clone()).ok_or(());
            assert_eq!(plan(&decided), expected, "{what}");
            if hidden < 6 {
                continue;
            }
            let errors = decided.values().filter_map(|presence| match presence {
                Presence::TooMany(misses) => Some(misses),
                _ => None,
            });
            let named: Vec<_> = errors.clone().filter(|misses| misses.is_first).collect();
            assert_eq!(named.len(), 1, "{what}");
            if parallel >= size as usize {
                // They ran together: the first error names all, of all.
                let all: Vec<_> = missing.iter().map(|n| e164(*n)).collect();
                assert_eq!(named[0].missing, all, "{what}");
                assert_eq!(named[0].read, size as usize, "{what}");
                assert_eq!(errors.count(), hidden as usize, "none is dropped: {what}");
            }
        }
    }
}

#[tokio::test]
async fn a_vanished_fleet_costs_few_requests() {
    for parallel in [1, 10, 500] {
        let script = Script::new(0, 100);
        let decided = refresh(&script, &script.cache(), 0..500, parallel, None).await;
        assert!(plan(&decided).is_err());
        let (details, pages, _) = script.counts();
        assert!(details <= 25 && pages == 1, "{details} and {pages}");
    }
}

/// Numbers of an account that is as `spoil` makes it, decided all at once.
async fn decided(
    size: u32,
    total: u32,
    named_at: Option<OffsetDateTime>,
    accepts: bool,
    spoil: impl Fn(&Script),
) -> Vec<&'static str> {
    let script = Script::new(total, 7);
    spoil(&script);
    let cache = InventoryCache::new(&script.client(), accepts);
    let decided = refresh(&script, &cache, 0..size, 10, named_at).await;
    let mut words: Vec<_> = decided.values().map(word).collect();
    words.sort_unstable();
    words.dedup();
    words
}

// C41
#[tokio::test]
async fn an_inventory_that_confirms_nothing_drops_nothing() {
    let empty = |script: &Script| hide(script, |_| true);
    let ended = |script: &Script| {
        hide(script, |n| n < 30);
        for record in &mut script.account().records {
            record.status = Some("Cancelled".to_owned());
        }
    };
    let fails = |script: &Script| {
        hide(script, |n| n < 30);
        script.account().page_fault = Box::new(|_, _| Some(Fails::With(405)));
    };
    let down = |script: &Script| {
        hide(script, |n| n < 30);
        script.account().page_fault = Box::new(|_, _| Some(Fails::With(503)));
    };
    let short = |script: &Script| {
        hide(script, |n| n < 30);
        script.account().page_fault = Box::new(|_, page| {
            page.total_results = page.total_results.map(|total| total + 3);
            None
        });
    };
    let whole = |script: &Script| hide(script, |n| n < 30);
    type Spoil = fn(&Script);
    for (what, spoil, alone, accepted) in [
        ("empty", empty as Spoil, "unconfirmed", "gone"),
        ("ended", ended as Spoil, "unconfirmed", "gone"),
        ("refused", fails as Spoil, "unproved", "gone"),
        ("down", down as Spoil, "unproved", "gone"),
        ("short", short as Spoil, "unproved", "gone"),
        ("whole", whole as Spoil, "gone", "gone"),
    ] {
        for size in [1, 3, 5] {
            assert_eq!(
                decided(size, 40, None, false, spoil).await,
                [alone],
                "{what}"
            );
        }
        for size in [6, 19, 30] {
            let words = decided(size, 40, None, false, spoil).await;
            assert_eq!(words, ["too many"], "{what}, {size}");
            let words = decided(size, 40, None, true, spoil).await;
            assert_eq!(words, [accepted], "{what}, {size}");
        }
    }
}

// C38
#[tokio::test]
async fn young_numbers_are_kept_and_do_not_count() {
    let whole = |script: &Script| hide(script, |n| n < 40);
    let now = Script::new(0, 1).clock.utc();
    let (young, old) = (
        now - time::Duration::minutes(14),
        now - time::Duration::minutes(16),
    );
    for size in [1, 5, 40] {
        for accepts in [false, true] {
            let words = decided(size, 50, Some(young), accepts, whole).await;
            assert_eq!(words, ["young"], "{size}");
        }
    }
    assert_eq!(decided(5, 50, Some(old), false, whole).await, ["gone"]);
    assert_eq!(decided(40, 50, Some(old), false, whole).await, ["too many"]);
    // Five that are old among many that are young.
    let script = Script::new(50, 7);
    whole(&script);
    let cache = script.cache();
    let both = tokio::join!(
        refresh(&script, &cache, 0..5, 5, Some(old)),
        refresh(&script, &cache, 5..40, 10, Some(young)),
    );
    assert!(both.0.values().all(|p| word(p) == "gone"), "{both:?}");
    assert!(both.1.values().all(|p| word(p) == "young"), "{both:?}");
}

// C40
#[tokio::test]
async fn one_read_that_is_wrong_ends_no_number() {
    let script = Script::new(40, 7);
    script.account().details_fault = Box::new(|_, record| {
        *record = None;
        None
    });
    let listed = refresh(&script, &script.cache(), 30..31, 1, None).await;
    assert_eq!(word(&listed[&30]), "contradicted");

    let now = script.clock.utc();
    for (age, expected) in [(0, "contradicted"), (20, "ended")] {
        let script = Script::new(40, 7);
        script.account().details_fault = Box::new(|_, record| {
            record.as_mut().expect("a record").status = Some("Cancelled".to_owned());
            None
        });
        let named_at = Some(now - time::Duration::minutes(age));
        let decided = refresh(&script, &script.cache(), 30..31, 1, named_at).await;
        assert_eq!(word(&decided[&30]), expected);
    }

    let script = Script::new(40, 7);
    hide(&script, |n| n == 3);
    let cache = script.cache();
    let mut other = subject(3, None);
    let account = |id: &str| ListedIn::Account(AccountId::parse(id).expect("an account"));
    for (listed_in, is_proved) in [
        (account("AID-7"), false),
        (account("AID-1"), true),
        (ListedIn::Another, false),
        (ListedIn::Any, true),
    ] {
        other.listed_in = listed_in;
        let presence = cache.presence(&other, &script.context()).await;
        let is_as_expected = match &presence {
            Ok(Presence::Unconfirmed(Unlisted::OtherAccount(Some(_)))) => !is_proved,
            Ok(Presence::Gone) => is_proved,
            _ => false,
        };
        assert!(is_as_expected, "{:?}: {presence:?}", other.listed_in);
    }
}

#[tokio::test]
async fn pages_that_shift_are_read_once_more_before_a_miss_is_proved() {
    let script = Script::new(40, 7);
    hide(&script, |n| n == 3);
    let other = Arc::clone(&script);
    let mut is_first = true;
    script.account().page_fault = Box::new(move |asked, page| {
        // Somebody buys between the first two pages.
        if *asked == Asked::Page(2) && std::mem::take(&mut is_first) {
            page.total_results = page.total_results.map(|total| total + 1);
        }
        None
    });
    let decided = refresh(&other, &other.cache(), 3..4, 1, None).await;
    assert_eq!(word(&decided[&3]), "gone");
    assert_eq!(script.counts(), (1, 12, 0));
}

#[tokio::test]
async fn a_miss_that_waits_for_others_is_decided_by_its_deadline() {
    let script = Script::new(40, 7);
    hide(&script, |n| n == 3);
    let cache = script.cache();
    let slow = script.context().within(Duration::from_secs(60));
    let (other, number) = (cache.clone(), e164(9));
    let undecided = other.guard.begin(&number);
    let began = script.clock.elapsed();
    let decided = cache.presence(&subject(3, None), &slow).await;
    assert!(matches!(decided, Ok(Presence::Gone)), "{decided:?}");
    assert!(script.clock.elapsed() - began >= Duration::from_secs(60));
    // Without the other read it does not wait.
    drop(undecided);
    let began = script.clock.elapsed();
    let decided = cache.presence(&subject(3, None), &script.context()).await;
    assert!(matches!(decided, Ok(Presence::Gone)), "{decided:?}");
    assert!(script.clock.elapsed() - began < Duration::from_secs(1));
}
