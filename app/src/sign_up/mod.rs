//! A new person, and with them an account.

pub mod api;
mod page;

pub use page::SignUpPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// The form at `/sign-up`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignUpForm {
    /// Full name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// E-mail address; may be empty.
    pub email: String,
    /// Never shown again.
    pub password: String,
    /// Where one was going.
    pub next: String,
}

impl Typed for SignUpForm {
    fn without_secrets(self) -> Self {
        SignUpForm { password: String::new(), ..self }
    }
}
