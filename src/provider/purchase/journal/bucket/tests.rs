use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use object_store::memory::InMemory;

use super::service::RETRIES;
use super::*;

const RECORD: &str = "a.b.aaaaaaaaaaaa.7/1.json";

fn bucket(store: &Arc<InMemory>) -> Bucket {
    let bucket = Bucket::parse("s3://records/a/b/", Vec::new()).expect("an address");
    bucket.over(Arc::clone(store) as Arc<dyn ObjectStore>)
}

#[test]
fn an_address_names_a_bucket_and_a_prefix() {
    let name = |address: &str| Bucket::parse(address, Vec::new()).map(|bucket| bucket.name());
    assert_eq!(name("s3://records"), Ok("s3://records/".into()));
    for other in ["s3://records/a/b", "gs://records/a/b", "az://records/a/b"] {
        assert_eq!(name(&format!("{other}/")), Ok(other.into()));
    }
    for wrong in [
        "s3://",
        "s3:///a",
        "s3://key:secret@records/a",
        "s3://records/a?region=b",
        "s3://records/a//b",
        "ftp://records",
        "https://records.s3.amazonaws.com",
    ] {
        let why = name(wrong).expect_err(wrong);
        assert!(!why.contains("secret"), "{why}");
    }
}

#[tokio::test]
async fn what_is_written_is_listed_until_it_is_deleted() {
    let store = Arc::new(InMemory::new());
    let (one, other) = (bucket(&store), bucket(&store));
    let (record, claim) = (RECORD.to_owned(), RECORD.replace("json", "claim"));
    for content in ["one", "two"] {
        one.put(record.clone(), content.into()).await.expect("put");
        let listed = other.list(String::new()).await.expect("listed");
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].path, RECORD);
        let read = listed[0].content.as_ref().expect("readable");
        assert_eq!(read, content.as_bytes());
    }
    let own = other.list("a.b.aaaaaaaaaaaa.7".into()).await;
    assert!(own.expect("listed").is_empty());
    let stray = Path::from("a/b/readme.txt");
    store.put(&stray, "x".into()).await.expect("put");
    assert_eq!(other.list(String::new()).await.expect("listed").len(), 1);

    let (first, second) = tokio::join!(
        one.create(claim.clone(), "one".into()),
        other.create(claim.clone(), "other".into())
    );
    assert!(first.expect("created") != second.expect("created"));
    for _ in 0..2 {
        let paths = vec![record.clone(), claim.clone()];
        one.delete(paths).await.expect("deleted");
    }
    assert_eq!(other.read(record).await.expect("read"), None);
    assert!(other.list(String::new()).await.expect("listed").is_empty());
}

#[tokio::test]
async fn what_is_not_there_is_not_deleted_again() {
    let (bucket, count) = server(200, "<ListBucketResult/>").await;
    for _ in 0..3 {
        let paths = vec![RECORD.to_owned(), RECORD.replace("json", "claim")];
        bucket.delete(paths).await.expect("nothing to delete");
    }
    assert_eq!(count.load(Ordering::Relaxed), 1, "one listing");

    // A write that fails may have been carried out, and its object is deleted.
    let (bucket, count) = server(403, "").await;
    let put = bucket.put(RECORD.into(), b"x".to_vec()).await;
    put.expect_err("denied");
    let paths = vec![RECORD.to_owned(), RECORD.replace("json", "claim")];
    bucket.delete(paths).await.expect_err("denied");
    assert_eq!(count.load(Ordering::Relaxed), 3, "put, listing, delete");
}

