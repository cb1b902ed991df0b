//! After a failure Redis is left alone for a moment, so that a dead cache costs one timeout, not one a read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct Breaker {
    began: Instant,
    /// Milliseconds since `began` until which nothing is asked.
    open_until: AtomicU64,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        Breaker { began: Instant::now(), open_until: AtomicU64::new(0) }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.now() < self.open_until.load(Ordering::Relaxed)
    }

    /// Notes a failure; true for the first of a series, which is the one worth a log line.
    pub(crate) fn trip(&self) -> bool {
        let now = self.now();
        let until = now + PAUSE.as_millis() as u64;
        let previous = self.open_until.swap(until, Ordering::Relaxed);
        previous + PAUSE.as_millis() as u64 * 2 < now || previous == 0
    }

    fn now(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_opens_the_breaker_and_only_the_first_is_news() {
        let breaker = Breaker::new();
        assert!(!breaker.is_open());
        assert!(breaker.trip());
        assert!(breaker.is_open());
        assert!(!breaker.trip());
    }
}
