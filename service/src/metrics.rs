//! What a process counts, told to whoever scrapes it, in the text format of Prometheus. On an address of its own, which
//! is nobody's from outside: numbers of requests and of payments are nobody else's business.
//!
//! No label holds anything of a person: routes stand there as patterns.

use std::{net::SocketAddr, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// Seconds: from what a cache answers to what nobody waits for.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Requests in one batch of the ledger.
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Serves what is counted from now on at `http://{address}/metrics`. Called inside a Tokio runtime, once.
///
/// # Errors
/// Where the address cannot be listened on.
pub fn open(address: SocketAddr) -> Result<(), BuildError> {
    PrometheusBuilder::new()
        .with_http_listener(address)
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), &SIZES)?
        .install()
}

/// Counts a request by route and outcome, and how long its answer took to begin.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.map_or_else(|| "none".to_owned(), |route| route.as_str().to_owned());
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    metrics::counter!("okane_http_requests_total", "route" => route.clone(), "status" => status.as_str().to_owned()).increment(1);
    metrics::histogram!("okane_http_request_seconds", "route" => route).record(begun.elapsed());
    response
}
