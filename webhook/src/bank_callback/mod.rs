//! What a bank tells us about a payment, from raw bytes to an answer.
//!
//! Verify, then parse, then let the ledger settle: nothing unsigned is parsed, and every message gets
//! an answer. 2xx for done and for done already, 4xx for what another try would not mend, 5xx only for
//! our own trouble, because the bank retries those.

mod answer;
mod api;
pub mod message;

pub use api::router;
