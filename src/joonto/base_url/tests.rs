use super::*;

fn parse(text: &str) -> Result<String, &'static str> {
    BaseUrl::parse(text, false).map(|url| url.endpoint("/v1.0/x"))
}

#[test]
fn the_version_is_never_doubled() {
    for text in ["", "/", "/v1.0", "/v1.0/", "//"] {
        let text = format!("https://API.telegent.com{text}");
        assert_eq!(
            parse(&text).as_deref(),
            Ok("https://api.telegent.com/v1.0/x"),
            "{text}"
        );
    }
    assert_eq!(
        parse(" https://proxy.example:8443/joonto/v1.0 ").as_deref(),
        Ok("https://proxy.example:8443/joonto/v1.0/x")
    );
}

#[test]
fn plain_http_goes_to_this_machine_only() {
    for host in ["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:1"] {
        let url = BaseUrl::parse(&format!("http://{host}"), false).expect(host);
        assert!(url.is_loopback() && url.is_plain_http());
    }
    for host in [
        "example.com",
        "127.0.0.1.example.com",
        "10.0.0.1",
        "0.0.0.0",
    ] {
        let text = format!("http://{host}");
        assert_eq!(parse(&text), Err(PLAIN_HTTP), "{host}");
        assert!(BaseUrl::parse(&text, true).is_ok(), "{host}");
    }
}

#[test]
fn what_has_no_place_in_the_address_is_refused() {
    assert_eq!(parse("api.telegent.com"), Err(NOT_A_URL));
    assert_eq!(parse(""), Err(NOT_A_URL));
    assert_eq!(
        parse("ftp://example.com"),
        Err("the URL must begin with https://")
    );
    assert_eq!(
        parse("https://u:p@example.com"),
        Err("the URL must not contain a user name or password")
    );
    assert_eq!(
        parse("https://example.com?a=b"),
        Err("the URL must end with its host or path: no \"?\" and no \"#\"")
    );
    assert_eq!(
        parse("https://example.com#a"),
        Err("the URL must end with its host or path: no \"?\" and no \"#\"")
    );
}
