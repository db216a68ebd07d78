//! The calls, as a server sees them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::error::{ErrorResponse, Problem};
use super::super::testing::{
    Does, KEY, Log, SECRET, ScriptedServer, TOKENS, VirtualClock, context, limited, ok, seconds,
    status,
};
use super::super::{
    AccountId, E164, Error, Iccid, Lookup, NumberRecord, Secret, StatusChange, UpdateRequest,
};
use super::{Client, Credentials};
use crate::context::Clock;

const DETAILS: &str = "/v1.0/numbers";
const INVENTORY: &str = "/v1.0/numbers/inventory";
const UPDATE: &str = "/v1.0/numbers/update";
const STATUS: &str = "/v1.0/numbers/status";
const RECORD: &str =
    r#"{"Number": "18016025346", "Iccid": "8901240397190195850F", "Status": "Active"}"#;

fn number() -> E164 {
    E164::parse("+18016025346").expect("valid")
}

async fn look_up(client: &Client, clock: &VirtualClock) -> Result<Option<NumberRecord>, Error> {
    client
        .details(&Lookup::Number(number()), &context(clock))
        .await
}

/// Looks a number up at a server that responds to the two spellings as given.
async fn spelled(
    by_number: (u16, &'static str),
    by_phone_number: (u16, &'static str),
) -> Result<Option<NumberRecord>, Error> {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, move |seen| {
        let (code, body) = if seen.query.starts_with("Number=") {
            by_number
        } else {
            by_phone_number
        };
        status(code, body)
    })
    .await;
    look_up(&server.client(&clock), &clock).await
}

#[tokio::test]
async fn a_number_is_looked_up_percent_encoded_and_by_one_name_once_known() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |seen| {
        if seen.nth == 0 {
            ok(RECORD)
        } else {
            status(404, "")
        }
    })
    .await;
    let client = server.client(&clock);
    let record = look_up(&client, &clock)
        .await
        .expect("answered")
        .expect("found");
    assert_eq!(record.number, Some(number()));
    assert_eq!(look_up(&client, &clock).await.expect("answered"), None);
    let seen = server.seen_at(DETAILS);
    assert_eq!(seen.len(), 2, "the other name is not tried any more");
    assert_eq!(
        (seen[0].method.as_str(), seen[0].query.as_str()),
        ("GET", "Number=%2B18016025346")
    );
}

#[tokio::test]
async fn the_other_name_is_tried_and_remembered() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |seen| {
        match seen.query.starts_with("PhoneNumber=") {
            true => ok(RECORD),
            false => status(400, ""),
        }
    })
    .await;
    let client = server.client(&clock);
    for _ in 0..2 {
        assert!(look_up(&client, &clock).await.expect("answered").is_some());
    }
    let queries: Vec<_> = server
        .seen_at(DETAILS)
        .into_iter()
        .map(|seen| seen.query)
        .collect();
    let other = "PhoneNumber=%2B18016025346";
    assert_eq!(queries, ["Number=%2B18016025346", other, other]);
}

#[tokio::test]
async fn only_a_clear_no_means_gone() {
    const OTHER: &str = r#"{"Number": "+12025550143"}"#;
    const UNNAMED: &str = r#"{"Number": null, "Status": "Active"}"#;
    for (by_number, by_phone_number) in [
        ((404, ""), (404, "")),
        ((404, ""), (400, "")),
        ((400, ""), (404, "")),
    ] {
        let response = spelled(by_number, by_phone_number).await;
        assert_eq!(
            response.expect("answered"),
            None,
            "{by_number:?} {by_phone_number:?}"
        );
    }
    for (by_number, by_phone_number) in [
        ((200, RECORD), (404, "")),
        ((404, ""), (200, RECORD)),
        ((200, OTHER), (200, RECORD)),
        ((200, UNNAMED), (404, "")),
    ] {
        let response = spelled(by_number, by_phone_number).await.expect("answered");
        assert_eq!(response.expect("found").number, Some(number()));
    }
    for (by_number, by_phone_number) in [
        ((200, OTHER), (200, OTHER)),
        ((200, OTHER), (404, "")),
        ((404, ""), (200, OTHER)),
        ((400, ""), (200, OTHER)),
    ] {
        let error = spelled(by_number, by_phone_number)
            .await
            .expect_err("says nothing");
        assert!(
            matches!(
                error.problem(),
                Problem::AnotherSubject { .. }
                    | Problem::Refused(ErrorResponse { status: 400, .. })
            ),
            "{error:?}"
        );
    }
    let error = spelled((400, "no"), (400, "no"))
        .await
        .expect_err("refused");
    assert_eq!(error.status(), Some(400));
}

