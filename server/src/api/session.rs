//! `/session`: begin with a name and a password, end.

use app::server::{self, AuthSession, Handles};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::UserId;
use identity::SignInError;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::{Problem, ProblemBody};
use super::request::{Body, Peer};

/// By what somebody signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials)]
pub(super) struct Credentials {
    /// Phone number or e-mail address.
    identifier: String,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// A person.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserBody {
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: UserId,
}

/// Begins a session: its cookie is in the answer.
#[utoipa::path(
    post, path = "/session", tag = "people", request_body = Credentials,
    responses((status = 200, body = UserBody), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody))
)]
pub(super) async fn begin(
    State(handles): State<Handles>,
    mut auth: AuthSession,
    Peer(network): Peer,
    Body(credentials): Body<Credentials>,
) -> Result<Json<UserBody>, Problem> {
    let Credentials { identifier, password } = credentials;
    let user =
        handles.identity.sign_in(&identifier, password, network).await.map_err(|error| match error {
            SignInError::Storage(error) => Problem::from(error),
            SignInError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
            SignInError::Refused => Problem::SignedOut(error.to_string()),
        })?;
    let id = user.id;
    server::begin(&mut auth, &handles, user).await?;
    Ok(Json(UserBody { id }))
}

/// Ends the session, if there is one.
#[utoipa::path(delete, path = "/session", tag = "people", responses((status = 204)))]
pub(super) async fn end(mut auth: AuthSession) -> Result<impl IntoResponse, Problem> {
    server::end(&mut auth).await?;
    Ok((StatusCode::NO_CONTENT, [(server::CLEAR_SITE_DATA, server::EVERYTHING)]))
}
