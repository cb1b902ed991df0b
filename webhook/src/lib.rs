//! The bank's door, and a bank to stand before it.
//!
//! [`bank_callback`] takes what a bank says about payments and hands it to the ledger; it is all that
//! `okane-webhook` serves. [`bank_simulator`] plays the banks for development and tests; only
//! `okane-bank` serves it, and never in production. They share [`signature`]. Nothing here holds SQL, decides about money, or is meant for a browser of OKANE.

pub mod bank_callback;
pub mod bank_simulator;
pub mod signature;
