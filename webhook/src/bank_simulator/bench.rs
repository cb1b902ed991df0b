//! The fault bench: the ways in which a bank can tell badly.

use serde::{Deserialize, Serialize};

use super::{
    courier::Message,
    payment::{Kind, Payment},
};

/// How the callback of a decision is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// No fault: once, at once, and again until it is taken.
    #[default]
    None,
    FiveTimes,
    TwentyMinutesLate,
    WrongAmount,
    BadSignature,
    Never,
}

impl Fault {
    /// In the order of the bench.
    pub const ALL: [Fault; 6] = [
        Fault::None,
        Fault::FiveTimes,
        Fault::TwentyMinutesLate,
        Fault::WrongAmount,
        Fault::BadSignature,
        Fault::Never,
    ];

    /// The value in the form; the same word as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Fault::None => "none",
            Fault::FiveTimes => "five-times",
            Fault::TwentyMinutesLate => "twenty-minutes-late",
            Fault::WrongAmount => "wrong-amount",
            Fault::BadSignature => "bad-signature",
            Fault::Never => "never",
        }
    }

    /// The words on the bench.
    pub const fn label(self) -> &'static str {
        match self {
            Fault::None => "Deliver once, at once",
            Fault::FiveTimes => "Deliver five times at once",
            Fault::TwentyMinutesLate => "Deliver 20 minutes late (signed 20 minutes ago)",
            Fault::WrongAmount => "Wrong amount (one rupee more)",
            Fault::BadSignature => "Bad signature",
            Fault::Never => "Never deliver",
        }
    }

    /// How many copies go out together.
    pub const fn copies(self) -> usize {
        if matches!(self, Fault::FiveTimes) { 5 } else { 1 }
    }

    /// The message about a decided payment, with the fault in it. The same at every attempt.
    pub fn message(self, payment: &Payment, webhook_id: &str) -> Message {
        let mut message = honest(payment, payment.kind(), webhook_id);
        match self {
            Fault::None | Fault::FiveTimes | Fault::Never => (),
            Fault::TwentyMinutesLate => message.skew_s = -20 * 60,
            Fault::WrongAmount => message.amount_minor = message.amount_minor.saturating_add(100),
            Fault::BadSignature => message.break_signature = true,
        }
        message
    }
}

/// A true message about a payment. Under one id it has the same bytes each time: it says when the payment
/// was decided, or else asked for, not when the message is written.
pub fn honest(payment: &Payment, kind: Kind, webhook_id: &str) -> Message {
    Message {
        webhook_id: webhook_id.to_owned(),
        kind,
        timestamp: payment.decided_at.unwrap_or(payment.requested_at),
        token: payment.token.clone(),
        amount_minor: payment.amount_minor,
        currency: payment.currency.clone(),
        bank_reference: payment.bank_reference.clone(),
        skew_s: 0,
        break_signature: false,
    }
}
