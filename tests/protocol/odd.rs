//! Every odd value that a configuration can hold, in every argument of everything on offer.
//!
//! The arguments come from the schemas, so a new one is tried as well.
//!
//! Long because each kind of odd value is played against every argument there is.

use terraform_provider_joonto::proto::tfplugin6::schema::{Attribute, Block};
use terraform_provider_joonto::proto::tfplugin6::{self as wire};
use terraform_provider_joonto::terraform::value::{self, Type, Value};
use tokio_stream::StreamExt as _;

use crate::listener::Listener;
use crate::plan_rule;
use crate::session::{
    Session, TestDiagnostic, block, block_type, object, only_error, read_diagnostics,
};
use crate::stable_plans::choices;

/// What a block of configuration can be of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sort {
    Resource,
    Data,
    Action,
    List,
}

/// Something that users configure.
#[derive(Debug)]
struct Subject<'a> {
    sort: Sort,
    name: &'a str,
    block: &'a Block,
    ty: Type,
}

impl Subject<'_> {
    fn settable(&self) -> impl Iterator<Item = &Attribute> {
        let attributes = self.block.attributes.iter();
        attributes.filter(|attribute| attribute.required || attribute.optional)
    }

    /// A configuration that passes, with these values in place of its own.
    fn config(&self, set: &[(&str, Value)]) -> Value {
        let required = self.settable().filter(|a| a.required);
        let mut config: Vec<(&str, Value)> = required.map(|a| (&*a.name, good(a))).collect();
        if self.sort == Sort::Data && self.name == "joonto_number" {
            config.push(("phone_number", "+18016025346".into()));
        }
        if self.sort == Sort::Resource && self.name == "joonto_subscriber" {
            // What the API needs to create one, and an import does not.
            let needed = ["name", "role", "account_id", "password_wo"];
            config.extend(needed.map(|name| (name, "Subscriber".into())));
            config.push(("password_wo_version", 1.into()));
        }
        config.extend(set.iter().cloned());
        for (name, _) in set.iter().filter(|(name, _)| name.ends_with("_wo")) {
            let version = self
                .settable()
                .find(|a| a.name == format!("{name}_version"));
            config.push((&version.expect("its version").name, 1.into()));
        }
        object(&self.ty, &config)
    }

    fn write(&self, value: &Value) -> Option<wire::DynamicValue> {
        Some(value::to_wire(value, &self.ty).expect("a value of the type"))
    }
}

/// A value that an argument may have.
fn good(attribute: &Attribute) -> Value {
    let ty = type_of(attribute);
    let values = match &*attribute.name {
        "phone_number" => vec!["+18016025346".into()],
        "email" => vec!["ada@example.com".into()],
        "state" => vec!["UT".into()],
        "zip" => vec!["84043".into()],
        "url" => vec!["https://example.com/hook".into()],
        name => choices(name, &ty),
    };
    values.into_iter().next().expect("a choice")
}

