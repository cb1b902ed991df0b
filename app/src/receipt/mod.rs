//! Did it happen or does it wait, when, and what does each side have.

pub mod api;
mod countdown;
mod details;
mod history;
mod outcome;
mod page;
mod waiting;

use domain::{Paise, view::Receipt};
pub use page::ReceiptPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// Everything the receipt's page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The receipt.
    pub receipt: Receipt,
    /// Above this a first payment waits.
    pub large: Paise,
}

/// The form at `/receipts/{transfer}`: its one button cancels, and the address says what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelForm {}

impl Typed for CancelForm {}
