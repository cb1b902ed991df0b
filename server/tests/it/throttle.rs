//! How often people may try, as a browser and a program see it, and by which address they are counted.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::world::*;

const WRONG: &str = "a-password-that-is-wrong";

/// One try to sign in, by whom the forwarding header says.
async fn tries(world: &World, identifier: &str, forwarded_for: &str) -> Response {
    let credentials = json!({ "identifier": identifier, "password": WRONG });
    world.post("/api/v1/session", &credentials).header("x-forwarded-for", forwarded_for).send().await.unwrap()
}

fn seconds(answer: &Response) -> u64 {
    answer.headers()["retry-after"].to_str().unwrap().parse().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn who_tries_too_often_is_told_by_every_server_when_to_come_back_and_stays_signed_in(owner: PgPool) {
    let (one, two) = (World::new(owner.clone()).await, World::new(owner).await);
    let asha = one.person("Asha Rao").await;
    for n in 0..6 {
        let world = if n % 2 == 0 { &one } else { &two };
        let answer = tries(world, &asha.phone, &format!("203.0.113.{n}")).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "try {n}");
    }
    for world in [&one, &two] {
        let answer = tries(world, &asha.phone, "198.51.100.1").await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!((1..=451).contains(&seconds(&answer)));
        let problem: Value = answer.json().await.unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.ends_with("minutes and try again."), "{detail}");

        let form = format!("identifier={}&password={WRONG}&next=", asha.phone.replace('+', "%2B"));
        let call = world.http.post(format!("{}/sign-in", world.origin)).body(form);
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!((1..=451).contains(&seconds(&answer)));
        assert!(answer.text().await.unwrap().contains(detail), "the page says the same");
        assert_eq!(
            asha.get(world, "/api/v1/balance").await.status(),
            StatusCode::OK,
            "their session goes on"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_is_believed_of_a_configured_proxy_and_of_nobody_else(owner: PgPool) {
    let open = World::new(owner.clone()).await;
    let behind = World::with(owner.clone(), &[("TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")]).await;
    sqlx::query("INSERT INTO throttles VALUES ('sign_in_network', sha256('203.0.113.7'), now() + interval '30 minutes')")
        .execute(&owner)
        .await
        .unwrap();
    for (world, forwarded_for, wanted) in [
        (&behind, "203.0.113.7", StatusCode::TOO_MANY_REQUESTS),
        (&behind, "198.51.100.1, 203.0.113.7, 10.1.1.1", StatusCode::TOO_MANY_REQUESTS),
        (&behind, "203.0.113.7, 198.51.100.1", StatusCode::UNAUTHORIZED),
        (&open, "203.0.113.7", StatusCode::UNAUTHORIZED),
    ] {
        let answer = tries(world, "nobody@example.in", forwarded_for).await;
        assert_eq!(answer.status(), wanted, "{forwarded_for}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn who_moves_money_too_often_waits_and_what_was_made_is_still_answered(owner: PgPool) {
    let world = World::new(owner.clone()).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let body = json!({ "to": vikram.phone, "amount_minor": 100 });
    let (status, made) = asha.pay(&world, "key-1", &body).await;
    assert_eq!(status, StatusCode::CREATED);
    let used_up = "INSERT INTO throttles SELECT kind, sha256(convert_to(u.id::text, 'UTF8')), now() + interval '30 minutes'
                   FROM users u, unnest(ARRAY['payment', 'top_up']) AS kind WHERE phone = $1
                   ON CONFLICT (kind, key) DO UPDATE SET free_at = excluded.free_at";
    sqlx::query(used_up).bind(&asha.phone).execute(&owner).await.unwrap();

    let (status, again) = asha.pay(&world, "key-1", &body).await;
    assert_eq!((status, &again["id"]), (StatusCode::CREATED, &made["id"]), "the same call is answered");
    let (status, problem) = asha.pay(&world, "key-2", &body).await;
    assert_eq!((status, &problem["type"]), (StatusCode::TOO_MANY_REQUESTS, &json!("/problems/too-many")));
    assert!(problem["detail"].as_str().unwrap().ends_with("No money moved."), "{problem}");

    let asked = json!({ "amount_minor": 500_00, "bank": "deccan" });
    let call = world.post("/api/v1/on-ramps", &asked).header("cookie", &asha.cookie);
    let answer = call.header("idempotency-key", "on-ramp-1").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=61).contains(&seconds(&answer)));
    audit(&owner);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_reads_further_and_further_back_waits_and_the_newest_is_still_there(owner: PgPool) {
    let world = World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "100")]).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    for n in 0..55 {
        let (status, _) =
            asha.pay(&world, &format!("key-{n}"), &json!({ "to": vikram.phone, "amount_minor": 1 })).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let newest: Value = asha.get(&world, "/api/v1/activity").await.json().await.unwrap();
    let next = newest["next"].as_str().unwrap();
    let vikrams: String = sqlx::query_scalar("SELECT id::text FROM users WHERE phone = $1")
        .bind(&vikram.phone)
        .fetch_one(&owner)
        .await
        .unwrap();
    let older = [
        format!("/api/v1/activity?before={next}"),
        format!("/activity?before={next}"),
        format!("/people/{vikrams}?before={next}"),
    ];
    for path in &older {
        assert_eq!(asha.get(&world, path).await.status(), StatusCode::OK, "{path}");
    }
    let used_up = "UPDATE throttles SET free_at = now() + interval '40 minutes' WHERE kind = 'older_page'";
    assert_eq!(sqlx::query(used_up).execute(&owner).await.unwrap().rows_affected(), 1);
    for path in &older {
        let answer = asha.get(&world, path).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!((1..=601).contains(&seconds(&answer)), "{path}");
        assert!(answer.text().await.unwrap().contains("very often"), "{path}");
    }
    // Nor does it go on by the road of what is new: more than comes at once is not told.
    let mut followed = asha.get(&world, "/api/v1/events?since=0.0").await;
    let mut told = String::new();
    while let Some(part) = followed.chunk().await.unwrap() {
        told.push_str(std::str::from_utf8(&part).unwrap());
    }
    assert!(!told.contains("event: change"), "{told}");
    for path in ["/api/v1/activity", "/activity", "/home", "/api/v1/balance", &format!("/people/{vikrams}")] {
        assert_eq!(asha.get(&world, path).await.status(), StatusCode::OK, "{path}");
    }
}
