//! Counts the RPCs under way.
//!
//! Only those of the plugin's own services count. The host keeps streams of go-plugin's services
//! open for as long as it runs.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use http_body::{Frame, SizeHint};
use tokio::sync::watch;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Bytes, Service, http};
use tonic::service::{AxumRouter, Routes};

/// How many RPCs are under way, and when the last one ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct RpcCount {
    pub(super) under_way: usize,
    /// When the last RPC ended. None before the first RPC.
    pub(super) last_ended: Option<Instant>,
}

/// Counts every RPC of `routes` in `rpcs` until its response is sent or cancelled.
pub(super) fn count(routes: Routes, rpcs: watch::Sender<RpcCount>) -> Routes {
    AxumRouter::new()
        .fallback_service(Counted { routes, rpcs })
        .into()
}

#[derive(Clone)]
struct Counted {
    routes: Routes,
    rpcs: watch::Sender<RpcCount>,
}

impl<B> Service<http::Request<B>> for Counted
where
    Routes: Service<http::Request<B>, Response = http::Response<Body>, Error = Infallible>,
    <Routes as Service<http::Request<B>>>::Future: Send + 'static,
{
    type Response = http::Response<CountedBody>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let rpc = RunningRpc::begin(&self.rpcs);
        let response = self.routes.call(request);
        Box::pin(async move {
            let response = response.await?;
            Ok(response.map(|body| CountedBody { body, _rpc: rpc }))
        })
    }
}

/// One RPC. It is under way until this is dropped.
struct RunningRpc(watch::Sender<RpcCount>);

impl RunningRpc {
    fn begin(rpcs: &watch::Sender<RpcCount>) -> Self {
        rpcs.send_modify(|rpcs| rpcs.under_way += 1);
        Self(rpcs.clone())
    }
}

impl Drop for RunningRpc {
    fn drop(&mut self) {
        self.0.send_modify(|rpcs| {
            rpcs.under_way -= 1;
            rpcs.last_ended = Some(Instant::now());
        });
    }
}

/// The body of a response. Its RPC ends with it: a stream goes on after its first message.
struct CountedBody {
    body: Body,
    _rpc: RunningRpc,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_rpc_is_under_way_until_its_response_has_ended() {
        let rpcs = watch::Sender::new(RpcCount::default());
        let mut counted = Counted {
            routes: Routes::default(),
            rpcs: rpcs.clone(),
        };
        let response = counted.call(http::Request::new(Body::empty()));
        assert_eq!(rpcs.borrow().under_way, 1);
        drop(response);
        assert_eq!(rpcs.borrow().under_way, 0, "the host has given it up");

        let body = CountedBody {
            body: Body::empty(),
            _rpc: RunningRpc::begin(&rpcs),
        };
        assert_eq!(rpcs.borrow().under_way, 1, "events may follow");
        drop(body);
        assert_eq!(rpcs.borrow().under_way, 0);
        assert!(rpcs.borrow().last_ended.is_some());
    }
}
