//! The bank's pages for people: see the payment, approve or decline it once, go back to the wallet.

use std::{sync::Arc, time::Duration};

use axum::{
    Form, Router,
    extract::{Path, State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::Markup;
use reqwest::Url;
use serde::Deserialize;
use tokio::{sync::oneshot, time::timeout};

use super::{Simulator, api::unwritable, bench::Fault, book::Decided, page, payment::Payment, round};

/// How long a person waits for the wallet to be told, so that they usually find the money there.
const FIRST_DELIVERY: Duration = Duration::from_millis(1_500);

/// The addresses under `/pay`, and what their pages load.
pub fn routes() -> Router<Arc<Simulator>> {
    Router::new()
        .route("/pay/{id}", get(show).post(choose))
        .route("/bank.css", get(asset(mime("text/css; charset=utf-8"), include_str!("bank.css"))))
        .route("/bank.svg", get(asset(mime("image/svg+xml"), include_str!("bank.svg"))))
}

async fn show(State(bank): State<Arc<Simulator>>, Path(id): Path<String>) -> Response {
    match bank.book.find(&id) {
        Some(payment) => shown(&payment),
        None => unknown(),
    }
}

#[derive(Deserialize)]
struct Choice {
    decide: Verb,
    #[serde(default)]
    fault: Fault,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Verb {
    Approve,
    Decline,
}

async fn choose(
    State(bank): State<Arc<Simulator>>,
    Path(id): Path<String>,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    let Ok(Form(choice)) = choice else {
        return answer(StatusCode::UNPROCESSABLE_ENTITY, None, page::unclear());
    };
    match bank.book.decide(&id, choice.decide == Verb::Approve, choice.fault) {
        Err(error) => unwritable(error),
        Ok(None) => unknown(),
        Ok(Some(Decided::Before(payment))) => shown(&payment),
        Ok(Some(Decided::Now(payment))) => {
            let back = Redirect::to(&payment.return_url);
            tell(bank, payment).await;
            back.into_response()
        }
    }
}

/// Sends the courier off and waits a moment for the first attempt, never for its success.
async fn tell(bank: Arc<Simulator>, payment: Payment) {
    if !payment.owes_callback() {
        return;
    }
    let (attempted, first) = oneshot::channel();
    tokio::spawn(round::run(bank, payment, Some(attempted)));
    let _ = timeout(FIRST_DELIVERY, first).await; // told or not, the person goes on
}

fn shown(payment: &Payment) -> Response {
    answer(StatusCode::OK, Some(payment), page::payment(payment))
}

fn unknown() -> Response {
    answer(StatusCode::NOT_FOUND, None, page::unknown())
}

/// A page that loads only the bank's own files and sends its form to the bank alone. Browsers hold
/// `form-action` against the redirect after the form too, so the wallet is named there.
fn answer(status: StatusCode, payment: Option<&Payment>, page: Markup) -> Response {
    let wallet = payment
        .and_then(|payment| Url::parse(&payment.return_url).ok())
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {wallet}"
    );
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, policy.trim_end()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, page).into_response()
}

const fn mime(value: &'static str) -> HeaderValue {
    HeaderValue::from_static(value)
}

/// One of the bank's own files.
fn asset(
    content_type: HeaderValue,
    text: &'static str,
) -> impl Fn() -> std::future::Ready<Response> + Clone + Send + Sync + 'static {
    move || {
        let headers =
            [(header::CONTENT_TYPE, content_type.clone()), (header::X_CONTENT_TYPE_OPTIONS, mime("nosniff"))];
        std::future::ready((headers, text).into_response())
    }
}
