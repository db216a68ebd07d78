//! Terraform's RPCs, served by a [`Provider`].

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use crate::context::{Canceller, Clock};
use crate::proto::tfplugin6::{self as wire, provider_server};

use super::diagnostics::Diagnostic;
use super::provider::Provider;
use super::rpc::{self, Registry, messages};
use super::texts;

/// How large a message may be, both ways: as large as HashiCorp's own servers allow. tonic's
/// default of 4 MiB is too small for a large state.
pub const MAX_MESSAGE_SIZE: usize = 256 << 20;

/// Serves a provider to Terraform.
#[derive(Clone)]
pub struct TerraformService(Arc<Registry>);

impl TerraformService {
    /// A server for `provider` whose operations wait by `clock`.
    #[must_use]
    pub fn new(provider: impl Provider, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Registry::new(provider, clock)))
    }

    /// What ends the waits of the operations under way, as Terraform does when interrupted.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.0.canceller.clone()
    }

    /// The gRPC service.
    #[must_use]
    pub fn into_service(self) -> provider_server::ProviderServer<Self> {
        provider_server::ProviderServer::new(self)
            .max_decoding_message_size(MAX_MESSAGE_SIZE)
            .max_encoding_message_size(MAX_MESSAGE_SIZE)
    }
}

impl fmt::Debug for TerraformService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TerraformService").finish_non_exhaustive()
    }
}

/// A response that can carry an error in place of a result.
trait RpcResponse: Send + 'static {
    /// The response of a failed call.
    fn failed(diagnostic: Diagnostic) -> Self;
}

/// The result of a call that runs in a task of its own: a panic becomes the call's error and the
/// process lives on, and a purchase under way survives the loss of the connection that asked for
/// it.
async fn result_of<T: Send + 'static>(
    rpc: &'static str,
    call: impl Future<Output = Result<T, Diagnostic>> + Send + 'static,
) -> Result<T, Diagnostic> {
    let result = tokio::spawn(call).await;
    result.unwrap_or_else(|_| Err(texts::panicked("serving", rpc)))
}

/// The response to one call.
async fn responded<R: RpcResponse>(
    rpc: &'static str,
    call: impl Future<Output = Result<R, Diagnostic>> + Send + 'static,
) -> Result<Response<R>, Status> {
    let started = std::time::Instant::now();
    let response = result_of(rpc, call).await.unwrap_or_else(R::failed);
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::trace!(tf_rpc = rpc, tf_req_duration_ms = milliseconds, "answered");
    Ok(Response::new(response))
}

type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A stream of what `call` sends. Each event waits for the one before to be taken.
fn streamed<R: RpcResponse, C>(
    rpc: &'static str,
    call: impl FnOnce(mpsc::Sender<R>) -> C,
) -> Result<Response<Events<R>>, Status>
where
    C: Future<Output = Result<(), Diagnostic>> + Send + 'static,
{
    let (events, stream) = mpsc::channel(1);
    let call = call(events.clone());
    tokio::spawn(async move {
        if let Err(failure) = result_of(rpc, call).await {
            // Nobody may be listening any more.
            let _ = events.send(R::failed(failure)).await;
        }
    });
    Ok(Response::new(Box::pin(ReceiverStream::new(stream).map(Ok))))
}

impl RpcResponse for wire::call_function::Response {
    fn failed(diagnostic: Diagnostic) -> Self {
        let summary = diagnostic.summary().to_owned();
        let detail = wire::Diagnostic::from(diagnostic).detail;
        // Terraform adds a full stop.
        let text = format!("{summary}: {}", detail.trim_end_matches('.'));
        Self {
            result: None,
            error: Some(wire::FunctionError {
                text,
                function_argument: None,
            }),
        }
    }
}

impl RpcResponse for wire::stop_provider::Response {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            error: diagnostic.summary().to_owned(),
        }
    }
}

impl RpcResponse for wire::list_resource::Event {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic: vec![diagnostic.into()],
            ..Self::default()
        }
    }
}

impl RpcResponse for wire::invoke_action::Event {
    fn failed(diagnostic: Diagnostic) -> Self {
        use wire::invoke_action::event::{Completed, Type};
        let completed = Completed {
            diagnostics: vec![diagnostic.into()],
        };
        Self {
            r#type: Some(Type::Completed(completed)),
        }
    }
}

