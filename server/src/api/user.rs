//! `POST /users`: a new person, and with them an account.

use app::server::Handles;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{Email, PersonName, Phone};
use identity::{NewPassword, SignUp, SignUpError};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::request::Body;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    name: PersonName,
    phone: Phone,
    email: Option<Email>,
    password: SecretString,
}

pub(super) async fn create(
    State(handles): State<Handles>,
    Body(user): Body<NewUser>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let NewUser { name, phone, email, password } = user;
    let password = NewPassword::parse(password).map_err(|error| Problem::Malformed(error.to_string()))?;
    match handles.identity.sign_up(SignUp { name, phone, email, password }).await {
        Ok(id) => Ok((StatusCode::CREATED, Json(json!({ "id": id })))),
        Err(error @ SignUpError::Taken) => Err(Problem::Taken(error.to_string())),
        Err(SignUpError::TooMany { seconds }) => {
            Err(Problem::TooMany(seconds, SignUpError::TooMany { seconds }.to_string()))
        }
        Err(SignUpError::Storage(error)) => Err(error.into()),
    }
}
