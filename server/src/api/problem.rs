//! Every way a call can fail, as a problem of RFC 9457.

use std::error::Error;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{IdempotencyKey, OnRampRefusal, TransferRefusal};
use identity::{PinError, TooMany};
use problem_details::ProblemDetails;
use utoipa::ToSchema;

/// How a failure is described to clients (RFC 9457); [`ProblemDetails`] writes it.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code)]
pub(crate) struct ProblemBody {
    /// `/problems/…`: what went wrong, for programs.
    #[schema(rename = "type")]
    kind: String,
    /// The status in words.
    title: String,
    status: u16,
    /// The sentence a person would be shown: it says where the money is.
    detail: String,
}

/// A failure with its status. The detail is the sentence a person would be shown.
#[derive(Debug)]
pub(crate) enum Problem {
    /// 400: not a call of this API.
    Malformed(String),
    /// 400: a call that moves money without a key.
    KeyMissing,
    /// 401: no session, or not this one's password.
    SignedOut(String),
    /// 403: the payer has not approved it, or not by what was said; or nobody signs in to this account.
    NotApproved(&'static str, String),
    /// 403: a page's session that was left alone moves money once somebody has said on a page who they are.
    LeftAlone,
    /// 401: the password is right, and a code of the second factor is to follow.
    SecondStep,
    /// 404: nothing there, or not for you.
    NotFound,
    /// 405.
    Method,
    /// 409: somebody has that already.
    Taken(String),
    /// 422: understood and refused.
    Refused(&'static str, String),
    /// 429, with the seconds to wait.
    TooMany(u64, String),
    /// 503: too many at once; nothing was tried.
    Busy,
    /// 503: a transfer of this key may have been made; where to look.
    OutcomeUnknown(IdempotencyKey, String),
    /// 503: our own trouble, logged under a reference.
    Unavailable(String),
}

impl Problem {
    /// Our own trouble; logs it.
    pub(crate) fn trouble(error: impl Error) -> Self {
        Problem::Unavailable(app::server::unavailable(&error))
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Problem::trouble(error)
    }
}

impl From<TooMany> for Problem {
    fn from(error: TooMany) -> Self {
        match error {
            TooMany::Wait { seconds } => Problem::TooMany(seconds, error.to_string()),
            TooMany::Storage(error) => error.into(),
        }
    }
}

impl From<app::server::Trouble> for Problem {
    fn from(app::server::Trouble(reference): app::server::Trouble) -> Self {
        Problem::Unavailable(reference)
    }
}

impl From<TransferRefusal> for Problem {
    fn from(refusal: TransferRefusal) -> Self {
        let kind = match refusal {
            TransferRefusal::NotEnoughMoney { .. } => "not-enough-money",
            TransferRefusal::ToSelf => "to-self",
            TransferRefusal::UnknownPayee => "unknown-payee",
            TransferRefusal::AboveLimit { .. } => "above-limit",
            TransferRefusal::CoolingOff { .. } => "cooling-off",
            TransferRefusal::Frozen => "frozen",
            TransferRefusal::ApprovalNeeded { .. } => {
                let detail = format!(
                    "{refusal} Approve it by POST /api/v1/approvals, and ask again under the same key."
                );
                return Problem::NotApproved("approval-needed", detail);
            }
            TransferRefusal::KeyReused => "key-reused",
        };
        Problem::Refused(kind, refusal.to_string())
    }
}

impl From<PinError> for Problem {
    fn from(error: PinError) -> Self {
        let kind = match error {
            PinError::Wrong { .. } => "wrong-pin",
            PinError::Void => "pin-void",
            PinError::None => "no-pin",
            PinError::TooMany { seconds } => return Problem::TooMany(seconds, error.to_string()),
            PinError::Storage(error) => return error.into(),
        };
        Problem::NotApproved(kind, error.to_string())
    }
}

impl From<OnRampRefusal> for Problem {
    fn from(refusal: OnRampRefusal) -> Self {
        match refusal {
            OnRampRefusal::KeyReused => Problem::Refused("key-reused", refusal.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut wait = None;
        let mut look = None;
        let (status, kind, detail) = match self {
            Problem::Malformed(detail) => (StatusCode::BAD_REQUEST, "malformed", detail),
            Problem::KeyMissing => {
                let detail = "Send an Idempotency-Key of 1 to 100 visible characters. No money moved.";
                (StatusCode::BAD_REQUEST, "key-missing", detail.to_owned())
            }
            Problem::SignedOut(detail) => (StatusCode::UNAUTHORIZED, "signed-out", detail),
            Problem::NotApproved(kind, detail) => (StatusCode::FORBIDDEN, kind, detail),
            Problem::LeftAlone => {
                let detail = "This session was not used for a while. Say your password on a page of OKANE first, or sign in by POST /api/v1/session. This call moved no money.";
                (StatusCode::FORBIDDEN, "left-alone", detail.to_owned())
            }
            Problem::SecondStep => {
                let detail = "One step is left: POST /api/v1/session/verify with a code of your app or a recovery code.";
                (StatusCode::UNAUTHORIZED, "second-step", detail.to_owned())
            }
            Problem::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is nothing here.".to_owned()),
            Problem::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method",
                "This address does not take that method.".to_owned(),
            ),
            Problem::Taken(detail) => (StatusCode::CONFLICT, "taken", detail),
            Problem::Refused(kind, detail) => (StatusCode::UNPROCESSABLE_ENTITY, kind, detail),
            Problem::TooMany(seconds, detail) => {
                wait = Some(seconds);
                (StatusCode::TOO_MANY_REQUESTS, "too-many", detail)
            }
            Problem::Busy => {
                wait = Some(1);
                let detail = "Too many payments are being made at once. This call moved no money. Ask again under the same key.";
                (StatusCode::SERVICE_UNAVAILABLE, "busy", detail.to_owned())
            }
            Problem::OutcomeUnknown(key, reference) => {
                wait = Some(2);
                look = HeaderValue::from_str(&format!("/api/v1/transfers/by-key/{key}")).ok();
                let detail = format!(
                    "We could not see whether this was done. Ask again under the same key. Reference {reference}."
                );
                (StatusCode::SERVICE_UNAVAILABLE, "outcome-unknown", detail)
            }
            Problem::Unavailable(reference) => {
                wait = Some(2);
                let detail = format!(
                    "This cannot be done now: the trouble is on our side. This call moved no money; if you asked before, \
                     ask again under the same key. Reference {reference}."
                );
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            }
        };
        let problem = ProblemDetails::from_status_code(status).with_detail(detail);
        let mut response = match format!("/problems/{kind}").parse::<axum::http::Uri>() {
            Ok(kind) => problem.with_type(kind).into_response(),
            Err(_) => problem.into_response(),
        };
        if let Some(address) = look {
            response.headers_mut().insert(header::LOCATION, address);
        }
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
