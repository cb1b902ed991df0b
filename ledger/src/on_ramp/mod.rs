//! Money from a bank: an intent first, money only when the bank says so.
//!
//! PROCESSING → SUCCESS, FAILURE or EXPIRED, once. The web opens intents; only the webhook settles them.

mod intent;
mod repo;
mod settlement;

pub use intent::{BankRequest, Intent, OnRampError, OnRampRequest};
pub(crate) use repo::Settle;
pub use settlement::{BankEvent, BankMessage, PaymentOutcome, Settlement};
