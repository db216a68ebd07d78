//! A plugin host in Rust: starts a provider, connects and ends it the way Terraform does.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! let host = harness::host::Launch::new("target/debug/terraform-provider-joonto")
//!     .env("JOONTO_TOKEN", "token")
//!     .start()
//!     .await?;
//! let _provider = host.provider();
//! let exit = host.shutdown().await?;
//! assert!(exit.status.success());
//! # Ok(())
//! # }
//! ```

mod connect;
mod identity;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tempfile::TempDir;
use terraform_provider_joonto::proto::goplugin::grpc_broker_client::GrpcBrokerClient;
use terraform_provider_joonto::proto::goplugin::grpc_controller_client::GrpcControllerClient;
use terraform_provider_joonto::proto::goplugin::grpc_stdio_client::GrpcStdioClient;
use terraform_provider_joonto::proto::goplugin::{ConnInfo, Empty, StdioData};
use terraform_provider_joonto::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_joonto::terraform::MAX_MESSAGE_SIZE;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;

pub use self::connect::{HandshakeLine, Io, Peer};
pub use self::identity::ClientCertificate;

/// The cookie by which Terraform and OpenTofu make themselves known.
pub const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// How long a plugin may take over its handshake line, or over its end. Terraform allows a minute
/// for the one and two seconds for the other; machines that test may be busy.
const LIMIT: Duration = Duration::from_secs(60);

/// Variables that would carry the settings of the person who runs the tests into the plugin.
const UNWANTED: [&str; 3] = ["TF_", "PLUGIN_", "JOONTO_"];

/// How to start a provider.
#[derive(Clone, Debug)]
pub struct Launch {
    program: PathBuf,
    env: Vec<(OsString, OsString)>,
    /// None: without TLS.
    identity: Option<ClientCertificate>,
    as_core: bool,
}

impl Launch {
    /// A start of `program` with mutual TLS.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            env: Vec::new(),
            identity: Some(ClientCertificate::like_terraforms()),
            as_core: true,
        }
    }

    /// Sets a variable, over whatever the host would set itself.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Asks for no TLS, like Terraform with `TF_DISABLE_PLUGIN_TLS`.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.identity = None;
        self
    }

    /// Shows the plugin this certificate instead of a new one.
    #[must_use]
    pub fn identity(mut self, identity: ClientCertificate) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Does not connect once the plugin is up.
    #[must_use]
    pub fn unconnected(mut self) -> Self {
        self.as_core = false;
        self
    }

    /// The command, with the variables Terraform sets. Its streams are as `Command` has them.
    #[must_use]
    pub fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if UNWANTED.iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command
            .env(COOKIE.0, COOKIE.1)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000");
        if let Some(identity) = &self.identity {
            command.env("PLUGIN_CLIENT_CERT", identity.pem());
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts the plugin, reads its line and, like Terraform, connects at once and opens go-plugin's
    /// two streams.
    ///
    /// # Errors
    ///
    /// The plugin did not start, or did not keep to the protocol.
    pub async fn start(self) -> anyhow::Result<Host> {
        // A plugin that is killed leaves its socket behind, so it gets a temp directory of its own.
        let temp = tempfile::tempdir()?;
        let mut command = self.command();
        if !self.env.iter().any(|(name, _)| name == "TMPDIR") {
            command.env("TMPDIR", temp.path());
        }
        let mut child = Command::from(command)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let stderr = Lines::collect(child.stderr.take().context("no stderr")?);
        let mut stdout = BufReader::new(child.stdout.take().context("no stdout")?);
        let mut line = String::new();
        tokio::time::timeout(LIMIT, stdout.read_line(&mut line))
            .await
            .context("no handshake line in time")??;
        let handshake = HandshakeLine::parse(&line)
            .with_context(|| format!("the plugin wrote {:?}", stderr.so_far()))?;
        let peer = Peer::new(handshake, self.identity);
        let connection = if self.as_core {
            Some(Connection::open(peer.channel().await?).await?)
        } else {
            None
        };
        Ok(Host {
            child,
            peer,
            connection,
            stdout,
            stderr,
            line,
            _temp: temp,
        })
    }
}

/// A plugin that runs. It is killed when this is dropped.
#[derive(Debug)]
pub struct Host {
    child: Child,
    peer: Peer,
    connection: Option<Connection>,
    stdout: BufReader<ChildStdout>,
    stderr: Lines,
    line: String,
    /// Goes last, once the plugin has.
    _temp: TempDir,
}

/// How a plugin ended.
#[derive(Debug)]
pub struct Exit {
    /// What the system says.
    pub status: ExitStatus,
    /// How long it took.
    pub after: Duration,
    /// All it wrote to standard error.
    pub stderr: Vec<String>,
}

