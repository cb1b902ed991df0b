//! The second step of signing in: the page that asks for it, and the settings where it is turned on and off.

pub mod api;
mod codes;
mod page;
#[cfg(feature = "ssr")]
pub mod qr;
mod setup;
pub(crate) mod step;

use jiff::Timestamp;
pub use page::SecondFactorPage;
use serde::{Deserialize, Serialize};
pub use step::SecondStepPage;

use crate::ui::form::Typed;

/// The form at `/sign-in/code`, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepForm {
    /// Of the app, or a recovery code. Never shown again.
    pub code: String,
    /// Where one was going.
    pub next: String,
}

impl Typed for StepForm {
    fn without_secrets(self) -> Self {
        StepForm { code: String::new(), ..self }
    }
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// There is none.
    Off,
    /// A secret is shown to this session, and its first code is awaited.
    Offered {
        /// For the app's camera: the outline of a QR code, and how many squares it has on a side.
        qr: String,
        /// See `qr`.
        side: usize,
        /// For typing.
        key: String,
    },
    /// Signing in asks for it.
    On {
        /// Since when.
        since: Timestamp,
        /// How many recovery codes are left.
        recovery_codes: i64,
        /// From when on somebody who says that it is lost can turn it off, where somebody does.
        way_back: Option<Timestamp>,
    },
}

/// A form at `/settings/second-factor`: each does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondFactorForm {
    /// Show a secret.
    pub begin: Option<String>,
    /// Send another code to the number.
    pub again: Option<String>,
    /// Turn on what is shown.
    pub turn_on: Option<String>,
    /// Other recovery codes.
    pub renew: Option<String>,
    /// Turn it off.
    pub turn_off: Option<String>,
    /// End the wait of whoever says that it is lost.
    pub keep: Option<String>,
    /// A code of the app, which all but showing a secret ask for. Never shown again.
    pub code: String,
    /// The code that went to the number. Never shown again.
    pub sent: String,
    /// The password, which all but turning on ask for. Never shown again.
    pub confirm: String,
}

impl Typed for SecondFactorForm {
    fn without_secrets(self) -> Self {
        SecondFactorForm { code: String::new(), sent: String::new(), confirm: String::new(), ..self }
    }
}

/// What a form has done.
#[derive(Clone, Serialize, Deserialize)]
pub enum Changed {
    /// It is seen on this page.
    Page(String),
    /// There are these recovery codes, which are shown in this answer and in no other.
    Codes(Codes),
}

/// Recovery codes to be written down, given to the page that shows them. They have no `Debug`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Codes(pub Vec<String>);
