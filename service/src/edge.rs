//! What every request of both services passes through: a request id, a count, one line in the log, a net under panics,
//! and what every answer carries. Must never log a header, a body or what stands in a path: they carry tokens and keys.

use std::any::Any;

use axum::{Router, body::Body, extract::MatchedPath, middleware::Next, response::Response};
use http::{Request, StatusCode};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::{DefaultOnResponse, TraceLayer},
};
use tracing::{Level, Span};

use crate::{headers, metrics, problem::problem};

/// Bytes of an address and all headers. Browsers send a tenth of it; what is far longer is ended by hyper, unheard.
const HEADERS_BYTES: usize = 16 * 1024;

/// Puts the layers around a router.
pub fn around(router: Router) -> Router {
    headers::protect(
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
                .layer(axum::middleware::from_fn(short_headers))
                .layer(CatchPanicLayer::custom(panicked)),
        ),
    )
}

async fn short_headers(request: Request<Body>, next: Next) -> Response {
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address + headers.sum::<usize>() <= HEADERS_BYTES {
        return next.run(request).await;
    }
    let sentence = "The address and headers of a request have at most 16 kB together.";
    problem(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, sentence)
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
    folder(request.uri().path())
}

/// The first folder of a path, which is nobody's; of what stands in it, nothing.
pub fn folder(path: &str) -> String {
    match path.trim_start_matches('/').split_once('/') {
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

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(request: Request<Body>) -> Response {
        let broken = async || -> &'static str { panic!("canary") };
        let router = Router::new().route("/broken", get(broken)).route("/sound", get(async || "sound"));
        around(router).oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn an_answer_in_the_place_of_a_panic_is_protected_like_any_other_and_tells_nothing() {
        for (path, status) in [("/broken", 500), ("/sound", 200), ("/nothing", 404)] {
            let answer = ask(Request::get(path).body(Body::empty()).expect("a request")).await;
            assert_eq!(answer.status(), status);
            for name in ["content-security-policy", "x-content-type-options", "cache-control", "x-request-id"]
            {
                assert!(answer.headers().contains_key(name), "{name} of {path}");
            }
            let body = axum::body::to_bytes(answer.into_body(), 4096).await.expect("a body");
            assert!(!String::from_utf8_lossy(&body).contains("canary"));
        }
    }

    #[tokio::test]
    async fn headers_that_are_too_long_are_refused_in_words() {
        for (length, status) in [(16 * 1024 - 100, 200), (16 * 1024 + 1, 431)] {
            let request = Request::get("/sound").header("x-long", "a".repeat(length));
            let answer = ask(request.body(Body::empty()).expect("a request")).await;
            assert_eq!(answer.status(), status);
        }
        let address = format!("/sound?{}", "a".repeat(17 * 1024));
        let answer = ask(Request::get(address).body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status(), 431);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}
