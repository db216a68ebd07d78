//! Reading the whole inventory, from an API that promises little about its pages.

use std::collections::HashSet;

use super::answers::NumberRecord;
use super::client::Client;
use super::error::Error;
use super::ids::AccountId;
use crate::wait::Waits;

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
