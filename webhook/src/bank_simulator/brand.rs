//! How the three banks call themselves and look.

use domain::Bank;
use uuid::Uuid;

/// One bank's face.
pub struct Brand {
    /// In class names of the stylesheet.
    pub class: &'static str,
    pub motto: &'static str,
    pub account: &'static str,
    pub prefix: &'static str,
}

impl Brand {
    /// The face of this bank.
    pub const fn of(bank: Bank) -> Brand {
        match bank {
            Bank::Deccan => Brand {
                class: "deccan",
                motto: "Net banking",
                account: "Savings account 00114471",
                prefix: "DSB",
            },
            Bank::Nilgiri => Brand {
                class: "nilgiri",
                motto: "Internet branch",
                account: "Current account 44090926",
                prefix: "NGB",
            },
            Bank::Malwa => Brand {
                class: "malwa",
                motto: "Members' online counter",
                account: "Member account 3310078",
                prefix: "MCB",
            },
        }
    }

    /// A new reference in the bank's own form: three letters and twelve digits.
    pub fn reference(&self) -> String {
        format!("{}{:012}", self.prefix, Uuid::new_v4().as_u128() % 1_000_000_000_000)
    }
}
