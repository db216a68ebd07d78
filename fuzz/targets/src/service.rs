//! The provider as a gRPC service, called without a socket.

use std::sync::Arc;

use bytes::{BufMut as _, BytesMut};
use http_body_util::{BodyExt as _, Full};
use terraform_provider_joonto::context::SystemClock;
use terraform_provider_joonto::proto::tfplugin6::provider_client::ProviderClient;
use terraform_provider_joonto::proto::tfplugin6::provider_server::ProviderServer;
use terraform_provider_joonto::provider::{Environment, Joonto, Runs};
use terraform_provider_joonto::terraform::TerraformService;
use tokio::runtime::{Builder, Runtime};
use tonic::codegen::http;
use tonic::{Response, Status};
use tower::ServiceExt as _;

use crate::Allowance;

pub(crate) const ALLOWANCE: Allowance = Allowance {
    // All schemas at once are the longest response there is.
    fixed: 4 << 20,
    per_byte: 4 << 10,
};

/// Where a message's length stands, and whether it is compressed.
const FRAME: usize = 5;

/// Terraform's side of the protocol.
type Client = ProviderClient<ProviderServer<TerraformService>>;

/// A provider that serves.
pub(crate) struct Service {
    runtime: Runtime,
    server: ProviderServer<TerraformService>,
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

    /// Calls a method with any bytes as its message.
    pub(crate) fn call(&self, method: &str, message: &[u8]) {
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
            let body = response.into_body().collect().await;
            body.expect("nothing breaks a connection");
        });
    }

    /// Makes a call that has to get a response.
    pub(crate) fn ask<A>(
        &self,
        call: impl AsyncFnOnce(Client) -> Result<Response<A>, Status>,
    ) -> A {
        let client = ProviderClient::new(self.server.clone());
        let response = self.runtime.block_on(call(client));
        response.expect("a response of the protocol's").into_inner()
    }
}
