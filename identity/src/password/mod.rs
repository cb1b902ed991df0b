//! Passwords: which are taken, and how they become hashes. The words themselves are never stored,
//! logged or compared.

mod change;
mod common;
mod hasher;
pub(crate) mod repo;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization as _;

pub(crate) use hasher::{Hasher, UNKNOWN, is_outdated};

/// Above this nobody's password can be: at sign-in it is refused before any work is done. 128 characters are at most
/// 512 bytes, and at most three times as many where a keyboard sends them in parts (UAX #15, table 4).
pub(crate) const MAX_BYTES: usize = 2048;

/// A password that may be chosen: 12 to 128 characters of any script, without rules of composition, but none that
/// is among the first to be tried (NIST SP 800-63B-4, 3.1.1.2).
#[derive(Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Takes what a person chose; `own` is what others know of that person: names, numbers, addresses.
    pub fn parse(text: impl Into<SecretString>, own: &[&str]) -> Result<Self, PasswordError> {
        let text = text.into();
        if text.expose_secret().len() > MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        let text = composed(&text);
        match text.expose_secret().chars().count() {
            0 => Err(PasswordError::Empty),
            1..=11 => Err(PasswordError::TooShort),
            129.. => Err(PasswordError::TooLong),
            _ if common::is_common(text.expose_secret()) => Err(PasswordError::Common),
            _ if common::is_about(text.expose_secret(), own) => Err(PasswordError::Own),
            _ => Ok(NewPassword(text)),
        }
    }

    /// Whether it holds enough that others do not know of its person; `own` as in [`NewPassword::parse`].
    pub(crate) fn is_not_about(&self, own: &[&str]) -> Result<(), PasswordError> {
        if common::is_about(self.0.expose_secret(), own) { Err(PasswordError::Own) } else { Ok(()) }
    }

    pub(crate) fn into_secret(self) -> SecretString {
        self.0
    }
}

/// The same text by the same characters, whatever keyboard it comes from (NFC; RFC 8265, 4.2.2).
fn composed(text: &SecretString) -> SecretString {
    text.expose_secret().nfc().collect::<String>().into()
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
    /// Among the first that anybody tries.
    #[error(
        "This password is one of the first that thieves try. Choose another: a few words are easy to remember."
    )]
    Common,
    /// Little more than the person's name, number or address, or than words about us.
    #[error(
        "Your name, number or address, and words about OKANE, are easy to guess. Choose words that have nothing to do with either."
    )]
    Own,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<NewPassword, PasswordError> {
        NewPassword::parse(text, &[])
    }

    #[test]
    fn a_password_of_twelve_characters_in_any_script_is_taken() {
        for text in [
            "correct horse battery",
            "kelp-oar-nut",
            "नमस्ते दुनिया जी",
            "a   b   c   d",
            &"ü".repeat(128),
            &"🪙".repeat(12),
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(parse(&"🪙".repeat(11)).err(), Some(PasswordError::TooShort));
        assert_eq!(parse(&"🪙".repeat(129)).err(), Some(PasswordError::TooLong));
    }

    #[test]
    fn a_character_is_one_however_the_keyboard_writes_it() {
        let in_parts = "u\u{308}".repeat(12);
        assert_eq!(parse(&in_parts[..33]).err(), Some(PasswordError::TooShort));
        let (one, other) = (parse(&in_parts), parse(&"ü".repeat(12)));
        let text = |password: Result<NewPassword, _>| {
            password.expect("long enough").into_secret().expose_secret().to_owned()
        };
        assert_eq!(text(one), text(other));
        assert!(parse(&"u\u{308}\u{304}".repeat(128)).is_ok());
    }

    #[test]
    fn each_refusal_is_named() {
        assert_eq!(parse("").err(), Some(PasswordError::Empty));
        assert_eq!(parse("abcdefghijk").err(), Some(PasswordError::TooShort));
        assert_eq!(parse(&"a".repeat(1 << 20)).err(), Some(PasswordError::TooLong));
        assert_eq!(parse("PasswordPassword").err(), Some(PasswordError::Common));
        let own = ["Asha Rao", "+91 98450 12264"];
        assert_eq!(NewPassword::parse("asha.rao.1234", &own).err(), Some(PasswordError::Own));
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let password = parse("correct horse battery").expect("long enough");
        assert!(!format!("{password:?} {password:#?}").contains("horse"));
    }
}