fn type_of(attribute: &Attribute) -> Type {
    Type::from_json(&attribute.r#type).expect("a type")
}

impl Session {
    fn subjects(&self) -> Vec<Subject<'_>> {
        let schemas = &self.schemas;
        let sorts = [
            (Sort::Resource, &schemas.resource_schemas),
            (Sort::Data, &schemas.data_source_schemas),
            (Sort::List, &schemas.list_resource_schemas),
        ];
        let subject = |sort, (name, block): (_, _)| Subject {
            sort,
            name,
            block,
            ty: block_type(block),
        };
        let mut subjects: Vec<_> = sorts
            .into_iter()
            .flat_map(|(sort, schemas)| {
                let schemas = schemas.iter();
                schemas.map(move |(name, schema)| subject(sort, (&**name, block(schema))))
            })
            .collect();
        subjects.extend(schemas.action_schemas.iter().map(|(name, action)| {
            let schema = action.schema.as_ref().expect("a schema");
            subject(Sort::Action, (&**name, block(schema)))
        }));
        assert!(subjects.len() >= 14, "{subjects:?}");
        subjects
    }

    async fn check(&self, subject: &Subject<'_>, config: &Value) -> Vec<TestDiagnostic> {
        let (type_name, config) = (subject.name.to_owned(), subject.write(config));
        let mut client = self.client();
        let diagnostics = match subject.sort {
            Sort::Resource => {
                let request = wire::validate_resource_config::Request {
                    type_name,
                    config,
                    client_capabilities: Some(wire::ClientCapabilities {
                        write_only_attributes_allowed: true,
                        ..Default::default()
                    }),
                };
                let response = client.validate_resource_config(request).await;
                response.expect("a response").into_inner().diagnostics
            }
            Sort::Data => {
                let request = wire::validate_data_resource_config::Request { type_name, config };
                let response = client.validate_data_resource_config(request).await;
                response.expect("a response").into_inner().diagnostics
            }
            Sort::List => {
                let request = wire::validate_list_resource_config::Request {
                    type_name,
                    config,
                    ..Default::default()
                };
                let response = client.validate_list_resource_config(request).await;
                response.expect("a response").into_inner().diagnostics
            }
            Sort::Action => {
                let request = wire::validate_action_config::Request { type_name, config };
                let response = client.validate_action_config(request).await;
                response.expect("a response").into_inner().diagnostics
            }
        };
        read_diagnostics(diagnostics)
    }

    /// Plans what becomes of `prior`, and checks that Terraform would take it.
    async fn plan_of(
        &self,
        subject: &Subject<'_>,
        prior: &Value,
        config: &Value,
    ) -> (Value, Vec<TestDiagnostic>) {
        let request = wire::plan_resource_change::Request {
            type_name: subject.name.to_owned(),
            prior_state: subject.write(prior),
            proposed_new_state: subject.write(&plan_rule::proposed_new(
                subject.block,
                prior,
                config,
            )),
            config: subject.write(config),
            ..Default::default()
        };
        let response = self.client().plan_resource_change(request).await;
        let response = response.expect("a response").into_inner();
        let planned = value::from_wire(response.planned_state.as_ref(), &subject.ty);
        let planned = planned.expect("a value of the type");
        let diagnostics = read_diagnostics(response.diagnostics);
        if diagnostics.iter().all(|diagnostic| !diagnostic.is_error) {
            let breaches = plan_rule::breaches(subject.block, prior, config, &planned);
            assert!(breaches.is_empty(), "{}: {breaches:#?}", subject.name);
        }
        (planned, diagnostics)
    }

    /// What carries a configuration out, or looks it up: never an error of Terraform's own making.
    async fn act(&self, subject: &Subject<'_>, config: &Value) -> Vec<TestDiagnostic> {
        let mut client = self.client();
        match subject.sort {
            Sort::Resource => {
                let request = wire::apply_resource_change::Request {
                    type_name: subject.name.to_owned(),
                    prior_state: subject.write(&Value::Null),
                    planned_state: subject.write(config),
                    config: subject.write(config),
                    ..Default::default()
                };
                let response = client.apply_resource_change(request).await;
                read_diagnostics(response.expect("a response").into_inner().diagnostics)
            }
            Sort::Data => {
                let request = wire::read_data_source::Request {
                    type_name: subject.name.to_owned(),
                    config: subject.write(config),
                    ..Default::default()
                };
                let response = client.read_data_source(request).await;
                read_diagnostics(response.expect("a response").into_inner().diagnostics)
            }
            Sort::List => {
                let request = wire::list_resource::Request {
                    type_name: subject.name.to_owned(),
                    config: subject.write(config),
                    limit: 100,
                    ..Default::default()
                };
                let stream = client.list_resource(request).await.expect("a stream");
                let events = stream.into_inner().collect::<Vec<_>>().await;
                let events = events.into_iter().map(|event| event.expect("an event"));
                read_diagnostics(events.flat_map(|event| event.diagnostic).collect())
            }
            Sort::Action => {
                let request = wire::invoke_action::Request {
                    action_type: subject.name.to_owned(),
                    config: subject.write(config),
                    ..Default::default()
                };
                let stream = client.invoke_action(request).await.expect("a stream");
                let events = stream.into_inner().collect::<Vec<_>>().await;
                let events = events.into_iter().filter_map(|event| {
                    match event.expect("an event").r#type.expect("a type") {
                        wire::invoke_action::event::Type::Completed(end) => Some(end.diagnostics),
                        wire::invoke_action::event::Type::Progress(_) => None,
                    }
                });
                read_diagnostics(events.flatten().collect())
            }
        }
    }
}

