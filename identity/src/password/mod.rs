//! Passwords: which are taken, and how they become hashes. The words themselves are never stored,
//! logged or compared.

mod hasher;
pub(crate) mod repo;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

pub(crate) use hasher::{Hasher, UNKNOWN};

/// Above this nobody's password can be: at sign-in it is refused before any work is done.
pub(crate) const MAX_BYTES: usize = 1024;

/// A password that may be chosen: 12 to 128 characters of any script, without rules of composition
/// (NIST SP 800-63B-4, 3.1.1.2).
#[derive(Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Takes what a person chose, unchanged.
    pub fn parse(text: impl Into<SecretString>) -> Result<Self, PasswordError> {
        let text = text.into();
        // Counting stops where it is decided. 128 characters are at most 512 bytes, within MAX_BYTES.
        match text.expose_secret().chars().take(129).count() {
            0 => Err(PasswordError::Empty),
            1..=11 => Err(PasswordError::TooShort),
            12..=128 => Ok(NewPassword(text)),
            _ => Err(PasswordError::TooLong),
        }
    }

    pub(crate) fn into_secret(self) -> SecretString {
        self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// Why a chosen password was not taken. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Nothing was typed.
    #[error("Choose a password.")]
    Empty,
    /// Under 12 characters.
    #[error("Use at least 12 characters for your password. A few words are easy to remember.")]
    TooShort,
    /// Over 128 characters.
    #[error("Use at most 128 characters for your password.")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_twelve_characters_in_any_script_is_taken() {
        for text in [
            "correct horse battery",
            "abcdefghijkl",
            "नमस्ते दुनिया जी",
            "            ",
            &"ü".repeat(128),
            &"🪙".repeat(12),
        ] {
            assert!(NewPassword::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(NewPassword::parse("🪙".repeat(11)).err(), Some(PasswordError::TooShort));
        assert_eq!(NewPassword::parse("🪙".repeat(129)).err(), Some(PasswordError::TooLong));
    }

    #[test]
    fn each_refusal_is_named() {
        assert_eq!(NewPassword::parse("").err(), Some(PasswordError::Empty));
        assert_eq!(NewPassword::parse("abcdefghijk").err(), Some(PasswordError::TooShort));
        assert_eq!(NewPassword::parse("a".repeat(1 << 20)).err(), Some(PasswordError::TooLong));
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let password = NewPassword::parse("correct horse battery").expect("long enough");
        assert!(!format!("{password:?} {password:#?}").contains("horse"));
    }
}
