//! Everything that moved or tried to, newest first.

pub mod api;
mod page;

pub use page::ActivityPage;
