//! What somebody says in the second step: the six digits of their app, or one of their recovery codes.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::Code;

/// Of a recovery code: 16 of 32 are 80 bits, in four groups. Nothing that looks like something else (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;
const GROUP: usize = 4;

/// Either of the two. It is shown by no log.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub enum SecondCode {
    /// What the app shows just now.
    App(Code),
    /// What was written down for the day on which there is no app.
    Recovery(RecoveryCode),
}

impl SecondCode {
    /// What a person typed, however they set it apart.
    pub fn parse(text: &str) -> Result<Self, MalformedSecondCode> {
        match Code::parse(text) {
            Ok(code) => Ok(SecondCode::App(code)),
            Err(_) => RecoveryCode::parse(text).map(SecondCode::Recovery).ok_or(MalformedSecondCode),
        }
    }
}

impl TryFrom<String> for SecondCode {
    type Error = MalformedSecondCode;

    fn try_from(text: String) -> Result<Self, MalformedSecondCode> {
        SecondCode::parse(&text)
    }
}

/// Neither. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the six digits that your app shows, or one of your recovery codes.")]
pub struct MalformedSecondCode;

/// One of ten that open the second step once each, without the app.
#[derive(Clone)]
pub struct RecoveryCode(SecretString);

impl RecoveryCode {
    fn parse(text: &str) -> Option<Self> {
        let plain = |letter: char| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        };
        let letters = text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(plain);
        let letters: String = letters.take(LENGTH + 1).collect();
        let sound = letters.len() == LENGTH && letters.bytes().all(|letter| ALPHABET.contains(&letter));
        sound.then(|| RecoveryCode(letters.into()))
    }

    /// Any one, each as likely as the others.
    ///
    /// # Panics
    /// Where the machine has no randomness.
    pub(super) fn random() -> Self {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).expect("randomness");
        let letters: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        RecoveryCode(letters.into())
    }

    /// What is hashed.
    pub(super) fn secret(&self) -> SecretString {
        self.0.clone()
    }

    /// As it is shown, once: `K7QM-2XHD-9WVT-B4NE`.
    pub fn shown(&self) -> String {
        let letters = self.0.expose_secret();
        let groups: Vec<_> = (0..LENGTH).step_by(GROUP).map(|at| &letters[at..at + GROUP]).collect();
        groups.join("-")
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_an_app_and_recovery_codes_are_told_apart_however_they_are_typed() {
        for text in ["012345", " 012 345\n"] {
            assert!(matches!(SecondCode::parse(text), Ok(SecondCode::App(_))), "{text:?}");
        }
        for text in ["K7QM-2XHD-9WVT-B4N0", "k7qm2xhd9wvtb4no", " k7qm 2xhd-9wvt b4nO "] {
            let Ok(SecondCode::Recovery(code)) = SecondCode::parse(text) else { panic!("{text:?}") };
            assert_eq!(code.shown(), "K7QM-2XHD-9WVT-B4N0");
        }
        for text in [
            "",
            "12345",
            "K7QM-2XHD-9WVT-B4N",
            "K7QM-2XHD-9WVT-B4N0-1",
            "K7QM-2XHD-9WVT-B4NÖ",
            "K7QM-2XHD-9WVT-B4NU",
        ] {
            assert!(SecondCode::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn recovery_codes_are_spread_and_shown_by_no_debug() {
        let codes: Vec<_> = (0..200).map(|_| RecoveryCode::random()).collect();
        let shown: std::collections::BTreeSet<_> = codes.iter().map(RecoveryCode::shown).collect();
        assert_eq!(shown.len(), 200);
        let letters: std::collections::BTreeSet<_> = shown.iter().flat_map(|code| code.bytes()).collect();
        assert_eq!(letters.len(), 33, "all letters and the dash");
        assert!(!format!("{:?}", codes[0]).contains(&codes[0].shown()[..4]));
    }
}
