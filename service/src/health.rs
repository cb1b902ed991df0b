//! `/healthz`: the process answers. `/readyz`: it can do its work, and how the cache stands, without which it can.

use std::error::Error;

use axum::Json;
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use serde::Serialize;
use serde_json::json;

use crate::problem::unavailable;

/// Alive always, and ready when `ready` says so, which also says how the cache stands.
pub fn router<C, A, S, E>(ready: C) -> Router
where
    C: Fn() -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<S, E>> + Send + 'static,
    S: Serialize,
    E: Error + 'static,
{
    let answer = async move || match ready().await {
        Ok(cache) => Json(json!({ "status": "ready", "cache": cache })).into_response(),
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
