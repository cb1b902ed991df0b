//! What every request of both services passes through: a request id, a count, one line in the log, and a net
//! under panics. Must never log a header, a body or what stands in a path: they carry tokens and keys.

use std::any::Any;

use axum::{Router, body::Body, extract::MatchedPath, response::Response};
use http::{Request, StatusCode};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::{Level, Span};

use crate::{metrics, problem::problem};

/// Puts the layers around a router.
pub fn around(router: Router) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(axum::middleware::from_fn(metrics::count))
            .layer(
                TraceLayer::new_for_http()
                    .make_span_with(span)
                    .on_response(DefaultOnResponse::new().level(Level::INFO))
                    .on_failure(()), // whoever answers 5xx has logged why
            )
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(CatchPanicLayer::custom(panicked)),
    )
}

fn span(request: &Request<Body>) -> Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = place(request), request_id = id)
}

/// Where a request went: the pattern of its route, since a key in a path is somebody's. Of a path that no
/// route took, the first folder, which still tells a missing file from a mistyped call.
fn place(request: &Request<Body>) -> String {
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        return route.as_str().to_owned();
    }
    match request.uri().path().trim_start_matches('/').split_once('/') {
        Some((folder, _)) => format!("/{folder}/…"),
        None => "/…".to_owned(),
    }
}

/// The panic hook has logged where; the caller learns only that it was our fault.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message");
    tracing::error!(panic = message, "a request panicked");
    problem(StatusCode::INTERNAL_SERVER_ERROR, "Something broke on our side. Please try again.")
}
