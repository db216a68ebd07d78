//! What Terraform keeps of a number.

use std::time::Duration;

use super::caller_name::{self, CallerName};
use super::column::{Ids, NumberColumn, Stores, column};
use super::deletion_policy::DeletionPolicy;
use crate::joonto::{AccountId, E164, Field, Iccid, MessageType, NumberType, OrderId, Patch};
use crate::provider::{call, validators};
use crate::terraform::Value;

pub(super) use crate::provider::validators::given;

crate::model! {
    /// A phone number. Creating one buys it: exactly one number for each resource. Destroying one
    /// acts as its `deletion_policy` says.
    ///
    /// A refresh removes a number from the state only with proof that it is gone: details and the
    /// whole inventory of its account miss it, and it was bought more than 15 minutes ago. The
    /// next apply buys another then. Without proof the state keeps the number. More than five
    /// missing numbers in one run are an error. So are a number that was bought with other
    /// credentials, and a number whose SIM (subscriber identity module) has another number. If missing numbers really are gone,
    /// set `JOONTO_ACCEPT_MISSING=1` in the environment.
    pub(crate) struct NumberModel with NumberColumn {
        /// Kind of number: `mvno` (message types `a2p` and `p2p`), `iot` (`p2p` only) or `voip`
        /// (`a2p` only). A change between `mvno` and `iot` is made in place. A change to or from
        /// `voip` replaces the number.
        number_type: String => required(), validator(validators::number_type) [column()
            .update(|r, v| r.classification = number_type(v).and_then(NumberType::classification))
            .read(|n| field(n.number_type().map(NumberType::as_str)))
            // Nobody knows how reads show a VoIP number; one that was bought as such stays one.
            .same(|kept, returned| kept == returned || kept == VOIP)
            .replaces(|prior, planned| [prior, planned].iter().any(|v| v.as_str() == Some(VOIP)))];
        /// Message type: `a2p` (application to person) or `p2p` (person to person).
        message_type: String => required(), validator(validators::message_type) [column()
            .update(|r, v| r.message_type = v.as_str().and_then(MessageType::parse))
            .read(|n| field(n.message_type().map(MessageType::as_str)))];
        /// Whether the number sends and receives text messages (SMS, short message service) and
        /// MMS (multimedia messaging service).
        message_enabled: bool => required() [column()
            .update(|r, v| r.message_enabled = v.as_bool())
            .read(|n| field(n.message_enabled))];
        /// Whether the number makes and takes voice calls.
        voice_enabled: bool => required() [column()
            .update(|r, v| r.voice_enabled = v.as_bool())
            .read(|n| field(n.voice_enabled))];
        /// Whether the number carries data. A change replaces the number.
        data_enabled: bool => optional() [column()
            .order(|r, v| r.data_enabled = v.as_bool())
            .replaces(always)];
        /// Message route (`MRID-...`) of the number. If unset, it stays as it is. `""` detaches the
        /// number from its route.
        message_route_id: String => optional_computed(), validator(validators::message_route_id) [column()
            .order(|r, v| r.message_route_id = text(v))
            .update(|r, v| r.message_route_id = attached(v))
            .read(|n| route(&n.message_route_id, &n.voice_route_id))
            .stores(Stores::Managed)
            .detaches()];
        /// Voice route (`CRID-...`) of the number. If unset, it stays as it is. `""` detaches the
        /// number from its route.
        voice_route_id: String => optional_computed(), validator(validators::voice_route_id) [column()
            .order(|r, v| r.voice_route_id = text(v))
            .update(|r, v| r.voice_route_id = attached(v))
            .read(|n| route(&n.voice_route_id, &n.message_route_id))
            .stores(Stores::Managed)
            .detaches()
            .ids(Ids::Prefer("CRID-"))];
        /// Preferred area code, three digits. The API tries it before `zip_code`. Without either,
        /// the number comes from any area. A change replaces the number.
        area_code: String => optional(), validator(validators::unset_or(validators::area_code)) [column()
            .order(|r, v| r.area_code = text(v))
            .replaces(always)];
        /// Preferred US zip code, five digits, for when `area_code` has no number. The zip code
        /// that the number was given is in `assigned_zip_code`. A change replaces the number.
        zip_code: String => optional(), validator(validators::unset_or(validators::zip_code)) [column()
            .order(|r, v| r.zip_code = text(v))
            .replaces(always)];
        /// ICCID (integrated circuit card identifier) of the SIM: 18 to 20 digits that begin with 89, as printed on the card. A trailing
        /// filler letter is ignored. Needed for a physical SIM. If unset, the state holds what the
        /// API returns.
        iccid: String => optional_computed(), validator(validators::unset_or(validators::iccid)) [column()
            .order(|r, v| r.iccid = sim(v))
            .update(|r, v| r.iccid = sim(v))
            .receipt(|r| digits(Iccid::parse(r.iccid.as_deref()?).ok()))
            .read(|n| field(digits(n.iccid())))
            .stores(Stores::Managed)
            .same(is_same_sim)];
        /// Product: `Sms-Only`, `Data-Only`, `Sms+Data` or `Sms+Data+Voice`. The API asks for one
        /// today. If unset, none is sent, and the state holds what the API returns.
        product_type: String => optional_computed() [column()
            .order(|r, v| r.product_type = text(v))
            .update(|r, v| r.product_type = text(v))
            .read(|n| field(n.product_type.clone()))
            .stores(Stores::Managed)
            .same(str::eq_ignore_ascii_case)];
        /// Account (`AID-...`) that the number is bought for, for distributors with several
        /// accounts. Defaults to the provider's `account_id`. A change replaces the number.
        account_id: String => optional() [column()
            .order(|r, v| r.account_id = v.as_str().and_then(|id| AccountId::parse(id).ok()))
            .replaces(always)];
        /// Subscriber (`TSUID-...`) that the number is assigned to. If unset, the state holds what
        /// the API returns.
        assigned_subscriber_id: String => optional_computed() [column()
            .order(|r, v| r.assigned_subscriber_id = text(v))
            .update(|r, v| r.assigned_subscriber_id = text(v))
            .receipt(|r| some(&r.subscriber_id))
            .read(|n| field(n.assigned_subscriber_id.clone()))
            .stores(Stores::Managed)
            .ids(Ids::Only("TSUID-"))];
        /// Effect of destroying: `cancel` (cancels the number; for 30 days it can be reactivated),
        /// `park` (suspends it, and keeps number and SIM), `abandon` (only removes it from the
        /// state) or `prevent` (refuses). Defaults to `cancel`. Destroying uses the policy in the
        /// state: a change takes an apply of its own, which sends nothing. `prevent` refuses to
        /// replace the number if either the state or the configuration says so.
        deletion_policy: String => optional_computed(), validator(validators::deletion_policy);

        /// Number in international form (E.164), such as `+18016025346`.
        id: String => computed() [column()
            .receipt(|r| r.number.as_ref().map(|number| number.as_str().into()))
            .read(|n| field(n.number.as_ref().map(E164::as_str)))
            .completes()];
        /// Purchase order.
        order_id: String => computed() [column()
            .receipt(|r| r.order_id.as_ref().map(|id| id.as_str().into()))
            .read(|n| field(n.order_id.as_ref().map(OrderId::as_str)))
            .stores(Stores::Gap)];
        /// Time of the order, as the API writes it.
        order_date: String => computed() [column().receipt(|r| some(&r.order_date))];
        /// Status of the order, as the API writes it.
        order_status: String => computed() [column().receipt(|r| some(&r.order_status)).completes()];
        /// Message of the API about a problem with the order.
        error_message: String => computed() [column().receipt(|r| some(&r.error_message))];
        /// Assigned number, in the same form as `id`.
        phone_number_assigned: String => computed() [column()
            .receipt(|r| r.number.as_ref().map(|number| number.as_str().into()))
            .read(|n| field(n.number.as_ref().map(E164::as_str)))
            .completes()];
        /// The API's id of the number.
        phone_number_id: String => computed() [column()
            .receipt(|r| some(&r.phone_number_id))
            .read(|n| field(n.number_id.clone()))
            .stores(Stores::Gap)
            .completes()];
        /// Link to a picture of the eSIM's QR code. Anybody who has it can load the eSIM.
        qr_code: String => computed(), sensitive() [column().completes()];
        /// Activation code of the eSIM (embedded SIM; `LPA:1$...`), from the QR link.
        activation_code: String => computed(), sensitive() [column().completes()];
        /// Subscriber that the number belongs to.
        subscriber_id: String => computed() [column()
            .receipt(|r| some(&r.subscriber_id))
            .read(|n| field(n.assigned_subscriber_id.clone()))
            .stores(Stores::Gap)
            .ids(Ids::Prefer("TSUID-"))
            .completes()];
        /// Zip code that the number was given. It can differ from `zip_code`.
        assigned_zip_code: String => computed() [column().receipt(|r| some(&r.assigned_zip_code))];
        /// Status of the number, such as `Active`.
        status: String => computed() [column()
            .read(|n| field(n.status.clone()))
            .completes()];
        /// Short hash of the API's host and the account key, which says whose number it is.
        account_fingerprint: String => computed();
    }
    blocks {
        caller_name: CallerName [column()
            .update(|r, v| [r.cnam_first_name, r.cnam_last_name] = caller_name::parts(v).map(attached))
            .read(|n| field(n.caller_name.clone()))
            .stores(Stores::Named)];
        timeouts: Timeouts;
    }
}

