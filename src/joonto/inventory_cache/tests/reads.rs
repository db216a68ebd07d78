//! Fleets of every size and share of the account, refreshed as Terraform does it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use crate::context::Clock;
use crate::joonto::inventory_cache::testing::{Asked, Fails, Script, TRIP, e164};
use crate::joonto::inventory_cache::{Found, InventoryCache, Source};
use crate::joonto::lenient_json::Field;
use crate::joonto::types::{AccountId, NumberClass};

/// How a read came out, without what the test does not look at.
pub(super) fn class(found: &Found) -> Option<NumberClass> {
    match found {
        Found::Record(record, _) => Some(record.class()),
        Found::Missing => None,
    }
}

/// Reads `numbers` as Terraform does: `parallel` at a time, the next as soon as one is answered.
pub(super) async fn refresh(
    script: &Arc<Script>,
    cache: &InventoryCache,
    numbers: impl IntoIterator<Item = u32>,
    parallel: usize,
) -> BTreeMap<u32, Found> {
    let queue: VecDeque<u32> = numbers.into_iter().collect();
    let queue = Arc::new(Mutex::new(queue));
    let results = Arc::new(Mutex::new(BTreeMap::new()));
    let workers: Vec<_> = (0..parallel)
        .map(|_| {
            let (script, cache) = (script.clone(), cache.clone());
            let (queue, results) = (queue.clone(), results.clone());
            tokio::spawn(async move {
                loop {
                    let next = queue.lock().expect("queue").pop_front();
                    let Some(n) = next else { return };
                    let found = cache.number(&e164(n), &script.context()).await;
                    let found = found.expect("readable");
                    if let Found::Record(record, _) = &found {
                        assert_eq!(record.number, Some(e164(n)));
                    }
                    results.lock().expect("results").insert(n, found);
                    // Terraform has its own work to do in between.
                    script.clock.sleep(Duration::from_millis(1)).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("no panic");
    }
    let results = results.lock().expect("results");
    results.clone()
}

/// `count` of the numbers below `total`, spread and in no order, for every `seed` others.
pub(super) fn some_of(total: u32, count: u32, seed: u64) -> Vec<u32> {
    let key = |n: &u32| {
        let mixed = (u64::from(*n) ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    };
    let mut all: Vec<u32> = (0..total).collect();
    all.sort_by_key(key);
    all.truncate(count as usize);
    all
}

pub(super) fn cancel(script: &Script, n: u32) {
    let mut account = script.account();
    let record = account.find(&e164(n)).expect("there");
    record.status = Some("Cancelled".to_owned());
}

#[tokio::test]
async fn a_thousand_of_a_thousand_with_two_changed_behind_its_back() {
    let script = Script::new(1000, 100);
    cancel(&script, 700);
    let route = Field::Value("MRID-other".to_owned());
    script
        .account()
        .find(&e164(30))
        .expect("there")
        .message_route_id = route.clone();
    let results = refresh(&script, &script.cache(), some_of(1000, 1000, 7), 10).await;
    assert_eq!(script.cost_of_reads(), 11, "the goal is 13");
    for (n, found) in results {
        let Found::Record(record, _) = found else {
            panic!("{n} is there");
        };
        assert_eq!(record.class() == NumberClass::Gone, n == 700);
        assert_eq!(record.message_route_id == route, n == 30);
    }
}

#[tokio::test]
async fn twenty_of_fifty_thousand() {
    let script = Script::new(50_000, 100);
    let results = refresh(&script, &script.cache(), some_of(50_000, 20, 3), 10).await;
    assert_eq!(results.len(), 20);
    assert!(script.cost_of_reads() <= 23, "the goal is 25");
}

#[tokio::test]
async fn a_lone_read_costs_one_request() {
    let script = Script::new(50_000, 100);
    let found = script.cache().number(&e164(5), &script.context()).await;
    assert!(matches!(
        found.expect("readable"),
        Found::Record(_, Source::Details)
    ));
    assert_eq!(script.counts(), (1, 0, 0));
    assert!(script.clock.elapsed() < TRIP + Duration::from_millis(20));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever the fleet's share of the account, however its reads come.
    #[test]
    fn never_more_than_twice_the_cheaper_way(
        total in 1_u32..1200,
        share in 0.0..=1.0_f64,
        per_page in prop_oneof![Just(1_usize), 2..20_usize, Just(100), Just(500)],
        parallel in prop_oneof![Just(1_usize), Just(10), 2..40_usize],
        seed: u64,
    ) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let managed = ((f64::from(total) * share) as u32).clamp(1, 150);
        run(async move {
            let script = Script::new(total, per_page);
            let numbers = some_of(total, managed, seed);
            let results = refresh(&script, &script.cache(), numbers.clone(), parallel).await;
            assert_eq!(results.len(), numbers.len());
            assert!(results.values().all(|found| class(found) == Some(NumberClass::Live)));
            let best = numbers.len().min((total as usize).div_ceil(per_page)) + 1;
            let cost = script.cost_of_reads();
            assert!(cost <= 2 * best, "{cost} instead of {best}");
        });
    }

    /// Every read sees at least the writes that had ended when it began.
    #[test]
    fn no_read_misses_a_write_that_came_before_it(
        total in 1_u32..40,
        per_page in 1_usize..8,
        parallel in 1_usize..12,
        seed: u64,
    ) {
        run(async move {
            let script = Script::new(total, per_page);
            let cache = script.cache();
            let ended = Arc::new(Mutex::new(BTreeMap::<u32, u32>::new()));
            let tasks: Vec<_> = (0..parallel as u64).map(|worker| {
                let (script, cache, ended) = (script.clone(), cache.clone(), ended.clone());
                tokio::spawn(async move {
                    let pick = some_of(total, total, seed ^ worker.wrapping_mul(77));
                    for (turn, n) in pick.iter().cycle().take(24).enumerate() {
                        if (turn as u64 ^ worker ^ seed).is_multiple_of(3) && *n % parallel as u32 == worker as u32 {
                            write(&script, &cache, *n, turn as u32 + 1).await;
                            ended.lock().expect("ended").insert(*n, turn as u32 + 1);
                        }
                        let floor = ended.lock().expect("ended").get(n).copied().unwrap_or(0);
                        let found = cache.number(&e164(*n), &script.context()).await;
                        let Ok(Found::Record(record, _)) = found else { panic!("{n} is there") };
                        let version = version(&record.message_route_id);
                        assert!(version >= floor, "{n}: {version} after {floor}");
                    }
                })
            }).collect();
            for task in tasks {
                task.await.expect("no panic");
            }
        });
    }
}

fn version(returned: &Field<String>) -> u32 {
    returned
        .value()
        .map_or(0, |text| text.parse().expect("a version"))
}

async fn write(script: &Script, cache: &InventoryCache, n: u32, version: u32) {
    cache.wrote(&e164(n));
    script.clock.sleep(TRIP / 3).await;
    script
        .account()
        .find(&e164(n))
        .expect("there")
        .message_route_id = Field::Value(version.to_string());
    script.clock.sleep(TRIP / 3).await;
    cache.wrote(&e164(n));
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(test);
}

#[tokio::test]
async fn what_the_inventory_lacks_is_asked_for_before_it_counts_as_missing() {
    let script = Script::new(60, 10);
    script.account().unlisted = [e164(3), e164(44)].into();
    script.account().records.remove(50);
    let results = refresh(&script, &script.cache(), some_of(60, 60, 1), 10).await;
    for (n, found) in &results {
        assert_eq!(*found == Found::Missing, *n == 50, "{n}");
    }
    assert!(matches!(&results[&3], Found::Record(_, Source::Details)));
    assert_eq!(script.counts(), (3, 6, 0));
}

#[tokio::test]
async fn a_page_that_fails_in_passing_is_tried_again() {
    let script = Script::new(100, 10);
    let mut is_first = true;
    script.account().page_fault = Box::new(move |asked, _| {
        (*asked == Asked::Page(3) && std::mem::take(&mut is_first)).then_some(Fails::With(503))
    });
    let results = refresh(&script, &script.cache(), some_of(100, 100, 5), 10).await;
    assert!(results.values().all(|found| class(found).is_some()));
    assert_eq!(script.counts(), (1, 11, 0));
}

/// What can be wrong with the inventory.
type Spoil = fn(&Script);

const SPOILS: [(&str, Spoil); 7] = [
    ("the second page is not available", |script| {
        script.account().page_fault =
            Box::new(|asked, _| (*asked == Asked::Page(2)).then_some(Fails::With(503)));
    }),
    ("the second page fails", |script| {
        script.account().page_fault =
            Box::new(|asked, _| (*asked == Asked::Page(2)).then_some(Fails::With(400)));
    }),
    ("it is refused", |script| {
        script.account().page_fault = Box::new(|_, _| Some(Fails::With(405)));
    }),
    ("the page number is ignored", |script| {
        let first = script.account().records[..10].to_vec();
        script.account().page_fault = Box::new(move |_, page| {
            page.numbers.clone_from(&first);
            None
        });
    }),
    ("it is another account's", |script| {
        script.account().page_fault = Box::new(|_, page| {
            page.account_id = AccountId::parse("AID-other").ok();
            for record in &mut page.numbers {
                let number = record.number.as_ref().expect("a number").as_str();
                record.number = crate::joonto::E164::parse(&number.replace("+1201", "+1919")).ok();
            }
            None
        });
    }),
    ("the total is too low", |script| {
        script.account().page_fault = Box::new(|_, page| {
            page.total_results = Some(5);
            None
        });
    }),
    ("no total is returned", |script| {
        script.account().page_fault = Box::new(|_, page| {
            page.total_results = None;
            None
        });
    }),
];

#[tokio::test]
async fn an_inventory_that_is_wrong_makes_no_number_missing() {
    for (what, spoil) in SPOILS {
        let script = Script::new(50, 10);
        spoil(&script);
        let results = refresh(&script, &script.cache(), 0..50, 10).await;
        let all_found = results.values().all(|found| class(found).is_some());
        assert!(all_found && results.len() == 50, "{what}");
    }
}

#[tokio::test]
async fn pages_that_shift_while_they_are_read_lose_nothing() {
    let script = Script::new(60, 10);
    let cache = script.cache();
    let other = Arc::clone(&script);
    let shifting = tokio::spawn(async move {
        // Between the pages, one that was read already goes: the rest move up.
        other.clock.sleep(TRIP * 2).await;
        other.account().records.remove(0);
    });
    let results = refresh(&script, &cache, 1..60, 10).await;
    shifting.await.expect("no panic");
    assert!(results.values().all(|found| class(found).is_some()));
}

#[tokio::test]
async fn a_cancelled_number_that_is_listed_again_as_live_is_live() {
    let script = Script::new(60, 10);
    {
        let records = &mut script.account().records;
        let live = records[2].clone();
        records[2].status = Some("Cancelled".to_owned());
        records.push(live);
    }
    let results = refresh(&script, &script.cache(), 0..60, 10).await;
    assert_eq!(class(&results[&2]), Some(NumberClass::Live));
}

#[tokio::test]
async fn a_new_run_sees_what_has_changed_since() {
    let script = Script::new(50, 10);
    let cache = script.cache();
    refresh(&script, &cache, 0..50, 10).await;
    cancel(&script, 7);
    let again = refresh(&script, &cache, 0..50, 10).await;
    assert_eq!(class(&again[&7]), Some(NumberClass::Live), "the same run");
    assert_eq!(script.counts(), (0, 5, 0));
    script.clock.sleep(Duration::from_secs(15)).await;
    let later = refresh(&script, &cache, 0..50, 10).await;
    assert_eq!(class(&later[&7]), Some(NumberClass::Gone));
    assert_eq!(script.counts(), (0, 10, 0));
}

#[tokio::test]
async fn a_run_without_a_break_reads_its_pages_anew_after_ten_minutes() {
    let script = Script::new(50, 10);
    let cache = script.cache();
    refresh(&script, &cache, 0..50, 10).await;
    cancel(&script, 7);
    for _ in 0..61 {
        script.clock.sleep(Duration::from_secs(10)).await;
        refresh(&script, &cache, [8], 1).await;
    }
    let later = refresh(&script, &cache, 0..50, 10).await;
    assert_eq!(class(&later[&7]), Some(NumberClass::Gone));
}
