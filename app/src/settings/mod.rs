//! What a person decides for themself: how much they may pay, and how long they can undo it.

pub mod api;
mod page;
mod undo;

use domain::{
    Period, UndoWindow,
    view::{CoolingOff, Limit},
};
pub use page::LimitsPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The limits, with what is used of each.
    pub limits: Vec<Limit>,
    /// How long any payment can be undone.
    pub undo: UndoWindow,
    /// How little leaves for now, after a change of number or address.
    pub cooling: Option<CoolingOff>,
}

/// A form at `/settings/limits`, as typed: each changes one thing, a limit under the name of its period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitForm {
    /// The most for one payment.
    pub transfer: Option<String>,
    /// The most in a day.
    pub day: Option<String>,
    /// The most in a month.
    pub month: Option<String>,
    /// Seconds to undo a payment.
    pub undo: Option<String>,
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
