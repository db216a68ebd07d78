//! RPCs about kinds of objects that this provider does not offer. Each is an error.

/// Declares a module for each RPC, as if it had a file of its own: its name, and the kind of object.
macro_rules! unsupported {
    ($($rpc:ident: $kind:literal;)*) => {$(
        pub(in crate::terraform) mod $rpc {
            use crate::terraform::diagnostics::Diagnostic;
            use crate::terraform::rpc::Registry;
            use crate::terraform::rpc::messages::$rpc::{Request, Response};
            use crate::terraform::texts::unsupported;

            pub(in crate::terraform) async fn respond(
                _: &Registry,
                request: Request,
            ) -> Result<Response, Diagnostic> {
                Err(unsupported($kind, &request.type_name))
            }
        }
    )*};
}

unsupported! {
    close_ephemeral_resource: "ephemeral resource";
    open_ephemeral_resource: "ephemeral resource";
    renew_ephemeral_resource: "ephemeral resource";
    validate_ephemeral_resource_config: "ephemeral resource";
    configure_state_store: "state store";
    delete_state: "state store";
    get_states: "state store";
    lock_state: "state store";
    unlock_state: "state store";
    validate_state_store_config: "state store";
}
