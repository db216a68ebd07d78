//! RPCs that look at a configuration and say what is to be said about it: three validations, and
//! `PlanAction`.

/// Declares a module for each RPC, as if it had a file of its own: of which kind of object it is,
/// the field with its type, and what looks at its configuration.
macro_rules! checks {
    ($($rpc:ident: $kind:ident($type_name:ident).$check:ident;)*) => {$(
        pub(in crate::terraform) mod $rpc {
            use crate::terraform::diagnostics::Diagnostic;
            use crate::terraform::rpc::Registry;
            use crate::terraform::rpc::messages::$rpc::{Request, Response};

            #[allow(clippy::needless_update, reason = "some are nothing but diagnostics")]
            pub(in crate::terraform) async fn respond(
                registry: &Registry,
                request: Request,
            ) -> Result<Response, Diagnostic> {
                let object = registry.$kind.get(&request.$type_name)?;
                let config = object.decode(request.config.as_ref(), "configuration")?;
                Ok(Response {
                    diagnostics: object.$check(config).into_wire(),
                    ..Response::default()
                })
            }
        }
    )*};
}

checks! {
    plan_action: actions(action_type).plan;
    validate_action_config: actions(type_name).validate;
    validate_data_resource_config: data_sources(type_name).validate;
    validate_list_resource_config: list_resources(type_name).validate;
}
