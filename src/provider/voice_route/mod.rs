//! `joonto_voice_route`: where a number's calls go. What it shares with message routes is in
//! `route/`.

mod object;

pub(super) use object::VoiceRoute;
