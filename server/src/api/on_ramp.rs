//! `/on-ramps`: ask a bank for money, see how far it is. The token stays between us and the bank.

use app::server::Handles;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::view::OnRampStatus;
use domain::{Amount, Bank, OnRampId};
use ledger::on_ramp::{OnRampError, OnRampRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{Problem, ProblemBody};
use super::request::{Body, Key, Peer, Present, Signed};

/// A wish to add money.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOnRamp)]
pub(super) struct NewOnRamp {
    /// Paise: 100 to 10000000.
    #[schema(value_type = i64, minimum = 100, maximum = 10_000_000)]
    amount_minor: Amount,
    /// `deccan`, `nilgiri` or `malwa`.
    #[schema(value_type = String)]
    bank: Bank,
}

/// An intent that was opened.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenedOnRamp)]
pub(super) struct OpenedBody {
    #[schema(value_type = uuid::Uuid)]
    id: OnRampId,
    #[schema(value_type = String)]
    status: OnRampStatus,
    /// Where the person approves it; null while the bank cannot be reached.
    bank_page: Option<String>,
}

/// An intent to add money, as far as it has come.
#[derive(Serialize, ToSchema)]
#[schema(as = OnRamp)]
pub(super) struct OnRampBody {
    #[schema(value_type = uuid::Uuid)]
    id: OnRampId,
    /// `PROCESSING`, `SUCCESS`, `FAILURE` or `EXPIRED`.
    #[schema(value_type = String)]
    status: OnRampStatus,
    /// Paise.
    amount_minor: i64,
    #[schema(value_type = String)]
    bank: Bank,
    bank_page: Option<String>,
    /// The credit, once there is one.
    transfer: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// When it ended; null while it is open.
    settled_at: Option<String>,
}

/// Opens an intent, once per key. No money moves until the bank says so.
#[utoipa::path(
    post, path = "/on-ramps", tag = "wallet", security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "Names this attempt: asked again under it, the same intent is the answer")),
    request_body = NewOnRamp,
    responses(
        (status = 201, body = OpenedBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody, description = "`left-alone`"),
        (status = 422, body = ProblemBody, description = "`key-reused`"),
        (status = 429, body = ProblemBody), (status = 503, body = ProblemBody)
    )
)]
pub(super) async fn create(
    State(handles): State<Handles>,
    Present(user): Present,
    Key(key): Key,
    Peer(network): Peer,
    Body(new): Body<NewOnRamp>,
) -> Result<(StatusCode, Json<OpenedBody>), Problem> {
    let amount = new.amount_minor.for_on_ramp().map_err(|error| Problem::Malformed(error.to_string()))?;
    handles.identity.take_top_up(user, network).await?;
    let request = OnRampRequest { bank: new.bank, amount, key };
    let intent = match handles.ledger.open_on_ramp(user, request).await {
        Ok(intent) => intent,
        Err(OnRampError::Refused(refusal)) => return Err(refusal.into()),
        Err(OnRampError::Storage(error)) => return Err(error.into()),
    };
    let bank_page = handles.tell_bank(&intent).await?;
    let status = handles.ledger.on_ramp(user, intent.id).await?.ok_or(Problem::NotFound)?.status;
    Ok((StatusCode::CREATED, Json(OpenedBody { id: intent.id, status, bank_page })))
}

/// How far an intent is; one of somebody else's is not there.
#[utoipa::path(
    get, path = "/on-ramps/{id}", tag = "wallet", security(("session" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = OnRampBody), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(super) async fn show(
    State(handles): State<Handles>,
    Signed(user): Signed,
    Path(id): Path<String>,
) -> Result<Json<OnRampBody>, Problem> {
    let id: OnRampId = id.parse().map_err(|_| Problem::NotFound)?;
    let on_ramp = handles.ledger.on_ramp(user, id).await?.ok_or(Problem::NotFound)?;
    Ok(Json(OnRampBody {
        id: on_ramp.id,
        status: on_ramp.status,
        amount_minor: on_ramp.amount.get(),
        bank: on_ramp.bank,
        bank_page: on_ramp.bank_page,
        transfer: on_ramp.transfer.map(|transfer| transfer.to_string()),
        created_at: on_ramp.created_at.to_string(),
        settled_at: on_ramp.settled_at.map(|at| at.to_string()),
    }))
}
