//! What the tests here run against: a clock that is moved by hand, and a server that follows a
//! script and remembers everything.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::macros::datetime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tracing_subscriber::fmt::MakeWriter;

use super::client::{Client, Credentials, Settings};
use super::{BaseUrl, Secret};
use crate::context::{BoxFuture, Canceller, Clock, Context};

pub(super) const TOKENS: &str = "/v1.0/OAuth2/tokens";
pub(super) const KEY: &str = "DID-5d1f0c1e";
pub(super) const SECRET: &str = "canary-account-secret";

pub(super) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A clock that stands still until it is moved.
#[derive(Clone, Debug)]
pub(super) struct VirtualClock {
    shared: Arc<ClockCore>,
    pace: Pace,
}

/// When a clock moves on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pace {
    ByHand,
    /// As soon as everyone sleeps, more or less: for tests with sockets.
    Rushing,
    /// As soon as nobody has anything else to do. For runtimes with one thread and without sockets:
    /// what can run has run after a few rounds of giving way.
    Idle,
}

#[derive(Debug)]
struct ClockCore {
    started: Instant,
    state: Mutex<ClockState>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct ClockState {
    elapsed: Duration,
    sleepers: BTreeSet<(Duration, u64)>,
    slept: u64,
}

impl VirtualClock {
    pub(super) fn new() -> Self {
        Self {
            shared: Arc::new(ClockCore {
                started: Instant::now(),
                state: Mutex::default(),
                changed: Notify::new(),
            }),
            pace: Pace::ByHand,
        }
    }

    /// A clock that moves on by itself as soon as everyone sleeps, more or less.
    pub(super) fn rushing() -> Self {
        Self {
            pace: Pace::Rushing,
            ..Self::new()
        }
    }

    /// A clock that moves on by itself as soon as nobody has anything else to do.
    pub(super) fn idle() -> Self {
        Self {
            pace: Pace::Idle,
            ..Self::new()
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.shared.state.lock().expect("clock").elapsed
    }

    pub(super) fn advance(&self, by: Duration) {
        self.shared.state.lock().expect("clock").elapsed += by;
        self.shared.changed.notify_waiters();
    }

    /// Moves on to when the next sleeper wakes. False when nobody sleeps.
    pub(super) fn advance_to_next(&self) -> bool {
        let mut state = self.shared.state.lock().expect("clock");
        let Some((at, _)) = state.sleepers.first().copied() else {
            return false;
        };
        state.elapsed = state.elapsed.max(at);
        drop(state);
        self.shared.changed.notify_waiters();
        true
    }

    /// Sleeps by giving way to all others.
    async fn sleep_idly(&self, me: (Duration, u64)) {
        let (mut seen, mut idle) = (self.elapsed(), 0);
        while seen < me.0 {
            tokio::task::yield_now().await;
            let mut state = self.shared.state.lock().expect("clock");
            idle = if state.elapsed == seen { idle + 1 } else { 0 };
            if idle > 30 && state.sleepers.first() == Some(&me) {
                state.elapsed = me.0;
            }
            seen = state.elapsed;
        }
    }

    pub(super) fn sleepers(&self) -> usize {
        self.shared.state.lock().expect("clock").sleepers.len()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.shared.started + self.elapsed()
    }

    fn utc(&self) -> OffsetDateTime {
        datetime!(2026-11-23 04:00 UTC) + self.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        Box::pin(async move {
            let me = {
                let mut state = clock.shared.state.lock().expect("clock");
                state.slept += 1;
                let me = (state.elapsed + duration, state.slept);
                state.sleepers.insert(me);
                me
            };
            let _awake = Awake(&clock, me);
            if clock.pace == Pace::Idle {
                return clock.sleep_idly(me).await;
            }
            loop {
                let mut changed = std::pin::pin!(clock.shared.changed.notified());
                changed.as_mut().enable();
                if clock.elapsed() >= me.0 {
                    return;
                }
                if clock.pace == Pace::ByHand {
                    changed.await;
                    continue;
                }
                let is_idle = tokio::select! {
                    () = changed => false,
                    () = tokio::time::sleep(Duration::from_millis(5)) => true,
                };
                let first = clock
                    .shared
                    .state
                    .lock()
                    .expect("clock")
                    .sleepers
                    .first()
                    .copied();
                if is_idle && first == Some(me) {
                    clock.advance_to_next();
                }
            }
        })
    }
}

struct Awake<'a>(&'a VirtualClock, (Duration, u64));

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0
            .shared
            .state
            .lock()
            .expect("clock")
            .sleepers
            .remove(&self.1);
    }
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) connection: usize,
    /// How many came to this path before.
    pub(super) nth: usize,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
    /// When, by the virtual clock.
    pub(super) at: Duration,
}

