//! The inventory as a whole.

use super::reads::{cancel, refresh, some_of};
use crate::joonto::inventory_cache::testing::{Asked, Fails, Script, e164};
use crate::joonto::inventory_cache::{Age, InventoryCache};
use crate::joonto::types::NumberClass;

#[tokio::test]
async fn a_recent_inventory_is_the_one_that_reads_are_served_from() {
    let script = Script::new(50, 10);
    let cache = script.cache();
    let context = script.context();
    let listed =
        |cache: InventoryCache| async move { cache.inventory(Age::Recent, 20, &context).await };
    let (inventory, _) = tokio::join!(
        listed(cache.clone()),
        refresh(&script, &cache, some_of(50, 30, 2), 10)
    );
    let inventory = inventory.expect("readable");
    assert!(inventory.is_complete);
    assert_eq!(inventory.numbers.len(), 50);
    assert_eq!(script.counts(), (0, 5, 0));

    let context = script.context();
    cache.wrote(&e164(1));
    cancel(&script, 1);
    cache.wrote(&e164(1));
    let after = cache.inventory(Age::Recent, 20, &context).await;
    assert_eq!(
        after.expect("readable").numbers[1].class(),
        NumberClass::Gone
    );
    assert_eq!(script.counts(), (0, 10, 0));
}

#[tokio::test]
async fn an_inventory_of_now_is_read_after_the_call_and_shared() {
    let script = Script::new(50, 10);
    let cache = script.cache();
    refresh(&script, &cache, 0..50, 10).await;
    cancel(&script, 1);
    let context = script.context();
    let (one, two, three) = tokio::join!(
        cache.inventory(Age::Now, 20, &context),
        cache.inventory(Age::Now, 20, &context),
        cache.inventory(Age::Now, 20, &context),
    );
    for inventory in [one, two, three] {
        assert_eq!(
            inventory.expect("readable").numbers[1].class(),
            NumberClass::Gone
        );
    }
    assert_eq!(script.counts(), (0, 10, 0));
}

#[tokio::test]
async fn an_inventory_is_bounded_and_says_so() {
    let script = Script::new(50, 10);
    let cache = script.cache();
    for age in [Age::Recent, Age::Now] {
        let some = cache.inventory(age, 3, &script.context()).await;
        let some = some.expect("readable");
        assert_eq!((some.numbers.len(), some.is_complete), (30, false));
    }
    assert_eq!(script.counts(), (0, 6, 0));
}

#[tokio::test]
async fn an_inventory_that_cannot_be_read_is_an_error() {
    let script = Script::new(50, 10);
    script.account().page_fault =
        Box::new(|asked, _| (*asked == Asked::Page(3)).then_some(Fails::With(400)));
    let cache = script.cache();
    for age in [Age::Recent, Age::Now] {
        let none = cache.inventory(age, 20, &script.context()).await;
        assert_eq!(none.expect_err("page 3 fails").status(), Some(400));
    }
}
