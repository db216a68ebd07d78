//! Port-ins: the resource, and the data source that asks whether a number can come along.

mod eligibility;
mod follow;
mod model;

use crate::context::Context;
use crate::joonto::{E164, Error, OrderId, PortInFields, PortInReceipt, PortInState, Refusal};
use crate::provider::call::{Call, CallResult};
use crate::provider::diagnostics::{objects, plans, port_ins, purchase, values};
use crate::provider::keyed::KeyedResource;
use crate::provider::provider_data::ProviderData;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Diagnostic, Diagnostics};

pub(super) use eligibility::PortInEligibility;
pub(super) use model::PortInModel;
use model::{SECRETS, TYPES, is_unset};

impl KeyedResource for PortInModel {
    const TYPE_NAME: &'static str = "joonto_port_in";

    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "order_id",
        of: "order_id",
        description: "Id of the order, `JNUOID-...`.",
    };

    const STAYS: Option<&'static str> = None;

    fn name(&self) -> String {
        match (self.phone_number.as_str(), self.order_id.as_str()) {
            (Some(number), _) => format!("the port-in of {number}"),
            (None, Some(order)) => format!("the port-in with order {order}"),
            (None, None) => "the port-in".to_owned(),
        }
    }

    fn keyed(key: &str) -> Result<Self, &'static str> {
        match key.contains("OID-") && !key.contains(char::is_whitespace) {
            true => Ok(Self {
                order_id: key.into(),
                ..Self::default()
            }),
            false => {
                Err("is no order id, such as JNUOID-1, and the API finds port-ins by no other")
            }
        }
    }

    fn validate(&self, diagnostics: &mut Diagnostics) {
        // A planned object lacks what is write-only, so `plan` checks the configuration.
        if self.order_id.is_null() {
            check(self, diagnostics);
        }
    }

    fn plan(&mut self, prior: Option<&Self>, config: &Self, diagnostics: &mut Diagnostics) {
        check(config, diagnostics);
        let before = prior.map(|prior| &prior.target_number_type);
        let word = ("target_number_type", before, &self.target_number_type);
        objects::warn_of_unknown_word(word, &TYPES, diagnostics);
        if let Some(prior) = prior
            && self.phone_number.is_unknown()
        {
            diagnostics.push(plans::keeps_value("phone_number", &prior.name()));
            self.phone_number = prior.phone_number.clone();
        }
        let Some(prior) = prior.filter(|prior| self.phone_number == prior.phone_number) else {
            let missing = missing(config);
            if !missing.is_empty() {
                diagnostics.push(port_ins::incomplete(&missing));
            }
            return;
        };
        let gone = self.gone(prior);
        if !gone.is_empty() {
            diagnostics.push(port_ins::not_taken_back(&prior.name(), &gone));
        }
        let changed = self.changed(prior.sent(), config);
        let is_nothing = changed.as_ref().is_some_and(PortInFields::is_empty)
            && self.changed_date(prior.sent()).is_none();
        if prior.is_final() || prior.is_bare() {
            if !is_nothing {
                let word = prior.status.as_str().unwrap_or_default();
                diagnostics.push(port_ins::only_recorded(&prior.name(), word));
            }
            return;
        }
        for secret in &SECRETS {
            let version = (secret.version)(self);
            let is_new = version.is_known() && version != (secret.version)(prior);
            if is_new && is_unset((secret.of)(config)) {
                diagnostics.push(port_ins::secret_missing(secret.name));
            }
        }
        match changed {
            None => self.may_change(),
            Some(_) if is_nothing && !prior.is_unsent() => {}
            Some(_) => self.wait_for_the_carrier(),
        }
    }

    async fn note_in_state(&self, data: &ProviderData) {
        if let Ok(order) = order_of(self) {
            // A cancelled one does not stand in the way of another.
            let number = number_of(self).filter(|_| !self.is_cancelled());
            data.purchases.port_ins.note_held(number, &order).await;
        }
    }

    async fn prepare_plan(data: &ProviderData) {
        data.purchases.port_ins.load().await;
    }

    fn say_at_plan(&self, data: &ProviderData) -> Vec<Diagnostic> {
        let purchases = &data.purchases;
        let needs_place = purchases.port_ins.needs_place();
        let mut said = Vec::from_iter(needs_place.map(port_ins::needs_place));
        let unwritten = purchases.handed().problem();
        said.extend(unwritten.map(|why| purchase::plan_not_shared(&why)));
        let Some(number) = number_of(self) else {
            return said;
        };
        if purchases.port_ins.plan(&number, true) {
            said.push(port_ins::moved(&number));
        }
        if let Some((open, is_said)) = purchases.port_ins.open_of(&number) {
            said.push(port_ins::open_at_plan(&number, open, is_said));
        }
        said
    }

    fn plan_destroy(&self, data: Option<&ProviderData>) -> Vec<Diagnostic> {
        let name = self.name();
        let mut said = match self.state() {
            Some(PortInState::Complete) => vec![objects::will_stay(&name, STAYS)],
            Some(PortInState::Cancelled) => Vec::new(),
            _ => vec![port_ins::will_cancel(&name)],
        };
        if let (Some(data), Some(number)) = (data, number_of(self))
            && !self.is_final()
            && data.purchases.port_ins.plan(&number, false)
        {
            said.push(port_ins::moved(&number));
        }
        said
    }

    fn kept_if_missing(&self) -> Option<Diagnostic> {
        let order = self.order_id.as_str().unwrap_or_default();
        Some(port_ins::not_shown(&self.name(), order))
    }

    async fn create(mut self, call: &Call<'_, Self>) -> CallResult<Self> {
        let number = number_of(&self);
        let fields = self.changed(None, call.config());
        let (Some(number), Some(fields)) = (number, fields) else {
            return Err(port_ins::incomplete(&["phone_number"]).into());
        };
        let waits = self.wait_for_completion.known() == Some(&true);
        let awaits = waits || self.changed_date(None).is_some();
        let purchases = &call.data.purchases;
        // Its turn may take long in a large fleet.
        let whole = call.invocation.context();
        let submitted = purchases.port_ins.submit(&number, &fields, awaits, whole);
        let submitted = submitted
            .await
            .map_err(|why| port_ins::not_submitted(&number, why, &purchases.places()))?;
        // From here on nothing fails the create: a tainted port-in is cancelled.
        let order_id = &submitted.order_id;
        self.order_id = order_id.as_str().into();
        for order in &submitted.ended {
            call.warn_with(port_ins::ended(&number, order));
        }
        self.submitted(submitted.receipt.as_ref());
        if let Some(order) = &submitted.recovered {
            self.flatten(order);
            call.warn_with(port_ins::recovered(&number, order_id));
        }
        call.keep(&self);
        let day = self.changed_date(None);
        // Other runs take this one for ended a little later.
        let soon = call.context.within(follow::ACTS_WITHIN);
        let sent = match &submitted.recovered {
            // What was refused in an earlier run may have been corrected since.
            Some(_) if self.state() == Some(PortInState::ResolutionRequired) => {
                Some(send(&call.data, order_id, fields, day, &soon).await)
            }
            // Anything else would put it back.
            Some(_) => None,
            None if day.is_none() || self.is_final() => None,
            None => Some(send(&call.data, order_id, PortInFields::default(), day, &soon).await),
        };
        match sent {
            None => {}
            Some(Ok(receipt)) if !receipt.has_failed() => self.wait_for_the_carrier(),
            Some(sent) => {
                let why = sent.err().map(|error| error.to_string());
                let why = why.as_deref().unwrap_or("the API responded that it failed");
                call.warn_with(port_ins::not_sent(&number, why));
                self.mark_unsent();
            }
        }
        if waits {
            let limit = whole.within(self.create_timeout());
            follow::wait(&mut self, order_id, call, &limit).await;
        }
        let returned = purchases.port_ins.returned(&number, order_id, whole);
        if let Some(problem) = returned.await {
            call.warn_with(port_ins::record_not_updated(&number, &problem));
        }
        follow::warn(&self, call);
        Ok(self)
    }

    async fn read(mut self, is_import: bool, call: &Call<'_, Self>) -> CallResult<Option<Self>> {
        if !self.is_final() {
            let order_id = order_of(&self)?;
            let order = match call
                .data
                .client
                .port_in_order(&order_id, &call.context)
                .await
            {
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
                self.phone_number = number.as_str().into();
            } else if let Some(number) = number_of(&self)
                && !order.may_be_of(&number)
            {
                return Err(objects::order_of_another(&self.name(), &order_id).into());
            }
            self.flatten(&order);
        }
        let left = call.data.purchases.port_ins.warn_of_open();
        if !left.is_empty() {
            call.warn_with(port_ins::left_open(&left));
        }
        follow::warn(&self, call);
        Ok(Some(self))
    }

    async fn update(mut self, prior: &Self, call: &Call<'_, Self>) -> CallResult<Self> {
        if prior.is_final() || prior.is_bare() {
            return Ok(self);
        }
        let order_id = order_of(prior)?;
        let fields = self.changed(prior.sent(), call.config());
        let fields = fields.unwrap_or_default();
        let day = self.changed_date(prior.sent());
        if fields.is_empty() && day.is_none() {
            if self.status.is_unknown() {
                self.keep(prior);
            }
            return Ok(self);
        }
        match send(&call.data, &order_id, fields, day, &call.context).await {
            Ok(receipt) if receipt.has_failed() => {
                Err(port_ins::update_failed(&prior.name()).into())
            }
            // A refresh shows anything else that the order may be in.
            Ok(_) => {
                self.wait_for_the_carrier();
                Ok(self)
            }
            Err(error) if is_stuck(&error) => {
                Err(port_ins::stuck(&prior.name(), &order_id, &error).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn delete(&self, call: &Call<'_, Self>) -> CallResult<()> {
        let order_id = order_of(self)?;
        let name = self.name();
        let purchases = &call.data.purchases;
        let state = match self.state() {
            Some(state) if state.is_final() => state,
            _ if purchases.port_ins.is_held_twice(&order_id) => {
                return Err(port_ins::held_twice(&name, &order_id).into());
            }
            _ => follow::cancel(&name, &order_id, call).await?,
        };
        if state == PortInState::Complete {
            call.warn_with(objects::stays(&name, STAYS));
        }
        let number = number_of(self);
        purchases
            .port_ins
            .note_deleted(number.as_ref(), &order_id)
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
) -> Result<PortInReceipt, Error> {
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

fn order_of(port_in: &PortInModel) -> Result<OrderId, Diagnostic> {
    let text = port_in.order_id.as_str().unwrap_or_default();
    let not_a_key = |_| objects::not_a_key(text, "is no order id", PortInModel::TYPE_NAME);
    OrderId::parse(text).map_err(not_a_key)
}

/// An order that the vendor's support alone can move.
fn is_stuck(error: &Error) -> bool {
    error
        .message()
        .is_some_and(|text| text.contains("GENS 0041"))
}
