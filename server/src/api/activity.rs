//! `GET /activity`: everything that moved or tried to, newest first.

use app::server::{Handles, movements};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::view::{Counterparty, Movement};
use ledger::activity::Cursor;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::Problem;
use super::request::Signed;

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<usize>,
    before: Option<String>,
}

pub(super) async fn list(
    State(handles): State<Handles>,
    Signed(user): Signed,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(page) = page.map_err(|rejection| Problem::Malformed(rejection.body_text()))?;
    let before = page.before.map(|text| text.parse::<Cursor>()).transpose();
    let before = before.map_err(|error| Problem::Malformed(error.to_string()))?;
    let page = handles.ledger.activity(user, before, page.limit.unwrap_or(30)).await?;
    let movements = movements(&handles.identity, page.movements).await.map_err(Problem::trouble)?;
    let items: Vec<Value> = movements.iter().map(item).collect();
    Ok(Json(json!({ "items": items, "next": page.next })))
}

fn item(movement: &Movement) -> Value {
    match movement {
        Movement::Entry { transfer, counterparty, amount, balance_after, note, at } => json!({
            "kind": "transfer",
            "id": transfer,
            "direction": if amount.is_negative() { "out" } else { "in" },
            "status": "POSTED",
            "amount_minor": amount,
            "balance_after_minor": balance_after,
            "counterparty": party(counterparty),
            "note": note,
            "at": at,
        }),
        Movement::Hold { transfer, counterparty, amount, status, note, at } => json!({
            "kind": "transfer",
            "id": transfer,
            "direction": if amount.is_negative() { "out" } else { "in" },
            "status": status.code(),
            "release_at": status.release_at(),
            "amount_minor": amount,
            "counterparty": party(counterparty),
            "note": note,
            "at": at,
        }),
        Movement::Attempt { on_ramp, bank, amount, status, at } => json!({
            "kind": "on_ramp",
            "id": on_ramp,
            "direction": "in",
            "status": status,
            "amount_minor": amount,
            "counterparty": { "kind": "bank", "name": bank.to_string() },
            "at": at,
        }),
    }
}

fn party(counterparty: &Counterparty) -> Value {
    match counterparty {
        Counterparty::Person(person) => {
            json!({ "kind": "person", "name": person.name, "phone": person.phone })
        }
        Counterparty::Bank(bank) => json!({ "kind": "bank", "name": bank.to_string() }),
        Counterparty::Okane => json!({ "kind": "okane", "name": "OKANE" }),
    }
}
