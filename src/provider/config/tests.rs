//! What configuration and environment amount to.

use super::*;
use crate::terraform::Attr;

fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment::capture(
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

fn errors(config: &ProviderConfig, variables: &[(&str, &str)]) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    resolve(config, &environment(variables), "1.11.4", &mut diagnostics);
    diagnostics.iter().map(code).collect()
}

fn code(diagnostic: &Diagnostic) -> String {
    diagnostic.code().unwrap_or_default().to_owned()
}

fn settings(config: &ProviderConfig, variables: &[(&str, &str)]) -> Settings {
    let mut diagnostics = Diagnostics::new();
    match resolve(config, &environment(variables), "1.11.4", &mut diagnostics) {
        Resolved::Known { settings, .. } => *settings,
        other => panic!("{other:?}: {diagnostics:?}"),
    }
}

const KEY_AND_SECRET: [(&str, &str); 2] = [
    ("JOONTO_ACCOUNT_KEY", "DID-1"),
    ("JOONTO_ACCOUNT_SECRET", "s"),
];

#[test]
fn credentials_come_from_configuration_or_environment_and_must_be_whole() {
    let none = ProviderConfig::default();
    assert_eq!(errors(&none, &[]), ["JN606"]);
    assert_eq!(errors(&none, &KEY_AND_SECRET), [""; 0]);
    assert_eq!(errors(&none, &[("JOONTO_TOKEN", "t")]), [""; 0]);
    assert_eq!(errors(&none, &[("JOONTO_ACCOUNT_KEY", "DID-1")]), ["JN607"]);
    assert_eq!(errors(&none, &[("JOONTO_ACCOUNT_SECRET", " ")]), ["JN606"]);
    let key = ProviderConfig {
        account_key: "DID-2".into(),
        ..ProviderConfig::default()
    };
    assert_eq!(errors(&key, &[]), ["JN607"]);
    assert_eq!(errors(&key, &[("JOONTO_ACCOUNT_SECRET", "s")]), [""; 0]);
}

#[test]
fn configuration_wins_over_environment_and_defaults_come_last() {
    let config = ProviderConfig {
        max_retries: Attr::Known(Number::from(0_i64)),
        ..ProviderConfig::default()
    };
    let variables = [
        KEY_AND_SECRET[0],
        KEY_AND_SECRET[1],
        ("JOONTO_MAX_RETRIES", "9"),
    ];
    let settings = settings(&config, &variables);
    assert_eq!(settings.max_retries, 0);
    assert_eq!(settings.max_requests_per_minute, 50);
    assert_eq!(settings.base_url.to_string(), "https://api.telegent.com");
}

#[test]
fn a_configured_token_wins_over_key_and_secret_of_the_environment() {
    let config = ProviderConfig {
        token: "t".into(),
        ..ProviderConfig::default()
    };
    for variables in [&KEY_AND_SECRET[..], &KEY_AND_SECRET[..1], &[]] {
        let credentials = settings(&config, variables).credentials;
        assert!(
            matches!(&credentials, Credentials::Token(token) if token.expose() == "t"),
            "{variables:?}"
        );
    }
    let both = ProviderConfig {
        account_key: "DID-2".into(),
        ..config
    };
    assert!(matches!(
        settings(&both, &KEY_AND_SECRET).credentials,
        Credentials::KeyAndSecret { account_key, .. } if account_key == "DID-2"
    ));
}

#[test]
fn plain_http_is_for_loopback_unless_allowed() {
    let config = ProviderConfig {
        base_url: "http://192.0.2.1".into(),
        ..ProviderConfig::default()
    };
    assert_eq!(errors(&config, &KEY_AND_SECRET), ["JN605"]);
    let allowed = [
        KEY_AND_SECRET[0],
        KEY_AND_SECRET[1],
        ("JOONTO_ALLOW_HTTP", "1"),
    ];
    assert_eq!(errors(&config, &allowed), [""; 0]);
}

#[test]
fn unknown_values_are_named_and_are_no_error() {
    let config = ProviderConfig {
        token: Attr::Unknown,
        ..ProviderConfig::default()
    };
    let mut diagnostics = Diagnostics::new();
    let resolved = resolve(&config, &environment(&[]), "", &mut diagnostics);
    assert!(matches!(resolved, Resolved::Unknown(names) if names == ["token"]));
    assert_eq!(diagnostics, Diagnostics::new());
}

#[test]
fn the_user_agent_names_terraform_and_us_and_what_users_append() {
    let variables = [
        KEY_AND_SECRET[0],
        KEY_AND_SECRET[1],
        ("TF_APPEND_USER_AGENT", "ci/7 é"),
    ];
    let agent = settings(&ProviderConfig::default(), &variables).user_agent;
    assert!(
        agent.starts_with("Terraform/1.11.4 (+https://www.terraform.io) "),
        "{agent}"
    );
    assert!(agent.ends_with(" ci/7 ?"), "{agent}");
}

#[test]
fn secrets_are_not_printed() {
    let environment = environment(&[("JOONTO_ACCOUNT_SECRET", "hunter2")]);
    assert_eq!(format!("{environment:?}"), r#"{"JOONTO_ACCOUNT_SECRET"}"#);
}

#[test]
fn a_malformed_proxy_variable_is_refused_by_its_name_and_without_its_password() {
    let none = ProviderConfig::default();
    for (value, code) in [
        ("ht!tp://user:hush@proxy.example:3128", "JN610"),
        ("socks5://user:hush@proxy.example:1080", "JN611"),
    ] {
        let variables = [KEY_AND_SECRET[0], KEY_AND_SECRET[1], ("HTTPS_PROXY", value)];
        let mut diagnostics = Diagnostics::new();
        let resolved = resolve(&none, &environment(&variables), "", &mut diagnostics);
        assert!(matches!(resolved, Resolved::Refused));
        let error = diagnostics.iter().next().expect("an error");
        assert_eq!(error.code(), Some(code));
        assert!(error.detail().contains("HTTPS_PROXY") && !error.detail().contains("hush"));
    }
}
