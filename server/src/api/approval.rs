//! `/approvals`: approve one payment by the PIN, before it is made.

use app::server::{Handles, approve_by_pin};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{Amount, IdempotencyKey, Payee};
use identity::{Errand, Pin};
use ledger::approval::Approving;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::ToSchema;

use super::problem::{Problem, ProblemBody};
use super::request::{Body, Peer, Present};
use super::transfer::look_up;

/// A payment that its payer approves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApproval)]
pub(super) struct NewApproval {
    /// The `Idempotency-Key` under which it will be paid.
    #[schema(value_type = String)]
    key: IdempotencyKey,
    /// The payee's phone number or handle, whole.
    #[schema(value_type = String, example = "+919820055417")]
    to: Payee,
    /// Paise.
    #[schema(value_type = i64, minimum = 1, maximum = 10_000_000)]
    amount_minor: Amount,
    /// Six digits.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password)]
    pin: SecretString,
}

/// Takes text; what is none is not told back, as an error of serde's would.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(text.into()),
        _ => Err(D::Error::custom("a PIN is a string of six digits")),
    }
}

/// An approval.
#[derive(Serialize, ToSchema)]
#[schema(as = Approval)]
pub(super) struct ApprovalBody {
    /// Until when the payment can be made by it. RFC 3339.
    expires_at: String,
}

/// Approves one payment, by its key, payee and amount, for five minutes. Where the payer approves payments above an
/// amount, `POST /transfers` answers `approval-needed` without it.
#[utoipa::path(
    post, path = "/approvals", tag = "transfers", security(("session" = [])), request_body = NewApproval,
    responses(
        (status = 201, body = ApprovalBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody, description = "`wrong-pin`; `pin-void` after ten wrong ones in a row; `no-pin`; `left-alone`"),
        (status = 422, body = ProblemBody, description = "`unknown-payee`"), (status = 429, body = ProblemBody)
    )
)]
pub(super) async fn create(
    State(handles): State<Handles>,
    Present(user): Present,
    Peer(network): Peer,
    Body(new): Body<NewApproval>,
) -> Result<(StatusCode, Json<ApprovalBody>), Problem> {
    let pin = Pin::parse(&new.pin).map_err(|error| Problem::Malformed(format!("{error} No money moved.")))?;
    let to = look_up(&handles, user, network, &new.to, Errand::Look).await?;
    let payment = Approving { key: new.key, to, amount: new.amount_minor };
    let until = approve_by_pin(&handles, user, &payment, &pin).await?;
    Ok((StatusCode::CREATED, Json(ApprovalBody { expires_at: until.to_string() })))
}
