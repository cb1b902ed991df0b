//! Stopping everything that leaves the wallet, and letting it go on.

pub mod api;
mod page;

pub use page::{FreezePage, Frozen};
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// A form at `/settings/freeze`: each does one thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FreezeForm {
    /// Freeze now, or keep frozen what is about to thaw.
    pub freeze: Option<String>,
    /// Thaw, after the delay.
    pub thaw: Option<String>,
    /// Minutes of delay.
    pub delay: Option<String>,
    /// The password, which thawing asks for in any case. Never shown again.
    pub confirm: String,
}

impl Typed for FreezeForm {
    fn without_secrets(self) -> Self {
        FreezeForm { confirm: String::new(), ..self }
    }
}
