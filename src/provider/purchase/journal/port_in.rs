//! What is recorded of a port-in. Its record is found by its number, which is known from the start.

use serde::{Deserialize, Serialize};

use super::name::FileKind;
use super::record::{OpenRecord, Recorded};
use crate::joonto::{E164, OrderId};
use crate::provider::purchase::run::RunId;

/// What is recorded of a port-in.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(in crate::provider) struct RecordedPortIn {
    /// The number.
    pub(in crate::provider::purchase) phone_number: E164,
    /// The order, once the API has responded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::provider::purchase) order_id: Option<OrderId>,
}

impl Recorded for RecordedPortIn {
    type Response = OrderId;

    const VERSION: u32 = 3;

    const KIND: FileKind = FileKind::PortIn;

    fn number(&self) -> Option<&E164> {
        Some(&self.phone_number)
    }

    fn order(&self) -> Option<&OrderId> {
        self.order_id.as_ref()
    }

    fn note(&mut self, response: &OrderId) {
        self.order_id = Some(response.clone());
    }

    fn set_number(&mut self, number: &E164) {
        self.phone_number = number.clone();
    }
}

/// An open port-in.
pub(in crate::provider) type OpenPortIn = OpenRecord<RecordedPortIn>;

impl OpenPortIn {
    /// What the user's line calls it by.
    pub(in crate::provider) fn line_name(&self) -> RunId {
        let (run, process, sequence) = self.name.key();
        RunId::of(&["port-in", run.as_str(), process, sequence])
    }
}

#[cfg(test)]
impl OpenPortIn {
    /// One for the number, or one that cannot be read.
    pub(in crate::provider) fn for_tests(number: Option<&str>, order: Option<&str>) -> Self {
        use super::name::RecordName;
        use super::place::Place;
        use super::record::Record;
        use crate::provider::purchase::run::Moment;

        let number = number.and_then(|number| E164::parse(number).ok());
        let path = "account.state.abcdef012345.1-2/00001.portin";
        let store = std::sync::Arc::new(super::directory::Directory::private("/nowhere".into()));
        let state = super::StateId::named("", "");
        let record = number.map(|phone_number| {
            let order_id = order.and_then(|order| OrderId::parse(order).ok());
            let sent_at = time::OffsetDateTime::from_unix_timestamp(1_800_000_000);
            let what = RecordedPortIn {
                phone_number,
                order_id,
            };
            Record::sending(what, sent_at.expect("a time"), Moment::default())
        });
        Self {
            name: RecordName::parse(path).expect("a name").0,
            record: record.ok_or_else(|| "it is damaged".to_owned()),
            claim: None,
            is_ours: true,
            place: std::sync::Arc::new(Place { store, state }),
        }
    }
}

#[cfg(test)]
mod tests;
