use super::*;

fn read(body: &str) -> String {
    VendorMessage::read(Some(body.as_bytes()), &["canary"]).to_string()
}

#[test]
fn the_shapes_of_error_bodies() {
    assert_eq!(
        read(r#"{"StatusCode": 404, "Message": "no such number"}"#),
        ": no such number"
    );
    assert_eq!(
        read(r#"{"statuscode": 404, "message": "GENS-0041 no"}"#),
        ": GENS-0041 no"
    );
    assert_eq!(
        read(
            r#"{"Title": "Invalid", "Status": 400, "Detail": "see errors", "TraceId": "t",
                 "Errors": {"$.AreaCode": ["too long", "not digits"], "Other": "x"}}"#
        ),
        ": Invalid; see errors; $.AreaCode: too long, not digits; Other: x"
    );
    assert_eq!(
        read(r#"{"successful": false, "error": "bad key"}"#),
        ": bad key"
    );
    assert_eq!(
        read(r#"{"Message": "odd", "TransactionLogId": 17}"#),
        ": odd (TransactionLogId 17)"
    );
    assert_eq!(read("upstream\r\n  unavailable"), ": upstream unavailable");
    assert_eq!(read(r#""just text""#), ": just text");
}

#[test]
fn a_secret_that_only_shows_once_the_text_is_tidied_is_masked_as_well() {
    assert_eq!(
        read(r#"{"Message": "no can\u0000ary here"}"#),
        ": no *** here"
    );
}

#[test]
fn what_is_no_message() {
    assert_eq!(
        read(r#"{"StatusCode": 500, "Message": null}"#),
        " with no message"
    );
    assert_eq!(read(""), " with an empty body");
    assert_eq!(
        read("<html><h1>502 Bad Gateway</h1>"),
        " with a non-JSON body"
    );
    assert_eq!(read(r#"{"Message": "<b>bold</b>"}"#), " with no message");
    let binary = VendorMessage::read(Some(b"\xff\xfe"), &[]);
    assert_eq!(binary.to_string(), " with a non-JSON body");
    assert_eq!(
        VendorMessage::read(None, &[]).to_string(),
        " with a body that broke off"
    );
}

#[test]
fn long_messages_are_cut_and_secrets_masked_before() {
    let long = format!("{}canary and more", "ä".repeat(MAX_CHARS - 3));
    let text = VendorMessage::read(Some(long.as_bytes()), &["canary"]);
    let text = text.text().expect("said");
    assert_eq!(text.chars().count(), MAX_CHARS + 1);
    assert!(text.ends_with("***…"), "{text}");
}
