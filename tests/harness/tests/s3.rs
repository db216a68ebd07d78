//! The bucket of the harness: what a claim relies on, and each state a bucket can be in.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use harness::Result;
use harness::s3::{S3Fault, S3Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

const CREATE: &str = "If-None-Match: *\r\n";

/// One request as any client sends it: status and content of the response.
async fn send(
    endpoint: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Result<(u16, String)> {
    let address = endpoint.strip_prefix("http://").context("an address")?;
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: AWS test\r\n{headers}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    let status = response.split(' ').nth(1).context("no response")?;
    let content = response.split_once("\r\n\r\n").context("no end")?.1;
    Ok((status.parse()?, content.to_owned()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_creates_at_once_one_succeeds() -> Result<()> {
    let server = S3Server::start().await?;
    for round in 0..10 {
        let path = format!("/{}/p/{round}", server.bucket());
        let mut creates = JoinSet::new();
        for nth in 0..20 {
            let (endpoint, path) = (server.endpoint(), path.clone());
            creates.spawn(async move {
                let sent = send(&endpoint, "PUT", &path, CREATE, &nth.to_string()).await;
                (nth, sent)
            });
        }
        let mut won = Vec::new();
        for (nth, sent) in creates.join_all().await {
            match sent?.0 {
                200 => won.push(nth),
                412 => {}
                status => bail!("{status}"),
            }
        }
        let [winner] = won[..] else {
            bail!("{} creates succeeded", won.len());
        };
        let stored = server.read(&format!("p/{round}")).await?;
        assert_eq!(String::from_utf8(stored)?, winner.to_string());
    }
    assert_eq!(server.objects().await?.len(), 10);
    let creates = server.requests();
    assert_eq!(creates.iter().filter(|one| one.is_create).count(), 200);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_lists_more_keys_than_one_page_has() -> Result<()> {
    let server = S3Server::start().await?;
    let keys: Vec<String> = (0..101).map(|nth| format!("k/{nth:03}")).collect();
    for key in &keys {
        server.write(key, b"x").await?;
    }
    assert_eq!(server.objects().await?, keys);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_is_what_a_client_sees() -> Result<()> {
    let server = S3Server::start().await?;
    let endpoint = server.endpoint();
    let key = format!("/{}/k", server.bucket());
    let list = format!("/{}?list-type=2", server.bucket());
    let put = || send(&endpoint, "PUT", &key, "", "x");
    let get = || send(&endpoint, "GET", &key, "", "");
    assert_eq!(put().await?.0, 200);

    for (fault, reads, code) in [
        (S3Fault::ReadOnly, 200, "AccessDenied"),
        (S3Fault::Expired, 400, "ExpiredToken"),
        (S3Fault::Skewed, 403, "RequestTimeTooSkewed"),
        (S3Fault::Broken, 500, "InternalError"),
    ] {
        server.fault(Some(fault)).await?;
        let (status, content) = put().await?;
        assert!(
            status >= 400 && content.contains(code),
            "{fault:?}: {content}"
        );
        assert_eq!(get().await?.0, reads, "{fault:?}");
    }
    server.fault(Some(S3Fault::NoList)).await?;
    assert_eq!(get().await?.0, 200);
    assert_eq!(send(&endpoint, "GET", &list, "", "").await?.0, 403);

    server.fault(Some(S3Fault::IgnoresConditions)).await?;
    assert_eq!(send(&endpoint, "PUT", &key, CREATE, "y").await?.0, 200);

    server.fault(Some(S3Fault::LosesResponses(1))).await?;
    assert!(send(&endpoint, "PUT", &key, "", "z").await.is_err());
    assert_eq!(get().await?, (200, "z".to_owned()));
    assert_eq!(put().await?.0, 200);

    server
        .fault(Some(S3Fault::Slow(Duration::from_millis(300))))
        .await?;
    let began = Instant::now();
    get().await?;
    assert!(began.elapsed() >= Duration::from_millis(300));

    server.fault(Some(S3Fault::Silent)).await?;
    timeout(Duration::from_millis(300), get())
        .await
        .expect_err("no response");

    for _ in 0..2 {
        server.fault(Some(S3Fault::Down)).await?;
        let refused = get().await.expect_err("nobody listens");
        let refused = refused.downcast::<std::io::Error>()?;
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    }
    server.fault(None).await?;
    assert_eq!(get().await?.0, 200);
    assert_eq!(server.objects().await?, ["k"]);
    Ok(())
}
