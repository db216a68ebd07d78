//! Buckets in this process: as much of the protocols of Amazon, Google and Azure as records need.
//!
//! It imitates Google and Azure, for which the package registries have no server, and stands in for
//! `moto` on machines without Python. It checks no signature.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::proxy;

const MODIFIED: &str = "Fri, 27 Nov 2026 12:00:00 GMT";

/// The most keys of a page.
const PAGE: usize = 1_000;

/// Objects by path, each with its version. The path begins with the bucket.
type Objects = BTreeMap<String, (usize, Vec<u8>)>;

/// A running server. It ends when it is dropped.
#[derive(Debug)]
pub struct MemoryServer {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl MemoryServer {
    /// Starts a server. Every bucket is there, and empty.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let objects: Arc<Mutex<Objects>> = Arc::default();
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let objects = Arc::clone(&objects);
                connections.spawn(async move { serve(stream, &objects).await.ok() });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, serving })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for MemoryServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// One request on each connection.
async fn serve(stream: TcpStream, objects: &Mutex<Objects>) -> Result<()> {
    let mut stream = BufStream::new(stream);
    let (head, body) = proxy::read(&mut stream).await?;
    let response = {
        let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
        respond(&mut objects, &head, body)
    };
    stream.write_all(&response).await?;
    stream.flush().await?;
    Ok(())
}

fn respond(objects: &mut Objects, head: &str, body: Vec<u8>) -> Vec<u8> {
    let mut words = head.split(' ');
    let (method, target) = (words.next(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = decoded(path.trim_start_matches('/'));
    let has = |name: &str| {
        let mut names = head.lines().filter_map(|line| line.split(':').next());
        names.any(|line| line.eq_ignore_ascii_case(name))
    };
    let is_google = has("x-goog-if-generation-match");
    match method {
        Some("GET") if query.contains("comp=list") => reply("200 OK", &[], &blobs(objects, &path)),
        Some("GET") if query.contains("list-type=2") => {
            reply("200 OK", &[], &contents(objects, &path, query))
        }
        Some("GET") => match objects.get(&path) {
            Some((version, content)) => tagged(*version, content),
            None => reply("404 Not Found", &[], b""),
        },
        Some("PUT") => {
            let creates = is_google || has("if-none-match");
            if creates && objects.contains_key(&path) {
                let is_azure = has("x-ms-version");
                let conflict = "409 Conflict";
                let failed = "412 Precondition Failed";
                return reply(if is_azure { conflict } else { failed }, &[], b"");
            }
            // Its bucket, which is there already.
            if !path.contains('/') {
                return reply("200 OK", &[], b"");
            }
            let version = objects.get(&path).map_or(1, |(version, _)| version + 1);
            objects.insert(path, (version, body));
            tagged(version, b"")
        }
        Some("DELETE") => match objects.remove(&path) {
            Some(_) => reply("204 No Content", &[], b""),
            None => reply("404 Not Found", &[], b""),
        },
        Some("POST") if query.contains("comp=batch") => azure_batch(objects, &body),
        Some("POST") => amazon_batch(objects, &path, &body),
        _ => reply("405 Method Not Allowed", &[], b""),
    }
}

/// Several objects of Amazon's are deleted.
fn amazon_batch(objects: &mut Objects, bucket: &str, body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let mut deleted = String::new();
    for key in between(&text, "<Key>", "</Key>") {
        objects.remove(&format!("{}/{key}", bucket.trim_end_matches('/')));
        let _ = write!(deleted, "<Deleted><Key>{key}</Key></Deleted>");
    }
    let deleted = format!("<DeleteResult>{deleted}</DeleteResult>");
    reply("200 OK", &[], deleted.as_bytes())
}

/// Several objects of Azure's are deleted.
fn azure_batch(objects: &mut Objects, body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let mut parts = String::new();
    for (nth, path) in between(&text, "DELETE /", " ").enumerate() {
        let status = match objects.remove(&decoded(path)) {
            Some(_) => "202 Accepted",
            None => "404 Not Found",
        };
        let _ = write!(
            parts,
            "--part\r\nContent-Type: application/http\r\nContent-ID: {nth}\r\n\r\n\
             HTTP/1.1 {status}\r\n\r\n"
        );
    }
    parts += "--part--\r\n";
    let multipart = ["Content-Type: multipart/mixed; boundary=part"];
    reply("202 Accepted", &multipart, parts.as_bytes())
}

/// A page of Amazon's, or of Google's.
fn contents(objects: &Objects, bucket: &str, query: &str) -> Vec<u8> {
    let argument = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(key, _)| *key == name);
        found.map_or_else(String::new, |(_, value)| decoded(value))
    };
    let after = argument("start-after").max(argument("continuation-token"));
    let size = argument("max-keys").parse().unwrap_or(PAGE);
    let rest = of_bucket(objects, bucket).filter(|(key, ..)| *key > after.as_str());
    let page: Vec<_> = rest.take(size + 1).collect();
    let mut listed = String::new();
    for (key, version, content) in page.iter().take(size) {
        let _ = write!(
            listed,
            "<Contents><Key>{key}</Key><Size>{}</Size><ETag>\"{version}\"</ETag>\
             <LastModified>2026-11-27T12:00:00Z</LastModified></Contents>",
            content.len()
        );
    }
    if page.len() > size {
        let last = page[size - 1].0;
        let _ = write!(
            listed,
            "<IsTruncated>true</IsTruncated>\
             <NextContinuationToken>{last}</NextContinuationToken>"
        );
    }
    format!("<ListBucketResult>{listed}</ListBucketResult>").into_bytes()
}