/// The errors at a place, by code.
fn codes_at(found: &[TestDiagnostic], path: &str) -> Vec<String> {
    let errors = found.iter().filter(|diagnostic| diagnostic.is_error);
    let at = errors.filter(|diagnostic| {
        diagnostic.path == path || diagnostic.path.starts_with(&format!("{path}."))
    });
    at.map(|diagnostic| code(diagnostic).to_owned()).collect()
}

fn code(diagnostic: &TestDiagnostic) -> &str {
    let code = diagnostic.detail.rsplit_once("Code: ");
    code.map_or("", |(_, code)| code.trim_end_matches('.'))
}

/// C61: one rule for all text, and also for what is known only at plan.
#[tokio::test]
async fn white_space_around_any_text_is_an_error_at_its_argument() {
    let api = Listener::saying(500, "", "").await;
    let session = Session::with_api(api.url()).await;
    for subject in session.subjects() {
        for attribute in subject.settable() {
            let (ty, name) = (type_of(attribute), &*attribute.name);
            let of = |text: String| match ty {
                Type::String => Some(text.into()),
                Type::Set(_) => Some(Value::List(vec![element(name), text.into()])),
                _ => None,
            };
            let text = match good(attribute) {
                Value::String(text) if !text.is_empty() => text,
                _ => "203.0.113.20".to_owned(),
            };
            for odd in [
                format!("{text}\n"),
                format!(" {text}"),
                format!("{text}\t"),
                format!("\u{a0}{text}"),
                " ".to_owned(),
            ] {
                let Some(odd) = of(odd) else {
                    continue;
                };
                let config = subject.config(&[(name, odd)]);
                let found = session.check(&subject, &config).await;
                assert_eq!(codes_at(&found, name), ["TF012"], "{}.{name}", subject.name);
                let error = found.iter().find(|diagnostic| code(diagnostic) == "TF012");
                assert!(error.is_some_and(|diagnostic| diagnostic.detail.contains("trimspace(")));
                if subject.sort == Sort::Resource {
                    let (_, found) = session.plan_of(&subject, &Value::Null, &config).await;
                    assert_eq!(codes_at(&found, name), ["TF012"], "{}.{name}", subject.name);
                }
            }
        }
    }
    assert_eq!(api.requests(), 0);
}

/// An element that may be in the set of that name.
fn element(name: &str) -> Value {
    match name {
        "phone_numbers" => "+18016025346".into(),
        _ => "203.0.113.9".into(),
    }
}

/// C58: the whole kind: unknown arguments, and unknown elements of sets.
#[tokio::test]
async fn whatever_is_unknown_waits_and_stays_as_unknown_as_it_is() {
    let session = Session::start().await;
    for subject in session.subjects() {
        for attribute in subject.settable() {
            let name = &*attribute.name;
            let mut unknowns = vec![Value::Unknown];
            if matches!(type_of(attribute), Type::Set(_)) {
                for elements in [
                    vec![Value::Unknown],
                    vec![Value::Unknown, element(name)],
                    // Each may turn out to be another address.
                    vec![Value::Unknown, Value::Unknown, element(name)],
                ] {
                    unknowns.push(Value::List(elements));
                }
            }
            for unknown in unknowns {
                let config = subject.config(&[(name, unknown.clone())]);
                let found = session.check(&subject, &config).await;
                assert_eq!(codes_at(&found, name), [""; 0], "{}.{name}", subject.name);
                if subject.sort == Sort::Resource {
                    let (planned, found) = session.plan_of(&subject, &Value::Null, &config).await;
                    assert_eq!(codes_at(&found, name), [""; 0], "{}.{name}", subject.name);
                    let elements = |value: &Value| value.as_list().map(<[Value]>::len);
                    let planned = planned
                        .get(name)
                        .unwrap_or_else(|| panic!("{}.{name}: {found:?}", subject.name))
                        .clone();
                    if attribute.write_only {
                        assert!(planned.is_null());
                    } else {
                        assert!(!planned.is_wholly_known(), "{name}");
                        assert_eq!(elements(&planned), elements(&unknown), "{name}");
                    }
                }
            }
        }
    }
}

