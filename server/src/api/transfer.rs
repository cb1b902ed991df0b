//! `/transfers`: pay, and find what was paid.

use app::server::Handles;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::view::{Counterparty, Receipt};
use domain::{Amount, IdempotencyKey, Note, Payee, TransferId, TransferRefusal, UserId};
use identity::{Errand, Network, PayeeError};
use ledger::WriteError;
use ledger::transfer::{TransferError, TransferRequest, Undo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::balance::BalanceBody;
use super::problem::{Problem, ProblemBody};
use super::request::{Body, Key, Peer, Present, Signed};

/// A wish to pay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTransfer)]
pub(super) struct NewTransfer {
    /// The payee's phone number or handle, whole: `+919820055417`, `@meera`.
    #[schema(value_type = String, example = "+919820055417")]
    to: Payee,
    /// Paise.
    #[schema(value_type = i64, minimum = 1, maximum = 10_000_000)]
    amount_minor: Amount,
    /// At most 140 characters, for the two people only.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    note: Note,
    /// How long it can be cancelled, at most 3600. A large payment waits an hour in any case,
    /// unless the first payment to this person was posted an hour ago.
    #[serde(default)]
    undo_seconds: u16,
}

/// A transfer, as far as it has come.
#[derive(Serialize, ToSchema)]
#[schema(as = Transfer)]
pub(super) struct TransferBody {
    #[schema(value_type = uuid::Uuid)]
    id: TransferId,
    /// `POSTED`, `PENDING`, `VOIDED` or `EXPIRED`.
    status: &'static str,
    /// While it is `PENDING`: when it is posted by itself. RFC 3339.
    release_at: Option<String>,
    /// Paise.
    amount_minor: i64,
    /// The payee, as they were named by this call; asked again later, by their handle, or where they have chosen
    /// none by their phone number. Whoever paid a handle is not told the number.
    to: String,
    /// RFC 3339.
    created_at: String,
    /// The asking person's wallet as it stands now.
    balance: BalanceBody,
}

/// Pays somebody, once per key.
#[utoipa::path(
    post, path = "/transfers", tag = "transfers", security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "Names this attempt: asked again under it, the same transfer is the answer")),
    request_body = NewTransfer,
    responses(
        (status = 201, body = TransferBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody, description = "`approval-needed`: the payer approves payments above an amount, and not this one yet: POST /approvals; `left-alone`: a page's session that was not used for a quarter of an hour"),
        (status = 422, body = ProblemBody, description = "`not-enough-money`, `to-self`, `unknown-payee`, `above-limit`, `frozen`, `key-reused`"),
        (status = 429, body = ProblemBody),
        (status = 503, body = ProblemBody, description = "`busy` and `unavailable`: this call moved no money, an earlier one under the key may have; `outcome-unknown`: look at Location")
    )
)]
pub(super) async fn create(
    State(handles): State<Handles>,
    Present(user): Present,
    Key(key): Key,
    Peer(network): Peer,
    Body(new): Body<NewTransfer>,
) -> Result<(StatusCode, Json<TransferBody>), Problem> {
    let undo = Undo::seconds(new.undo_seconds);
    let undo =
        undo.ok_or_else(|| Problem::Malformed("undo_seconds is at most 3600. No money moved.".into()))?;
    let to = match look_up(&handles, user, network, &new.to, Errand::Pay).await {
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
    let body = TransferBody {
        id: transfer.id,
        status: transfer.status.code(),
        release_at: transfer.status.release_at().map(|at| at.to_string()),
        amount_minor: transfer.amount.get(),
        to: new.to.to_string(),
        created_at: transfer.at.to_string(),
        balance: transfer.balance.into(),
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Whom this key has paid already. They were looked up then, so whoever only asks again what became of it is
/// answered even when no look-up is left; whether the rest of the body is the same, the ledger decides.
async fn paid_before(
    handles: &Handles,
    user: UserId,
    key: &IdempotencyKey,
    to: &Payee,
) -> Result<Option<UserId>, Problem> {
    let Some(id) = handles.ledger.transfer_by_key(user, key).await? else { return Ok(None) };
    let receipt = handles.ledger.receipt(user, id).await?.ok_or(Problem::NotFound)?;
    let payee = payee(&receipt, user);
    let known = handles.identity.profile(payee).await?.ok_or(Problem::NotFound)?.view;
    let same = match to {
        Payee::Phone(phone) => known.phone == phone.spaced(),
        Payee::Handle(handle) => known.handle.as_ref() == Some(handle),
    };
    if same { Ok(Some(payee)) } else { Err(TransferRefusal::KeyReused.into()) }
}

/// Who has this number or handle. Found or not, it counts as a look-up, and, where they are to be paid, as a payment.
pub(super) async fn look_up(
    handles: &Handles,
    user: UserId,
    network: Network,
    to: &Payee,
    errand: Errand,
) -> Result<UserId, Problem> {
    let found = handles.identity.find_payee(user, network, to, errand).await;
    let found = found.map_err(|error| match error {
        PayeeError::Unknown | PayeeError::UnknownHandle => {
            Problem::Refused("unknown-payee", error.to_string())
        }
        PayeeError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
        PayeeError::Storage(error) => error.into(),
    })?;
    Ok(found.id)
}

/// A transfer, for one of its two people; for anyone else it is not there.
#[utoipa::path(
    get, path = "/transfers/{id}", tag = "transfers", security(("session" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = TransferBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(super) async fn show(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Path(id): Path<String>,
) -> Result<Json<TransferBody>, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    answer(&handles, user, id).await
}

/// What came of a key of the asking person's.
#[utoipa::path(
    get, path = "/transfers/by-key/{key}", tag = "transfers", security(("session" = [])),
    params(("key" = String, Path)),
    responses((status = 200, body = TransferBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(super) async fn by_key(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Path(key): Path<String>,
) -> Result<Json<TransferBody>, Problem> {
    let key = IdempotencyKey::parse(&key).map_err(|_| Problem::NotFound)?;
    let id = handles.ledger.transfer_by_key(user, &key).await?.ok_or(Problem::NotFound)?;
    answer(&handles, user, id).await
}

/// A transfer for one of its two people; for anyone else there is none.
async fn answer(handles: &Handles, user: UserId, id: TransferId) -> Result<Json<TransferBody>, Problem> {
    let receipt = handles.ledger.receipt(user, id).await?.ok_or(Problem::NotFound)?;
    let payee = handles.identity.profile(payee(&receipt, user)).await?.ok_or(Problem::NotFound)?.view;
    let amount = if receipt.amount.is_negative() { -receipt.amount.get() } else { receipt.amount.get() };
    Ok(Json(TransferBody {
        id: receipt.transfer,
        status: receipt.status.code(),
        release_at: receipt.status.release_at().map(|at| at.to_string()),
        amount_minor: amount,
        to: payee.handle.map_or_else(|| payee.phone.replace(' ', ""), |handle| handle.to_string()),
        created_at: receipt.made_at.to_string(),
        balance: handles.ledger.balance(user).await?.into(),
    }))
}

fn payee(receipt: &Receipt<UserId>, reader: UserId) -> UserId {
    match receipt.counterparty {
        Counterparty::Person(other) if receipt.amount.is_negative() => other,
        _ => reader,
    }
}
