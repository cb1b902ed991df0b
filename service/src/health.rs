//! `/healthz`: the process answers. `/readyz`: it can do its work.

use std::error::Error;

use axum::Json;
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::json;

use crate::problem::unavailable;

/// Alive always, and ready when `ready` says so.
pub fn router<C, A, E>(ready: C) -> Router
where
    C: Fn() -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<(), E>> + Send + 'static,
    E: Error + 'static,
{
    let answer = async move || match ready().await {
        Ok(()) => Json(json!({ "status": "ready" })).into_response(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "not ready");
            unavailable()
        }
    };
    alive().route("/readyz", get(answer))
}

/// Alive only: for a service that needs nothing else.
pub fn alive() -> Router {
    Router::new().route("/healthz", get(async || Json(json!({ "status": "alive" }))))
}
