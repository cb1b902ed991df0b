//! The door itself: what it says when it is too much, too early, or elsewhere.

use std::time::Duration;

use axum::body::Body;
use cache::Cache;
use http::{Method, Request, StatusCode};
use ledger::Ledger;
use serde_json::json;
use sqlx::{PgPool, postgres::PgPoolOptions};
use webhook::bank_callback;

use crate::world::*;

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_over_64_kib_is_refused_and_one_of_64_kib_is_read(pool: PgPool) {
    let world = World::new(pool).await;
    let over = signed(SECRET, "msg_big", now(), " ".repeat(64 * 1024 + 1));
    world.send(over).await.assert_refused(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(world.books().await.events, 0);
    let full = signed(SECRET, "msg_full", now(), " ".repeat(64 * 1024));
    world.send(full).await.assert_refused(StatusCode::BAD_REQUEST);
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn no_browser_is_let_in_by_cors(pool: PgPool) {
    let world = World::new(pool).await;
    let preflight = Request::builder()
        .method(Method::OPTIONS)
        .uri("/webhooks/bank")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST")
        .body(Body::empty())
        .unwrap();
    let intent = world.intent().await;
    let mut real = signed(SECRET, "msg_cors", now(), succeeded(&intent).to_string());
    real.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    for request in [preflight, real] {
        let answer = world.send(request).await;
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")));
    }
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn elsewhere_and_other_methods_are_answered_in_kind_and_every_answer_has_a_request_id(pool: PgPool) {
    let world = World::new(pool).await;
    let wrong_method = world.send(get("/webhooks/bank")).await;
    wrong_method.assert_refused(StatusCode::METHOD_NOT_ALLOWED);
    let elsewhere = world.send(get("/api/payments")).await;
    elsewhere.assert_refused(StatusCode::NOT_FOUND);
    for answer in [wrong_method, elsewhere] {
        assert!(!answer.headers["x-request-id"].is_empty());
    }
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn it_is_alive_and_ready_with_its_database(pool: PgPool) {
    let world = World::new(pool).await;
    assert_eq!(world.send(get("/healthz")).await.status, StatusCode::OK);
    let ready = world.send(get("/readyz")).await;
    assert_eq!((ready.status, &ready.body["status"]), (StatusCode::OK, &json!("ready")));
    assert_eq!(ready.body["cache"], "own", "how the cache stands");
    world.close().await;
}

#[sqlx::test(migrations = false)]
async fn it_is_not_ready_before_the_migrations(pool: PgPool) {
    let ledger = Ledger::new(pool, Cache::connect(None));
    let door = bank_callback::router(ledger, secrets(SECRET));
    send(door, get("/readyz")).await.assert_refused(StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn without_its_database_it_lives_is_not_ready_and_asks_the_bank_to_come_again() {
    let nowhere = PgPoolOptions::new()
        .acquire_timeout(Duration::from_secs(1))
        .connect_lazy("postgres://okane_webhook@127.0.0.1:1/none")
        .unwrap();
    let door = bank_callback::router(Ledger::new(nowhere, Cache::connect(None)), secrets(SECRET));
    assert_eq!(send(door.clone(), get("/healthz")).await.status, StatusCode::OK);
    send(door.clone(), get("/readyz")).await.assert_refused(StatusCode::SERVICE_UNAVAILABLE);

    let body = message("payment.succeeded", "tok_any", AMOUNT, "INR").to_string();
    let answer = send(door.clone(), signed(SECRET, "msg_1", now(), body.clone())).await;
    answer.assert_refused(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers["retry-after"], "2");
    assert!(!answer.body.to_string().contains("127.0.0.1"), "nothing of the inside is told");

    let forged = send(door, signed(STRANGER, "msg_2", now(), body)).await;
    forged.assert_refused(StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ledger_that_is_locked_is_answered_in_time_and_settled_by_the_next_delivery(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let mut holder = world.owner.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM on_ramps WHERE id = $1 FOR UPDATE")
        .bind(intent.id)
        .execute(&mut *holder)
        .await
        .unwrap();
    let answer = world.deliver("msg_held", &succeeded(&intent)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.took < Duration::from_secs(5), "before the bank hangs up: {:?}", answer.took);
    holder.rollback().await.unwrap();

    // The first delivery was waiting in Postgres and may have been carried out after all: then this is a repeat.
    let next = world.deliver("msg_held", &succeeded(&intent)).await;
    assert!(next.is("settled") || next.is("repeated"), "{}", next.body);
    assert_eq!(world.balance(intent.account).await, AMOUNT);
    world.close().await;
}
