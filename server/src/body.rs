//! How much a request may bring, and in which time: the same for every form, function and call. Pictures have more of
//! both, at an address of their own.

use std::time::Duration;

use app::server::{REPORTS, UPLOAD, failure_page};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use service::body::read;
use service::problem::problem;

/// No form of ours is longer.
const MOST: usize = 16 * 1024;
/// However slow a line is, so much comes in this time.
const TIME: Duration = Duration::from_secs(8);

/// Reads the body before anybody else does; what is too long, too slow or packed is told in words.
pub(crate) async fn whole(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let path = request.uri().path();
    let is_for_programs = path.starts_with("/api/") || path == REPORTS;
    let refuse = |status, sentence: &str| {
        if is_for_programs {
            return problem(status, sentence);
        }
        let sentence = format!("{sentence} No money moved. Open the page again and fill it in there.");
        failure_page(status, "This could not be taken", &sentence)
    };
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Nothing that is compressed is taken here.");
    }
    if path == UPLOAD {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match read(body, MOST, TIME).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(unread) => refuse(unread.status(), &unread.to_string()),
    }
}