impl Host {
    /// The first line the plugin wrote, with its newline.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Where the plugin is, and how to connect to it.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The plugin's process id; none once it has ended.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// The connection.
    ///
    /// # Panics
    ///
    /// There is none: the host was started without, or has disconnected.
    #[must_use]
    pub fn channel(&self) -> Channel {
        let connection = self.connection.as_ref();
        connection.expect("the host is connected").channel.clone()
    }

    /// Terraform's protocol on the connection.
    #[must_use]
    pub fn provider(&self) -> ProviderClient<Channel> {
        provider(self.channel())
    }

    /// What the plugin wrote to standard error so far.
    #[must_use]
    pub fn stderr(&self) -> Vec<String> {
        self.stderr.so_far()
    }

    /// Whether the plugin has not ended.
    ///
    /// # Errors
    ///
    /// The system cannot tell.
    pub fn is_running(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Reads standard output to its end: what came after the handshake line.
    ///
    /// # Errors
    ///
    /// It was not closed in time.
    pub async fn rest_of_stdout(&mut self) -> anyhow::Result<String> {
        let mut rest = String::new();
        tokio::time::timeout(LIMIT, self.stdout.read_to_string(&mut rest))
            .await
            .context("standard output stays open")??;
        Ok(rest)
    }

    /// Drops the connection without a word, as a host does that dies.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Sends a signal.
    ///
    /// # Errors
    ///
    /// The process has ended.
    #[cfg(unix)]
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = self.child.id().context("the plugin has ended")?;
        let pid = rustix::process::Pid::from_raw(i32::try_from(pid)?).context("no such id")?;
        Ok(rustix::process::kill_process(pid, signal.into())?)
    }

    /// Asks the plugin to end the way Terraform does, and waits until it has.
    ///
    /// # Errors
    ///
    /// It did not end.
    pub async fn shutdown(mut self) -> anyhow::Result<Exit> {
        let asked = Instant::now();
        let mut controller = GrpcControllerClient::new(self.channel());
        // Terraform does not look at the response either.
        let _ = controller.shutdown(Empty {}).await;
        self.disconnect();
        drop(controller);
        self.exit_since(asked).await
    }

    /// Waits until the plugin ends by itself.
    ///
    /// # Errors
    ///
    /// It did not end.
    pub async fn exit(self) -> anyhow::Result<Exit> {
        self.exit_since(Instant::now()).await
    }

    async fn exit_since(mut self, start: Instant) -> anyhow::Result<Exit> {
        let status = tokio::time::timeout(LIMIT, self.child.wait())
            .await
            .context("the plugin does not end")??;
        let after = start.elapsed();
        Ok(Exit {
            status,
            after,
            stderr: self.stderr.all().await?,
        })
    }
}

/// A signal a host or a terminal may send.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signal {
    /// SIGINT, as by Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

#[cfg(unix)]
impl From<Signal> for rustix::process::Signal {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::INT,
            Signal::Terminate => Self::TERM,
        }
    }
}

/// Terraform's protocol on `channel`, with the limits Terraform has.
#[must_use]
pub fn provider(channel: Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE_SIZE)
        .max_encoding_message_size(MAX_MESSAGE_SIZE)
}

/// A channel, and go-plugin's two streams held open on it.
#[derive(Debug)]
struct Connection {
    channel: Channel,
    /// The request ends with it. While it lasts, so does the connection, whatever else ends.
    _asking: mpsc::Sender<ConnInfo>,
    _broker: Streaming<ConnInfo>,
    _stdio: Streaming<StdioData>,
}

impl Connection {
    async fn open(channel: Channel) -> anyhow::Result<Self> {
        let (asking, requests) = mpsc::channel(1);
        let broker = GrpcBrokerClient::new(channel.clone())
            .start_stream(ReceiverStream::new(requests))
            .await
            .context("StartStream")?
            .into_inner();
        let stdio = GrpcStdioClient::new(channel.clone())
            .stream_stdio(())
            .await
            .context("StreamStdio")?
            .into_inner();
        Ok(Self {
            channel,
            _asking: asking,
            _broker: broker,
            _stdio: stdio,
        })
    }
}

/// The lines of an output, collected as they come.
#[derive(Debug)]
struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Lines {
    fn collect(output: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let collected = lines.clone();
        let task = tokio::spawn(async move {
            let mut output = BufReader::new(output).lines();
            while let Ok(Some(line)) = output.next_line().await {
                collected
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
            }
        });
        Self { lines, task }
    }

    fn so_far(&self) -> Vec<String> {
        let lines = self.lines.lock();
        lines.unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn all(mut self) -> anyhow::Result<Vec<String>> {
        tokio::time::timeout(LIMIT, &mut self.task)
            .await
            .context("standard error stays open")??;
        Ok(self.so_far())
    }
}
