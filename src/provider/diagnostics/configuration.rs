//! Texts about the provider block and its environment.

use std::fmt::Display;

use super::{Code, general, report};
use crate::joonto::ProxyError;
use crate::terraform::Diagnostic;

/// An argument that is not a whole number, from the configuration or from `variable`.
pub(in crate::provider) fn number_invalid(argument: &str, variable: &str) -> Diagnostic {
    report(
        Code::NumberInvalid,
        argument,
        format!(
            "{argument} (or {variable}) is not a whole number from 0 to {}.",
            u32::MAX
        ),
        "Set it to such a number, or remove it to use the default.",
    )
    .at_attribute(argument)
}

/// An address that the provider may not call.
pub(in crate::provider) fn base_url_invalid(why: impl Display) -> Diagnostic {
    general(
        Code::BaseUrlInvalid,
        format!("base_url (or JOONTO_BASE_URL) cannot be used: {why}."),
        "Set it to an https address, or remove it to use the default.",
    )
    .at_attribute("base_url")
}

/// Neither configuration nor environment has credentials.
pub(in crate::provider) fn credentials_missing() -> Diagnostic {
    general(
        Code::CredentialsMissing,
        "The provider has no credentials for the Joonto API.",
        BOTH_WAYS,
    )
}

/// One of account key and secret is given, and `missing` is not.
pub(in crate::provider) fn credential_missing(given: &str, missing: &str) -> Diagnostic {
    report(
        Code::CredentialMissing,
        missing,
        format!("{given} is given without {missing}."),
        BOTH_WAYS,
    )
    .at_attribute(missing)
}

const BOTH_WAYS: &str = "Set account_key and account_secret in the provider block, or \
                         JOONTO_ACCOUNT_KEY and JOONTO_ACCOUNT_SECRET in the environment. Or \
                         set an existing token: token, or JOONTO_TOKEN.";

/// The API has to be called, and the configuration is not known yet.
pub(in crate::provider) fn unknown(arguments: &[&str]) -> Diagnostic {
    let arguments = arguments.join(", ");
    general(
        Code::ConfigurationUnknown,
        format!(
            "This operation calls the Joonto API. The value of {arguments} in the provider block is \
             unknown: it comes from another resource that is not applied yet."
        ),
        "First apply that other resource: `terraform apply -target=RESOURCE`. Or set a value that \
         is known during the plan, such as a variable.",
    )
}

/// The API has to be called, and there is no configuration.
pub(in crate::provider) fn not_configured() -> Diagnostic {
    general(
        Code::NotConfigured,
        "This operation calls the Joonto API, and the provider has no usable configuration.",
        "This is a defect of the provider or of Terraform. Please report it.",
    )
}

/// A shared place without a name for the state.
pub(in crate::provider) fn state_name_missing() -> Diagnostic {
    general(
        Code::StateNameMissing,
        "purchase_journal names a place that several states can share, and state_name is not set.",
        "Set state_name (or JOONTO_STATE_NAME) to a name that no other state with this place has.",
    )
    .at_attribute("state_name")
}

/// A place that cannot be one.
pub(in crate::provider) fn journal_invalid(why: &str) -> Diagnostic {
    general(
        Code::JournalInvalid,
        format!("purchase_journal (or JOONTO_PURCHASE_JOURNAL) cannot be used: {why}."),
        "Set it to \"local\", to a directory, or to a bucket: s3://BUCKET/PREFIX, \
         gs://BUCKET/PREFIX or az://CONTAINER/PREFIX.",
    )
    .at_attribute("purchase_journal")
}

/// One process serves two configurations with different credentials.
pub(in crate::provider) fn second_configuration() -> Diagnostic {
    general(
        Code::SecondConfiguration,
        "This provider process was configured with other credentials before. It uses the last \
         configuration for everything.",
        "In debug mode, use one provider configuration at a time: with two aliases, all numbers \
         are bought in the account that was configured last.",
    )
}

/// A variable that names no proxy, or none that the provider can use.
pub(in crate::provider) fn proxy_refused(error: ProxyError) -> Diagnostic {
    let variable = error.variable;
    match error.is_unsupported {
        false => report(
            Code::ProxyMalformed,
            variable,
            format!(
                "The environment variable {variable} is set, and its value is not the address of a \
                 proxy. The provider sends nothing past a proxy that you meant to use."
            ),
            format!(
                "Set {variable} to a URL such as `http://proxy.example:3128`, with user name and \
                 password before the host where they are needed, or unset it."
            ),
        ),
        true => report(
            Code::ProxyUnsupported,
            variable,
            format!(
                "The environment variable {variable} names a proxy of another kind than http or \
                 https, which the provider cannot use."
            ),
            format!(
                "Set {variable} to an http or https proxy, or exclude the API's host in NO_PROXY."
            ),
        ),
    }
}
