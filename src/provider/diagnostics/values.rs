//! Every text about a value that cannot be used.

use super::message::messages;

messages! {
    "JN501" Error NOTHING_CHANGED "A secret is set twice"
        cause "A secret is set by an argument and by its write-only twin."
        cure "Keep the write-only argument, and remove the other."
    /// A secret that is given in both ways.
    fn secret_given_twice(stored: &str, write_only: &str) at stored;
        happened("{stored} and {write_only} are both set, and both hold the same secret.")
        next("Keep {write_only}, which is never stored, and remove {stored}.")

    "JN502" Error NOTHING_CHANGED "A write-only secret needs a version"
        cause "A write-only secret has no version, so the provider cannot see when it changes."
        cure "Set the `_version` argument, and change it whenever the secret changes."
    /// A secret that is not stored, so that nothing but its version tells that it changed.
    fn secret_needs_version(write_only: &str, version: &str) at write_only;
        happened("{write_only} is never stored, so only {version} shows that it changed, and \
                  {version} is not set.")
        next("Set {version} to a number. Change that number whenever {write_only} changes.")

    "JN503" Error NOTHING_CHANGED "A URL route needs a URL"
        cause "`route_type` is `URL`, and `voice_url` is not set."
        cure "Set `voice_url`."
    /// A route to a URL without one.
    fn route_needs_url() at "route_type";
        happened("route_type is \"URL\", and there is no voice_url: calls have nowhere to go.")
        next("Set voice_url.")

    "JN720" Error ONLY_READ "The text is not an activation code"
        cause "The function was given a text that holds no eSIM activation code."
        cure "Give it the text of the QR code (`LPA:1$...`), or the link in `qr_code`."
    /// A text that is no activation code. It may be a secret.
    fn no_activation_code(error: &str)
        happened("This is not an activation code: {error}.")
        next("Give the text of an eSIM's QR code (LPA:1$...) or the QR link itself, such as the \
              qr_code of a joonto_number.")
}
