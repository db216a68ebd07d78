//! The calls about routes, as a server sees them.

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::super::patch::Change;
use super::super::testing::{Does, Server, VirtualClock, ok, status, waits};
use super::*;
use crate::joonto::Told;

const MESSAGE: &str = "/v1.0/message/routes";
const VOICE: &str = "/v1.0/voice/routes";
/// Where voice routes are listed.
const LISTS: &str = "/v1.0/account/voice/routes";

fn id(text: &str) -> RouteId {
    RouteId::parse(text).expect("an id")
}

fn settings() -> MessageRouteSettings {
    MessageRouteSettings {
        route_name: Change::Set("inbound".to_owned()),
        message_password_token: Change::Set(Secret::new("canary")),
        ..MessageRouteSettings::default()
    }
}

#[tokio::test]
async fn a_creation_is_sent_once_unless_it_was_certainly_refused() {
    for (body, posts) in [("", 1), ("{}", 1), (r#"{"RouteName": "inbound"}"#, 1)] {
        let clock = VirtualClock::rushing();
        let server = Server::start(&clock, move |_| ok(body)).await;
        let client = server.client(&clock);
        let made = MessageRoute::create(&client, &settings(), None, &waits(&clock)).await;
        assert!(made.expect_err("no id in it").is_in_doubt(), "{body}");
        assert_eq!(server.seen_at(MESSAGE).len(), posts, "{body}");
    }
    let clock = VirtualClock::rushing();
    let server = Server::start(&clock, |_| Does::Close).await;
    let client = server.client(&clock);
    let made = MessageRoute::create(&client, &settings(), None, &waits(&clock)).await;
    assert!(made.expect_err("no answer").is_in_doubt());
    assert_eq!(server.seen_at(MESSAGE).len(), 1);
}

#[tokio::test]
async fn ids_and_accounts_stand_where_the_wire_wants_them() {
    let clock = VirtualClock::new();
    let server = Server::start(&clock, |seen| match seen.path.as_str() {
        VOICE if seen.method == "POST" => ok(r#"{"CallRouteId": "CRID-1"}"#),
        "/v1.0/voice/routes/update" => ok(r#"{"Status": "Updated"}"#),
        "/v1.0/voice/routes/delete" => ok(r#"{"CallRouteStatus": "Deleted"}"#),
        _ => status(404, ""),
    })
    .await;
    let (client, waits) = (server.client(&clock), waits(&clock));
    let account = AccountId::parse("AID-1").ok();
    let named = VoiceRouteSettings {
        route_name: Change::Set("trunk".to_owned()),
        ..VoiceRouteSettings::default()
    };
    let made = VoiceRoute::create(&client, &named, account.as_ref(), &waits).await;
    assert_eq!(made.expect("made").id, Some(id("CRID-1")));
    // An update whose answer is not the documented one was made all the same.
    let updated = VoiceRoute::update(&client, &id("CRID-1"), &named, &waits).await;
    assert_eq!(updated.expect("updated"), VoiceRoute::default());
    let deleted = VoiceRoute::delete(&client, &id("CRID-1"), &waits).await;
    deleted.expect("deleted");
    let gone = VoiceRoute::get(&client, &id("CRID-1"), &waits).await;
    assert_eq!(gone.expect("answered"), None);

    let bodies = |path: &str| -> Vec<Value> {
        let seen = server.seen_at(path).into_iter();
        seen.filter_map(|seen| serde_json::from_str(&seen.body).ok())
            .collect()
    };
    let made = json!({"AccountId": "AID-1", "RouteName": "trunk"});
    assert_eq!(bodies(VOICE), [made]);
    let updated = json!({"CallRouteId": "CRID-1", "RouteName": "trunk"});
    assert_eq!(bodies("/v1.0/voice/routes/update"), [updated]);
    let deleted = json!({"CallRouteId": "CRID-1"});
    assert_eq!(bodies("/v1.0/voice/routes/delete"), [deleted]);
    assert_eq!(server.seen_at(VOICE)[1].query, "CallRouteID=CRID-1");
}

#[tokio::test]
async fn the_answer_for_another_route_is_none() {
    let clock = VirtualClock::new();
    let server = Server::start(&clock, |_| ok(r#"{"MessageRouteId": "MRID-2"}"#)).await;
    let read = MessageRoute::get(&server.client(&clock), &id("MRID-1"), &waits(&clock)).await;
    assert!(
        matches!(read, Err(Error::AnotherSubject { .. })),
        "{read:?}"
    );
}

#[tokio::test]
async fn switch_and_white_list_of_a_voice_route_come_from_the_list_of_its_account() {
    let clock = VirtualClock::new();
    let server = Server::start(&clock, |seen| match seen.path.as_str() {
        VOICE => ok(
            r#"{"CallRouteId": "CRID-1", "AccountId": "AID-1", "RouteEnabled": false,
            "VoiceUrl": "https://example.com", "IpWhiteList": []}"#,
        ),
        _ => ok(
            r#"{"Results": [{"CallRouteId": "CRID-2"}, null, {"CallRouteId": "CRID-1",
            "RouteEnabled": true, "IpWhitelist": [{"IpAddress": "192.0.2.1"}]}]}"#,
        ),
    })
    .await;
    let read = VoiceRoute::get(&server.client(&clock), &id("CRID-1"), &waits(&clock)).await;
    let route = read.expect("answered").expect("found");
    let addresses = Addresses(["192.0.2.1".to_owned()].into());
    assert_eq!(route.ip_whitelist, Told::Value(addresses));
    assert_eq!(route.enabled, Told::Value(true));
    assert_eq!(
        route.voice_url,
        Told::Value("https://example.com".to_owned())
    );
    let lists = server.seen_at("/v1.0/account/voice/routes");
    assert_eq!(lists[0].query, "AccountId=AID-1");
}

#[tokio::test]
async fn a_list_is_read_once_for_all_until_a_route_is_written() {
    let clock = VirtualClock::new();
    let server = Server::start(&clock, |seen| match seen.path.as_str() {
        VOICE if seen.query.ends_with("CRID-2") => {
            ok(r#"{"CallRouteId": "CRID-2", "AccountId": "AID-1"}"#)
        }
        VOICE => ok(r#"{"CallRouteId": "CRID-1", "AccountId": "AID-1"}"#),
        LISTS if seen.query.ends_with("AID-2") => ok(r#"{"Results": []}"#),
        LISTS => ok(
            r#"{"Results": [{"CallRouteId": "CRID-1", "AccountID": "AID-1"},
            {"CallRouteId": "CRID-2", "AccountID": "AID-1"}]}"#,
        ),
        _ => ok(r#"{"CallRouteId": "CRID-1"}"#),
    })
    .await;
    let (client, waits) = (server.client(&clock), waits(&clock));
    let (one, two) = (id("CRID-1"), id("CRID-2"));
    let asked = || server.seen_at(LISTS).len();

    // At once, and one after the other.
    let (first, second) = tokio::join!(
        VoiceRoute::get(&client, &one, &waits),
        VoiceRoute::get(&client, &two, &waits)
    );
    assert!(matches!((first, second), (Ok(Some(_)), Ok(Some(_)))));
    let account = |text| AccountId::parse(text).ok();
    let list = async |account: Option<AccountId>, age| {
        let listed = VoiceRoute::list(&client, account.as_ref(), age, &waits).await;
        listed.expect("a list").readable().len()
    };
    assert_eq!(list(account("AID-1"), Age::Recent).await, 2);
    assert_eq!(asked(), 1);
    // The credentials' own list is that of the account it tells.
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(list(account("AID-1"), Age::Recent).await, 2);
    assert_eq!(asked(), 2);
    assert_eq!(list(account("AID-2"), Age::Recent).await, 0);
    assert_eq!(list(account("AID-2"), Age::Now).await, 0);
    assert_eq!(asked(), 4);

    // Each kind of write; of another kind of route, none.
    let settings = VoiceRouteSettings::default();
    let deleted = MessageRoute::delete(&client, &one, &waits).await;
    deleted.expect("deleted");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 4);
    let updated = VoiceRoute::update(&client, &one, &settings, &waits).await;
    updated.expect("updated");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 5);
    let created = VoiceRoute::create(&client, &settings, None, &waits).await;
    created.expect("created");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 6);
    let deleted = VoiceRoute::delete(&client, &one, &waits).await;
    deleted.expect("deleted");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 7);
}

