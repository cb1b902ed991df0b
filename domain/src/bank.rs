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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_is_found_by_its_code_and_told_by_its_name() {
        let codes =
            [("deccan", "Deccan Savings"), ("nilgiri", "Nilgiri Bank"), ("malwa", "Malwa Co-operative")];
        for (bank, (code, name)) in Bank::ALL.into_iter().zip(codes) {
            assert_eq!((bank.code(), bank.to_string().as_str()), (code, name));
            assert_eq!(Bank::parse(code), Ok(bank));
        }
        assert_eq!(Bank::parse("Deccan"), Err(BankError));
        assert_eq!(Bank::parse(""), Err(BankError));
    }
}
