//! `joonto_message_route`: where a number's messages go. What it shares with voice routes is in
//! `route/`.

mod found;
mod object;

pub(super) use found::{FoundMessageRoute, MessageRoutes};
pub(super) use object::MessageRoute;
