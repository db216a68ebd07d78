//! The calls about routes, as a server sees them.

use serde_json::json;
use tokio::sync::Notify;

use super::super::testing::{Does, ScriptedServer, VirtualClock, context, ok, status};
use super::*;

const MESSAGE: &str = "/v1.0/message/routes";
const VOICE: &str = "/v1.0/voice/routes";
/// Where voice routes are listed.
const LISTS: &str = "/v1.0/account/voice/routes";

fn id(text: &str) -> RouteId {
    RouteId::parse(text).expect("an id")
}

fn text(text: &str) -> RouteValue {
    RouteValue::Text(text.to_owned())
}

fn addresses(addresses: &[&str]) -> RouteValue {
    RouteValue::Addresses(addresses.iter().copied().map(str::to_owned).collect())
}

fn named(name: &str) -> RoutePatch {
    RoutePatch::from([("route_name", Patch::Set(text(name)))])
}

fn with_secret() -> RoutePatch {
    let secret = RouteValue::Secret(Secret::new("canary"));
    let mut patch = named("inbound");
    patch.insert("message_password_token", Patch::Set(secret));
    patch
}

fn bodies(server: &ScriptedServer, path: &str) -> Vec<Value> {
    let seen = server.seen_at(path).into_iter();
    seen.filter_map(|seen| serde_json::from_str(&seen.body).ok())
        .collect()
}

/// Creates a message route with a secret.
async fn create(server: &ScriptedServer, clock: &VirtualClock) -> Result<Route, Error> {
    let (client, context, patch) = (server.client(clock), context(clock), with_secret());
    let created = client.create_route::<MessageRoute>(&patch, None, &context);
    created.await
}

/// The body of an update with `patch`.
async fn body<K: RouteKind>(path: &'static str, patch: RoutePatch) -> Value {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |_| ok("{}")).await;
    let client = server.client(&clock);
    let (id, context) = (id("R-1"), context(&clock));
    let updated = client.update_route::<K>(&id, &patch, &context).await;
    updated.expect("updated");
    bodies(&server, path).remove(0)
}

#[test]
fn names_and_ids_are_unlike() {
    for table in ROUTE_TABLES {
        let mut names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        let mut api: Vec<_> = table.columns.iter().map(|column| column.api).collect();
        api.extend(["AccountId", table.id]);
        for names in [&mut names, &mut api] {
            names.sort_unstable();
            assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        }
        let is_fine = |column: &Column| !column.is_sensitive || !column.is_returned();
        assert!(table.columns.iter().all(is_fine), "secrets are not read");
    }
}

#[tokio::test]
async fn a_request_holds_what_is_set_and_null_for_what_is_taken_away() {
    let mut patch = with_secret();
    patch.extend([
        ("enabled", Patch::Set(RouteValue::Flag(true))),
        ("callback_message_url", Patch::Clear),
        ("inbound_bypass", Patch::Clear),
        ("outbound_bypass", Patch::Keep),
    ]);
    assert!(!format!("{patch:?}").contains("canary"));
    assert_eq!(
        body::<MessageRoute>("/v1.0/message/routes/update", patch).await,
        json!({
            "MessageRouteId": "R-1", "RouteName": "inbound", "MessageRouteEnabled": true,
            "CallbackMessageUrl": null, "MessagePasswordToken": "canary", "InboundBypass": null
        })
    );
    let patch = RoutePatch::from([
        ("trunk_port1", Patch::Set(RouteValue::Number(5061))),
        ("trunk1_priority", Patch::Set(RouteValue::Number(10))),
        ("trunk2_priority", Patch::Clear),
        (
            "ip_whitelist",
            Patch::Set(addresses(&["192.0.2.11", "192.0.2.10"])),
        ),
    ]);
    assert_eq!(
        body::<VoiceRoute>("/v1.0/voice/routes/update", patch).await,
        json!({
            "CallRouteId": "R-1", "TrunkPort1": "5061", "Trunk1Priortiy": 10,
            "Trunk2Priortiy": null,
            "IpWhitelist": [{"IpAddress": "192.0.2.10"}, {"IpAddress": "192.0.2.11"}]
        })
    );
}

#[test]
fn responses_are_read_in_any_case_and_secrets_are_left_where_they_are() {
    let body = br#"{"messagerouteid": "MRID-1", "AccountID": "AID-1", "ROUTENAME": "inbound",
        "MessageRouteEnabled": "True", "CallbackMessageAuthenticationType": null,
        "MessageUrlMethod": "", "MessagePasswordToken": "canary", "InboundBypass": true}"#;
    let json = Json::read(body).expect("JSON");
    let route = Route::read::<MessageRoute>(LenientObject::of(&json).expect("an object"));
    assert_eq!(route.id, Some(id("MRID-1")));
    assert_eq!(route.account_id, AccountId::parse("AID-1").ok());
    for (name, expected) in [
        ("route_name", Field::Value(text("inbound"))),
        ("enabled", Field::Value(RouteValue::Flag(true))),
        ("callback_message_authentication_type", Field::Null),
        ("message_url_method", Field::Null),
        ("message_url", Field::Absent),
        ("message_password_token", Field::Absent),
        ("inbound_bypass", Field::Absent),
    ] {
        assert_eq!(route.setting(name), &expected, "{name}");
    }
    assert!(!format!("{route:?}").contains("canary"));
}

