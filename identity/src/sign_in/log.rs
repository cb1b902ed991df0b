//! A try to sign in is a line in the log (ASVS 5.0, 16.3.1), unless the database failed before it was one.

use domain::UserId;

use super::{Opened, SignInError};
use crate::{PasskeyError, SecondFactorError, WayBackError};

/// What came of a try.
pub(crate) trait Outcome {
    /// In a word.
    fn word(&self) -> &'static str;
}

impl Outcome for Result<Opened, SignInError> {
    fn word(&self) -> &'static str {
        match self {
            Ok(opened) => opened.word(),
            Err(SignInError::Refused) => "refused",
            Err(SignInError::Suspended) => "suspended",
            Err(SignInError::TooMany { .. }) => "too_many",
            Err(SignInError::Storage(_)) => "trouble",
        }
    }
}

impl Outcome for Opened {
    fn word(&self) -> &'static str {
        match self {
            Opened::Session(_) => "session",
            Opened::SecondStep(_) => "second_step",
        }
    }
}

impl<T> Outcome for Result<T, SecondFactorError> {
    fn word(&self) -> &'static str {
        match self {
            Ok(_) => "session",
            Err(SecondFactorError::Refused | SecondFactorError::SentRefused) => "refused",
            Err(SecondFactorError::Over) => "over",
            Err(SecondFactorError::TooMany { .. }) => "too_many",
            Err(SecondFactorError::Storage(_)) => "trouble",
        }
    }
}

impl<T> Outcome for Result<T, PasskeyError> {
    fn word(&self) -> &'static str {
        match self {
            Ok(_) => "session",
            Err(PasskeyError::Over) => "over",
            Err(PasskeyError::TooMany { .. }) => "too_many",
            Err(PasskeyError::Storage(_)) => "trouble",
            Err(PasskeyError::Suspended) => "suspended",
            Err(PasskeyError::Refused | PasskeyError::Known | PasskeyError::Full) => "refused",
        }
    }
}

impl<T> Outcome for Result<T, WayBackError> {
    fn word(&self) -> &'static str {
        match self {
            Ok(_) => "session",
            Err(WayBackError::Over) => "over",
            Err(WayBackError::TooMany { .. }) => "too_many",
            Err(WayBackError::Storage(_)) => "trouble",
            Err(
                WayBackError::Waits { .. }
                | WayBackError::Cooling { .. }
                | WayBackError::PhoneRefused
                | WayBackError::EmailRefused,
            ) => "refused",
        }
    }
}

/// Notes a try: by what, whose account it is where that is known, and what came of it. Never what was typed.
pub(crate) fn note(by: &'static str, person: Option<UserId>, outcome: &impl Outcome) {
    let person = person.map(tracing::field::display);
    tracing::info!(by, person, outcome = outcome.word(), "a try to sign in");
}
