//! The table of all messages, which the documentation shows.

use super::message::Message;
use super::{
    actions, configuration, data, destroys, e911, lists, objects, plans, port_ins, purchase, reads,
    routes, stops, subscribers, updates, values, webhooks,
};

/// Every message, sorted by code, for the documentation.
#[must_use]
pub fn messages() -> Vec<Message> {
    let mut messages = [
        actions::MESSAGES,
        configuration::MESSAGES,
        data::MESSAGES,
        destroys::MESSAGES,
        e911::MESSAGES,
        lists::MESSAGES,
        objects::MESSAGES,
        plans::MESSAGES,
        port_ins::MESSAGES,
        purchase::MESSAGES,
        reads::MESSAGES,
        routes::MESSAGES,
        stops::MESSAGES,
        subscribers::MESSAGES,
        updates::MESSAGES,
        values::MESSAGES,
        webhooks::MESSAGES,
    ]
    .concat();
    messages.sort_by_key(|message| message.code);
    messages
}
