//! Who is asking. Everything is private unless it is named here.

use axum::extract::Request;
use axum::http::{Method, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{LocalPath, UserId};
use leptos::prelude::*;

use super::AuthSession;
use super::openid;
use super::presence::Presence;
use crate::ui::form::{FormError, PageError};

/// Pages for people who are not signed in.
const DOORS: [&str; 8] = [
    "/",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/way-back",
    "/sign-up",
    "/sign-up/verify",
    "/sign-up/google",
    "/demo",
];
/// Open to everyone, signed in or not: who is signed in can have forgotten their password too.
const OPEN: [&str; 8] = [
    "/preferences",
    "/forgotten",
    "/forgotten/code",
    "/sign-in/google",
    "/sign-in/google/callback",
    "/undo-change",
    "/stop-way-back",
    "/fn/sign_in/passkey",
];

/// Nobody is signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedOut;

impl From<SignedOut> for PageError {
    fn from(_: SignedOut) -> Self {
        PageError::SignedOut
    }
}

impl From<SignedOut> for FormError {
    fn from(_: SignedOut) -> Self {
        FormError::summary("You were signed out. No money moved. Sign in and try again.")
    }
}

/// The first line of every private server function.
pub fn require_user() -> Result<UserId, SignedOut> {
    let user = with_context::<Parts, _>(|parts| {
        let auth = parts.extensions.get::<AuthSession>();
        auth.and_then(|auth| auth.user.as_ref()).map(|user| user.id)
    });
    user.flatten().ok_or(SignedOut)
}

/// Around every page and form: strangers are led to the sign-in page and from there back to where they were
/// going; who is signed in has no use for the doors. Says with each request whether the session was left alone.
pub async fn guard(auth: AuthSession, mut request: Request, next: Next) -> Response {
    if auth.user.is_some() {
        request.extensions_mut().insert(Presence::of(&auth).await);
        if let Some(begun) = openid::begun(&auth.session).await {
            request.extensions_mut().insert(begun);
        }
    }
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    match (&auth.user, DOORS.contains(&path)) {
        (Some(_), true) if is_read => Redirect::to(LocalPath::home().as_str()).into_response(),
        (None, false) if !OPEN.contains(&path) => {
            Redirect::to(&sign_in_address(&request, is_read)).into_response()
        }
        _ => next.run(request).await,
    }
}

/// A form cannot be repeated after signing in; its page can be seen again.
fn sign_in_address(request: &Request, is_read: bool) -> String {
    let uri = request.uri();
    let going = if is_read { uri.path_and_query().map_or("/home", |path| path.as_str()) } else { uri.path() };
    match LocalPath::parse(going) {
        Some(path) if path != LocalPath::home() => format!("/sign-in?next={}", encode(path.as_str())),
        _ => "/sign-in".to_owned(),
    }
}

/// Percent-encodes what would end a query value (RFC 3986, 3.4).
fn encode(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                (b as char).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_where_one_was_going() {
        let request =
            Request::get("/activity?before=1.a&x=%20").body(axum::body::Body::empty()).expect("a request");
        assert_eq!(sign_in_address(&request, true), "/sign-in?next=/activity%3Fbefore%3D1.a%26x%3D%2520");
        let request = Request::get("//evil.example").body(axum::body::Body::empty()).expect("a request");
        assert_eq!(sign_in_address(&request, true), "/sign-in");
    }
}
