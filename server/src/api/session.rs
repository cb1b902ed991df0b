//! `/session`: begin with a name and a password, end.

use app::server::{self, AuthSession, Handles};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use domain::UserId;
use identity::session::Device;
use identity::{Opened, SecondCode, SecondFactorError, SignInError};
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

/// Begins a session: its cookie is in the answer. Whoever has a second factor is answered with 401 and
/// `/problems/second-step`, and goes on with the cookie of that answer at `/session/verify`, within ten minutes.
#[utoipa::path(
    post, path = "/session", tag = "people", request_body = Credentials,
    responses(
        (status = 200, body = UserBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody, description = "`suspended`"), (status = 429, body = ProblemBody)
    )
)]
pub(super) async fn begin(
    State(handles): State<Handles>,
    mut auth: AuthSession,
    Peer(network): Peer,
    Body(credentials): Body<Credentials>,
) -> Result<Json<UserBody>, Problem> {
    let Credentials { identifier, password } = credentials;
    let opened =
        handles.identity.sign_in(&identifier, password, network).await.map_err(|error| match error {
            SignInError::Storage(error) => Problem::from(error),
            SignInError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
            SignInError::Refused => Problem::SignedOut(error.to_string()),
            SignInError::Suspended => Problem::NotApproved("suspended", error.to_string()),
        })?;
    match opened {
        Opened::Session(user) => {
            let id = user.id;
            server::begin(&mut auth, &handles, user).await?;
            server::begun_by_program(&auth).await?;
            Ok(Json(UserBody { id }))
        }
        Opened::SecondStep(attempt) => {
            server::keep_sign_in(&mut auth, attempt).await?;
            Err(Problem::SecondStep)
        }
    }
}

/// A code of the second step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecondStep)]
pub(super) struct StepBody {
    /// Six digits of the app, or a recovery code.
    #[schema(value_type = String)]
    code: SecondCode,
}

/// Takes the second step and begins a session: its cookie is in the answer. A code is taken once.
#[utoipa::path(
    post, path = "/session/verify", tag = "people", request_body = StepBody,
    responses(
        (status = 200, body = UserBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)
    )
)]
pub(super) async fn verify(
    State(handles): State<Handles>,
    mut auth: AuthSession,
    Peer(network): Peer,
    device: Option<Extension<Device>>,
    Body(step): Body<StepBody>,
) -> Result<Json<UserBody>, Problem> {
    let over = || {
        Problem::SignedOut("No sign-in waits for a code here. Begin with POST /api/v1/session.".to_owned())
    };
    let attempt = server::own_sign_in(&auth).await?.ok_or_else(over)?;
    let device = device.map(|Extension(device)| device);
    let taken = handles.identity.take_second_step(attempt, &step.code, network, device).await;
    let taken = taken.map_err(|error| match error {
        SecondFactorError::Refused | SecondFactorError::SentRefused => {
            Problem::Refused("code-refused", error.to_string())
        }
        SecondFactorError::Over => over(),
        SecondFactorError::TooMany { seconds } => Problem::TooMany(seconds, error.to_string()),
        SecondFactorError::Storage(error) => error.into(),
    })?;
    let id = taken.user.id;
    server::begin_whole(&mut auth, &handles, taken.user).await?;
    server::begun_by_program(&auth).await?;
    Ok(Json(UserBody { id }))
}

/// Ends the session, if there is one.
#[utoipa::path(delete, path = "/session", tag = "people", responses((status = 204)))]
pub(super) async fn end(mut auth: AuthSession) -> Result<impl IntoResponse, Problem> {
    server::end(&mut auth).await?;
    Ok((StatusCode::NO_CONTENT, [(server::CLEAR_SITE_DATA, server::EVERYTHING)]))
}
