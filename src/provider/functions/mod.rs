//! Functions: one file each. They call nobody and need no configuration.

mod parse_activation_code;

pub(super) use parse_activation_code::ParseActivationCode;
