//! Terraform's RPCs, answered with a [`Provider`].

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use crate::proto::tfplugin6::{self as wire, provider_server};
use crate::wait::{Clock, Stopper, Waits};

use super::action::AnyAction;
use super::data_source::AnyDataSource;
use super::diagnostics::Diagnostic;
use super::function::AnyFunction;
use super::list_resource::AnyListResource;
use super::path::AttributePath;
use super::provider::{AnyProvider, Provider};
use super::resource::AnyResource;
use super::rpc;
use super::schema::Schema;
use super::texts;
use super::value::{Value, decode};

/// How large a message may be, both ways: as large as HashiCorp's own servers allow.
const LARGEST_MESSAGE: usize = 256 << 20;

/// Serves a provider to Terraform.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

/// What all calls share. Everything is built before the first call: Terraform may skip
/// `GetProviderSchema`.
pub(super) struct Shared {
    pub(super) provider: Box<dyn AnyProvider>,
    pub(super) schema: Schema,
    pub(super) resources: BTreeMap<&'static str, Box<dyn AnyResource>>,
    pub(super) data_sources: BTreeMap<&'static str, Box<dyn AnyDataSource>>,
    pub(super) list_resources: BTreeMap<&'static str, Box<dyn AnyListResource>>,
    pub(super) actions: BTreeMap<&'static str, Box<dyn AnyAction>>,
    pub(super) functions: BTreeMap<&'static str, Box<dyn AnyFunction>>,
    pub(super) stopper: Stopper,
    clock: Arc<dyn Clock>,
}

impl Server {
    /// A server for `provider` whose operations wait by `clock`.
    #[must_use]
    pub fn new(provider: impl Provider, clock: Arc<dyn Clock>) -> Self {
        let provider: Box<dyn AnyProvider> = Box::new(provider);
        Self(Arc::new(Shared {
            schema: provider.schema(),
            resources: named(provider.resources(), |r| r.type_name()),
            data_sources: named(provider.data_sources(), |d| d.type_name()),
            list_resources: named(provider.list_resources(), |l| l.type_name()),
            actions: named(provider.actions(), |a| a.type_name()),
            functions: named(provider.functions(), |f| f.name()),
            provider,
            stopper: Stopper::new(),
            clock,
        }))
    }

    /// What ends the waits of the operations under way, as Terraform does when interrupted.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.0.stopper.clone()
    }

    /// The gRPC service.
    #[must_use]
    pub fn into_service(self) -> provider_server::ProviderServer<Self> {
        provider_server::ProviderServer::new(self)
            .max_decoding_message_size(LARGEST_MESSAGE)
            .max_encoding_message_size(LARGEST_MESSAGE)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

impl Shared {
    /// The resource of that type.
    pub(super) fn resource(&self, type_name: &str) -> Result<&dyn AnyResource, Diagnostic> {
        offered(&self.resources, "resource", type_name)
    }

    /// The data source of that type.
    pub(super) fn data_source(&self, type_name: &str) -> Result<&dyn AnyDataSource, Diagnostic> {
        offered(&self.data_sources, "data source", type_name)
    }

    /// The list resource for objects of that type.
    pub(super) fn list_resource(
        &self,
        type_name: &str,
    ) -> Result<&dyn AnyListResource, Diagnostic> {
        offered(&self.list_resources, "list resource", type_name)
    }

    /// The action of that type.
    pub(super) fn action(&self, type_name: &str) -> Result<&dyn AnyAction, Diagnostic> {
        offered(&self.actions, "action", type_name)
    }

    /// The function of that name.
    pub(super) fn function(&self, name: &str) -> Result<&dyn AnyFunction, Diagnostic> {
        offered(&self.functions, "function", name)
    }

    /// Every function as the wire describes it.
    pub(super) fn function_definitions(&self) -> HashMap<String, wire::Function> {
        let functions = self.functions.iter();
        functions
            .map(|(name, function)| ((*name).to_owned(), function.definition()))
            .collect()
    }

    /// The provider block that Terraform sent; without one, that of a user who wrote none.
    pub(super) fn provider_block(
        &self,
        config: Option<&wire::DynamicValue>,
    ) -> Result<Value, Diagnostic> {
        match decode(config, self.schema.ty(), "provider configuration", "")? {
            Value::Null => Ok(self.schema.empty_object()),
            config => Ok(config),
        }
    }

    /// How an operation beginning now waits.
    pub(super) fn waits(&self) -> Waits {
        Waits::new(Arc::clone(&self.clock), self.stopper.signal())
    }
}

/// What is offered, by name.
fn named<T: ?Sized>(
    offers: Vec<Box<T>>,
    name: impl Fn(&T) -> &'static str,
) -> BTreeMap<&'static str, Box<T>> {
    let named = offers.into_iter().map(|offer| (name(&offer), offer));
    named.collect()
}

