//! A bucket of Google Cloud Storage, and of Azure Blob Storage: as much of both protocols as
//! records need. The money tests run a server of Amazon S3's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Response, Uri};

use super::Bucket;
use crate::sync::locked;

/// The name of the bucket, as paths show it.
const BUCKET: &str = "/records/";

const MODIFIED: &str = "Fri, 27 Nov 2026 12:00:00 GMT";

/// Objects by key, each with its version.
#[derive(Clone, Default)]
struct Objects(Arc<Mutex<BTreeMap<String, (usize, Bytes)>>>);

/// A fresh bucket of the service with this scheme.
pub(super) async fn bucket(scheme: &str) -> Bucket {
    let objects = Objects::default();
    let respond = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        let objects = objects.clone();
        async move { objects.respond(&method, &uri, &headers, body) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Router::new().fallback(respond);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let endpoint = format!("http://{address}");
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
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Bucket::parse(&format!("{scheme}records/a/b"), variables.into()).expect("an address")
}

impl Objects {
    fn respond(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Response<Body> {
        let mut objects = locked(&self.0);
        let query = uri.query().unwrap_or_default();
        // Google's paths are encoded; so few characters occur in keys.
        let path = uri.path().replace("%2F", "/").replace("%2E", ".");
        let key = path.strip_prefix(BUCKET).unwrap_or_default();
        if *method == Method::GET && query.contains("comp=list") {
            return reply(200, blobs(&objects));
        }
        if *method == Method::GET && query.contains("list-type=2") {
            return reply(200, contents(&objects));
        }
        match *method {
            Method::PUT => {
                // Google's condition, and Azure's.
                let conditions = ["x-goog-if-generation-match", "if-none-match"];
                let creates = conditions.iter().any(|name| headers.contains_key(*name));
                if creates && objects.contains_key(key) {
                    let is_google = headers.contains_key(conditions[0]);
                    return reply(if is_google { 412 } else { 409 }, String::new());
                }
                let version = objects.get(key).map_or(1, |(version, _)| version + 1);
                objects.insert(key.to_owned(), (version, body));
                tagged(201, version, Bytes::new())
            }
            Method::GET => match objects.get(key) {
                Some((version, content)) => tagged(200, *version, content.clone()),
                None => reply(404, String::new()),
            },
            Method::DELETE => match objects.remove(key) {
                Some(_) => reply(204, String::new()),
                None => reply(404, String::new()),
            },
            // Azure's batch.
            Method::POST => {
                let text = String::from_utf8_lossy(&body);
                let paths = text.split("DELETE ").skip(1);
                let mut parts = String::new();
                for (nth, path) in paths.enumerate() {
                    let path = path.split(' ').next().unwrap_or_default();
                    let key = path.strip_prefix(BUCKET).unwrap_or_default();
                    let status = match objects.remove(key) {
                        Some(_) => "202 Accepted",
                        None => "404 Not Found",
                    };
                    let _ = write!(
                        parts,
                        "--part\r\nContent-Type: application/http\r\nContent-ID: {nth}\r\n\r\n\
                         HTTP/1.1 {status}\r\n\r\n"
                    );
                }
                let response = Response::builder()
                    .status(202)
                    .header("content-type", "multipart/mixed; boundary=part");
                let response = response.body(Body::from(parts + "--part--\r\n"));
                response.expect("a response")
            }
            _ => reply(405, String::new()),
        }
    }
}

fn reply(status: u16, body: String) -> Response<Body> {
    let response = Response::builder().status(status).body(Body::from(body));
    response.expect("a response")
}

fn tagged(status: u16, version: usize, content: Bytes) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header("etag", format!("\"{version}\""))
        .header("last-modified", MODIFIED)
        .body(Body::from(content));
    response.expect("a response")
}

fn contents(objects: &BTreeMap<String, (usize, Bytes)>) -> String {
    let one = |(key, (version, content)): (&String, &(usize, Bytes))| {
        format!(
            "<Contents><Key>{key}</Key><Size>{}</Size><ETag>\"{version}\"</ETag>\
             <LastModified>2026-11-27T12:00:00Z</LastModified></Contents>",
            content.len()
        )
    };
    let all: String = objects.iter().map(one).collect();
    format!("<ListBucketResult>{all}</ListBucketResult>")
}

fn blobs(objects: &BTreeMap<String, (usize, Bytes)>) -> String {
    let one = |(key, (version, content)): (&String, &(usize, Bytes))| {
        format!(
            "<Blob><Name>{key}</Name><Properties><Last-Modified>{MODIFIED}</Last-Modified>\
             <Content-Length>{}</Content-Length><Content-Type>text/plain</Content-Type>\
             <Etag>\"{version}\"</Etag></Properties></Blob>",
            content.len()
        )
    };
    let all: String = objects.iter().map(one).collect();
    format!("<EnumerationResults><Blobs>{all}</Blobs><NextMarker/></EnumerationResults>")
}
