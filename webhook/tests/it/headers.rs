//! What every answer of the bank's door and of the simulator carries.

use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use sqlx::PgPool;

use crate::world::*;

fn assert_protected(headers: &HeaderMap, what: &str) {
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(headers[name], value, "{name} of {what}");
    }
    assert!(headers.contains_key("permissions-policy") && headers.contains_key("x-request-id"), "{what}");
    assert!(!headers.contains_key("server"), "{what}");
}

#[sqlx::test(migrations = "../migrations")]
async fn every_answer_of_the_door_carries_every_protection(pool: PgPool) {
    let world = World::new(pool).await;
    let intent = world.intent().await;
    let ask = |method: Method, path: &str| Request::builder().method(method).uri(path);
    let empty = |method, path| ask(method, path).body(Body::empty()).unwrap();
    let long = ask(Method::GET, "/healthz").header("x-long", "a".repeat(17_000)).body(Body::empty()).unwrap();
    let requests = [
        (signed(SECRET, "msg_1", now(), succeeded(&intent).to_string()), 200),
        (signed(STRANGER, "msg_2", now(), "{}"), 401),
        (signed(SECRET, "msg_3", now(), "{}"), 400),
        (signed(SECRET, "msg_4", now(), message("payment.succeeded", "tok_x", 1, "INR").to_string()), 404),
        (
            signed(SECRET, "msg_5", now(), message("payment.succeeded", &intent.token, 1, "INR").to_string()),
            422,
        ),
        (signed(SECRET, "msg_6", now(), " ".repeat(64 * 1024 + 1)), 413),
        (empty(Method::GET, "/webhooks/bank"), 405),
        (empty(Method::GET, "/nonsense"), 404),
        (empty(Method::TRACE, "/webhooks/bank"), 405),
        (empty(Method::GET, "/healthz"), 200),
        (empty(Method::GET, "/readyz"), 200),
        (long, 431),
    ];
    for (request, status) in requests {
        let what = format!("{} {} ({status})", request.method(), request.uri().path());
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::from_u16(status).unwrap(), "{what}: {}", answer.body);
        assert_protected(&answer.headers, &what);
    }
    world.close().await;
}