#[test]
fn either_spelling_is_read() {
    let body = br#"{"CallRouteId": "CRID-1", "Trunk1Priority": 10, "Trunk2Priortiy": "20",
        "TrunkPort1": 5061, "TrunkPort2": "none"}"#;
    let json = Json::read(body).expect("JSON");
    let route = Route::read::<VoiceRoute>(LenientObject::of(&json).expect("an object"));
    for (name, expected) in [
        ("trunk1_priority", Some(RouteValue::Number(10))),
        ("trunk2_priority", Some(RouteValue::Number(20))),
        ("trunk_port1", Some(RouteValue::Number(5061))),
        ("trunk_port2", None),
    ] {
        assert_eq!(route.value(name), expected.as_ref(), "{name}");
    }
}

#[tokio::test]
async fn a_creation_is_sent_once_unless_it_was_certainly_refused() {
    for (body, posts) in [("", 1), ("{}", 1), (r#"{"RouteName": "inbound"}"#, 1)] {
        let clock = VirtualClock::rushing();
        let server = ScriptedServer::start(&clock, move |_| ok(body)).await;
        let made = create(&server, &clock).await;
        assert!(made.expect_err("no id in it").is_unconfirmed(), "{body}");
        assert_eq!(server.seen_at(MESSAGE).len(), posts, "{body}");
    }
    let clock = VirtualClock::rushing();
    let server = ScriptedServer::start(&clock, |_| Does::Close).await;
    let made = create(&server, &clock).await;
    assert!(made.expect_err("no response").is_unconfirmed());
    assert_eq!(server.seen_at(MESSAGE).len(), 1);
}

#[tokio::test]
async fn ids_and_accounts_stand_where_the_wire_wants_them() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |seen| match seen.path.as_str() {
        VOICE if seen.method == "POST" => ok(r#"{"CallRouteId": "CRID-1"}"#),
        "/v1.0/voice/routes/update" => ok(r#"{"Status": "Updated"}"#),
        "/v1.0/voice/routes/delete" => ok(r#"{"CallRouteStatus": "Deleted"}"#),
        _ => status(404, ""),
    })
    .await;
    let (client, context) = (server.client(&clock), context(&clock));
    let account = AccountId::parse("AID-1").ok();
    let named = named("trunk");
    let made = client.create_route::<VoiceRoute>(&named, account.as_ref(), &context);
    assert_eq!(made.await.expect("made").id, Some(id("CRID-1")));
    // An update whose response is not the documented one was made nevertheless.
    let one = id("CRID-1");
    let updated = client.update_route::<VoiceRoute>(&one, &named, &context);
    assert_eq!(updated.await.expect("updated").id, None);
    let deleted = client
        .delete_route::<VoiceRoute>(&id("CRID-1"), &context)
        .await;
    deleted.expect("deleted");
    let gone = client.route::<VoiceRoute>(&id("CRID-1"), &context).await;
    assert_eq!(gone.expect("answered"), None);

    let made = json!({"AccountId": "AID-1", "RouteName": "trunk"});
    assert_eq!(bodies(&server, VOICE), [made]);
    let updated = json!({"CallRouteId": "CRID-1", "RouteName": "trunk"});
    assert_eq!(bodies(&server, "/v1.0/voice/routes/update"), [updated]);
    let deleted = json!({"CallRouteId": "CRID-1"});
    assert_eq!(bodies(&server, "/v1.0/voice/routes/delete"), [deleted]);
    assert_eq!(server.seen_at(VOICE)[1].query, "CallRouteID=CRID-1");
}

#[tokio::test]
async fn the_response_for_another_route_is_none() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |_| ok(r#"{"MessageRouteId": "MRID-2"}"#)).await;
    let client = server.client(&clock);
    let read = client
        .route::<MessageRoute>(&id("MRID-1"), &context(&clock))
        .await;
    let returned = ": asked for MRID-1, got MRID-2";
    assert!(
        matches!(&read, Err(error) if error.to_string().ends_with(returned)),
        "{read:?}"
    );
}

#[tokio::test]
async fn switch_and_white_list_of_a_voice_route_come_from_the_list_of_its_account() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |seen| match seen.path.as_str() {
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
    let client = server.client(&clock);
    let read = client
        .route::<VoiceRoute>(&id("CRID-1"), &context(&clock))
        .await;
    let route = read.expect("answered").expect("found");
    for (name, expected) in [
        ("ip_whitelist", addresses(&["192.0.2.1"])),
        ("enabled", RouteValue::Flag(true)),
        ("voice_url", text("https://example.com")),
    ] {
        assert_eq!(route.value(name), Some(&expected), "{name}");
    }
    let lists = server.seen_at("/v1.0/account/voice/routes");
    assert_eq!(lists[0].query, "AccountId=AID-1");
}

#[tokio::test]
async fn a_list_is_read_once_for_all_until_a_route_is_written() {
    let clock = VirtualClock::new();
    let server = ScriptedServer::start(&clock, |seen| match seen.path.as_str() {
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
    let (client, context) = (server.client(&clock), context(&clock));
    let (one, two) = (id("CRID-1"), id("CRID-2"));
    let asked = || server.seen_at(LISTS).len();

    // At once, and one after the other.
    let (first, second) = tokio::join!(
        client.route::<VoiceRoute>(&one, &context),
        client.route::<VoiceRoute>(&two, &context)
    );
    assert!(matches!((first, second), (Ok(Some(_)), Ok(Some(_)))));
    let account = |text| AccountId::parse(text).ok();
    let list = async |account: Option<AccountId>, age| {
        let listed = client
            .routes::<VoiceRoute>(account.as_ref(), age, &context)
            .await;
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
    let none = RoutePatch::new();
    let deleted = client.delete_route::<MessageRoute>(&one, &context).await;
    deleted.expect("deleted");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 4);
    let updated = client
        .update_route::<VoiceRoute>(&one, &none, &context)
        .await;
    updated.expect("updated");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 5);
    let created = client
        .create_route::<VoiceRoute>(&none, None, &context)
        .await;
    created.expect("created");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 6);
    let deleted = client.delete_route::<VoiceRoute>(&one, &context).await;
    deleted.expect("deleted");
    assert_eq!(list(None, Age::Recent).await, 2);
    assert_eq!(asked(), 7);
}

#[tokio::test]
async fn a_refusal_that_repeats_a_secret_is_masked() {
    let clock = VirtualClock::new();
    let refusal = r#"{"StatusCode": 400, "Message": "canary is too short for RouteName"}"#;
    let server = ScriptedServer::start(&clock, move |_| status(400, refusal)).await;
    let made = create(&server, &clock).await;
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
    let server = ScriptedServer::start(&clock, move |seen| match seen.path.as_str() {
        LISTS => ok(r#"{"Results": [{"CallRouteId": "CRID-1", "AccountID": "AID-1"}]}"#),
        _ => Does::After(
            Arc::clone(&gate),
            Box::new(ok(r#"{"CallRouteStatus": "Deleted"}"#)),
        ),
    })
    .await;
    let (client, context) = (server.client(&clock), context(&clock));
    let one = id("CRID-1");
    let mut delete = std::pin::pin!(client.delete_route::<VoiceRoute>(&one, &context));
    let asked = || server.seen_at(LISTS).len();
    let list = async || {
        client
            .routes::<VoiceRoute>(None, Age::Recent, &context)
            .await
    };
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
    let server = ScriptedServer::start(&clock, |_| status(500, "")).await;
    let (client, context) = (server.client(&clock), context(&clock));
    let list = async || {
        client
            .routes::<VoiceRoute>(None, Age::Recent, &context)
            .await
    };
    let (one, two, three) = tokio::join!(list(), list(), list());
    assert!(one.is_err() && two.is_err() && three.is_err());
    let tried = server.seen_at(LISTS).len();
    assert!(list().await.is_err());
    assert_eq!(server.seen_at(LISTS).len(), tried * 2, "asked again");
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
        let server = ScriptedServer::start(&clock, move |_| ok(body)).await;
        let (client, context) = (server.client(&clock), context(&clock));
        let listed = client.routes::<VoiceRoute>(None, Age::Recent, &context);
        let listed = listed.await.expect("a list");
        assert_eq!(listed.readable().len(), read, "{body}");
        match listed.whole() {
            Ok(whole) => assert_eq!((whole.len(), total), (read, read as u64), "{body}"),
            Err(error) => {
                let returned = format!(": {read} of {total} entries of the list could be read");
                assert!(error.is_incomplete() && total > read as u64, "{body}");
                assert!(error.to_string().ends_with(&returned), "{error}");
            }
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
        let server = ScriptedServer::start(&clock, move |_| status(400, &message)).await;
        let patch = RoutePatch::from([("trunk_uri1", Patch::Set(text(url)))]);
        let (client, context) = (server.client(&clock), context(&clock));
        let made = client
            .create_route::<VoiceRoute>(&patch, None, &context)
            .await;
        let error = made.expect_err("refused").to_string();
        assert!(error.contains("***@example.com"), "{error}");
        assert!(!error.contains("hush"), "{error}");
    }
}
