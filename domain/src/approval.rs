//! By what somebody approves a payment.

use serde::{Deserialize, Serialize};

/// What an approval was given by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalMethod {
    /// The payer's PIN.
    Pin,
    /// A passkey of the payer's.
    Passkey,
}

impl ApprovalMethod {
    /// Every one.
    pub const ALL: [ApprovalMethod; 2] = [ApprovalMethod::Pin, ApprovalMethod::Passkey];

    /// The word in tables.
    pub const fn code(self) -> &'static str {
        match self {
            ApprovalMethod::Pin => "pin",
            ApprovalMethod::Passkey => "passkey",
        }
    }
}

/// How it stands with a person's PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PinState {
    /// They have none.
    None,
    /// They have one.
    Set,
    /// It was said wrong ten times in a row: it approves nothing until another one is set.
    Void,
}
