//! The proxy before the server. It handles one request per connection and passes on bytes.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::S3Fault;

/// What a client asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// `GET`, `PUT`, `DELETE`, ...
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Whether an object was to be written only if there was none.
    pub is_create: bool,
}

#[derive(Debug)]
pub(super) struct Proxy {
    address: SocketAddr,
    upstream: SocketAddr,
    shared: Arc<Mutex<ProxyState>>,
    serving: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    /// Bound and not listening, so that nobody else takes the port while it is down: connections
    /// are refused then.
    _held: TcpSocket,
}

#[derive(Debug, Default)]
struct ProxyState {
    fault: Option<S3Fault>,
    requests: Vec<Request>,
}

impl Proxy {
    pub(super) async fn start(upstream: SocketAddr) -> Result<Self> {
        let socket = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = socket.local_addr()?;
        let proxy = Self {
            address,
            upstream,
            shared: Arc::default(),
            serving: tokio::sync::Mutex::default(),
            _held: socket,
        };
        proxy.fault(None).await?;
        Ok(proxy)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        lock(&self.shared).requests.clone()
    }

    pub(super) async fn fault(&self, fault: Option<S3Fault>) -> Result<()> {
        lock(&self.shared).fault = fault;
        let mut serving = self.serving.lock().await;
        let is_down = fault == Some(S3Fault::Down);
        if is_down && let Some(task) = serving.take() {
            // With it end all connections.
            task.abort();
            let _ = task.await;
        } else if !is_down && serving.is_none() {
            *serving = Some(self.serve(bind(self.address)?.listen(128)?));
        }
        Ok(())
    }

    fn serve(&self, listener: TcpListener) -> JoinHandle<()> {
        let (shared, upstream) = (Arc::clone(&self.shared), self.upstream);
        tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                // A client that leaves early is no problem.
                connections.spawn(async move { handle(stream, upstream, &shared).await.ok() });
                while connections.try_join_next().is_some() {}
            }
        })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.get_mut() {
            serving.abort();
        }
    }
}

fn bind(address: SocketAddr) -> Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    // Shared by the socket that holds the port and the one that listens.
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket
        .bind(address)
        .context("the port of the S3 server is taken")?;
    Ok(socket)
}

fn lock(shared: &Mutex<ProxyState>) -> MutexGuard<'_, ProxyState> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle(stream: TcpStream, upstream: SocketAddr, shared: &Mutex<ProxyState>) -> Result<()> {
    let mut stream = BufStream::new(stream);
    let (mut head, body) = read(&mut stream).await?;
    let mut words = head.split(' ').map(str::to_owned);
    let request = Request {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        is_create: head.lines().any(is_condition),
    };
    let writes = !["GET", "HEAD"].contains(&request.method.as_str());
    let lists = request.method == "GET" && request.target.contains("list-type=2");
    let fault = {
        let mut shared = lock(shared);
        shared.requests.push(request);
        match shared.fault {
            Some(S3Fault::LosesResponses(0)) => None,
            Some(S3Fault::LosesResponses(left)) if writes => {
                shared.fault = Some(S3Fault::LosesResponses(left - 1));
                Some(S3Fault::LosesResponses(left))
            }
            Some(S3Fault::LosesResponses(_)) => None,
            fault => fault,
        }
    };
    let refusal = match fault {
        Some(S3Fault::ReadOnly) if writes => Some(("403 Forbidden", "AccessDenied")),
        Some(S3Fault::NoList) if lists => Some(("403 Forbidden", "AccessDenied")),
        Some(S3Fault::Expired) => Some(("400 Bad Request", "ExpiredToken")),
        Some(S3Fault::Skewed) => Some(("403 Forbidden", "RequestTimeTooSkewed")),
        Some(S3Fault::Broken) => Some(("500 Internal Server Error", "InternalError")),
        _ => None,
    };
    if let Some((status, code)) = refusal {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
             <Message>The message of {code}.</Message></Error>"
        );
        let response = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(response.as_bytes()).await?;
        return Ok(stream.flush().await?);
    }
    match fault {
        Some(S3Fault::Silent) => {
            // Until the client gives up.
            stream.read_to_end(&mut Vec::new()).await?;
            return Ok(());
        }
        Some(S3Fault::Slow(time)) => tokio::time::sleep(time).await,
        Some(S3Fault::IgnoresConditions) => {
            let kept = head
                .split_inclusive("\r\n")
                .filter(|line| !is_condition(line));
            head = kept.collect();
        }
        _ => {}
    }
    // Carried out whole, even if the client has left.
    let response = tokio::spawn(forward(upstream, head, body)).await??;
    if !matches!(fault, Some(S3Fault::LosesResponses(_))) {
        stream.write_all(&response).await?;
        stream.flush().await?;
    }
    Ok(())
}

fn is_condition(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    name.eq_ignore_ascii_case("if-none-match")
}

/// A request: its head with the empty line, and its body.
pub(super) async fn read(stream: &mut BufStream<TcpStream>) -> Result<(String, Vec<u8>)> {
    let mut head = String::new();
    let mut length = 0;
    loop {
        let begin = head.len();
        if stream.read_line(&mut head).await? == 0 {
            // Nothing is passed on: the server would wait for the rest, and serve nobody else.
            bail!("the client has left");
        }
        let Some((name, value)) = head[begin..].split_once(':') else {
            if begin == 0 && !head.is_empty() {
                continue;
            }
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok((head, body))
}

async fn forward(upstream: SocketAddr, head: String, body: Vec<u8>) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(upstream).await?;
    // In one piece: a second one would wait for an acknowledgement of the first.
    stream
        .write_all(&[head.into_bytes(), body].concat())
        .await?;
    let mut response = Vec::new();
    // The server closes the connection after each response.
    stream.read_to_end(&mut response).await?;
    Ok(response)
}

/// One request without more headers than it needs. Nobody checks the signature, but without one
/// the server refuses.
pub(super) async fn exchange(
    upstream: SocketAddr,
    method: &str,
    target: &str,
    body: &[u8],
) -> Result<Vec<u8>> {
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {upstream}\r\nAuthorization: AWS test\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    forward(upstream, head, body.to_vec()).await
}

/// Head and body of a response.
pub(super) fn split(response: &[u8]) -> Option<(&str, &[u8])> {
    let end = response.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&response[..end]).ok()?;
    Some((head, &response[end + 4..]))
}
