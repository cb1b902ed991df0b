//! `GET /balance`.

use app::server::Handles;
use axum::Json;
use axum::extract::State;
use domain::view::Balance;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{Problem, ProblemBody};
use super::request::Signed;

/// A wallet, as it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Balance)]
pub(super) struct BalanceBody {
    /// Paise that can be spent now.
    available_minor: i64,
    /// Paise set aside for payments that wait.
    held_minor: i64,
    /// Always `INR`.
    currency: &'static str,
    /// Rises with every change; of two balances the higher is the newer.
    version: i64,
}

impl From<Balance> for BalanceBody {
    fn from(balance: Balance) -> Self {
        BalanceBody {
            available_minor: balance.available.get(),
            held_minor: balance.held.get(),
            currency: "INR",
            version: balance.version,
        }
    }
}

/// What can be spent, and what is set aside.
#[utoipa::path(
    get, path = "/balance", tag = "wallet", security(("session" = [])),
    responses((status = 200, body = BalanceBody), (status = 401, body = ProblemBody))
)]
pub(super) async fn show(
    State(handles): State<Handles>,
    Signed(user): Signed,
) -> Result<Json<BalanceBody>, Problem> {
    Ok(Json(handles.ledger.balance(user).await?.into()))
}
