use time::macros::datetime;

use super::*;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn waits_double_up_to_half_a_minute() {
    let mut policy = RetryPolicy::new(8);
    for base in [1, 2, 4, 8, 16, 30, 30, 30] {
        let wait = policy.next(None).expect("eight waits");
        assert!(
            wait >= seconds(base) && wait <= seconds(2 * base),
            "{base}: {wait:?}"
        );
    }
    assert_eq!(policy.next(None), None);
    assert_eq!(RetryPolicy::new(0).next(None), None);
    assert_eq!(RetryPolicy::new(0).next_after_limit(Some(seconds(1))), None);
    assert_eq!(
        RetryPolicy::new(1).next(Some(seconds(50))),
        Some(seconds(50))
    );
}

#[test]
fn waits_for_the_limit_outlast_its_minute() {
    let mut policy = RetryPolicy::new(4);
    let waits: Vec<_> = std::iter::from_fn(|| policy.next_after_limit(None)).collect();
    assert_eq!(waits.len(), 4);
    assert!(waits.iter().sum::<Duration>() >= seconds(58), "{waits:?}");
}

#[test]
fn the_requested_wait_is_kept_and_not_stretched_much() {
    for _ in 0..100 {
        let mut policy = RetryPolicy::new(2);
        let first = policy.next_after_limit(Some(seconds(2))).expect("first");
        assert!(
            first >= seconds(2) && first <= Duration::from_millis(2500),
            "{first:?}"
        );
        let second = policy.next_after_limit(Some(seconds(60))).expect("second");
        assert!(second >= seconds(60), "{second:?}");
    }
    let mut policy = RetryPolicy::new(2);
    policy.next_after_limit(Some(Duration::ZERO));
    assert!(policy.next_after_limit(Some(Duration::ZERO)) >= Some(seconds(8)));
}

#[test]
fn retry_after_headers() {
    let now = datetime!(2026-11-23 04:00:10.9 UTC);
    let date = Some(datetime!(2026-11-23 04:00:10 UTC));
    let requested = |header| retry_after(header, date, now);
    assert_eq!(requested("2"), Some(seconds(2)));
    assert_eq!(requested(" 0 "), Some(seconds(0)));
    assert_eq!(requested("86400"), Some(seconds(60)));
    assert_eq!(requested("99999999999999999999999"), Some(seconds(60)));
    for garbage in ["", "-5", "soon", "1.5", "+2", "0x10"] {
        assert_eq!(requested(garbage), None, "{garbage}");
    }
    assert_eq!(requested("Mon, 23 Nov 2026 04:00:12 GMT"), Some(seconds(3)));
    assert_eq!(requested("Mon, 23 Nov 2026 03:59:00 GMT"), Some(seconds(0)));
    assert_eq!(
        requested("Tue, 24 Nov 2026 04:00:00 GMT"),
        Some(seconds(60))
    );
    let by_our_clock = retry_after("Mon, 23 Nov 2026 04:00:12 GMT", None, now);
    assert!(by_our_clock >= Some(seconds(2)), "{by_our_clock:?}");
}
