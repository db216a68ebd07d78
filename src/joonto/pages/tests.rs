use super::*;
use crate::joonto::inventory_cache::testing::{e164, page, record};

fn read(pages: impl IntoIterator<Item = InventoryPage>) -> Pages {
    let mut read = Pages::default();
    for page in pages {
        read.take_in_bounded(page, 0, Instant::now());
    }
    read
}

fn is_listed(pages: &Pages, n: u32) -> bool {
    matches!(pages.say(&e164(n), 0), Say::Record(_))
}

#[test]
fn it_ends_when_as_many_came_as_were_announced() {
    let mut pages = read([page(0..10, 25)]);
    assert_eq!((pages.end, pages.unread()), (End::NotYet, 2));
    assert_eq!(pages.announced, 3);
    pages.take_in(page(10..20, 25), 0, Instant::now());
    assert_eq!((pages.end, pages.unread()), (End::NotYet, 1));
    pages.take_in(page(20..25, 25), 0, Instant::now());
    assert_eq!(pages.end, End::Reached);
    let inventory = pages.inventory();
    assert!(inventory.is_complete);
    assert_eq!(inventory.numbers.len(), 25);
    assert!(is_listed(&pages, 24) && !is_listed(&pages, 25));
    assert_eq!(read([page(0..0, 0)]).end, End::Reached);
}

#[test]
fn pages_that_make_no_sense_end_it_and_keep_what_was_read() {
    let no_total = InventoryPage {
        total_results: None,
        ..page(0..10, 25)
    };
    for broken in [
        read([page(0..10, 25), page(0..10, 25)]),
        read([page(0..10, 25), page(0..0, 25)]),
        read([no_total]),
        read((0..9).map(|n| page(10 * n..10 * (n + 1), if n == 0 { 20 } else { 900 }))),
    ] {
        assert_eq!(broken.end, End::Broken);
        assert!(!broken.inventory().is_complete);
        assert!(is_listed(&broken, 3));
    }
}

#[test]
fn pages_that_disagree_are_not_the_whole() {
    let foreign = InventoryPage {
        account_id: AccountId::parse("AID-other").ok(),
        ..page(10..20, 20)
    };
    for doubtful in [
        read([page(0..10, 20), foreign]),
        read([page(0..10, 20), page(10..19, 19)]),
        read([page(0..10, 5)]),
    ] {
        assert_eq!(doubtful.end, End::Reached);
        assert!(!doubtful.inventory().is_complete);
    }
}

#[test]
fn a_number_listed_twice_counts_once_and_the_live_one_counts() {
    let mut gone = page(0..10, 19);
    gone.numbers[3].status = Some("Cancelled".to_owned());
    let mut pages = read([gone]);
    assert!(matches!(pages.say(&e164(3), 0), Say::PerhapsGone));
    let mut second = page(10..19, 19);
    second.numbers.push(record(3));
    let mut still_gone = second.clone();
    still_gone.numbers[9].status = Some("Cancelled".to_owned());
    pages.take_in(second, 0, Instant::now());
    assert!(is_listed(&pages, 3));
    let live = |pages: &Pages| {
        matches!(
            pages.say(&e164(3), 0),
            Say::Record(record) if record.class() == NumberClass::Live
        )
    };
    assert!(live(&pages));
    let pages = read([page(0..10, 19), still_gone]);
    assert!(live(&pages), "whichever of the two came first");
}

#[test]
fn one_that_is_gone_is_said_to_be_once_all_is_read() {
    let mut second = page(10..20, 20);
    second.numbers[3].status = Some("Cancelled".to_owned());
    assert!(is_listed(&read([page(0..10, 20), second]), 13));
}

#[test]
fn what_was_asked_for_before_a_write_says_nothing_after_it() {
    let mut pages = Pages::default();
    pages.take_in(page(0..10, 20), 4, Instant::now());
    assert!(matches!(pages.say(&e164(3), 4), Say::Record(_)));
    assert!(matches!(pages.say(&e164(3), 5), Say::Nothing));
}
