//! The binary `okane` as it is deployed: a process, a Postgres of its own, HTTP.
#![allow(clippy::unwrap_used)]

mod access;
mod activity;
mod audit;
mod events;
mod log;
mod picture;
mod session;
mod transfer;
mod trouble;
mod world;
