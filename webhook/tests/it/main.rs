//! The bank's door against a real Postgres, under the role it has in production; and the simulator
//! against a real listener. Where it is to be killed, the binary itself.
#![allow(clippy::unwrap_used, missing_docs)]

mod bank;
mod bank_world;
mod canary;
mod door;
mod door_over_http;
mod forgery;
mod headers;
mod kill;
mod limits;
mod process;
mod refusals;
mod settling;
mod smuggling;
mod start;
mod storm;
#[path = "../../../service/tests/support/mod.rs"]
#[allow(dead_code)] // Each takes what it needs.
mod support;
mod world;
