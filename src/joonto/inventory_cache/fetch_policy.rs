//! When to stop asking number by number and read the inventory instead.
//!
//! Terraform does not say how many numbers it will ask for: the reads come about ten at a time.
//! This is the ski rental problem. Let *D* be the reads that have come,
//! *d* those that were sent to details, and *P* the pages of the inventory. Knowing everything,
//! the cheaper of the two ways costs *min(D, P)*. The policy:
//!
//! 1. A lone read goes to details.
//! 2. With the second read, page 1 is read; it serves the numbers that are on it, and shows *P*.
//! 3. After that the pages still unread are walked once *d + P ≤ 2D*; until then, details.
//!
//! It never costs more than twice *min(D, P)*. While nothing is walked: *d + 1 ≤ D + 1* is paid,
//! and since *d + P > 2D ≥ 2d* held at the last decision, *d < P* as well; with *D ≥ 2* this is
//! within the bound. When the walk starts, *d + P ≤ 2D* by rule; and the decision before it was
//! for details, so *d ≤ P*, which makes *d + P ≤ 2P*. What is paid then is *d + P*, and no later
//! read adds to it. Tokens are two at most, against the one that the cheaper way needs.
//!
//! Waiting reads count in *D* before they cost anything, and so double against *P*: ten reads at
//! once start the walk of up to twenty pages without one request for details. Not counted are
//! requests that safety asks for: a number that the inventory lacks is confirmed by details, and
//! one that this process wrote is read again.

/// The reads of one run, and what was spent on them.
#[derive(Debug, Default)]
pub(super) struct FetchPolicy {
    asked: u64,
    singles: u64,
    is_walking: bool,
}

impl FetchPolicy {
    /// Counts a read that has come.
    pub(super) fn count_read(&mut self) {
        self.asked += 1;
    }

    /// Whether page 1 is worth its request.
    pub(super) fn is_worth_a_page(&self) -> bool {
        self.asked >= 2
    }

    /// Whether the walk pays, with `unread` pages to go. Once begun it is not given up.
    pub(super) fn is_worth_the_walk(&self, unread: u64) -> bool {
        // Page 1 is read by now: what was or will be paid for pages is one more.
        self.is_walking || self.singles + unread < 2 * self.asked
    }

    /// Decides that the inventory is walked.
    pub(super) fn walk(&mut self) {
        self.is_walking = true;
    }

    /// Counts a read that is sent to details.
    pub(super) fn count_details(&mut self) {
        self.singles += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays the policy without time: `parallel` reads at once, none of them on page 1.
    /// Returns what `managed` reads cost in an account of `pages`.
    fn cost(managed: u64, pages: u64, parallel: u64) -> u64 {
        let mut policy = FetchPolicy::default();
        let (mut begun, mut answered, mut waiting) = (0, 0, 0);
        let mut page_1 = 0;
        while answered < managed {
            while waiting < parallel && begun < managed {
                policy.count_read();
                begun += 1;
                waiting += 1;
            }
            if policy.is_worth_a_page() {
                page_1 = 1;
                if policy.is_worth_the_walk(pages - 1) {
                    return policy.singles + pages;
                }
            }
            policy.count_details();
            waiting -= 1;
            answered += 1;
        }
        policy.singles + page_1
    }

    #[test]
    fn never_more_than_twice_the_cheaper_way() {
        for pages in (1..60).chain([100, 500, 1000]) {
            for managed in (1..130).chain([200, 499, 500, 501, 2000, 5000]) {
                for parallel in [1, 2, 3, 10, 50, 1000] {
                    let cost = cost(managed, pages, parallel);
                    let best = managed.min(pages);
                    assert!(
                        cost <= 2 * best,
                        "{managed} in {pages} pages, {parallel} at once: {cost}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_promised() {
        assert_eq!(cost(1, 500, 10), 1);
        assert_eq!(cost(20, 500, 10), 21);
        assert_eq!(cost(1000, 10, 10), 10);
    }
}
