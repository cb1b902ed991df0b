//! How many requests are worked on at once.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

/// So many: where the database is slow, more would wait for it in vain, with all that they hold.
pub(crate) const AT_ONCE: usize = 512;

/// Lets in whoever finds a place and sends everybody else away at once, to come again: a queue would only make all of them
/// wait. Inside whatever reads the body, so that nobody holds a place by sending slowly. A stream gives its place back when
/// it begins; streams are counted by themselves.
pub(crate) async fn take(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    match places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(), // what stands around puts it into words
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn whoever_finds_no_place_is_sent_away_at_once_and_those_who_have_one_are_served() {
        let (begun, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
        let slow = {
            let (begun, go_on) = (begun.clone(), go_on.clone());
            async move || {
                begun.add_permits(1);
                go_on.notified().await;
            }
        };
        let places = Arc::new(Semaphore::new(2));
        let router = Router::new().route("/", get(slow)).layer(from_fn_with_state(places.clone(), take));
        let ask = || {
            let request = Request::get("/").body(Body::empty()).expect("a request");
            let router = router.clone();
            async move { router.oneshot(request).await.expect("an answer").status() }
        };
        let waiting = [tokio::spawn(ask()), tokio::spawn(ask())];
        begun.acquire_many(2).await.expect("both are worked on").forget();
        assert_eq!(ask().await, StatusCode::SERVICE_UNAVAILABLE);
        go_on.notify_waiters();
        for served in waiting {
            assert_eq!(served.await.expect("it ends"), StatusCode::OK);
        }
        assert_eq!(places.available_permits(), 2, "whoever leaves gives the place back");
    }
}
