//! The inventory, from an API that promises little about its pages.

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::number::NumberRecord;
use super::operation;
use super::session::ApiCall;
use super::types::AccountId;
use crate::context::Context;

/// One page of the inventory.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InventoryPage {
    /// The account whose numbers these are.
    pub account_id: Option<AccountId>,
    /// How many numbers there are on all pages together.
    pub total_results: Option<u64>,
    /// Which page this is.
    pub page_number: Option<u64>,
    /// The numbers. A record that could not be read is here too, without fields.
    pub numbers: Vec<NumberRecord>,
}

impl FromResponse for InventoryPage {
    fn read(body: &Json) -> Option<Self> {
        let fields =
            LenientObject::of_response(body, &["PhoneNumbers", "TotalResults", "PageNumber"])?;
        let items = fields.list_or_null("PhoneNumbers")?.iter();
        let record = |item| LenientObject::of(item).map(NumberRecord::of);
        Some(Self {
            account_id: fields.account_id(),
            total_results: fields.count("TotalResults"),
            page_number: fields.count("PageNumber"),
            numbers: items.map(|item| record(item).unwrap_or_default()).collect(),
        })
    }
}

/// The numbers of an account, as far as its inventory was read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Inventory {
    /// The account whose numbers these are, if the inventory tells.
    pub account_id: Option<AccountId>,
    /// The numbers, each once. A record that could not be read is here too, without fields.
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
    pub async fn inventory_page(
        &self,
        page: u32,
        context: &Context,
    ) -> Result<InventoryPage, Error> {
        let query = vec![
            ("PageNumber", page.to_string()),
            ("Filter", "All".to_owned()),
        ];
        self.call(&ApiCall::get(&operation::INVENTORY, query), context)
            .await
    }
}
