//! What happened to one's account lately.

pub mod api;
mod page;

use jiff::Timestamp;
pub use page::NoticesPage;
use serde::{Deserialize, Serialize};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub sentence: String,
    /// `Firefox on Windows`, where it is known.
    pub device: Option<String>,
    /// `203.0.113.…`, the same.
    pub network: Option<String>,
    /// When.
    pub at: Timestamp,
}
