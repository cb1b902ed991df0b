//! The bank's door against a real Postgres, under the role it has in production; and the simulator
//! against a real listener.
#![allow(clippy::unwrap_used, missing_docs)]

mod bank;
mod bank_world;
mod door;
mod door_over_http;
mod forgery;
mod refusals;
mod settling;
mod start;
mod world;
