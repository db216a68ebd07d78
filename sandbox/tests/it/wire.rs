//! A client that sees bytes: what the socket really does.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Client;

/// How a response ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The other side closed in order.
    Closed,
    /// It was reset.
    Reset,
    /// Nothing more came for a while, and the connection was still there.
    Silent,
}

/// What came back, and how it ended.
pub(crate) struct Seen {
    pub(crate) bytes: Vec<u8>,
    pub(crate) ending: Ending,
}

impl Seen {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn body(&self) -> String {
        let text = self.text();
        text.split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned())
            .unwrap_or_default()
    }

    pub(crate) fn promised_length(&self) -> usize {
        let text = self.text().to_lowercase();
        let rest = text.split_once("content-length: ").unwrap().1;
        rest.split("\r\n").next().unwrap().parse().unwrap()
    }
}

/// Sends one request on a connection of its own and watches what comes for as long as something does.
pub(crate) async fn post(client: &Client, path: &str, body: Value, limit: Duration) -> Seen {
    let mut stream = connect(client).await;
    stream
        .write_all(&request(client, path, &body).await)
        .await
        .unwrap();
    watch(&mut stream, limit).await
}

pub(crate) async fn connect(client: &Client) -> TcpStream {
    TcpStream::connect(client.url("").strip_prefix("http://").unwrap())
        .await
        .unwrap()
}

pub(crate) async fn request(client: &Client, path: &str, body: &Value) -> Vec<u8> {
    let (token, body) = (client.token(path).await, body.to_string());
    format!(
        "POST {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub(crate) async fn watch(stream: &mut TcpStream, limit: Duration) -> Seen {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let ending = loop {
        match tokio::time::timeout(limit, stream.read(&mut buffer)).await {
            Err(_) => break Ending::Silent,
            Ok(Ok(0)) => break Ending::Closed,
            Ok(Ok(count)) => bytes.extend_from_slice(&buffer[..count]),
            Ok(Err(error)) => match error.kind() {
                // Windows calls a reset that meets a write an abort.
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => break Ending::Reset,
                _ => panic!("{error}"),
            },
        }
    };
    Seen { bytes, ending }
}
