//! What names a number wherever it is kept: there once the number is, and never lost after.

use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::terraform::value::{self, Type, Value};

use crate::numbers::E164;
use crate::session::{NUMBER, Session, TestDiagnostic, only_error, read_diagnostics};

fn ty() -> Type {
    Type::object([("phone_number", Type::String)])
}

pub(crate) fn identity(number: &str) -> wire::ResourceIdentityData {
    let identity = Value::object([("phone_number", Value::from(number))]);
    wire::ResourceIdentityData {
        identity_data: Some(value::to_wire(&identity, &ty()).expect("an identity")),
    }
}

#[tokio::test]
async fn a_number_is_identified_by_itself() {
    let session = Session::start().await;
    let request = wire::get_resource_identity_schemas::Request {};
    let response = session
        .client()
        .get_resource_identity_schemas(request)
        .await;
    let schemas = response.expect("a response").into_inner();
    assert_eq!(schemas.diagnostics, []);
    let schema = &schemas.identity_schemas[NUMBER];
    assert_eq!(schema.version, 0);
    let [attribute] = &schema.identity_attributes[..] else {
        panic!("one attribute: {schema:?}")
    };
    assert_eq!(attribute.name, "phone_number");
    assert_eq!(Type::from_json(&attribute.r#type), Ok(Type::String));
    assert!(attribute.required_for_import && !attribute.optional_for_import);
    assert!(attribute.description.ends_with('.'));
}

async fn import(
    session: &Session,
    id: &str,
    identity: Option<wire::ResourceIdentityData>,
) -> Result<(Value, Option<wire::ResourceIdentityData>), TestDiagnostic> {
    let request = wire::import_resource_state::Request {
        type_name: NUMBER.to_owned(),
        id: id.to_owned(),
        identity,
        ..Default::default()
    };
    let response = session.client().import_resource_state(request).await;
    let response = response.expect("a response").into_inner();
    match &response.imported_resources[..] {
        [imported] => Ok((
            session.read_back(imported.state.as_ref()),
            imported.identity.clone(),
        )),
        _ => Err(only_error(&read_diagnostics(response.diagnostics)).clone()),
    }
}

#[tokio::test]
async fn what_is_imported_by_number_has_its_identity_and_a_sim_is_none() {
    let session = Session::start().await;
    let by_id = import(&session, E164, None).await.expect("imported");
    assert_eq!(by_id.1, Some(identity(E164)));
    let by_identity = import(&session, "", Some(identity(E164))).await;
    assert_eq!(by_identity, Ok(by_id.clone()));
    // C74: whatever an import by id takes.
    for spelt in ["18016025346", "+1 (801) 602-5346"] {
        let spelt = import(&session, "", Some(identity(spelt))).await;
        assert_eq!(spelt, Ok(by_id.clone()));
    }

    let by_sim = import(&session, "iccid:8901240397190195850", None).await;
    assert_eq!(by_sim.expect("imported").1, None);
    for other in ["iccid:8901240397190195850", "NID-1", ""] {
        let error = import(&session, "", Some(identity(other))).await;
        let error = error.expect_err(other);
        assert!(error.detail.contains("phone_number"), "{error:?}");
    }
}

#[tokio::test]
async fn a_plan_knows_the_identity_of_what_exists_and_of_nothing_else() {
    let session = Session::start().await;
    let plan = async |prior: &Value, config: &Value, known: Option<&str>| {
        let mut request = session.plan_request(prior, config, b"");
        request.prior_identity = known.map(identity);
        let response = session.client().plan_resource_change(request).await;
        response.expect("a response").into_inner().planned_identity
    };
    let config = session.config(&[]);
    assert_eq!(plan(&Value::Null, &config, None).await, None);

    let live = session.live(&[]);
    let kept = session.config_of(&live);
    for (config, stored) in [
        (&kept, None),
        (&kept, Some(E164)),
        (&Value::Null, Some(E164)),
    ] {
        assert_eq!(plan(&live, config, stored).await, Some(identity(E164)));
    }

    let pending = [
        ("phone_number_assigned", Value::Null),
        ("id", Value::Null),
        ("phone_number_id", Value::Null),
    ];
    let pending = session.live(&pending);
    assert_eq!(
        plan(&pending, &session.config_of(&pending), None).await,
        None
    );
}

#[tokio::test]
async fn an_identity_survives_applies_and_reads_that_fail() {
    let session = Session::without_api().await;
    let live = session.live(&[]);
    let planned = session.plan(&live, &session.config_of(&live), b"").await;
    let request = session.apply_request(&live, &planned);
    let response = session.client().apply_resource_change(request).await;
    let applied = response.expect("a response").into_inner();
    assert_eq!(applied.new_identity, Some(identity(E164)));

    let config = session.config(&[("message_type", "a2p".into())]);
    let planned = session.plan(&live, &config, b"").await;
    let mut request = session.apply_request(&live, &planned);
    request.planned_identity = Some(identity(E164));
    let response = session.client().apply_resource_change(request).await;
    let applied = response.expect("a response").into_inner();
    assert!(!applied.diagnostics.is_empty());
    assert_eq!(applied.new_identity, Some(identity(E164)));

    for stored in [None, Some(identity(E164))] {
        let request = wire::read_resource::Request {
            type_name: NUMBER.to_owned(),
            current_state: Some(session.write(&live)),
            current_identity: stored,
            ..Default::default()
        };
        let response = session.client().read_resource(request).await;
        let read = response.expect("a response").into_inner();
        assert!(!read.diagnostics.is_empty());
        assert_eq!(read.new_identity, Some(identity(E164)));
    }
}

#[tokio::test]
async fn a_stored_identity_is_read_whatever_else_it_holds() {
    let session = Session::start().await;
    let upgrade = async |stored: &'static str| {
        let request = wire::upgrade_resource_identity::Request {
            type_name: NUMBER.to_owned(),
            version: 0,
            raw_identity: Some(wire::RawState {
                json: stored.into(),
                ..Default::default()
            }),
        };
        let response = session.client().upgrade_resource_identity(request).await;
        response.expect("a response").into_inner()
    };
    let upgraded = upgrade(r#"{"phone_number":"+18016025346","gone":1}"#).await;
    assert_eq!(upgraded.upgraded_identity, Some(identity(E164)));
    let unreadable = upgrade("{").await;
    assert_eq!(unreadable.upgraded_identity, None);
    only_error(&read_diagnostics(unreadable.diagnostics));
}
