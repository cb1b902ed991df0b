//! Signed, and yet not what was agreed: refused at once, kept for review, nothing credited.

use http::StatusCode;
use sqlx::PgPool;

use crate::world::*;

/// Delivers twice: the same refusal both times, kept once, and no money has moved.
async fn refuses(world: &World, id: &str, body: &str, status: StatusCode, outcome: &str) {
    let before = world.books().await;
    for _ in 0..2 {
        world.send(signed(SECRET, id, now(), body)).await.assert_refused(status);
    }
    assert_eq!(world.kept(id).await, Some((outcome.to_owned(), body.as_bytes().to_vec())));
    let after = world.books().await;
    assert_eq!(after.events, before.events + 1);
    assert_eq!((after.transfers, after.entries), (before.transfers, before.entries));
    assert_eq!((after.balances, after.intents), (before.balances, before.intents));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_amount_is_refused_and_kept(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    for (n, amount) in [AMOUNT + 1, AMOUNT - 1, 0, -AMOUNT, i64::MAX, i64::MIN].into_iter().enumerate() {
        let body = message("payment.succeeded", &intent.token, amount, "INR").to_string();
        let id = format!("msg_amount_{n}");
        refuses(&world, &id, &body, StatusCode::UNPROCESSABLE_ENTITY, "wrong_amount").await;
    }
    assert!(world.deliver("msg_right", &succeeded(&intent)).await.is("settled"), "the right one still works");
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_wrong_currency_is_refused_and_kept(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    for (n, currency) in ["USD", "inr", "INR "].into_iter().enumerate() {
        let body = message("payment.succeeded", &intent.token, AMOUNT, currency).to_string();
        let id = format!("msg_currency_{n}");
        refuses(&world, &id, &body, StatusCode::UNPROCESSABLE_ENTITY, "wrong_currency").await;
    }
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unknown_token_is_answered_and_kept(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    for (n, token) in
        ["nobody's", &intent.token.to_uppercase(), "'; DROP TABLE users; --"].into_iter().enumerate()
    {
        let body = message("payment.succeeded", token, AMOUNT, "INR").to_string();
        refuses(&world, &format!("msg_token_{n}"), &body, StatusCode::NOT_FOUND, "unknown_token").await;
    }
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_read_is_answered_and_kept(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let good = succeeded(&intent).to_string();
    for (n, body) in [
        "",
        "null",
        "{",
        &good.replace("50000", "500.00"),
        &good.replace("50000", "\"50000\""),
        &good.replace("50000", "5e4"),
        &good.replace("50000", "9223372036854775808"),
        &good.replace("payment.succeeded", "payment.pending"),
        &good.replace(&intent.token, "\\u0000"),
        &"[".repeat(60_000),
    ]
    .into_iter()
    .enumerate()
    {
        refuses(&world, &format!("msg_odd_{n}"), body, StatusCode::BAD_REQUEST, "malformed").await;
    }
    world.close().await;
}
