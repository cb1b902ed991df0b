//! Ids, each a type of its own, so that one is never taken for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an id made elsewhere (version 7, on the server).
            pub const fn new(id: Uuid) -> Self {
                $name(id)
            }

            /// The id itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map($name)
            }
        }
    };
}

uuid_id! {
    /// A person.
    UserId
}
uuid_id! {
    /// A movement of money; its receipt's address.
    TransferId
}
uuid_id! {
    /// An intent to add money from a bank.
    OnRampId
}

/// An account of the ledger. People's accounts begin at [`AccountId::FIRST_USER`]; below stand the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(i64);

impl AccountId {
    /// Money that banks owe us: the other side of every top-up.
    pub const BANK_CLEARING: AccountId = AccountId(1);
    /// What we give away: the other side of the welcome credit.
    pub const PROMOTIONS: AccountId = AccountId(2);
    /// Money that came and belongs to nobody yet: settled too late.
    pub const SUSPENSE: AccountId = AccountId(3);
    /// The first account of a person; the migrations use the same number.
    pub const FIRST_USER: AccountId = AccountId(1000);

    /// Wraps an id read from the ledger.
    pub const fn new(id: i64) -> Self {
        AccountId(id)
    }

    /// The id itself.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A short reference that people can read to each other: `OK-7F3K-29QD`.
///
/// Forty bits of the id's random end in Crockford's base 32, which has no I, L, O or U.
pub fn reference(id: Uuid) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = id.as_u128();
    let mut text = String::from("OK");
    for i in 0..8 {
        if i % 4 == 0 {
            text.push('-');
        }
        text.push(LETTERS[(bits >> (35 - 5 * i)) as usize & 31] as char);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_readable() {
        let id = Uuid::from_u128(0x0192_f3a1_7b2c_7def_8123_4567_89ab_cdef);
        assert_eq!(reference(id), "OK-CY4T-QKFF");
        assert_ne!(reference(id), reference(Uuid::from_u128(id.as_u128() + 1)));
    }

    #[test]
    fn an_account_is_told_by_its_number() {
        assert_eq!(AccountId::new(1234).get(), 1234);
        assert_eq!(AccountId::FIRST_USER.get(), 1000);
    }
}
