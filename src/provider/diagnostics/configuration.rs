//! Texts about the provider block and its environment.

use std::fmt::Display;

use super::message::messages;
use crate::joonto::ProxyError;
use crate::terraform::Diagnostic;

messages! {
    "JN601" Error NOTHING_CHANGED "state_name is not set"
        cause "`purchase_journal` names a place that several states can share."
        cure "Set `state_name` to a name that no other state in that place has."
    /// A shared place without a name for the state.
    fn state_name_missing() at "state_name";
        happened("purchase_journal names a place that several states can share, and state_name is \
                  not set.")
        next("Set state_name (or JOONTO_STATE_NAME) to a name that no other state with this place \
              has.")

    "JN602" Error NOTHING_CHANGED "purchase_journal is invalid"
        cause "`purchase_journal` names neither `local`, nor a directory, nor a bucket."
        cure "Set it to `local`, to a directory, or to a bucket: `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `az://CONTAINER/PREFIX`."
    /// A place that cannot be one.
    fn journal_invalid(why: &str) at "purchase_journal";
        happened("purchase_journal (or JOONTO_PURCHASE_JOURNAL) cannot be used: {why}.")
        next("Set it to \"local\", to a directory, or to a bucket: s3://BUCKET/PREFIX, \
              gs://BUCKET/PREFIX or az://CONTAINER/PREFIX.")

    "JN603" Warning NOTHING_CHANGED "Two configurations share one provider process"
        cause "A provider in debug mode serves two configurations with different credentials."
        cure "Use one provider configuration at a time in debug mode."
    /// One process serves two configurations with different credentials.
    fn second_configuration()
        happened("This provider process was configured with other credentials before. It uses the \
                  last configuration for everything.")
        next("In debug mode, use one provider configuration at a time: with two aliases, all \
              numbers are bought in the account that was configured last.")

    "JN604" Error NOTHING_CHANGED "{argument} is invalid"
        cause "An argument or its environment variable is not a whole number of the allowed range."
        cure "Set it to a whole number, such as `50`."
    /// An argument that is not a whole number, from the configuration or from `variable`.
    fn number_invalid(argument: &str, variable: &str) at argument;
        happened("{argument} (or {variable}) is not a whole number from 0 to {}.", u32::MAX)
        next("Set it to such a number, or remove it to use the default.")

    "JN605" Error NOTHING_CHANGED "base_url is invalid"
        cause "`base_url` is not an address that the provider may call."
        cure "Set `base_url` to an https address, or remove it."
    /// An address that the provider may not call.
    fn base_url_invalid(why: impl Display) at "base_url";
        happened("base_url (or JOONTO_BASE_URL) cannot be used: {why}.")
        next("Set it to an https address, or remove it to use the default.")

    "JN606" Error NOTHING_CHANGED "The credentials are missing"
        cause "Neither the provider block nor the environment has credentials."
        cure "Set `JOONTO_ACCOUNT_KEY` and `JOONTO_ACCOUNT_SECRET`."
    /// Neither configuration nor environment has credentials.
    fn credentials_missing()
        happened("The provider has no credentials for the Joonto API.")
        next("{BOTH_WAYS}")

    "JN607" Error NOTHING_CHANGED "{missing} is missing"
        cause "Only one of `account_key` and `account_secret` is given."
        cure "Set both."
    /// One of account key and secret is given, and `missing` is not.
    fn credential_missing(given: &str, missing: &str) at missing;
        happened("{given} is given without {missing}.")
        next("{BOTH_WAYS}")

    "JN608" Error NOTHING_CHANGED "The provider's configuration is unknown"
        cause "An argument of the provider block comes from a resource that is not applied yet."
        cure "Apply that resource first, with `-target`."
    /// The API has to be called, and the configuration is not known yet.
    fn unknown(arguments: &[&str])
        happened("This operation calls the Joonto API. The value of {} in the provider block is \
                  unknown: it comes from another resource that is not applied yet.",
            arguments.join(", "))
        next("First apply that other resource: `terraform apply -target=RESOURCE`. Or set a value \
              that is known during the plan, such as a variable.")

    "JN609" Error NOTHING_CHANGED "The provider is not configured"
        cause "Terraform asked for a call of the API before it configured the provider."
        cure "Report the defect."
    /// The API has to be called, and there is no configuration.
    fn not_configured()
        happened("This operation calls the Joonto API, and the provider has no usable \
                  configuration.")
        next("This is a defect of the provider or of Terraform. Please report it.")

    "JN610" Error NOTHING_CHANGED "{variable} is malformed"
        cause "The environment variable is set, and its value is not the address of a proxy."
        cure "Correct or unset the variable."
    fn proxy_malformed(variable: &str)
        happened("The environment variable {variable} is set, and its value is not the address of \
                  a proxy. The provider sends nothing past a proxy that you meant to use.")
        next("Set {variable} to a URL such as `http://proxy.example:3128`, with user name and \
              password before the host where they are needed, or unset it.")

    "JN611" Error NOTHING_CHANGED "{variable} names an unsupported proxy"
        cause "The environment variable names a proxy that is neither http nor https."
        cure "Set it to an http or https proxy, or exclude the API's host in `NO_PROXY`."
    fn proxy_unsupported(variable: &str)
        happened("The environment variable {variable} names a proxy of another kind than http or \
                  https, which the provider cannot use.")
        next("Set {variable} to an http or https proxy, or exclude the API's host in NO_PROXY.")
}

const BOTH_WAYS: &str = "Set account_key and account_secret in the provider block, or \
                         JOONTO_ACCOUNT_KEY and JOONTO_ACCOUNT_SECRET in the environment. Or \
                         set an existing token: token, or JOONTO_TOKEN.";

/// A variable that names no proxy, or none that the provider can use.
pub(in crate::provider) fn proxy_refused(error: ProxyError) -> Diagnostic {
    match error.is_unsupported {
        true => proxy_unsupported(error.variable),
        false => proxy_malformed(error.variable),
    }
}
