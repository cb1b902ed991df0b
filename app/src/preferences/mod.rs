//! How a person likes to see things: kept in cookies of this browser, so that the first byte is already right.

use leptos::prelude::*;

/// Light, dark, or whatever the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word in the cookie, the form and `data-theme`.
    pub const fn code(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme with this word; the system's for any other.
    pub fn parse(code: &str) -> Self {
        match code {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// The preferences of the browser that asks; given to pages as context by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// Cookie `theme`.
    pub theme: Theme,
    /// Cookie `hide` = 1: amounts are shown as dots.
    pub hide_amounts: bool,
    /// Cookie `zone`: an IANA name, set by a line of script.
    pub zone: String,
}

impl Default for Preferences {
    fn default() -> Self {
        Preferences { theme: Theme::System, hide_amounts: false, zone: "Asia/Kolkata".to_owned() }
    }
}

/// The preferences of this request.
pub fn preferences() -> Preferences {
    use_context().unwrap_or_default()
}

/// Whether amounts are shown as dots: asked for each of them.
pub fn hides_amounts() -> bool {
    with_context(|preferences: &Preferences| preferences.hide_amounts).unwrap_or_default()
}
