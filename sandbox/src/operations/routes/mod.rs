//! Message and voice routes: a table of fields each, and the five operations that both have.

mod message;
mod voice;

pub(super) use self::message::MESSAGE;
pub(super) use self::voice::VOICE;

use serde_json::{Map, Value, json};

use super::{Entry, IncomingCall, OperationResult};
use crate::contract::{Field, FieldKind, Format, Input};
use crate::reply::{Refusal, Reply};
use crate::store::routes::{Route, RouteKind};

const METHODS: &[&str] = &["GET", "POST"];
const AUTHENTICATIONS: &[&str] = &["None", "Basic", "Bearer"];
const ACCOUNT: Field = Field::named("AccountId");

/// What a response is to. An update returns what a read does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Create,
    Read,
    List,
}

/// A field of a route: how create and update take it, and what returns it.
struct Column {
    create: Field,
    update: Field,
    views: &'static [View],
}

impl Column {
    const fn new(field: Field) -> Self {
        Self {
            create: field,
            update: field.nullable(),
            views: &[View::Create, View::Read, View::List],
        }
    }

    /// Create cannot do without it, and update takes no null for it.
    const fn required(self) -> Self {
        Self {
            create: self.create.typed(self.create.kind, true),
            update: self.create,
            ..self
        }
    }

    const fn never_null(self) -> Self {
        Self {
            update: self.create,
            ..self
        }
    }

    /// Only an update is held to these words.
    const fn words_in_update(self, words: &'static [&'static str]) -> Self {
        Self {
            update: self.update.words(words),
            ..self
        }
    }

    const fn returned_by(self, views: &'static [View]) -> Self {
        Self { views, ..self }
    }
}

const fn text(name: &'static str) -> Column {
    Column::new(Field::named(name))
}

