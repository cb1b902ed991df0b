//! The bank's API: the wallet asks for payments; whoever tests lists them and has callbacks delivered.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::Bank;
use http::StatusCode;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::sleep;

use super::{
    Simulator,
    bench::honest,
    book::Requested,
    payment::{Kind, Payment, new_webhook_id},
    round,
};
use service::problem::problem;

/// The most copies of one message.
const TIMES: usize = 64;
/// The longest pause before a delivery, within the request.
const DELAY_MS: u64 = 60_000;

/// The addresses under `/api`.
pub fn routes() -> Router<Arc<Simulator>> {
    Router::new()
        .route("/api/payments", post(request).get(list))
        .route("/api/payments/{id}", get(show))
        .route("/api/payments/{id}/deliver", post(deliver))
}

#[derive(Deserialize)]
struct Wanted {
    token: String,
    amount_minor: i64,
    currency: String,
    return_url: String,
    bank: String,
}

async fn request(
    State(bank): State<Arc<Simulator>>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<Response, Response> {
    let Json(wanted) = wanted.map_err(unreadable)?;
    let payment =
        wanted.into_payment().map_err(|sentence| problem(StatusCode::UNPROCESSABLE_ENTITY, sentence))?;
    let (status, payment) = match bank.book.request(payment).map_err(unwritable)? {
        Requested::New(payment) => (StatusCode::CREATED, payment),
        Requested::Known(payment) => (StatusCode::OK, payment),
        Requested::Differs => {
            return Err(problem(StatusCode::CONFLICT, "This token stands for another payment already."));
        }
    };
    let page = bank.page_of(&payment.id);
    Ok((status, Json(json!({ "id": payment.id, "page": page }))).into_response())
}

impl Wanted {
    fn into_payment(self) -> Result<Payment, &'static str> {
        if !(22..=128).contains(&self.token.len()) || !self.token.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err("A token has 22 to 128 visible characters.");
        }
        if !(1..=1_000_000_000_000).contains(&self.amount_minor) {
            return Err("An amount is a positive number of paise.");
        }
        if self.currency != "INR" {
            return Err("The bank pays in INR only.");
        }
        let bank = Bank::parse(&self.bank).map_err(|_| "There is no such bank.")?;
        let return_url = Url::parse(&self.return_url).map_err(|_| "The return address is not an address.")?;
        if !matches!(return_url.scheme(), "http" | "https") || self.return_url.len() > 2_000 {
            return Err("The return address must be one of the web, at most 2000 characters long.");
        }
        Ok(Payment::new(self.token, self.amount_minor, self.currency, bank, return_url.into()))
    }
}

/// A payment as it is listed.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    payment: Payment,
    page: String,
}

impl Listed {
    fn of(bank: &Simulator, payment: Payment) -> Self {
        Listed { page: bank.page_of(&payment.id), payment }
    }
}

async fn list(State(bank): State<Arc<Simulator>>) -> Json<Vec<Listed>> {
    Json(bank.book.all().into_iter().map(|payment| Listed::of(&bank, payment)).collect())
}

async fn show(State(bank): State<Arc<Simulator>>, Path(id): Path<String>) -> Result<Json<Listed>, Response> {
    bank.book.find(&id).map(|payment| Json(Listed::of(&bank, payment))).ok_or_else(unknown)
}

/// A callback as told. It changes nothing about the payment itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default = "once")]
    times: usize,
    #[serde(default)]
    delay_ms: u64,
    /// Added to the time of signing: negative is in the past.
    #[serde(default)]
    skew_s: i64,
    amount_minor: Option<i64>,
    currency: Option<String>,
    token: Option<String>,
    #[serde(default)]
    break_signature: bool,
    /// To say it again under the same name. Without one, each call is a new message.
    webhook_id: Option<String>,
    /// All copies side by side, or one after the other.
    #[serde(default = "yes")]
    concurrent: bool,
}

const fn once() -> usize {
    1
}

const fn yes() -> bool {
    true
}

async fn deliver(
    State(bank): State<Arc<Simulator>>,
    Path(id): Path<String>,
    told: Result<Json<Told>, JsonRejection>,
) -> Result<Response, Response> {
    let Json(told) = told.map_err(unreadable)?;
    let payment = bank.book.find(&id).ok_or_else(unknown)?;
    if !(1..=TIMES).contains(&told.times) || told.delay_ms > DELAY_MS {
        let sentence = format!("At most {TIMES} times, and at most {DELAY_MS} milliseconds later.");
        return Err(problem(StatusCode::UNPROCESSABLE_ENTITY, sentence));
    }
    let mut message = honest(&payment, told.kind, &told.webhook_id.unwrap_or_else(new_webhook_id));
    message.amount_minor = told.amount_minor.unwrap_or(message.amount_minor);
    message.currency = told.currency.unwrap_or(message.currency);
    message.token = told.token.unwrap_or(message.token);
    message.skew_s = told.skew_s;
    message.break_signature = told.break_signature;

    sleep(Duration::from_millis(told.delay_ms)).await;
    let deliveries = round::send(&bank, &message, told.times, told.concurrent).await;
    let statuses: Vec<Option<u16>> = deliveries.iter().map(|delivery| delivery.status).collect();
    bank.book.note(&id, deliveries, false).map_err(unwritable)?;
    Ok(Json(json!({ "webhook_id": message.webhook_id, "statuses": statuses })).into_response())
}

fn unknown() -> Response {
    problem(StatusCode::NOT_FOUND, "There is no such payment.")
}

fn unreadable(rejection: JsonRejection) -> Response {
    problem(rejection.status(), rejection.body_text())
}

pub fn unwritable(error: io::Error) -> Response {
    tracing::error!(%error, "the bank's book could not be written");
    problem(StatusCode::SERVICE_UNAVAILABLE, "The bank cannot write its book just now.")
}
