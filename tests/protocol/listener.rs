//! An API of one sentence: a listener that says the same to every request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A listener on the loopback address.
pub(crate) struct Listener {
    url: String,
    requests: Arc<AtomicUsize>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// A listener that responds to every request with `status`, `headers` and `body`.
    pub(crate) async fn saying(status: u16, headers: &str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let length = body.len();
        let response = format!(
            "HTTP/1.1 {status} -\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        let (requests, lines) = (Arc::new(AtomicUsize::new(0)), Arc::default());
        let (counter, log) = (Arc::clone(&requests), Arc::clone(&lines));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (response, counter, log) =
                    (response.clone(), counter.clone(), Arc::clone(&log));
                tokio::spawn(async move {
                    let line = serve(stream, &response).await;
                    if let Some(line) = line {
                        let log: &Mutex<Vec<String>> = &log;
                        log.lock().expect("no panic").push(line);
                        counter.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        Self {
            url: format!("http://{address}"),
            requests,
            lines,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many requests got a response.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Method and path of each.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no panic").clone()
    }

    /// Waits until there was a request.
    pub(crate) async fn asked(&self) {
        while self.requests() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

/// Reads one request, and responds to it. Returns its first line without the version.
async fn serve(mut stream: TcpStream, response: &str) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok()).flatten()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    stream.write_all(response.as_bytes()).await.ok()?;
    let line = head.lines().next()?;
    Some(line.trim_end_matches(" HTTP/1.1").to_owned())
}
