//! Counting the RPCs under way.
//!
//! Only the plugin's own services are counted. Those of go-plugin are not: the host keeps their
//! streams open for as long as it lives.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use http_body::{Frame, SizeHint};
use tokio::sync::watch;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Bytes, Service, http};
use tonic::service::{AxumRouter, Routes};

/// How many RPCs are under way, and since when there are none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Calls {
    pub(super) under_way: usize,
    /// When the last RPC ended; none where there was no RPC yet.
    pub(super) last_ended: Option<Instant>,
}

/// `routes`, with every RPC counted in `calls` until its response is sent or given up.
pub(super) fn count(routes: Routes, calls: watch::Sender<Calls>) -> Routes {
    AxumRouter::new()
        .fallback_service(Counted { routes, calls })
        .into()
}

#[derive(Clone)]
struct Counted {
    routes: Routes,
    calls: watch::Sender<Calls>,
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
        let call = Call::begin(&self.calls);
        let response = self.routes.call(request);
        Box::pin(async move {
            let response = response.await?;
            Ok(response.map(|body| CountedBody { body, _call: call }))
        })
    }
}

/// One RPC, under way until this is dropped.
struct Call(watch::Sender<Calls>);

impl Call {
    fn begin(calls: &watch::Sender<Calls>) -> Self {
        calls.send_modify(|calls| calls.under_way += 1);
        Self(calls.clone())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.send_modify(|calls| {
            calls.under_way -= 1;
            calls.last_ended = Some(Instant::now());
        });
    }
}

/// A response, whose RPC ends with it: an event stream takes longer than its first answer.
struct CountedBody {
    body: Body,
    _call: Call,
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
        let calls = watch::Sender::new(Calls::default());
        let mut counted = Counted {
            routes: Routes::default(),
            calls: calls.clone(),
        };
        let response = counted.call(http::Request::new(Body::empty()));
        assert_eq!(calls.borrow().under_way, 1);
        drop(response);
        assert_eq!(calls.borrow().under_way, 0, "the host has given it up");

        let body = CountedBody {
            body: Body::empty(),
            _call: Call::begin(&calls),
        };
        assert_eq!(calls.borrow().under_way, 1, "events may follow");
        drop(body);
        assert_eq!(calls.borrow().under_way, 0);
        assert!(calls.borrow().last_ended.is_some());
    }
}
