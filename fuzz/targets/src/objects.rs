//! Calls as Terraform makes them, with objects that fit their schemas: what a decoder's fuzzing
//! rarely gets to.

use std::sync::{Arc, LazyLock};

use prost::Message as _;
use terraform_provider_joonto::context::SystemClock;
use terraform_provider_joonto::proto::tfplugin6::{self as wire, diagnostic::Severity};
use terraform_provider_joonto::provider::{Environment, Joonto, ProviderConfig, Runs};
use terraform_provider_joonto::terraform::Provider as _;
use terraform_provider_joonto::terraform::schema::Mode;
use terraform_provider_joonto::terraform::schema::Model;
use terraform_provider_joonto::terraform::value::{self, Type, Value};
use tonic::Response;

use crate::Seed;
use crate::bytes::Bytes;
use crate::service::Service;

/// What a provider offers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ObjectKind {
    Provider,
    Resource,
    DataSource,
    List,
    Action,
    Function,
}

/// One thing that is offered.
struct Offer {
    kind: ObjectKind,
    name: &'static str,
    /// What is written about it; of a function, its parameters.
    ty: Type,
    /// Attributes that the provider may set.
    computed: Vec<(&'static str, Mode)>,
}

static OFFERS: LazyLock<Vec<Offer>> = LazyLock::new(|| {
    let joonto = Joonto::new(Environment::default(), Arc::new(SystemClock), Runs::Each);
    let simple = |kind, name, ty: &Type| Offer {
        kind,
        name,
        ty: ty.clone(),
        computed: Vec::new(),
    };
    let mut offers = vec![simple(
        ObjectKind::Provider,
        "",
        &ProviderConfig::block().ty(),
    )];
    for resource in joonto.resources() {
        let attributes = resource.schema().block().attributes().iter();
        let computed = attributes
            .map(|attribute| (attribute.name(), attribute.mode()))
            .filter(|(_, mode)| matches!(mode, Mode::Computed | Mode::OptionalComputed));
        offers.push(Offer {
            computed: computed.collect(),
            ..simple(
                ObjectKind::Resource,
                resource.name(),
                resource.schema().ty(),
            )
        });
    }
    for offer in joonto.data_sources() {
        offers.push(simple(
            ObjectKind::DataSource,
            offer.name(),
            offer.schema().ty(),
        ));
    }
    for offer in joonto.list_resources() {
        offers.push(simple(ObjectKind::List, offer.name(), offer.schema().ty()));
    }
    for offer in joonto.actions() {
        offers.push(simple(
            ObjectKind::Action,
            offer.name(),
            offer.schema().ty(),
        ));
    }
    for offer in joonto.functions() {
        let parameters = offer.schema().block().attributes().iter().enumerate();
        let types = parameters.map(|(at, parameter)| (format!("{at:02}"), parameter.ty().clone()));
        let parameters = Type::object(types);
        offers.push(simple(ObjectKind::Function, offer.name(), &parameters));
    }
    offers
});

thread_local! {
    /// A provider without configuration: nothing it is asked can leave the process.
    static SERVICE: Service = Service::new([]);
}

pub(crate) fn run(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let offer = bytes.pick(&OFFERS);
    SERVICE.with(|service| match offer.kind {
        ObjectKind::Provider => configure(offer, &mut bytes),
        ObjectKind::Resource => change(service, offer, &mut bytes),
        ObjectKind::DataSource => look_up(service, offer, &mut bytes),
        ObjectKind::List => list(service, offer, &mut bytes),
        ObjectKind::Action => act(service, offer, &mut bytes),
        ObjectKind::Function => call(service, offer, &mut bytes),
    });
}

impl Offer {
    fn wire(&self, value: &Value) -> Option<wire::DynamicValue> {
        Some(value::to_wire(value, &self.ty).expect("the value was made of the type"))
    }

    fn read(&self, wire: Option<&wire::DynamicValue>) -> Value {
        value::from_wire(wire, &self.ty).expect("the response is of the type")
    }

    /// A configuration: what only the provider sets is null.
    fn config(&self, bytes: &mut Bytes<'_>) -> Value {
        let mut config = bytes.known(&self.ty);
        if let Value::Map(attributes) = &mut config {
            for (name, mode) in &self.computed {
                if *mode == Mode::Computed {
                    attributes.insert((*name).to_owned().into(), Value::Null);
                }
            }
        }
        config
    }

