//! Where messages go in development and in tests: nowhere, but to be read.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{Courier, Message};
use crate::Address;

/// Older messages are forgotten.
const KEPT: usize = 10_000;

/// Keeps the newest messages, in memory.
#[derive(Default)]
pub struct Inbox(Mutex<VecDeque<Received>>);

/// A message, and when it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// When.
    pub at: Timestamp,
    /// What.
    pub message: Message,
}

impl Inbox {
    /// Those to this address, the newest first.
    pub fn to(&self, address: &Address) -> Vec<Received> {
        self.all(|received| received.message.to == *address)
    }

    /// The newest to anybody, this many at most.
    pub fn newest(&self, most: usize) -> Vec<Received> {
        let mut all = self.all(|_| true);
        all.truncate(most);
        all
    }

    fn all(&self, which: impl Fn(&Received) -> bool) -> Vec<Received> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().filter(|received| which(received)).cloned().collect()
    }
}

impl Courier for Inbox {
    fn take(&self, message: Message) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(Received { at: Timestamp::now(), message });
        kept.truncate(KEPT);
    }
}
