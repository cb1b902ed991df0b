//! Errors as `application/problem+json` (RFC 9457).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use problem_details::ProblemDetails;

/// A status and a sentence. Must never carry what went wrong inside: that goes to the log.
pub fn problem(status: StatusCode, detail: impl Into<String>) -> Response {
    ProblemDetails::from_status_code(status).with_detail(detail).into_response()
}

/// Our own trouble: the sender is to come again.
pub fn unavailable() -> Response {
    let mut response =
        problem(StatusCode::SERVICE_UNAVAILABLE, "This cannot be done just now. Please try again.");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}

/// Nothing lives at this address.
pub async fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "There is nothing at this address.")
}

/// Something lives here, but not for this method.
pub async fn method_not_allowed() -> Response {
    problem(StatusCode::METHOD_NOT_ALLOWED, "This address does not take that method.")
}
