use super::*;
use crate::joonto::{RouteKind, VoiceRoute};

fn accepts(name: &str, good: &[&str], bad: &[&str]) {
    let column = VoiceRoute::TABLE.column(name).expect("a column");
    for valid in good {
        assert_eq!(text(column, valid), Ok(()), "{valid:?}");
    }
    for bad in bad {
        assert!(text(column, bad).is_err(), "{bad:?}");
    }
}

#[test]
fn texts() {
    accepts("voice_url_method", &["GET", "POST", ""], &["get", "PUT"]);
    let words = ["None", "Basic", "Bearer"];
    accepts("voice_authentication_type", &words, &["basic"]);
    accepts("route_type", &["Trunk"], &["", "trunk"]);
    accepts("route_name", &["inbound"], &[""]);
    accepts(
        "voice_url",
        &[
            "https://example.com/sms",
            "http://192.0.2.1:8080",
            "HTTPS://example.com?a=b",
            "https://user@example.com",
            "",
        ],
        &[
            "example.com",
            "https://",
            "https:///sms",
            "ftp://example.com",
            "https://example.com/a b",
            "https://:8080/",
            "wss://example.com",
        ],
    );
    accepts(
        "wss_uri",
        &[
            "sip:a@example.com",
            "wss://192.0.2.3",
            "https://sip1.example.com",
        ],
        &["example.com", "sip:", "wss://", "1sip:a", "sip:a b"],
    );
}

#[test]
fn numbers() {
    let number = |text: &str| text.parse::<Number>().expect("a number");
    for text in ["1", "5061", "65535"] {
        assert_eq!(port(&number(text)), Ok(()), "{text}");
    }
    for bad in ["0", "-1", "65536", "1.5", "1e30"] {
        assert!(port(&number(bad)).is_err(), "{bad}");
    }
    assert_eq!(whole_number(&number("0")), Ok(()));
    for bad in ["-1", "0.5"] {
        assert!(whole_number(&number(bad)).is_err(), "{bad}");
    }
}
