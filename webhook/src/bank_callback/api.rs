//! `POST /webhooks/bank`. For banks only: no CORS, so no browser of anybody can read an answer.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    response::Response,
    routing::post,
};
use http::StatusCode;
use jiff::Timestamp;
use ledger::{Ledger, on_ramp::BankEvent};
use service::{
    body::{self, Unread},
    edge, health,
    problem::{method_not_allowed, not_found, problem, unavailable},
};

use super::{answer, message};
use crate::signature::Secrets;

/// The most a bank may say at a time.
const BODY_BYTES: usize = 64 * 1024;
/// How long it may take to say it.
const BODY_TIME: Duration = Duration::from_secs(5);

#[derive(Clone)]
struct Door {
    ledger: Ledger,
    secrets: Arc<Secrets>,
}

/// Everything `okane-webhook` serves.
pub fn router(ledger: Ledger, secrets: Secrets) -> Router {
    let door = Door { ledger: ledger.clone(), secrets: Arc::new(secrets) };
    let routes = Router::new()
        .route("/webhooks/bank", post(take))
        .with_state(door)
        .merge(health::router(move || ready(ledger.clone())))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed);
    edge::around(routes)
}

async fn ready(ledger: Ledger) -> Result<cache::Standing, ledger::StorageError> {
    ledger.ready().await
}

async fn take(State(door): State<Door>, request: Request) -> Response {
    let headers = request.headers().clone();
    let body = match read(request).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let id = match door.secrets.verify(&headers, &body, Timestamp::now()) {
        Ok(id) => id,
        Err(refusal) => {
            tracing::warn!(%refusal, "a callback was refused unread");
            return problem(StatusCode::UNAUTHORIZED, refusal.to_string());
        }
    };
    let event = BankEvent { id: id.clone(), message: message::parse(&body), body: body.into() };
    match door.ledger.settle(event).await {
        Ok(settlement) => answer::to(settlement),
        Err(error) => {
            tracing::error!(webhook_id = id, error = &error as &dyn std::error::Error, "cannot settle now");
            unavailable()
        }
    }
}

/// The raw bytes, all of them and in time.
async fn read(request: Request) -> Result<Bytes, Response> {
    let body = body::read(request.into_body(), BODY_BYTES, BODY_TIME).await;
    body.map_err(|unread| match unread {
        Unread::TooLong => problem(unread.status(), "A callback has at most 64 KiB."),
        Unread::TooSlow | Unread::Broken => problem(unread.status(), unread.to_string()),
    })
}
