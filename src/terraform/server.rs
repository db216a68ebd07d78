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
use super::registry::Registry;
use super::texts::{self, unsupported};

/// How large a message may be, both ways: as large as HashiCorp's own servers allow. tonic's
/// default of 4 MiB is too small for a large state.
pub const MAX_MESSAGE_SIZE: usize = 256 << 20;

/// Serves a provider to Terraform.
#[derive(Clone)]
pub struct TerraformService(Arc<Registry>);

impl TerraformService {
    /// A server for `provider` whose operations wait by `clock`.
    pub fn new(provider: impl Provider, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Registry::new(provider, clock)))
    }

    /// What ends the waits of the operations under way, as Terraform does when interrupted.
    pub fn canceller(&self) -> Canceller {
        self.0.canceller.clone()
    }

    /// The gRPC service.
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

fn no_ephemeral_resource<R>(name: &str) -> Result<R, Diagnostic> {
    Err(unsupported("ephemeral resource", name))
}

fn no_state_store<R>(name: &str) -> Result<R, Diagnostic> {
    Err(unsupported("state store", name))
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

/// The messages of each RPC, under its name.
mod messages {
    pub(super) use crate::proto::tfplugin6::validate_state_store as validate_state_store_config;
    pub(super) use crate::proto::tfplugin6::*;
}

/// Implements the service: each RPC with what responds to it. Responses carry diagnostics, but for
/// the `others`; those that are `checked` carry nothing else.
macro_rules! service {
    (
        |$registry:ident, $request:ident|
        checked { $($checked:ident => $diagnostics:expr;)* }
        diagnosed { $($diagnosed:ident => $result:expr;)* }
        others { $($other:ident => $other_result:expr;)* }
        streaming |$events:ident| { $($streaming:ident($stream:ident) => $streamed:expr;)* }
    ) => {
        service! { failing $($checked)* $($diagnosed)* write_state_bytes }
        service! {
            implemented |$registry, $request| {
            $($checked => Ok(messages::$checked::Response {
                diagnostics: $diagnostics.into_wire(),
                ..Default::default()
            });)*
            $($diagnosed => $result;)*
            $($other => $other_result;)*
            }
            streaming |$events| { $($streaming($stream) => $streamed;)* }
        }
    };
    (failing $($rpc:ident)*) => {$(
        impl RpcResponse for messages::$rpc::Response {
            #[allow(clippy::needless_update, reason = "some are nothing but diagnostics")]
            fn failed(diagnostic: Diagnostic) -> Self {
                Self { diagnostics: vec![diagnostic.into()], ..Self::default() }
            }
        }
    )*};
    (
        implemented |$registry:ident, $request:ident| { $($rpc:ident => $result:expr;)* }
        streaming |$events:ident| { $($streaming:ident($stream:ident) => $streamed:expr;)* }
    ) => {
        #[tonic::async_trait]
        #[allow(clippy::needless_update, reason = "some are nothing but diagnostics")]
        #[allow(unused_variables, reason = "some responses need neither registry nor request")]
        impl provider_server::Provider for TerraformService {
            $(
                async fn $rpc(
                    &self,
                    request: Request<messages::$rpc::Request>,
                ) -> Result<Response<messages::$rpc::Response>, Status> {
                    let $registry = Arc::clone(&self.0);
                    let $request = request.into_inner();
                    responded(stringify!($rpc), async move { $result }).await
                }
            )*

            $(
                type $stream = Events<messages::$streaming::Event>;

                async fn $streaming(
                    &self,
                    request: Request<messages::$streaming::Request>,
                ) -> Result<Response<Self::$stream>, Status> {
                    let $registry = Arc::clone(&self.0);
                    let $request = request.into_inner();
                    streamed(stringify!($streaming), |$events| async move { $streamed })
                }
            )*

            type ReadStateBytesStream = Events<wire::read_state_bytes::Response>;

            async fn read_state_bytes(
                &self,
                request: Request<wire::read_state_bytes::Request>,
            ) -> Result<Response<Self::ReadStateBytesStream>, Status> {
                let refusal = unsupported("state store", &request.get_ref().type_name);
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
    |registry, request|
    checked {
        plan_action => registry.actions.get(&request.action_type)?.plan(request.config);
        validate_action_config => registry.actions.get(&request.type_name)?.validate(request.config);
        validate_data_resource_config => {
            registry.data_sources.get(&request.type_name)?.validate(request.config)
        };
        validate_list_resource_config => {
            registry.list_resources.get(&request.type_name)?.validate(request.config)
        };
        validate_provider_config => registry.provider.validate(request.config);
        validate_resource_config => {
            // Versions before 1.11 do not tell, because they know nothing of it.
            let client = request.client_capabilities;
            let write_only = client.is_some_and(|client| client.write_only_attributes_allowed);
            registry.resources.get(&request.type_name)?.validate(request.config, write_only)
        };
    }
    diagnosed {
        apply_resource_change => {
            registry.resources.get(&request.type_name)?.apply(request, registry.context()).await
        };
        close_ephemeral_resource => no_ephemeral_resource(&request.type_name);
        configure_provider => registry.provider.configure(request);
        delete_state => no_state_store(&request.type_name);
        generate_resource_config => registry.resource_config(&request);
        get_functions => Ok(messages::get_functions::Response {
            functions: registry.function_definitions(),
            diagnostics: Vec::new(),
        });
        get_metadata => Ok(registry.metadata());
        get_provider_schema => Ok(registry.schemas());
        get_resource_identity_schemas => Ok(registry.identity_schemas());
        get_states => no_state_store(&request.type_name);
        import_resource_state => registry.resources.get(&request.type_name)?.import(request);
        lock_state => no_state_store(&request.type_name);
        move_resource_state => registry.move_resource(request).await;
        open_ephemeral_resource => no_ephemeral_resource(&request.type_name);
        plan_resource_change => {
            registry.resources.get(&request.type_name)?.plan(request, registry.context()).await
        };
        read_data_source => {
            registry.data_sources.get(&request.type_name)?.read(request, registry.context()).await
        };
        read_resource => {
            registry.resources.get(&request.type_name)?.read(request, registry.context()).await
        };
        renew_ephemeral_resource => no_ephemeral_resource(&request.type_name);
        unlock_state => no_state_store(&request.type_name);
        upgrade_resource_identity => registry.upgrade_identity(request);
        upgrade_resource_state => {
            registry.resources.get(&request.type_name)?.upgrade(request).await
        };
        validate_ephemeral_resource_config => no_ephemeral_resource(&request.type_name);
        validate_state_store_config => no_state_store(&request.type_name);
    }
    others {
        call_function => registry.functions.get(&request.name)?.call(request);
        configure_state_store => no_state_store(&request.type_name);
        stop_provider => {
            tracing::info!("Terraform asked to stop: ending all waits");
            registry.canceller.stop();
            Ok(messages::stop_provider::Response::default())
        };
    }
    streaming |events| {
        invoke_action(InvokeActionStream) => {
            let action = registry.actions.get(&request.action_type)?;
            action.invoke(request, events, registry.context()).await
        };
        list_resource(ListResourceStream) => {
            let list = registry.list_resources.get(&request.type_name)?;
            let resource = registry.resources.get(&request.type_name)?;
            list.list(request, resource, events, registry.context()).await
        };
    }
}

#[cfg(test)]
mod tests;