    /// What Terraform proposes: what the configuration leaves open is as it was.
    fn proposed(&self, prior: &Value, config: &Value) -> Value {
        let mut proposed = config.clone();
        if let Value::Map(attributes) = &mut proposed {
            for (name, _) in &self.computed {
                if let (Some(value @ Value::Null), Some(before)) =
                    (attributes.get_mut(*name), prior.get(name))
                {
                    *value = before.clone();
                }
            }
        }
        proposed
    }

    fn plan(&self, prior: &Value, config: &Value, private: &[u8]) -> PlanRequest {
        PlanRequest {
            type_name: self.name.to_owned(),
            prior_state: self.wire(prior),
            proposed_new_state: self.wire(&self.proposed(prior, config)),
            config: self.wire(config),
            prior_private: private.to_vec().into(),
            ..Default::default()
        }
    }
}

type PlanRequest = wire::plan_resource_change::Request;

fn change(service: &Service, offer: &Offer, bytes: &mut Bytes<'_>) {
    let config = offer.config(bytes);
    let prior = match bytes.byte() % 3 {
        0 => Value::Null,
        _ => bytes.known(&offer.ty),
    };
    let private = bytes.text().into_bytes();
    let type_name = || offer.name.to_owned();

    let request = wire::validate_resource_config::Request {
        type_name: type_name(),
        config: offer.wire(&config),
        ..Default::default()
    };
    let checked = service.ask(async |mut client| client.validate_resource_config(request).await);

    let request = offer.plan(&prior, &config, &private);
    let plan = service.ask(async |mut client| client.plan_resource_change(request).await);
    if !has_errors(&plan.diagnostics) {
        let planned = offer.read(plan.planned_state.as_ref());
        assert_ne!(planned, Value::Null, "a plan to destroy what is configured");
        if !has_errors(&checked.diagnostics) && planned.is_wholly_known() {
            assert_settled(service, offer, &planned, &config, &plan.planned_private);
        }
        let request = wire::apply_resource_change::Request {
            type_name: type_name(),
            prior_state: offer.wire(&prior),
            planned_state: plan.planned_state,
            config: offer.wire(&config),
            planned_private: plan.planned_private,
            ..Default::default()
        };
        let applied = service.ask(async |mut client| client.apply_resource_change(request).await);
        offer.read(applied.new_state.as_ref());
    }

    let request = wire::read_resource::Request {
        type_name: type_name(),
        current_state: offer.wire(&prior),
        private: private.into(),
        ..Default::default()
    };
    let read = service.ask(async |mut client| client.read_resource(request).await);
    offer.read(read.new_state.as_ref());

    let request = wire::import_resource_state::Request {
        type_name: type_name(),
        id: bytes.text(),
        ..Default::default()
    };
    service.ask(async |mut client| client.import_resource_state(request).await);
}

/// Planning a planned state changes nothing.
fn assert_settled(
    service: &Service,
    offer: &Offer,
    planned: &Value,
    config: &Value,
    private: &[u8],
) {
    let request = offer.plan(planned, config, private);
    let again = service.ask(async |mut client| client.plan_resource_change(request).await);
    if has_errors(&again.diagnostics) {
        return;
    }
    assert_eq!(&offer.read(again.planned_state.as_ref()), planned);
    assert!(
        again.requires_replace.is_empty(),
        "a plan of its own accord"
    );
}

fn look_up(service: &Service, offer: &Offer, bytes: &mut Bytes<'_>) {
    let config = offer.wire(&bytes.known(&offer.ty));
    let request = wire::validate_data_resource_config::Request {
        type_name: offer.name.to_owned(),
        config: config.clone(),
    };
    service.ask(async |mut client| client.validate_data_resource_config(request).await);
    let request = wire::read_data_source::Request {
        type_name: offer.name.to_owned(),
        config,
        ..Default::default()
    };
    let found = service.ask(async |mut client| client.read_data_source(request).await);
    offer.read(found.state.as_ref());
}

fn list(service: &Service, offer: &Offer, bytes: &mut Bytes<'_>) {
    let config = offer.wire(&bytes.known(&offer.ty));
    let request = wire::validate_list_resource_config::Request {
        type_name: offer.name.to_owned(),
        config: config.clone(),
        ..Default::default()
    };
    service.ask(async |mut client| client.validate_list_resource_config(request).await);
    let request = wire::list_resource::Request {
        type_name: offer.name.to_owned(),
        config,
        include_resource_object: bytes.byte() % 2 == 1,
        limit: i64::from(bytes.byte()) - 8,
    };
    // Of nothing there is no event.
    service.call("ListResource", &request.encode_to_vec());
}

fn act(service: &Service, offer: &Offer, bytes: &mut Bytes<'_>) {
    let config = offer.wire(&bytes.known(&offer.ty));
    let request = wire::validate_action_config::Request {
        type_name: offer.name.to_owned(),
        config: config.clone(),
    };
    service.ask(async |mut client| client.validate_action_config(request).await);
    let request = wire::plan_action::Request {
        action_type: offer.name.to_owned(),
        config: config.clone(),
        ..Default::default()
    };
    service.ask(async |mut client| client.plan_action(request).await);
    let request = wire::invoke_action::Request {
        action_type: offer.name.to_owned(),
        config,
        ..Default::default()
    };
    service.ask(async |mut client| {
        let mut events = client.invoke_action(request).await?.into_inner();
        let event = events.message().await?;
        Ok(Response::new(event.expect("an event")))
    });
}

fn call(service: &Service, offer: &Offer, bytes: &mut Bytes<'_>) {
    let Type::Object(types) = &offer.ty else {
        return;
    };
    let arguments = types.values().map(|ty| {
        let value = bytes.value(ty);
        value::to_wire(&value, ty).expect("the value was made of the type")
    });
    let request = wire::call_function::Request {
        name: offer.name.to_owned(),
        arguments: arguments.collect(),
    };
    service.ask(async |mut client| client.call_function(request).await);
}

/// The configuration may name any host, so the provider that has it is asked nothing more.
fn configure(offer: &Offer, bytes: &mut Bytes<'_>) {
    let service = Service::new([]);
    let config = offer.wire(&bytes.known(&offer.ty));
    let request = wire::validate_provider_config::Request {
        config: config.clone(),
    };
    service.ask(async |mut client| client.validate_provider_config(request).await);
    let request = wire::configure_provider::Request {
        terraform_version: bytes.text(),
        config,
        ..Default::default()
    };
    service.ask(async |mut client| client.configure_provider(request).await);
}

fn has_errors(diagnostics: &[wire::Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity() == Severity::Error)
}

/// An object in which everything is null.
pub(crate) fn empty(kind: ObjectKind, name: &str) -> wire::DynamicValue {
    let offer = OFFERS
        .iter()
        .find(|offer| offer.kind == kind && offer.name == name)
        .expect("the seeds name what there is");
    let names = match &offer.ty {
        Type::Object(types) => types.keys().map(|name| (name.clone(), Value::Null)),
        _ => return wire::DynamicValue::default(),
    };
    offer.wire(&Value::object(names)).unwrap_or_default()
}

/// A number as it may be configured.
pub(crate) fn number() -> wire::DynamicValue {
    let offer = OFFERS
        .iter()
        .find(|offer| offer.name == "joonto_number" && offer.kind == ObjectKind::Resource)
        .expect("there are numbers");
    let Type::Object(types) = &offer.ty else {
        return wire::DynamicValue::default();
    };
    let value_of = |name: &str| match name {
        "number_type" => "mvno".into(),
        "message_type" => "p2p".into(),
        "message_enabled" | "data_enabled" => true.into(),
        "voice_enabled" => false.into(),
        "area_code" => "201".into(),
        _ => Value::Null,
    };
    let object = types.keys().map(|name| (name.clone(), value_of(name)));
    offer.wire(&Value::object(object)).unwrap_or_default()
}

/// Objects grow out of any bytes: for each thing on offer, some that count up and some that do not.
pub(crate) fn seeds() -> Vec<Seed> {
    const NAMES: [&str; 20] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r",
        "s", "t",
    ];
    let picks = 0..u8::try_from(OFFERS.len()).unwrap_or(u8::MAX);
    NAMES
        .into_iter()
        .zip(picks)
        .map(|(name, pick)| {
            // Each attribute takes a byte that says that it is there, and one or more for its value.
            let choices = (0..96_u8).map(|at| {
                if at % 2 == 0 {
                    200
                } else {
                    at.wrapping_mul(37)
                }
            });
            (name, std::iter::once(pick).chain(choices).collect())
        })
        .collect()
}
