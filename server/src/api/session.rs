//! `/session`: begin with a name and a password, end.

use app::server::{self, AuthSession, Handles};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use identity::SignInError;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::request::Body;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    identifier: String,
    password: SecretString,
}

pub(super) async fn begin(
    State(handles): State<Handles>,
    mut auth: AuthSession,
    Body(credentials): Body<Credentials>,
) -> Result<Json<Value>, Problem> {
    let Credentials { identifier, password } = credentials;
    let person = handles.identity.sign_in(&identifier, password).await.map_err(|error| match error {
        SignInError::Storage(error) => Problem::from(error),
        SignInError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
        SignInError::Refused => Problem::SignedOut(error.to_string()),
    })?;
    server::begin(&mut auth, &handles, person).await?;
    Ok(Json(json!({ "id": person })))
}

pub(super) async fn end(mut auth: AuthSession) -> Result<StatusCode, Problem> {
    server::end(&mut auth).await?;
    Ok(StatusCode::NO_CONTENT)
}
