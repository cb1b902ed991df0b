//! `/on-ramps`: ask a bank for money, see how far it is. The token stays between us and the bank.

use app::server::Handles;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::{Amount, Bank, OnRampId};
use ledger::on_ramp::{OnRampError, OnRampRequest};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::request::{Body, Key, Signed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOnRamp {
    amount_minor: Amount,
    bank: Bank,
}

pub(super) async fn create(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Key(key): Key,
    Body(new): Body<NewOnRamp>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let amount = new.amount_minor.for_on_ramp().map_err(|error| Problem::Malformed(error.to_string()))?;
    let request = OnRampRequest { bank: new.bank, amount, key };
    let intent = match handles.ledger.open_on_ramp(user, request).await {
        Ok(intent) => intent,
        Err(OnRampError::Refused(refusal)) => return Err(refusal.into()),
        Err(OnRampError::Storage(error)) => return Err(error.into()),
    };
    let bank_page = handles.tell_bank(&intent).await?;
    let status = handles.ledger.on_ramp(user, intent.id).await?.ok_or(Problem::NotFound)?.status;
    Ok((StatusCode::CREATED, Json(json!({ "id": intent.id, "status": status, "bank_page": bank_page }))))
}

pub(super) async fn show(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id: OnRampId = id.parse().map_err(|_| Problem::NotFound)?;
    let on_ramp = handles.ledger.on_ramp(user, id).await?.ok_or(Problem::NotFound)?;
    Ok(Json(json!({
        "id": on_ramp.id,
        "status": on_ramp.status,
        "amount_minor": on_ramp.amount,
        "bank": on_ramp.bank,
        "bank_page": on_ramp.bank_page,
        "transfer": on_ramp.transfer,
        "created_at": on_ramp.created_at,
        "settled_at": on_ramp.settled_at,
    })))
}