#[tokio::test]
async fn a_refusal_that_repeats_a_secret_is_masked() {
    let clock = VirtualClock::new();
    let refusal = r#"{"StatusCode": 400, "Message": "canary is too short for RouteName"}"#;
    let server = Server::start(&clock, move |_| status(400, refusal)).await;
    let client = server.client(&clock);
    let made = MessageRoute::create(&client, &settings(), None, &waits(&clock)).await;
    let error = made.expect_err("refused").to_string();
    assert!(
        error.contains("too short") && !error.contains("canary"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_listed_during_a_write_is_not_believed_after_it() {
    let clock = VirtualClock::new();
    let written = Arc::new(Notify::new());
    let gate = Arc::clone(&written);
    let server = Server::start(&clock, move |seen| match seen.path.as_str() {
        LISTS => ok(r#"{"Results": [{"CallRouteId": "CRID-1", "AccountID": "AID-1"}]}"#),
        _ => Does::After(
            Arc::clone(&gate),
            Box::new(ok(r#"{"CallRouteStatus": "Deleted"}"#)),
        ),
    })
    .await;
    let (client, waits) = (server.client(&clock), waits(&clock));
    let one = id("CRID-1");
    let mut delete = std::pin::pin!(VoiceRoute::delete(&client, &one, &waits));
    let asked = || server.seen_at(LISTS).len();
    let list = async || VoiceRoute::list(&client, None, Age::Recent, &waits).await;
    tokio::select! {
        biased;
        _ = &mut delete => panic!("nobody has answered yet"),
        listed = async { list().await.and(list().await) } => { listed.expect("a list"); }
    }
    assert_eq!(asked(), 1);
    written.notify_one();
    delete.await.expect("deleted");
    list().await.expect("a list");
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_tried_for_once_for_all_who_wait() {
    let clock = VirtualClock::rushing();
    let server = Server::start(&clock, |_| status(500, "")).await;
    let (client, waits) = (server.client(&clock), waits(&clock));
    let list = async || VoiceRoute::list(&client, None, Age::Recent, &waits).await;
    let (one, two, three) = tokio::join!(list(), list(), list());
    assert!(one.is_err() && two.is_err() && three.is_err());
    let tried = server.seen_at(LISTS).len();
    assert!(list().await.is_err());
    assert_eq!(server.seen_at(LISTS).len(), tried * 2, "asked anew");
}

#[tokio::test]
async fn a_list_is_whole_only_if_every_entry_could_be_read() {
    for (body, read, total) in [
        (r#"{"Results": [{"CallRouteId": "CRID-1"}, null]}"#, 1, 2),
        (
            r#"{"Results": [{"CallRouteId": null}, {"CallRouteId": "CRID-1"}]}"#,
            1,
            2,
        ),
        (
            r#"{"TotalRoutes": 3, "Results": [{"CallRouteId": "CRID-1"}]}"#,
            1,
            3,
        ),
        (r#"{"TotalRoutes": 1, "Results": null}"#, 0, 1),
        (
            r#"{"TotalRoutes": 1, "Results": [{"CallRouteId": "CRID-1"}]}"#,
            1,
            1,
        ),
        (r#"{"Results": [{"CallRouteId": "CRID-1"}]}"#, 1, 1),
        (r#"{"TotalRoutes": 0, "Results": []}"#, 0, 0),
    ] {
        let clock = VirtualClock::new();
        let server = Server::start(&clock, move |_| ok(body)).await;
        let listed =
            VoiceRoute::list(&server.client(&clock), None, Age::Recent, &waits(&clock)).await;
        let listed = listed.expect("a list");
        assert_eq!(listed.readable().len(), read, "{body}");
        match listed.whole() {
            Ok(whole) => assert_eq!((whole.len(), total), (read, read as u64), "{body}"),
            Err(Error::Incomplete { total: told, .. }) => {
                assert!(told == total && total > read as u64, "{body}");
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_refusal_that_repeats_the_password_of_a_url_is_masked() {
    for url in [
        "https://user:hush-4711@example.com/calls?a=b",
        "sip:user:hush-4711@example.com",
    ] {
        let clock = VirtualClock::new();
        let message = format!(r#"{{"Message": "{url} (hush-4711) cannot be used"}}"#);
        let server = Server::start(&clock, move |_| status(400, &message)).await;
        let settings = VoiceRouteSettings {
            trunk_uri1: Change::Set(url.to_owned()),
            ..VoiceRouteSettings::default()
        };
        let client = server.client(&clock);
        let made = VoiceRoute::create(&client, &settings, None, &waits(&clock)).await;
        let error = made.expect_err("refused").to_string();
        assert!(error.contains("***@example.com"), "{error}");
        assert!(!error.contains("hush"), "{error}");
    }
}
