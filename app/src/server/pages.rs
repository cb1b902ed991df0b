//! The routes of the pages and their forms.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler as _;
use axum::http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use tower_http::services::ServeDir;

use super::context::{Handles, Pages, of_request};
use super::form::form;
use super::presence::Presence;
use super::{
    AuthSession, Trouble, as_current, begin, end, failure_page, guard, openid, picture, policy, preferences,
    rows, unavailable,
};
use crate::google::{ByGoogle, Offered};
use crate::landing::DemoAccount;
use crate::passkey::Possible;
use crate::receipt::CancelForm;
use crate::shell::{App, shell};
use crate::ui::code::HasInbox;
use crate::ui::confirm::Away;
use crate::ui::time::Clock;
use crate::{
    add_money, address, approval, forgotten, freeze, google, passkey, password, people, profile, receipt,
    second_factor, send, sessions, settings, sign_in, sign_up, way_back,
};

/// What a browser is to forget with the session: pictures it keeps for good, and whatever else of ours it has (ASVS
/// 5.0, 14.3.1; Clear Site Data, 3.1). Its preferences too: whoever is next at this browser is somebody else.
pub const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Named one by one: `"*"` would also end what a browser runs for this page, and with it where this leads.
pub const EVERYTHING: &str = r#""cache", "cookies", "storage""#;

/// Every page, every form, every server function, and the files; sessions are the caller's layer.
pub fn router(handles: Handles, options: LeptosOptions) -> Router {
    let pages = Pages { handles: handles.clone(), options: options.clone() };
    let routes = generate_route_list(App);
    let context = {
        let handles = handles.clone();
        move || page_context(&handles)
    };
    let private = Router::new()
        .leptos_routes_with_context(&pages, routes, context, move || shell(options.clone()))
        .route("/sign-up", form(sign_up::api::sign_up))
        .route("/sign-up/verify", form(sign_up::api::verify))
        .route("/forgotten", form(forgotten::api::ask))
        .route("/forgotten/code", form(forgotten::api::reset))
        .route("/sign-in", form(sign_in::api::sign_in))
        .route("/sign-in/code", form(second_factor::api::sign_in))
        .route("/sign-in/way-back", form(way_back::api::go))
        .route("/stop-way-back", form(way_back::api::stop))
        .route("/sign-in/google", post(openid::start))
        .route(openid::CALLBACK, get(openid::callback))
        .route("/sign-up/google", form(google::api::sign_up))
        .route("/add-money", form(add_money::api::start))
        .route("/send", form(send::api::draft))
        .route("/send/review", form(send::api::confirm))
        .route("/receipts/{id}", form(|_: CancelForm| receipt::api::cancel()))
        .route("/people", form(people::api::add))
        .route("/people/{id}", form(people::api::change))
        .route("/settings", get(async || Redirect::to("/settings/profile")))
        .route("/settings/profile", form(profile::api::change))
        .route("/settings/profile/picture", picture::upload())
        .route("/pictures/{person}/{file}", get(picture::show))
        .route("/settings/phone", form(address::api::ask))
        .route("/settings/phone/code", form(address::api::change))
        .route("/settings/email", form(address::api::ask))
        .route("/settings/email/code", form(address::api::change))
        .route("/undo-change", form(address::api::undo))
        .route("/settings/limits", form(settings::api::change))
        .route("/settings/passkeys", form(passkey::api::change))
        .route("/settings/passkeys/new", form(passkey::api::add))
        .route("/settings/password", form(password::api::change))
        .route("/settings/second-factor", form(second_factor::api::change))
        .route("/settings/sessions", form(sessions::api::end))
        .route("/settings/freeze", form(freeze::api::change))
        .route("/settings/approval", form(approval::api::change))
        .route("/settings/google", form(google::api::change))
        .route("/sign-out", post(sign_out))
        .route("/demo", post(demo))
        .route("/preferences", post(preferences::save))
        .route_layer(middleware::from_fn(guard))
        .route_layer(middleware::from_fn_with_state(pages.clone(), openid::configured));
    // Not the framework's handler for files: it answers with the response options, and so with the policy
    // and the status, of whatever page its thread happens to be drawing.
    // And folders have no page: it would be led to by adding a slash, and `//pkg/` is somebody else's address.
    let files = ServeDir::new(&*pages.options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found.with_state(pages.clone()));
    // Only names that are none get as far as to this handler: the framework has a route of its own for each function.
    private
        .route("/fn/{*name}", post(server_function))
        .fallback_service(files)
        .layer(middleware::from_fn(without_referer))
        .with_state(pages)
}

/// The framework sends a form back to its Referer, wherever that points. Nothing of ours asks where somebody was.
async fn without_referer(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(header::REFERER);
    next.run(request).await
}

/// What pages and server functions find in their context, and the policy their HTML is bound to.
pub(super) fn page_context(handles: &Handles) {
    let preferences = with_context::<Parts, _>(|parts| preferences::read(&parts.headers)).unwrap_or_default();
    provide_context(Clock::new(&preferences.zone, Timestamp::now()));
    provide_context(preferences);
    provide_context(rows::DRAWN);
    if of_request() == Some(Presence::Away) {
        provide_context(Away);
    }
    if let Some(begun) = of_request::<ByGoogle>() {
        provide_context(begun);
    }
    if handles.openid.is_some() {
        provide_context(Offered);
    }
    if handles.identity.has_passkeys() {
        provide_context(Possible);
    }
    if handles.demo.is_some() {
        provide_context(DemoAccount);
    }
    if handles.has_inbox {
        provide_context(HasInbox);
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) {
        let provider = handles.openid.as_ref().map(|provider| provider.origin()).unwrap_or_default();
        let policy = policy::page(&nonce, &format!("{} {provider}", handles.bank.origin()));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            response.insert_header(policy::REPORTING, policy::ENDPOINTS);
        }
    }
    provide_context(handles.clone());
}

/// A server function for the parts of a page that are alive.
async fn server_function(State(pages): State<Pages>, request: Request) -> Response {
    let context = move || page_context(&pages.handles);
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}

/// The page that says there is nothing.
pub(super) async fn not_found(State(pages): State<Pages>, request: Request) -> Response {
    let options = pages.options.clone();
    let context = move || {
        page_context(&pages.handles);
        expect_context::<ResponseOptions>().set_status(StatusCode::NOT_FOUND);
    };
    leptos_axum::render_app_async_with_context(context, move || shell(options.clone()))(request).await
}

async fn sign_out(mut auth: AuthSession) -> Response {
    match end(&mut auth).await {
        Ok(()) => ([(CLEAR_SITE_DATA, EVERYTHING)], Redirect::to("/sign-in")).into_response(),
        Err(error) => trouble(&error),
    }
}

/// Opens the demo account in one click; there is none outside development.
async fn demo(State(pages): State<Pages>, mut auth: AuthSession) -> Response {
    let handles = &pages.handles;
    let Some(phone) = &handles.demo else { return StatusCode::NOT_FOUND.into_response() };
    let person = match handles.identity.by_phone(phone).await {
        Ok(Some(person)) => person,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return trouble(&Trouble(unavailable(&error))),
    };
    let begun = async { begin(&mut auth, handles, as_current(&handles.identity, person).await?).await };
    match begun.await {
        Ok(()) => Redirect::to("/home").into_response(),
        Err(error) => trouble(&error),
    }
}

pub(super) fn trouble(Trouble(reference): &Trouble) -> Response {
    failure_page(
        StatusCode::SERVICE_UNAVAILABLE,
        "This cannot be done now",
        &format!("The trouble is on our side. No money moved. Reference {reference}."),
    )
}
