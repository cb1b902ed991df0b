//! How somebody shows themself: name, handle, picture; and how they like to see things.

pub mod api;
mod page;
mod picture;

pub use page::ProfilePage;
use serde::{Deserialize, Serialize};

use crate::ui::form::Typed;

/// A form at `/settings/profile`, as typed: each changes one thing, under its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    /// Another name.
    pub name: Option<String>,
    /// The handle, chosen once.
    pub handle: Option<String>,
    /// Takes the picture away. It is sent by a form of its own.
    pub remove_picture: Option<String>,
}

impl Typed for ProfileForm {}
