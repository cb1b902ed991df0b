//! What a receipt reads, and the way back as long as it waits.

use leptos::prelude::*;

use super::Shown;
use crate::ui::form::{FormError, PageError};

/// The receipt of a transfer, for its two people only.
#[server(name = ReadReceipt, prefix = "/fn", endpoint = "receipt")]
pub async fn receipt(id: String) -> Result<Shown, PageError> {
    use crate::server::{self, handles, missing, require_user, storage};

    let user = require_user()?;
    let handles = handles();
    let id = id.parse().map_err(|_| missing())?;
    let receipt = handles.ledger.receipt(user, id).await.map_err(storage)?.ok_or_else(missing)?;
    let receipt = server::receipt(&handles.identity, receipt).await.map_err(storage)?;
    let large = handles.ledger.large_first_payment().await.map_err(storage)?;
    Ok(Shown { receipt, large })
}

/// Cancels the payment that the address of the form names; answers with its receipt.
#[server(name = CancelPayment, prefix = "/fn", endpoint = "receipt/cancel")]
pub async fn cancel() -> Result<String, FormError> {
    use axum::extract::Path;
    use domain::TransferId;
    use ledger::hold::Cancellation;

    use crate::server::{cancel_trouble, form_trouble, handles, require_user};

    const TOO_LATE: &str = "It is too late to cancel this payment: it has moved.";
    let user = require_user()?;
    let ledger = handles().ledger;
    let address = leptos_axum::extract::<Path<TransferId>>().await;
    let Path(id) = address.map_err(|_| FormError::stale())?;
    let cancellation = ledger.cancel(user, id).await.map_err(|error| cancel_trouble(&error))?;
    Err(FormError::summary(match cancellation {
        Some(Cancellation::Cancelled) => return Ok(format!("/receipts/{id}")),
        Some(Cancellation::TooLate) => TOO_LATE,
        Some(Cancellation::Moving) => {
            "It is too late to cancel this payment: its time has come and it is moving now."
        }
        // It never waited, or is not theirs to cancel; where they may not see it, its page is not there.
        None => match ledger.receipt(user, id).await.map_err(|error| form_trouble(&error))? {
            Some(receipt) if receipt.amount.is_negative() => TOO_LATE,
            _ => "Only whoever sends a payment can cancel it.",
        },
    }))
}
