//! Where somebody can be reached, which is also what they sign in by.

mod change;
pub(crate) mod repo;
mod undo;

use std::fmt;

pub use change::{AskError, BothCodes, ChangeError, Kind, PendingAddress, Wish};
use domain::{Email, Phone};
pub use undo::{Former, UndoToken, Undoable};

/// A phone number or an e-mail address. Every spelling of one is one, with one count of tries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A number, for text messages.
    Phone(Phone),
    /// An e-mail address.
    Email(Email),
}

impl Address {
    /// What a person typed; `None` for what nobody can have.
    pub fn parse(text: &str) -> Option<Self> {
        let phone = Phone::parse(text).map(Address::Phone).ok();
        phone.or_else(|| Email::parse(text).map(Address::Email).ok())
    }

    /// As it is stored: E.164, or in lower case.
    pub fn as_str(&self) -> &str {
        match self {
            Address::Phone(phone) => phone.as_str(),
            Address::Email(email) => email.as_str(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_or_address_is_one() {
        let same = |one: &str, other: &str| {
            let one = Address::parse(one);
            one.is_some() && one == Address::parse(other)
        };
        assert!(same("98450 12264", "+91-98450-12264"));
        assert!(same("098450 12264", "9845012264"));
        assert!(same(" Meera@Example.in", "meera@example.IN "));
        assert!(!same("98450 12264", "98450 12265"));
    }

    #[test]
    fn what_nobody_can_have_is_none() {
        for text in ["", "meera", "98450", "' OR 1=1 --", "\0"] {
            assert_eq!(Address::parse(text), None, "{text:?}");
        }
    }
}