const fn word(name: &'static str, words: &'static [&'static str]) -> Column {
    Column::new(Field::named(name).words(words))
}

const fn uri(name: &'static str) -> Column {
    Column::new(Field::named(name).format(Format::Uri))
}

const fn typed(name: &'static str, kind: FieldKind) -> Column {
    Column::new(Field::named(name).typed(kind, false))
}

/// One of the two kinds, as the API spells it.
pub(super) struct RouteTable {
    kind: RouteKind,
    /// What its paths say.
    word: &'static str,
    prefix: &'static str,
    id: &'static str,
    /// The spellings of the id that a read takes.
    read_by: &'static [&'static str],
    /// How a delete spells status and id.
    deleted: [&'static str; 2],
    /// The field that says whether the route is in service.
    enabled: &'static str,
    account_in_update: bool,
    columns: &'static [Column],
    /// Adds what is returned and never set.
    add_constants: fn(&mut Map<String, Value>, View),
}

type Run = fn(&RouteTable, &mut IncomingCall<'_>, &Input) -> OperationResult;

impl RouteTable {
    pub(super) fn entries(&'static self) -> [Entry; 5] {
        let id = Field::named(self.id).typed(FieldKind::Text, true);
        let mut create: Vec<_> = self.columns.iter().map(|column| column.create).collect();
        create.push(ACCOUNT);
        let mut update = vec![id];
        update.extend(self.columns.iter().map(|column| column.update));
        update.extend(self.account_in_update.then_some(ACCOUNT));
        let read = self.read_by.iter().copied().map(Field::named).collect();
        let path = format!("/v1.0/{}/routes", self.word);
        let list = format!("/v1.0/account/{}/routes", self.word);
        [
            self.entry("create", "POST", path.clone(), create, Self::create),
            self.entry("get", "GET", path.clone(), read, Self::read),
            self.entry(
                "update",
                "POST",
                format!("{path}/update"),
                update,
                Self::update,
            ),
            self.entry(
                "delete",
                "POST",
                format!("{path}/delete"),
                vec![id],
                Self::delete,
            ),
            self.entry("list", "GET", list, vec![ACCOUNT], Self::list),
        ]
    }

    fn entry(
        &'static self,
        what: &str,
        method: &'static str,
        path: String,
        fields: Vec<Field>,
        run: Run,
    ) -> Entry {
        Entry {
            name: self.name(what),
            method,
            path,
            closed: false,
            fields,
            run: Box::new(move |call, input| run(self, call, input)),
        }
    }

    fn create(&self, call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
        let account_id = call.route_account(text_of(input, ACCOUNT.name))?;
        let mut fields = self.sent(input);
        let enabled = fields.entry(self.enabled).or_insert(true.into());
        if self.kind == RouteKind::Message && call.world.switches.new_message_route_disabled {
            *enabled = false.into();
        }
        let route = Route {
            id: format!("{}-{}", self.prefix, call.world.ids.uuid()),
            account_key: call.account_key.clone(),
            account_id,
            fields,
        };
        self.record(call, "create", &route.id);
        let created = self.view(&route, View::Create);
        let routes = call.world.store.routes_mut(self.kind);
        routes.insert(route.id.clone(), route);
        Ok(Reply::json(200, &created))
    }

    fn read(&self, call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
        let mut given = self.read_by.iter().filter_map(|name| text_of(input, name));
        let id = given.next();
        let id = id.ok_or_else(|| Refusal::bad(format!("{} is required", self.read_by[0])))?;
        let route = self.own(call, id)?;
        Ok(Reply::json(200, &self.view(route, View::Read)))
    }

    /// Unsent fields stay as they are.
    fn update(&self, call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
        call.route_account(text_of(input, ACCOUNT.name))?;
        let id = text_of(input, self.id).unwrap_or_default();
        let nulls = call.world.switches.null_in_update;
        let route = self.own(call, id)?;
        route.update(self.sent(input), nulls)?;
        let updated = self.view(route, View::Read);
        self.record(call, "update", id);
        Ok(Reply::json(200, &updated))
    }

    /// There is no way back.
    fn delete(&self, call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
        let id = text_of(input, self.id).unwrap_or_default();
        self.own(call, id)?;
        call.check_unused(id)?;
        call.world.store.routes_mut(self.kind).remove(id);
        self.record(call, "delete", id);
        let [status_key, id_key] = self.deleted;
        Ok(Reply::json(
            200,
            &json!({ status_key: "Deleted", id_key: id }),
        ))
    }

    /// All at once, without pages.
    fn list(&self, call: &mut IncomingCall<'_>, input: &Input) -> OperationResult {
        let account_id = call.route_account(text_of(input, ACCOUNT.name))?;
        let routes = call.world.store.routes(self.kind).values();
        let routes: Vec<Value> = routes
            .filter(|route| route.account_key == call.account_key && route.account_id == account_id)
            .map(|route| self.view(route, View::List))
            .collect();
        Ok(Reply::json(
            200,
            &json!({ "AccountID": account_id, "TotalRoutes": routes.len(), "Results": routes }),
        ))
    }

    fn name(&self, what: &str) -> String {
        format!("{} route {what}", self.word)
    }

    fn record(&self, call: &mut IncomingCall<'_>, what: &str, id: &str) {
        call.world.ledger.change(call.request, &self.name(what), id);
    }

    /// The route's own fields of a request.
    fn sent(&self, input: &Input) -> Map<String, Value> {
        let sent = input.iter().filter(|(name, _)| {
            let mut columns = self.columns.iter();
            columns.any(|column| column.create.name == *name)
        });
        sent.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn own<'a>(&self, call: &'a mut IncomingCall<'_>, id: &str) -> Result<&'a mut Route, Refusal> {
        let owner = &call.account_key;
        let route = call.world.store.routes_mut(self.kind).get_mut(id);
        route
            .filter(|route| route.account_key == *owner)
            .ok_or_else(|| Refusal::not_found("Route"))
    }

    /// A route as responses show it; lists spell the account's key another way.
    fn view(&self, route: &Route, view: View) -> Value {
        let account = match view {
            View::List => "AccountID",
            View::Create | View::Read => "AccountId",
        };
        let mut shown = Map::new();
        shown.insert(self.id.into(), json!(route.id));
        shown.insert(account.into(), json!(route.account_id));
        let columns = self.columns.iter();
        for column in columns.filter(|column| column.views.contains(&view)) {
            let name = column.create.name;
            shown.insert(name.into(), route.field(name));
        }
        (self.add_constants)(&mut shown, view);
        Value::Object(shown)
    }
}

fn text_of<'a>(input: &'a Input, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}
