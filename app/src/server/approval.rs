//! Approving a payment by the PIN: looked at by those who know people, noted by those who know money.

use domain::{UserId, approval::ApprovalMethod};
use identity::{Pin, PinError};
use jiff::Timestamp;
use ledger::approval::Approving;
use secrecy::SecretString;

use super::{Handles, form_trouble, too_many};
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
