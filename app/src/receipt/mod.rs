//! Did it happen, when, and what does each side have.

pub mod api;
mod page;

pub use page::ReceiptPage;
