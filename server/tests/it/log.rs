//! What the log may know.

use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use crate::openid::visitor::Visitor;
use crate::second_factor::{browser, first_step, turn_on};
use crate::world::*;

#[sqlx::test(migrations = "../migrations")]
async fn a_line_names_the_route_and_never_what_stood_in_the_path(owner: PgPool) {
    let world = World::new(owner).await;
    let (asha, vikram) = (world.person("Asha Rao").await, world.person("Vikram Shah").await);
    let body = json!({ "to": vikram.phone, "amount_minor": 1_00 });
    assert_eq!(asha.pay(&world, "canary", &body).await.0, StatusCode::CREATED);
    for path in [
        "/api/v1/transfers/by-key/canary",
        "/api/v1/transfers/by-key/canary/",
        "/api/v1/transfers/by-key/canary/more",
        "/api/v1/canary",
        "/send/review?draft=canary",
        "/send/review/canary",
        "/receipts/canary",
        "/pkg/canary.css",
    ] {
        asha.get(&world, path).await;
    }
    let log = world.log();
    assert!(!log.contains("canary"), "{log}");
    for route in ["/api/v1/transfers/by-key/{key}", "/receipts/{id}", "/pkg/…", "/api/…"] {
        assert!(log.contains(&format!("path=\"{route}\"")), "{route}: {log}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_try_to_sign_in_is_logged_by_its_outcome_and_whose_it_is_and_never_by_what_was_typed(
    owner: PgPool,
) {
    let world = World::with(owner.clone(), &[("RATE_LIMIT_SCALE", "100")]).await;
    let (asha, ravi) = (world.person("Asha Rao").await, world.person("Ravi Menon").await);
    let factor = turn_on(&mut browser(&world, &asha), &asha.phone).await;
    let id_of = async |person: &Person| {
        let id = sqlx::query_scalar::<_, String>("SELECT id::text FROM users WHERE phone = $1");
        id.bind(&person.phone).fetch_one(&owner).await.unwrap()
    };
    let (hers, his) = (id_of(&asha).await, id_of(&ravi).await);
    let lines = |parts: &[&str]| {
        let log = world.log();
        let lines = log.lines().filter(|line| line.contains("a try to sign in"));
        lines.filter(|line| parts.iter().all(|part| line.contains(part))).count()
    };
    first_step(&world, &ravi.phone, "canary-password").await;
    first_step(&world, "canary@example.in", PASSWORD).await;
    first_step(&world, &ravi.phone, PASSWORD).await;
    let (mut visitor, _) = first_step(&world, &asha.phone, PASSWORD).await;
    visitor.submit("/sign-in/code", "code=000000").await;
    visitor.submit("/sign-in/code", &format!("code={}", factor.codes[0])).await;
    Visitor::new(&world).submit("/sign-in", "passkey=canary").await;
    for (parts, many) in [
        (vec!["by=\"password\"", "outcome=\"refused\"", his.as_str()], 1),
        (vec!["by=\"password\"", "outcome=\"refused\""], 2),
        (vec!["by=\"password\"", "outcome=\"session\"", his.as_str()], 1),
        (vec!["by=\"password\"", "outcome=\"second_step\"", hers.as_str()], 1),
        (vec!["by=\"code\"", "outcome=\"refused\"", hers.as_str()], 1),
        (vec!["by=\"code\"", "outcome=\"session\"", hers.as_str()], 1),
    ] {
        assert_eq!(lines(&parts), many, "{parts:?} in {}", world.log());
    }
    let log = world.log();
    for secret in ["canary", PASSWORD, &asha.phone, &ravi.phone, &factor.codes[0], "Asha"] {
        assert!(!log.contains(secret), "{secret} stands in {log}");
    }
}