impl RpcResponse for wire::configure_state_store::Response {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic.into()],
            // Terraform crashes on a response without them, even on an error.
            capabilities: Some(wire::StateStoreServerCapabilities::default()),
        }
    }
}

impl RpcResponse for wire::read_state_bytes::Response {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic.into()],
            // Terraform crashes on a chunk without it, even on an error.
            range: Some(wire::StateRange::default()),
            ..Self::default()
        }
    }
}

/// Implements the service: each RPC has a module of its own in `rpc/`. The responses of those that
/// are `diagnosed` carry diagnostics.
macro_rules! service {
    (
        diagnosed { $($diagnosed:ident,)* }
        others { $($other:ident,)* }
        streaming { $($streaming:ident($stream:ident),)* }
    ) => {
        service! { failing $($diagnosed)* write_state_bytes }
        service! { implemented $($diagnosed)* $($other)*; $($streaming($stream))* }
    };
    (failing $($rpc:ident)*) => {$(
        impl RpcResponse for messages::$rpc::Response {
            #[allow(clippy::needless_update, reason = "some are nothing but diagnostics")]
            fn failed(diagnostic: Diagnostic) -> Self {
                Self { diagnostics: vec![diagnostic.into()], ..Self::default() }
            }
        }
    )*};
    (implemented $($rpc:ident)*; $($streaming:ident($stream:ident))*) => {
        #[tonic::async_trait]
        impl provider_server::Provider for TerraformService {
            $(
                async fn $rpc(
                    &self,
                    request: Request<messages::$rpc::Request>,
                ) -> Result<Response<messages::$rpc::Response>, Status> {
                    let registry = Arc::clone(&self.0);
                    let request = request.into_inner();
                    let call = async move { rpc::$rpc::respond(&registry, request).await };
                    responded(stringify!($rpc), call).await
                }
            )*

            $(
                type $stream = Events<messages::$streaming::Event>;

                async fn $streaming(
                    &self,
                    request: Request<messages::$streaming::Request>,
                ) -> Result<Response<Self::$stream>, Status> {
                    let registry = Arc::clone(&self.0);
                    let request = request.into_inner();
                    streamed(stringify!($streaming), |events| async move {
                        rpc::$streaming::respond(&registry, request, &events).await
                    })
                }
            )*

            type ReadStateBytesStream = Events<wire::read_state_bytes::Response>;

            async fn read_state_bytes(
                &self,
                request: Request<wire::read_state_bytes::Request>,
            ) -> Result<Response<Self::ReadStateBytesStream>, Status> {
                let refusal = texts::unsupported("state store", &request.get_ref().type_name);
                streamed("read_state_bytes", |_| async { Err(refusal) })
            }

            async fn write_state_bytes(
                &self,
                _chunks: Request<Streaming<wire::write_state_bytes::RequestChunk>>,
            ) -> Result<Response<wire::write_state_bytes::Response>, Status> {
                let refusal = texts::no_state_stores();
                responded("write_state_bytes", async { Err(refusal) }).await
            }
        }
    };
}

service! {
    diagnosed {
        apply_resource_change,
        close_ephemeral_resource,
        configure_provider,
        delete_state,
        generate_resource_config,
        get_functions,
        get_metadata,
        get_provider_schema,
        get_resource_identity_schemas,
        get_states,
        import_resource_state,
        lock_state,
        move_resource_state,
        open_ephemeral_resource,
        plan_action,
        plan_resource_change,
        read_data_source,
        read_resource,
        renew_ephemeral_resource,
        unlock_state,
        upgrade_resource_identity,
        upgrade_resource_state,
        validate_action_config,
        validate_data_resource_config,
        validate_ephemeral_resource_config,
        validate_list_resource_config,
        validate_provider_config,
        validate_resource_config,
        validate_state_store_config,
    }
    others {
        call_function,
        configure_state_store,
        stop_provider,
    }
    streaming {
        invoke_action(InvokeActionStream),
        list_resource(ListResourceStream),
    }
}

#[cfg(test)]
mod tests;