fn offered<'a, T: ?Sized>(
    offers: &'a BTreeMap<&'static str, Box<T>>,
    kind: &str,
    name: &str,
) -> Result<&'a T, Diagnostic> {
    match offers.get(name) {
        Some(offer) => Ok(offer.as_ref()),
        None => Err(texts::unsupported(kind, name)),
    }
}

/// An answer that can carry an error in place of a result.
pub(super) trait Answer: Send + 'static {
    /// The answer for a failed call.
    fn failed(diagnostic: Diagnostic) -> Self;
}

/// Runs one call in a task of its own: a panic becomes the call's error and the process lives
/// on, and a purchase under way survives the loss of the connection that asked for it.
async fn answered<A: Answer>(
    rpc: &'static str,
    call: impl Future<Output = Result<A, Diagnostic>> + Send + 'static,
) -> A {
    let started = std::time::Instant::now();
    let answer = match tokio::spawn(call).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(diagnostic)) => A::failed(diagnostic),
        Err(_) => A::failed(texts::panicked("answering", rpc)),
    };
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::trace!(tf_rpc = rpc, tf_req_duration_ms = milliseconds, "answered");
    answer
}

type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A stream of what `call` sends to `events`, made in a task of its own as in [`answered`].
fn streamed<A: Answer>(
    rpc: &'static str,
    events: mpsc::Sender<A>,
    stream: mpsc::Receiver<A>,
    call: impl Future<Output = Result<(), Diagnostic>> + Send + 'static,
) -> Response<Events<A>> {
    tokio::spawn(async move {
        let failure = match tokio::spawn(call).await {
            Ok(Ok(())) => return,
            Ok(Err(diagnostic)) => diagnostic,
            Err(_) => texts::panicked("answering", rpc),
        };
        // Nobody may be listening any more.
        let _ = events.send(A::failed(failure)).await;
    });
    Response::new(Box::pin(ReceiverStream::new(stream).map(Ok)))
}

impl Answer for wire::call_function::Response {
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

impl Answer for wire::stop_provider::Response {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            error: diagnostic.summary().to_owned(),
        }
    }
}

impl Answer for wire::list_resource::Event {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostic: vec![diagnostic.into()],
            ..Self::default()
        }
    }
}

