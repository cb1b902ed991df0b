//! Money from a bank: the form, and the status of what was asked.

pub mod api;
mod page;
mod status;
mod timeline;

pub use page::AddMoneyPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;
pub use status::AddMoneyStatusPage;

/// The form at `/add-money`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddMoneyForm {
    /// Amount.
    pub amount: String,
    /// Code of the bank.
    pub bank: String,
    /// Idempotency key, made when the form is rendered.
    pub key: String,
}

impl Typed for AddMoneyForm {}
