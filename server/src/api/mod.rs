//! The JSON API, `/api/v1`: the same roads as the pages, for programs. Amounts are integers of paise, errors
//! `application/problem+json`, the session is the pages' own cookie.

mod activity;
mod balance;
mod on_ramp;
mod problem;
mod request;
mod session;
mod transfer;
mod user;

use app::server::Handles;
use axum::Router;
use axum::routing::{get, post};

/// Every route of the API.
pub(crate) fn router(handles: Handles) -> Router {
    Router::new()
        .route("/users", post(user::create))
        .route("/session", post(session::begin).delete(session::end))
        .route("/balance", get(balance::show))
        .route("/on-ramps", post(on_ramp::create))
        .route("/on-ramps/{id}", get(on_ramp::show))
        .route("/transfers", post(transfer::create))
        .route("/transfers/{id}", get(transfer::show))
        .route("/transfers/by-key/{key}", get(transfer::by_key))
        .route("/activity", get(activity::list))
        .fallback(async || problem::Problem::NotFound)
        .method_not_allowed_fallback(async || problem::Problem::Method)
        .with_state(handles)
}
