//! What comes from outside, thrown at what reads it: one file for each reader, with what must be true of whatever
//! it is given.
//!
//! In the ordinary tests each is given random values for a second. `cargo xtask fuzz` lets libFuzzer look for
//! values that reach code nobody has reached before, as long as one likes.
#![cfg(test)]
#![allow(clippy::unwrap_used)]

mod amount;
mod cached;
mod next;
mod phone;
mod typed;
mod webhook_body;
mod webhook_headers;
