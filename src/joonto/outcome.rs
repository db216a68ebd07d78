//! What may be concluded from how a request ended. The decision that keeps one purchase one.

/// How a request ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// The connection was never made: nothing was sent.
    NotConnected,
    /// The request may have left, and no answer came back.
    Sent,
    /// An answer came back.
    Answered {
        /// Its HTTP status.
        status: u16,
        /// Whether its body arrived whole and is an answer that can be read.
        readable: bool,
    },
}

/// What follows from it, for a request that must not take effect twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It was answered; the body says how it went.
    Answered,
    /// It had no effect and may be sent again.
    Resend(Resend),
    /// It had no effect, and would have none again.
    Refused,
    /// It may have had its effect: it must not be sent again.
    InDoubt,
}

/// Why a request may be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Resend {
    /// Nothing was sent.
    NotConnected,
    /// Too many requests; refused before any work.
    Limited,
    /// The token was refused; with a new one, once.
    TokenRefused,
}

/// Judges how a request ended.
#[must_use]
pub const fn judge(outcome: &Outcome) -> Verdict {
    match *outcome {
        Outcome::NotConnected => Verdict::Resend(Resend::NotConnected),
        Outcome::Sent => Verdict::InDoubt,
        Outcome::Answered { status, readable } => match status {
            200..=299 if readable => Verdict::Answered,
            401 | 403 => Verdict::Resend(Resend::TokenRefused),
            429 => Verdict::Resend(Resend::Limited),
            408 => Verdict::InDoubt,
            400..=499 => Verdict::Refused,
            _ => Verdict::InDoubt,
        },
    }
}

/// Whether an outcome in doubt may pass by itself: what may be repeated at all is, after these.
#[must_use]
pub const fn may_pass(outcome: &Outcome) -> bool {
    match *outcome {
        Outcome::NotConnected | Outcome::Sent => true,
        Outcome::Answered { status, .. } => {
            matches!(status, 200..=299 | 408 | 429 | 500..=599)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_in_every_phase() {
        assert_eq!(
            judge(&Outcome::NotConnected),
            Verdict::Resend(Resend::NotConnected)
        );
        assert_eq!(judge(&Outcome::Sent), Verdict::InDoubt);
        let refused = [
            400, 402, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421,
            422, 423, 424, 425, 426, 428, 431, 451, 499,
        ];
        for status in 100..=599_u16 {
            for readable in [false, true] {
                let expected = match status {
                    200..=299 if readable => Verdict::Answered,
                    401 | 403 => Verdict::Resend(Resend::TokenRefused),
                    429 => Verdict::Resend(Resend::Limited),
                    400..=499 if status != 408 => Verdict::Refused,
                    _ => Verdict::InDoubt,
                };
                let verdict = judge(&Outcome::Answered { status, readable });
                assert_eq!(verdict, expected, "{status} {readable}");
                if refused.contains(&status) {
                    assert_eq!(verdict, Verdict::Refused, "{status}");
                }
                // The rule the house stands on, said the other way round: nothing but these is
                // ever sent twice.
                let may_resend = matches!(verdict, Verdict::Resend(_));
                assert_eq!(may_resend, [401, 403, 429].contains(&status), "{status}");
            }
        }
        for status in [
            100, 101, 204, 301, 302, 307, 308, 408, 500, 502, 503, 504, 520, 599,
        ] {
            let outcome = Outcome::Answered {
                status,
                readable: false,
            };
            assert_eq!(judge(&outcome), Verdict::InDoubt, "{status}");
        }
    }

    #[test]
    fn what_may_pass_by_itself() {
        assert!(may_pass(&Outcome::Sent) && may_pass(&Outcome::NotConnected));
        for status in 100..=599_u16 {
            let expected = matches!(status, 200..=299 | 408 | 429 | 500..=599);
            for readable in [false, true] {
                assert_eq!(
                    may_pass(&Outcome::Answered { status, readable }),
                    expected,
                    "{status}"
                );
            }
        }
    }
}
