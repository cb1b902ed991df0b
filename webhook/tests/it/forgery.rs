//! Messages that are not the bank's, or not of now: refused, and nothing is written.

use axum::body::Body;
use http::{Request, StatusCode};
use sqlx::PgPool;
use webhook::signature::{ID, SIGNATURE, TIMESTAMP};

use crate::world::*;

/// Sends what must be refused unread and sees that the books are as before.
async fn refuses(world: &World, request: Request<Body>, why: &str) {
    let before = world.books().await;
    let answer = world.send(request).await;
    answer.assert_refused(StatusCode::UNAUTHORIZED);
    assert_eq!(world.books().await, before, "{why}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_callback_without_a_good_signature_is_refused_and_writes_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let body = succeeded(&intent).to_string();
    let (id, at) = ("msg_forged", now().to_string());
    let good = secrets(SECRET).sign(id, now(), body.as_bytes());
    let bare = good.strip_prefix("v1,").unwrap();

    refuses(&world, with_headers(&[], body.clone()), "no headers").await;
    refuses(&world, with_headers(&[(ID, id), (TIMESTAMP, &at)], body.clone()), "no signature").await;
    for (forged, why) in [
        ("", "empty"),
        ("v1,AAAA", "invented"),
        (bare, "without its version"),
        (&format!("v1a,{bare}"), "only v1a"),
        (&format!("v2,{bare}"), "only v2"),
        (&secrets(STRANGER).sign(id, now(), body.as_bytes()), "another's key"),
        (&secrets(SECRET).sign("msg_other", now(), body.as_bytes()), "another message's"),
    ] {
        let headers = [(ID, id), (TIMESTAMP, at.as_str()), (SIGNATURE, forged)];
        refuses(&world, with_headers(&headers, body.clone()), why).await;
    }
    let pretty = serde_json::to_string_pretty(&succeeded(&intent)).unwrap();
    let headers = [(ID, id), (TIMESTAMP, at.as_str()), (SIGNATURE, good.as_str())];
    refuses(&world, with_headers(&headers, pretty), "the same JSON, written anew").await;

    assert!(world.send(with_headers(&headers, body)).await.is("settled"), "the true one is taken");
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_callback_that_is_too_old_or_too_new_is_refused_and_writes_nothing(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let body = succeeded(&intent).to_string();
    for seconds in [-20 * 60, -302, 302, 10 * 60] {
        let request = signed(SECRET, "msg_late", now() + seconds, body.clone());
        refuses(&world, request, &format!("{seconds} s from now")).await;
    }
    assert!(world.send(signed(SECRET, "msg_late", now() - 290, body)).await.is("settled"));
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn while_secrets_are_exchanged_old_and_new_are_taken_and_others_are_not(pool: PgPool) {
    let world = World::with_secrets(pool, &format!("{NEXT_SECRET},{SECRET}")).await;
    let (one, two, three) = (world.intent().await, world.intent().await, world.intent().await);
    let by = |secret, id, intent: &Intent| signed(secret, id, now(), succeeded(intent).to_string());
    assert!(world.send(by(SECRET, "msg_old", &one)).await.is("settled"));
    assert!(world.send(by(NEXT_SECRET, "msg_new", &two)).await.is("settled"));

    let body = succeeded(&three).to_string();
    let both = format!(
        "{} {}",
        secrets(STRANGER).sign("msg_both", now(), body.as_bytes()),
        secrets(SECRET).sign("msg_both", now(), body.as_bytes())
    );
    let at = now().to_string();
    let headers = [(ID, "msg_both"), (TIMESTAMP, at.as_str()), (SIGNATURE, both.as_str())];
    assert!(world.send(with_headers(&headers, body)).await.is("settled"), "one of two is enough");

    refuses(&world, by(STRANGER, "msg_stranger", &three), "neither").await;
    world.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn once_secrets_are_exchanged_the_old_one_is_refused_and_what_it_signed_can_come_again(pool: PgPool) {
    let world = World::with_secrets(pool, NEXT_SECRET).await;
    let intent = world.intent().await;
    let by = |secret| signed(secret, "msg_one", now(), succeeded(&intent).to_string());
    refuses(&world, by(SECRET), "the old secret").await;
    assert!(world.send(by(NEXT_SECRET)).await.is("settled"));
    world.close().await;
}
