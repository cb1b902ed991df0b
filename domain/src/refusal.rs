//! A business "no": a value with a name, carried unchanged from the ledger to the sentence on the screen.
//! Each sentence ends with where the money is.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Paise, Period, moment};

/// Why a transfer was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TransferRefusal {
    /// More than is there.
    #[error("You have {available} to spend, which is not enough. No money moved.")]
    NotEnoughMoney {
        /// What can be spent now.
        available: Paise,
    },
    /// Payer and payee are one.
    #[error("This is your own number. No money moved.")]
    ToSelf,
    /// Nobody by that number, or nobody who can be paid.
    #[error("Nobody with this number uses OKANE. Check it with them. No money moved.")]
    UnknownPayee,
    /// More than may be paid at a time, in a day or in a month.
    #[error("{}", above_limit(*period, *most, *remains))]
    AboveLimit {
        /// Which limit.
        period: Period,
        /// What it allows.
        most: Paise,
        /// What is left of it now; waiting payments count.
        remains: Paise,
    },
    /// The payer has frozen their wallet.
    #[error("Your wallet is frozen, so nothing leaves it. Thaw it under Settings, Freeze. No money moved.")]
    Frozen,
    /// Above what its payer wants to approve, and not approved as it is.
    #[error("{}", approval_needed(*above))]
    ApprovalNeeded {
        /// Payments above this are approved; zero: each.
        above: Paise,
    },
    /// The payer's number or address was changed, and until the day after that little leaves the wallet.
    #[error("{}", cooling_off(*most, *remains, *until))]
    CoolingOff {
        /// What may leave while that lasts.
        most: Paise,
        /// What is left of it; waiting payments count.
        remains: Paise,
        /// When it is over.
        until: Timestamp,
    },
    /// The key already names another payment.
    #[error("This form already made a different payment. Start a new one. No more money moved.")]
    KeyReused,
}

fn approval_needed(above: Paise) -> impl fmt::Display {
    let which = if above == Paise::ZERO {
        "every payment".to_owned()
    } else {
        format!("payments above {}", above.short())
    };
    format!("You approve {which}, and this one is not approved. No money moved.")
}

fn above_limit(period: Period, most: Paise, remains: Paise) -> impl fmt::Display {
    let (most, remains) = (most.short(), remains.short());
    match period {
        Period::Transfer => format!("Your limit is {most} a transfer. No money moved."),
        Period::Day => {
            format!("Your limit is {most} a day, and {remains} of it is left today. No money moved.")
        }
        Period::Month => {
            format!("Your limit is {most} a month, and {remains} of it is left this month. No money moved.")
        }
    }
}

fn cooling_off(most: Paise, remains: Paise, until: Timestamp) -> impl fmt::Display {
    let (most, remains, until) = (most.short(), remains.short(), moment::in_india(until));
    format!(
        "Your phone number, email or second step was changed, so at most {most} leaves your wallet until {until}, and {remains} of it \
         is left. No money moved."
    )
}

/// Why an intent to add money was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum OnRampRefusal {
    /// The key already names another intent.
    #[error("This form already asked for a different amount. Start a new one. No more money moved.")]
    KeyReused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_approval_that_is_missing_is_named_with_when_one_is_asked() {
        let refusal = |above| TransferRefusal::ApprovalNeeded { above: Paise::new(above) }.to_string();
        assert_eq!(
            refusal(2_000_00),
            "You approve payments above ₹2,000, and this one is not approved. No money moved."
        );
        assert_eq!(refusal(0), "You approve every payment, and this one is not approved. No money moved.");
    }

    #[test]
    fn a_limit_is_named_with_what_is_left_of_it() {
        let refusal = |period| {
            let (most, remains) = (Paise::new(2_00_000_00), Paise::new(20_000_50));
            TransferRefusal::AboveLimit { period, most, remains }.to_string()
        };
        assert_eq!(refusal(Period::Transfer), "Your limit is ₹2,00,000 a transfer. No money moved.");
        assert_eq!(
            refusal(Period::Day),
            "Your limit is ₹2,00,000 a day, and ₹20,000.50 of it is left today. No money moved."
        );
        let (most, remains) = (Paise::new(5_000_00), Paise::new(1_200_50));
        let until = "2026-11-28T08:35:00Z".parse().expect("a moment");
        assert_eq!(
            TransferRefusal::CoolingOff { most, remains, until }.to_string(),
            "Your phone number, email or second step was changed, so at most ₹5,000 leaves your wallet until 28 Nov 2026, 14:05 IST, and \
             ₹1,200.50 of it is left. No money moved."
        );
        assert!(refusal(Period::Month).contains("₹20,000.50 of it is left this month"));
    }
}
