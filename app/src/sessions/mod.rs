//! Where one is signed in, and how to end it.

pub mod api;
mod page;

use domain::Digest;
use jiff::Timestamp;
pub use page::SessionsPage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// A session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// By which a form names it.
    pub name: Digest,
    /// `Firefox on Windows`; unknown where it was begun before that was noted.
    pub device: Option<String>,
    /// `203.0.113.…`, the same.
    pub network: Option<String>,
    /// From where it was last used, the same.
    pub last_network: Option<String>,
    /// From where it was used before that, where it was elsewhere.
    pub also_network: Option<String>,
    /// When it was begun.
    pub since: Timestamp,
    /// When it was last used.
    pub last_use: Timestamp,
    /// It is the one that looks.
    pub is_this: bool,
}

/// A form at `/settings/sessions`: ends one session, or all others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// Which, by its name.
    pub end: Option<String>,
    /// Every one but this.
    pub others: Option<String>,
}

impl Typed for EndForm {}