impl Answer for wire::invoke_action::Event {
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

/// Declares which answers carry diagnostics, and so can carry an error.
macro_rules! answers_with_diagnostics {
    ($($messages:ident),*) => {$(
        impl Answer for wire::$messages::Response {
            #[allow(clippy::needless_update, reason = "some answers are nothing but diagnostics")]
            fn failed(diagnostic: Diagnostic) -> Self {
                Self { diagnostics: vec![diagnostic.into()], ..Self::default() }
            }
        }
    )*};
}

/// Implements the service: each RPC has a module of its own in `rpc/`, and messages by its name or
/// by another.
macro_rules! service {
    (
        diagnosed { $($diagnosed:ident: $messages:ident,)* }
        others { $($other:ident,)* }
        streaming { $($streaming:ident($stream:ident): $event_of:ident::$event:ident,)* }
    ) => {
        answers_with_diagnostics!($($messages,)* read_state_bytes, write_state_bytes);

        #[tonic::async_trait]
        impl provider_server::Provider for Server {
            $(
                async fn $diagnosed(
                    &self,
                    request: Request<wire::$messages::Request>,
                ) -> Result<Response<wire::$messages::Response>, Status> {
                    let shared = Arc::clone(&self.0);
                    let call = async move {
                        rpc::$diagnosed::respond(&shared, request.into_inner()).await
                    };
                    Ok(Response::new(answered(stringify!($diagnosed), call).await))
                }
            )*

            $(
                async fn $other(
                    &self,
                    request: Request<wire::$other::Request>,
                ) -> Result<Response<wire::$other::Response>, Status> {
                    let shared = Arc::clone(&self.0);
                    let call = async move {
                        rpc::$other::respond(&shared, request.into_inner()).await
                    };
                    Ok(Response::new(answered(stringify!($other), call).await))
                }
            )*

            $(
                type $stream = Events<wire::$event_of::$event>;

                async fn $streaming(
                    &self,
                    request: Request<wire::$event_of::Request>,
                ) -> Result<Response<Self::$stream>, Status> {
                    let shared = Arc::clone(&self.0);
                    // Each event waits for the one before to be taken.
                    let (events, stream) = mpsc::channel(1);
                    let call = {
                        let events = events.clone();
                        async move {
                            rpc::$streaming::respond(&shared, request.into_inner(), &events).await
                        }
                    };
                    Ok(streamed(stringify!($streaming), events, stream, call))
                }
            )*

            async fn write_state_bytes(
                &self,
                _chunks: Request<Streaming<wire::write_state_bytes::RequestChunk>>,
            ) -> Result<Response<wire::write_state_bytes::Response>, Status> {
                let call = async { rpc::write_state_bytes::respond().await };
                Ok(Response::new(answered("write_state_bytes", call).await))
            }
        }
    };
}

service! {
    diagnosed {
        apply_resource_change: apply_resource_change,
        close_ephemeral_resource: close_ephemeral_resource,
        configure_provider: configure_provider,
        configure_state_store: configure_state_store,
        delete_state: delete_state,
        generate_resource_config: generate_resource_config,
        get_functions: get_functions,
        get_metadata: get_metadata,
        get_provider_schema: get_provider_schema,
        get_resource_identity_schemas: get_resource_identity_schemas,
        get_states: get_states,
        import_resource_state: import_resource_state,
        lock_state: lock_state,
        move_resource_state: move_resource_state,
        open_ephemeral_resource: open_ephemeral_resource,
        plan_action: plan_action,
        plan_resource_change: plan_resource_change,
        read_data_source: read_data_source,
        read_resource: read_resource,
        renew_ephemeral_resource: renew_ephemeral_resource,
        unlock_state: unlock_state,
        upgrade_resource_identity: upgrade_resource_identity,
        upgrade_resource_state: upgrade_resource_state,
        validate_action_config: validate_action_config,
        validate_data_resource_config: validate_data_resource_config,
        validate_ephemeral_resource_config: validate_ephemeral_resource_config,
        validate_list_resource_config: validate_list_resource_config,
        validate_provider_config: validate_provider_config,
        validate_resource_config: validate_resource_config,
        validate_state_store_config: validate_state_store,
    }
    others {
        call_function,
        stop_provider,
    }
    streaming {
        invoke_action(InvokeActionStream): invoke_action::Event,
        list_resource(ListResourceStream): list_resource::Event,
        read_state_bytes(ReadStateBytesStream): read_state_bytes::Response,
    }
}

/// An attribute path as the wire has it.
pub(super) fn wire_paths(paths: &[AttributePath]) -> Vec<wire::AttributePath> {
    paths.iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests;
