//! `GET /balance`.

use app::server::Handles;
use axum::Json;
use axum::extract::State;
use domain::view::Balance;
use serde_json::{Value, json};

use super::problem::Problem;
use super::request::Signed;

pub(super) async fn show(
    State(handles): State<Handles>,
    Signed(user): Signed,
) -> Result<Json<Value>, Problem> {
    Ok(Json(body(handles.ledger.balance(user).await?)))
}

/// A balance on the wire.
pub(super) fn body(balance: Balance) -> Value {
    json!({
        "available_minor": balance.available,
        "held_minor": balance.held,
        "currency": "INR",
        "version": balance.version,
    })
}
