//! What every answer of every service carries: pages, problems, files, and what a layer says before anybody is asked.

use axum::{Router, response::Response};
use http::{HeaderName, HeaderValue, header};

/// The policy of whatever brings none of its own: it is to be read by programs, or it is a file, and a browser that
/// shows it as a page loads nothing, sends nothing and puts it into no frame (CSP 3).
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Each stands in every answer that does not say something else of its own.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, NOTHING),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(self), \
         publickey-credentials-get=(self)",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

/// Puts them around a router.
pub(crate) fn protect(router: Router) -> Router {
    router.layer(axum::middleware::map_response(async |mut response: Response| {
        for (name, value) in ALWAYS {
            response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        response
    }))
}
