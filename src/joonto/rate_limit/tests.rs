use proptest::prelude::*;

use super::super::testing::{Log, VirtualClock, context, seconds};
use super::*;
use crate::context::Canceller;

fn limiter(per_minute: u32, clock: &VirtualClock) -> Arc<Limiter> {
    Arc::new(Limiter::new(per_minute, Arc::new(clock.clone())))
}

/// Lets every task go on until all of them wait for the clock or for each other.
async fn run_all_tasks() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// One request: when it is made, how long its response takes, and after what share of that it
/// arrives at the server.
#[derive(Clone, Copy, Debug)]
struct Planned {
    made_at: u64,
    takes: u64,
    arrival: f64,
    is_urgent: bool,
}

fn planned() -> impl Strategy<Value = Planned> {
    (0..200_000_u64, 0..40_000_u64, 0.0..=1.0, any::<bool>()).prop_map(
        |(made_at, takes, arrival, is_urgent)| Planned {
            made_at,
            takes,
            arrival,
            is_urgent,
        },
    )
}

/// Runs the requests and returns when each arrived at the server.
async fn arrivals(limit: u32, requests: Vec<Planned>) -> Vec<Duration> {
    let clock = VirtualClock::new();
    let limiter = limiter(limit, &clock);
    let mut tasks = tokio::task::JoinSet::new();
    for request in requests {
        let (clock, limiter) = (clock.clone(), limiter.clone());
        tasks.spawn(async move {
            clock.sleep(Duration::from_millis(request.made_at)).await;
            let priority = if request.is_urgent {
                Priority::Ahead
            } else {
                Priority::Refresh
            };
            let permit = limiter
                .admit(priority, &context(&clock))
                .await
                .expect("no stop");
            let takes = Duration::from_millis(request.takes);
            let arrived_at = clock.elapsed() + takes.mul_f64(request.arrival);
            clock.sleep(takes).await;
            drop(permit);
            arrived_at
        });
    }
    let mut arrivals = Vec::new();
    loop {
        run_all_tasks().await;
        while let Some(arrived) = tasks.try_join_next() {
            arrivals.push(arrived.expect("no panic"));
        }
        if tasks.is_empty() {
            break;
        }
        assert!(clock.advance_to_next(), "requests wait for nothing");
    }
    arrivals.sort();
    arrivals
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_more_than_the_limit_in_any_minute(
        limit in 1..6_u32,
        requests in prop::collection::vec(planned(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let count = requests.len();
        let arrivals = runtime.block_on(arrivals(limit, requests));
        prop_assert_eq!(arrivals.len(), count);
        for window in arrivals.windows(limit as usize + 1) {
            prop_assert!(window[limit as usize] - window[0] >= WINDOW, "{:?}", window);
        }
    }
}

#[tokio::test]
async fn a_full_burst_passes_at_once_and_the_next_after_a_minute() {
    let at_once = Planned {
        made_at: 0,
        takes: 100,
        arrival: 0.0,
        is_urgent: false,
    };
    let arrivals = arrivals(50, vec![at_once; 51]).await;
    assert_eq!(arrivals[49], Duration::ZERO);
    assert_eq!(arrivals[50], Duration::from_millis(60_100));
}

#[tokio::test]
async fn purchases_overtake_refreshes() {
    let clock = VirtualClock::new();
    let limiter = limiter(1, &clock);
    let order: Arc<Mutex<Vec<&str>>> = Arc::default();
    let first = limiter
        .admit(Priority::Refresh, &context(&clock))
        .await
        .expect("free");
    let mut tasks = tokio::task::JoinSet::new();
    for (name, priority) in [
        ("refresh 1", Priority::Refresh),
        ("refresh 2", Priority::Refresh),
        ("purchase 1", Priority::Ahead),
        ("purchase 2", Priority::Ahead),
    ] {
        let (limiter, clock, order) = (limiter.clone(), clock.clone(), order.clone());
        tasks.spawn(async move {
            let permit = limiter
                .admit(priority, &context(&clock))
                .await
                .expect("no stop");
            order.lock().expect("order").push(name);
            drop(permit);
        });
        run_all_tasks().await;
    }
    drop(first);
    while !tasks.is_empty() {
        run_all_tasks().await;
        while tasks.try_join_next().is_some() {}
        clock.advance_to_next();
    }
    let order = order.lock().expect("order").clone();
    assert_eq!(
        order,
        ["purchase 1", "purchase 2", "refresh 1", "refresh 2"]
    );
}

#[tokio::test]
async fn a_pause_holds_everyone_and_is_never_shortened() {
    let clock = VirtualClock::new();
    let limiter = limiter(0, &clock);
    limiter.pause(seconds(10));
    limiter.pause(seconds(3));
    let waiting = tokio::spawn({
        let (limiter, clock) = (limiter.clone(), clock.clone());
        async move {
            limiter
                .admit(Priority::Ahead, &context(&clock))
                .await
                .expect("no stop");
            clock.elapsed()
        }
    });
    run_all_tasks().await;
    clock.advance(seconds(9));
    run_all_tasks().await;
    limiter.pause(seconds(2));
    clock.advance(seconds(1));
    run_all_tasks().await;
    assert!(!waiting.is_finished());
    clock.advance(seconds(1));
    assert_eq!(waiting.await.expect("no panic"), seconds(11));
}

#[tokio::test]
async fn a_stop_ends_the_wait_and_leaves_the_queue() {
    let clock = VirtualClock::new();
    let limiter = limiter(1, &clock);
    limiter
        .admit(Priority::Ahead, &context(&clock))
        .await
        .expect("free")
        .give_back();
    let held = limiter
        .admit(Priority::Ahead, &context(&clock))
        .await
        .expect("given back");
    let canceller = Canceller::new();
    let stoppable = Context::new(Arc::new(clock.clone()), canceller.signal());
    let waiting = tokio::spawn({
        let limiter = limiter.clone();
        async move { limiter.admit(Priority::Ahead, &stoppable).await.map(drop) }
    });
    run_all_tasks().await;
    canceller.stop();
    assert_eq!(waiting.await.expect("no panic"), Err(Interrupted::Stopped));
    assert!(locked(&limiter.state).queue.is_empty());
    held.give_back();
    let next = limiter.admit(Priority::Refresh, &context(&clock)).await;
    assert!(next.is_ok(), "the stopped one is in nobody's way");
}

#[tokio::test]
async fn a_wait_that_people_would_notice_is_in_the_log_once() {
    let log = Log::begin();
    let clock = VirtualClock::new();
    let limiter = limiter(1, &clock);
    let first = limiter.admit(Priority::Refresh, &context(&clock)).await;
    drop(first.expect("free"));
    assert_eq!(log.text(), "", "nothing was waited for");
    let waiting = tokio::spawn({
        let (limiter, clock) = (limiter.clone(), clock.clone());
        async move {
            limiter
                .admit(Priority::Refresh, &context(&clock))
                .await
                .map(drop)
        }
    });
    run_all_tasks().await;
    // It is woken and finds that it still has to wait.
    limiter.changed.notify_waiters();
    run_all_tasks().await;
    clock.advance(seconds(60));
    assert_eq!(waiting.await.expect("no panic"), Ok(()));
    let text = log.text();
    assert_eq!(
        text.matches("waiting for the request limit").count(),
        1,
        "{text}"
    );
    assert!(
        text.contains("seconds=60") && text.contains("queued=1"),
        "{text}"
    );

    limiter.pause(seconds(7));
    let text = log.text();
    assert!(
        text.contains("the API is at its limit") && text.contains("seconds=7"),
        "{text}"
    );
}
