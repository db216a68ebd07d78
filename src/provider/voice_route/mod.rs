//! `joonto_voice_route`: where a number's calls go. What it shares with message routes is in
//! `route/`.

mod found;
mod object;

pub(super) use found::{FoundVoiceRoute, VoiceRoutes};
pub(super) use object::VoiceRoute;
