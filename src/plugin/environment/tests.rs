use super::super::MagicCookie;
use super::*;

const INFO: PluginInfo = PluginInfo {
    name: "terraform-provider-thing",
    version: "1.2.3",
    address: "registry.terraform.io/acme/thing",
    app_protocol: 6,
    cookie: MagicCookie {
        name: "COOKIE",
        value: "crumbs",
    },
    log_variables: &["TF_LOG_PROVIDER_THING", "TF_LOG"],
};

fn parse(variables: &[(&str, &str)]) -> Result<HostEnvironment, EnvironmentError> {
    HostEnvironment::parse(
        &INFO,
        variables
            .iter()
            .map(|(name, value)| (OsString::from(name), OsString::from(value))),
    )
}

fn from_host(variables: &[(&str, &str)]) -> Result<HostEnvironment, EnvironmentError> {
    parse(&[&[("COOKIE", "crumbs")], variables].concat())
}

fn host(variables: &[(&str, &str)]) -> HostOptions {
    from_host(variables)
        .expect("a good environment")
        .host
        .expect("the cookie is there")
}

#[test]
fn only_the_exact_cookie_is_a_host() {
    for (variables, expected) in [
        (&[][..], false),
        (&[("COOKIE", "")], false),
        (&[("COOKIE", "crumb")], false),
        (&[("cookie", "crumbs")], false),
        (&[("COOKIE", "crumbs")], true),
    ] {
        let environment = parse(variables).expect("a good environment");
        assert_eq!(environment.host.is_some(), expected, "{variables:?}");
    }
}

#[test]
fn versions_are_a_set_in_any_order() {
    let versions = |text| host(&[("PLUGIN_PROTOCOL_VERSIONS", text)]).protocol_versions;
    assert_eq!(versions("5,6"), versions("6, 5,5"));
    assert_eq!(versions("6,next"), BTreeSet::from([6]));
    assert_eq!(versions(""), BTreeSet::new());
}

#[test]
fn a_bad_certificate_is_an_error_and_never_plain_text() {
    let junk = from_host(&[("PLUGIN_CLIENT_CERT", "junk")]);
    assert!(matches!(junk, Err(EnvironmentError::ClientCertificate)));
    assert!(host(&[("PLUGIN_CLIENT_CERT", "")]).certificate.is_none());
    let pem = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
    let certificate = host(&[("PLUGIN_CLIENT_CERT", pem)]).certificate;
    assert_eq!(certificate.expect("one").as_ref(), [1, 2, 3]);
}

#[test]
fn ports_are_a_range() {
    let ports = |min, max| {
        from_host(&[("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)])
            .map(|environment| environment.listen.ports)
    };
    assert_eq!(ports("10000", "25000").expect("good"), 10000..=25000);
    for (min, max) in [("", ""), ("0", "0"), ("10000", ""), ("", "25000")] {
        assert_eq!(ports(min, max).expect("good"), ANY_PORT);
    }
    assert!(matches!(
        ports("2", "1"),
        Err(EnvironmentError::PortRange { min: 2, max: 1 })
    ));
    assert!(matches!(
        ports("70000", "80000"),
        Err(EnvironmentError::Port { .. })
    ));
}

#[test]
fn without_a_host_its_variables_do_not_matter() {
    let environment = parse(&[("PLUGIN_CLIENT_CERT", "junk"), ("PLUGIN_MIN_PORT", "x")]);
    assert!(environment.is_ok());
}

#[test]
fn the_socket_directory_falls_back() {
    let directory = |variables: &[_]| {
        let environment = parse(variables).expect("a good environment");
        environment.listen.socket_directory
    };
    let temp = ("TMPDIR", "/t");
    assert_eq!(directory(&[]), PathBuf::from("/tmp"));
    assert_eq!(directory(&[temp]), PathBuf::from("/t"));
    assert_eq!(
        directory(&[temp, ("PLUGIN_UNIX_SOCKET_DIR", "/s")]),
        PathBuf::from("/s")
    );
}

#[test]
fn the_first_log_variable_that_is_set_wins() {
    let verbosity = |variables: &[_]| parse(variables).expect("good").verbosity();
    assert_eq!(verbosity(&[]), Verbosity::default());
    assert_eq!(
        verbosity(&[("TF_LOG", "INFO"), ("TF_LOG_PROVIDER_THING", "error")]),
        Verbosity::parse("ERROR")
    );
    assert_eq!(
        verbosity(&[("TF_LOG", "INFO"), ("TF_LOG_PROVIDER_THING", "")]),
        Verbosity::parse("info")
    );
}
