//! The provider as a gRPC service, called without a socket.

use std::sync::Arc;

use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use prost::Message;
use terraform_provider_joonto::context::SystemClock;
use terraform_provider_joonto::proto::tfplugin6::provider_server::ProviderServer;
use terraform_provider_joonto::provider::{Environment, Joonto, Runs};
use terraform_provider_joonto::terraform::TerraformService;
use tokio::runtime::{Builder, Runtime};
use tonic::codegen::http;
use tower::ServiceExt as _;

use crate::Allowance;

pub(crate) const ALLOWANCE: Allowance = Allowance {
    // All schemas at once are the longest response there is.
    fixed: 4 << 20,
    per_byte: 4 << 10,
};

/// Where a message's length stands, and whether it is compressed.
const FRAME: usize = 5;

/// A provider that serves.
pub(crate) struct Service {
    runtime: Runtime,
    server: ProviderServer<TerraformService>,
}

/// What a call came to.
pub(crate) struct Output {
    /// Whether it is a response of the protocol's, rather than a refusal of the transport's.
    pub(crate) is_ok: bool,
    /// The messages, each with its frame.
    frames: Bytes,
}

impl Service {
    /// A provider in an environment of these variables, which is not configured yet. The ones it
    /// would look up in files are set: a run depends on its input only.
    pub(crate) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let fixed = [("TF_WORKSPACE".to_owned(), "default".to_owned())];
        let environment = Environment::capture(fixed.into_iter().chain(variables));
        let clock = Arc::new(SystemClock);
        let server =
            TerraformService::new(Joonto::new(environment, clock.clone(), Runs::Each), clock);
        let runtime = Builder::new_current_thread().enable_all().build();
        Self {
            runtime: runtime.expect("a runtime of one thread"),
            server: server.into_service(),
        }
    }

    /// Calls a method with a message.
    pub(crate) fn call(&self, method: &str, message: &[u8]) -> Output {
        let mut body = BytesMut::with_capacity(FRAME + message.len());
        body.put_u8(0);
        body.put_u32(u32::try_from(message.len()).expect("inputs are short"));
        body.extend_from_slice(message);
        let request = http::Request::post(format!("/tfplugin6.Provider/{method}"))
            .header("content-type", "application/grpc")
            .body(Full::new(body.freeze()))
            .expect("the names of methods are paths");
        self.runtime.block_on(async {
            let Ok(response) = self.server.clone().oneshot(request).await;
            let (parts, body) = response.into_parts();
            let body = body.collect().await.expect("nothing breaks a connection");
            let status = body.trailers().unwrap_or(&parts.headers).get("grpc-status");
            Output {
                is_ok: status.is_some_and(|status| status == "0"),
                frames: body.to_bytes(),
            }
        })
    }

    /// Calls a method with a request, and reads its first response.
    pub(crate) fn ask<A: Message + Default>(&self, method: &str, request: &impl Message) -> A {
        let response = self.call(method, &request.encode_to_vec());
        assert!(response.is_ok, "{method} has no response");
        response.first().expect("a response of the protocol's")
    }
}

impl Output {
    /// The first message, if there is one.
    pub(crate) fn first<A: Message + Default>(&self) -> Option<A> {
        let length = self.frames.get(1..FRAME)?.try_into().ok()?;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        let message = self.frames.get(FRAME..FRAME + length)?;
        A::decode(message).ok()
    }
}
