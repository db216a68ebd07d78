//! What the tests here run against: the real client over a scripted transport without a network,
//! on a clock that moves on when everyone sleeps.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use super::super::base_url::BaseUrl;
use super::super::client::{Client, Credentials, Settings};
use super::super::inventory::InventoryPage;
use super::super::lenient_json::Field;
use super::super::number::NumberRecord;
use super::super::secret::Secret;
use super::super::status::{StatusOutcome, StatusResponse};
use super::super::testing::VirtualClock;
use super::super::transport::{HttpRequest, HttpResponse, SendError, Transport};
use super::super::types::{AccountId, E164, OrderId};
use super::InventoryCache;
use crate::context::{BoxFuture, Canceller, Clock, Context};

/// How long each request takes.
pub(super) const TRIP: Duration = Duration::from_millis(100);

pub(in crate::joonto) fn e164(n: u32) -> E164 {
    E164::parse(&format!("+1201{:07}", 5_550_000 + n)).expect("valid")
}

pub(in crate::joonto) fn record(n: u32) -> NumberRecord {
    NumberRecord {
        number: Some(e164(n)),
        status: Some("Active".to_owned()),
        ..NumberRecord::default()
    }
}

pub(in crate::joonto) fn page(numbers: Range<u32>, total: u64) -> InventoryPage {
    InventoryPage {
        account_id: AccountId::parse("AID-1").ok(),
        total_results: Some(total),
        page_number: None,
        numbers: numbers.map(record).collect(),
    }
}

/// What a request was for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    Details(E164),
    Page(u32),
    Status(String, Vec<E164>),
}

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fails {
    /// It is answered with this status.
    With(u16),
    /// No response comes back.
    Silently,
}

/// Spoils a response, or makes the request fail.
pub(super) type Fault<T> = Box<dyn FnMut(&Asked, &mut T) -> Option<Fails> + Send>;

/// The account behind the API.
pub(super) struct Account {
    /// In the order of the inventory, each with its record as of now.
    pub(super) records: Vec<NumberRecord>,
    pub(super) per_page: usize,
    /// Those that the inventory does not list.
    pub(super) unlisted: BTreeSet<E164>,
    /// What is wrong with responses from the inventory.
    pub(super) page_fault: Fault<InventoryPage>,
    pub(super) details_fault: Fault<Option<NumberRecord>>,
    pub(super) status_fault: Fault<StatusResponse>,
    pub(super) asked: Vec<Asked>,
    /// How often the status of each number was changed.
    pub(super) changes: BTreeMap<E164, u32>,
}

/// An API that does as its account says.
pub(super) struct Script {
    pub(super) account: Mutex<Account>,
    pub(super) clock: VirtualClock,
}

impl Script {
    /// An account of `total` numbers.
    pub(super) fn new(total: u32, per_page: usize) -> Arc<Self> {
        Arc::new(Self {
            account: Mutex::new(Account {
                records: (0..total).map(record).collect(),
                per_page,
                unlisted: BTreeSet::new(),
                page_fault: Box::new(|_, _| None),
                details_fault: Box::new(|_, _| None),
                status_fault: Box::new(|_, _| None),
                asked: Vec::new(),
                changes: BTreeMap::new(),
            }),
            clock: VirtualClock::idle(),
        })
    }

    /// The real client over this script. Its token is good for every endpoint.
    pub(super) fn client(self: &Arc<Self>) -> Client {
        let settings = Settings {
            base_url: BaseUrl::parse("http://127.0.0.1:1", false).expect("loopback"),
            credentials: Credentials::Token(Secret::new("token")),
            max_requests_per_minute: 0,
            max_retries: 0,
            user_agent: "joonto-test/1".to_owned(),
            proxy: None,
        };
        let transport = Box::new(Scripted(Arc::clone(self)));
        Client::over(transport, settings, Arc::new(self.clock.clone()))
    }

    pub(super) fn cache(self: &Arc<Self>) -> InventoryCache {
        InventoryCache::new(&self.client(), false)
    }

    pub(super) fn context(&self) -> Context {
        Context::new(Arc::new(self.clock.clone()), Canceller::new().signal())
    }

    pub(super) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().expect("account")
    }

    /// Requests for details, pages and changes of status.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let account = self.account();
        let count = |is: fn(&&Asked) -> bool| account.asked.iter().filter(is).count();
        (
            count(|asked| matches!(asked, Asked::Details(_))),
            count(|asked| matches!(asked, Asked::Page(_))),
            count(|asked| matches!(asked, Asked::Status(..))),
        )
    }

    /// All reads, and the token each kind of them needs.
    pub(super) fn cost_of_reads(&self) -> usize {
        let (details, pages, _) = self.counts();
        details + pages + usize::from(details > 0) + usize::from(pages > 0)
    }

    /// Takes the request down; responds half-way there and back.
    async fn respond(&self, message: &HttpRequest<'_>) -> Result<Vec<u8>, Fails> {
        let query: HashMap<_, _> = message.url.query_pairs().into_owned().collect();
        let asked = match message.url.path() {
            "/v1.0/numbers/inventory" => Asked::Page(query["PageNumber"].parse().expect("a page")),
            "/v1.0/numbers/status" => asked_status(message.body.as_deref().expect("a body")),
            "/v1.0/numbers" => {
                let number = query.get("Number").or(query.get("PhoneNumber"));
                Asked::Details(E164::parse(number.expect("a number")).expect("valid"))
            }
            other => panic!("nothing asks for {other}"),
        };
        // The second name of a number that was not found under the first is no new request.
        if !query.contains_key("PhoneNumber") {
            self.account().asked.push(asked.clone());
        }
        self.clock.sleep(TRIP / 2).await;
        let body = self.account().response_to(&asked);
        self.clock.sleep(TRIP / 2).await;
        body
    }
}

