//! Every switch of the sandbox, turned on against the provider: what it says, and what the ledger
//! holds in the end.

mod plays;
mod rows;

use std::collections::BTreeSet;

use joonto_sandbox::{PurchaseState, Switches};
use serde_json::{Map, Value as Json, json};
use tokio::task::JoinSet;

use crate::scene::Scene;

/// How many rows are played at once: they wait more than they work.
const AT_ONCE: usize = 8;

/// A switch, what it is turned on against, and what comes of it.
struct Row {
    /// Its name on the control side.
    switch: &'static str,
    /// Turns it on, and what it needs beside it. Some switches name a number: the one that is there.
    set: fn(&mut Switches, &str),
    /// It is turned on once the number is bought, not before.
    is_late: bool,
    play: Play,
    /// What the number is asked for with, beside what every number needs.
    arguments: Json,
    /// Somebody bought another number a month ago.
    has_neighbour: bool,
    seen: Seen,
}

/// What is done while the switch is on.
#[derive(Clone, Debug)]
enum Play {
    /// A number is bought. A later command reads it and plans, another one destroys it.
    Life,
    /// The same, a day after it was bought.
    Aged,
    /// A number is bought.
    Buy,
    /// Two equal numbers are bought, one after the other.
    Twice,
    /// A number is bought, and its response is lost.
    Lost,
    /// A number is bought when the minute of the request limit is over a second later.
    LastSecond,
    /// A number is bought with a wrong secret.
    WrongSecret,
    /// A number is bought with a token that is good for purchases alone.
    ReadyToken,
    /// A number is bought, changed to these arguments, and destroyed.
    Update(Json),
    /// A number is bought. A later command destroys it and buys another in its place.
    Replace,
    /// A number is bought, and cancelled at the console a day later.
    EndedElsewhere,
    /// The numbers of the account are listed: seven, of which no request bought one.
    List,
    /// The area codes are listed that have numbers.
    Areas,
    /// A message route is made and destroyed.
    Route,
    /// A message route is made, a number is bought on it, and the route is destroyed.
    RouteInUse,
    /// A webhook is made with a token and destroyed. The rest of its life is played by
    /// `tests/acceptance/webhooks.rs`, under each of its switches.
    Webhook,
}

/// What came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Seen {
    /// The codes of the purchase's errors and warnings.
    codes: Vec<String>,
    /// Something after the purchase, or beside it, ended in an error.
    fails: bool,
    /// A plan over what was read had something to do, or a list was not the account's.
    drifts: bool,
    /// How many purchases were sent, how many numbers were sold, and how many were cancelled or parked.
    ledger: (usize, usize, usize),
}

impl Row {
    /// A number lives as if the switch were off, unless the row says otherwise.
    fn new(switch: &'static str, set: fn(&mut Switches, &str)) -> Self {
        Self {
            switch,
            set,
            is_late: false,
            play: Play::Life,
            arguments: json!({}),
            has_neighbour: false,
            seen: Seen {
                codes: Vec::new(),
                fails: false,
                drifts: false,
                ledger: (1, 1, 1),
            },
        }
    }

    fn once_bought(mut self) -> Self {
        self.is_late = true;
        self
    }

    fn play(mut self, play: Play) -> Self {
        self.play = play;
        self
    }

    fn with(mut self, arguments: Json) -> Self {
        self.arguments = arguments;
        self
    }

    fn beside_another(mut self) -> Self {
        self.has_neighbour = true;
        self
    }

    /// The source of other tests turns it on too, against what it is about.
    fn also_in(self, source: &str) -> Self {
        let set = format!("switches.{} = ", self.switch);
        assert!(source.contains(&set), "no test says {set}");
        self
    }

    fn says(mut self, codes: &[&str]) -> Self {
        self.seen.codes = codes.iter().map(|code| (*code).to_owned()).collect();
        self
    }

    fn fails(mut self) -> Self {
        self.seen.fails = true;
        self
    }

    fn drifts(mut self) -> Self {
        self.seen.drifts = true;
        self
    }

    fn ledger(mut self, posts: usize, sold: usize, ended: usize) -> Self {
        self.seen.ledger = (posts, sold, ended);
        self
    }
}

impl Seen {
    /// Notes what the ledger holds.
    fn judge(mut self, scene: &Scene) -> Self {
        let ledger = scene.sandbox.ledger();
        let sold = ledger.orders.iter();
        let sold = sold.filter(|o| o.request != 0 && o.state != PurchaseState::Failed);
        let ended = ledger.changes.iter();
        let ended = ended.filter(|change| ["cancel", "park"].contains(&change.what.as_str()));
        let ended = ended.filter(|change| change.request != 0);
        self.ledger = (scene.purchase_requests(), sold.count(), ended.count());
        ledger.assert_within_contract();
        self
    }
}

fn fields(switches: &Switches) -> Map<String, Json> {
    match serde_json::to_value(switches) {
        Ok(Json::Object(fields)) => fields,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_switch_has_a_row_that_turns_it_on() {
    let off = Switches::default();
    let rows = rows::all();
    let named: BTreeSet<&str> = rows.iter().map(|row| row.switch).collect();
    let off_fields = fields(&off);
    let switches: BTreeSet<&str> = off_fields.keys().map(String::as_str).collect();
    assert_eq!(named, switches);
    for row in rows {
        let mut on = off.clone();
        (row.set)(&mut on, "+18015550100");
        let on = fields(&on);
        assert_ne!(on[row.switch], off_fields[row.switch], "{}", row.switch);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_switch_has_its_result_and_its_ledger() {
    let slots = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    for row in rows::all() {
        let slots = slots.clone();
        playing.spawn(async move {
            let _slot = slots.acquire_owned().await.expect("a slot");
            let name = row.switch;
            let expected = row.seen.clone();
            let seen = tokio::spawn(plays::play(row)).await;
            match seen {
                Ok(seen) if seen == expected => None,
                Ok(seen) => Some(format!("{name}: {seen:?}, not {expected:?}")),
                Err(panic) => Some(format!("{name}: {panic}")),
            }
        });
    }
    let unlike: Vec<String> = playing.join_all().await.into_iter().flatten().collect();
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}
