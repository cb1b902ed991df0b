//! A database with a person and an intent, the door before it, and a bank that can sign.

use std::time::{Duration, Instant};

use axum::{Router, body::Body};
use cache::Cache;
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use ledger::Ledger;
use serde_json::{Value, json};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tower::ServiceExt as _;
use uuid::Uuid;
use webhook::{
    bank_callback,
    signature::{ID, SIGNATURE, Secrets, TIMESTAMP},
};

pub const SECRET: &str = "whsec_b2thbmUgb2thbmUgb2thbmUgb2thbmUgb2thbmU=";
pub const NEXT_SECRET: &str = "whsec_bmV4dCBuZXh0IG5leHQgbmV4dCBuZXh0IG5leHQg";
pub const STRANGER: &str = "whsec_c3RyYW5nZXIgc3RyYW5nZXIgc3RyYW5nZXIgc3Ry";
pub const AMOUNT: i64 = 50_000;

pub fn secrets(list: &str) -> Secrets {
    Secrets::parse(list).unwrap()
}

pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// The tables' owner, to prepare and to look; the door's own pool has the door's own rights.
pub struct World {
    pub owner: PgPool,
    pub door: Router,
    service: PgPool,
}

/// An intent of one person.
#[derive(Clone)]
pub struct Intent {
    pub id: Uuid,
    pub account: i64,
    pub token: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub took: Duration,
}

/// All that a callback could have changed. Two that are equal: nothing was written.
#[derive(Debug, PartialEq)]
pub struct Books {
    pub events: i64,
    pub transfers: i64,
    pub entries: i64,
    pub outbox: i64,
    pub balances: Vec<(i64, i64)>,
    pub intents: Vec<(Uuid, String)>,
}

impl World {
    pub async fn new(owner: PgPool) -> Self {
        World::with_secrets(owner, SECRET).await
    }

    pub async fn with_secrets(owner: PgPool, list: &str) -> Self {
        let options = PgConnectOptions::clone(&owner.connect_options()).options([("role", "okane_webhook")]);
        let service = PgPoolOptions::new().max_connections(16).connect_with(options).await.unwrap();
        let role: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(&service).await.unwrap();
        assert_eq!(role, "okane_webhook");
        let door = bank_callback::router(Ledger::new(service.clone(), Cache::connect(None)), secrets(list));
        World { owner, door, service }
    }

    /// Lets go of the database, so that it can be dropped.
    pub async fn close(self) {
        self.service.close().await;
    }

    /// A new person with an intent of ₹500.
    pub async fn intent(&self) -> Intent {
        let user = Uuid::now_v7();
        let phone = format!("+9198{:08}", user.as_u128() % 100_000_000);
        sqlx::query("INSERT INTO users (id, name, phone) VALUES ($1, 'Ananya Iyer', $2)")
            .bind(user)
            .bind(phone)
            .execute(&self.owner)
            .await
            .unwrap();
        let account: i64 = sqlx::query_scalar("SELECT id FROM accounts WHERE owner = $1")
            .bind(user)
            .fetch_one(&self.owner)
            .await
            .unwrap();
        let (id, token) = (Uuid::now_v7(), format!("tok_{}", Uuid::new_v4().simple()));
        sqlx::query(
            "INSERT INTO on_ramps (id, account_id, idempotency_key, bank, amount, token)
             VALUES ($1, $2, $3, 'deccan', $4, $5)",
        )
        .bind(id)
        .bind(account)
        .bind(id.to_string())
        .bind(AMOUNT)
        .bind(&token)
        .execute(&self.owner)
        .await
        .unwrap();
        Intent { id, account, token }
    }

    /// As the relay does once the fifteen minutes are over.
    pub async fn expire(&self, intent: &Intent) {
        sqlx::query("UPDATE on_ramps SET status = 'EXPIRED', settled_at = now() WHERE id = $1")
            .bind(intent.id)
            .execute(&self.owner)
            .await
            .unwrap();
    }

