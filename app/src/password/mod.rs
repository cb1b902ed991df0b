//! Another password.

pub mod api;
mod page;

pub use page::PasswordPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// Said wherever a password is chosen.
pub const HELP: &str = "12 characters or more. Three plain words are better than one clever one.";

/// The form at `/settings/password`, as typed; none of it is shown again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordForm {
    /// The password there is: under the name by which every form asks for it.
    pub confirm: String,
    /// The one there is to be.
    pub password: String,
}

impl Typed for PasswordForm {
    fn without_secrets(self) -> Self {
        PasswordForm::default()
    }
}
