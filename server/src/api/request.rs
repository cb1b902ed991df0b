//! What a call brings: who asks, under which key, with which body. Refused here, nothing further runs.

use std::convert::Infallible;

use app::server::{self, AuthSession, Handles};
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use domain::{IdempotencyKey, UserId};
use identity::Network;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// Whoever is signed in; 401 for anyone else.
pub(crate) struct Signed(pub(crate) UserId);

impl FromRequestParts<Handles> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Handles) -> Result<Self, Problem> {
        let auth = parts.extensions.get::<AuthSession>();
        let user = auth.and_then(|auth| auth.user.as_ref()).map(|user| Signed(user.id));
        user.ok_or_else(|| Problem::SignedOut("Sign in first: POST /api/v1/session.".to_owned()))
    }
}

/// Whoever is signed in and was not away since; of a page's session that was left alone, 403.
pub(super) struct Present(pub(super) UserId);

impl FromRequestParts<Handles> for Present {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, handles: &Handles) -> Result<Self, Problem> {
        let Signed(user) = Signed::from_request_parts(parts, handles).await?;
        match parts.extensions.get::<AuthSession>().cloned() {
            Some(auth) if !server::is_left_alone(&auth).await => Ok(Present(user)),
            _ => Err(Problem::LeftAlone),
        }
    }
}

/// Where a call comes from.
pub(super) struct Peer(pub(super) Network);

impl FromRequestParts<Handles> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Handles) -> Result<Self, Infallible> {
        Ok(Peer(parts.extensions.get().copied().unwrap_or(Network::UNKNOWN)))
    }
}

/// The `Idempotency-Key` of a call that moves money; 400 without one.
pub(super) struct Key(pub(super) IdempotencyKey);

impl FromRequestParts<Handles> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Handles) -> Result<Self, Problem> {
        let value = parts.headers.get("idempotency-key").and_then(|value| value.to_str().ok());
        value.and_then(|text| IdempotencyKey::parse(text).ok()).map(Key).ok_or(Problem::KeyMissing)
    }
}

/// A JSON body; 400 with the reason for anything else.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Handles> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, handles: &Handles) -> Result<Self, Problem> {
        let body = Json::<T>::from_request(request, handles).await;
        body.map(|Json(body)| Body(body)).map_err(|rejection| Problem::Malformed(rejection.body_text()))
    }
}
