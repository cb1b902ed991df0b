//! How often one key may try. Counted in memory, so a server that starts again has forgotten; it must
//! never be the only thing between a guess and a password.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

/// After so many checks the keys that have their full allowance again are forgotten, so that memory
/// holds only those of the last period.
const CHECKS_PER_CLEANING: u32 = 1024;

/// A number of tries per key: all at once if need be, each coming back after its share of the period.
pub(crate) struct Throttle<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    checks: AtomicU32,
}

/// Too many tries; this long until the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) seconds: u64,
}

impl<K: Hash + Eq + Clone> Throttle<K> {
    /// Allows `tries` in `period`, times `scale`.
    pub(crate) fn new(tries: u32, period: Duration, scale: u32) -> Self {
        let tries = NonZeroU32::new(tries.saturating_mul(scale)).unwrap_or(NonZeroU32::MIN);
        let share = (period / tries.get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(share).expect("a share of time is more than none").allow_burst(tries);
        Throttle { limiter: RateLimiter::keyed(quota), checks: AtomicU32::new(0) }
    }

    /// Takes one try of this key, if it has one.
    pub(crate) fn check(&self, key: &K) -> Result<(), Wait> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_PER_CLEANING == CHECKS_PER_CLEANING - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|refusal| {
            let wait = refusal.wait_time_from(self.limiter.clock().now());
            Wait { seconds: wait.as_secs() + 1 } // rounded up: who waits as told is let in
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_tries_and_then_is_told_how_long_to_wait() {
        let throttle = Throttle::new(3, Duration::from_secs(300), 1);
        for _ in 0..3 {
            assert_eq!(throttle.check(&"a"), Ok(()));
        }
        let Wait { seconds } = throttle.check(&"a").expect_err("the fourth");
        assert!((99..=101).contains(&seconds), "a try comes back each hundred seconds, not {seconds}");
        assert_eq!(throttle.check(&"b"), Ok(()), "another key has its own");
    }

    #[test]
    fn who_waited_is_let_in() {
        let throttle = Throttle::new(1, Duration::from_millis(50), 1);
        assert_eq!(throttle.check(&0), Ok(()));
        assert!(throttle.check(&0).is_err());
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(throttle.check(&0), Ok(()));
    }

    #[test]
    fn the_scale_widens_it() {
        let throttle = Throttle::new(2, Duration::from_secs(60), 50);
        assert_eq!((0..150).filter(|_| throttle.check(&0).is_ok()).count(), 100);
    }

    #[test]
    fn a_scale_of_nothing_or_of_too_much_still_makes_a_throttle() {
        assert_eq!(Throttle::new(10, Duration::from_secs(60), 0).check(&0), Ok(()));
        assert_eq!(Throttle::new(10, Duration::from_secs(60), u32::MAX).check(&0), Ok(()));
    }

    #[test]
    fn keys_of_long_ago_are_forgotten() {
        let throttle = Throttle::new(1, Duration::from_millis(1), 1);
        for key in 0..3 * CHECKS_PER_CLEANING {
            let _ = throttle.check(&key);
            if key % CHECKS_PER_CLEANING == CHECKS_PER_CLEANING - 2 {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        assert!(throttle.limiter.len() < 2 * CHECKS_PER_CLEANING as usize, "{}", throttle.limiter.len());
    }
}
