//! Passkeys: the page where they are added and removed, and the buttons that ask for one.

pub mod api;
mod ceremony;
mod new;
mod page;

pub use ceremony::{Button, Prove, SignIn};
use jiff::Timestamp;
pub use new::NewPasskeyPage;
pub use page::PasskeysPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// Given to every page where there can be passkeys: they are bound to the host of our origin, and want https or this
/// machine.
#[derive(Debug, Clone, Copy)]
pub struct Possible;

/// A passkey, as its owner knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// By which its owner tells us which one they mean.
    pub id: String,
    /// What they called it.
    pub name: String,
    /// When it was added.
    pub made_at: Timestamp,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

/// A form at `/settings/passkeys`: each does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasskeysForm {
    /// Ask for another one.
    pub begin: Option<String>,
    /// What it, or the one that is renamed, is to be called.
    pub name: String,
    /// Call this one otherwise.
    pub rename: Option<String>,
    /// Remove this one.
    pub remove: Option<String>,
    /// Of the second step, where that is on and another one is asked for. Never shown again.
    pub code: String,
    /// The password, which adding and removing ask for. Never shown again.
    pub confirm: String,
}

impl Typed for PasskeysForm {
    fn without_secrets(self) -> Self {
        PasskeysForm { code: String::new(), confirm: String::new(), ..self }
    }
}

/// A passkey that was asked for and is to be made now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// What it is to be called.
    pub name: String,
    /// What the device is told, as JSON.
    pub options: String,
}

/// The form at `/settings/passkeys/new`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewForm {
    /// The device's answer, as JSON. Never shown again.
    pub passkey: String,
}

impl Typed for NewForm {
    fn without_secrets(self) -> Self {
        NewForm::default()
    }
}
