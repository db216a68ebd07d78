use super::*;

fn response(status: u16, readable: bool, after: Duration) -> Delivery {
    Delivery::Response {
        status,
        readable,
        after,
    }
}

#[test]
fn a_purchase_is_sent_again_only_on_proof_that_nothing_was_bought() {
    let quick = [Duration::ZERO, QUICK];
    let late = [QUICK + Duration::from_millis(1), Duration::from_secs(110)];
    for (after, is_quick) in quick
        .map(|after| (after, true))
        .into_iter()
        .chain(late.map(|after| (after, false)))
    {
        for status in 100..=599_u16 {
            for readable in [false, true] {
                let expected = match (status, readable, is_quick) {
                    (200..=299, true, _) => Effect::Reported,
                    (400 | 404, true, _) => Effect::Refused,
                    (401 | 403, _, true) => Effect::Retry(Retry::TokenRefused),
                    (429, _, true) => Effect::Retry(Retry::RateLimited),
                    _ => Effect::Unknown,
                };
                let effect = response(status, readable, after).effect(Safety::Purchase);
                assert_eq!(effect, expected, "{status} {readable} {after:?}");
            }
        }
    }
    assert_eq!(
        Delivery::NoResponse.effect(Safety::Purchase),
        Effect::Unknown
    );
    assert_eq!(
        Delivery::NotConnected.effect(Safety::Purchase),
        Effect::Retry(Retry::NotConnected)
    );
}

#[test]
fn any_other_request_believes_every_client_error_but_408() {
    for status in 100..=599_u16 {
        for readable in [false, true] {
            let expected = match status {
                200..=299 if readable => Effect::Reported,
                401 | 403 => Effect::Retry(Retry::TokenRefused),
                429 => Effect::Retry(Retry::RateLimited),
                400..=499 if status != 408 => Effect::Refused,
                _ => Effect::Unknown,
            };
            let late = Duration::from_secs(20);
            let effect = response(status, readable, late).effect(Safety::Other);
            assert_eq!(effect, expected, "{status} {readable}");
        }
    }
}

#[test]
fn outages_and_overload_are_transient() {
    assert!(Delivery::NoResponse.is_transient() && Delivery::NotConnected.is_transient());
    for status in 100..=599_u16 {
        let expected = matches!(status, 200..=299 | 408 | 429 | 500..=599);
        let delivery = response(status, true, Duration::ZERO);
        assert_eq!(delivery.is_transient(), expected, "{status}");
    }
}
