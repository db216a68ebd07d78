//! The rule table: what is refused before anything is sent, and what is advised.

use harness::{Result, Severity};

use crate::scene::{Scene, about, number};

#[tokio::test]
async fn impossible_values_fail_validation_at_their_attribute_and_no_request_is_sent() -> Result<()>
{
    let rows = [
        ("iot_a2p", ("iot", "a2p"), "", "message_type", "Code: JN210"),
        (
            "voip_p2p",
            ("voip", "p2p"),
            "",
            "message_type",
            "Code: JN211",
        ),
        ("type", ("mobile", "a2p"), "", "number_type", "mvno"),
        ("message", ("mvno", "sms"), "", "message_type", "p2p"),
        (
            "policy",
            ("mvno", "a2p"),
            r#"deletion_policy = "keep""#,
            "deletion_policy",
            "abandon",
        ),
        (
            "area_short",
            ("mvno", "a2p"),
            r#"area_code = "20""#,
            "area_code",
            "Code: TF014",
        ),
        (
            "area_low",
            ("mvno", "a2p"),
            r#"area_code = "101""#,
            "area_code",
            "Code: TF014",
        ),
        (
            "zip",
            ("mvno", "a2p"),
            r#"zip_code = "8404""#,
            "zip_code",
            "Code: TF014",
        ),
        (
            "iccid_short",
            ("mvno", "a2p"),
            r#"iccid = "89012403971901958""#,
            "iccid",
            "Code: TF014",
        ),
        (
            "iccid_prefix",
            ("mvno", "a2p"),
            r#"iccid = "7901240397190195850""#,
            "iccid",
            "89",
        ),
        (
            "iccid_tail",
            ("mvno", "a2p"),
            r#"iccid = "8901240397190195850FF""#,
            "iccid",
            "Code: TF014",
        ),
        (
            "swapped_m",
            ("mvno", "a2p"),
            r#"message_route_id = "CRID-1""#,
            "message_route_id",
            "MRID",
        ),
        (
            "swapped_v",
            ("mvno", "a2p"),
            r#"voice_route_id = "MRID-1""#,
            "voice_route_id",
            "CRID",
        ),
        (
            "read_only",
            ("mvno", "a2p"),
            r#"order_id = "JNUOID-1""#,
            "order_id",
            "Code: TF010",
        ),
        (
            "timeout",
            ("mvno", "a2p"),
            "timeouts {\n create = \"1d\"\n}",
            "create",
            "1h30m",
        ),
    ];
    let config: String = rows
        .iter()
        .map(|(name, kind, rest, ..)| number(name, *kind, rest))
        .collect();
    let scene = Scene::new(&config).await?;

    let run = scene.project.validate().await?.failed()?;
    for (name, _, _, attribute, text) in rows {
        let found: Vec<_> = run.errors().filter(|d| d.line().is_some()).collect();
        let found = found.iter().filter(|d| {
            d.address
                .as_deref()
                .is_none_or(|a| a == format!("joonto_number.{name}"))
                && d.points_at(attribute)
                && (d.says(text) || d.summary.contains(text))
        });
        assert_eq!(found.count().min(1), 1, "{name}: {run}");
    }
    assert_eq!(run.errors().count(), rows.len(), "{run}");
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn each_impossible_pair_fails_validation_on_its_own() -> Result<()> {
    for kind in [("iot", "a2p"), ("voip", "p2p")] {
        let scene = Scene::new(&number("example", kind, "")).await?;
        let run = scene.project.validate().await?.failed()?;
        assert!(run.error()?.points_at("message_type"), "{run}");
        let run = scene.project.plan().await?.failed()?;
        assert!(run.error()?.points_at("message_type"), "{run}");
        assert_eq!(scene.sandbox.ledger().requests.len(), 0);
        scene.end().await;
    }
    Ok(())
}

#[tokio::test]
async fn valid_edges_are_bought_without_a_word_and_plan_clean() -> Result<()> {
    let config = [
        number("no_routes", ("mvno", "p2p"), ""),
        number("voip", ("voip", "a2p"), ""),
        number(
            "digits_18",
            ("mvno", "a2p"),
            r#"iccid = "890124039719019585""#,
        ),
        number(
            "digits_19",
            ("iot", "p2p"),
            r#"iccid = "8901240397190195868""#,
        ),
        number(
            "digits_20",
            ("mvno", "a2p"),
            r#"iccid = "89012403971901958760""#,
        ),
        number(
            "letter",
            ("mvno", "a2p"),
            r#"iccid = "8901240397190195884F""#,
        ),
        number("area", ("mvno", "a2p"), r#"area_code = "999""#),
        number(
            "detached",
            ("mvno", "a2p"),
            "message_route_id = \"\"\nvoice_route_id = \"\"",
        ),
    ]
    .concat();
    let scene = Scene::new(&config).await?;
    scene.sandbox.stock("999", 5);
    scene.project.validate().await?.quiet()?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.owned().len(), 8);
    scene.project.assert_empty_plan().await?.quiet()?;

    let ledger = scene.sandbox.ledger();
    let sims = ledger
        .requests_to("/v1.0/numbers/provision")
        .into_iter()
        .filter_map(|request| request.body["ICCID"].as_str().map(str::to_owned))
        .collect::<std::collections::BTreeSet<_>>();
    assert!(
        sims.contains("8901240397190195884"),
        "digits only are sent: {sims:?}"
    );
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn advice_is_given_when_a_number_is_bought_and_never_again() -> Result<()> {
    let enabled = |name, kind: (&str, &str), rest: &str| {
        number(name, kind, rest)
            .replace("message_enabled = false", "message_enabled = true")
            .replace("voice_enabled = false", "voice_enabled = true")
    };
    let routes = "message_route_id = \"MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a\"\n\
                  voice_route_id = \"CRID-4dec6beb-3985-444b-8c06-8baa70dc145\"";
    let config = [
        number(
            "check_digit",
            ("mvno", "a2p"),
            r#"iccid = "8901240397190195851""#,
        ),
        enabled("no_routes", ("mvno", "a2p"), ""),
        enabled("iot_voice", ("iot", "p2p"), routes),
        number("voip_data", ("voip", "a2p"), "data_enabled = true"),
        number("product", ("mvno", "a2p"), r#"product_type = "sms-only""#),
    ]
    .concat();
    let scene = Scene::new(&config).await?;
    scene.project.validate().await?.quiet()?;

    let plan = scene.project.plan().await?.ok()?;
    for (name, attributes) in [
        ("check_digit", vec!["iccid"]),
        ("no_routes", vec!["voice_enabled", "message_enabled"]),
        ("iot_voice", vec!["voice_enabled"]),
        ("voip_data", vec!["data_enabled"]),
        ("product", vec!["product_type"]),
    ] {
        let found = about(&plan, name);
        assert_eq!(found.len(), attributes.len(), "{name}: {plan}");
        for attribute in attributes {
            assert!(
                found
                    .iter()
                    .any(|d| d.severity == Severity::Warning && d.points_at(attribute)),
                "{name}.{attribute}: {plan}"
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn advice_does_not_nag() -> Result<()> {
    let config = number(
        "example",
        ("mvno", "a2p"),
        r#"iccid = "8901240397190195851""#,
    )
    .replace("message_enabled = false", "message_enabled = true");
    let scene = Scene::new(&config).await?;
    let plan = scene.project.plan().await?.ok()?;
    assert_eq!(plan.warnings().count(), 2, "{plan}");
    scene.project.apply_plan().await?.ok()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}
