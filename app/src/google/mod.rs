//! Signing in with Google, or whichever provider is configured in its place: the button, the page for whoever comes for
//! the first time, and connecting it to an account that one has.

pub mod api;
mod arrival;
mod button;
mod ways;

pub use arrival::ArrivalPage;
pub use button::{Again, Continue, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
pub use ways::WaysPage;

use crate::ui::form::Typed;

/// Given to every page where a provider is configured.
#[derive(Debug, Clone, Copy)]
pub struct Offered;

/// Given to the pages of a session that was begun by the provider and whose owner has no password to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByGoogle {
    /// They have shown there a moment ago that it is them.
    pub is_fresh: bool,
}

/// Whoever comes for the first time, as Google knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arriving {
    /// What they are called there.
    pub name: Option<String>,
    /// Their address there.
    pub email: Option<String>,
}

/// The form at `/sign-up/google`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArrivalForm {
    /// Full name.
    pub name: String,
    /// Phone number.
    pub phone: String,
}

impl Typed for ArrivalForm {}

/// How one can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// By a password.
    pub has_password: bool,
    /// By Google.
    pub google: Option<Connected>,
}

/// A Google account that is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// Its address, if Google has verified it.
    pub email: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// A form at `/settings/google`: each does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WaysForm {
    /// Connect.
    pub connect: Option<String>,
    /// Disconnect.
    pub disconnect: Option<String>,
    /// The password, which both ask for in any case. Never shown again.
    pub confirm: String,
}

impl Typed for WaysForm {
    fn without_secrets(self) -> Self {
        WaysForm { confirm: String::new(), ..self }
    }
}
