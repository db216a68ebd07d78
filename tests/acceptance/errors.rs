//! Responses that are none, and what users read of them.

use std::time::{Duration, Instant, SystemTime};

use harness::Result;
use joonto_sandbox::{ErrorShape, Fault, FaultKind};

use crate::scene::{FULL, Scene};

const DETAILS: &str = "/v1.0/numbers";

#[tokio::test]
async fn responses_that_are_none_are_clear_errors_without_their_content() -> Result<()> {
    let mut scene = Scene::new(FULL).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.env("JOONTO_MAX_RETRIES", "0");
    let number = scene.owned().remove(0);
    let page = FaultKind::Body {
        status: 200,
        content_type: "text/html".to_owned(),
        text: "<html><body>canary of a page</body></html>".to_owned(),
    };
    for (kind, says) in [
        (FaultKind::status(500), "HTTP 500"),
        (FaultKind::status_as(500, ErrorShape::Problem), "HTTP 500"),
        (FaultKind::status_as(400, ErrorShape::PlainText), "HTTP 400"),
        (
            FaultKind::status_as(403, ErrorShape::EnvelopeAsText),
            "HTTP 403",
        ),
        (FaultKind::status_as(502, ErrorShape::Html), "HTTP 502"),
        (FaultKind::status_as(503, ErrorShape::Empty), "HTTP 503"),
        (page, "HTTP 200"),
        (FaultKind::NullBody, "HTTP 200"),
        (FaultKind::Truncate, ""),
        (FaultKind::ChunkedWithoutEnd, ""),
        (FaultKind::Oversized(17), "16 MiB"),
        (FaultKind::Drop, ""),
        (FaultKind::RedirectToSelf { status: 307 }, "HTTP 307"),
    ] {
        scene
            .sandbox
            .fault(Fault::on(DETAILS).always().after_commit(kind));
        let run = scene.project.plan().await?.failed()?;
        let error = run.error()?;
        assert_eq!(error.code(), "JN320", "{run}");
        for text in [says, "GET /v1.0/numbers", &number] {
            assert!(error.says(text), "{text}: {run}");
        }
        assert!(!run.says("canary") && !run.says("<"), "{run}");
        scene.sandbox.clear_faults();
    }
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_request_limit_is_waited_for_as_long_as_the_api_asks() -> Result<()> {
    let scene = Scene::new(FULL).await?;
    scene.project.apply().await?.quiet()?;
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(4));
    for wait in ["2", &date] {
        let limited = FaultKind::status_retry_after(429, wait);
        scene
            .sandbox
            .fault(Fault::on(DETAILS).before_commit(limited));
        let before = scene.sandbox.ledger().requests_to(DETAILS).len();
        let started = Instant::now();
        scene.project.assert_empty_plan().await?.quiet()?;
        assert_eq!(
            scene.sandbox.ledger().requests_to(DETAILS).len(),
            before + 2
        );
        if wait == "2" {
            assert!(started.elapsed() >= Duration::from_secs(2));
        }
    }
    // The date has come.
    assert!(httpdate::parse_http_date(&date)? <= SystemTime::now());
    scene.end().await;
    Ok(())
}
