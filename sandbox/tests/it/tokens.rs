//! Tokens, the limit, and the error envelope: behaviours 1 to 7.

use std::time::Duration;

use base64::Engine as _;
use joonto_sandbox::{Options, RetryAfter, StatedExpiry};
use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn b01_both_token_paths_and_a_missing_endpoint() {
    let (sandbox, client) = fresh().await;
    for path in ["/v1.0/OAuth2/tokens", "/v1.0/oauth2/tokens"] {
        let request = client
            .http()
            .post(client.url(path))
            .json(&client.token_body(DETAILS));
        let (status, response) = finish(request.send().await.unwrap()).await;
        assert_eq!((status, &response["successful"]), (200, &json!(true)));
    }
    assert!(sandbox.ledger().violations().is_empty());
    let without = with(client.token_body(DETAILS), "ApiEndpoint", Value::Null);
    let response = finish(client.ask_token(&without).await).await;
    assert_envelope(&response, 400);
    assert_eq!(response.1["Message"], "The ApiEndpoint field is required.");
    assert_eq!(sandbox.ledger().violations().len(), 1);
}

#[tokio::test]
async fn b02_wrong_credentials() {
    let (sandbox, client) = fresh().await;
    for key in ["AccountKey", "AccountSecret"] {
        let wrong = with(client.token_body(DETAILS), key, "DID-wrong");
        let send = || client.http().post(client.url(TOKENS)).json(&wrong).send();
        sandbox.switch(|switches| switches.bad_credentials_as_200 = false);
        assert_envelope(&finish(send().await.unwrap()).await, 401);
        sandbox.switch(|switches| switches.bad_credentials_as_200 = true);
        let (status, response) = finish(send().await.unwrap()).await;
        assert_eq!(
            (status, &response["successful"], &response["token"]),
            (200, &json!(false), &json!(""))
        );
    }
}

