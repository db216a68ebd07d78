//! The inventory, from an API that promises little about its pages.

use std::collections::HashSet;

use super::client::Client;
use super::error::Error;
use super::ids::AccountId;
use super::lenient_json::{Answer, Fields, Json};
use super::number::NumberRecord;
use super::operation;
use super::session::Call;
use crate::wait::Waits;

/// One page of the inventory.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InventoryPage {
    /// The account whose numbers these are.
    pub account_id: Option<AccountId>,
    /// How many numbers there are on all pages together.
    pub total_results: Option<u64>,
    /// Which page this is.
    pub page_number: Option<u64>,
    /// The numbers. A record that could not be read is here too, with nothing told.
    pub numbers: Vec<NumberRecord>,
}

impl Answer for InventoryPage {
    fn read(body: &Json) -> Option<Self> {
        let fields = Fields::of_answer(body, &["PhoneNumbers", "TotalResults", "PageNumber"])?;
        let numbers = match fields.list("PhoneNumbers") {
            Some(list) => list
                .iter()
                .map(|item| Fields::of(item).map(NumberRecord::of).unwrap_or_default())
                .collect(),
            // Without a list this says nothing about the numbers, unless it says there are none.
            None if fields.named("PhoneNumbers").any(|json| *json == Json::Null) => Vec::new(),
            None => return None,
        };
        Some(Self {
            account_id: fields.account_id(),
            total_results: fields.count("TotalResults"),
            page_number: fields.count("PageNumber"),
            numbers,
        })
    }
}

/// The numbers of an account, as far as its inventory was read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Inventory {
    /// The account whose numbers these are, if the inventory tells.
    pub account_id: Option<AccountId>,
    /// The numbers, each once. A record that could not be read is here too, with nothing told.
    pub numbers: Vec<NumberRecord>,
    /// How many numbers there are, if the inventory tells.
    pub total: Option<u64>,
    /// How many pages were read.
    pub pages: u32,
    /// Whether these are all, as far as the inventory itself can tell. That a number is missing
    /// never proves it gone, even so.
    pub is_complete: bool,
}

impl Client {
    /// Reads one page of the inventory; the first is 1.
    ///
    /// # Errors
    ///
    /// When it could not be read.
    pub async fn inventory_page(&self, page: u32, waits: &Waits) -> Result<InventoryPage, Error> {
        let query = vec![
            ("PageNumber", page.to_string()),
            ("Filter", "All".to_owned()),
        ];
        self.call(&Call::get(&operation::INVENTORY, query), waits)
            .await
    }

    /// Reads the inventory, at most `max_pages` of it.
    ///
    /// Ends with the page that brings the count to the total told, with an empty page, or with a
    /// page that brings nothing new: a server that ignores the page number would go on for ever.
    ///
    /// # Errors
    ///
    /// When a page could not be read.
    pub async fn inventory(&self, max_pages: u32, waits: &Waits) -> Result<Inventory, Error> {
        let mut inventory = Inventory::default();
        let mut seen = HashSet::new();
        let mut agree = true;
        for number in 1..=max_pages {
            let page = self.inventory_page(number, waits).await?;
            // A number that came or went between two pages shifts all behind it.
            agree &= page
                .page_number
                .is_none_or(|told| told == u64::from(number));
            if number == 1 {
                inventory.account_id = page.account_id;
            } else {
                agree &= page.account_id == inventory.account_id;
                agree &= page.total_results == inventory.total;
            }
            inventory.total = page.total_results;
            inventory.pages = number;
            let is_empty = page.numbers.is_empty();
            let mut brings_new = false;
            for record in page.numbers {
                let is_new = match &record.number {
                    Some(number) => seen.insert(number.clone()),
                    None => true,
                };
                if is_new {
                    brings_new |= record.number.is_some();
                    inventory.numbers.push(record);
                }
            }
            let count = u64::try_from(inventory.numbers.len()).unwrap_or(u64::MAX);
            let (is_last, is_all) = match page.total_results {
                Some(total) => (count >= total, count == total),
                None => (is_empty, is_empty),
            };
            if is_last || !brings_new {
                inventory.is_complete = is_all && agree;
                break;
            }
        }
        Ok(inventory)
    }
}