#[tokio::test]
async fn each_service_keeps_records_alike() {
    for scheme in ["s3://", "gs://", "az://"] {
        let server = harness::s3::MemoryServer::start().await.expect("a server");
        let endpoint = format!("http://{}", server.address());
        let variables = [
            ("GOOGLE_BASE_URL", endpoint.as_str()),
            ("GOOGLE_BEARER_TOKEN", "hidden"),
            // The address decides, not a variable.
            ("GOOGLE_BUCKET", "others"),
            ("AZURE_STORAGE_ENDPOINT", endpoint.as_str()),
            ("AZURE_ALLOW_HTTP", "true"),
            ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
            ("AZURE_STORAGE_ACCOUNT_KEY", "aGlkZGVu"),
            ("AZURE_CONTAINER_NAME", "others"),
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "AKIAKEY"),
            ("AWS_SECRET_ACCESS_KEY", "hidden"),
            ("AWS_BUCKET", "others"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let bucket = Bucket::parse(&format!("{scheme}records/a/b"), variables.into());
        let bucket = bucket.expect("an address");
        let (record, claim) = (RECORD.to_owned(), RECORD.replace("json", "claim"));
        let list = async || bucket.list(String::new()).await.expect(scheme);
        assert!(list().await.is_empty());
        for content in ["one", "two", "two"] {
            let put = bucket.put(record.clone(), content.into()).await;
            put.expect(scheme);
            let listed = list().await;
            assert_eq!(listed.len(), 1);
            let read = listed[0].content.as_ref().expect("readable");
            assert_eq!(read, content.as_bytes());
        }
        let create = async |content: &str| {
            let created = bucket.create(claim.clone(), content.into()).await;
            created.expect(scheme)
        };
        assert!(create("one").await && create("one").await);
        assert!(!create("other").await, "{scheme} makes a second claim");
        for _ in 0..2 {
            let deleted = bucket.delete(vec![record.clone(), claim.clone()]).await;
            deleted.expect(scheme);
        }
        let read = bucket.read(record).await;
        assert_eq!(read.expect(scheme), None);
    }
}

#[tokio::test]
async fn an_equal_object_is_the_one_whose_response_was_lost() {
    let store = Arc::new(InMemory::new());
    let (one, claim) = (bucket(&store), RECORD.replace("json", "claim"));
    assert!(one.create(claim.clone(), "one".into()).await.expect("new"));
    assert!(one.create(claim.clone(), "one".into()).await.expect("same"));
    assert!(!one.create(claim, "other".into()).await.expect("another"));
}

/// A server that responds to everything with this.
async fn server(status: u16, body: &'static str) -> (Bucket, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let respond = move || async move {
        counted.fetch_add(1, Ordering::Relaxed);
        let status = StatusCode::from_u16(status).expect("a status");
        (status, [("etag", "\"1\"")], body)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Router::new().fallback(respond);
    tokio::spawn(async move { axum::serve(listener, app).await });
    (at(&format!("http://{address}"), &[]), count)
}

fn at(endpoint: &str, more: &[(&str, &str)]) -> Bucket {
    let given = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "AKIAKEY"),
        ("AWS_SECRET_ACCESS_KEY", "hidden"),
    ];
    let given = given.iter().filter(|_| more.is_empty()).chain(more);
    let given = given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Bucket::parse("s3://records/joonto", given.collect()).expect("an address")
}

#[tokio::test]
async fn an_error_says_what_to_do_and_no_more_than_the_code() {
    let body = |code: &str| {
        let text = format!(
            "<Error><Code>{code}</Code><AWSAccessKeyId>AKIAKEY</AWSAccessKeyId>\
             <StringToSign>hidden</StringToSign></Error>"
        );
        &*Box::leak(text.into_boxed_str())
    };
    let rows = [
        (403, "ExpiredToken", "export-credentials"),
        (403, "RequestTimeTooSkewed", "clock"),
        (403, "AccessDenied", "s3:PutObject"),
        (403, "SignatureDoesNotMatch", "SignatureDoesNotMatch"),
        (404, "NoSuchBucket", "no such bucket"),
        (301, "PermanentRedirect", "AWS_REGION"),
        (400, "AuthorizationHeaderMalformed", "AWS_REGION"),
    ];
    for (status, code, expected) in rows {
        let (bucket, _) = server(status, body(code)).await;
        let put = bucket.put(RECORD.into(), b"x".to_vec()).await;
        let listed = bucket.list(String::new()).await;
        for error in [put.expect_err(code), listed.expect_err(code)] {
            let text = error.to_string();
            assert!(text.contains(expected), "{code}: {text}");
            assert!(!text.contains("AKIA") && !text.contains("hidden"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_store_that_does_not_respond_is_tried_again_for_a_while() {
    let (bucket, count) = server(503, "").await;
    let put = bucket.put(RECORD.into(), b"x".to_vec()).await;
    let text = put.expect_err("unavailable").to_string();
    assert!(text.contains("503"), "{text}");
    assert_eq!(count.load(Ordering::Relaxed), 1 + RETRIES);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let bucket = at(&format!("http://{address}"), &[]);
    let error = bucket
        .list(String::new())
        .await
        .expect_err("nobody listens");
    assert!(error.to_string().contains("did not respond"), "{error}");
}

#[tokio::test]
async fn without_credentials_the_error_says_how_to_set_them() {
    let nowhere = [("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")];
    let error = at("", &nowhere).list(String::new()).await;
    let text = error.expect_err("no credentials").to_string();
    assert!(text.contains("export-credentials"), "{text}");
}

#[test]
fn each_service_names_its_own_credentials_and_rights() {
    use super::service::Service;
    let denied = |scheme: &str| {
        let (service, _) = Service::of(scheme).expect("a service");
        let source = "<Error><Code>AccessDenied</Code></Error>".into();
        let store = "store";
        service.problem(&Error::Generic { store, source })
    };
    for (scheme, right) in [
        ("s3://", "s3:PutObject"),
        ("gs://", "roles/storage.objectUser"),
        ("az://", "Storage Blob Data Contributor"),
    ] {
        assert!(denied(scheme).contains(right), "{}", denied(scheme));
    }
    let (azure, _) = Service::of("az://").expect("a service");
    let error = azure.connect("records", &[]).expect_err("no account");
    let text = azure.problem(&error);
    assert!(text.contains("AZURE_STORAGE_ACCOUNT_NAME"), "{text}");
}

#[tokio::test]
async fn a_store_that_replaces_objects_is_refused() {
    let (bucket, _) = server(200, "").await;
    let claim = RECORD.replace("json", "claim");
    let error = bucket.create(claim, b"x".to_vec()).await;
    let text = error.expect_err("it replaces").to_string();
    assert!(text.contains("could claim one purchase"), "{text}");
}
