//! What a session has itself written it always sees, on every server.
//!
//! A process never shows less than it has itself seen committed. A browser that changes servers carries how far
//! that is in a cookie: what it was answered after it changed something, for as long as a cache may be behind where
//! the news of it were lost (half a minute, and some). It is a hint about its own account and nothing else: too high
//! a number makes its own reads go to Postgres.

use app::server::{AuthSession, Handles};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const NAME: &str = "seen";
const SECONDS: u32 = 60;

/// Around everything that has a session: believes what the cookie says, and answers what changed the account with a new one.
pub(crate) async fn carry(State(handles): State<Handles>, request: Request, next: Next) -> Response {
    let auth = request.extensions().get::<AuthSession>();
    let Some(person) = auth.and_then(|auth| auth.user.as_ref()).map(|user| user.id) else {
        return next.run(request).await;
    };
    if let Some(revision) = revision(request.headers()) {
        handles.ledger.saw(person, revision);
    }
    let (changes, before) = (!request.method().is_safe(), handles.ledger.seen(person));
    let mut answer = next.run(request).await;
    let after = handles.ledger.seen(person).filter(|after| before.is_none_or(|before| *after > before));
    if let (true, Some(revision)) = (changes, after) {
        let cookie = format!("{NAME}={revision}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    answer
}

fn revision(headers: &HeaderMap) -> Option<i64> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, text) = pairs.find(|(name, _)| *name == NAME)?;
    text.parse().ok().filter(|revision| *revision >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_read_where_there_is_one() {
        for (cookie, wanted) in [
            ("okane=x; seen=12", Some(12)),
            ("seen=-1", None),
            ("seen=x", None),
            ("unseen=3", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
            assert_eq!(revision(&headers), wanted, "{cookie}");
        }
    }
}
