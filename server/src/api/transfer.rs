//! `/transfers`: pay, and find what was paid.

use app::server::Handles;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::view::{Counterparty, Receipt};
use domain::{Amount, IdempotencyKey, Note, Phone, TransferId, TransferRefusal, UserId};
use identity::PayeeError;
use ledger::transfer::{TransferError, TransferRequest};
use serde::Deserialize;
use serde_json::{Value, json};

use super::balance;
use super::problem::Problem;
use super::request::{Body, Key, Signed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTransfer {
    to: Phone,
    amount_minor: Amount,
    #[serde(default)]
    note: Note,
}

pub(super) async fn create(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Key(key): Key,
    Body(new): Body<NewTransfer>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let to = match paid_before(&handles, user, &key, &new.to).await? {
        Some(payee) => payee,
        None => look_up(&handles, user, &new.to).await?,
    };
    let request = TransferRequest { to, amount: new.amount_minor, note: new.note, key: key.clone() };
    let transfer = match handles.ledger.transfer(user, request).await {
        Ok(transfer) => transfer,
        Err(TransferError::Refused(refusal)) => return Err(refusal.into()),
        Err(TransferError::Storage(error)) => {
            return Err(Problem::OutcomeUnknown(key, app::server::unavailable(&error)));
        }
    };
    let answer = json!({
        "id": transfer.id,
        "status": "POSTED",
        "amount_minor": transfer.amount,
        "to": new.to,
        "created_at": transfer.at,
        "balance": balance::body(transfer.balance),
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Whom this key has paid already. They were looked up then, so a replay does not cost another look-up;
/// whether the rest of the body is the same too, the ledger decides under its lock.
async fn paid_before(
    handles: &Handles,
    user: UserId,
    key: &IdempotencyKey,
    to: &Phone,
) -> Result<Option<UserId>, Problem> {
    let Some(id) = handles.ledger.transfer_by_key(user, key).await? else { return Ok(None) };
    let receipt = handles.ledger.receipt(user, id).await?.ok_or(Problem::NotFound)?;
    let payee = payee(&receipt, user);
    let known = handles.identity.me(payee).await?.ok_or(Problem::NotFound)?;
    if known.phone == to.spaced() { Ok(Some(payee)) } else { Err(TransferRefusal::KeyReused.into()) }
}

/// Who has this number. Found or not, it counts as a look-up.
async fn look_up(handles: &Handles, user: UserId, to: &Phone) -> Result<UserId, Problem> {
    let found = handles.identity.find_payee(user, to).await.map_err(|error| match error {
        PayeeError::Unknown => TransferRefusal::UnknownPayee.into(),
        PayeeError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
        PayeeError::Storage(error) => error.into(),
    })?;
    Ok(found.id)
}

pub(super) async fn show(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    answer(&handles, user, id).await
}

pub(super) async fn by_key(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Path(key): Path<String>,
) -> Result<Json<Value>, Problem> {
    let key = IdempotencyKey::parse(&key).map_err(|_| Problem::NotFound)?;
    let id = handles.ledger.transfer_by_key(user, &key).await?.ok_or(Problem::NotFound)?;
    answer(&handles, user, id).await
}

/// A transfer for one of its two people; for anyone else there is none.
async fn answer(handles: &Handles, user: UserId, id: TransferId) -> Result<Json<Value>, Problem> {
    let receipt = handles.ledger.receipt(user, id).await?.ok_or(Problem::NotFound)?;
    let payee = handles.identity.me(payee(&receipt, user)).await?.ok_or(Problem::NotFound)?;
    let amount = if receipt.amount.is_negative() { -receipt.amount.get() } else { receipt.amount.get() };
    Ok(Json(json!({
        "id": receipt.transfer,
        "status": "POSTED",
        "amount_minor": amount,
        "to": payee.phone.replace(' ', ""),
        "created_at": receipt.at,
        "balance": balance::body(handles.ledger.balance(user).await?),
    })))
}

fn payee(receipt: &Receipt<UserId>, reader: UserId) -> UserId {
    match receipt.counterparty {
        Counterparty::Person(other) if receipt.amount.is_negative() => other,
        _ => reader,
    }
}
