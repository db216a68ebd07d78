//! Where numbers are available: areas with stock, not numbers, and nothing is reserved.

use std::collections::HashSet;

use serde::Serialize;

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::operation;
use super::session::ApiCall;
use super::types::MessageType;
use crate::context::Context;

/// How many pages are read at most. A page has 10,000 areas, and the country fewer zip codes
/// than five of them.
const MAX_PAGES: u32 = 10;

/// What is looked for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AvailabilityRequest {
    /// `mobile`: not the vocabulary of purchases.
    pub number_type: String,
    /// Who is to talk to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<MessageType>,
    /// Whether the number is to send and receive messages.
    pub message_enabled: bool,
    /// Whether it is to make and take calls.
    pub voice_enabled: bool,
    /// Where, by three digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_code: Option<String>,
    /// Where, by five digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip_code: Option<String>,
}

/// The request for one page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PageRequest<'a> {
    #[serde(flatten)]
    request: &'a AvailabilityRequest,
    page_number: u32,
}

/// An area with available numbers.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Area {
    /// Its area code.
    pub area_code: Option<String>,
    /// Its zip code.
    pub zip_code: Option<String>,
    /// Who provides the numbers.
    pub gateway_provider: Option<String>,
}

/// The areas with available numbers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Availability {
    /// The areas, each once, in the order of their area codes and zip codes.
    pub areas: Vec<Area>,
}

/// One page of them.
#[derive(Debug)]
pub(super) struct Page {
    total: Option<usize>,
    areas: Vec<Area>,
}

impl FromResponse for Page {
    fn read(body: &Json) -> Option<Self> {
        let fields = LenientObject::of_response(body, &["AvailableNumberAreas", "ResultsTotal"])?;
        let areas = fields.list("AvailableNumberAreas").unwrap_or_default();
        let areas = areas.iter().filter_map(LenientObject::of).map(|area| Area {
            area_code: area.text("AreaCode"),
            zip_code: area.text("Zipcode"),
            gateway_provider: area.text("NGP"),
        });
        Some(Self {
            total: fields
                .count("ResultsTotal")
                .and_then(|total| usize::try_from(total).ok()),
            areas: areas.collect(),
        })
    }
}

impl Client {
    /// Asks where numbers are available.
    ///
    /// # Errors
    ///
    /// When not all could be read.
    pub async fn availability(
        &self,
        request: &AvailabilityRequest,
        context: &Context,
    ) -> Result<Availability, Error> {
        let mut seen = HashSet::new();
        let (mut count, mut total) = (0, 0);
        for page_number in 1..=MAX_PAGES {
            let request = PageRequest {
                request,
                page_number,
            };
            let call = ApiCall::post(&operation::AVAILABILITY, &request)?;
            let page: Page = self.call(&call, context).await?;
            let came = page.areas.len();
            total = page.total.unwrap_or_default();
            let before = seen.len();
            seen.extend(page.areas);
            // A server that ignores the page number would go on for ever.
            if seen.len() == before {
                break;
            }
            count += came;
            if count >= total {
                break;
            }
        }
        Error::check_whole(&operation::AVAILABILITY, count, total)?;
        let mut areas: Vec<Area> = seen.into_iter().collect();
        areas.sort();
        Ok(Availability { areas })
    }
}
