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
    /// Nothing was asked for.
    Blank {
        /// There is an e-mail address.
        has_email: bool,
    },
    /// Codes are on their way.
    Asked {
        /// To an e-mail address too.
        has_email: bool,
    },
    /// The wait has begun.
    Waits {
        /// Until then.
        until: Timestamp,
    },
    /// It is over, and the second step can be turned off.
    Ready,
}

/// A form at `/sign-in/way-back`: each does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WayBackForm {
    /// Send codes.
    pub ask: Option<String>,
    /// Begin the wait.
    pub begin: Option<String>,
    /// Turn the second step off.
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