    pub async fn status_of(&self, intent: &Intent) -> String {
        sqlx::query_scalar("SELECT status FROM on_ramps WHERE id = $1")
            .bind(intent.id)
            .fetch_one(&self.owner)
            .await
            .unwrap()
    }

    pub async fn balance(&self, account: i64) -> i64 {
        sqlx::query_scalar("SELECT balance FROM accounts WHERE id = $1")
            .bind(account)
            .fetch_one(&self.owner)
            .await
            .unwrap()
    }

    /// What was kept of a message: its outcome and its bytes.
    pub async fn kept(&self, webhook_id: &str) -> Option<(String, Vec<u8>)> {
        sqlx::query_as("SELECT outcome, body FROM bank_events WHERE id = $1")
            .bind(webhook_id)
            .fetch_optional(&self.owner)
            .await
            .unwrap()
    }

    pub async fn books(&self) -> Books {
        let count = async |table: &'static str| -> i64 {
            sqlx::query_scalar(table).fetch_one(&self.owner).await.unwrap()
        };
        Books {
            events: count("SELECT count(*) FROM bank_events").await,
            transfers: count("SELECT count(*) FROM transfers").await,
            entries: count("SELECT count(*) FROM entries").await,
            outbox: count("SELECT count(*) FROM outbox").await,
            balances: sqlx::query_as("SELECT id, balance FROM accounts ORDER BY id")
                .fetch_all(&self.owner)
                .await
                .unwrap(),
            intents: sqlx::query_as("SELECT id, status FROM on_ramps ORDER BY id")
                .fetch_all(&self.owner)
                .await
                .unwrap(),
        }
    }

    /// Signs with the bank's secret, now, and delivers.
    pub async fn deliver(&self, webhook_id: &str, body: &Value) -> Answer {
        self.send(signed(SECRET, webhook_id, now(), body.to_string())).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(self.door.clone(), request).await
    }
}

/// One request through a router, to the last byte of the answer.
pub async fn send(router: Router, request: Request<Body>) -> Answer {
    let begun = Instant::now();
    let answer = router.oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let body = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    Answer { status: parts.status, headers: parts.headers, body, took: begun.elapsed() }
}

impl Answer {
    /// Done, in this way.
    pub fn is(&self, status: &str) -> bool {
        self.status == StatusCode::OK && self.body == json!({ "status": status })
    }

    /// A refusal as machines read it, and soon.
    pub fn assert_refused(&self, status: StatusCode) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(self.body["status"], status.as_u16());
        assert!(self.body["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{}", self.body);
        assert!(self.took < Duration::from_secs(2), "answered after {:?}", self.took);
    }
}

/// The bank's word that it paid.
pub fn succeeded(intent: &Intent) -> Value {
    message("payment.succeeded", &intent.token, AMOUNT, "INR")
}

/// The bank's word that it will not pay.
pub fn failed(intent: &Intent) -> Value {
    message("payment.failed", &intent.token, AMOUNT, "INR")
}

pub fn message(kind: &str, token: &str, amount_minor: i64, currency: &str) -> Value {
    json!({
        "type": kind,
        "timestamp": "2026-11-22T09:00:00Z",
        "data": {
            "token": token,
            "amount_minor": amount_minor,
            "currency": currency,
            "bank_reference": "DSB261122143147",
        },
    })
}

/// A callback signed with a secret at a time.
pub fn signed(secret: &str, id: &str, at: i64, body: impl Into<String>) -> Request<Body> {
    let body = body.into();
    let signature = secrets(secret).sign(id, at, body.as_bytes());
    with_headers(&[(ID, id), (TIMESTAMP, &at.to_string()), (SIGNATURE, &signature)], body)
}

pub fn with_headers(headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/webhooks/bank").header("content-type", "application/json");
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value))
        .body(body.into())
        .unwrap()
}
