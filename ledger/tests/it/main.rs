//! The ledger against a real Postgres, a database for each test, and a real Redis. Services work with
//! their own roles, so each test also shows that their rights suffice; the superuser only looks and tampers.
#![allow(clippy::unwrap_used)]

mod activity;
mod approval;
mod audit;
mod balance;
mod cooling_off;
mod copies;
mod cut;
mod dealing;
mod fixture;
mod freeze;
mod group_commit;
mod hammer;
mod hold;
mod limit;
mod machine;
mod mutant;
mod on_ramp;
mod outbox;
mod proxy;
mod race;
mod recent;
mod rights;
mod schema;
mod settlement;
mod tamper;
mod transfer;
mod welcome;
