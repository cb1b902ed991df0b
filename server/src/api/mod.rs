//! The JSON API, `/api/v1`: the same roads as the pages, for programs. Amounts are integers of paise, errors
//! `application/problem+json`, the session is the pages' own cookie.

pub(crate) mod activity;
mod approval;
mod balance;
mod on_ramp;
pub(crate) mod problem;
pub(crate) mod request;
mod session;
mod transfer;
mod user;

use app::server::Handles;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::events;

/// What the document says besides the routes, which say it themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "OKANE",
        description = "A wallet. Amounts are integers of paise; errors are application/problem+json (RFC 9457); \
                       calls that move money carry an Idempotency-Key."
    ),
    servers((url = "/api/v1")),
    modifiers(&Session)
)]
struct Document;

/// The pages' own cookie.
struct Session;

impl Modify for Session {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("okane")));
        document.components.get_or_insert_default().add_security_scheme("session", cookie);
    }
}

/// Every route of the API, and their description at `/openapi.json`.
pub(crate) fn router(handles: Handles) -> Router {
    let (router, document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(user::create))
        .routes(routes!(user::verify))
        .routes(routes!(session::begin, session::end))
        .routes(routes!(session::verify))
        .routes(routes!(balance::show))
        .routes(routes!(on_ramp::create))
        .routes(routes!(on_ramp::show))
        .routes(routes!(transfer::create))
        .routes(routes!(transfer::show))
        .routes(routes!(transfer::by_key))
        .routes(routes!(approval::create))
        .routes(routes!(activity::list))
        .routes(routes!(events::follow))
        .split_for_parts();
    router
        .route("/openapi.json", get(async || Json(document)))
        .fallback(async || problem::Problem::NotFound)
        .method_not_allowed_fallback(async || problem::Problem::Method)
        .with_state(handles)
}
