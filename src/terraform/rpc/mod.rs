//! One file per RPC: from the wire to typed calls and back, and nothing else. Those about kinds
//! of objects that this provider does not offer share one.

pub(super) mod apply_resource_change;
pub(super) mod call_function;
pub(super) mod configure_provider;
pub(super) mod configure_state_store;
pub(super) mod generate_resource_config;
pub(super) mod get_functions;
pub(super) mod get_metadata;
pub(super) mod get_provider_schema;
pub(super) mod get_resource_identity_schemas;
pub(super) mod import_resource_state;
pub(super) mod invoke_action;
pub(super) mod list_resource;
pub(super) mod move_resource_state;
pub(super) mod plan_action;
pub(super) mod plan_resource_change;
pub(super) mod read_data_source;
pub(super) mod read_resource;
pub(super) mod read_state_bytes;
pub(super) mod stop_provider;
mod unsupported;
pub(super) mod upgrade_resource_identity;
pub(super) mod upgrade_resource_state;
pub(super) mod validate_action_config;
pub(super) mod validate_data_resource_config;
pub(super) mod validate_list_resource_config;
pub(super) mod validate_provider_config;
pub(super) mod validate_resource_config;
pub(super) mod write_state_bytes;

pub(super) use unsupported::*;
