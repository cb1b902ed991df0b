//! Who am I: the way in and the way out.

pub mod api;
mod page;

pub use page::SignInPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// The form at `/sign-in`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// Phone number or e-mail address.
    pub identifier: String,
    /// Never shown again.
    pub password: String,
    /// In the place of both: the answer of a device, as JSON. Never shown again.
    pub passkey: String,
    /// Where one was going.
    pub next: String,
}

impl Typed for SignInForm {
    fn without_secrets(self) -> Self {
        SignInForm { password: String::new(), passkey: String::new(), ..self }
    }
}
