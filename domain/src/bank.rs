//! The banks money can come from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A bank of the registry. All are fictional: the simulator plays them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bank {
    /// Deccan Savings.
    Deccan,
    /// Nilgiri Bank.
    Nilgiri,
    /// Malwa Co-operative.
    Malwa,
}

impl Bank {
    /// Every bank, in the order they are offered.
    pub const ALL: [Bank; 3] = [Bank::Deccan, Bank::Nilgiri, Bank::Malwa];

    /// The word in addresses, forms and tables.
    pub const fn code(self) -> &'static str {
        match self {
            Bank::Deccan => "deccan",
            Bank::Nilgiri => "nilgiri",
            Bank::Malwa => "malwa",
        }
    }

    /// The bank with this code.
    pub fn parse(code: &str) -> Result<Self, BankError> {
        Bank::ALL.into_iter().find(|bank| bank.code() == code).ok_or(BankError)
    }
}

/// The name people know it by.
impl fmt::Display for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bank::Deccan => "Deccan Savings",
            Bank::Nilgiri => "Nilgiri Bank",
            Bank::Malwa => "Malwa Co-operative",
        })
    }
}

/// No such bank. The text is the sentence on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("Choose one of the banks in the list.")]
pub struct BankError;