/// C62: the whole kind: nothing acts on a value that nobody knows.
#[tokio::test]
async fn nothing_acts_on_an_unknown_value() {
    let api = Listener::saying(500, "", "").await;
    let session = Session::with_api(api.url()).await;
    for subject in session.subjects() {
        for attribute in subject.settable() {
            let name = &*attribute.name;
            let config = subject.config(&[(name, Value::Unknown)]);
            let found = session.act(&subject, &config).await;
            let error = only_error(&found);
            assert_eq!((code(error), &*error.path), ("TF006", name), "{error:?}");
            assert!(error.detail.contains(name));
        }
    }
    assert_eq!(api.requests(), 0);
}

/// C59, C70: null where a value is needed.
#[tokio::test]
async fn a_required_argument_is_not_null() {
    let api = Listener::saying(500, "", "").await;
    let session = Session::with_api(api.url()).await;
    let mut tried = 0;
    for subject in session.subjects() {
        for attribute in subject.settable().filter(|a| a.required) {
            let name = &*attribute.name;
            let config = subject.config(&[(name, Value::Null)]);
            let found = session.check(&subject, &config).await;
            assert_eq!(codes_at(&found, name), ["TF011"], "{}.{name}", subject.name);
            if subject.sort == Sort::Action {
                let found = session.act(&subject, &config).await;
                assert_eq!(codes_at(&found, name), ["TF011"], "{}.{name}", subject.name);
            }
            tried += 1;
        }
    }
    assert!(tried >= 14, "{tried}");
    assert_eq!(api.requests(), 0);
}

/// C59: null and empty elements.
#[tokio::test]
async fn an_element_is_neither_null_nor_empty() {
    let session = Session::start().await;
    let mut tried = 0;
    for subject in session.subjects() {
        let sets = subject.settable();
        for attribute in sets.filter(|a| matches!(type_of(a), Type::Set(_) | Type::List(_))) {
            let name = &*attribute.name;
            for bad in [Value::Null, "".into()] {
                let elements = vec![element(name), bad, Value::Unknown];
                let config = subject.config(&[(name, Value::List(elements))]);
                let found = session.check(&subject, &config).await;
                assert_eq!(codes_at(&found, name), ["TF013"], "{}.{name}", subject.name);
                if subject.sort == Sort::Resource {
                    let (_, found) = session.plan_of(&subject, &Value::Null, &config).await;
                    assert_eq!(codes_at(&found, name), ["TF013"], "{}.{name}", subject.name);
                }
                tried += 1;
            }
        }
    }
    assert!(tried >= 2, "{tried}");
}

/// C59: what an older version stored is read, and the plan shows the difference.
#[tokio::test]
async fn a_state_with_a_null_element_is_read() {
    let session = Session::start().await;
    let subjects = session.subjects();
    let subject = subjects.iter().find(|s| s.name == "joonto_voice_route");
    let subject = subject.expect("voice routes");
    let config =
        |addresses: &[Value]| subject.config(&[("ip_whitelist", Value::List(addresses.to_vec()))]);
    let stored = r#"{"route_name": "trunk", "route_type": "Trunk", "route_id": "CRID-1",
        "id": "CRID-1", "ip_whitelist": [null]}"#;
    let request = wire::upgrade_resource_state::Request {
        type_name: subject.name.to_owned(),
        version: 0,
        raw_state: Some(wire::RawState {
            json: stored.as_bytes().into(),
            ..Default::default()
        }),
    };
    let response = session.client().upgrade_resource_state(request).await;
    let response = response.expect("a response").into_inner();
    assert_eq!(response.diagnostics, []);
    let prior = value::from_wire(response.upgraded_state.as_ref(), &subject.ty).expect("a route");
    assert_eq!(
        prior.get("ip_whitelist"),
        Some(&Value::List(vec![Value::Null]))
    );
    let (planned, found) = session
        .plan_of(subject, &prior, &config(&["203.0.113.9".into()]))
        .await;
    assert_eq!(found, []);
    let expected = Value::List(vec!["203.0.113.9".into()]);
    assert_eq!(planned.get("ip_whitelist"), Some(&expected));
    // A refresh without an API keeps it.
    let request = wire::read_resource::Request {
        type_name: subject.name.to_owned(),
        current_state: subject.write(&prior),
        ..Default::default()
    };
    let response = session.client().read_resource(request).await;
    let response = response.expect("a response").into_inner();
    let kept = value::from_wire(response.new_state.as_ref(), &subject.ty).expect("a route");
    assert_eq!(kept, prior);
}