#[tokio::test]
async fn a_sim_is_looked_up_by_its_digits() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |seen| match seen.nth {
        0 => ok(RECORD),
        1 => ok(r#"{"Number": "+12025550143", "Iccid": "8901240000000000019"}"#),
        _ => status(404, ""),
    })
    .await;
    let client = server.client(&clock);
    let lookup = Lookup::Sim(Iccid::parse("8901240397190195850F").expect("valid"));
    let found = client
        .details(&lookup, &context(&clock))
        .await
        .expect("answered");
    assert_eq!(found.expect("found").number, Some(number()));
    assert_eq!(
        server.seen_at(DETAILS)[0].query,
        "ICCID=8901240397190195850"
    );
    let error = client
        .details(&lookup, &context(&clock))
        .await
        .expect_err("another SIM");
    assert!(
        matches!(error.problem(), Problem::AnotherSubject { .. }),
        "{error:?}"
    );
    assert_eq!(
        client
            .details(&lookup, &context(&clock))
            .await
            .expect("answered"),
        None
    );
}

#[tokio::test]
async fn the_inventory_is_walked_to_its_end_and_no_further() {
    let page = |total: &str, numbers: &[u32]| {
        let numbers: Vec<_> = numbers
            .iter()
            .map(|n| json!({"Number": format!("+1202555{n:04}")}))
            .collect();
        let numbers = json!(numbers).to_string();
        format!(r#"{{"AccountId": "AID-1", {total} "PhoneNumbers": {numbers}}}"#)
    };
    // What the pages hold; then how many numbers are found, whether they are all, and in how
    // many requests.
    let total = r#""TotalResults": 3,"#;
    let cases = [
        (vec![page(total, &[1, 2]), page(total, &[3])], 3, true, 2),
        (
            vec![page("", &[1, 2]), page("", &[3]), page("", &[])],
            3,
            true,
            3,
        ),
        (
            vec![page(total, &[1, 2]), page(total, &[1, 2])],
            2,
            false,
            2,
        ),
        (vec![page(total, &[1, 2]), page(total, &[])], 2, false, 2),
        (
            vec![
                page("", &[1]),
                page("", &[2]),
                page("", &[3]),
                page("", &[4]),
            ],
            3,
            false,
            3,
        ),
        (
            vec![
                page(total, &[1, 2]).replace("AID-1", "AID-2"),
                page(total, &[3]),
            ],
            3,
            false,
            2,
        ),
        (vec![page(r#""TotalResults": 0,"#, &[])], 0, true, 1),
    ];
    for (pages, found, is_complete, requests) in cases {
        let clock = VirtualClock::new();
        let server = ScriptedServer::start(&clock, move |seen| ok(&pages[seen.nth])).await;
        let inventory = server
            .client(&clock)
            .inventory(3, &context(&clock))
            .await
            .expect("read");
        assert_eq!(
            (inventory.numbers.len(), inventory.is_complete),
            (found, is_complete)
        );
        assert_eq!(server.seen_at(INVENTORY).len(), requests);
    }
}

#[tokio::test]
async fn reads_are_repeated_while_that_may_help() {
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::start(&clock, |seen| match seen.nth {
        0 => status(500, ""),
        1 => Does::Close,
        2 => ok("<html>"),
        3 => limited("1"),
        _ => ok(r#"{"AccountId": "AID-1", "TotalResults": 0, "PhoneNumbers": []}"#),
    })
    .await;
    let page = server
        .client(&clock)
        .inventory_page(3, &context(&clock))
        .await
        .expect("answered");
    assert_eq!(page.account_id, AccountId::parse("AID-1").ok());
    let seen = server.seen_at(INVENTORY);
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0].query, "PageNumber=3&Filter=All");

    let server = ScriptedServer::start(&clock, |_| status(503, r#"{"Message": "down"}"#)).await;
    let error = server
        .client(&clock)
        .inventory_page(1, &context(&clock))
        .await
        .expect_err("down");
    assert!(
        error.status() == Some(503) && error.is_transient(),
        "{error:?}"
    );
    assert_eq!(server.seen_at(INVENTORY).len(), 5);

    for code in [302, 400, 404, 405, 418] {
        let headers = || vec![("Location", "/elsewhere".to_owned())];
        let server =
            ScriptedServer::start(&clock, move |_| Does::FromResponse(code, headers(), vec![]))
                .await;
        let error = server
            .client(&clock)
            .inventory_page(1, &context(&clock))
            .await
            .expect_err("final");
        assert_eq!(error.status(), Some(code));
        assert_eq!(server.seen_at(INVENTORY).len(), 1, "{code}");
        assert_eq!(error.is_not_found(), code == 404);
    }
}

#[tokio::test]
async fn an_update_is_repeated_and_a_change_of_status_is_not() {
    let clock = VirtualClock::rushing();
    let response =
        r#"{"Number": "+18016025346", "OrderId": "JNUOID-1", "OrderStatus": "Complete"}"#;
    let server = ScriptedServer::start(&clock, move |seen| {
        if seen.nth == 0 {
            Does::Close
        } else {
            ok(response)
        }
    })
    .await;
    let client = server.client(&clock);
    let update = UpdateRequest {
        voice_enabled: Some(true),
        ..UpdateRequest::new(number())
    };
    client
        .update(&update, &context(&clock))
        .await
        .expect("updated");
    assert_eq!(server.seen_at(UPDATE).len(), 2);

    let error = client
        .change_status(&StatusChange::Cancel, &[number()], &context(&clock))
        .await
        .expect_err("unconfirmed");
    assert!(error.is_unconfirmed() && !error.is_transient(), "{error:?}");
    assert_eq!(server.seen_at(STATUS).len(), 1);
    let error = client
        .reactivate(&number(), None, &context(&clock))
        .await
        .expect_err("unconfirmed");
    assert!(error.is_unconfirmed(), "{error:?}");
    let back = AccountId::parse("AID-1").expect("valid");
    client
        .reactivate(&number(), Some(&back), &context(&clock))
        .await
        .expect("back");
    let sent: Value =
        serde_json::from_str(&server.seen_at("/v1.0/numbers/reactivate")[1].body).expect("JSON");
    assert_eq!(
        sent,
        json!({"PhoneNumber": "+18016025346", "AccountId": "AID-1"})
    );
}

#[tokio::test]
async fn a_change_of_status_takes_effect_on_a_day_that_has_come_everywhere() {
    // 04:00 UTC on the 23rd is still the 22nd at UTC-12; at 13:00 it is the 23rd there as well.
    for (later, refusal, dates) in [
        (0, None, vec!["11/22/2026"]),
        (9 * 3600, None, vec!["11/23/2026"]),
        (
            0,
            Some("EffectiveDate is in the past"),
            vec!["11/22/2026", "11/23/2026"],
        ),
        (
            9 * 3600,
            Some("EffectiveDate is in the past"),
            vec!["11/23/2026"],
        ),
        (0, Some("no such number"), vec!["11/22/2026"]),
    ] {
        let clock = VirtualClock::new();
        clock.advance(seconds(later));
        let server = ScriptedServer::start(&clock, move |seen| match refusal {
            Some(message) if seen.nth == 0 => status(400, &json!({"Message": message}).to_string()),
            _ => ok(r#"{"OrderId": "JNUOID-1", "OrderStatus": "Complete"}"#),
        })
        .await;
        let client = server.client(&clock);
        let result = client
            .change_status(&StatusChange::Park, &[number()], &context(&clock))
            .await;
        assert_eq!(result.is_ok(), refusal.is_none() || dates.len() == 2);
        let sent: Vec<Value> = server
            .seen_at(STATUS)
            .iter()
            .map(|seen| {
                serde_json::from_str::<Value>(&seen.body).expect("JSON")["EffectiveDate"].clone()
            })
            .collect();
        assert_eq!(sent, dates);
    }
}

#[tokio::test]
async fn a_fingerprint_is_the_same_for_a_key_and_its_tokens() {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::new());
    let settings = ScriptedServer::start(&VirtualClock::new(), |_| Does::Close)
        .await
        .settings();
    let of = |credentials| {
        let settings = super::Settings {
            credentials,
            ..settings.clone()
        };
        Client::new(settings, clock.clone())
            .fingerprint()
            .as_str()
            .to_owned()
    };
    let key = |key: &str| Credentials::KeyAndSecret {
        account_key: key.to_owned(),
        account_secret: Secret::new(SECRET),
    };
    use base64::Engine;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(format!(r#"{{"nameid": "{KEY}"}}"#));
    let own = of(key(KEY));
    assert_eq!(own.len(), 16);
    assert_eq!(
        own,
        of(Credentials::Token(Secret::new(format!("e30.{claims}.x"))))
    );
    assert_ne!(own, of(key("DID-other")));
    assert_ne!(own, of(Credentials::Token(Secret::new("opaque"))));
}

#[tokio::test]
async fn no_secret_is_shown_anywhere() {
    let log = Log::begin();
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::bare(&clock, |seen| match (seen.path.as_str(), seen.nth) {
        (TOKENS, _) => ok(r#"{"token": "canary-token", "successful": true}"#),
        (DETAILS, 0) => ok(r#"{"Number": "+18016025346", "PortOutPin": "canary-pin", "QrActivationLink": "canary-link"}"#),
        (DETAILS, _) => status(400, &format!(r#"{{"Message": "{SECRET} canary-token {KEY}"}}"#)),
        _ => status(500, &format!("oops canary-token {SECRET}")),
    })
    .await;
    let client = server.client(&clock);
    let mut shown = format!("{client:?} {:?}", server.settings());
    let record = look_up(&client, &clock).await;
    assert_eq!(
        record
            .as_ref()
            .expect("answered")
            .as_ref()
            .and_then(|r| r.qr_code.clone()),
        Some(Secret::new("canary-link"))
    );
    shown.push_str(&format!("{record:?}"));
    let refused = look_up(&client, &clock).await.expect_err("refused");
    shown.push_str(&format!("{refused} {refused:?}"));
    let failed = client
        .inventory_page(1, &context(&clock))
        .await
        .expect_err("failed");
    shown.push_str(&format!("{failed} {failed:?}"));
    assert!(
        shown.contains("*** *** ***") && shown.contains("oops *** ***"),
        "{shown}"
    );

    let log = log.text();
    assert!(!shown.contains("canary"), "{shown}");
    assert!(!log.contains("canary"), "{log}");
    assert!(!log.contains("8016025346"), "no query values: {log}");
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("API request"))
        .collect();
    assert_eq!(
        lines.len(),
        server.seen().len(),
        "one line for each request: {log}"
    );
    let details = lines
        .iter()
        .find(|line| line.contains("path=\"/v1.0/numbers\""))
        .expect("a line");
    assert!(
        details.contains("joonto:") && details.contains("method=GET"),
        "{details}"
    );
    assert!(
        details.contains("status=200") && details.contains("milliseconds="),
        "{details}"
    );
}
