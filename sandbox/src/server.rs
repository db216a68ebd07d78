//! The API's port: accepts connections, reads requests, and sends what the world responds, spoilt or not.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response, header};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::dates;
use crate::faults::spoil::{Spoilt, spoil};
use crate::faults::wire::{FaultyStream, ScriptSlot};
use crate::faults::{FaultKind, Struck};
use crate::ledger::Placement;
use crate::reply::Reply;
use crate::world::{Incoming, World};

/// No request of the API comes near this.
const LARGEST_BODY: usize = 1024 * 1024;

/// What the server, the control side and the handle share.
#[derive(Debug)]
pub(crate) struct App {
    world: Mutex<World>,
    /// Counts the times responses were let go that a `Hold` fault keeps back.
    pub(crate) released: watch::Sender<u64>,
    /// Whether the API's port is open.
    pub(crate) listening: watch::Sender<bool>,
    /// Connections that are served, and requests that are carried out later.
    pub(crate) busy: watch::Sender<usize>,
}

/// Something under way, until it is dropped.
struct Busy(Arc<App>);

impl Busy {
    fn new(shared: &Arc<App>) -> Self {
        shared.busy.send_modify(|busy| *busy += 1);
        Self(Arc::clone(shared))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.send_modify(|busy| *busy -= 1);
    }
}

impl App {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world: Mutex::new(world),
            released: watch::Sender::new(0),
            listening: watch::Sender::new(true),
            busy: watch::Sender::new(0),
        }
    }

    /// The world, for as long as the guard lives. Nothing is awaited meanwhile.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves the API until `listening` is dropped with its owner; closing and opening the port on request.