crate::model! {
    /// Time limits of operations, as durations such as `90s` or `1h30m`.
    pub(crate) struct Timeouts {
        /// Limit for buying a number and waiting for its order. Defaults to `20m`.
        create: String => optional(), validator(validators::duration);
        /// Limit for reading a number. Defaults to `5m`.
        read: String => optional(), validator(validators::duration);
        /// Limit for changing a number. Defaults to `10m`.
        update: String => optional(), validator(validators::duration);
        /// Limit for destroying a number. Defaults to `10m`.
        delete: String => optional(), validator(validators::duration);
    }
    blocks {}
}

const VOIP: &str = NumberType::Voip.as_str();

fn always(_: &Value, _: &Value) -> bool {
    true
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn some(text: &Option<String>) -> Option<Value> {
    text.as_deref().map(Value::from)
}

fn number_type(value: &Value) -> Option<NumberType> {
    value.as_str().and_then(NumberType::parse)
}

fn sim(value: &Value) -> Option<Iccid> {
    value.as_str().and_then(|text| Iccid::parse(text).ok())
}

fn digits(iccid: Option<Iccid>) -> Option<Value> {
    iccid.map(|iccid| iccid.digits().into())
}

pub(super) fn is_same_sim(one: &str, other: &str) -> bool {
    match (Iccid::parse(one), Iccid::parse(other)) {
        (Ok(one), Ok(other)) => one.same_sim(&other),
        _ => false,
    }
}

fn field(value: Option<impl Into<Value>>) -> Field<Value> {
    value.map_or(Field::Absent, |value| Field::Value(value.into()))
}

/// A route as returned. An empty one was cleared elsewhere, provided that the same response has
/// the other route: one that has no routes at all says nothing.
fn route(returned: &Field<String>, other: &Field<String>) -> Field<Value> {
    match returned {
        Field::Value(route) => Field::Value(route.as_str().into()),
        Field::Null if other.is_present() => Field::Null,
        Field::Null | Field::Absent => Field::Absent,
    }
}

/// `""` takes a number off its route, or away a part of its caller name.
fn attached(value: &Value) -> Patch<String> {
    match text(value) {
        Some(text) if !text.is_empty() => Patch::Set(text),
        Some(_) => Patch::Clear,
        None => Patch::Keep,
    }
}

impl NumberModel {
    /// How long buying may take.
    pub(super) fn create_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.create.as_str(), 20)
    }

    /// How long reading may take.
    pub(super) fn read_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.read.as_str(), 5)
    }

    /// How long changing may take.
    pub(super) fn update_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.update.as_str(), 10)
    }

    /// How long ending may take.
    pub(super) fn delete_timeout(&self) -> Duration {
        self.timeout(|timeouts| timeouts.delete.as_str(), 10)
    }

    fn timeout(&self, which: impl Fn(&Timeouts) -> Option<&str>, minutes: u64) -> Duration {
        call::limit(self.timeouts.known().and_then(which), minutes)
    }

    /// What destroying this number does.
    pub(super) fn policy(&self) -> DeletionPolicy {
        self.deletion_policy
            .as_str()
            .and_then(DeletionPolicy::from_word)
            .unwrap_or_default()
    }

    /// The number, if one is assigned.
    pub(super) fn e164(&self) -> Option<E164> {
        let text = self.phone_number_assigned.as_str()?;
        E164::parse(text).ok()
    }

    /// The order, if it has an id.
    pub(super) fn order(&self) -> Option<OrderId> {
        let text = self.order_id.as_str()?;
        OrderId::parse(text).ok()
    }

    /// What messages call this number: its digits, or its order while it has none.
    pub(in crate::provider) fn name(&self) -> String {
        match (self.phone_number_assigned.as_str(), self.order_id.as_str()) {
            (Some(number), _) => number.to_owned(),
            (None, Some(order)) => format!("the number of order {order}"),
            (None, None) => "the number".to_owned(),
        }
    }
}