fn asked_status(body: &[u8]) -> Asked {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    let numbers = body["PhoneNumbers"].as_array().expect("a list").iter();
    let number = |item: &Value| E164::parse(item["Number"].as_str().expect("a text"));
    Asked::Status(
        body["StatusChange"].as_str().expect("a word").to_owned(),
        numbers.map(|item| number(item).expect("valid")).collect(),
    )
}

/// Carries requests to a script.
struct Scripted(Arc<Script>);

impl Transport for Scripted {
    fn send<'a>(
        &'a self,
        message: HttpRequest<'a>,
    ) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let (status, body) = match self.0.respond(&message).await {
                Ok(body) => (200, body),
                Err(Fails::With(status)) => (status, Vec::new()),
                Err(Fails::Silently) => return Err(SendError::NoResponse("reset".to_owned())),
            };
            Ok(HttpResponse {
                status,
                retry_after: None,
                date: None,
                after: TRIP,
                body: Ok(body),
            })
        })
    }
}

fn json_of(record: &NumberRecord) -> Value {
    let mut json = json!({"Number": record.number, "Status": record.status});
    match &record.message_route_id {
        Field::Absent => {}
        Field::Null => json["MessageRouteId"] = Value::Null,
        Field::Value(id) => json["MessageRouteId"] = json!(id),
    }
    json
}

impl Account {
    fn response_to(&mut self, asked: &Asked) -> Result<Vec<u8>, Fails> {
        let json = match asked {
            Asked::Page(page) => {
                let mut page = self.page(*page);
                (self.page_fault)(asked, &mut page).map_or(Ok(()), Err)?;
                json!({
                    "AccountId": page.account_id,
                    "TotalResults": page.total_results,
                    "PageNumber": page.page_number,
                    "PhoneNumbers": page.numbers.iter().map(json_of).collect::<Vec<_>>(),
                })
            }
            Asked::Details(number) => {
                let mut record = self.find(number).cloned();
                (self.details_fault)(asked, &mut record).map_or(Ok(()), Err)?;
                json_of(&record.ok_or(Fails::With(404))?)
            }
            Asked::Status(change, numbers) => {
                let mut response = self.change_status(change, numbers);
                (self.status_fault)(asked, &mut response).map_or(Ok(()), Err)?;
                let items = response.numbers.iter();
                json!({
                    "OrderId": response.order_id,
                    "OrderStatus": response.order_status,
                    "Numbers": items.map(|item| json!({"Number": item.number})).collect::<Vec<_>>(),
                })
            }
        };
        Ok(json.to_string().into_bytes())
    }

    pub(super) fn find(&mut self, number: &E164) -> Option<&mut NumberRecord> {
        let is_it = |record: &&mut NumberRecord| record.number.as_ref() == Some(number);
        self.records.iter_mut().find(is_it)
    }

    fn page(&self, page: u32) -> InventoryPage {
        let is_listed = |record: &&NumberRecord| {
            !record
                .number
                .as_ref()
                .is_some_and(|number| self.unlisted.contains(number))
        };
        let listed: Vec<_> = self.records.iter().filter(is_listed).collect();
        let skipped = (page as usize - 1) * self.per_page;
        InventoryPage {
            account_id: AccountId::parse("AID-1").ok(),
            total_results: Some(listed.len() as u64),
            page_number: Some(page.into()),
            numbers: listed
                .into_iter()
                .skip(skipped)
                .take(self.per_page)
                .cloned()
                .collect(),
        }
    }

    fn change_status(&mut self, change: &str, numbers: &[E164]) -> StatusResponse {
        let word = match change {
            "cancel" => "Cancelled",
            "park" => "Parked",
            _ => "Active",
        };
        for number in numbers {
            *self.changes.entry(number.clone()).or_default() += 1;
            if let Some(record) = self.find(number) {
                record.status = Some(word.to_owned());
            }
        }
        StatusResponse {
            order_id: OrderId::parse("JNUOID-1").ok(),
            order_status: Some("Complete".to_owned()),
            numbers: numbers
                .iter()
                .map(|number| StatusOutcome {
                    number: Some(number.clone()),
                    ..StatusOutcome::default()
                })
                .collect(),
            ..StatusResponse::default()
        }
    }
}
