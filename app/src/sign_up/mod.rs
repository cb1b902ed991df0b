//! A new person, and with them an account, once they have proven their number.

pub mod api;
mod page;
pub(crate) mod verify;

pub use page::SignUpPage;
use serde::{Deserialize, Serialize};
pub use verify::VerifyPage;

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

/// The forms at `/sign-up/verify`, as typed: the codes, or the wish for new ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VerifyForm {
    /// Which of those who sign up.
    pub attempt: String,
    /// What went to the number. Never shown again.
    pub code: String,
    /// What went to the e-mail address; may be empty. Never shown again.
    pub email_code: String,
    /// New codes are wanted.
    pub again: Option<String>,
    /// Where one was going.
    pub next: String,
}

impl Typed for VerifyForm {
    fn without_secrets(self) -> Self {
        VerifyForm { code: String::new(), email_code: String::new(), ..self }
    }
}

/// Where codes went, as whoever asked for them typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The number.
    pub phone: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whoever asked came by Google, and goes back to where they chose the number.
    pub by_google: bool,
}
