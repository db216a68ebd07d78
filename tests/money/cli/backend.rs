//! A backend of type `http`: a server that keeps states, and refuses to on request.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};

use harness::{Project, Result};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server for states, each at a path of its own. It ends when it is dropped.
pub(crate) struct Backend {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Kept {
    states: BTreeMap<String, Vec<u8>>,
    refuses_writes: bool,
}

impl Backend {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let kept = Arc::<Mutex<Kept>>::default();
        let serving = tokio::spawn({
            let kept = Arc::clone(&kept);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let kept = Arc::clone(&kept);
                    // A client that leaves early is no problem.
                    tokio::spawn(async move { serve(stream, &kept).await.ok() });
                }
            }
        });
        Ok(Self {
            address,
            kept,
            serving,
        })
    }

    /// Where the state of that name is.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }

    /// From now on states are not written, or are again.
    pub(crate) fn refuse_writes(&self, refuses: bool) {
        lock(&self.kept).refuses_writes = refuses;
    }

    /// The state of that name; null where there is none.
    pub(crate) fn state(&self, name: &str) -> Value {
        let kept = lock(&self.kept);
        let bytes = kept.states.get(&format!("/{name}"));
        bytes.map_or(Value::Null, |bytes| {
            serde_json::from_slice(bytes).expect("a state is JSON")
        })
    }

    /// Configures the project for the state of that name.
    pub(crate) async fn init(&self, project: &Project, name: &str) -> Result<()> {
        let address = format!("address={}", self.url(name));
        init(project, "http", &[&address]).await
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Configures a backend. Terraform looks for the provider afterwards, in vain: it is started from
/// a development override.
pub(crate) async fn init(project: &Project, kind: &str, settings: &[&str]) -> Result<()> {
    project.write(
        "backend.tf",
        &format!("terraform {{\n  backend \"{kind}\" {{}}\n}}\n"),
    )?;
    let settings = settings.iter().map(|set| format!("-backend-config={set}"));
    let fixed = ["init", "-no-color", "-input=false", "-reconfigure"].map(str::to_owned);
    let run = project.run(fixed.into_iter().chain(settings)).await?;
    let is_configured = run.says(&format!("Successfully configured the backend \"{kind}\""));
    anyhow_if(!is_configured, || format!("no backend\n{run}"))
}

fn anyhow_if(is_wrong: bool, why: impl FnOnce() -> String) -> Result<()> {
    match is_wrong {
        true => Err(std::io::Error::other(why()).into()),
        false => Ok(()),
    }
}

/// One request of HTTP/1.1, and then the end.
async fn serve(stream: TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    let mut stream = BufStream::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next(), words.next());
    let path = path.unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let (status, content) = respond(kept, method.as_deref().unwrap_or_default(), path, body);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&content).await?;
    stream.flush().await
}

fn respond(
    kept: &Mutex<Kept>,
    method: &str,
    path: String,
    body: Vec<u8>,
) -> (&'static str, Vec<u8>) {
    let mut kept = lock(kept);
    match method {
        "GET" => match kept.states.get(&path) {
            Some(state) => ("200 OK", state.clone()),
            None => ("404 Not Found", Vec::new()),
        },
        "POST" if kept.refuses_writes => ("403 Forbidden", Vec::new()),
        "POST" => {
            kept.states.insert(path, body);
            ("200 OK", Vec::new())
        }
        "DELETE" => {
            kept.states.remove(&path);
            ("200 OK", Vec::new())
        }
        _ => ("405 Method Not Allowed", Vec::new()),
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().expect("nobody panics with it")
}
