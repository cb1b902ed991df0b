//! After a failure Redis is left alone until it was seen to work again, so that a dead cache costs whoever was
//! under way one short wait, and whoever comes later none.

use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Default)]
pub(crate) struct Breaker {
    open: AtomicBool,
}

impl Breaker {
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Notes a failure; true for the first of a series, whose witness sees to it that somebody looks for the end.
    pub(crate) fn trip(&self) -> bool {
        !self.open.swap(true, Ordering::Relaxed)
    }

    /// It works again.
    pub(crate) fn close(&self) {
        self.open.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_opens_the_breaker_and_only_the_first_is_news() {
        let breaker = Breaker::default();
        assert!(!breaker.is_open());
        assert!(breaker.trip());
        assert!(breaker.is_open());
        assert!(!breaker.trip());
        breaker.close();
        assert!(!breaker.is_open() && breaker.trip());
    }
}
