//! Six digits that are sent to a number or an address, and prove that whoever says them reads there.

mod seal;

use std::fmt;

pub(crate) use seal::Seal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::throttle::{Wait, span};

/// A code: six decimal digits. It is shown by no log.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Code(String);

impl Code {
    /// What a person typed; spaces and dashes between the digits are taken.
    pub fn parse(text: &str) -> Result<Self, MalformedCode> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(7).collect();
        let sound = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit());
        if sound { Ok(Code(digits)) } else { Err(MalformedCode) }
    }

    /// Any one, each as likely as the others.
    ///
    /// # Panics
    /// Where the machine has no randomness.
    pub(crate) fn random() -> Self {
        // Of 2⁶⁴ numbers, so few more lead to some codes than to others that nobody can tell.
        let number = getrandom::u64().expect("randomness") % 1_000_000;
        Code(format!("{number:06}"))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl TryFrom<String> for Code {
    type Error = MalformedCode;

    fn try_from(text: String) -> Result<Self, MalformedCode> {
        Code::parse(&text)
    }
}

/// Not six digits. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the six digits of the code.")]
pub struct MalformedCode;

/// By which whoever asked for a code knows what it is for: random, told to them alone, and worth nothing without the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt(pub(crate) Uuid);

impl Attempt {
    pub(crate) fn random() -> Self {
        Attempt(Uuid::new_v4())
    }

    /// As it stands in an address; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().map(Attempt).ok()
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why nothing was sent. The text of the first is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum SendCodeError {
    /// Too many codes for this number or address, or asked for from this network.
    #[error("Many codes were asked for here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a code could not be noted")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for SendCodeError {
    fn from(Wait { seconds }: Wait) -> Self {
        SendCodeError::TooMany { seconds }
    }
}

/// Why a code proved nothing. The text of all but `Storage` is the sentence on the form.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// Not the newest code, or too late, or after too many tries, or nobody asked.
    #[error(
        "This code is not right, or no longer: a code holds for ten minutes and five tries. Look at the newest message, \
         or have a new code sent."
    )]
    Refused,
    /// The same of the code that went to the e-mail address.
    #[error("This is not the code that went to your email. Leave it empty to go on without the address.")]
    EmailRefused,
    /// Right, and meanwhile the number or the address became somebody's.
    #[error("There is such an account already. Sign in.")]
    Taken,
    /// Too many tries of codes for this number or address, or from this network.
    #[error("Many codes were tried here. Wait {} and try again.", span(*seconds))]
    TooMany {
        /// How long to wait.
        seconds: u64,
    },
    /// The database did not do its part.
    #[error("a code could not be looked at")]
    Storage(#[from] sqlx::Error),
}

impl From<Wait> for CodeError {
    fn from(Wait { seconds }: Wait) -> Self {
        CodeError::TooMany { seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_they_are_set_apart() {
        for text in ["012345", "012 345", " 012-345\n", "0 1 2 3 4 5"] {
            assert_eq!(Code::parse(text).expect("six digits").as_str(), "012345", "{text:?}");
        }
        for text in ["", "12345", "1234567", "12345a", "१२३४५६", "12345６"] {
            assert_eq!(Code::parse(text), Err(MalformedCode), "{text:?}");
        }
    }

    #[test]
    fn codes_are_spread_and_shown_by_no_debug() {
        let codes: std::collections::BTreeSet<_> =
            (0..200).map(|_| Code::random().as_str().to_owned()).collect();
        assert!(codes.len() > 190 && codes.iter().all(|code| code.len() == 6));
        let code = Code::parse("012345").expect("six digits");
        assert!(!format!("{code:?}").contains("012345"));
    }
}
