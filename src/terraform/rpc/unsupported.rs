//! RPCs about kinds of objects that this provider does not offer. Each is an error.

/// Declares a module for each RPC, as if it had a file of its own: its name, that of its messages,
/// and the kind of object.
macro_rules! unsupported {
    ($($rpc:ident: $messages:ident, $kind:literal;)*) => {$(
        pub(in crate::terraform) mod $rpc {
            use crate::proto::tfplugin6::$messages::{Request, Response};
            use crate::terraform::diagnostics::Diagnostic;
            use crate::terraform::server::Shared;
            use crate::terraform::texts::unsupported;

            pub(in crate::terraform) async fn respond(
                _: &Shared,
                request: Request,
            ) -> Result<Response, Diagnostic> {
                Err(unsupported($kind, &request.type_name))
            }
        }
    )*};
}

unsupported! {
    close_ephemeral_resource: close_ephemeral_resource, "ephemeral resource";
    open_ephemeral_resource: open_ephemeral_resource, "ephemeral resource";
    renew_ephemeral_resource: renew_ephemeral_resource, "ephemeral resource";
    validate_ephemeral_resource_config: validate_ephemeral_resource_config, "ephemeral resource";
    delete_state: delete_state, "state store";
    get_states: get_states, "state store";
    lock_state: lock_state, "state store";
    unlock_state: unlock_state, "state store";
    validate_state_store_config: validate_state_store, "state store";
}
