//! What a receipt reads.

use domain::view;
use leptos::prelude::*;

use crate::ui::form::PageError;

/// The receipt of a transfer, for its two people only.
#[server(name = ReadReceipt, prefix = "/fn", endpoint = "receipt")]
pub async fn receipt(id: String) -> Result<view::Receipt, PageError> {
    use crate::server::{self, handles, missing, require_user, storage};

    let user = require_user()?;
    let handles = handles();
    let id = id.parse().map_err(|_| missing())?;
    let receipt = handles.ledger.receipt(user, id).await.map_err(storage)?.ok_or_else(missing)?;
    server::receipt(&handles.identity, receipt).await.map_err(storage)
}