pub(crate) async fn run(
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<App>,
    opened: watch::Sender<bool>,
) {
    let mut wanted = shared.listening.subscribe();
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let open = *wanted.borrow_and_update();
        match (open, &listener) {
            (false, Some(_)) => listener = None,
            (true, None) => listener = reopen(address).await,
            _ => {}
        }
        opened.send_replace(listener.is_some());
        tokio::select! {
            changed = wanted.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            accepted = accept(listener.as_ref()) => {
                if let Some(stream) = accepted {
                    connections.spawn(serve_connection(stream, Busy::new(&shared)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> Option<tokio::net::TcpStream> {
    match listener {
        Some(listener) => match listener.accept().await {
            Ok((stream, _)) => Some(stream),
            Err(_) => {
                // Out of file descriptors, most likely: some will be free again soon.
                tokio::time::sleep(Duration::from_millis(20)).await;
                None
            }
        },
        None => std::future::pending().await,
    }
}

/// The port was ours a moment ago; it may take a moment to be ours again.
async fn reopen(address: SocketAddr) -> Option<TcpListener> {
    for _ in 0..100 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return Some(listener);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}

async fn serve_connection(stream: tokio::net::TcpStream, busy: Busy) {
    // Responses are small and waited for.
    let _ = stream.set_nodelay(true);
    let slot = ScriptSlot::default();
    let stream = FaultyStream::new(stream, slot.clone());
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (shared, slot) = (Arc::clone(&busy.0), slot.clone());
        async move { Ok::<_, Infallible>(handle(request.map(Body::new), &shared, &slot).await) }
    });
    // An error here is a client that left or a fault that struck; both are meant to happen.
    let _ = http1::Builder::new()
        // Ours goes by the sandbox's clock.
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn handle(request: Request<Body>, shared: &Arc<App>, slot: &ScriptSlot) -> Response<Body> {
    let own_url = own_url(&request);
    let incoming = match read(request).await {
        Ok(incoming) => incoming,
        Err(reply) => return response(reply),
    };
    // From here on, so that no release is missed between the change and the wait.
    let released = shared.released.subscribe();
    let (id, struck) = shared.world().arrive(&incoming);
    let _open = Open { id, shared };
    let reply = serve(id, &incoming, struck.as_ref(), released, shared).await;
    let date = {
        let world = shared.world();
        world
            .switches
            .date_header
            .then(|| dates::http(world.clock.now()))
    };
    // Once before the fault, for responses it writes by itself, and once after it, for responses it replaces.
    let reply = reply.dated(date.as_deref());
    let mut spoilt = match &struck {
        Some(struck) => spoil(reply, &struck.kind, &own_url),
        None => Spoilt {
            reply: Some(reply),
            script: None,
        },
    };
    spoilt.reply = spoilt.reply.map(|reply| reply.dated(date.as_deref()));
    shared
        .world()
        .answered(id, spoilt.reply.as_ref().map(|reply| reply.status));
    if let Some(script) = spoilt.script {
        slot.set(script);
    }
    // Where nothing is sent, the script swallows whatever stands here.
    response(
        spoilt
            .reply
            .unwrap_or_else(|| Reply::bytes(200, "text/plain", Vec::new())),
    )
}

/// A request that is being served. Dropped before its response is there, it tells the ledger that the client has left.
struct Open<'a> {
    id: u64,
    shared: &'a App,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.shared.world().left(self.id);
    }
}

/// Does what the request asks for, unless a fault strikes first; waits where the fault says so.
async fn serve(
    id: u64,
    incoming: &Incoming,
    struck: Option<&Struck>,
    released: watch::Receiver<u64>,
    shared: &Arc<App>,
) -> Reply {
    let Some(Struck { placement, kind }) = struck else {
        return shared.world().serve(id, incoming);
    };
    if let FaultKind::CommitLate(after) = kind.in_the_end() {
        wait(kind, released).await;
        if after.is_zero() {
            // Who sees the connection closed can rely on the change.
            shared.world().serve(id, incoming);
            return Reply::envelope(503, "Service unavailable");
        }
        serve_later(id, incoming.clone(), *after, shared);
        return Reply::envelope(503, "Service unavailable");
    }
    match placement {
        Placement::Before => {
            wait(kind, released).await;
            if kind.lets_through() {
                shared.world().serve(id, incoming)
            } else {
                Reply::envelope(503, "Service unavailable")
            }
        }
        Placement::After => {
            let reply = shared.world().serve(id, incoming);
            wait(kind, released).await;
            reply
        }
    }
}

/// Carries out a request whose client has been sent away.
fn serve_later(id: u64, incoming: Incoming, after: Duration, shared: &Arc<App>) {
    let busy = Busy::new(shared);
    tokio::spawn(async move {
        tokio::time::sleep(after).await;
        busy.0.world().serve(id, &incoming);
    });
}

async fn wait(kind: &FaultKind, mut released: watch::Receiver<u64>) {
    let mut next = Some(kind);
    while let Some(kind) = next {
        match kind {
            FaultKind::Delay(time) | FaultKind::Late { after: time, .. } => {
                tokio::time::sleep(*time).await;
            }
            FaultKind::Hold | FaultKind::Held(_) => {
                // An error means that the sandbox is gone, and this task with it.
                let _ = released.changed().await;
            }
            _ => {}
        }
        next = match kind {
            FaultKind::Late { kind, .. } | FaultKind::Held(kind) => Some(kind),
            _ => None,
        };
    }
}

fn own_url(request: &Request<Body>) -> String {
    let host = text(request.headers(), header::HOST).unwrap_or_default();
    format!("http://{host}{}", request.uri())
}

async fn read(request: Request<Body>) -> Result<Incoming, Reply> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|_| Reply::envelope(400, "The body cannot be read"))?;
    Ok(Incoming {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization: text(&parts.headers, header::AUTHORIZATION),
        content_type: text(&parts.headers, header::CONTENT_TYPE),
        body: body.to_vec(),
    })
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

fn response(reply: Reply) -> Response<Body> {
    let mut builder = Response::builder()
        .status(reply.status)
        .header(header::CONTENT_TYPE, reply.content_type);
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(reply.body)).unwrap_or_else(|_| {
        // A fault asked for a header or status HTTP cannot carry.
        let mut response = Response::new(Body::from("the fault cannot be written as HTTP"));
        *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
