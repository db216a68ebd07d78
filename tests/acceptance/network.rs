//! The way to the API: whose certificates are believed, and through which proxy it goes.

use std::sync::{Arc, Mutex};

use harness::Result;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::scene::{Scene, number};

/// A host that exists nowhere: only a proxy leads to it.
const HOST: &str = "api.example.invalid";

/// A proxy that leads every connection to an API of its own.
struct Proxy {
    url: String,
    /// The API's certificate.
    certificate: String,
    /// The first line of every request, to the proxy and to the API.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start() -> Result<Self> {
        let CertifiedKey { cert, signing_key } = certificate()?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let proxy = Self {
            url: format!("http://{}", listener.local_addr()?),
            certificate: cert.pem(),
            seen: Arc::default(),
        };
        let seen = Arc::clone(&proxy.seen);
        // Ends with the test's runtime.
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let note = |line| seen.lock().expect("the list").push(line);
                note(response(&mut stream, "200 OK").await);
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    note(response(&mut stream, "401 Unauthorized\r\nContent-Length: 0").await);
                }
            }
        });
        Ok(proxy)
    }

    /// What was seen of an apply that has only `roots` to believe in, and this proxy to go through.
    async fn seen_of_apply(&self, roots: &str) -> Result<(String, Vec<String>)> {
        let mut scene = Scene::new(&number("example", ("mvno", "a2p"), "")).await?;
        scene.project.write("roots.pem", roots)?;
        let roots = scene.project.path().join("roots.pem");
        scene
            .project
            .env("HTTPS_PROXY", &self.url)
            .env("JOONTO_BASE_URL", format!("https://{HOST}"))
            .env("JOONTO_MAX_RETRIES", "0")
            .env("SSL_CERT_FILE", roots);
        let run = scene.project.apply().await?.failed()?;
        let seen = std::mem::take(&mut *self.seen.lock().expect("the list"));
        scene.end().await;
        Ok((run.to_string(), seen))
    }
}

fn certificate() -> Result<CertifiedKey<KeyPair>> {
    Ok(generate_simple_self_signed(vec![HOST.to_owned()])?)
}

/// Reads the head of a request, responds to it, and returns its first line.
async fn response(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), status: &str) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let response = format!("HTTP/1.1 {status}\r\n\r\n");
    // A client that hung up does not need it.
    let _ = stream.write_all(response.as_bytes()).await;
    let head = String::from_utf8_lossy(&head);
    head.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused_before_anything_is_sent() -> Result<()> {
    let proxy = Proxy::start().await?;
    let (run, seen) = proxy.seen_of_apply(&certificate()?.cert.pem()).await?;
    assert_eq!(seen, [format!("CONNECT {HOST}:443 HTTP/1.1")], "{run}");
    assert!(run.contains("certificate"), "{run}");
    Ok(())
}

#[tokio::test]
async fn a_proxy_and_a_root_of_ones_own_are_honoured() -> Result<()> {
    let proxy = Proxy::start().await?;
    let (run, seen) = proxy.seen_of_apply(&proxy.certificate).await?;
    let connect = format!("CONNECT {HOST}:443 HTTP/1.1");
    assert_eq!(
        seen,
        [&connect, "POST /v1.0/OAuth2/tokens HTTP/1.1"],
        "{run}"
    );
    Ok(())
}

/// A proxy that says the same to everybody.
async fn refusing(response: &'static str) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    // Ends with the test's runtime.
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            let _ = stream.write_all(response.as_bytes()).await;
        }
    });
    Ok(address.to_string())
}

/// C73: what a proxy refuses is not blamed on the API.
#[tokio::test]
async fn an_error_names_the_proxy_in_the_way_without_its_password() -> Result<()> {
    let closed = TcpListener::bind("127.0.0.1:0")
        .await?
        .local_addr()?
        .to_string();
    let mut scene = Scene::new("data \"joonto_numbers\" \"all\" {}\n").await?;
    scene
        .project
        .env("JOONTO_BASE_URL", format!("https://{HOST}"))
        .env("JOONTO_MAX_RETRIES", "0")
        .env("TF_LOG", "TRACE");
    for (host, says) in [
        (closed, "refused"),
        ("proxy.invalid:3128".to_owned(), ""),
        (
            refusing("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await?,
            "403",
        ),
        (
            refusing("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await?,
            "407",
        ),
        (refusing("220 mail.example ESMTP\r\n\r\n").await?, ""),
        (refusing("").await?, ""),
    ] {
        let proxy = format!("http://canary-user:canary-secret@{host}");
        scene.project.env("HTTPS_PROXY", proxy);
        let run = scene.project.plan().await?.failed()?;
        let error = run.error()?;
        for text in ["HTTPS_PROXY", &host, says] {
            assert!(error.says(text), "{host}: {}", error.detail);
        }
        let output = format!("{}{}", run.stdout, run.stderr);
        assert!(!output.contains("canary"), "{host}");
    }
    for (proxy, code) in [
        (
            "ht!tp://canary-user:canary-secret@proxy.example:3128",
            "JN610",
        ),
        ("socks5://canary-user:canary-secret@127.0.0.1:1080", "JN611"),
    ] {
        scene.project.env("HTTPS_PROXY", proxy);
        let run = scene.project.plan().await?.failed()?;
        // Terraform adds that the configuration is not complete.
        let error = run.errors().find(|error| error.code() == code);
        assert!(
            error.is_some_and(|error| error.says("HTTPS_PROXY")),
            "{}",
            run.stdout
        );
        let output = format!("{}{}", run.stdout, run.stderr);
        assert!(!output.contains("canary"), "{proxy}");
    }
    assert_eq!(scene.sandbox.ledger().requests.len(), 0);
    scene.end().await;
    Ok(())
}

/// A host that NO_PROXY excludes is reached directly, whatever the proxy is.
#[tokio::test]
async fn an_excluded_host_is_reached_without_the_proxy() -> Result<()> {
    let mut scene = Scene::new("data \"joonto_numbers\" \"all\" {}\n").await?;
    scene
        .project
        .env("JOONTO_BASE_URL", "https://127.0.0.1:1")
        .env("JOONTO_MAX_RETRIES", "0")
        .env("HTTPS_PROXY", "ht!tp://proxy")
        .env("NO_PROXY", "127.0.0.0/8");
    let run = scene.project.plan().await?.failed()?;
    let error = run.error()?;
    assert_eq!(error.code(), "JN344", "{run}");
    assert!(!error.says("HTTPS_PROXY"), "{run}");
    scene.end().await;
    Ok(())
}
