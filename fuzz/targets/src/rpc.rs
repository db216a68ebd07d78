//! Every RPC's request, as bytes that may or may not be one.

use prost::Message as _;
use terraform_provider_joonto::proto::tfplugin6 as wire;

use crate::Seed;
use crate::objects::{self, ObjectKind};
use crate::service::Service;

/// Every method there is; the first byte of an input picks one.
const METHODS: [&str; 36] = [
    "GetMetadata",
    "GetProviderSchema",
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "UpgradeResourceState",
    "GetResourceIdentitySchemas",
    "UpgradeResourceIdentity",
    "ConfigureProvider",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ImportResourceState",
    "MoveResourceState",
    "ReadDataSource",
    "GenerateResourceConfig",
    "ValidateEphemeralResourceConfig",
    "OpenEphemeralResource",
    "RenewEphemeralResource",
    "CloseEphemeralResource",
    "ListResource",
    "ValidateListResourceConfig",
    "GetFunctions",
    "CallFunction",
    "ValidateStateStoreConfig",
    "ConfigureStateStore",
    "ReadStateBytes",
    "WriteStateBytes",
    "LockState",
    "UnlockState",
    "GetStates",
    "DeleteState",
    "PlanAction",
    "InvokeAction",
    "ValidateActionConfig",
    "StopProvider",
];

thread_local! {
    /// A provider without configuration: nothing it is asked can leave the process.
    static SERVICE: Service = Service::new([]);
}

pub(crate) fn run(input: &[u8]) {
    let Some((pick, message)) = input.split_first() else {
        return;
    };
    let method = METHODS[usize::from(*pick) % METHODS.len()];
    if method == "ConfigureProvider" {
        Service::new([]).call(method, message);
    } else {
        SERVICE.with(|service| service.call(method, message));
    }
}

pub(crate) fn seeds() -> Vec<Seed> {
    let number = "joonto_number";
    let empty = objects::empty(ObjectKind::Resource, number);
    let config = objects::number();
    let stored = || wire::RawState {
        json: br#"{"id":"+18016025346","number_type":"mvno","gone":1}"#[..].into(),
        ..Default::default()
    };
    let mut seeds = Vec::new();
    let mut seed = |name: &'static str, method: &str, message: Vec<u8>| {
        let pick = METHODS.iter().position(|known| *known == method);
        let pick = pick.and_then(|pick| u8::try_from(pick).ok());
        seeds.push((name, [vec![pick.unwrap_or_default()], message].concat()));
    };
    seed("schema", "GetProviderSchema", Vec::new());
    seed("stop", "StopProvider", Vec::new());
    let request = wire::plan_resource_change::Request {
        type_name: number.to_owned(),
        prior_state: Some(empty),
        proposed_new_state: Some(config.clone()),
        config: Some(config.clone()),
        prior_private: b"{}"[..].into(),
        ..Default::default()
    };
    seed("plan", "PlanResourceChange", request.encode_to_vec());
    let request = wire::apply_resource_change::Request {
        type_name: number.to_owned(),
        prior_state: Some(wire::DynamicValue::default()),
        planned_state: Some(config.clone()),
        config: Some(config.clone()),
        ..Default::default()
    };
    seed("apply", "ApplyResourceChange", request.encode_to_vec());
    let request = wire::upgrade_resource_state::Request {
        type_name: number.to_owned(),
        version: 0,
        raw_state: Some(stored()),
    };
    seed("upgrade", "UpgradeResourceState", request.encode_to_vec());
    let request = wire::import_resource_state::Request {
        type_name: number.to_owned(),
        id: "+18016025346,zip_code=84603".to_owned(),
        ..Default::default()
    };
    seed("import", "ImportResourceState", request.encode_to_vec());
    let request = wire::upgrade_resource_identity::Request {
        type_name: number.to_owned(),
        version: 0,
        raw_identity: Some(stored()),
    };
    seed(
        "identity",
        "UpgradeResourceIdentity",
        request.encode_to_vec(),
    );
    let request = wire::read_resource::Request {
        type_name: number.to_owned(),
        current_state: Some(config),
        private: b"{}"[..].into(),
        ..Default::default()
    };
    seed("read", "ReadResource", request.encode_to_vec());
    let request = wire::configure_provider::Request {
        terraform_version: "1.15.5".to_owned(),
        config: Some(objects::empty(ObjectKind::Provider, "")),
        ..Default::default()
    };
    seed("configure", "ConfigureProvider", request.encode_to_vec());
    let request = wire::call_function::Request {
        name: "parse_activation_code".to_owned(),
        arguments: vec![wire::DynamicValue {
            json: br#""LPA:1$smdp.example.com$4A-11""#[..].into(),
            ..Default::default()
        }],
    };
    seed("function", "CallFunction", request.encode_to_vec());
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_protocol_is_called() {
        let proto = include_str!("../../../proto/tfplugin6.proto");
        let methods: Vec<_> = proto
            .lines()
            .filter_map(|line| line.trim().strip_prefix("rpc ")?.split('(').next())
            .collect();
        assert_eq!(METHODS[..], methods);
    }
}
