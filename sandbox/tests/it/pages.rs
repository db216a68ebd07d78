//! An inventory that changes between its pages, or tells too little.

use joonto_sandbox::{Options, PageShift, Sandbox};

use crate::client::*;

async fn fleet(count: usize, page_size: usize) -> (Sandbox, Client) {
    started(Options {
        fleet: count,
        page_size,
        ..Options::default()
    })
    .await
}

/// The numbers of the first `pages` pages, and each page's total.
async fn read(client: &Client, pages: usize) -> (Vec<String>, Vec<u64>) {
    let (mut numbers, mut totals) = (Vec::new(), Vec::new());
    for page in 1..=pages {
        let page = page.to_string();
        let (_, response) = client.get(INVENTORY, &[("PageNumber", &page)]).await;
        totals.push(response["TotalResults"].as_u64().unwrap());
        let items = response["PhoneNumbers"].as_array().unwrap().iter();
        numbers.extend(items.map(|item| item["Number"].as_str().unwrap().to_owned()));
    }
    (numbers, totals)
}

#[tokio::test]
async fn a_number_is_purged_between_two_pages() {
    let (sandbox, client) = fleet(33, 8).await;
    let before = sandbox.ledger().owned(client.key());
    sandbox.switch(|switches| switches.page_shift = Some(PageShift::purge_before(3)));
    let (seen, totals) = read(&client, 5).await;
    assert_eq!(totals, [33, 33, 32, 32, 32]);
    let missed: Vec<_> = before.iter().filter(|n| !seen.contains(n)).collect();
    assert_eq!(missed, [&before[16]], "it moved to a page already read");
    assert_eq!(sandbox.ledger().changes_of("purge")[0].subject, before[0]);
    let (seen, totals) = read(&client, 4).await;
    assert_eq!((seen, totals), (before[1..].to_vec(), vec![32; 4]), "once");
}

#[tokio::test]
async fn a_purchase_keeps_the_total() {
    let (sandbox, client) = fleet(9, 3).await;
    let before = sandbox.ledger().owned(client.key());
    let shift = PageShift::purge_before(2).and_buy();
    sandbox.switch(|switches| switches.page_shift = Some(shift));
    let (seen, totals) = read(&client, 3).await;
    assert_eq!(totals, [9, 9, 9]);
    assert!(!seen.contains(&before[3]));
    let new = sandbox.ledger().purchases()[0].number.clone();
    assert_eq!(seen.last(), Some(&new));
    sandbox.switch(|switches| switches.page_shift = Some(shift.always()));
    read(&client, 3).await;
    read(&client, 3).await;
    assert_eq!(sandbox.ledger().changes_of("purge").len(), 3);
}

#[tokio::test]
async fn a_total_that_counts_the_page() {
    let (sandbox, client) = fleet(20, 6).await;
    sandbox.switch(|switches| switches.total_counts_page = true);
    assert_eq!(read(&client, 4).await.1, [6, 6, 6, 2]);
}

#[tokio::test]
async fn numbers_of_another_account_are_not_listed() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let own = client.buy_number().await;
    let branch = "AID-1f3a5c7e-9b0d-4e2f-8a4c-6e8f0a2b4c6d";
    sandbox.edit(&number, |number| number.account_id = branch.into());
    sandbox.switch(|switches| switches.inventory_of_one_account = true);
    assert_eq!(read(&client, 1).await.0, [own]);
    assert_eq!(client.details(&number).await.0, 200);
}

#[tokio::test]
async fn numbers_are_hidden_one_by_one() {
    let (sandbox, client) = fresh().await;
    let sim = "8901240397190195850";
    let (_, bought) = client.post(PROVISION, with(ordinary(), "ICCID", sim)).await;
    let hidden = bought["PhoneNumberAssigned"].as_str().unwrap();
    let shown = client.buy_number().await;
    sandbox.hide(hidden, true);
    assert_envelope(&client.details(hidden).await, 404);
    assert_envelope(&client.get(DETAILS, &[("ICCID", sim)]).await, 404);
    assert_eq!(read(&client, 1).await.0, [shown.as_str()]);
    assert_eq!(client.details(&shown).await.0, 200);
    assert_eq!(client.change("park", hidden, "01/01/2020").await.0, 200);
    assert_eq!(sandbox.ledger().owned(client.key()).len(), 2);
    sandbox.hide(hidden, false);
    assert_eq!(client.details(hidden).await.1["Status"], "Parked");
    assert_eq!(client.get(DETAILS, &[("ICCID", sim)]).await.0, 200);
    assert_eq!(read(&client, 1).await.0, [hidden, shown.as_str()]);
}

#[tokio::test]
async fn purchase_dates_are_returned_or_not() {
    let (sandbox, client) = fresh().await;
    let number = client.buy_number().await;
    let dates = async || {
        let (_, listed) = client.get(INVENTORY, &[]).await;
        let (_, details) = client.details(&number).await;
        let key = "OriginalDatePurchased";
        let listed = listed["PhoneNumbers"][0][key].clone();
        (details[key].clone(), listed)
    };
    let (details, listed) = dates().await;
    assert!(details.is_null() && listed.is_string());
    sandbox.switch(|switches| switches.details_tell_date = true);
    let month = time::Duration::days(30);
    sandbox.edit(&number, |number| number.bought -= month);
    let (details, older) = dates().await;
    assert_eq!(details, older);
    assert_ne!(older, listed);
    sandbox.edit(&number, |number| number.undated = true);
    let (details, listed) = dates().await;
    assert!(details.is_null() && listed.is_null());
}
