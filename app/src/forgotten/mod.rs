//! The way back in for whoever has forgotten their password.

pub mod api;
mod page;
mod reset;

pub use page::ForgottenPage;
pub use reset::ResetPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// The form at `/forgotten`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForgottenForm {
    /// Phone number or e-mail address.
    pub identifier: String,
}

impl Typed for ForgottenForm {}

/// The form at `/forgotten/code`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResetForm {
    /// Which of those who have forgotten theirs.
    pub attempt: String,
    /// What was sent. Never shown again.
    pub code: String,
    /// Never shown again.
    pub password: String,
}

impl Typed for ResetForm {
    fn without_secrets(self) -> Self {
        ResetForm { code: String::new(), password: String::new(), ..self }
    }
}
