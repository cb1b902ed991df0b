//! The binary `okane` as it is deployed: a process, a Postgres of its own, HTTP.
#![allow(clippy::unwrap_used)]

mod access;
mod activity;
mod address;
mod approval;
mod audit;
#[path = "../../../identity/tests/support/authenticator.rs"]
#[allow(dead_code)] // Each takes what it needs.
mod authenticator;
mod begun;
mod cache;
mod canary;
mod courier;
mod cross_site;
mod doors;
mod enumeration;
mod events;
mod fault;
mod forgotten;
mod freeze;
mod headers;
mod limits;
mod log;
mod mail;
mod mass_assignment;
mod metrics;
mod openid;
mod passkey;
mod picture;
mod redirect;
mod reports;
mod second_factor;
mod session;
mod sign_up;
mod smuggling;
#[path = "../../../service/tests/support/mod.rs"]
#[allow(dead_code)] // Each takes what it needs.
mod support;
mod suspension;
mod throttle;
mod tls;
mod transfer;
mod trouble;
mod way_back;
mod way_on;
mod world;
mod xss;
