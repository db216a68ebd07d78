//! Port-ins: the resource, and the data source that asks whether a number can come along.

mod eligibility;
mod follow;
mod model;

use crate::context::Context;
use crate::joonto::{E164, Error, OrderId, PortInFields, PortInState, Refusal};
use crate::provider::diagnostics::{objects, plans, port_ins, purchase, values};
use crate::provider::keyed::{Call, Keyed, KeyedError, KeyedResource, keep};
use crate::provider::provider_data::ProviderData;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Diagnostic, Diagnostics};

pub(super) use eligibility::PortInEligibility;
use model::{PortInModel, SECRETS, TYPES, is_unset};

/// The resource `joonto_port_in`.
pub(super) type PortInResource = Keyed<PortInKind>;

/// What port-ins say for themselves.
#[derive(Debug, Default)]
pub(super) struct PortInKind;

impl KeyedResource for PortInKind {
    type Object = PortInModel;

    const TYPE_NAME: &'static str = "joonto_port_in";

    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "order_id",
        description: "Id of the order, `JNUOID-...`.",
    };

    const STAYS: Option<&'static str> = None;

    fn key(port_in: &PortInModel) -> Option<String> {
        port_in.order_id.as_str().map(str::to_owned)
    }

    fn name(port_in: &PortInModel) -> String {
        match (port_in.phone_number.as_str(), port_in.order_id.as_str()) {
            (Some(number), _) => format!("the port-in of {number}"),
            (None, Some(order)) => format!("the port-in with order {order}"),
            (None, None) => "the port-in".to_owned(),
        }
    }

    fn keyed(key: &str) -> Result<PortInModel, &'static str> {
        let is_order = key.contains("OID-") && !key.contains(char::is_whitespace);
        match is_order {
            true => Ok(PortInModel {
                order_id: key.into(),
                ..PortInModel::default()
            }),
            false => {
                Err("is no order id, such as JNUOID-1, and the API finds port-ins by no other")
            }
        }
    }

    fn validate(port_in: &PortInModel, diagnostics: &mut Diagnostics) {
        // A planned object lacks what is write-only, so `plan` checks the configuration.
        if port_in.order_id.is_null() {
            check(port_in, diagnostics);
        }
    }

    fn plan(
        prior: Option<&PortInModel>,
        planned: &mut PortInModel,
        config: &PortInModel,
        diagnostics: &mut Diagnostics,
    ) {
        check(config, diagnostics);
        let prior_type = prior.map(|prior| &prior.target_number_type);
        objects::warn_of_unknown_word(
            (
                "target_number_type",
                prior_type,
                &planned.target_number_type,
            ),
            &TYPES,
            diagnostics,
        );
        if let Some(prior) = prior
            && planned.phone_number.is_unknown()
        {
            let kept = plans::keeps_value("phone_number", &Self::name(prior));
            diagnostics.push(kept);
            planned.phone_number = prior.phone_number.clone();
        }
        let is_same = |prior: &&PortInModel| planned.phone_number == prior.phone_number;
        let Some(prior) = prior.filter(is_same) else {
            let missing = missing(config);
            if !missing.is_empty() {
                diagnostics.push(port_ins::incomplete(&missing));
            }
            return;
        };
        let gone = planned.gone(prior);
        if !gone.is_empty() {
            diagnostics.push(port_ins::not_taken_back(&Self::name(prior), &gone));
        }
        let changed = planned.changed(prior.sent(), config);
        let is_nothing = changed.as_ref().is_some_and(PortInFields::is_empty)
            && planned.changed_date(prior.sent()).is_none();
        if prior.is_final() || prior.is_bare() {
            if !is_nothing {
                let word = prior.status.as_str().unwrap_or_default();
                diagnostics.push(port_ins::only_recorded(&Self::name(prior), word));
            }
            return;
        }
        for secret in &SECRETS {
            let version = (secret.version)(planned);
            let is_new = version.is_known() && version != (secret.version)(prior);
            if is_new && is_unset((secret.of)(config)) {
                diagnostics.push(port_ins::secret_missing(secret.name));
            }
        }
        match changed {
            None => planned.may_change(),
            Some(_) if is_nothing && !prior.is_unsent() => {}
            Some(_) => planned.wait_for_the_carrier(),
        }
    }

    async fn note_in_state(data: &ProviderData, port_in: &PortInModel) {
        if let Ok(order) = order_of(port_in) {
            // A cancelled one does not stand in the way of another.
            let number = number_of(port_in).filter(|_| !port_in.is_cancelled());
            data.purchases.note_port_in_held(number, &order).await;
        }
    }

    async fn prepare_plan(data: &ProviderData) {
        data.purchases.load_port_ins().await;
    }

    fn say_at_plan(data: &ProviderData, planned: &PortInModel) -> Vec<Diagnostic> {
        let purchases = &data.purchases;
        let needs_place = purchases.port_in_needs_place();
        let mut said = Vec::from_iter(needs_place.map(port_ins::needs_place));
        let unwritten = purchases.handed_problem();
        said.extend(unwritten.map(|why| purchase::plan_not_shared(&why)));
        let Some(number) = number_of(planned) else {
            return said;
        };
        if purchases.plan_port_in(&number, true) {
            said.push(port_ins::moved(&number));
        }
        if let Some((open, is_said)) = purchases.open_port_in(&number) {
            said.push(port_ins::open_at_plan(&number, open, is_said));
        }
        said
    }

    fn plan_destroy(data: Option<&ProviderData>, prior: &PortInModel) -> Vec<Diagnostic> {
        let name = Self::name(prior);
        let mut said = match prior.state() {
            Some(PortInState::Complete) => vec![objects::will_stay(&name, STAYS)],
            Some(PortInState::Cancelled) => Vec::new(),
            _ => vec![port_ins::will_cancel(&name)],
        };
        if let (Some(data), Some(number)) = (data, number_of(prior))
            && !prior.is_final()
            && data.purchases.plan_port_in(&number, false)
        {
            said.push(port_ins::moved(&number));
        }
        said
    }

    fn kept_if_missing(current: &PortInModel) -> Option<Diagnostic> {
        let order = current.order_id.as_str().unwrap_or_default();
        Some(port_ins::not_shown(&Self::name(current), order))
    }

    async fn create(
        data: &ProviderData,
        mut planned: PortInModel,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<PortInModel, KeyedError> {
        let number = number_of(&planned);
        let fields = planned.changed(None, call.config());
        let (Some(number), Some(fields)) = (number, fields) else {
            return Err(port_ins::incomplete(&["phone_number"]).into());
        };
        let waits = planned.wait_for_completion.known() == Some(&true);
        let awaits = waits || planned.changed_date(None).is_some();
        let purchases = &data.purchases;
        // Its turn may take long in a large fleet.
        let submitted = purchases.submit_port_in(&number, &fields, awaits, call.context());
        let submitted = submitted
            .await
            .map_err(|why| port_ins::not_submitted(&number, why, &purchases.places()))?;
        // From here on nothing fails the create: a tainted port-in is cancelled.
        let order_id = &submitted.order_id;
        planned.order_id = order_id.as_str().into();
        for order in &submitted.ended {
            call.warn_with(port_ins::ended(&number, order));
        }
        planned.submitted(submitted.receipt.as_ref());
        if let Some(order) = &submitted.recovered {
            planned.flatten(order);
            call.warn_with(port_ins::recovered(&number, order_id));
        }
        keep(call, data, &planned);
        let day = planned.changed_date(None);
        // Other runs take this one for ended a little later.
        let soon = context.within(follow::ACTS_WITHIN);
        let sent = match &submitted.recovered {
            // What was refused in an earlier run may have been corrected since.
            Some(_) if planned.state() == Some(PortInState::ResolutionRequired) => {
                Some(send(data, order_id, fields, day, &soon).await)
            }
            // Anything else would put it back.
            Some(_) => None,
            None if day.is_none() || planned.is_final() => None,
            None => Some(send(data, order_id, PortInFields::default(), day, &soon).await),
        };
        let problem = match sent {
            None => None,
            Some(Ok(receipt)) if !receipt.has_failed() => {
                planned.wait_for_the_carrier();
                None
            }
            Some(Ok(_)) => {
                let why = "the API responded that it failed";
                Some(port_ins::not_sent(&number, why))
            }
            Some(Err(error)) => Some(port_ins::not_sent(&number, &error.to_string())),
        };
        if let Some(problem) = problem {
            call.warn_with(problem);
            planned.mark_unsent();
        }
        if waits {
            let limit = call.context().within(planned.create_timeout());
            follow::wait(data, &mut planned, order_id, call, &limit).await;
        }
        let returned = purchases.port_in_returned(&number, order_id, call.context());
        if let Some(problem) = returned.await {
            call.warn_with(port_ins::record_not_updated(&number, &problem));
        }
        follow::warn(&planned, call);
        Ok(planned)
    }

    async fn read(
        data: &ProviderData,
        mut current: PortInModel,
        is_import: bool,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<Option<PortInModel>, KeyedError> {
        if !current.is_final() {
            let order_id = order_of(&current)?;
            let order = match data.client.port_in_order(&order_id, context).await {
                Ok(order) => order,
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            if is_import {
                if order.is_port_in() == Some(false) {
                    return Err(port_ins::not_importable(&order_id, false).into());
                }
                let [number] = order.numbers.as_slice() else {
                    return Err(port_ins::not_importable(&order_id, true).into());
                };
                current.phone_number = number.as_str().into();
            } else if let Some(number) = number_of(&current)
                && !order.may_be_of(&number)
            {
                let name = Self::name(&current);
                return Err(objects::order_of_another(&name, &order_id).into());
            }
            current.flatten(&order);
        }
        let left = data.purchases.warn_of_port_ins();
        if !left.is_empty() {
            call.warn_with(port_ins::left_open(&left));
        }
        follow::warn(&current, call);
        Ok(Some(current))
    }

    async fn update(
        data: &ProviderData,
        prior: &PortInModel,
        mut planned: PortInModel,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<PortInModel, KeyedError> {
        if prior.is_final() || prior.is_bare() {
            return Ok(planned);
        }
        let order_id = order_of(prior)?;
        let fields = planned.changed(prior.sent(), call.config());
        let fields = fields.unwrap_or_default();
        let day = planned.changed_date(prior.sent());
        if fields.is_empty() && day.is_none() {
            if planned.status.is_unknown() {
                planned.keep(prior);
            }
            return Ok(planned);
        }
        match send(data, &order_id, fields, day, context).await {
            Ok(receipt) if receipt.has_failed() => {
                Err(port_ins::update_failed(&Self::name(prior)).into())
            }
            // A refresh shows anything else that the order may be in.
            Ok(_) => {
                planned.wait_for_the_carrier();
                Ok(planned)
            }
            Err(error) if is_stuck(&error) => {
                Err(port_ins::stuck(&Self::name(prior), &order_id, &error).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn delete(
        data: &ProviderData,
        prior: &PortInModel,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<(), KeyedError> {
        let order_id = order_of(prior)?;
        let name = Self::name(prior);
        let state = match prior.state() {
            Some(state) if state.is_final() => state,
            _ if data.purchases.is_port_in_held_twice(&order_id) => {
                return Err(port_ins::held_twice(&name, &order_id).into());
            }
            _ => follow::cancel(data, &name, &order_id, context).await?,
        };
        if state == PortInState::Complete {
            call.warn_with(objects::stays(&name, STAYS));
        }
        let number = number_of(prior);
        let purchases = &data.purchases;
        purchases
            .note_port_in_deleted(number.as_ref(), &order_id)
            .await;
        Ok(())
    }
}

/// What a destroy of a complete port-in leaves.
const STAYS: &str = "The number stays in the account and costs what its plan costs. A \
                     joonto_number that imports it can cancel it.";

/// Sends an update: the fields, and the day. The API documents one form of a day, and takes another
/// according to the vendor's notes.
async fn send(
    data: &ProviderData,
    order: &OrderId,
    mut fields: PortInFields,
    day: Option<&str>,
    context: &Context,
) -> Result<crate::joonto::PortInReceipt, Error> {
    if let Some(day) = day {
        fields.set("PortInDate", day);
    }
    let sent = data.client.update_port_in(order, &fields, context).await;
    match (sent, day) {
        (Err(error), Some(day))
            if error.is_refused_with(400)
                && error
                    .message()
                    .is_some_and(|text| Refusal::read(text).names(&["date", "portindate"])) =>
        {
            if let [year, month, day] = *day.split('-').collect::<Vec<_>>() {
                fields.set("PortInDate", &format!("{month}/{day}/{year}"));
            }
            data.client.update_port_in(order, &fields, context).await
        }
        (sent, _) => sent,
    }
}

/// Checks what spans arguments of a configuration.
fn check(config: &PortInModel, diagnostics: &mut Diagnostics) {
    if config.billing_address.is_null() {
        diagnostics.push(port_ins::address_missing());
    }
    for secret in &SECRETS {
        if !(secret.of)(config).is_null() && (secret.version)(config).is_null() {
            let version = format!("{}_version", secret.name);
            diagnostics.push(values::secret_needs_version(secret.name, &version));
        }
    }
}

/// What a port-in cannot be submitted without, and is not set.
fn missing(config: &PortInModel) -> Vec<&'static str> {
    let missing = SECRETS
        .iter()
        .filter(|secret| is_unset((secret.of)(config)));
    missing.map(|secret| secret.name).collect()
}

fn number_of(port_in: &PortInModel) -> Option<E164> {
    E164::parse(port_in.phone_number.as_str()?).ok()
}

fn order_of(port_in: &PortInModel) -> Result<OrderId, KeyedError> {
    let text = port_in.order_id.as_str().unwrap_or_default();
    let not_a_key = |_| objects::not_a_key(text, "is no order id", PortInKind::TYPE_NAME);
    Ok(OrderId::parse(text).map_err(not_a_key)?)
}

/// An order that the vendor's support alone can move.
fn is_stuck(error: &Error) -> bool {
    error
        .message()
        .is_some_and(|text| text.contains("GENS 0041"))
}
