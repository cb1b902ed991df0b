//! Approving a payment by the PIN or a passkey: looked at by those who know people, noted by those who know money.

use domain::{UserId, approval::ApprovalMethod};
use identity::{Asking, Pin, PinError};
use jiff::Timestamp;
use ledger::approval::Approving;
use secrecy::SecretString;

use super::passkey::{Ceremony, keep_asked, no_passkey, take_asked};
use super::presence::is_back;
use super::{Handles, form_trouble, handles, too_many};
use crate::ui::form::FormError;

/// Approves this payment, and no other, where the PIN is right; says until when. Whether the money is there is not asked.
pub async fn approve_by_pin(
    handles: &Handles,
    person: UserId,
    payment: &Approving,
    pin: &Pin,
) -> Result<Timestamp, PinError> {
    handles.identity.check_pin(person, pin).await?;
    Ok(handles.ledger.approve(person, payment, ApprovalMethod::Pin).await?)
}

/// The same for what was typed into the field `pin`.
pub(crate) async fn approve_as_typed(
    handles: &Handles,
    person: UserId,
    payment: &Approving,
    pin: SecretString,
) -> Result<(), FormError> {
    let pin = Pin::parse(&pin).map_err(|error| FormError::field("pin", error))?;
    let approved = approve_by_pin(handles, person, payment, &pin).await;
    approved.map(drop).map_err(|error| match error {
        PinError::Wrong { .. } => FormError::field("pin", error),
        PinError::Void | PinError::None => FormError::summary(error),
        PinError::TooMany { seconds } => too_many(seconds, FormError::summary(error)),
        PinError::Storage(error) => form_trouble(&error),
    })
}

/// Asks for a passkey of the person's to approve this payment; answers with what the browser is told, as JSON.
pub(crate) async fn ask_for_approval(person: UserId, payment: &Approving) -> Result<String, FormError> {
    let asking = in_words(payment);
    let asked =
        handles().identity.ask_by_passkey(person, Asking::Approve(&asking)).await.map_err(no_passkey)?;
    keep_asked(Ceremony::Approve, asked.attempt).await?;
    Ok(asked.options)
}

/// Approves this payment, and no other, where a passkey of the person's has answered what was asked about it. Whoever has
/// been seen by their device is here again.
pub(crate) async fn approve_by_passkey(
    handles: &Handles,
    person: UserId,
    payment: &Approving,
    answer: &str,
) -> Result<(), FormError> {
    let attempt = take_asked(Ceremony::Approve).await?;
    let asking = in_words(payment);
    let checked = handles.identity.check_passkey(person, Asking::Approve(&asking), attempt, answer).await;
    checked.map_err(no_passkey)?;
    is_back().await?;
    let approved = handles.ledger.approve(person, payment, ApprovalMethod::Passkey).await;
    approved.map(drop).map_err(|error| form_trouble(&error))
}

/// What a passkey is asked about: of two payments that differ, two texts.
fn in_words(payment: &Approving) -> String {
    let Approving { key, to, amount } = payment;
    format!("{} {to} {key}", amount.get())
}