/// What the server does about a request.
pub(super) enum Does {
    FromResponse(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Writes exactly this and closes.
    Raw(Vec<u8>),
    /// Writes this and nothing after it, and keeps the connection.
    Stall(Vec<u8>),
    Close,
    Nothing,
    /// Waits for the signal first.
    After(Arc<Notify>, Box<Does>),
}

pub(super) fn ok(body: &str) -> Does {
    status(200, body)
}

pub(super) fn status(status: u16, body: &str) -> Does {
    Does::FromResponse(status, Vec::new(), body.as_bytes().to_vec())
}

pub(super) fn limited(retry_after: &str) -> Does {
    let headers = vec![("Retry-After", retry_after.to_owned())];
    Does::FromResponse(
        429,
        headers,
        br#"{"StatusCode": 429, "Message": "slow down"}"#.to_vec(),
    )
}

/// The response to a token call; it names no expiry, so the token lives a minute.
pub(super) fn token(name: &str) -> Does {
    ok(&format!(r#"{{"token": "{name}", "successful": true}}"#))
}

type Script = dyn Fn(&Seen) -> Does + Send + Sync;

/// A server on loopback.
pub(super) struct ScriptedServer {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl ScriptedServer {
    /// A server that serves token calls by itself and everything else by `script`.
    pub(super) async fn start(
        clock: &VirtualClock,
        script: impl Fn(&Seen) -> Does + Send + Sync + 'static,
    ) -> Self {
        Self::bare(clock, move |seen| match seen.path.as_str() {
            TOKENS => token(&format!("token-{}", seen.nth)),
            _ => script(seen),
        })
        .await
    }

    /// A server that serves everything by `script`.
    pub(super) async fn bare(
        clock: &VirtualClock,
        script: impl Fn(&Seen) -> Does + Send + Sync + 'static,
    ) -> Self {
        Self::at(0, clock, script).await
    }

    /// The same at a given port.
    pub(super) async fn at(
        port: u16,
        clock: &VirtualClock,
        script: impl Fn(&Seen) -> Does + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let connections: Arc<AtomicUsize> = Arc::default();
        let script: Arc<Script> = Arc::new(script);
        tokio::spawn({
            let (seen, connections, clock) = (seen.clone(), connections.clone(), clock.clone());
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let nth = connections.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(serve(
                        stream,
                        nth,
                        seen.clone(),
                        script.clone(),
                        clock.clone(),
                    ));
                }
            }
        });
        Self {
            port,
            seen,
            connections,
        }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("seen").clone()
    }

    /// What came to `path`.
    pub(super) fn seen_at(&self, path: &str) -> Vec<Seen> {
        self.seen()
            .into_iter()
            .filter(|seen| seen.path == path)
            .collect()
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn settings(&self) -> Settings {
        let url = format!("http://127.0.0.1:{}", self.port);
        Settings {
            base_url: BaseUrl::parse(&url, false).expect("loopback"),
            credentials: Credentials::KeyAndSecret {
                account_key: KEY.to_owned(),
                account_secret: Secret::new(SECRET),
            },
            max_requests_per_minute: 0,
            max_retries: 4,
            user_agent: "joonto-test/1".to_owned(),
            proxy: None,
        }
    }

    pub(super) fn client(&self, clock: &VirtualClock) -> Client {
        Client::new(self.settings(), Arc::new(clock.clone()))
    }
}

pub(super) fn context(clock: &VirtualClock) -> Context {
    Context::new(Arc::new(clock.clone()), Canceller::new().signal())
}

/// Waits in real time until `condition` holds.
pub(super) async fn until(condition: impl Fn() -> bool) {
    for _ in 0..2000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("it never came to that");
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    log: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Script>,
    clock: VirtualClock,
) {
    while let Some(mut seen) = receive(&mut stream).await {
        let does = {
            let mut log = log.lock().expect("seen");
            seen.connection = connection;
            seen.nth = log.iter().filter(|other| other.path == seen.path).count();
            seen.at = clock.elapsed();
            log.push(seen.clone());
            script(&seen)
        };
        if !act(&mut stream, does).await {
            return;
        }
    }
}

/// Does what the script says; false when the connection is over.
async fn act(stream: &mut TcpStream, mut does: Does) -> bool {
    while let Does::After(signal, then) = does {
        signal.notified().await;
        does = *then;
    }
    match does {
        Does::FromResponse(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            let response = [head.as_bytes(), &body].concat();
            stream.write_all(&response).await.is_ok()
        }
        Does::Raw(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            false
        }
        Does::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending().await
        }
        Does::Close => false,
        Does::Nothing | Does::After(..) => std::future::pending().await,
    }
}

async fn receive(stream: &mut TcpStream) -> Option<Seen> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?, first.next()?);
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().expect("length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Seen {
        connection: 0,
        nth: 0,
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: String::from_utf8(body).ok()?,
        at: Duration::ZERO,
    })
}

/// What this thread logs, at every level, while it is held.
pub(super) struct Log {
    lines: Lines,
    _this: tracing::subscriber::DefaultGuard,
    // While there is one log only, `tracing` asks no more than the thread that first comes by
    // whether a place logs at all; and that may be the thread of another test, without a log.
    _another: tracing::Dispatch,
}

impl Log {
    pub(super) fn begin() -> Self {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(lines.clone())
            .finish();
        let another = tracing::Dispatch::new(tracing_subscriber::registry());
        let this = tracing::subscriber::set_default(subscriber);
        tracing::callsite::rebuild_interest_cache();
        Self {
            lines,
            _this: this,
            _another: another,
        }
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().expect("log").clone()).expect("UTF-8")
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
