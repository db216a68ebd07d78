//! Values that are unknown, null, empty or in white space, as the real Terraform hands them over.

use harness::Result;
use serde_json::json;

use super::voice_route;
use crate::scene::Scene;

const ROUTES: &str = "/v1.0/voice/routes";

fn trunk(arguments: &str) -> String {
    voice_route(&format!("  route_type = \"Trunk\"\n  {arguments}"))
}

/// C58: a set keeps what is known of it, and exactly its values are sent.
#[tokio::test]
async fn a_set_with_unknown_elements_is_planned_and_sent_whole() -> Result<()> {
    const NAT: &str = "resource \"terraform_data\" \"nat\" {\n  input = \"203.0.113.8\"\n}\n\
                       resource \"terraform_data\" \"other\" {\n  input = \"203.0.113.7\"\n}\n";
    for (set, expected) in [
        ("[terraform_data.nat.output]", &["203.0.113.8"][..]),
        (
            "[terraform_data.nat.output, \"203.0.113.9\"]",
            &["203.0.113.8", "203.0.113.9"],
        ),
        (
            "[\"${terraform_data.nat.output}\", terraform_data.other.output, \"203.0.113.8\"]",
            &["203.0.113.7", "203.0.113.8"],
        ),
    ] {
        let config = format!("{NAT}{}", trunk(&format!("ip_whitelist = {set}")));
        let scene = Scene::new(&config).await?;
        scene.project.validate().await?.quiet()?;
        scene.project.plan().await?.quiet()?;
        let show = ["show", "-no-color", "planned.tfplan"];
        let plan = scene.project.run(show).await?.ok()?;
        let lines: Vec<&str> = plan.stdout.lines().collect();
        let at = lines.iter().position(|line| line.contains("ip_whitelist"));
        let shown = lines[at.expect("the set is shown")..].join("\n");
        assert!(shown.contains("(known after apply)"), "{plan}");
        scene.project.apply().await?.quiet()?;
        let ledger = scene.sandbox.ledger();
        let sent = &ledger.requests_to(ROUTES)[0].body["IpWhitelist"];
        let addresses: Vec<_> = expected
            .iter()
            .map(|address| json!({"IpAddress": address}))
            .collect();
        assert_eq!(sent, &json!(addresses), "{set}");
        scene.project.assert_empty_plan().await?.quiet()?;
        scene.end().await;
    }
    Ok(())
}

/// C59, C61: what cannot be right is an error at its argument while validating.
#[tokio::test]
async fn null_empty_and_white_space_fail_validation_and_no_request_is_sent() -> Result<()> {
    let scene = Scene::new("").await?;
    scene.project.write("name.txt", "support\n")?;
    let named = |name: &str| {
        format!(
            "resource \"joonto_voice_route\" \"trunk\" {{\n  route_name = {name}\n  route_type = \
             \"Trunk\"\n}}\n"
        )
    };
    const BACKUP: &str = "locals {\n  backup = null\n}\n";
    for (config, attribute, code) in [
        (named("file(\"name.txt\")"), "route_name", "TF012"),
        (named("\"support\\t\""), "route_name", "TF012"),
        (named("\"\\u00a0support\""), "route_name", "TF012"),
        (trunk("trunk_ip1 = \" 203.0.113.20\""), "trunk_ip1", "TF012"),
        (
            trunk("header_manipulation = \"HMI1 \""),
            "header_manipulation",
            "TF012",
        ),
        (
            trunk("termination_uri_subdomain = \"a\\n\""),
            "termination_uri_subdomain",
            "TF012",
        ),
        (
            trunk("ip_whitelist = [\"203.0.113.9\\n\"]"),
            "ip_whitelist",
            "TF012",
        ),
        (trunk("ip_whitelist = [\" \"]"), "ip_whitelist", "TF012"),
        (trunk("ip_whitelist = [\"\"]"), "ip_whitelist", "TF013"),
        (
            format!(
                "{BACKUP}{}",
                trunk("ip_whitelist = [\"203.0.113.9\", local.backup]")
            ),
            "ip_whitelist",
            "TF013",
        ),
        (
            trunk("trunk1_weight = 18446744073709551616"),
            "trunk1_weight",
            "TF014",
        ),
    ] {
        scene.project.main(&config)?;
        let run = scene.project.validate().await?.failed()?;
        let error = run.error()?;
        assert_eq!(error.code(), code, "{attribute}: {run}");
        assert!(error.points_at(attribute), "{attribute}: {run}");
    }
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    scene.end().await;
    Ok(())
}

/// C61: a value that is unknown while validating is judged at plan, before anything is sent.
#[tokio::test]
async fn white_space_that_shows_late_is_an_error_before_anything_is_sent() -> Result<()> {
    let later = |value: &str| {
        format!(
            "resource \"terraform_data\" \"ip\" {{\n  input = {value}\n}}\n{}",
            trunk("trunk_ip1 = terraform_data.ip.output")
        )
    };
    let scene = Scene::new(&later("\"203.0.113.20\\n\"")).await?;
    scene.project.validate().await?.quiet()?;
    let run = scene.project.apply().await?.failed()?;
    assert_eq!(run.error()?.code(), "TF012", "{run}");
    assert_eq!(scene.sandbox.ledger().requests_to(ROUTES).len(), 0);
    scene
        .project
        .main(&later("trimspace(\"203.0.113.20\\n\")"))?;
    scene.project.apply().await?.quiet()?;
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

/// C71: the output holds nothing of a secret, whatever rule it breaks.
#[tokio::test]
async fn a_sensitive_value_is_in_no_error() -> Result<()> {
    let secret = "variable \"secret\" {\n  sensitive = true\n  type      = string\n}\n";
    let scene = Scene::new("").await?;
    let long = "canary-4711 ".repeat(400_000);
    for value in [
        "ht!tp://user:canary-4711@example.com/a b",
        "canary-4711",
        &long,
    ] {
        for argument in ["voice_url", "wss_uri", "trunk_uri1", "route_type"] {
            let route_type = match argument {
                "route_type" => "",
                _ => "  route_type = \"Trunk\"\n",
            };
            let config = voice_route(&format!("{route_type}  {argument} = var.secret"));
            scene.project.main(&format!("{secret}{config}"))?;
            let file = format!("secret = {value:?}\n");
            scene.project.write("terraform.tfvars", &file)?;
            let run = scene.project.plan().await?.failed()?;
            let output = format!("{}{}", run.stdout, run.stderr);
            assert!(!output.contains("canary"), "{argument}");
            assert!(run.error()?.detail.len() < 2048, "{argument}");
        }
    }
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    scene.end().await;
    Ok(())
}
