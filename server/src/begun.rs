//! What was begun is carried through.

use app::server::openid::CALLBACK;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// Carries a request that changes something through to its end, also where nobody waits for the answer any more: whoever
/// hangs up, or is told that time is up, does not stop us between what was done and telling its owner of it. Inside
/// whatever reads the body, so that what never arrived whole is never begun. Coming back from a provider is the one GET that
/// changes something: it may connect an account there. A process that stops waits for what is tracked so.
pub(crate) async fn carry_through(
    State(begun): State<TaskTracker>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() && request.uri().path() != CALLBACK {
        return next.run(request).await;
    }
    let answer = begun.spawn(next.run(request).in_current_span());
    match answer.await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The process is about to stop.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
