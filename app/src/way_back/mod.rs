//! The slow way back of whoever has lost both the app and the recovery codes, and the page that ends it.

pub mod api;
mod page;
mod stop;

use jiff::Timestamp;
pub use page::WayBackPage;
use serde::{Deserialize, Serialize};
pub use stop::StopWayBackPage;

use crate::ui::form::Typed;

/// How it stands with whoever has taken the first step of signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nobody has, in this browser, or it is over.
    Over,
    /// Codes come next: to begin the wait, or after it to turn the second step off.
    Codes {
        /// One goes to an e-mail address too.
        has_email: bool,
        /// They are on their way.
        are_sent: bool,
        /// The wait is over.
        has_waited: bool,
    },
    /// It cannot be asked for yet.
    Cooling {
        /// Until then.
        until: Timestamp,
    },
    /// The wait has begun.
    Waits {
        /// Until then.
        until: Timestamp,
    },
}

/// A form at `/sign-in/way-back`: each does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WayBackForm {
    /// Send codes.
    pub ask: Option<String>,
    /// Begin the wait.
    pub begin: Option<String>,
    /// Turn the second step off, after the wait.
    pub take: Option<String>,
    /// What came at the number. Never shown again.
    pub phone_code: String,
    /// What came at the e-mail address. Never shown again.
    pub email_code: String,
}

impl Typed for WayBackForm {
    fn without_secrets(self) -> Self {
        WayBackForm { phone_code: String::new(), email_code: String::new(), ..self }
    }
}

/// The form at `/stop-way-back`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StopForm {
    /// What stood in the message.
    pub token: String,
}

impl Typed for StopForm {}
