//! What people see: pages, the parts that are alive in the browser, and the server functions behind them.
//!
//! A page is three files: `mod.rs` (its form and what it shows), `api.rs` (server functions: raw input to
//! domain types to ledger and identity) and `page.rs` (markup). This crate holds no SQL and knows no Redis.
//! Everything that exists on the server only lives behind `server`, the one `cfg` of the crate.

// Views are deeply nested types.
#![recursion_limit = "512"]
#![allow(
    missing_docs,
    reason = "the server and island macros make public items that cannot carry a docstring"
)]

pub mod activity;
pub mod add_money;
pub mod address;
pub mod approval;
pub mod forgotten;
pub mod freeze;
pub mod google;
pub mod home;
pub mod landing;
pub mod notices;
pub mod passkey;
pub mod password;
pub mod people;
pub mod preferences;
pub mod profile;
pub mod receipt;
pub mod second_factor;
pub mod security;
pub mod send;
#[cfg(feature = "ssr")]
pub mod server;
pub mod sessions;
pub mod settings;
pub mod shell;
pub mod sign_in;
pub mod sign_up;
pub mod ui;
pub mod way_back;

pub use shell::{App, shell};
