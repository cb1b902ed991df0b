//! `/transfers`: pay, and find what was paid.

use app::server::Handles;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::view::{Counterparty, Receipt};
use domain::{Amount, IdempotencyKey, Note, Phone, TransferId, TransferRefusal, UserId};
use identity::PayeeError;
use ledger::WriteError;
use ledger::transfer::{TransferError, TransferRequest, Undo};
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
    #[serde(default)]
    undo_seconds: u16,
}

pub(super) async fn create(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Key(key): Key,
    Body(new): Body<NewTransfer>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let undo = Undo::seconds(new.undo_seconds);
    let undo =
        undo.ok_or_else(|| Problem::Malformed("undo_seconds is at most 3600. No money moved.".into()))?;
    let to = match look_up(&handles, user, &new.to).await {
        Err(refused @ Problem::TooMany(..)) => {
            paid_before(&handles, user, &key, &new.to).await?.ok_or(refused)?
        }
        found => found?,
    };
    let NewTransfer { amount_minor: amount, note, .. } = new;
    let request = TransferRequest { to, amount, note, key: key.clone(), undo };
    let transfer = match handles.ledger.transfer(user, request).await {
        Ok(transfer) => transfer,
        Err(TransferError::Refused(refusal)) => return Err(refusal.into()),
        Err(TransferError::Write(WriteError::Busy)) => return Err(Problem::Busy),
        Err(TransferError::Write(error @ WriteError::Storage(_))) => return Err(Problem::trouble(error)),
        Err(TransferError::Write(error @ WriteError::Undecided(_))) => {
            return Err(Problem::OutcomeUnknown(key, app::server::unavailable(&error)));
        }
    };
    let answer = json!({
        "id": transfer.id,
        "status": transfer.status.code(),
        "release_at": transfer.status.release_at(),
        "amount_minor": transfer.amount,
        "to": new.to,
        "created_at": transfer.at,
        "balance": balance::body(transfer.balance),
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Whom this key has paid already. They were looked up then, so whoever only asks again what became of it is
/// answered even when no look-up is left; whether the rest of the body is the same, the ledger decides.
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
        "status": receipt.status.code(),
        "release_at": receipt.status.release_at(),
        "amount_minor": amount,
        "to": payee.phone.replace(' ', ""),
        "created_at": receipt.made_at,
        "balance": balance::body(handles.ledger.balance(user).await?),
    })))
}

fn payee(receipt: &Receipt<UserId>, reader: UserId) -> UserId {
    match receipt.counterparty {
        Counterparty::Person(other) if receipt.amount.is_negative() => other,
        _ => reader,
    }
}
