//! What the provider says of its objects. Some mistakes here crash Terraform, others stop every
//! command, and a changed flag breaks configurations: so each is written down.

use std::fmt::Write as _;

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::proto::tfplugin6::schema::nested_block::NestingMode;
use terraform_provider_joonto::proto::tfplugin6::schema::{Attribute, Block};
use terraform_provider_joonto::terraform::value::Type;

use crate::session::{NUMBER, Session, block};

const PROVIDER: &str = "\
account_id: \"string\" optional
account_key: \"string\" optional
account_secret: \"string\" optional sensitive
base_url: \"string\" optional
max_requests_per_minute: \"number\" optional
max_retries: \"number\" optional
purchase_journal: \"string\" optional
purchase_limit: \"number\" optional
state_name: \"string\" optional
token: \"string\" optional sensitive
";

const JOONTO_NUMBER: &str = "\
account_fingerprint: \"string\" computed
account_id: \"string\" optional
activation_code: \"string\" computed sensitive
area_code: \"string\" optional
assigned_subscriber_id: \"string\" optional computed
assigned_zip_code: \"string\" computed
caller_name { block }
caller_name.first_name: \"string\" optional
caller_name.last_name: \"string\" optional
data_enabled: \"bool\" optional
deletion_policy: \"string\" optional computed
error_message: \"string\" computed
iccid: \"string\" optional computed
id: \"string\" computed
message_enabled: \"bool\" required
message_route_id: \"string\" optional computed
message_type: \"string\" required
number_type: \"string\" required
order_date: \"string\" computed
order_id: \"string\" computed
order_status: \"string\" computed
phone_number_assigned: \"string\" computed
phone_number_id: \"string\" computed
product_type: \"string\" optional computed
qr_code: \"string\" computed sensitive
status: \"string\" computed
subscriber_id: \"string\" computed
timeouts { block }
timeouts.create: \"string\" optional
timeouts.delete: \"string\" optional
timeouts.read: \"string\" optional
timeouts.update: \"string\" optional
voice_enabled: \"bool\" required
voice_route_id: \"string\" optional computed
zip_code: \"string\" optional
";

#[tokio::test]
async fn every_attribute_is_as_the_contract_with_users_has_it() {
    let session = Session::start().await;
    let provider = session.schemas.provider.as_ref().expect("a schema");
    assert_eq!(outline(block(provider)), PROVIDER);
    assert_eq!(outline(session.number_block()), JOONTO_NUMBER);
    assert_eq!(session.schemas.resource_schemas[NUMBER].version, 0);
}

#[tokio::test]
async fn all_capabilities_are_there() {
    let session = Session::start().await;
    let capabilities = wire::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    };
    assert_eq!(session.schemas.server_capabilities, Some(capabilities));
    assert_eq!(session.schemas.diagnostics, []);
}

#[tokio::test]
async fn the_schemas_are_the_same_each_time_and_in_each_process() {
    let session = Session::start().await;
    for _ in 0..3 {
        let request = wire::get_provider_schema::Request {};
        let again = session.client().get_provider_schema(request).await;
        assert_eq!(again.expect("a response").into_inner(), session.schemas);
    }
    assert_eq!(Session::start().await.schemas, session.schemas);
}

