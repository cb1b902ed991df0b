//! What money is sent to: the ways to name exactly one person.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Handle, Phone, handle::HandleError, phone::PhoneError};

/// Somebody as a payer names them. Only the whole of either finds anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Payee {
    /// By number.
    Phone(Phone),
    /// By handle.
    Handle(Handle),
}

impl Payee {
    /// Reads what a person typed: what begins with @ is a handle, everything else a number.
    pub fn parse(text: &str) -> Result<Self, PayeeTextError> {
        let text = text.trim();
        if text.is_empty() {
            Err(PayeeTextError::Empty)
        } else if text.starts_with('@') {
            Ok(Payee::Handle(Handle::parse(text)?))
        } else {
            Ok(Payee::Phone(Phone::parse(text)?))
        }
    }
}

/// As it can be typed again: `+919845012264`, `@asha`.
impl fmt::Display for Payee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payee::Phone(phone) => phone.fmt(f),
            Payee::Handle(handle) => handle.fmt(f),
        }
    }
}

impl TryFrom<String> for Payee {
    type Error = PayeeTextError;

    fn try_from(text: String) -> Result<Self, PayeeTextError> {
        Payee::parse(&text)
    }
}

impl From<Payee> for String {
    fn from(payee: Payee) -> String {
        payee.to_string()
    }
}

/// Why what was typed names nobody. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PayeeTextError {
    /// Nothing was typed.
    #[error("Enter a phone number, or a handle that begins with @.")]
    Empty,
    /// Not a number that can exist.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Not a handle that can exist.
    #[error(transparent)]
    Handle(#[from] HandleError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_begins_with_its_sign_and_everything_else_is_a_number() {
        assert!(matches!(Payee::parse(" @Asha "), Ok(Payee::Handle(handle)) if handle.as_str() == "asha"));
        assert!(matches!(Payee::parse("98450 12264"), Ok(Payee::Phone(_))));
        assert_eq!(Payee::parse("asha"), Err(PayeeTextError::Phone(PhoneError::Malformed)));
        assert_eq!(Payee::parse("@a"), Err(PayeeTextError::Handle(HandleError::Malformed)));
        assert_eq!(Payee::parse("  "), Err(PayeeTextError::Empty));
    }

    #[test]
    fn it_reads_back_as_it_is_shown() {
        for text in ["+919845012264", "@asha"] {
            assert_eq!(Payee::parse(text).map(|payee| payee.to_string()), Ok(text.to_owned()));
        }
    }
}
