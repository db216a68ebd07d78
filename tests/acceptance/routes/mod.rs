//! Message and voice routes.

mod failures;
mod found;
mod life;
mod rules;
mod secrets;
mod values;

use std::fmt::Write as _;

/// A message route named `inbound` with these arguments beside the three that are required.
fn message_route(arguments: &str) -> String {
    format!(
        "resource \"joonto_message_route\" \"inbound\" {{\n  route_name = \"inbound\"\n  \
         message_url = \"https://example.com/sms\"\n  message_url_method = \"POST\"\n\
         {arguments}\n}}\n"
    )
}

/// A voice route named `trunk` with these arguments beside its name.
fn voice_route(arguments: &str) -> String {
    format!(
        "resource \"joonto_voice_route\" \"trunk\" {{\n  route_name = \"trunk\"\n{arguments}\n}}\n"
    )
}

/// The arguments, one a line.
fn lines(arguments: &[(&str, &str)]) -> String {
    arguments.iter().fold(String::new(), |mut text, argument| {
        let (name, value) = argument;
        let _ = writeln!(text, "  {name} = {value}");
        text
    })
}

/// A voice route with all that can be set and is returned.
const TRUNK: &[(&str, &str)] = &[
    ("route_type", "\"Trunk\""),
    ("voice_url", "\"https://example.com/voice\""),
    ("voice_url_method", "\"POST\""),
    ("trunk_ip1", "\"192.0.2.1\""),
    ("trunk_ip2", "\"192.0.2.2\""),
    ("trunk_uri1", "\"https://sip1.example.com\""),
    ("trunk_uri2", "\"https://sip2.example.com\""),
    ("trunk_port1", "5061"),
    ("trunk_port2", "5060"),
    ("trunk_transport1", "\"UDP\""),
    ("trunk_transport2", "\"TCP\""),
    ("trunk_enabled1", "true"),
    ("trunk_enabled2", "false"),
    ("trunk1_priority", "10"),
    ("trunk2_priority", "20"),
    ("trunk1_weight", "10"),
    ("trunk2_weight", "20"),
    ("header_manipulation", "\"HMI0000001\""),
    ("transfer_caller_id", "\"Transferee/Transferor\""),
    ("enable_sip_refer", "true"),
    ("symmetric_rtp", "true"),
    ("enable_trp_secure_trunk", "true"),
    ("enable_pstn_transfer", "true"),
    ("cnam_lookup", "true"),
    ("enable_call_streaming", "true"),
    ("ip_whitelist", "[\"192.0.2.11\", \"192.0.2.10\"]"),
    ("termination_uri_subdomain", "\"client\""),
    ("wss_uri", "\"wss://192.0.2.3\""),
    ("enabled", "true"),
];

/// What the API never tells of a voice route.
const UNTOLD: &[(&str, &str)] = &[
    ("voice_authentication_type", "\"Basic\""),
    ("voice_username", "\"canary-user\""),
    ("voice_password_token", "\"canary-secret\""),
    ("callback_voice_url", "\"https://example.com/events\""),
    ("callback_voice_url_method", "\"POST\""),
    ("intelligent_route_enabled", "false"),
];
