//! How much a person lets themself pay.

pub mod api;
mod page;

use domain::Period;
pub use page::LimitsPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// A form at `/settings/limits`, as typed: each changes one limit, under the name of its period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitForm {
    /// The most for one payment.
    pub transfer: Option<String>,
    /// The most in a day.
    pub day: Option<String>,
    /// The most in a month.
    pub month: Option<String>,
}

impl LimitForm {
    /// What was typed for a period.
    pub fn of(&self, period: Period) -> Option<&str> {
        match period {
            Period::Transfer => self.transfer.as_deref(),
            Period::Day => self.day.as_deref(),
            Period::Month => self.month.as_deref(),
        }
    }
}

impl Typed for LimitForm {}
