//! How many requests are worked on at once.

use std::sync::Arc;

use app::server::UPLOAD;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

/// Places for requests.
#[derive(Clone)]
pub(crate) struct Places {
    any: Arc<Semaphore>,
    /// A picture is read within its place, as slowly as it comes: these are others.
    uploads: Arc<Semaphore>,
}

impl Places {
    /// So many: where the database is slow, more would wait for it in vain, with all that they hold.
    pub(crate) fn new() -> Self {
        Places::of(512, 32)
    }

    fn of(any: usize, uploads: usize) -> Self {
        Places { any: Arc::new(Semaphore::new(any)), uploads: Arc::new(Semaphore::new(uploads)) }
    }
}

/// Lets in whoever finds a place and sends everybody else away at once, to come again: a queue would only make all of them
/// wait. Inside whatever reads the body, so that nobody holds a place by sending slowly, and inside what is carried through,
/// so that nobody frees one by hanging up. A stream gives its place back when it begins; streams are counted by themselves.
pub(crate) async fn take(State(places): State<Places>, request: Request, next: Next) -> Response {
    let places = if request.uri().path() == UPLOAD { places.uploads } else { places.any };
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
        let places = Places::of(2, 1);
        let router = Router::new().route("/", get(slow.clone())).route(UPLOAD, get(slow));
        let router = router.layer(from_fn_with_state(places.clone(), take));
        let ask = |path: &'static str| {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let router = router.clone();
            async move { router.oneshot(request).await.expect("an answer").status() }
        };
        let waiting = ["/", "/", UPLOAD].map(|path| tokio::spawn(ask(path)));
        begun.acquire_many(3).await.expect("all are worked on, a picture beside the others").forget();
        assert_eq!(ask("/").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(UPLOAD).await, StatusCode::SERVICE_UNAVAILABLE);
        go_on.notify_waiters();
        for served in waiting {
            assert_eq!(served.await.expect("it ends"), StatusCode::OK);
        }
        assert_eq!(places.any.available_permits(), 2, "whoever leaves gives the place back");
    }
}