#[tokio::test]
async fn b03_a_token_is_shaped_like_the_vendors() {
    let (sandbox, client) = fresh().await;
    let ask = || {
        client
            .http()
            .post(client.url(TOKENS))
            .json(&client.token_body(DETAILS))
            .send()
    };
    let (_, response) = finish(ask().await.unwrap()).await;
    assert_eq!(keys(&response), ["successful", "token", "tokenExpiry"]);
    let parts: Vec<_> = response["token"].as_str().unwrap().split('.').collect();
    assert_eq!(parts.len(), 3);
    let part = |place: usize| -> Value {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(parts[place])
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    assert_eq!(part(0)["alg"], "HS256");
    assert_eq!(part(1)["iss"], "https://api.telegent.co");
    assert_eq!(part(1)["aud"], "com.telegent.co");
    assert_eq!(part(1)["nameid"], client.key());

    let exp = time::OffsetDateTime::from_unix_timestamp(part(1)["exp"].as_i64().unwrap()).unwrap();
    let stated = response["tokenExpiry"].as_str().unwrap();
    let format = time::macros::format_description!(
        "[month]/[day]/[year] [hour repr:12]:[minute]:[second] [period case:upper]"
    );
    assert_eq!(
        time::PrimitiveDateTime::parse(stated, &format)
            .unwrap()
            .assume_utc(),
        exp
    );

    for shape in [
        StatedExpiry::Unreadable,
        StatedExpiry::Past,
        StatedExpiry::Absent,
    ] {
        sandbox.switch(|switches| switches.stated_expiry = shape);
        client.forget_tokens();
        assert_eq!(
            client.get(INVENTORY, &[]).await.0,
            200,
            "{shape:?}: the token works all the same"
        );
    }
}

#[tokio::test]
async fn b03_the_date_header_goes_by_the_same_clock_as_the_expiry() {
    let (sandbox, client) = fresh().await;
    sandbox
        .clock()
        .set(time::macros::datetime!(2031-05-02 18:36:13 UTC));
    sandbox.clock().stop();
    let date = async || {
        let request = client
            .http()
            .post(client.url(TOKENS))
            .json(&client.token_body(DETAILS));
        let response = request.send().await.unwrap();
        response
            .headers()
            .get("date")
            .map(|date| date.to_str().unwrap().to_owned())
    };
    assert!(
        date()
            .await
            .unwrap()
            .starts_with("Fri, 02 May 2031 18:36:1")
    );
    sandbox.fault(
        joonto_sandbox::Fault::on(TOKENS).before_commit(joonto_sandbox::FaultKind::status(503)),
    );
    assert!(
        date().await.unwrap().contains("2031"),
        "a fault's response too"
    );
    sandbox.switch(|switches| switches.date_header = false);
    assert_eq!(date().await, None);
}

#[tokio::test]
async fn b04_a_token_is_good_for_one_path() {
    let (sandbox, client) = fresh().await;
    let token = client.token(INVENTORY).await;
    let get = |path: &str| {
        client
            .http()
            .get(client.url(path))
            .bearer_auth(&token)
            .send()
    };
    assert_eq!(get(INVENTORY).await.unwrap().status(), 200);
    assert_eq!(
        get(&format!("{INVENTORY}?PageNumber=2"))
            .await
            .unwrap()
            .status(),
        200
    );
    assert_envelope(&finish(get(DETAILS).await.unwrap()).await, 403);
    sandbox.switch(|switches| switches.wrong_endpoint_is_401 = true);
    assert_envelope(&finish(get(DETAILS).await.unwrap()).await, 401);
    let with_query = client
        .token(&format!("{DETAILS}?Number=%2B12025550100"))
        .await;
    let response = client.get_with(DETAILS, &with_query).await;
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn b05_expired_missing_and_garbled_tokens() {
    let (sandbox, client) = started(Options {
        token_life: Duration::from_secs(2),
        ..Options::default()
    })
    .await;
    let token = client.token(INVENTORY).await;
    let with_header = |header: Option<String>| {
        let request = client.http().get(client.url(INVENTORY));
        match header {
            Some(header) => request.header("authorization", header),
            None => request,
        }
        .send()
    };
    assert_eq!(
        with_header(Some(format!("Bearer {token}")))
            .await
            .unwrap()
            .status(),
        200
    );
    for wrong in [
        None,
        Some(token.clone()),
        Some(format!("Bearer {token}x")),
        Some("Bearer ".into()),
    ] {
        assert_envelope(&finish(with_header(wrong).await.unwrap()).await, 401);
    }
    sandbox.clock().advance(Duration::from_secs(2));
    assert_envelope(
        &finish(with_header(Some(format!("Bearer {token}"))).await.unwrap()).await,
        401,
    );
}

#[tokio::test]
async fn b06_fifty_requests_in_any_minute() {
    let (sandbox, client) = started(Options {
        limit: Some(50),
        ..Options::default()
    })
    .await;
    sandbox.clock().stop();
    client.token(INVENTORY).await;
    for _ in 0..49 {
        assert_eq!(client.get(INVENTORY, &[]).await.0, 200);
    }
    assert_envelope(&client.get(INVENTORY, &[]).await, 429);
    let other = Client::other(&sandbox);
    assert_eq!(
        other.get(INVENTORY, &[]).await.0,
        200,
        "the limit is per key"
    );

    let token = client.token(INVENTORY).await;
    let header = async || {
        let response = client.get_with(INVENTORY, &token).await;
        assert_eq!(response.status(), 429);
        response
            .headers()
            .get("retry-after")
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header().await, None);
    sandbox.switch(|switches| switches.retry_after = RetryAfter::Seconds);
    assert_eq!(header().await.as_deref(), Some("60"));
    sandbox.switch(|switches| switches.retry_after = RetryAfter::Date);
    assert!(header().await.unwrap().ends_with(" GMT"));

    sandbox.clock().advance(Duration::from_secs(59));
    assert_eq!(client.get(INVENTORY, &[]).await.0, 429);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(client.get(INVENTORY, &[]).await.0, 200);
    sandbox.switch(|switches| switches.limit = Some(1));
    assert_eq!(client.get(INVENTORY, &[]).await.0, 429);
    sandbox.switch(|switches| switches.limit = None);
    assert_eq!(client.get(INVENTORY, &[]).await.0, 200);

    sandbox.switch(|switches| {
        switches.limit = Some(2);
        switches.tokens_exempt = true;
        switches.limit_fixed_window = true;
    });
    let minute = time::macros::datetime!(2027-01-01 00:00:59 UTC);
    sandbox.clock().set(minute);
    client.forget_tokens();
    assert_eq!(client.get(INVENTORY, &[]).await.0, 200);
    assert_eq!(
        client.get(INVENTORY, &[]).await.0,
        200,
        "the token call was not counted"
    );
    assert_eq!(client.get(INVENTORY, &[]).await.0, 429);
    sandbox.clock().advance(Duration::from_secs(1));
    assert_eq!(
        client.get(INVENTORY, &[]).await.0,
        200,
        "a fixed window opens on the minute"
    );
}

#[tokio::test]
async fn b07_errors_are_the_envelope_and_paths_and_methods_are_known() {
    let (sandbox, client) = fresh().await;
    assert_envelope(&client.get("/v1.0/numbers/cancel", &[]).await, 404);
    assert_envelope(&client.get("/v1.0/v1.0/numbers", &[]).await, 404);
    assert_envelope(&client.get(PROVISION, &[]).await, 405);
    client.refused(INVENTORY, json!({}), 405).await;
    assert_envelope(&client.details("+12025550199").await, 404);
    assert_eq!(
        sandbox.ledger().violations().len(),
        4,
        "a 404 for a number is no violation"
    );
}
