use super::*;

fn of(base_url: &str, variables: &[(&str, &'static str)]) -> Result<Option<String>, ProxyError> {
    let base_url = BaseUrl::parse(base_url, true).expect("a URL");
    let value = |name: &str| {
        let set = variables.iter().find(|(set, _)| *set == name);
        set.map(|(_, value)| *value)
    };
    let proxy = Proxy::of(&base_url, value)?;
    Ok(proxy.map(|proxy| {
        let shown = format!("{proxy} {proxy:?}");
        assert!(
            !shown.contains("hush") && !shown.contains("user"),
            "{shown}"
        );
        proxy.to_string()
    }))
}

const API: &str = "https://api.example";

#[test]
fn it_is_named_by_host_port_and_variable_without_its_password() {
    for (variable, value, shown) in [
        (
            "HTTPS_PROXY",
            "http://user:hush@proxy.example:3128",
            "proxy.example:3128",
        ),
        ("https_proxy", "proxy.example:8080", "proxy.example:8080"),
        ("ALL_PROXY", "https://proxy.example", "proxy.example:443"),
        ("all_proxy", "http://user:h%75sh@[::1]:1/", "[::1]:1"),
        ("HTTPS_PROXY", " http://192.0.2.1\n", "192.0.2.1:80"),
    ] {
        let expected = format!("the proxy {shown} that {variable} names");
        assert_eq!(of(API, &[(variable, value)]), Ok(Some(expected)));
    }
}

#[test]
fn a_malformed_variable_is_an_error_and_never_no_proxy() {
    for value in [
        "ht!tp://user:hush@proxy.example:3128",
        "http://",
        "http://proxy.example:port",
        "http://proxy.example:99999",
        "http://user:hush@",
        "://",
        "http:proxy.example",
    ] {
        let error = of(
            API,
            &[("HTTPS_PROXY", value), ("ALL_PROXY", "http://fine.example")],
        );
        let expected = ProxyError {
            variable: "HTTPS_PROXY",
            is_unsupported: false,
        };
        assert_eq!(error, Err(expected), "{value}");
    }
    for value in [
        "socks5://user:hush@proxy.example:1080",
        "socks4a://proxy.example",
    ] {
        let error = of(API, &[("all_proxy", value)]).expect_err(value);
        assert!(error.is_unsupported && error.variable == "all_proxy");
    }
}

#[test]
fn what_does_not_concern_the_api_is_not_looked_at() {
    let bad = ("HTTPS_PROXY", "ht!tp://proxy");
    assert_eq!(of(API, &[]), Ok(None));
    assert_eq!(of(API, &[("HTTPS_PROXY", " ")]), Ok(None));
    assert_eq!(of(API, &[("HTTP_PROXY", "ht!tp://proxy")]), Ok(None));
    assert_eq!(
        of("http://127.0.0.1:1", &[("ALL_PROXY", "ht!tp://proxy")]),
        Ok(None)
    );
    assert_eq!(of("http://192.0.2.1", &[bad]), Ok(None));
    for no in ["api.example", ".example", "*", "other, example"] {
        assert_eq!(of(API, &[bad, ("NO_PROXY", no)]), Ok(None), "{no}");
        assert_eq!(of(API, &[bad, ("no_proxy", no)]), Ok(None), "{no}");
    }
    assert!(of(API, &[bad, ("NO_PROXY", "other.example")]).is_err());
}
