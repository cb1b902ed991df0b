//! `/users`: a new person, and with them an account, once they have proven their number.

use app::server::{self, AuthSession, Handles};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{Email, PersonName, Phone};
use identity::{Code, CodeError, NewPassword, Proof, SendCodeError, SignUp, WayIn, Which};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
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

/// What must be proven first.
#[derive(Serialize, ToSchema)]
#[schema(as = Verify)]
pub(super) struct VerifyBody {
    /// Always `phone`: a code went there, or word that there is an account already.
    #[schema(example = "phone")]
    verify: &'static str,
}

/// Notes who wants to be a person and sends a code to the number, and another to the e-mail address if there is one.
/// What has an account is answered alike, and is told so where it can be reached.
#[utoipa::path(
    post, path = "/users", tag = "people", request_body = NewUser,
    responses((status = 201, body = VerifyBody), (status = 400, body = ProblemBody), (status = 429, body = ProblemBody))
)]
pub(super) async fn create(
    State(handles): State<Handles>,
    Peer(network): Peer,
    Body(user): Body<NewUser>,
) -> Result<(StatusCode, Json<VerifyBody>), Problem> {
    let NewUser { name, phone, email, password } = user;
    let own = [name.as_str(), phone.as_str(), email.as_ref().map_or("", Email::as_str)];
    let password =
        NewPassword::parse(password, &own).map_err(|error| Problem::Malformed(error.to_string()))?;
    let person = SignUp { name, phone, email, way_in: WayIn::Password(password) };
    handles.identity.sign_up(person, network).await.map_err(|error| match error {
        SendCodeError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
        SendCodeError::Storage(error) => error.into(),
    })?;
    Ok((StatusCode::CREATED, Json(VerifyBody { verify: "phone" })))
}

/// The code that came.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Proof)]
pub(super) struct ProofBody {
    #[schema(value_type = String, example = "+919820055417")]
    phone: Phone,
    /// Six digits, of the newest message.
    #[schema(value_type = String)]
    code: Code,
    /// The code that went to the e-mail address; without it the person has none.
    #[schema(value_type = Option<String>)]
    email_code: Option<Code>,
}

/// Makes the person and their account and begins a session: its cookie is in the answer.
#[utoipa::path(
    post, path = "/users/verify", tag = "people", request_body = ProofBody,
    responses(
        (status = 201, body = UserBody), (status = 400, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)
    )
)]
pub(super) async fn verify(
    State(handles): State<Handles>,
    mut auth: AuthSession,
    Peer(network): Peer,
    Body(proof): Body<ProofBody>,
) -> Result<(StatusCode, Json<UserBody>), Problem> {
    let ProofBody { phone, code, email_code } = proof;
    let proven =
        handles.identity.prove_sign_up(Which::Phone(phone), Proof { code, email_code }, network).await;
    let id = proven.map_err(|error| match error {
        CodeError::Refused | CodeError::EmailRefused => Problem::Refused("code-refused", error.to_string()),
        CodeError::Taken => Problem::Taken(error.to_string()),
        CodeError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
        CodeError::Storage(error) => error.into(),
    })?;
    let user = server::as_current(&handles.identity, id).await?;
    server::begin(&mut auth, &handles, user).await?;
    server::begun_by_program(&auth).await?;
    Ok((StatusCode::CREATED, Json(UserBody { id })))
}