#[tokio::test]
async fn no_schema_is_one_that_terraform_crashes_on_or_refuses() {
    let session = Session::start().await;
    let schemas = &session.schemas;
    let provider = schemas.provider.as_ref().expect("Terraform insists on one");
    check_block(block(provider), "provider");
    for name in [
        "alias",
        "version",
        "count",
        "depends_on",
        "for_each",
        "source",
    ] {
        assert!(!has(block(provider), name), "provider.{name} is reserved");
    }
    let kinds = [
        &schemas.resource_schemas,
        &schemas.data_source_schemas,
        &schemas.ephemeral_resource_schemas,
        &schemas.list_resource_schemas,
        &schemas.state_store_schemas,
    ];
    for (name, schema) in kinds.into_iter().flatten() {
        assert!(name.starts_with("joonto_") && is_name(name), "{name}");
        assert!(schema.version >= 0, "{name}");
        check_block(block(schema), name);
        for reserved in [
            "connection",
            "count",
            "depends_on",
            "for_each",
            "lifecycle",
            "provider",
            "provisioner",
        ] {
            assert!(
                !has(block(schema), reserved),
                "{name}.{reserved} is reserved"
            );
        }
    }
    for (name, action) in &schemas.action_schemas {
        check_block(block(action.schema.as_ref().expect("a schema")), name);
    }
    for (name, function) in &schemas.functions {
        assert!(is_name(name), "{name}");
        let returned = function.r#return.as_ref().expect("a return type");
        assert!(Type::from_json(&returned.r#type).is_ok(), "{name}");
        for parameter in &function.parameters {
            assert!(is_name(&parameter.name), "{name}({})", parameter.name);
            assert!(Type::from_json(&parameter.r#type).is_ok(), "{name}");
        }
    }
    for name in schemas.list_resource_schemas.keys() {
        assert!(
            schemas.resource_schemas.contains_key(name),
            "{name} lists nothing"
        );
    }
    assert_eq!(schemas.provider_meta, None);
}

fn check_block(block: &Block, at: &str) {
    assert!(!block.computed && !block.deprecated, "{at}");
    assert!(!block.description.is_empty(), "{at} has no description");
    let mut names: Vec<_> = block.attributes.iter().map(|a| &a.name).collect();
    names.extend(block.block_types.iter().map(|nested| &nested.type_name));
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "{at} has a name twice");
    for attribute in &block.attributes {
        check_attribute(attribute, &format!("{at}.{}", attribute.name));
    }
    for nested in &block.block_types {
        let at = format!("{at}.{}", nested.type_name);
        assert!(is_name(&nested.type_name), "{at}");
        assert_eq!(nested.nesting(), NestingMode::Single, "{at}");
        assert_eq!((nested.min_items, nested.max_items), (0, 0), "{at}");
        check_block(nested.block.as_ref().expect("a block"), &at);
    }
}

fn check_attribute(attribute: &Attribute, at: &str) {
    assert!(is_name(&attribute.name), "{at}");
    match &attribute.nested_type {
        Some(object) => {
            assert!(attribute.r#type.is_empty(), "{at} has two types");
            for inner in &object.attributes {
                check_attribute(inner, &format!("{at}.{}", inner.name));
            }
        }
        None => assert!(Type::from_json(&attribute.r#type).is_ok(), "{at}"),
    }
    assert!(
        attribute.required || attribute.optional || attribute.computed,
        "{at}"
    );
    let alone = !attribute.optional && !attribute.computed;
    assert!(!attribute.required || alone, "{at} is required and more");
    assert!(!attribute.deprecated, "{at}");
    let is_set_by_users = !attribute.computed;
    assert!(
        !attribute.write_only || is_set_by_users,
        "{at} is never stored, so nobody could see it"
    );
    assert!(attribute.deprecation_message.is_empty(), "{at}");
    assert!(
        attribute.description.ends_with('.'),
        "{at} is not described"
    );
}

fn has(block: &Block, name: &str) -> bool {
    block
        .attributes
        .iter()
        .any(|attribute| attribute.name == name)
        || block
            .block_types
            .iter()
            .any(|nested| nested.type_name == name)
}

fn is_name(name: &str) -> bool {
    let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_good)
}

/// The names and flags of a block, one to a line.
fn outline(block: &Block) -> String {
    let mut lines = lines(block, "");
    lines.sort_unstable();
    lines.concat()
}

fn lines(block: &Block, prefix: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for attribute in &block.attributes {
        let ty = String::from_utf8(attribute.r#type.to_vec()).expect("JSON");
        let mut line = format!("{prefix}{}: {ty}", attribute.name);
        for (is_set, flag) in [
            (attribute.required, "required"),
            (attribute.optional, "optional"),
            (attribute.computed, "computed"),
            (attribute.sensitive, "sensitive"),
            (attribute.write_only, "write-only"),
        ] {
            if is_set {
                write!(line, " {flag}").expect("memory");
            }
        }
        lines.push(line + "\n");
    }
    for nested in &block.block_types {
        lines.push(format!("{prefix}{} {{ block }}\n", nested.type_name));
        let inner = nested.block.as_ref().expect("a block");
        lines.extend(self::lines(
            inner,
            &format!("{prefix}{}.", nested.type_name),
        ));
    }
    lines
}
