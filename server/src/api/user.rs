//! `POST /users`: a new person, and with them an account.

use app::server::Handles;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{Email, PersonName, Phone};
use identity::{NewPassword, SignUp, SignUpError};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::{Problem, ProblemBody};
use super::request::{Body, Peer};
use super::session::UserBody;

/// Somebody who wants a wallet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub(super) struct NewUser {
    /// Shown to whoever pays them.
    #[schema(value_type = String)]
    name: PersonName,
    /// Where money is sent to.
    #[schema(value_type = String, example = "+919820055417")]
    phone: Phone,
    #[schema(value_type = Option<String>)]
    email: Option<Email>,
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Makes a person, and with them an account.
#[utoipa::path(
    post, path = "/users", tag = "people", request_body = NewUser,
    responses(
        (status = 201, body = UserBody), (status = 400, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 429, body = ProblemBody)
    )
)]
pub(super) async fn create(
    State(handles): State<Handles>,
    Peer(network): Peer,
    Body(user): Body<NewUser>,
) -> Result<(StatusCode, Json<UserBody>), Problem> {
    let NewUser { name, phone, email, password } = user;
    let own = [name.as_str(), phone.as_str(), email.as_ref().map_or("", Email::as_str)];
    let password =
        NewPassword::parse(password, &own).map_err(|error| Problem::Malformed(error.to_string()))?;
    match handles.identity.sign_up(SignUp { name, phone, email, password }, network).await {
        Ok(id) => Ok((StatusCode::CREATED, Json(UserBody { id }))),
        Err(error @ SignUpError::Taken) => Err(Problem::Taken(error.to_string())),
        Err(SignUpError::TooMany { seconds }) => {
            Err(Problem::TooMany(seconds, SignUpError::TooMany { seconds }.to_string()))
        }
        Err(SignUpError::Storage(error)) => Err(error.into()),
    }
}