/// C71: an error names attribute and rule, and nothing of the value, of whatever length.
#[tokio::test]
async fn no_error_repeats_a_value() {
    const CANARY: &str = "471100471100";
    let session = Session::start().await;
    let long = format!("{CANARY}-").repeat(400_000);
    let texts = [
        format!("ht!tp://user:{CANARY}@example.com:99999999/a b"),
        format!("https://user:{CANARY}@"),
        format!("CRID-{CANARY}"),
        format!("MRID-{CANARY}"),
        format!(" {CANARY}"),
        format!("{CANARY}\u{1}{CANARY}"),
        long,
    ];
    let numbers = [
        format!("{CANARY}{CANARY}"),
        format!("-{CANARY}"),
        format!("{CANARY}.5"),
        format!("1e{CANARY}"),
    ];
    let mut errors = 0;
    for subject in session.subjects() {
        for attribute in subject.settable() {
            let name = &*attribute.name;
            let odd: Vec<Value> = match type_of(attribute) {
                Type::String => texts.iter().map(|text| text.as_str().into()).collect(),
                Type::Set(_) => vec![Value::List(vec![texts[4].as_str().into()])],
                Type::Number => {
                    let numbers = numbers.iter();
                    numbers
                        .map(|n| Value::Number(n.parse().expect("a number")))
                        .collect()
                }
                _ => Vec::new(),
            };
            for odd in odd {
                let config = subject.config(&[(name, odd)]);
                let mut found = session.check(&subject, &config).await;
                if subject.sort == Sort::Resource {
                    let (_, planned) = session.plan_of(&subject, &Value::Null, &config).await;
                    found.extend(planned);
                }
                for diagnostic in found.iter().filter(|diagnostic| diagnostic.is_error) {
                    let text = format!("{} {}", diagnostic.summary, diagnostic.detail);
                    assert!(
                        !text.contains(&CANARY[..6]),
                        "{}.{name}: {text}",
                        subject.name
                    );
                    assert!(text.len() < 2048, "{}.{name}", subject.name);
                    errors += 1;
                }
            }
        }
    }
    assert!(errors > 100, "{errors}");
}

/// C72: the largest value is named.
#[tokio::test]
async fn a_number_that_is_too_large_is_shown_the_largest() {
    let session = Session::start().await;
    let subjects = session.subjects();
    let subject = subjects.iter().find(|s| s.name == "joonto_voice_route");
    let subject = subject.expect("voice routes");
    for (large, fits) in [
        ("18446744073709551616", false),
        ("9223372036854775808", false),
        ("1e400", false),
        ("-1", false),
        ("0.5", false),
        ("9223372036854775807", true),
        ("0", true),
    ] {
        let number = Value::Number(large.parse().expect("a number"));
        let config = subject.config(&[("trunk1_weight", number)]);
        let found = session.check(subject, &config).await;
        match fits {
            true => assert_eq!(found, [], "{large}"),
            false => {
                let error = only_error(&found);
                assert_eq!((code(error), &*error.path), ("TF014", "trunk1_weight"));
                assert!(error.detail.contains("9223372036854775807"), "{error:?}");
            }
        }
    }
}
