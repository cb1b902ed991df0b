//! A movement in a sentence, for whoever is looking at something else.

use axum::http::HeaderMap;
use domain::view::{Counterparty, Movement};

use super::preferences;
use crate::ui::money::magnitude;

/// What just moved, as it is announced to the browser that sent these headers: without the amount where it hides
/// amounts.
pub fn announcement(movement: &Movement, headers: &HeaderMap) -> String {
    let Movement::Entry { counterparty, amount, .. } = movement else { return String::new() };
    let sum = match preferences::read(headers).hide_amounts {
        true => "Money".to_owned(),
        false => magnitude(*amount).to_string(),
    };
    match counterparty {
        Counterparty::Person(person) if amount.is_negative() => format!("{sum} moved to {}.", person.name),
        Counterparty::Person(person) => format!("{sum} came from {}.", person.name),
        Counterparty::Bank(bank) => format!("{sum} from {bank} is in your wallet."),
        Counterparty::Okane => format!("{sum} from OKANE is in your wallet."),
    }
}
