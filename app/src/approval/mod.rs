//! Payments above an amount are approved one by one, by a PIN or a passkey: how it is set, and where it is asked for.

pub mod api;
mod ask;
mod page;

pub use ask::{Ask, Asked, announced};
use domain::{Paise, approval::PinState};
pub use page::ApprovalPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// What the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    /// How it stands with the PIN.
    pub pin: PinState,
    /// Whether there is a passkey, which approves as a PIN does.
    pub has_passkeys: bool,
    /// Payments above this are approved; zero: each; `None`: none.
    pub above: Option<Paise>,
}

impl Approvals {
    /// The same in a word or two.
    pub fn in_words(&self) -> String {
        match (self.pin, self.above) {
            (PinState::None, _) if !self.has_passkeys => "No PIN yet".to_owned(),
            (PinState::Void, _) if !self.has_passkeys => "PIN holds no longer".to_owned(),
            (_, None) => "Never asked".to_owned(),
            (_, Some(Paise::ZERO)) => "Every payment".to_owned(),
            (_, Some(above)) => format!("Above {}", above.short()),
        }
    }
}

/// A form at `/settings/approval`: each does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApprovalForm {
    /// Set the PIN.
    pub set: Option<String>,
    /// Remove it.
    pub remove: Option<String>,
    /// Six digits. Never shown again.
    pub pin: String,
    /// When one is asked: `always`, `above`, `never`.
    pub ask: Option<String>,
    /// Above which amount.
    pub above: String,
    /// The password, where it is asked for. Never shown again.
    pub confirm: String,
}

impl Typed for ApprovalForm {
    fn without_secrets(self) -> Self {
        ApprovalForm { pin: String::new(), confirm: String::new(), ..self }
    }
}
