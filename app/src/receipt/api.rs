//! What a receipt reads, and the way back as long as it waits.

use domain::view::TransferStatus;
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

/// How far a transfer is, for its two people only.
#[server(name = ReadTransferStatus, prefix = "/fn", endpoint = "receipt/status")]
pub async fn status(id: String) -> Result<TransferStatus, PageError> {
    use crate::server::{handles, missing, require_user, storage};

    let user = require_user()?;
    let id = id.parse().map_err(|_| missing())?;
    let receipt = handles().ledger.receipt(user, id).await.map_err(storage)?;
    receipt.map(|receipt| receipt.status).ok_or_else(missing)
}

/// Cancels the payment that the address of the form names; answers with its receipt.
#[server(name = CancelPayment, prefix = "/fn", endpoint = "receipt/cancel")]
pub async fn cancel() -> Result<String, FormError> {
    use axum::extract::Path;
    use domain::TransferId;
    use ledger::hold::Cancellation;

    use crate::server::{form_trouble, handles, require_user};

    let user = require_user()?;
    let address = leptos_axum::extract::<Path<TransferId>>().await;
    let Path(id) = address.map_err(|_| FormError::stale())?;
    match handles().ledger.cancel(user, id).await.map_err(|error| form_trouble(&error))? {
        Some(Cancellation::Cancelled) => Ok(format!("/receipts/{id}")),
        Some(Cancellation::TooLate) => {
            Err(FormError::summary("It is too late to cancel this payment: it has moved."))
        }
        Some(Cancellation::Moving) => Err(FormError::summary(
            "It is too late to cancel this payment: its time has come and it is moving now.",
        )),
        None => Err(FormError::summary("You have no such payment to cancel. No money moved.")),
    }
}
