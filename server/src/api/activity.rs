//! `GET /activity`: everything that moved or tried to, newest first.

use app::server::{Handles, movements};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::Paise;
use domain::view::{Counterparty, Movement};
use ledger::activity::Cursor;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::{Problem, ProblemBody};
use super::request::Signed;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Movements at most: 1 to 100, 30 unless given.
    limit: Option<usize>,
    /// The `next` of the page before.
    before: Option<String>,
}

/// A page of movements, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Activity)]
pub(super) struct ActivityBody {
    items: Vec<ItemBody>,
    /// The `before` of the next page; null on the last.
    next: Option<String>,
}

/// Money that moved, or tried to.
#[derive(Serialize, ToSchema)]
#[schema(as = Movement)]
pub(crate) struct ItemBody {
    /// `transfer` or `on_ramp`.
    kind: &'static str,
    /// Of the transfer or the intent.
    id: String,
    /// `in` or `out`.
    direction: &'static str,
    /// Of a transfer `POSTED`, `PENDING`, `VOIDED` or `EXPIRED`, of an intent `PROCESSING`, `FAILURE` or `EXPIRED`.
    status: &'static str,
    /// While a transfer is `PENDING`: when it is posted by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    release_at: Option<String>,
    /// Paise; negative for money that goes out.
    amount_minor: i64,
    /// The wallet after it, where it has moved. Paise.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_after_minor: Option<i64>,
    counterparty: PartyBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// RFC 3339.
    at: String,
}

/// Who stands on the other side.
#[derive(Serialize, ToSchema)]
#[schema(as = Counterparty)]
struct PartyBody {
    /// `person`, `bank` or `okane`.
    kind: &'static str,
    name: String,
    /// Of a person, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

/// Everything that moved or tried to.
#[utoipa::path(
    get, path = "/activity", tag = "wallet", security(("session" = [])), params(Page),
    responses((status = 200, body = ActivityBody), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody))
)]
pub(super) async fn list(
    State(handles): State<Handles>,
    Signed(user): Signed,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<ActivityBody>, Problem> {
    let Query(page) = page.map_err(|rejection| Problem::Malformed(rejection.body_text()))?;
    let before = page.before.map(|text| text.parse::<Cursor>()).transpose();
    let before = before.map_err(|error| Problem::Malformed(error.to_string()))?;
    if before.is_some() {
        handles.identity.take_older_page(user).await?;
    }
    let page = handles.ledger.activity(user, before, page.limit.unwrap_or(30)).await?;
    let movements = movements(&handles.identity, page.movements).await.map_err(Problem::trouble)?;
    Ok(Json(ActivityBody { items: movements.into_iter().map(item).collect(), next: page.next }))
}

pub(crate) fn item(movement: Movement) -> ItemBody {
    let direction = |amount: Paise| if amount.is_negative() { "out" } else { "in" };
    match movement {
        Movement::Entry { transfer, counterparty, amount, balance_after, note, at } => ItemBody {
            kind: "transfer",
            id: transfer.to_string(),
            direction: direction(amount),
            status: "POSTED",
            release_at: None,
            amount_minor: amount.get(),
            balance_after_minor: Some(balance_after.get()),
            counterparty: party(counterparty),
            note: Some(note.as_str().to_owned()),
            at: at.to_string(),
        },
        Movement::Hold { transfer, counterparty, amount, status, note, at } => ItemBody {
            kind: "transfer",
            id: transfer.to_string(),
            direction: direction(amount),
            status: status.code(),
            release_at: status.release_at().map(|at| at.to_string()),
            amount_minor: amount.get(),
            balance_after_minor: None,
            counterparty: party(counterparty),
            note: Some(note.as_str().to_owned()),
            at: at.to_string(),
        },
        Movement::Attempt { on_ramp, bank, amount, status, at } => ItemBody {
            kind: "on_ramp",
            id: on_ramp.to_string(),
            direction: "in",
            status: status.code(),
            release_at: None,
            amount_minor: amount.get(),
            balance_after_minor: None,
            counterparty: party(Counterparty::Bank(bank)),
            note: None,
            at: at.to_string(),
        },
    }
}

fn party(counterparty: Counterparty) -> PartyBody {
    match counterparty {
        Counterparty::Person(person) => {
            PartyBody { kind: "person", name: person.name, phone: Some(person.phone) }
        }
        Counterparty::Bank(bank) => PartyBody { kind: "bank", name: bank.to_string(), phone: None },
        Counterparty::Okane => PartyBody { kind: "okane", name: "OKANE".to_owned(), phone: None },
    }
}