/// All objects of an Azure container.
fn blobs(objects: &Objects, container: &str) -> Vec<u8> {
    let mut listed = String::new();
    for (key, version, content) in of_bucket(objects, container) {
        let _ = write!(
            listed,
            "<Blob><Name>{key}</Name><Properties><Last-Modified>{MODIFIED}</Last-Modified>\
             <Content-Length>{}</Content-Length><Content-Type>text/plain</Content-Type>\
             <Etag>\"{version}\"</Etag></Properties></Blob>",
            content.len()
        );
    }
    format!("<EnumerationResults><Blobs>{listed}</Blobs><NextMarker/></EnumerationResults>")
        .into_bytes()
}

/// Key, version and content of the objects of a bucket.
fn of_bucket<'a>(
    objects: &'a Objects,
    bucket: &str,
) -> impl Iterator<Item = (&'a str, usize, &'a [u8])> {
    let folder = format!("{}/", bucket.trim_end_matches('/'));
    objects
        .iter()
        .filter_map(move |(path, (version, content))| {
            let key = path.strip_prefix(&folder)?;
            Some((key, *version, content.as_slice()))
        })
}

pub(super) fn between<'a>(
    text: &'a str,
    from: &'a str,
    to: &'a str,
) -> impl Iterator<Item = &'a str> {
    let rests = text.split(from).skip(1);
    rests.filter_map(move |rest| rest.split(to).next())
}

/// Without the `%` of URLs; keys are ASCII.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code {
            Some(code) => {
                decoded.push(char::from(code));
                decoded += &part[2..];
            }
            None => decoded += part,
        }
    }
    decoded
}

fn tagged(version: usize, content: &[u8]) -> Vec<u8> {
    let tag = format!("ETag: \"{version}\"");
    let modified = format!("Last-Modified: {MODIFIED}");
    reply("200 OK", &[&tag, &modified], content)
}

fn reply(status: &str, headers: &[&str], content: &[u8]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    for header in headers {
        let _ = write!(head, "{header}\r\n");
    }
    let _ = write!(head, "Content-Length: {}\r\n\r\n", content.len());
    [head.as_bytes(), content].concat()
}
