//! Changing one number.

use serde::Serialize;

use super::client::Client;
use super::error::Error;
use super::lenient_json::{FromResponse, Json, LenientObject};
use super::number::NumberRecord;
use super::operation;
use super::patch::Patch;
use super::session::ApiCall;
use super::types::{Classification, E164, Iccid, MessageType, OrderClass, OrderId};
use crate::context::Context;

/// Changes one number. Only what changes is set.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateRequest {
    /// The number to change.
    pub number: E164,
    /// Whether it takes part in messaging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_enabled: Option<bool>,
    /// Whether it takes part in calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice_enabled: Option<bool>,
    /// Who writes to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<MessageType>,
    /// What kind of number; see [`NumberType::classification`](super::NumberType::classification).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification: Option<Classification>,
    /// The route of its messages.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub message_route_id: Patch<String>,
    /// The route of its calls.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub voice_route_id: Patch<String>,
    /// The subscriber to tie it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_subscriber_id: Option<String>,
    /// The SIM to use; `Iccid` here, `ICCID` in a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iccid: Option<Iccid>,
    /// What is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_type: Option<String>,
    /// The first part of the caller name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub cnam_first_name: Patch<String>,
    /// The last part of the caller name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub cnam_last_name: Patch<String>,
}

impl UpdateRequest {
    /// A request that changes nothing about `number` yet.
    pub fn new(number: E164) -> Self {
        Self {
            number,
            message_enabled: None,
            voice_enabled: None,
            message_type: None,
            classification: None,
            message_route_id: Patch::Keep,
            voice_route_id: Patch::Keep,
            assigned_subscriber_id: None,
            iccid: None,
            product_type: None,
            cnam_first_name: Patch::Keep,
            cnam_last_name: Patch::Keep,
        }
    }

    /// Whether it would change nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::new(self.number.clone())
    }
}

/// The response to an update: an order, and the record of the number.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UpdateResponse {
    /// The order.
    pub order_id: Option<OrderId>,
    /// Its status word.
    pub order_status: Option<String>,
    /// What went wrong, if anything did.
    pub error_message: Option<String>,
    /// The number as it is now said to be.
    pub record: NumberRecord,
    /// The two parts of the caller name. Reads return them as one text.
    pub cnam: [Option<String>; 2],
}

impl UpdateResponse {
    /// What the order's status word amounts to.
    pub fn order_class(&self) -> OrderClass {
        OrderClass::of(self.order_status.as_deref())
    }
}

impl FromResponse for UpdateResponse {
    fn read(body: &Json) -> Option<Self> {
        let fields =
            LenientObject::of_response(body, &["Number", "UpdateOrderId", "UpdateOrderStatus"])?;
        Some(Self {
            order_id: fields
                .order_id("UpdateOrderId")
                .or_else(|| fields.order_id("OrderId")),
            order_status: fields.text_of(&["UpdateOrderStatus", "OrderStatus"]),
            error_message: fields.text_of(&["ErrorMessage", "OrderStatusMessage"]),
            cnam: ["CnamFirstName", "CnamLastName"].map(|name| fields.text(name)),
            record: NumberRecord::of(fields),
        })
    }
}

impl Client {
    /// Changes a number. Repeated after a response that leaves it open: it sets absolute values.
    ///
    /// # Errors
    ///
    /// When it could not be changed. That the order failed is not an error here.
    pub async fn update(
        &self,
        request: &UpdateRequest,
        context: &Context,
    ) -> Result<UpdateResponse, Error> {
        self.call(&ApiCall::post(&operation::UPDATE, request)?, context)
            .await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::joonto::NumberType;

    #[test]
    fn an_update_sends_what_changes() {
        let nothing = UpdateRequest::new(E164::parse("+18016025346").expect("valid"));
        assert!(nothing.is_empty());
        assert_eq!(json!(nothing), json!({"Number": "+18016025346"}));
        let update = UpdateRequest {
            message_enabled: Some(false),
            classification: NumberType::Iot.classification(),
            message_route_id: Patch::Clear,
            voice_route_id: Patch::Set("CRID-1".into()),
            iccid: Iccid::parse("8901240397190195850F").ok(),
            cnam_first_name: Patch::Set("Ada".into()),
            cnam_last_name: Patch::Clear,
            ..nothing
        };
        assert!(!update.is_empty());
        assert_eq!(
            json!(update),
            json!({
                "Number": "+18016025346", "MessageEnabled": false, "Classification": "IoT",
                "MessageRouteId": null, "VoiceRouteId": "CRID-1", "Iccid": "8901240397190195850",
                "CnamFirstName": "Ada", "CnamLastName": null
            })
        );
    }

    #[test]
    fn a_response_is_an_order_and_the_number() {
        let json = br#"{"Number": "+12025550143", "Tnid": null, "UpdateOrderId": "JNUOID-5",
            "UpdateOrderStatus": "Failed", "MessageType": "p2p", "Classification": "MVNO",
            "VoiceRouteId": "CRID-6", "CnamFirstName": "Ada", "CnamLastName": null}"#;
        let update = UpdateResponse::read(&Json::read(json).expect("JSON")).expect("a response");
        assert_eq!(update.order_class(), OrderClass::Failed);
        let route = update.record.voice_route_id.value();
        assert_eq!(route.map(String::as_str), Some("CRID-6"));
        assert!(!update.record.message_route_id.is_present());
        assert_eq!(update.cnam, [Some("Ada".into()), None]);
    }
}
