//! The short name somebody chose to be paid by.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A handle: 3 to 20 of a–z, 0–9 and _, in lower case and without its @. Shown as `@asha`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Handle(String);

/// What would pass for us, or for a bank of ours.
const KEPT: [&str; 14] = [
    "okane",
    "okane_help",
    "admin",
    "support",
    "help",
    "security",
    "bank",
    "refund",
    "refunds",
    "payments",
    "official",
    "deccan",
    "nilgiri",
    "malwa",
];

impl Handle {
    /// Reads a handle in upper or lower case, with or without its @. One that is kept is read too: nobody has it.
    pub fn parse(text: &str) -> Result<Self, HandleError> {
        let text = text.trim();
        let handle = text.strip_prefix('@').unwrap_or(text).to_ascii_lowercase();
        if handle.is_empty() {
            return Err(HandleError::Empty);
        }
        let sound = (3..=20).contains(&handle.len())
            && handle.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if sound { Ok(Handle(handle)) } else { Err(HandleError::Malformed) }
    }

    /// Reads one that somebody wants to have.
    pub fn choose(text: &str) -> Result<Self, HandleError> {
        let handle = Handle::parse(text)?;
        if KEPT.contains(&handle.as_str()) { Err(HandleError::Kept) } else { Ok(handle) }
    }

    /// The handle without its @.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `@asha`
impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

impl TryFrom<String> for Handle {
    type Error = HandleError;

    fn try_from(text: String) -> Result<Self, HandleError> {
        Handle::parse(&text)
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> String {
        handle.0
    }
}

/// Why a typed handle was not taken. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum HandleError {
    /// Nothing was typed.
    #[error("Enter a handle, like @asha.")]
    Empty,
    /// Too short, too long, or with other characters.
    #[error("A handle has 3 to 20 characters: letters from a to z, digits and _, like @asha_rao.")]
    Malformed,
    /// It would pass for ours.
    #[error("This handle is kept for OKANE itself. Choose another.")]
    Kept,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_handle_is_the_same_handle() {
        for text in ["asha_7", "@asha_7", " @ASHA_7 ", "Asha_7"] {
            assert_eq!(Handle::parse(text).map(String::from), Ok("asha_7".to_owned()), "{text}");
        }
        assert_eq!(Handle::parse("asha").map(|handle| handle.to_string()), Ok("@asha".to_owned()));
    }

    #[test]
    fn what_is_not_a_handle_is_refused() {
        for text in ["", "@", "  "] {
            assert_eq!(Handle::parse(text), Err(HandleError::Empty), "{text:?}");
        }
        let long = "a".repeat(21);
        for text in ["ab", &long, "a b c", "asha!", "@@asha", "аsha", "ａsha", "asha\0", "asha.rao", "<b>"]
        {
            assert_eq!(Handle::parse(text), Err(HandleError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn nobody_can_choose_to_pass_for_us() {
        assert_eq!(Handle::choose("@OKANE"), Err(HandleError::Kept));
        assert_eq!(Handle::choose("okane_fan").map(String::from), Ok("okane_fan".to_owned()));
    }
}
